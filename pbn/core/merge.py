"""Regions that can be painted: as few as the picture bears, none too small or too thin."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pbn.core.accents import put_back
from pbn.core.colour import din99o_from_lab, din99o_of, lab_from_rgb
from pbn.core.compete import compete
from pbn.core.corners import crossings, uncross
from pbn.core.dissolve import dissolve_unpaintable
from pbn.core.enlarge import enlarge
from pbn.core.eyes import FACE, put_back_eyes
from pbn.core.faint import without_faint
from pbn.core.lost import put_back_lost
from pbn.core.paintable import Mask, Need, flood, trim
from pbn.core.schedule import merge_cheapest
from pbn.core.segment import joined, patches
from pbn.core.stamps import Stamps, carried, found, kept
from pbn.core.values import F32, F64, I32, Image, Paint, Palette, RegionMap

_SPECK = 0.3
"""Patches under this share of the brush's disc go before anything is weighed: they are noise."""

_SETTLING = 2
"""Times that the borders move to their places and what then does not fit goes."""

_STIFFNESS = 1.5
"""What a brush of border costs when borders move, in squared distance (DIN99o)."""

_SPARE = 1.05
"""Times as many regions as asked for are left at first: some go by themselves when borders settle."""

_EACH = 12.0
"""Brushes of border that one region less is worth: also a patch cut off by a short border is one more."""

_MARGIN = 0.1
"""Pixels that the brush's disc is wider in the map than it need be in the end."""


def merge(
    regions: RegionMap,
    image: Image,
    *,
    brush_px: float,
    number_px: tuple[float, float] = (0.0, 0.0),
    contrast: float = 9.2,
    target_regions: int | None = None,
    detail: F32 | None = None,
    source: Image | None = None,
) -> RegionMap:
    """Merge, dissolve and reshape until every region holds the brush and its number.

    Parameters
    ----------
    regions, image
        The map and the picture it was made from, of the same size.
    brush_px
        Diameter of the disc that every region must hold.
    number_px
        Width and height of the number's box that every region must have room for.
    contrast
        How far (DIN99o, about 1.2 x CIEDE2000) a patch of the brush's size must differ from its
        surroundings to stay; a larger one may differ less.
    target_regions
        At most so many regions are left; by default ``contrast`` decides.
    detail
        (H, W), for how many pixels each counts when regions are merged: more where the picture is to
        stay finer, less where it may be coarser. By default one.
    source
        What ``image`` was before it was simplified, of any size: what stands out in it is not lost.

    Returns
    -------
    RegionMap
        With the paints that are still used, renumbered without gaps.
    """
    paints = din99o_from_lab(lab_from_rgb(regions.palette.rgb)).astype(np.float64)
    saved = (np.pi + _EACH) * brush_px  # border of a disc that goes, and what a region less is worth
    most_cost = contrast**2 * np.pi / 4 * brush_px**2 / saved
    need = Need(brush_px + _MARGIN, number_px)
    most = None if target_regions is None else math.ceil(_SPARE * target_regions)
    aim = _Aim(din99o_of(image), paints, need, brush_px, most_cost, most, detail)
    ids, paint = aim.cheapest(*_without_specks(regions.ids, regions.paint, aim), aim.most_cost)
    ids, paint, held = enlarge(ids, paint, aim.colours, paints, need)
    ids, paint, held = dissolve_unpaintable(ids, paint, aim.colours, paints, need, held)
    ids, paint, held = _with_lost(ids, paint, held, aim)
    ids, paint, held = _settled(ids, paint, held, aim)
    ids, paint = without_faint(ids, paint, aim.colours, paints, need)
    marked, marks = put_back(ids, paint, need, source or image, regions.palette)
    marked, marks = put_back_eyes(marked, marks, need, source or image, detail, regions.palette)
    if marked is not ids:
        ids, paint, held = _fitted(marked, marks, held, aim)
    if target_regions:
        ids, paint = replace(aim, most_regions=target_regions).cheapest(ids, paint, np.inf)
    if crossed := len(crossings(ids)):
        held = carried(held, ids, need, len(paint))
        ids = uncross(ids, paint, aim.colours, paints, kept(held, need, ids.shape))
    if crossed or target_regions:
        ids, paint = patches(paint.take(ids))
    return _with_used_paints(ids, paint, regions.palette)


