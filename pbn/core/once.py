"""What several stages, or several palettes, ask of one picture, array or graph is found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import ref

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V")


def once(find: Callable[Concatenate[V, P], T]) -> Callable[Concatenate[V, P], T]:
    """Keep what was last found of a value, a picture, an array or a graph, as long as the value itself.

    It is found anew when the other arguments, which are given by place, are not the very same objects.
    What is found is shared: nobody may change it, nor an array of which it is asked.
    """
    known: dict[int, tuple[ref[V], tuple[object, ...], T]] = {}

    @wraps(find)
    def found(value: V, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked, name = (*args, *kwargs.values()), id(value)
        kept = known.get(name)
        if kept is None or kept[0]() is not value or [*map(id, kept[1])] != [*map(id, asked)]:
            kept = known[name] = (
                ref(value, partial(_forget, known, name)),
                asked,
                find(value, *args, **kwargs),
            )
        return kept[2]

    return found


def _forget(known: dict[int, tuple[ref[V], tuple[object, ...], T]], name: int, gone: ref[V]) -> None:
    """Let go of what was found of a value that is gone, but not of one that has its place by now."""
    if name in known and known[name][0] is gone:
        del known[name]
