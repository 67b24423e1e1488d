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

from pbn.core.adjacency import I64
from pbn.core.paintable import Mask, Need, Shape, alike, deepest_of, eroded, numbered
from pbn.core.values import F32, I32, U8


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """The pixels that each of n regions must keep so as to fit.

    ``at`` (3, n) are the middles, as flat places in the map, of a region's disc round its number, of its
    brush and of its number's box, -1 where it has none; it has the last two only without the first. ``depth``
    (3, n) is how far from its region's border each lay when it was found, 0 where it was not found but drawn.
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
    listed = np.flatnonzero(unfit.take(ids))
    return looked(had, listed, ids.take(listed), ids.shape[1], need)


def looked(had: Stamps, listed: I64, own: I32, width: int, need: Need) -> Stamps:
    """The stamps with those of some regions, which are looked at one by one.

    Parameters
    ----------
    had
        The stamps so far; those of these regions are found anew.
    listed, own
        All pixels (m,) of these regions as flat places, in order, in a map ``width`` wide; and whose each is.
    """
    at, depth = had.at.copy(), had.depth.copy()
    order = np.argsort(own, kind="stable")
    (row, col), own = np.divmod(listed[order], width), own[order]
    first = np.flatnonzero(np.diff(own, prepend=-1))
    if not len(first):
        return had
    end = np.append(first[1:], len(own))
    top, left = row[first], np.minimum.reduceat(col, first)
    height, across = row[end - 1] - top + 1, np.maximum.reduceat(col, first) - left + 1
    for k in np.flatnonzero(end - first >= len(need.brush)).tolist():
        pixels, region = slice(first[k], end[k]), own[first[k]]
        mask = np.zeros((height[k], across[k]), np.uint8)
        mask[row[pixels] - top[k], col[pixels] - left[k]] = 1
        at[:, region] = -1
        for kind, (y, x, deep) in _rooms(mask, need).items():
            at[kind, region], depth[kind, region] = (top[k] + y) * width + left[k] + x, deep
    return Stamps(at, depth)


def _rooms(mask: U8, need: Need) -> dict[int, tuple[int, int, float]]:
    """Row, column and depth of a region's stamps by row of `Stamps`; the region is a mask of its bounds."""
    disc, brush, number = shapes(need)
    brushes = eroded(mask, brush)
    if not brushes.any():
        return {}
    bounded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    far = cv2.distanceTransform(bounded, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]

    def deepest(inner: NDArray[Any]) -> tuple[int, int, float]:
        y, x = divmod(int((far * inner).argmax()), mask.shape[1])
        return y, x, float(far[y, x])

    if (inner := eroded(mask, disc)).any():
        return {0: deepest(inner)}
    found = {1: deepest(brushes)}
    return found | {2: deepest(inner)} if (inner := eroded(mask, number)).any() else found


def kept(had: Stamps, need: Need, shape: tuple[int, ...]) -> Mask:
    """(H, W): the pixels of all stamps in a map of this shape."""
    keep = np.zeros(shape, np.bool_)
    for at, stamp in zip(had.at, shapes(need), strict=True):
        keep.ravel()[stamp.about(at[at >= 0], shape[1])] = True
    return keep
