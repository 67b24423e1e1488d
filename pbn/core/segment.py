"""Indexed image to regions: patches of one paint, joined by their sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.values import I32, U8, IndexedImage, RegionMap


def segment(indexed: IndexedImage) -> RegionMap:
    """Label the 4-connected patches of each paint, in the order in which rows meet them.

    >>> from pbn.core.values import Paint, Palette
    >>> two = Palette((Paint(1, (255, 255, 255)), Paint(2, (0, 0, 0))))
    >>> segment(IndexedImage(np.array([[0, 1], [1, 0]], np.uint8), two)).ids.tolist()
    [[0, 1], [2, 3]]
    """
    ids, paint = patches(indexed.index)
    return RegionMap(ids, paint, indexed.palette)


def patches(index: U8 | I32) -> tuple[I32, I32]:
    """4-connected patches of equal values: ids (H, W) from 0, and the value of each patch (n,).

    Rows are cut into runs of one value, of which there are few, and runs that touch are united.
    """
    begins = np.ones(index.shape, np.bool_)
    np.not_equal(index[:, 1:], index[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    length = np.diff(starts, append=index.size)
    run = np.repeat(np.arange(len(starts), dtype=np.int32), length)
    meet = np.flatnonzero((index[1:] == index[:-1]) & (begins[1:] | begins[:-1]))  # once for each two runs
    root = united(len(starts), run.take(meet), run.take(meet + index.shape[1]))
    own = root == np.arange(len(root))
    number = np.cumsum(own, dtype=np.int32) - np.int32(1)
    ids = np.repeat(number[root], length).reshape(index.shape)
    return ids, index.ravel()[starts[own]].astype(np.int32)


def joined(ids: I32, paint: I32, gone: NDArray[np.bool_]) -> tuple[I32, I32]:
    """A map of 4-connected regions with neighbours of one paint made one, numbered anew in their order.

    Of its n regions those ``gone`` (n,) have no pixel.
    """
    painted, meet = paint.take(ids), []
    for one, other in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        at = np.flatnonzero((painted[one] == painted[other]) & (ids[one] != ids[other]))
        meet.append((ids[one].ravel().take(at), ids[other].ravel().take(at)))
    root = united(len(paint), *(np.concatenate(side) for side in zip(*meet, strict=True)))
    left = (root == np.arange(len(root))) & ~gone
    number = np.cumsum(left, dtype=np.int32) - np.int32(1)
    return number.take(root).take(ids), paint[left]


def united(n: int, a: I32, b: I32) -> I32:
    """(n,): of each thing the least that it hangs together with, where ``a[k]`` hangs on ``b[k]``.

    Each round every root that touches a lesser one hangs on the least such; after Shiloach and
    Vishkin, "An O(log n) Parallel Connectivity Algorithm", 1982.
    """
    root = np.arange(n, dtype=np.int32)
    while len(a):
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while True:
            up = root[root]
            if np.array_equal(up, root):
                break
            root = up
        a, b = root[a], root[b]
        apart = a != b
        a, b = a[apart], b[apart]
    return root
