"""Indexed image to regions: patches of one paint, joined by their sides."""

from __future__ import annotations

import numpy as np
from skimage.measure import label

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
    """4-connected patches of equal values: ids (H, W) from 0, and the value of each patch (n,)."""
    ids: I32 = label(index.astype(np.int32), background=-1, connectivity=1).astype(np.int32) - 1  # type: ignore[no-untyped-call]
    value = np.zeros(int(ids.max()) + 1, np.int32)
    value[ids.ravel()] = index.ravel()
    return ids, value
