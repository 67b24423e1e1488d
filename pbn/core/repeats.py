"""Where a large or long region has its number again."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from skimage.graph import MCP_Geometric

from pbn.core.adjacency import I64
from pbn.core.curves import Polygons
from pbn.core.leaders import AIR_MM, boxes
from pbn.core.values import F32, F64, U8

Mask = NDArray[np.bool_]

_SPOTS = 900
"""About so many spots of a region are looked at; fewer in a small one."""

_CLOSEST_MM, _WIDEST_MM = 0.5, 6.0
"""Limits of the distance between spots."""

_NEAR, _APART = 0.6, 0.8
"""How near a repeated number is to the spot that lacks one, and how far from others, in reaches."""

_PLENTY = 2.0
"""Free space of so many heights of the number about a place is as good as more."""

_FINER = 3
_AT_ONCE = 32
"""Places that are tried in one call, best first."""

_FRACTION = 6
"""Bits of a spot's fractions in OpenCV's drawing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """A lattice of places over a region, with a margin; ``inside`` is which of them are in it.

    ``room`` is the free space about each, ``ways`` finds the shortest ones between them. ``low`` is the
    place of the spot in the first row and column, ``step`` the distance from one to the next.
    """

    inside: U8
    room: F32
    ways: MCP_Geometric
    low: F64
    step: float

    def place(self, spots: I64) -> F64:
        """Where spots (m,) are: (m, 2)."""
        rows, columns = np.divmod(spots, self.inside.shape[1])
        place: F64 = self.low + np.stack([columns, rows], axis=1) * self.step
        return place

    def nearest(self, place: F64) -> int:
        """The spot inside that is nearest to a place."""
        rows, columns = np.nonzero(self.inside)
        x, y = (place - self.low) / self.step
        k = int(np.argmin((columns - x) ** 2 + (rows - y) ** 2))
        return int(rows[k] * self.inside.shape[1] + columns[k])


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
    inside = spots.inside > 0
    if not inside.any():
        return np.empty((0, 2))
    away = _distances(spots, spots.nearest(first))
    lacks = (away > reach_mm) & inside
    if not lacks.any():
        return np.empty((0, 2))
    may = _roomy(spots, extent)
    worth = np.minimum(spots.room, np.float32(_PLENTY * extent[1]))
    tree = shapely.STRtree(taken)
    found: list[int] = []
    while lacks.any():
        about = _distances(spots, int(np.argmax(np.where(lacks, away, -1))))
        near = may & (about <= _NEAR * reach_mm) & (away >= _APART * reach_mm)
        spot = _first_fitting(region, spots, extent, tree, may, np.where(near, worth, np.float32(-np.inf)))
        if spot is None:
            lacks &= about > _NEAR * reach_mm / 2
            continue
        found.append(spot)
        away = np.minimum(away, _distances(spots, spot))
        lacks &= away > reach_mm
    return spots.place(np.array(found, np.int64))


def _first_fitting(
    region: shapely.Polygon, spots: _Spots, extent: F64, taken: shapely.STRtree, may: Mask, worth: F32
) -> int | None:
    """The spot worth most where a number fits; those that are seen not to fit are struck out of ``may``."""
    order = np.argsort(-worth, axis=None, kind="stable")
    order = order[worth.ravel()[order] > -np.inf]
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        places = spots.place(some)
        fits = shapely.covers(region, boxes(places, extent))
        fits[taken.query(boxes(places, extent, AIR_MM), predicate="intersects")[0]] = False
        if fits.any():
            return int(some[np.argmax(fits)])
        may.ravel()[some] = False
    return None


def _roomy(spots: _Spots, extent: F64) -> Mask:
    """Spots about which a number may fit: all others that its box covers for certain are inside."""
    width, height = np.maximum(0, np.floor(extent / 2 / spots.step - 0.5)).astype(np.int64).tolist()
    kernel = np.ones((2 * height + 1, 2 * width + 1), np.uint8)
    roomy: Mask = cv2.erode(spots.inside, kernel) > 0
    return roomy


def _spots(region: shapely.Polygon) -> _Spots:
    """Lay a lattice over a region, which is drawn finer so that only what is at the spots counts."""
    step = float(np.clip(np.sqrt(region.area / _SPOTS), _CLOSEST_MM, _WIDEST_MM))
    x0, y0, x1, y1 = region.bounds
    low = np.array([x0, y0]) - step / 2
    columns, rows = (int((high - least) / step + 0.5) + 2 for high, least in ((x1, x0), (y1, y0)))
    fine: U8 = np.zeros((rows * _FINER, columns * _FINER), np.uint8)
    to_fine = [
        np.rint((_FINER * (ring - low) / step + _FINER // 2) * (1 << _FRACTION)).astype(np.int32)
        for ring in map(shapely.get_coordinates, (region.exterior, *region.interiors))
    ]
    cv2.fillPoly(fine, to_fine, 1.0, cv2.LINE_8, _FRACTION)
    inside = np.ascontiguousarray(fine[_FINER // 2 :: _FINER, _FINER // 2 :: _FINER])
    room = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    ways = MCP_Geometric(np.where(inside, step, np.inf), fully_connected=True)
    return _Spots(inside, np.asarray(room * np.float32(step), np.float32), ways, low, step)


def _distances(spots: _Spots, start: int) -> F64:
    """From one spot to each on the shortest way; as the crow flies where the lattice has no way."""
    row, column = divmod(start, spots.inside.shape[1])
    far: F64 = spots.ways.find_costs([(row, column)])[0].copy()  # it works on in the same array
    cut_off = np.isinf(far) & (spots.inside > 0)
    if cut_off.any():
        rows, columns = np.nonzero(cut_off)
        far[cut_off] = np.hypot(rows - row, columns - column) * spots.step
    return far