@dataclass(frozen=True, slots=True, eq=False)
class _Aim:
    """What a map is held against.

    The picture's ``colours`` (H, W, 3) and the ``paints`` (k, 3) in DIN99o, what every region must hold, and
    when merging ends; ``detail`` as of `merge`.
    """

    colours: F32
    paints: F64
    need: Need
    brush_px: float
    most_cost: float
    most_regions: int | None
    detail: F32 | None

    @property
    def smoothness(self) -> float:
        """What a pixel of border costs when borders move."""
        return _STIFFNESS * self.brush_px

    def cheapest(self, ids: I32, paint: I32, most_cost: float) -> tuple[I32, I32]:
        """The map with its cheapest regions merged."""
        least = self.most_regions or 1
        return merge_cheapest(
            ids,
            paint,
            self.colours,
            self.paints,
            least=least,
            most_cost=most_cost,
            weight=self.detail,
            each=_EACH * self.brush_px,
        )


def _without_specks(ids: I32, paint: I32, aim: _Aim) -> tuple[I32, I32]:
    specks = np.bincount(ids.ravel()) < _SPECK * np.pi / 4 * aim.brush_px**2
    if specks.all():
        return ids, paint
    ids = flood(ids, specks.take(ids), paint, aim.colours, aim.paints)
    return joined(ids, paint, specks)


def _with_lost(ids: I32, paint: I32, held: Stamps, aim: _Aim) -> tuple[I32, I32, Stamps]:
    """The map with what it has lost, but in faces, whose eyes are given back as a pair."""
    spared = None if aim.detail is None else aim.detail >= FACE
    keep = kept(held, aim.need, ids.shape)
    marked, marks = put_back_lost(ids, paint, aim.colours, aim.paints, aim.need, keep, spared)
    if marked is ids:
        return ids, paint, held
    held = found(carried(held, marked, aim.need, len(marks)), marked, aim.need)
    return dissolve_unpaintable(marked, marks, aim.colours, aim.paints, aim.need, held)


def _settled(ids: I32, paint: I32, held: Stamps, aim: _Aim) -> tuple[I32, I32, Stamps]:
    """The map with its borders where the picture has them, no less paintable."""
    settled: tuple[I32, Mask] | None = None
    for _ in range(_SETTLING):
        before = len(paint)
        ids, paint = aim.cheapest(ids, paint, np.inf if aim.most_regions else aim.most_cost)
        held = carried(held, ids, aim.need, len(paint))
        keep, painted = kept(held, aim.need, ids.shape), paint.take(ids)
        among = None if settled is None else _changed(*settled, painted)
        ids = compete(ids, paint, aim.colours, aim.paints, keep=keep, smoothness=aim.smoothness, among=among)
        after = paint.take(ids)
        settled = after, keep | (after != painted)
        ids, paint, held = _fitted(ids, paint, held, aim)
        if len(paint) == before and not len(crossings(ids)):
            break
    return ids, paint, held


def _fitted(ids: I32, paint: I32, held: Stamps, aim: _Aim) -> tuple[I32, I32, Stamps]:
    """A map whose borders have changed without what is then too narrow, crossed or unfit."""
    need = aim.need
    ids = trim(ids, paint, aim.colours, aim.paints, need.narrowest_px)
    held = found(carried(held, ids, need, len(paint)), ids, need)
    ids = uncross(ids, paint, aim.colours, aim.paints, kept(held, need, ids.shape))
    ids, paint = patches(paint.take(ids))
    held = carried(held, ids, need, len(paint))
    return dissolve_unpaintable(ids, paint, aim.colours, aim.paints, need, held)


def _changed(painted: I32, loose: Mask, painted_now: I32) -> Mask:
    """(H, W): what has other paints about it than when borders had settled, or had not come to rest then."""
    changed = (painted != painted_now) | loose
    about: Mask = cv2.dilate(changed.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return about


def _with_used_paints(ids: I32, paint: I32, palette: Palette) -> RegionMap:
    used, renumbered = np.unique(paint, return_inverse=True)
    kept = tuple(
        Paint(n, palette.paints[k].rgb, palette.paints[k].name) for n, k in enumerate(used.tolist(), 1)
    )
    return RegionMap(ids, renumbered.astype(np.int32), Palette(kept))
