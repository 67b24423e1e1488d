"""The picture at the working raster, without what is finer than the brush."""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.values import F32, U8, Image

_REACH = 3.0
"""How far about a pixel its surroundings are looked at for whether it is in a calm place, in brushes."""

_NOISE = 8.0
"""Standard deviation (8-bit levels) of the surroundings at which half of what a pixel differs is left."""

_COARSER = 3
"""Surroundings are looked at in a picture so many times smaller."""


def simplify(image: Image, *, size_px: tuple[int, int], brush_px: float) -> Image:
    """Resample to ``size_px`` (width, height) and smooth within edges at the brush's scale.

    A median takes away specks that no brush could paint, a bilateral filter evens out texture and
    leaves edges where they are, and where it is calm for some brushes around, in a sky, a guided
    filter leaves the slow gradients alone, so that the bands it is painted in are few and their borders
    do not follow its grain. ``brush_px`` is the brush's diameter in the new pixels.
    """
    shrinks = size_px[0] < image.width
    scaled = cv2.resize(image.pixels, size_px, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    if min(size_px) < 8:
        return Image(scaled.astype(np.uint8))
    aperture = 3 if brush_px < 8 else 5  # OpenCV's fast medians
    smooth = cv2.medianBlur(scaled, aperture)
    smooth = cv2.bilateralFilter(smooth, _odd(1.4 * brush_px, most=9), 30, brush_px / 2)
    return Image(_calmed(smooth.astype(np.uint8), _REACH * brush_px))


def _calmed(rgb: U8, reach_px: float) -> U8:
    """A picture (H, W, 3) with its grain gone where it varies little within ``reach_px``.

    The fast guided filter of He and Sun (2015), the picture its own guide. We leave the paper so: all
    channels keep the share of the one that varies most, lest colours shift, and the share falls with
    the square of the variance, so that what is more than grain stays as it is.
    """
    h, w = rgb.shape[:2]
    size = max(1, w // _COARSER), max(1, h // _COARSER)
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    window = (2 * max(1, round(reach_px / _COARSER)) + 1,) * 2
    mean = np.asarray(cv2.blur(small, window), np.float32)
    varies: F32 = np.max(cv2.blur(small * small, window) - mean * mean, axis=2).clip(0)
    share = varies**2 / (varies**2 + np.float32(_NOISE**4))
    rest = cv2.blur((1 - share)[:, :, None] * mean, window)
    share = np.asarray(cv2.resize(cv2.blur(share, window), (w, h)), np.float32)
    calmed = share[:, :, None] * rgb
    calmed += np.asarray(cv2.resize(rest, (w, h)), np.float32)
    return np.asarray(cv2.convertScaleAbs(calmed), np.uint8)


def _odd(size: float, *, most: int) -> int:
    return max(3, min(most, int(size) // 2 * 2 + 1))
