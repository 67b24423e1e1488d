"""What several stages, or several palettes, ask of one picture or graph is found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V")


def once(find: Callable[Concatenate[V, P], T]) -> Callable[Concatenate[V, P], T]:
    """Keep what was last found of a value, a picture or a graph, as long as the value itself.

    It is found anew when the other arguments, which are given by place, are not the very same objects.
    What is found is shared: nobody may change it.
    """
    known: WeakKeyDictionary[V, tuple[tuple[object, ...], T]] = WeakKeyDictionary()

    @wraps(find)
    def found(value: V, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = (*args, *kwargs.values())
        kept = known.get(value)
        if kept is None or [*map(id, kept[0])] != [*map(id, asked)]:
            kept = known[value] = asked, find(value, *args, **kwargs)
        return kept[1]

    return found
