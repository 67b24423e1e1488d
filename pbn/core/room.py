"""Where in a region a box has most room: the pole of inaccessibility in the box's own metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from pbn.core.adjacency import I64
from pbn.core.curves import Polygons
from pbn.core.ragged import parts, places
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
_OUTLINE = 2.0
"""Precisions between the points for which an outline stands there."""

_FRACTION = 6
"""Bits of a pixel's fractions in OpenCV's drawing."""

_SWEEPS = 1
"""Rounds in all ways at each length of step."""

_WAYS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Poles:
    """For each polygon the place found, and how many times the box fits about it."""

    points: F64
    times: F64


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """Polygons in halves of their boxes: the rings' points, which begin anew with each ring, and whose."""

    points: F64
    rings: I64
    owner: I64
    low: F64
    size: F64
    centre: F64


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The best places (n, 2) seen of a polygon, how many times the box fits there, the pixels' size."""

    middle: F64
    times: F64
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
    shapes = _shapes(polygons, half_boxes)
    pitch = np.maximum(precision, np.sqrt(shapes.size.prod(axis=1) / _WHOLE_PX))
    seen = [_seen(shapes, k, each, enough) for k, each in enumerate(pitch.tolist())]
    middle = np.array([s.middle[0] for s in seen]).reshape(-1, 2)
    times = np.array([s.times[0] for s in seen])
    scarce = [k for k, s in enumerate(seen) if s.times[0] - s.pitch < enough and s.times[0] + s.pitch >= 1]
    if scarce:
        middle[scarce], times[scarce] = _moved(shapes, scarce, [seen[k] for k in scarce], precision)
    return Poles(middle * half_boxes, times)


def _shapes(polygons: Polygons, half_boxes: F64) -> _Shapes:
    rings, owner = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    bounds = shapely.bounds(polygons) / np.tile(half_boxes, 2)
    return _Shapes(
        points / half_boxes[owner[ring]],
        np.concatenate([[0], np.flatnonzero(np.diff(ring)) + 1, [len(points)]]),
        owner,
        bounds[:, :2],
        bounds[:, 2:] - bounds[:, :2],
        shapely.get_coordinates(shapely.centroid(polygons)) / half_boxes,
    )


def _seen(shapes: _Shapes, k: int, pitch: float, enough: float) -> _Seen:
    """The best places of a polygon drawn in pixels: one where it has room enough, else up to `_TRIED`."""
    seen = _best(shapes, k, pitch, enough)
    coarsest = max(_COARSEST, float(shapes.size[k].prod() / _MOST_PX) ** 0.5)
    if seen.times[0] - pitch < enough and pitch > coarsest:
        seen = _best(shapes, k, coarsest, enough)
    return seen


def _best(shapes: _Shapes, k: int, pitch: float, enough: float) -> _Seen:
    """The same in pixels of a given size."""
    room = _room(shapes, k, pitch)
    (x, y), most = (shapes.centre[k] - shapes.low[k]) / pitch + 0.5, np.float32(_PLENTY * enough / pitch)
    across = (np.arange(room.shape[1], dtype=np.float32) - np.float32(x)) ** 2
    down = (np.arange(room.shape[0], dtype=np.float32) - np.float32(y)) ** 2
    worth = np.minimum(room, most) - np.float32(_PULL) * np.sqrt(across + down[:, None])
    apart = int(_APART / pitch)
    found = [divmod(int(worth.argmax()), room.shape[1])]
    least = float(room[found[0]])
    while len(found) < _TRIED and (least - 1) * pitch < enough:
        row, column = found[-1]
        worth[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = -np.inf
        other = divmod(int(worth.argmax()), room.shape[1])
        if room[other] + 2 < max(1 / pitch, least):
            break
        found.append(other)
    own = int(y + 0.5), int(x + 0.5)  # the centroid's, where simple shapes have most room to the last bit
    at = np.array([*found, own] if room[own] else found)
    middle = shapes.low[k] + (at[:, ::-1] - 0.5) * pitch
    middle[len(found) :] = shapes.centre[k]
    return _Seen(middle, room[at[:, 0], at[:, 1]].astype(np.float64) * pitch, pitch)


def _room(shapes: _Shapes, k: int, pitch: float) -> F32:
    """How far the border is from the middle of each pixel, in pixels; 0 on it and outside.

    The raster has a margin of one pixel; OpenCV counts from the middle of a pixel.
    """
    width, height = np.ceil(shapes.size[k] / pitch).astype(np.int64).tolist()
    mask: U8 = np.zeros((height + 2, width + 2), np.uint8)
    first, last = np.searchsorted(shapes.owner, (k, k + 1)).tolist()
    begin = shapes.rings[first : last + 1]
    points = shapes.points[begin[0] : begin[-1]]
    drawn = (((points - shapes.low[k]) / pitch + 0.5) * (1 << _FRACTION) + 0.5).astype(np.int32)
    rings = parts(drawn, begin[:-1] - begin[0])
    cv2.fillPoly(mask, rings, 1.0, cv2.LINE_8, _FRACTION)
    cv2.polylines(mask, rings, True, 0.0, 1, cv2.LINE_8, _FRACTION)  # noqa: FBT003 - OpenCV's own order
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_C, cv2.DIST_MASK_3), np.float32)


