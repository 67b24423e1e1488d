"""Curves as absolute path data of an SVG, the numbers of all in one pass.

Relative steps would be shorter, but a reader that adds them up in floating point does not come back to
where a ring began, and neighbours drift apart by a last bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pbn.core.ragged import I64, places, starts
from pbn.core.sheet import Curve
from pbn.core.units import STEPS_PER_MM
from pbn.core.values import U8
from pbn.export._numbers import written

PLACES = 3
"""Decimal places of a millimetre: a thousandth."""

_MOVE, _LINE, _CUBIC, _GAP = b"MLC "


def path_data(curves: Sequence[Curve]) -> list[str]:
    """The path data of each curve; a cubic along an axis is a line, as those of the frame are.

    Other cubics stay cubics, straight or not.
    """
    if not curves:
        return []
    count = np.array([len(curve.points) for curve in curves])
    points = np.rint(np.concatenate([curve.points for curve in curves]) * STEPS_PER_MM).astype(np.int64)
    commands, kept = _commands(points, count, np.array([curve.cubic for curve in curves]))
    numbers = points[kept].ravel()
    before = np.full((len(numbers), 1), _GAP, np.uint8)
    before[::2, 0] = commands[kept]
    before[(before[:, 0] == _GAP) & (numbers < 0)] = 0  # a minus parts as well
    text, ends = written(numbers, before, PLACES)
    last = ends[2 * np.cumsum(kept)[np.cumsum(count) - 1] - 1].tolist()
    return [
        text[a:b] + ("Z" if curve.closed else "")
        for a, b, curve in zip([0, *last], last, curves, strict=False)
    ]


def _commands(points: I64, count: I64, cubic: NDArray[np.bool]) -> tuple[U8, NDArray[np.bool]]:
    """(n,) what stands before each point of all curves, and which points are written at all."""
    first, within = starts(count), places(count)
    commands = np.full(len(points), _GAP, np.uint8)
    commands[(within == 1) & ~np.repeat(cubic, count)] = _LINE
    heads = np.flatnonzero((within % 3 == 0) & np.repeat(cubic, count))
    heads = heads[~np.isin(heads, first + count - 1, assume_unique=True)]
    level = points[1:] == points[:-1]
    line = (level[heads] & level[heads + 1] & level[heads + 2]).any(axis=1)
    fresh = np.ones(len(heads), np.bool)
    fresh[1:] = line[1:] != line[:-1]
    fresh |= within[heads] == 0
    commands[heads[fresh & ~line] + 1] = _CUBIC
    commands[heads[fresh & line] + 3] = _LINE
    commands[first] = _MOVE
    kept = np.ones(len(points), np.bool)
    kept[heads[line] + 1] = kept[heads[line] + 2] = False
    return commands, kept
