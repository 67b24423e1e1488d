"""Simple shapes for marks, in mm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pbn.core.sheet import Curve

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
