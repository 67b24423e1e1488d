"""Corners along strokes: where two straight runs meet at an angle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    """Positions (k,) in the rows, places (k, 2), and how many points their arms have (k,)."""

    at: I64
    place: F64
    arm: I64

    def some(self, which: NDArray[np.bool_]) -> Corners:
        """Those of them."""
        return Corners(self.at[which], self.place[which], self.arm[which])


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The lines nearest (least squares) to each window of ``size`` points, numbered by its first point.

    ``sums`` (5, m + 1) are running sums of x, y, x x, x y and y y of all points, ``centre`` (2, n) the
    windows' middles. ``heading`` (2, n) is that of windows so near to their lines that they can be arms of
    corners, no number for the others.
    """

    size: int
    sums: F64
    centre: F64
    heading: F64

    def lengths(self, which: I64) -> F64:
        """(k,): how long some windows are."""
        x, y = self.sums[:2]
        last = which + self.size
        chord = (
            x[last] - x[last - 1] - x[which + 1] + x[which],
            y[last] - y[last - 1] - y[which + 1] + y[which],
        )
        length: F64 = np.hypot(*chord) * (self.size / (self.size - 1))
        return length

    def bulges(self, which: I64) -> F64:
        """(k,): how high the points of some windows rise in the middle, to the left of the heading.

        As an arc's would over its chord.
        """
        quarter = self.size // 4
        inner = self.size - 2 * quarter
        first = which + quarter
        high = (self.sums[:2, first + inner] - self.sums[:2, first]) / inner - self.centre[:, which]
        arc = 1 - 4 * ((np.arange(self.size) - (self.size - 1) / 2) / self.size) ** 2
        return _cross(self.heading[:, which], high) / float(arc[quarter:-quarter].mean() - arc.mean())


def corners(points: F64, rows: Rows) -> Corners:
    """Where two straight arms meet at an angle; the sharpest first, none near another.

    A corner lies where its arms' lines meet, if that is near the border.

    Parameters
    ----------
    points : (m, 2)
        The rows' points, end to end.
    rows
        How they lie.
    """
    middle = points.sum(axis=0) / max(1, len(points))
    x, y = centred = (points - middle).T
    sums = np.zeros((5, len(points) + 1))
    np.cumsum([*centred, x * x, x * y, y * y], axis=1, out=sums[:, 1:])
    fitted = [_fitted(sums, size) for size in _SIZES if size <= len(points)]
    found = [_candidates(centred, rows, lines, gap) for lines in fitted for gap in _GAPS]
    at, place, sharp, reach = (np.concatenate(part) for part in zip(_NONE, *found, strict=True))
    order = np.lexsort((at, -sharp))
    chosen: list[int] = []
    taken: dict[int, list[int]] = {}
    for k in order[rows.inner[at[order]]].tolist():
        position, row = int(at[k]), int(rows.stroke[at[k]])
        others = taken.setdefault(row, [])
        if all(abs(position - other) > reach[k] for other in others):
            chosen.append(k)
            turn = int(rows.count[row]) if rows.closed[row] else 0
            others += [position - turn, position, position + turn]
    return Corners(at[chosen], place[chosen] + middle, 2 * reach[chosen])


_NONE = (np.empty(0, np.int64), np.empty((0, 2)), np.empty(0), np.empty(0, np.int64))


def _fitted(sums: F64, size: int) -> _Lines:
    """Total least squares of all windows of so many points, by running sums."""
    mean = (sums[:, size:] - sums[:, :-size]) / size
    x, y = centre = mean[:2]
    xx, xy, yy = mean[2:] - (x * x, x * y, y * y)
    apart = (xx - yy) / 2
    half = np.sqrt(apart * apart + xy * xy)
    # the lesser of the covariance's eigenvalues is the mean square distance
    some = np.flatnonzero((xx + yy) / 2 - half <= _CORNER_RMS**2)
    apart, half, xy = apart[some], half[some], xy[some]
    along = np.where(apart >= 0, (half + apart, xy), (xy, half - apart))
    px, py = sums[:2]
    first, last = some + 1, some + size
    onward = along[0] * (px[last] - px[last - 1] - px[first] + px[some])
    onward += along[1] * (py[last] - py[last - 1] - py[first] + py[some])
    heading = np.full((2, centre.shape[1]), np.nan)
    heading[:, some] = along / np.copysign(np.maximum(np.sqrt((along**2).sum(axis=0)), 1e-12), onward)
    return _Lines(size, sums, centre, heading)


def _candidates(points: F64, rows: Rows, lines: _Lines, gap: int) -> tuple[I64, F64, F64, I64]:
    """Positions, places and sharpness of corners between windows, and how far they rule out others.

    ``points`` are (2, m).
    """
    size = lines.size
    step = size + gap
    n = max(0, lines.heading.shape[1] - step)
    x, y = lines.heading
    cosine = x[:n] * x[step:] + y[:n] * y[step:]
    a = np.flatnonzero((cosine < np.cos(_LEAST_TURN)) & (cosine > np.cos(_MOST_TURN)))
    row = rows.stroke[a]
    a = a[(row == rows.stroke[a + step + size - 1]) & ~(rows.closed[row] & (rows.count[row] < 2 * size - 2))]
    b = a + step
    along_a, along_b = lines.heading[:, a], lines.heading[:, b]
    sine = _cross(along_a, along_b)
    sharp = np.minimum(lines.lengths(a), lines.lengths(b)) * np.arctan2(np.abs(sine), cosine[a])
    good = sharp >= _SHARP
    a, sharp, sine = a[good], sharp[good], sine[good]
    outward = -np.sign(sine)
    rise_a, rise_b = lines.bulges(a) * outward, lines.bulges(a + step) * outward
    sharp -= 4 * np.maximum(rise_a + rise_b, 0)
    good = (sharp >= _SHARP) & (np.maximum(rise_a, rise_b) <= _CORNER_BULGE)
    a, sharp, sine = a[good], sharp[good], sine[good]
    b = a + step
    along_a, along_b = lines.heading[:, a], lines.heading[:, b]
    way = _cross(lines.centre[:, b] - lines.centre[:, a], along_b) / sine
    place = lines.centre[:, a] + way * along_a
    between = (a + size - 1)[:, None] + np.arange(gap + 2)
    off = np.hypot(*(points[:, between] - place[..., None]))
    nearest = off.argmin(axis=1)
    at = between[np.arange(len(a)), nearest]
    near = off[np.arange(len(a)), nearest] <= _OFF
    near &= ((place - points[:, at - 1]) * along_a).sum(axis=0) > _STEP
    near &= ((points[:, at + 1] - place) * along_b).sum(axis=0) > _STEP
    return at[near], place[:, near].T, (sharp - gap)[near], np.full(int(near.sum()), size // 2)


def _cross(a: F64, b: F64) -> F64:
    """(k,): cross products of vectors (2, k)."""
    product: F64 = a[0] * b[1] - a[1] * b[0]
    return product
