"""Giving back the eyes of a small face, both or neither."""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.accents import drawn
from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.paintable import Mask, Need
from pbn.core.segment import patches
from pbn.core.values import F32, I32, U8, Image, Palette

FACE = 5.0
"""What a pixel counts at least in the middle of a face."""

_ABOUT, _MARGIN = 5, 4
"""In brushes: the side of a pixel's surroundings, and how far beyond a face they are looked at."""

_STANDS_OUT = 18.0
"""CIEDE2000 from which what is darker than its surroundings may be an eye."""

_DARKER = 8.0
"""Lightness by which it is then darker at least."""

_LEAST, _MOST = 0.4, 20.0
"""The area of an eye, in squares of the brush."""

_TOLD = 0.4
"""The share of an eye that is least like its surroundings does not count: its colour is that of the rest."""

_ASIDE, _LEVEL, _LIKE = (0.08, 0.75), 0.25, 2.0
"""How far from a face's middle its eyes are, in halves of its width, how much higher one is than the other,
in distances between them, and how many times as much it stands out."""

_BETTER, _WORSE = 4.0, 2.0
"""CIEDE2000 that at least one eye must win by being given back, and what the other may lose."""


def put_back_eyes(
    ids: I32, paint: I32, need: Need, source: Image, weight: F32 | None, palette: Palette
) -> tuple[I32, I32]:
    """Paint the two eyes of a face dark where a map has lost one of them.

    On a small sheet an eye is some regions too small for the brush, of which each goes its own way, so that
    faces had one eye or none. What is left of its neighbours need not be paintable.

    ``source`` is the picture (H, W) that is painted, ``weight`` (H, W) how much each pixel counts: most in
    the middle of a face. All else is as of `pbn.core.accents.put_back`.
    """
    if weight is None or (source.height, source.width) != ids.shape or not (near := weight >= FACE).any():
        return ids, paint
    shown, margin = lab_from_rgb(palette.rgb), round(_MARGIN * need.disc_px)
    _, faces, bounds, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8), connectivity=4)
    for k, (x, y, w, h) in enumerate(bounds[1:, :4].tolist(), 1):
        box = np.s_[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]
        lab = lab_from_rgb(source.pixels[box])
        apart = _apart(source.pixels[box], lab, faces[box] == k, round(_ABOUT * need.disc_px) // 2 * 2 + 1)
        pair = _pair(apart, weight[box], faces[box] == k, need)
        if pair is None:
            continue
        told = np.concatenate([lab[e][apart[e] >= np.quantile(apart[e], _TOLD)] for e in pair])
        best = int(delta_e_2000(told.mean(axis=0), shown).argmin())
        painted = shown[paint.take(ids[box])]
        won = [float((_off(lab[e], painted[e]) - _off(lab[e], shown[best])).mean()) for e in pair]
        if max(won) < _BETTER or min(won) < -_WORSE:
            continue
        eyes = [drawn(_in_whole(e, box, ids.shape), need) for e in pair]
        if all(e.any() for e in eyes):
            ids, paint = patches(np.where(eyes[0] | eyes[1], np.int32(best), paint.take(ids)))
    return ids, paint


def _off(lab: F32, others: F32) -> F32:
    return np.asarray(delta_e_2000(lab, np.broadcast_to(others, lab.shape)), np.float32)


def _apart(pixels: U8, lab: F32, face: Mask, side: int) -> F32:
    """CIEDE2000 (h, w) of what is darker than the median colour about it, nought elsewhere."""
    around = lab_from_rgb(np.asarray(cv2.medianBlur(np.ascontiguousarray(pixels), min(255, side)), np.uint8))
    dark = face & (around[..., 0] - lab[..., 0] > _DARKER)
    apart = np.zeros(face.shape, np.float32)
    apart[dark] = delta_e_2000(lab[dark], around[dark])
    return apart


def _pair(apart: F32, weight: F32, face: Mask, need: Need) -> tuple[Mask, Mask] | None:
    """The two eyes of a face, if they are seen."""
    rows, columns = np.nonzero(face & (weight >= 0.98 * weight[face].max()))
    middle, half = columns.mean(), np.ptp(np.flatnonzero(face.any(axis=0))) / 2
    _, ids, stats, places = cv2.connectedComponentsWithStats(
        (apart >= _STANDS_OUT).astype(np.uint8), connectivity=4
    )
    area = stats[:, cv2.CC_STAT_AREA] / need.disc_px**2
    aside = np.abs(places[:, 0] - middle) / max(1.0, half)
    eyes = (area >= _LEAST) & (area <= _MOST) & (places[:, 1] < rows.mean())
    eyes &= (aside >= _ASIDE[0]) & (aside <= _ASIDE[1])
    eyes[0] = False
    worth = np.bincount(ids.ravel(), apart.ravel())
    best, pair = 0.0, None
    for a in np.flatnonzero(eyes & (places[:, 0] < middle)).tolist():
        for b in np.flatnonzero(eyes & (places[:, 0] > middle)).tolist():
            across, up = np.abs(places[a] - places[b])
            less, more = sorted((worth[a], worth[b]))
            if up <= _LEVEL * across and more <= _LIKE * less and less > best:
                best, pair = less, (ids == a, ids == b)
    return pair


def _in_whole(part: Mask, box: tuple[slice, slice], shape: tuple[int, ...]) -> Mask:
    """A mask (H, W) of this shape that has a part in its box."""
    area = np.zeros(shape, np.bool_)
    area[box] = part
    return area
