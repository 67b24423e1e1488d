"""Where a large or long region has its number again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

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
    """A lattice of places in a region, how they hang together, and the free space about each."""

    places: F64
    ways: csr_array
    room: F64


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
    fits = _fitting(region, spots, extent, taken) if lacks.any() else lacks
    worth = np.where(fits, np.minimum(spots.room, _PLENTY * extent[1]), -np.inf)
    found = []
    while lacks.any():
        spot = int(np.argmax(np.where(lacks, away, -1)))
        about = _distances(spots, spot)
        may = fits & (about <= _NEAR * reach_mm) & (away >= _APART * reach_mm)
        if may.any():
            found.append(int(np.argmax(np.where(may, worth, -np.inf))))
            away = np.minimum(away, _distances(spots, found[-1]))
            lacks &= away > reach_mm
        else:
            lacks &= about > _NEAR * reach_mm / 2
    return spots.places[np.array(found, np.int64)]


def _fitting(region: shapely.Polygon, spots: _Spots, extent: F64, taken: Polygons) -> NDArray[np.bool_]:
    """Whether a number may stand at each spot."""
    fits: NDArray[np.bool_] = shapely.covers(region, boxes(spots.places, extent))
    airy = boxes(spots.places, extent, AIR_MM)
    fits[shapely.STRtree(taken).query(airy, predicate="intersects")[0]] = False
    return fits


def _spots(region: shapely.Polygon) -> _Spots:
    """Lay a lattice over a region."""
    step = float(np.clip(np.sqrt(region.area / _SPOTS), _CLOSEST_MM, _WIDEST_MM))
    x0, y0, x1, y1 = region.bounds
    x, y = np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step))
    inside = np.pad(shapely.contains_xy(region, x, y), 1)
    room = ndimage.distance_transform_edt(inside)[inside] * step
    number = np.cumsum(inside).reshape(inside.shape) - 1
    n = int(inside.sum())
    rows, columns, lengths = [], [], []
    for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
        there = np.roll(inside, (-down, -across), (0, 1))  # the margin is outside: nothing wraps round
        both = inside & there
        rows.append(number[both])
        columns.append(np.roll(number, (-down, -across), (0, 1))[both])
        lengths.append(np.full(len(rows[-1]), step * np.hypot(down, across)))
    ways = coo_array(
        (np.concatenate(lengths), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n)
    ).tocsr()
    core = inside[1:-1, 1:-1]
    return _Spots(np.stack([x[core], y[core]], axis=1), ways, room)


def _distances(spots: _Spots, start: int) -> F64:
    """From one spot to each on the shortest way; as the crow flies where the lattice has no way."""
    along = np.asarray(dijkstra(spots.ways, directed=False, indices=start))
    straight = np.hypot(*(spots.places - spots.places[start]).T)
    far: F64 = np.where(np.isfinite(along), along, straight)
    return far
