"""Regions that can be painted: as few as the picture bears, none too small or too thin."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from pbn.core.accents import put_back
from pbn.core.colour import din99o_from_lab, din99o_of, lab_from_rgb
from pbn.core.compete import compete
from pbn.core.corners import crossings, uncross
from pbn.core.dissolve import dissolve_unpaintable
from pbn.core.paintable import Mask, Need, enlarge, flood, seeds, trim
from pbn.core.schedule import merge_cheapest
from pbn.core.segment import patches
from pbn.core.values import F32, F64, I32, Image, Paint, Palette, RegionMap

_SPECK = 0.3
"""Patches under this share of the brush's disc go before anything is weighed: they are noise."""

_SETTLING = 3
"""Times that the borders move to their places and what then does not fit goes."""


_MARGIN = 0.1
"""Pixels that the brush's disc is wider in the map than it need be in the end."""

_NARROW = 0.6
"""Necks and tails thinner than this share of the brush are cut."""


def merge(
    regions: RegionMap,
    image: Image,
    *,
    brush_px: float,
    number_px: tuple[float, float] = (0.0, 0.0),
    contrast: float = 6.0,
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
    colours = din99o_of(image)
    paints = din99o_from_lab(lab_from_rgb(regions.palette.rgb)).astype(np.float64)
    need = Need(brush_px + _MARGIN, number_px)
    width = max(3, int(_NARROW * brush_px) // 2 * 2 + 1)
    most_cost = contrast**2 * brush_px / 4  # per pixel of border, for a disc: area / circumference = d / 4
    ids, paint = _without_specks(regions.ids, regions.paint, colours, paints, brush_px)
    cheapest = partial(merge_cheapest, least=target_regions or 1, weight=detail)
    ids, paint = cheapest(ids, paint, colours, paints, most_cost=most_cost)
    ids, paint = enlarge(ids, paint, colours, paints, need)
    ids, paint = dissolve_unpaintable(ids, paint, colours, paints, need)
    settled: tuple[I32, Mask] | None = None
    for _ in range(_SETTLING):
        before = len(paint)
        ids, paint = cheapest(ids, paint, colours, paints, most_cost=np.inf if target_regions else most_cost)
        keep, painted = seeds(ids, need, len(paint)), paint[ids]
        among = None if settled is None else _changed(*settled, painted)
        ids = compete(ids, paint, colours, paints, keep=keep, smoothness=most_cost / 6, among=among)
        after = paint[ids]
        settled = after, keep | (after != painted)
        ids = trim(ids, paint, colours, paints, width)
        ids, paint = _uncrossed(ids, paint, colours, paints, keep)
        ids, paint = dissolve_unpaintable(ids, paint, colours, paints, need)
        if len(paint) == before and not len(crossings(ids)):
            break
    marked, marks = put_back(ids, paint, need, source or image, regions.palette)
    if marked is not ids:
        ids = trim(marked, marks, colours, paints, width)
        ids, paint = _uncrossed(ids, marks, colours, paints, seeds(ids, need, len(marks)))
        ids, paint = dissolve_unpaintable(ids, paint, colours, paints, need)
    if target_regions:
        ids, paint = cheapest(ids, paint, colours, paints)
    if len(crossings(ids)):
        ids = uncross(ids, paint, colours, paints, seeds(ids, need, len(paint)))
    ids, paint = patches(paint[ids])
    return _with_used_paints(ids, paint, regions.palette)


def _without_specks(ids: I32, paint: I32, colours: F32, paints: F64, brush_px: float) -> tuple[I32, I32]:
    least = _SPECK * np.pi / 4 * brush_px**2
    specks = np.bincount(ids.ravel()) < least
    if specks.all():
        return ids, paint
    ids = flood(ids, specks[ids], paint, colours, paints)
    return patches(paint[ids])


def _changed(painted: I32, loose: Mask, painted_now: I32) -> Mask:
    """(H, W): what has other paints about it than when borders had settled, or had not come to rest then."""
    changed = (painted != painted_now) | loose
    about: Mask = cv2.dilate(changed.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return about


def _uncrossed(ids: I32, paint: I32, colours: F32, paints: F64, keep: Mask) -> tuple[I32, I32]:
    ids = uncross(ids, paint, colours, paints, keep)
    return patches(paint[ids])


def _with_used_paints(ids: I32, paint: I32, palette: Palette) -> RegionMap:
    used, renumbered = np.unique(paint, return_inverse=True)
    kept = tuple(
        Paint(n, palette.paints[k].rgb, palette.paints[k].name) for n, k in enumerate(used.tolist(), 1)
    )
    return RegionMap(ids, renumbered.astype(np.int32), Palette(kept))
