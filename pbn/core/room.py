"""Where in a region a box has most room: the pole of inaccessibility in the box's own metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from pbn.core.curves import Polygons
from pbn.core.ragged import I64, parts, places, starts
from pbn.core.values import F32, F64, U8

_PULL = 0.005
"""What a place loses for each box half away from the region's centroid: among equals, the middle."""

_PLENTY = 2.0
"""So many times what is enough is as good as still more: there, too, the middle is better."""

_WHOLE_PX = 3000
"""A region is looked at whole in about so many pixels."""

_COARSEST, _MOST_PX = 0.25, 4e6
"""In larger pixels, as halves of the box, nothing is seen but that there is plenty of room. A box that is
tiny in its region is looked for in no more pixels than these."""

_TRIED = 6
"""Places that are looked at closely where room is scarce, each farther than `_APART` from the others."""

_APART = 0.8
_OUTLINE = 4.0
"""Precisions between the points for which an outline stands there."""

_FRACTION = 6
"""Bits of a pixel's fractions in OpenCV's drawing."""

_SWEEPS = 1
"""Rounds in all ways at each length of step."""

_WAYS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Poles:
    """For each polygon the place found, and how many times the box fits about it."""

    points: F64
    times: F64


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """Polygons in halves of their boxes, from their centroids.

    The rings' points lie end to end; ``rings`` is where each begins, and the last ends, ``first`` (n + 1,)
    the first ring of each polygon. ``low`` and ``high`` are the polygons' bounds.
    """

    points: F64
    rings: I64
    first: I64
    low: F64
    high: F64

    @property
    def size(self) -> F64:
        """(n, 2): widths and heights."""
        return self.high - self.low

    def begins(self, k: int) -> I64:
        """Where the rings of a polygon begin, and where the last ends."""
        return self.rings[self.first[k] : self.first[k + 1] + 1]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The best places (n, 2) seen of a polygon, how many times the box fits there, the pixels' size."""

    middle: list[tuple[float, float]]
    times: list[float]
    pitch: float


def poles(polygons: Polygons, half_boxes: F64, *, enough: float, precision: float = 0.03) -> Poles:
    """Find in every polygon the place about which its box can grow most before it meets a border.

    The distance is the greater of those in x and in y, each in halves of the box. Each polygon is
    drawn in coarse pixels, where it is the chessboard's distance; where that leaves open how large
    the box may be, the best few places are moved about, by less each time, as their room grows.

    Parameters
    ----------
    polygons : (n,)
        With holes; need not be convex.
    half_boxes : (n, 2)
        Half the width and half the height of each polygon's box.
    enough
        So many times the box are asked for. More is better up to twice as many; then the place
        nearest to the region's centroid is taken.
    precision
        How near the places come to where they have most room, in halves of the box, where there is
        less than enough.

    Returns
    -------
    Poles
        A polygon that does not hold the box anywhere may get any place, and less than one time.
    """
    shapes, centre = _shapes(polygons, half_boxes)
    size = shapes.size.prod(axis=1)
    pitch = np.maximum(precision, np.sqrt(size / _WHOLE_PX)).tolist()
    coarsest = np.maximum(_COARSEST, np.sqrt(size / _MOST_PX)).tolist()
    seen = [_best(shapes, k, each, enough) for k, each in enumerate(pitch)]
    for k, each in enumerate(coarsest):
        if seen[k].times[0] - pitch[k] < enough and pitch[k] > each:
            seen[k] = _best(shapes, k, each, enough)
    middle = np.array([s.middle[0] for s in seen]).reshape(-1, 2)
    times = np.array([s.times[0] for s in seen])
    scarce = [k for k, s in enumerate(seen) if s.times[0] - s.pitch < enough and s.times[0] + s.pitch >= 1]
    if scarce:
        middle[scarce], times[scarce] = _moved(shapes, scarce, [seen[k] for k in scarce], precision)
    return Poles((centre + middle) * half_boxes, times)


def _shapes(polygons: Polygons, half_boxes: F64) -> tuple[_Shapes, F64]:
    """The polygons, and their centroids (n, 2), in halves of their boxes."""
    rings, owner = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    centre = shapely.get_coordinates(shapely.centroid(polygons)) / half_boxes
    bounds = shapely.bounds(polygons)
    shapes = _Shapes(
        points / half_boxes[owner[ring]] - centre[owner[ring]],
        np.concatenate([[0], np.flatnonzero(np.diff(ring)) + 1, [len(points)]]),
        np.searchsorted(owner, np.arange(len(polygons) + 1)),
        bounds[:, :2] / half_boxes - centre,
        bounds[:, 2:] / half_boxes - centre,
    )
    return shapes, centre


