"""Small patches that stand out: the red boat on a grey sea, which k-means would paint grey."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from pbn.core.accents import accents
from pbn.core.colour import delta_e_2000
from pbn.core.once import once
from pbn.core.sorting import distinct
from pbn.core.values import F32, F64, I32, U8, Image
from pbn.palette._histogram import BITS, bins_of, histogram, nearest, two_nearest

Mask = NDArray[np.bool_]

LEAST_SHARE = 0.001
"""Of the picture: a smaller patch is left to the merging."""

STANDS_OUT = 20.0
"""CIEDE2000 between a patch and its surroundings from which it is an accent."""

UNSERVED = 10.0
"""CIEDE2000 to the nearest paint beyond which an accent would be lost."""

_WORSE = 1.25
"""How much further off than a patch the mean colour of an area is for which there is a paint first."""

_ONE_COLOUR = 12.0
"""Colours so near to a patch's are the same patch, its shades included."""

_SHADED = np.array([0.6, 1, 1], np.float32)
"""What CIELAB is multiplied by for that where there is a hue: light and shade are less of a difference."""

_COLOURED = 25.0
"""Chroma in CIELAB from which a colour has a hue that says more than its lightness."""

_SMALL = 0.01
"""Of the picture: k-means sees to larger areas."""

_MOST_SEEDS = 24
_LONG_SIDE_PX = 512
"""A patch of `LEAST_SHARE` has 65 pixels or more at this size in a picture of 2 : 1."""

_OPENED = 0.8
"""What is left of a small patch, of its area, when its edge pixels have gone to its fringe."""


class Patches:
    """A picture made small, its patches to be held against paints.

    A patch is a connected group of pixels of nearly one colour, `LEAST_SHARE` of the picture or
    more and thicker than a line, that is `STANDS_OUT` from the pixels round it.
    """

    def __init__(self, image: Image) -> None:
        step = -(-max(image.width, image.height) // _LONG_SIDE_PX)
        small = Image(image.pixels[::step, ::step].copy())
        self._lab, self._weight = histogram(small)
        self._shades = self._lab * _SHADED
        bins = bins_of(small.pixels)
        slot = np.zeros(1 << 3 * BITS, np.int32)
        slot[distinct(bins)] = np.arange(len(self._lab))
        self._where = slot[bins]
        self._areas = _small_areas(image)
        self._seen: dict[bytes, F64 | None] = {}
        self._alike: dict[int, Mask] = {}

    def without_paint(self, centres: F64) -> F64 | None:
        """CIELAB (3,) of a patch that has no paint among ``centres``, the worst off; None without one."""
        d = nearest(centres, self._lab)[1]
        found = self._first(d > UNSERVED, d)
        if len(self._areas):
            off = nearest(centres, self._areas)[1]
            worst: F64 = self._areas[int(np.argmax(off))].astype(np.float64)
            least = UNSERVED if found is None else max(UNSERVED, _WORSE * _off(found, centres))
            if float(off.max()) > least:
                return worst
        return found

    def spare(self, centres: F64, candidates: Iterable[int]) -> int | None:
        """The first of the candidate centres that is no patch's only paint; None where all are."""
        best, second, own = two_nearest(centres, self._lab)
        for k in candidates:
            without = np.where(own == k, second, best)
            if self._first((without > UNSERVED) & (best <= UNSERVED), without) is None:
                return k
        return None

    def _like(self, seed: int) -> Mask:
        """(n,): the colours that are one patch with a colour; the same ones are asked for again and again."""
        if seed not in self._alike:
            lab = self._shades if np.hypot(*self._lab[seed, 1:]) > _COLOURED else self._lab
            self._alike[seed] = delta_e_2000(lab, lab[seed]) < _ONE_COLOUR
        return self._alike[seed]

    def _first(self, untried: Mask, d: F32) -> F64 | None:
        """The first patch, by weight and distance ``d``, of which some colours are ``untried``."""
        for _ in range(_MOST_SEEDS):
            worth = np.where(untried, np.sqrt(self._weight) * d * d, 0)
            seed = int(np.argmax(worth))
            if self._weight @ untried < _OPENED * LEAST_SHARE:
                break
            group = self._like(seed) & (d > UNSERVED / 2)
            untried = untried & ~group
            if self._weight @ group < _OPENED * LEAST_SHARE:
                continue
            if (colour := self._patch(group)) is not None:
                return colour
        return None

    def _patch(self, group: Mask) -> F64 | None:
        """The patches in a group of colours; the same groups come up from one set of paints to the next."""
        name = group.tobytes()
        if name not in self._seen:
            mask = group.view(np.uint8).take(self._where)
            self._seen[name] = _patch(mask, self._lab, self._where)
        return self._seen[name]


def _off(colour: F64, centres: F64) -> float:
    """How far a colour (3,) is from the nearest centre."""
    return float(nearest(centres, colour.astype(np.float32)[None])[1][0])


@once
def patches_of(image: Image) -> Patches:
    """The patches of a picture, for palettes of any size."""
    return Patches(image)


def _small_areas(image: Image) -> F32:
    """CIELAB (n, 3) of what stands out and is small, of one colour or not: its mean is to be painted."""
    found = accents(image)[0]
    area = np.bincount(found.ids.ravel())[1:]
    return found.colours[area <= _SMALL * found.ids.size]


def _patch(mask: U8, lab: F32, where: I32) -> F64 | None:
    """The mean colour of the patches in a mask that stand out; None where none does."""
    square: U8 = np.ones((3, 3), np.uint8)
    opened = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, square), cv2.MORPH_OPEN, square)
    least = _OPENED * LEAST_SHARE * mask.size
    if opened.sum() < least:
        return None
    count, ids, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    chosen = np.zeros(mask.shape, bool)
    for k in range(1, count):
        if stats[k, cv2.CC_STAT_AREA] < least:
            continue
        x, y, w, h = (int(v) for v in stats[k, :4])
        box = np.s_[max(0, y - 5) : y + h + 5, max(0, x - 5) : x + w + 5]
        patch = (ids[box] == k).astype(np.uint8)
        ring = (cv2.dilate(patch, square, iterations=5) - cv2.dilate(patch, square, iterations=2)) > 0
        if not ring.any():
            continue
        inside = lab[where[box][patch > 0]].mean(axis=0)
        if float(delta_e_2000(inside, lab[where[box][ring]].mean(axis=0))) >= STANDS_OUT:
            chosen[box] |= patch > 0
    return lab[where[chosen]].mean(axis=0).astype(np.float64) if chosen.any() else None
