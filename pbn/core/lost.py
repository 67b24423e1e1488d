"""Giving back what dissolving has lost though the picture shows it plainly, such as a far tower's dark top.

Such a thing is often several regions, of which each is too thin for the brush: each goes to what is beside
it, until a tower is painted like the sky. As one patch, as wide as the brush, it can stay.
"""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.accents import drawn
from pbn.core.paintable import Mask, Need
from pbn.core.segment import patches
from pbn.core.values import F32, F64, I32

_FAR = 20.0
"""How far (DIN99o, about 1.2 x CIEDE2000) a pixel's paint must be off for it to be lost."""

_LEAST = 1.5
"""Discs of the brush that a lost patch has at least: what is smaller would be a bead."""

_BROAD = 0.4
"""Share of all that is lost in one place which must be broad: nothing is given back of lines and nets."""

_STEP = 2
"""Every so many pixels are looked at, along and down."""


def put_back_lost(
    ids: I32, paint: I32, colours: F32, paints: F64, need: Need, keep: Mask, spared: Mask | None = None
) -> tuple[I32, I32]:
    """Paint patches that are painted far off as they are, as wide as the brush, where that is nearer.

    Parameters
    ----------
    ids, paint, colours, paints
        As of `pbn.core.compete.compete`; the regions need not be 4-connected.
    need
        What a region must hold.
    keep
        (H, W): what other regions need to be painted; no patch is drawn over that.
    spared
        (H, W): where nothing is given back.

    Returns
    -------
    ids, paint
        What is left of a patch's neighbours need not be paintable. The same arrays where nothing was lost.
    """
    shade, look = paints.astype(np.float32), np.s_[::_STEP, ::_STEP]
    off = _error(colours[look], shade, paint.take(ids[look])) > _FAR**2
    if spared is not None:
        off &= ~spared[look]
    if not (lost := _lost(off, need)):
        return ids, paint
    painted, changed = paint.take(ids), False
    for rows, columns, patch in lost:
        box = np.s_[rows, columns]
        area = drawn(patch := _whole(patch, painted[box].shape), need)
        best, better = _nearer(patch, area, colours[box], painted[box], shade)
        if better and not (area & keep[box]).any():
            painted[box][area] = best
            changed = True
    return patches(painted) if changed else (ids, paint)


def _error(colours: F32, shade: F32, painted: I32) -> F32:
    """The squared error of each pixel (..., 3) in its paint (...)."""
    error = np.zeros(painted.shape, np.float32)
    for c in range(3):
        off = colours[..., c] - shade[:, c].take(painted)
        error += off * off
    return error


def _whole(patch: Mask, shape: tuple[int, ...]) -> Mask:
    """A patch looked at every `_STEP` pixels in a part of the picture of this shape."""
    return patch.repeat(_STEP, axis=0).repeat(_STEP, axis=1)[: shape[0], : shape[1]]


def _nearer(patch: Mask, area: Mask, colours: F32, painted: I32, shade: F32) -> tuple[int, bool]:
    """The paint that suits a patch best, and whether it suits all the area better than what is painted."""
    best = int(((colours[patch].mean(axis=0) - shade) ** 2).sum(axis=1).argmin())
    pixels, before = colours[area], painted[area]
    after = np.full_like(before, best)
    return best, bool(_error(pixels, shade, after).sum() < _error(pixels, shade, before).sum())


def _lost(off: Mask, need: Need) -> list[tuple[slice, slice, Mask]]:
    """The patches of what is off in a picture looked at every `_STEP` pixels, the largest first.

    Each with the rows and columns of the whole picture in which it is drawn, and itself there, so coarse.
    """
    square = np.ones((2, 2), np.uint8)
    broad = cv2.dilate(cv2.erode(off.view(np.uint8), square, anchor=(0, 0)), square, anchor=(1, 1))
    _, ids, stats, _ = cv2.connectedComponentsWithStats(broad, connectivity=4)
    _, wholes = cv2.connectedComponents(off.view(np.uint8), connectivity=4)
    in_whole = np.bincount(wholes.ravel())
    margin = int(np.ceil(2 * need.disc_px / _STEP))
    least, found = _LEAST * len(need.brush) / _STEP**2, []
    for k in (np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable") + 1).tolist():
        x, y, w, h, area = stats[k].tolist()
        if area < least:
            break
        top, left = max(0, y - margin), max(0, x - margin)
        part = np.s_[top : y + h + margin, left : x + w + margin]
        patch: Mask = ids[part] == k
        if area >= _BROAD * in_whole[wholes[part][patch][0]]:
            rows = slice(_STEP * top, _STEP * (y + h + margin))
            found.append((rows, slice(_STEP * left, _STEP * (x + w + margin)), patch))
    return found