def _moved(shapes: _Shapes, which: list[int], seen: Sequence[_Seen], precision: float) -> tuple[F64, F64]:
    """Of each polygon the best place (n, 2), when all have moved to where is most room, and its times."""
    whose = np.repeat(np.arange(len(seen)), [len(s.times) for s in seen])
    middle, times = np.concatenate([s.middle for s in seen]), np.concatenate([s.times for s in seen])
    pitch = np.array([s.pitch for s in seen])[whose]
    outlines = [_dense(shapes, k, _OUTLINE * precision) for k in which]
    about = _about([outlines[k] for k in whose.tolist()], middle, times + 4 * pitch)
    start, reach = middle, 1.5 * pitch[:, None]
    step, room = pitch[:, None] / 1, about.room(middle)
    while float(step.max()) > precision / 2:
        for way in np.tile(_WAYS, (_SWEEPS, 1)):
            there = np.clip(middle + step * way, start - reach, start + reach)
            more = about.room(there)
            better = more > room
            middle = np.where(better[:, None], there, middle)
            room = np.maximum(room, more)
        best = np.zeros(len(seen))
        np.maximum.at(best, whose, room)
        keep = room + step[:, 0] >= best[whose]
        about, whose, middle, room = about.only(keep), whose[keep], middle[keep], room[keep]
        start, reach, step = start[keep], reach[keep], step[keep] / 2
    order = np.lexsort((-room, whose))
    first = order[np.unique(whose[order], return_index=True)[1]]
    return middle[first], room[first]


@dataclass(frozen=True, slots=True, eq=False)
class _Outlines:
    """The points (2, m) of outlines that are near some places, those of a place together, and how many."""

    points: F64
    count: I64

    def room(self, middle: F64) -> F64:
        """How far it is from each place to the nearest of its points."""
        x, y = np.abs(self.points - np.repeat(middle.T, self.count, axis=1))
        nearest: F64 = np.minimum.reduceat(np.maximum(x, y), np.cumsum(self.count) - self.count)
        return nearest

    def only(self, keep: NDArray[np.bool_]) -> _Outlines:
        """Those of some of the places."""
        return _Outlines(self.points[:, np.repeat(keep, self.count)], self.count[keep])


def _about(outlines: Sequence[F64], middle: F64, near: F64) -> _Outlines:
    """The points (2, n) of each place's outline that are within ``near`` of it."""
    found = [
        points[:, (np.abs(points - place[:, None]) <= far).all(axis=0)]
        for points, place, far in zip(outlines, middle, near.tolist(), strict=True)
    ]
    return _Outlines(np.concatenate(found, axis=1), np.array([points.shape[1] for points in found]))


def _dense(shapes: _Shapes, k: int, step: float) -> F64:
    """Points (2, n) of a polygon's rings, no farther apart than ``step``."""
    first, last = np.searchsorted(shapes.owner, (k, k + 1)).tolist()
    begin = shapes.rings[first : last + 1]
    points = shapes.points[begin[0] : begin[-1]].T
    way = np.diff(points, axis=1)
    way[:, begin[1:-1] - begin[0] - 1] = 0  # from one ring to the next
    chords = np.maximum(1, np.ceil(np.abs(way).max(axis=0) / step)).astype(np.int64)
    nth = places(chords)
    dense: F64 = np.repeat(points[:, :-1], chords, axis=1) + np.repeat(way / chords, chords, axis=1) * nth
    return dense