def _best(shapes: _Shapes, k: int, pitch: float, enough: float) -> _Seen:
    """The best places of a polygon drawn in pixels: one where it has room enough, else up to `_TRIED`."""
    (left, top), room = _room(shapes, k, pitch)
    height, width = room.shape
    across, down = _squares(width, left), _squares(height, top)
    worth = np.minimum(room, np.float32(_PLENTY * enough / pitch))
    worth -= np.sqrt(np.add.outer(down, across))
    apart = int(_APART / pitch)
    found = [divmod(int(worth.argmax()), width)]
    times = [room.item(found[0])]
    while len(found) < _TRIED and (times[0] - 1) * pitch < enough:
        row, column = found[-1]
        worth[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = -np.inf
        other = divmod(int(worth.argmax()), width)
        if room[other] + 2 < max(1 / pitch, times[0]):
            break
        found.append(other)
        times.append(room.item(other))
    own = room.item(top, left)  # at the centroid, where simple shapes have most room to the last bit
    if own:
        found.append((top, left))
        times.append(own)
    middle = [((column - left) * pitch, (row - top) * pitch) for row, column in found]
    return _Seen(middle, [far * pitch for far in times], pitch)


def _squares(size: int, middle: int) -> F32:
    """Of the distances along a side from its middle, each weighed with what it takes off a place's worth."""
    squares: F32 = (np.arange(-middle, size - middle, dtype=np.float32) * np.float32(_PULL)) ** 2
    return squares


def _room(shapes: _Shapes, k: int, pitch: float) -> tuple[tuple[int, int], F32]:
    """The centroid's column and row, and how far the border is from each pixel's middle, in pixels.

    It is 0 on the border and outside. The raster has a margin of one pixel; OpenCV counts from the middle
    of a pixel, and the centroid is there.
    """
    left, top = (int(-side / pitch) + 1 for side in shapes.low[k].tolist())
    width, height = (int(side / pitch) + 2 for side in shapes.high[k].tolist())
    mask: U8 = np.zeros((top + height, left + width), np.uint8)
    begin = shapes.begins(k)
    drawn = shapes.points[begin[0] : begin[-1]] / pitch + (left, top)
    rings = parts((drawn * (1 << _FRACTION) + 0.5).astype(np.int32), begin[:-1] - begin[0])
    cv2.fillPoly(mask, rings, 1.0, cv2.LINE_8, _FRACTION)
    cv2.polylines(mask, rings, True, 0.0, 1, cv2.LINE_8, _FRACTION)  # noqa: FBT003 - OpenCV's own order
    return (left, top), np.asarray(cv2.distanceTransform(mask, cv2.DIST_C, cv2.DIST_MASK_3), np.float32)


def _moved(shapes: _Shapes, which: list[int], seen: Sequence[_Seen], precision: float) -> tuple[F64, F64]:
    """Of each polygon the best place (n, 2), when all have moved to where is most room, and its times."""
    whose = np.repeat(np.arange(len(seen)), [len(s.times) for s in seen])
    middle = np.array([place for s in seen for place in s.middle], np.float32)
    times = np.array([far for s in seen for far in s.times], np.float32)
    pitch = np.array([s.pitch for s in seen], np.float32)[whose]
    outlines = _dense(shapes, which, _OUTLINE * precision)
    about = _about([outlines[k] for k in whose.tolist()], middle, times + 4 * pitch)
    start, reach = middle, 1.5 * pitch[:, None]
    step, room = pitch, about.room(middle)
    may_gain = step
    while True:
        best = np.zeros(len(seen), np.float32)
        np.maximum.at(best, whose, room)
        keep = room + may_gain >= best[whose]  # the others hardly come up with the best
        about, whose, middle, room = about.only(keep), whose[keep], middle[keep], room[keep]
        start, reach, step = start[keep], reach[keep], step[keep]
        if float(step.max()) <= precision / 2:
            break
        for way in np.tile(_WAYS, (_SWEEPS, 1)):
            there: F32 = np.clip(middle + step[:, None] * way, start - reach, start + reach)
            more = about.room(there)
            better = more > room
            middle[better], room[better] = there[better], more[better]
        may_gain, step = step, step * np.float32(0.5)
    order = np.lexsort((-room, whose))
    first = order[np.unique(whose[order], return_index=True)[1]]
    return middle[first].astype(np.float64), room[first].astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Outlines:
    """The points (2, m) of outlines that are near some places, those of a place together, and how many."""

    points: F32
    count: I64

    def room(self, middle: F32) -> F32:
        """How far it is from each place to the nearest of its points."""
        x, y = (np.repeat(at, self.count) for at in middle.T)
        for far, points in zip((x, y), self.points, strict=True):
            far -= points
            np.abs(far, out=far)
        nearest: F32 = np.minimum.reduceat(np.maximum(x, y, out=x), starts(self.count))
        return nearest

    def only(self, keep: NDArray[np.bool_]) -> _Outlines:
        """Those of some of the places."""
        return _Outlines(self.points[:, np.repeat(keep, self.count)], self.count[keep])


def _about(outlines: Sequence[F32], middle: F32, near: F32) -> _Outlines:
    """The points (2, n) of each place's outline that are within ``near`` of it."""
    found = []
    for points, (x, y), far in zip(outlines, middle.tolist(), near.tolist(), strict=True):
        inside = np.maximum(np.abs(points[0] - np.float32(x)), np.abs(points[1] - np.float32(y))) <= far
        found.append(points[:, inside])
    return _Outlines(np.concatenate(found, axis=1), np.array([points.shape[1] for points in found]))


def _dense(shapes: _Shapes, which: list[int], step: float) -> list[F32]:
    """Points (2, n) of each polygon's rings, no farther apart than ``step``."""
    begins = [shapes.begins(k) for k in which]
    count = np.array([begin[-1] - begin[0] for begin in begins])
    points = shapes.points[np.repeat([begin[0] for begin in begins], count) + places(count)].T
    way = np.diff(points, axis=1, append=0)
    last = [(begin[1:] - begin[0] - 1 + at).tolist() for begin, at in zip(begins, starts(count), strict=True)]
    way[:, [*chain(*last)]] = 0  # from one ring to the next
    chords = np.maximum(1, np.ceil(np.abs(way).max(axis=0) / step)).astype(np.int64)
    nth = places(chords) / np.repeat(chords, chords)
    dense = np.repeat(points, chords, axis=1) + np.repeat(way, chords, axis=1) * nth
    cut = np.append(starts(chords)[starts(count)], len(nth)).tolist()
    return [dense[:, a:b].astype(np.float32) for a, b in pairwise(cut)]
