"""Hatching for colours, as engravers of coats of arms draw it: told apart without seeing the colour.

After S. Petra Sancta, *Tesserae gentilitiae* (1638): red is upright lines, blue level ones, green falls from
the left, purple rises, black is a grid, yellow is dots. Orange, which he has not, is drawn as some
later ones do: upright lines with dots between them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbn.core.shapes import circle, polyline
from pbn.core.sheet import Box, Curve

_DOT = 0.14
"""Radius of a dot as a part of the step."""


def hatching(box: Box, family: str, step: float) -> tuple[Curve, ...]:
    """The lines for a family of hue (`pbn.core.hues.FAMILIES`) in a box, ``step`` mm apart."""
    made = {
        "R": _upright(box, step),
        "B": _level(box, step),
        "G": _slanted(box, step, down=True),
        "P": _slanted(box, step, down=False),
        "Y": _dots(box, step, step),
        "O": (*_upright(box, 2 * step), *_dots(box, 2 * step, step, (0.5,))),
        "N": (*_upright(box, step), *_level(box, step)),
    }
    return tuple(made[family])


def _between(start: float, length: float, step: float) -> list[float]:
    """Places a whole step apart, the same distance from both ends."""
    count = max(1, int(length / step))
    first = start + (length - (count - 1) * step) / 2
    return [first + k * step for k in range(count)]


def _upright(box: Box, step: float) -> Iterator[Curve]:
    x, y, width, height = box
    return (polyline((at, y), (at, y + height)) for at in _between(x, width, step))


def _level(box: Box, step: float) -> Iterator[Curve]:
    x, y, width, height = box
    return (polyline((x, at), (x + width, at)) for at in _between(y, height, step))


def _slanted(box: Box, step: float, *, down: bool) -> Iterator[Curve]:
    """Lines at 45 degrees, cut off at the box."""
    x, y, width, height = box
    for offset in _between(-height, width + height, step * np.sqrt(2)):
        a, b = max(0.0, offset), min(width, offset + height)
        if b - a > 0:
            ends = [(a, a - offset), (b, b - offset)]
            yield polyline(*((x + u, y + (v if down else height - v)) for u, v in ends))


def _dots(box: Box, across: float, step: float, set_off: tuple[float, ...] = (0.0, 0.5)) -> Iterator[Curve]:
    """Dots in rows, by turns ``set_off`` by a part of their distance."""
    x, y, width, height = box
    for k, at_y in enumerate(_between(y, height, step)):
        for at_x in _between(x, width, across):
            moved = at_x + across * set_off[k % len(set_off)]
            if moved + _DOT * step <= x + width:
                yield circle(moved, at_y, _DOT * step)
