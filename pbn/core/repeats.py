"""Where a large or long region has its number again."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from skimage.graph import MCP_Geometric

from pbn.core.curves import Polygons
from pbn.core.leaders import AIR_MM, boxes
from pbn.core.values import F64

_SPOTS = 1500
"""About so many spots of a region are looked at; fewer in a small one."""

_CLOSEST_MM, _WIDEST_MM = 0.5, 6.0
"""Limits of the distance between spots."""

_NEAR, _APART = 0.6, 0.8
"""How near a repeated number is to the spot that lacks one, and how far from others, in reaches."""

_PLENTY = 2.0
"""Free space of so many heights of the number about a place is as good as more."""


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """A lattice over a region: the places (n, 2) of its spots inside, and the free space (n,) about each.

    ``inside`` (h, w) is which of its spots these are, row by row; ``ways`` finds the shortest ones.
    """

    inside: NDArray[np.bool_]
    places: F64
    room_mm: F64
    ways: MCP_Geometric


def repeats(region: shapely.Polygon, first: F64, extent: F64, reach_mm: float, taken: Polygons) -> F64:
    """Find places for a region's number besides the first.

    They are added, where they fit, until no spot of the region is farther than the reach from a
    number, on the shortest way within the region: so a long arm that winds about has its own. Each
    time it is the spot that is farthest from all numbers, and the roomiest place about it.

    Parameters
    ----------
    region
        Prepared.
    first : (2,)
        Where the number is.
    extent : (2,)
        Width and height of the number's box with the air about it.
    reach_mm
        How far a spot may be from a number.
    taken
        What the boxes must keep off: numbers of other regions that stand in this one, and their lines.

    Returns
    -------
    (m, 2)
        The further places, perhaps none.
    """
    spots = _spots(region)
    if len(spots.places) == 0:
        return np.empty((0, 2))
    away = _distances(spots, int(np.argmin(np.hypot(*(spots.places - first).T))))
    lacks = away > reach_mm
    fitting = _Fitting(region, spots.places, extent, taken)
    worth = np.minimum(spots.room_mm, _PLENTY * extent[1])
    found: list[int] = []
    while lacks.any():
        spot = int(np.argmax(np.where(lacks, away, -1)))
        about = _distances(spots, spot)
        may = np.flatnonzero((about <= _NEAR * reach_mm) & (away >= _APART * reach_mm))
        may = may[fitting(may)]
        if len(may):
            found.append(int(may[np.argmax(worth[may])]))
            away = np.minimum(away, _distances(spots, found[-1]))
            lacks &= away > reach_mm
        else:
            lacks &= about > _NEAR * reach_mm / 2
    return spots.places[np.array(found, np.int64)]


class _Fitting:
    """Whether a number may stand at a place; none is looked at before it is asked for, nor twice."""

    def __init__(self, region: shapely.Polygon, places: F64, extent: F64, taken: Polygons) -> None:
        self._region, self._places, self._extent = region, places, extent
        self._taken = shapely.STRtree(taken)
        self._known, self._fits = np.zeros((2, len(places)), np.bool_)

    def __call__(self, which: NDArray[np.int64]) -> NDArray[np.bool_]:
        new = which[~self._known[which]]
        self._fits[new] = shapely.covers(self._region, boxes(self._places[new], self._extent))
        airy = boxes(self._places[new], self._extent, AIR_MM)
        self._fits[new[self._taken.query(airy, predicate="intersects")[0]]] = False
        self._known[new] = True
        return self._fits[which]


def _spots(region: shapely.Polygon) -> _Spots:
    """Lay a lattice over a region."""
    step = float(np.clip(np.sqrt(region.area / _SPOTS), _CLOSEST_MM, _WIDEST_MM))
    x0, y0, x1, y1 = region.bounds
    x, y = np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step))
    inside = np.asarray(shapely.contains_xy(region, x, y), np.bool_)
    drawn = np.pad(inside, 1).astype(np.uint8)
    room = step * cv2.distanceTransform(drawn, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)
    ways = MCP_Geometric(np.where(inside, step, np.inf), fully_connected=True)
    return _Spots(inside, np.stack([x[inside], y[inside]], axis=1), room[1:-1, 1:-1][inside], ways)


def _distances(spots: _Spots, start: int) -> F64:
    """From one spot to each on the shortest way; as the crow flies where the lattice has no way."""
    row, column = np.argwhere(spots.inside)[start].tolist()
    along = spots.ways.find_costs([(row, column)])[0][spots.inside]
    straight = np.hypot(*(spots.places - spots.places[start]).T)
    far: F64 = np.where(np.isfinite(along), along, straight)
    return far
