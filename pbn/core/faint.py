"""Dropping small patches that the paints would show much stronger than the picture does."""

from __future__ import annotations

import numpy as np

from pbn.core.adjacency import I64, stats
from pbn.core.paintable import Mask, Need, flood
from pbn.core.segment import joined
from pbn.core.values import F32, F64, I32

_SMALL = 2.5
"""Patches of fewer discs round a number are looked at; a larger one is a tone that the picture has there."""

_SHOWN = 0.4
"""Share of its painted contrast that a patch must have in the picture."""

_SEEN = 8.0
"""Contrast (DIN99o, about 1.2 x CIEDE2000) below which a patch looks like what is about it, and may stay."""

_ABOUT = 0.75
"""Brushes from its pixels at which a patch's surroundings are looked at."""

_WAYS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)])


def without_faint(ids: I32, paint: I32, colours: F32, paints: F64, need: Need) -> tuple[I32, I32]:
    """Give the small patches that hardly stand out in the picture, but would as painted, to their neighbours.

    A gleam on a cheek is half as light as the white that is nearest to it, and haze before a tower is
    between two paints: a lone patch of another paint there is a speck, however near the paint is.

    Map, picture and paints are as of `pbn.core.compete.compete`, and ``need`` what a region must hold.
    Regions only grow, or go; the same arrays come back where none goes.
    """
    few = np.bincount(ids.ravel(), minlength=len(paint)) < _SMALL * len(need.round_number)
    goes = few & _is_faint(ids, paint, colours, paints, np.flatnonzero(few.take(ids)), _ABOUT * need.disc_px)
    if not goes.any() or goes.all():
        return ids, paint
    return joined(flood(ids, goes.take(ids), paint, colours, paints), paint, goes)


def _is_faint(ids: I32, paint: I32, colours: F32, paints: F64, at: I64, far_px: float) -> Mask:
    """(n,): which regions, of those that have all their pixels among ``at``, are fainter than painted."""
    pixels, shade = colours.reshape(-1, 3), paints.astype(np.float32)[paint]
    own, beside = _pairs(ids, at, far_px)
    inside = stats(ids.take(at), pixels.take(at, axis=0), len(paint)).mean
    around = stats(own, pixels.take(beside, axis=0), len(paint)).mean
    painted = shade - stats(own, shade.take(ids.take(beside), axis=0), len(paint)).mean
    contrast: F64 = (painted**2).sum(axis=1)
    faint: Mask = (((inside - around) * painted).sum(axis=1) < _SHOWN * contrast) & (contrast > _SEEN**2)
    return faint


def _pairs(ids: I32, at: I64, far_px: float) -> tuple[I32, I64]:
    """The regions of pixels, and the pixels of other regions that are so far from them in eight ways."""
    (height, width), (row, col) = ids.shape, np.divmod(at, ids.shape[1])
    owners, places = [], []
    for down, along in np.rint(_WAYS * far_px).astype(int).tolist():
        y, x = row + down, col + along
        k = np.flatnonzero((y >= 0) & (y < height) & (x >= 0) & (x < width))
        own, there = ids.take(at.take(k)), y.take(k) * width + x.take(k)
        other = np.flatnonzero(ids.take(there) != own)
        owners.append(own.take(other))
        places.append(there.take(other))
    return np.concatenate(owners), np.concatenate(places)
