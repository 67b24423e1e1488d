"""The picture at the working raster, without what is finer than the brush."""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.values import Image


def simplify(image: Image, *, size_px: tuple[int, int], brush_px: float) -> Image:
    """Resample to ``size_px`` (width, height) and smooth within edges at the brush's scale.

    A median takes away specks that no brush could paint, a bilateral filter evens out texture and
    leaves edges where they are. ``brush_px`` is the brush's diameter in the new pixels.
    """
    shrinks = size_px[0] < image.width
    scaled = cv2.resize(image.pixels, size_px, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    if min(size_px) < 8:
        return Image(scaled.astype(np.uint8))
    aperture = 3 if brush_px < 8 else 5  # OpenCV's fast medians
    smooth = cv2.medianBlur(scaled, aperture)
    smooth = cv2.bilateralFilter(smooth, _odd(1.4 * brush_px, most=9), 30, brush_px / 2)
    return Image(smooth.astype(np.uint8))


def _odd(size: float, *, most: int) -> int:
    return max(3, min(most, int(size) // 2 * 2 + 1))
