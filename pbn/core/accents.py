"""Areas that stand out, such as a red boat on a grey sea, and giving back those that a map has lost."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.once import once
from pbn.core.paintable import Mask, Need, opened, with_room
from pbn.core.segment import patches
from pbn.core.values import F32, I32, U8, Image, Palette

LEAST_SHARE = 0.0008
"""Of the picture: smaller areas are left to the merging. What is promised is 0.001."""

STANDS_OUT = (20.0, 17.0)
"""CIEDE2000 to the surroundings from which an area stands out: what is promised, and a little less, for what
another way of measuring would find; where such areas run together, each is looked at by itself too."""

LOST = 9.0
"""CIEDE2000 from an area's mean colour to the mean of what is painted there beyond which it is lost."""

_BETTER = 3.0
"""CIEDE2000 by which a paint must come nearer than what is painted, or nothing is changed."""

_LONG_SIDE_PX = 500
_AROUND = 0.2
"""The surroundings of a pixel are the median of a square of this share of the long side."""

_SURELY = 10.0
"""Colours so near in CIELAB are never `STANDS_OUT` apart by CIEDE2000."""

_WHOLE = 0.85
"""An area of which the brush covers so much from within is wide enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Accents:
    """Areas that stand out so far: ``ids`` (h, w) from one, nought elsewhere; colours (n, 3) CIELAB."""

    ids: I32
    colours: F32


@once
def accents(image: Image) -> tuple[Accents, ...]:
    """The areas of a picture that stand out.

    An area is connected, has `LEAST_SHARE` of the picture, is thicker than a line of two pixels at
    500, and each of its pixels is so far from the median colour about it, for each of `STANDS_OUT`.
    """
    scale = min(1.0, _LONG_SIDE_PX / max(image.width, image.height))
    size = max(1, round(scale * image.width)), max(1, round(scale * image.height))
    small = np.asarray(cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    lab, around = lab_from_rgb(small), _surroundings(small)
    worth = np.zeros(small.shape[:2], np.bool_)
    for c in range(3):
        worth |= np.abs(lab[..., c] - around[..., c]) > _SURELY
    at, apart = np.flatnonzero(worth), np.zeros(worth.shape, np.float32)
    apart.ravel()[at] = delta_e_2000(*(part.reshape(-1, 3).take(at, axis=0) for part in (lab, around)))
    return tuple(_areas(apart >= least, lab) for least in STANDS_OUT)


def _surroundings(small: U8) -> F32:
    """CIELAB of the median colour about each pixel, found in a picture a quarter as wide."""
    h, w = small.shape[:2]
    coarse = cv2.resize(small, (max(1, w // 4), max(1, h // 4)), interpolation=cv2.INTER_AREA)
    side = int(_AROUND * max(coarse.shape[:2])) // 2 * 2 + 1
    median = np.asarray(cv2.medianBlur(coarse, side), np.uint8)
    return np.asarray(cv2.resize(lab_from_rgb(median), (w, h)), np.float32)


def _areas(apart: Mask, lab: F32) -> Accents:
    """The areas of the pixels (h, w) that are apart."""
    thick = cv2.morphologyEx(apart.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, ids, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= LEAST_SHARE * ids.size
    large[0] = False
    number = np.where(large, np.cumsum(large), 0).astype(np.int32)[ids]
    return Accents(number, means(number, lab))


def means(ids: I32, lab: F32) -> F32:
    """Mean colour (n, 3) of the areas numbered from one in ``ids`` (h, w)."""
    at = np.flatnonzero(ids)
    own = ids.ravel()[at] - 1
    area = np.bincount(own)
    sums = [np.bincount(own, lab[..., c].ravel()[at]) for c in range(3)]
    mean: F32 = (np.stack(sums, axis=1) / np.maximum(area, 1)[:, None]).astype(np.float32)
    return mean


def put_back(ids: I32, paint: I32, need: Need, source: Image, palette: Palette) -> tuple[I32, I32]:
    """Paint the areas that stand out in their colour where the map has lost them.

    A thin one, such as the gleam on a rim, is drawn as wide as the brush, as map makers draw a road.
    What is left of its neighbours need not be paintable.

    Parameters
    ----------
    ids, paint
        Map (H, W) of regions and their paints (n,).
    need
        What a region must hold.
    source, palette
        The picture that is painted, of any size, and in what.
    """
    shown = lab_from_rgb(palette.rgb)
    for found in accents(source):
        for k, best in _lost(found, ids, paint, shown):
            area = cv2.resize((found.ids == k + 1).astype(np.float32), ids.shape[::-1]) > 0.5
            area = drawn(area, need)
            if area.any():
                ids, paint = patches(np.where(area, best, paint[ids]).astype(np.int32))
    return ids, paint


def _lost(found: Accents, ids: I32, paint: I32, shown: F32) -> list[tuple[int, int]]:
    """The areas whose colour is not painted there and could be, each with the paint for it."""
    (h, w), (high, wide) = found.ids.shape, ids.shape
    rows, columns = (np.arange(h) * 2 + 1) * high // (2 * h), (np.arange(w) * 2 + 1) * wide // (2 * w)
    there = ids.take(rows, axis=0).take(columns, axis=1)
    painted = means(found.ids, shown.take(paint, axis=0).take(there, axis=0))
    off = delta_e_2000(found.colours, painted)
    to_paints = delta_e_2000(found.colours[:, None], shown[None])
    best = to_paints.argmin(axis=1)
    lost = (off > LOST) & (to_paints.min(axis=1) < off - _BETTER)
    return [(k, int(best[k])) for k in np.flatnonzero(lost).tolist()]


def drawn(area: Mask, need: Need) -> Mask:
    """An area (H, W) as it can be painted and numbered; nothing where it cannot."""
    return with_room(_as_wide_as(area, need), need)


def _as_wide_as(area: Mask, need: Need) -> Mask:
    """An area, thickened where the brush does not fit, and without what is then still too thin."""
    for more in range(int(np.ceil(need.disc_px / 2)) + 1):
        grown = area if not more else _dilated(area, more)
        inner = opened(grown, need)
        if (inner & area).sum() >= _WHOLE * area.sum():
            break
    return inner


def _dilated(area: Mask, by_px: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by_px + 1,) * 2)
    return np.asarray(cv2.dilate(area.astype(np.uint8), kernel) > 0)
