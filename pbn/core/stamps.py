"""Where each region keeps room for brush and number, carried from one map of regions to the next.

The whole map is looked at once (`stamps`). After a change only those regions are looked at whose
room was cut, or that are new (`found`); all others still hold theirs (`carried`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pbn.core.adjacency import I64, RegionOf, in_margin, with_margin
from pbn.core.paintable import Mask, Need, Shape, alike, deepest_of, numbered
from pbn.core.values import F32, I32

_LARGE, _LATTICE = 50, 3
"""In regions larger than so many of a number's discs one pixel in so many of a row, and row, is looked at
first: they have room about some of those."""

_AT_ONCE = 1 << 12
"""Places in the map that are looked at together, where a few more cost no more than a call."""


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """The pixels that each of n regions must keep so as to fit.

    ``at`` (3, n) are the middles, as flat places in the map, of a region's disc round its number, of its
    brush and of its number's box, -1 where it has none; it has the last two only without the first. ``depth``
    (3, n) is how far from its region's border each lay when the whole map was looked at, else 0.
    """

    at: I64
    depth: F32

    @property
    def fit(self) -> Mask:
        """(n,): which regions have room for brush and number."""
        disc, brush, number = self.at >= 0
        fit: Mask = disc | (brush & number)
        return fit


def shapes(need: Need) -> tuple[Shape, Shape, Shape]:
    """The shapes of the rows of `Stamps`."""
    return need.round_number, need.brush, need.number


def stamps(ids: I32, depth: F32, need: Need, n: int) -> Stamps:
    """The stamps of the n regions of a map (H, W) of this ``depth`` (`pbn.core.paintable.depth`).

    Of the places that will do, each region takes the deepest, the first among equals.
    """
    values = numbered(ids)
    at = np.stack([_places(ids, values, depth, shape, n) for shape in shapes(need)])
    at[1:, at[0] >= 0] = -1
    return Stamps(at, np.where(at >= 0, depth.ravel()[at], 0).astype(np.float32))


def _places(ids: I32, values: NDArray[Any], depth: F32, shape: Shape, n: int) -> I64:
    """(n,): where each region has the deepest place for a shape; -1 where it has none."""
    inside = alike(values, shape)
    roomy = depth * inside
    peaks = (cv2.dilate(roomy, np.ones((3, 3), np.uint8)) == roomy) & inside  # about them all is one region
    at = deepest_of(np.flatnonzero(peaks), depth, ids, n)
    return np.where(at < depth.size, at, -1)


def carried(had: Stamps, ids: I32, need: Need, n: int) -> Stamps:
    """Of stamps in another map of this size those that lie in one of the n regions still.

    A region that takes over several keeps that which lay deepest.
    """
    at, depth = np.full((3, n), -1, np.int64), np.zeros((3, n), np.float32)
    for row, shape in enumerate(shapes(need)):
        k = np.flatnonzero(had.at[row] >= 0)
        k = k[np.argsort(had.depth[row, k], kind="stable")]
        middle = had.at[row, k]
        own = ids.take(shape.about(middle, ids.shape[1]))
        whole = (own == own[:, :1]).all(axis=1)
        region = own[whole, 0]
        at[row, region], depth[row, region] = middle[whole], had.depth[row, k[whole]]  # the last one stays
    at[1:, at[0] >= 0] = -1
    return Stamps(at, depth)


def found(had: Stamps, ids: I32, need: Need) -> Stamps:
    """The stamps with those of the regions that have none and could."""
    unfit = ~had.fit
    if not unfit.any():
        return had
    padded = with_margin(ids)
    listed = in_margin(np.flatnonzero(unfit.take(ids)), ids.shape[1])
    return looked(had, listed, lambda at: padded.take(at, mode="clip"), padded.shape[1], need)


def looked(had: Stamps, listed: I64, region_of: RegionOf, step: int, need: Need) -> Stamps:
    """The stamps with those of some regions, of which all pixels are looked at.

    Parameters
    ----------
    had
        The stamps so far; those of these regions are found anew.
    listed
        All pixels (m,) of these regions, as flat places in the map with a margin of one pixel.
    region_of
        The region of such places, -1 in the margin and beyond.
    step
        The width of the map with its margin.
    """
    own = region_of(listed)
    large = np.bincount(own, minlength=had.at.shape[1]) > _LARGE * len(need.round_number)
    if large.any():
        coarse = listed[large.take(own)]
        row, col = np.divmod(coarse, step)
        had = _all_looked(had, coarse[(row % _LATTICE == 0) & (col % _LATTICE == 0)], region_of, step, need)
        listed = listed[~(large & (had.at[0] >= 0)).take(own)]
    return _all_looked(had, listed, region_of, step, need)


def _all_looked(had: Stamps, listed: I64, region_of: RegionOf, step: int, need: Need) -> Stamps:
    """As `looked`, of some pixels."""
    at, depth = had.at.copy(), had.depth.copy()
    listed_of = region_of(listed)
    anew = np.zeros(at.shape[1], np.bool_)
    anew[listed_of] = True
    at[:, anew], depth[:, anew] = -1, 0
    brushes = _holding(listed, need.brush, region_of, step)
    if not len(brushes):
        return Stamps(at, depth)

    def put(row: int, places: I64) -> None:
        region = region_of(places)
        middle = _middles(places, region, step)
        at[row, region_of(middle)] = (middle // step - 1) * (step - 2) + middle % step - 1

    put(0, _holding(brushes, need.round_number, region_of, step))
    put(1, brushes[at[0, region_of(brushes)] < 0])
    narrow = listed[at[1, listed_of] >= 0]
    put(2, _holding(narrow, need.number, region_of, step))
    return Stamps(at, depth)


def _holding(places: I64, shape: Shape, region_of: RegionOf, step: int) -> I64:
    """Of places in a map with a margin those about which a shape is in one region; its ends come first."""
    far = shape.offsets[np.argsort(-np.hypot(*shape.offsets.T), kind="stable")] @ (step, 1)
    own, done = region_of(places), 0
    while done < len(far) and len(places):
        some = far[done : done + max(1, _AT_ONCE // len(places)), None]
        k = np.flatnonzero((region_of(places + some) == own).all(axis=0))
        places, own = places.take(k), own.take(k)
        done += len(some)
    return places


def _middles(places: I64, region: I32, step: int) -> I64:
    """For each region that has any the place nearest to the mean of its places, the first among equals."""
    row, col = np.divmod(places, step)
    count = np.maximum(np.bincount(region), 1)
    down, along = (np.bincount(region, axis) / count for axis in (row, col))
    off = (row - down.take(region)) ** 2 + (col - along.take(region)) ** 2
    order = np.lexsort((off, region))
    return places[order][np.flatnonzero(np.diff(region[order], prepend=-1))]


def kept(had: Stamps, need: Need, shape: tuple[int, ...]) -> Mask:
    """(H, W): the pixels of all stamps in a map of this shape."""
    keep = np.zeros(shape, np.bool_)
    for at, stamp in zip(had.at, shapes(need), strict=True):
        keep.ravel()[stamp.about(at[at >= 0], shape[1])] = True
    return keep
