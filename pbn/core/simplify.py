"""The picture at the working raster, without what is finer than the brush."""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.values import F32, U8, Image

_REACH = 3.0
"""How far about a pixel its surroundings are looked at for whether it is in a calm place, in brushes."""

_NOISE = 8.0
"""Standard deviation (8-bit levels) of the surroundings at which half of what a pixel differs is left."""

_SHADES, _STROKES = 30.0, 25.0
"""8-bit levels, over all channels, that are about as good as one in a photo and in a stylised picture."""

_ROUNDS = 3
"""How often a stylised picture is smoothed within edges."""

_COARSER = 3
"""Surroundings are looked at in a picture so many times smaller."""


def simplify(image: Image, *, size_px: tuple[int, int], brush_px: float) -> Image:
    """Resample to ``size_px`` (width, height) and smooth within edges at the brush's scale.

    A median takes away specks that no brush could paint, a bilateral filter evens out texture and
    leaves edges where they are, and where it is calm for some brushes around, in a sky, a guided
    filter leaves the slow gradients alone, so that the bands it is painted in are few and their borders
    do not follow its grain. ``brush_px`` is the brush's diameter in the new pixels.
    """
    scaled = _resampled(image, size_px)
    if min(size_px) < 8:
        return Image(scaled)
    smooth = _within_edges(_without_specks(scaled, brush_px), brush_px, _SHADES)
    return Image(_calmed(smooth, _REACH * brush_px))


def simplify_strokes(image: Image, *, size_px: tuple[int, int], brush_px: float) -> Image:
    """The same for a stylised picture, whose shapes are strokes.

    The bilateral filter is done `_ROUNDS` times, and takes fewer colours for one: after that a stroke is
    nearly flat (Winnemoeller, Olsen and Gooch, "Real-time video abstraction", 2006). Calm places are left
    alone: what is faint there is no grain, but the artwork's hand.
    """
    smooth = _resampled(image, size_px)
    if min(size_px) < 8:
        return Image(smooth)
    smooth = _without_specks(smooth, brush_px)
    for _ in range(_ROUNDS):
        smooth = _within_edges(smooth, brush_px, _STROKES)
    return Image(smooth)


def _resampled(image: Image, size_px: tuple[int, int]) -> U8:
    how = cv2.INTER_AREA if size_px[0] < image.width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image.pixels, size_px, interpolation=how), np.uint8)


def _without_specks(rgb: U8, brush_px: float) -> U8:
    aperture = 3 if brush_px < 8 else 5  # OpenCV's fast medians
    return np.asarray(cv2.medianBlur(rgb, aperture), np.uint8)


def _within_edges(rgb: U8, brush_px: float, levels: float) -> U8:
    smooth = cv2.bilateralFilter(rgb, _odd(1.4 * brush_px, most=9), levels, brush_px / 2)
    return np.asarray(smooth, np.uint8)


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
