"""Simple shapes for marks, in mm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pbn.core.sheet import Box, Curve

_HANDLE = 0.5522847498
"""Handles of a quarter circle's cubic, as a part of the radius."""


def polyline(*points: Sequence[float]) -> Curve:
    """Straight lines from point to point."""
    return Curve(np.array(points, np.float64), cubic=False)


def circle(x: float, y: float, radius: float) -> Curve:
    """A full circle."""
    unit = [(1, 0), (1, _HANDLE), (_HANDLE, 1), (0, 1), (-_HANDLE, 1), (-1, _HANDLE), (-1, 0)]
    unit += [(-1, -_HANDLE), (-_HANDLE, -1), (0, -1), (_HANDLE, -1), (1, -_HANDLE), (1, 0)]
    return Curve(np.array(unit, np.float64) * radius + (x, y), closed=True)


def corner_lines(box: Box, gap: float, length: float) -> Iterator[tuple[Curve, Curve]]:
    """Two short lines at each corner of what is cut out, never inside it."""
    x, y, width, height = box
    near, far = gap, gap + length
    for at_x, out_x in ((x, -1), (x + width, 1)):
        for at_y, out_y in ((y, -1), (y + height, 1)):
            across = polyline((at_x + out_x * near, at_y), (at_x + out_x * far, at_y))
            down = polyline((at_x, at_y + out_y * near), (at_x, at_y + out_y * far))
            yield across, down


def dashes(start: Sequence[float], end: Sequence[float], on: float, off: float) -> list[Curve]:
    """A line in pieces of length ``on`` with gaps of ``off``, a whole piece at its start and end."""
    a, b = np.array(start, np.float64), np.array(end, np.float64)
    length = float(np.hypot(*(b - a)))
    gaps = max(0, round((length - on) / (on + off)))
    step = (length - on) / gaps if gaps else 0.0
    along = (b - a) / length
    ends = ((k * step, min(k * step + on, length)) for k in range(gaps + 1))
    return [Curve(np.array([a + along * first, a + along * last]), cubic=False) for first, last in ends]
