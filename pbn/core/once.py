"""What several stages, or several palettes, ask of one picture is found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from pbn.core.values import Image

P = ParamSpec("P")
T = TypeVar("T")


def once_per_image(find: Callable[Concatenate[Image, P], T]) -> Callable[Concatenate[Image, P], T]:
    """Keep what was last found of a picture as long as the picture itself.

    It is found anew when the other arguments, which are given by place, are not the very same objects.
    What is found is shared: nobody may change it.
    """
    known: WeakKeyDictionary[Image, tuple[tuple[object, ...], T]] = WeakKeyDictionary()

    @wraps(find)
    def found(image: Image, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = (*args, *kwargs.values())
        kept = known.get(image)
        if kept is None or [*map(id, kept[0])] != [*map(id, asked)]:
            kept = known[image] = asked, find(image, *args, **kwargs)
        return kept[1]

    return found
