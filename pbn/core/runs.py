"""Corners along strokes: where two straight runs meet at an angle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pbn.core.ragged import I64
from pbn.core.strokes import Rows
from pbn.core.values import F64

_SIZES = (8, 12, 24, 48)
"""Points of the windows to which lines are fitted."""

_CORNER_RMS, _CORNER_BULGE = 0.36, 1.2
"""How far from a line an arm of a corner may be, in pixels; a digital line is within 0.29 (rms)."""

_SHARP = 11.0
"""Arm times turn (pixels times radians), less what arms of an arc would have, that make a corner.

An arc that staircases take for straight has up to 7 whatever its radius, as its turn is 8 times the
height that it rises over its arm; a right angle has 12 with arms of 8 pixels.
"""

_LEAST_TURN, _MOST_TURN = np.radians(25), np.radians(150)

_OFF = 0.8
"""Pixels from a corner to the border that it is made of: as much as a missing pixel takes off."""

_GAPS = (0, 1, 2)
"""Points that may lie between a corner's arms, as its tip may be blunt."""

_STEP = 0.1
"""Pixels that a corner must lie beyond the point before it, and before the point after it."""


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """Positions (k,) in the rows, and places (k, 2)."""

    at: I64
    place: F64


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The line through each window of ``size`` points of one row, numbered by its first point.

    ``centre`` and ``heading`` (n, 2), ``rms`` (n,) distance from it, ``bulge`` (n,) how high the
    points rise over it in the middle, to the left of the heading, as an arc's would over its
    chord; ``length`` (n,) of it.
    """

    size: int
    centre: F64
    heading: F64
    rms: F64
    bulge: F64
    length: F64


class Runs:
    """Lines fitted to all windows of all rows, for windows of several sizes.

    Parameters
    ----------
    points : (m, 2)
        The rows' points, end to end.
    rows
        How they lie.
    """

    def __init__(self, points: F64, rows: Rows) -> None:
        self.points, self.rows = points, rows
        self.lines = tuple(_fitted(points, size) for size in _SIZES if size <= len(points))

    def corners(self) -> Corners:
        """Where two straight arms meet at an angle; the sharpest first, none near another.

        A corner lies where its arms' lines meet, if that is near the border.
        """
        found = [_candidates(self.points, self.rows, lines, gap) for lines in self.lines for gap in _GAPS]
        at, place, sharp, reach = (
            (np.concatenate(part) for part in zip(*found, strict=True)) if found else _NONE
        )
        order = np.lexsort((at, -sharp))
        chosen: list[int] = []
        taken: dict[int, list[int]] = {}
        rows = self.rows
        for k in order[rows.inner[at[order]]].tolist():
            position, row = int(at[k]), int(rows.stroke[at[k]])
            others = taken.setdefault(row, [])
            if all(abs(position - other) > reach[k] for other in others):
                chosen.append(k)
                turn = int(rows.count[row]) if rows.closed[row] else 0
                others += [position - turn, position, position + turn]
        return Corners(at[chosen], place[chosen])


_NONE = (np.empty(0, np.int64), np.empty((0, 2)), np.empty(0), np.empty(0, np.int64))


def _fitted(points: F64, size: int) -> _Lines:
    """Total least squares by running sums."""
    origin = points.mean(axis=0)
    x, y = (points - origin).T
    sums = [np.concatenate([[0.0], np.cumsum(v)]) for v in (x, y, x * x, x * y, y * y)]
    mx, my, xx, xy, yy = ((s[size:] - s[:-size]) / size for s in sums)
    xx, xy, yy = xx - mx * mx, xy - mx * my, yy - my * my
    half = np.hypot((xx - yy) / 2, xy)
    angle = np.arctan2(2 * xy, xx - yy) / 2
    chord = points[size - 1 :] - points[: len(points) - size + 1]
    heading = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    heading *= np.where((heading * chord).sum(axis=1) < 0, -1, 1)[:, None]
    quarter = size // 4
    middle = slice(quarter, quarter + len(mx))
    inner = size - 2 * quarter
    high_x, high_y = (
        ((s[inner:] - s[:-inner]) / inner)[middle] - m for s, m in zip(sums[:2], (mx, my), strict=True)
    )
    arc = 1 - 4 * ((np.arange(size) - (size - 1) / 2) / size) ** 2
    bulge = (high_y * heading[:, 0] - high_x * heading[:, 1]) / (arc[quarter:-quarter].mean() - arc.mean())
    return _Lines(
        size,
        np.stack([mx, my], axis=1) + origin,
        heading,
        np.sqrt(np.maximum((xx + yy) / 2 - half, 0)),
        bulge,
        np.hypot(*chord.T) * (size / (size - 1)),
    )


def _candidates(points: F64, rows: Rows, lines: _Lines, gap: int) -> tuple[I64, F64, F64, I64]:
    """Positions, places and sharpness of corners between windows, and how far they rule out others."""
    size = lines.size
    step = size + gap
    n = max(0, len(lines.rms) - step)
    good = lines.rms <= _CORNER_RMS
    a = np.flatnonzero(good[:n] & good[step:])
    row = rows.stroke[a]
    a = a[(row == rows.stroke[a + step + size - 1]) & ~(rows.closed[row] & (rows.count[row] < 2 * size - 2))]
    b = a + step
    (ux, uy), (vx, vy) = lines.heading[a].T, lines.heading[b].T
    sine = ux * vy - uy * vx
    turn = np.arctan2(sine, ux * vx + uy * vy)
    outward = -np.sign(turn)
    rise_a, rise_b = lines.bulge[a] * outward, lines.bulge[b] * outward
    turn = np.abs(turn)
    arm = np.minimum(lines.length[a], lines.length[b])
    sharp = arm * turn - 4 * np.maximum(rise_a + rise_b, 0)
    good = (sharp >= _SHARP) & (turn > _LEAST_TURN) & (turn < _MOST_TURN)
    good &= np.maximum(rise_a, rise_b) <= _CORNER_BULGE
    a, b, sharp = a[good], b[good], sharp[good]
    (dx, dy), (vx, vy) = (lines.centre[b] - lines.centre[a]).T, lines.heading[b].T
    place = lines.centre[a] + ((dx * vy - dy * vx) / sine[good])[:, None] * lines.heading[a]
    between = (a + size - 1)[:, None] + np.arange(gap + 2)
    off = np.hypot(*np.moveaxis(points[between] - place[:, None], -1, 0))
    nearest = off.argmin(axis=1)
    at = between[np.arange(len(a)), nearest]
    near = off[np.arange(len(a)), nearest] <= _OFF
    near &= ((place - points[at - 1]) * lines.heading[a]).sum(axis=1) > _STEP
    near &= ((points[at + 1] - place) * lines.heading[b]).sum(axis=1) > _STEP
    return at[near], place[near], (sharp - gap)[near], np.full(int(near.sum()), size // 2)
