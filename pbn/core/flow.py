"""Strokes made whole: a picture smoothed along its own lines.

A stylised picture is full of short dabs. Averaged along the direction in which it runs, as a brush
would draw them, they join to long strokes: fewer regions, and the hand of the artwork is still seen.
After Cabral and Leedom, "Imaging vector fields using line integral convolution", 1993, along the
smoothed structure tensor of Kyprianidis and Kang, "Image and video abstraction by
coherence-enhancing filtering", 2011, without their shock filter: regions make the edges sharp.
"""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.values import F32, Image


def along_strokes(image: Image, *, length_px: float, brush_px: float) -> Image:
    """Average each pixel with those before and after it on its line of flow.

    Parameters
    ----------
    image
        Of any size.
    length_px
        How far to either side; the weights are those of a Gaussian of half as much. Less than half
        a pixel changes nothing.
    brush_px
        The scale at which the direction is taken, in the same pixels.
    """
    steps = round(length_px)
    if steps < 1:
        return image
    colours = image.pixels.astype(np.float32)
    across, down = _flow(colours, brush_px)
    total, weights = colours.copy(), 1.0
    for sign in (1, -1):
        x, y = _grid(across.shape)
        dx, dy = sign * across, sign * down
        for step in range(1, steps + 1):
            x, y = x + dx, y + dy
            weight = float(np.exp(-2 * (step / length_px) ** 2))
            total += weight * _at(colours, x, y)
            weights += weight
            dx, dy = _onwards(dx, dy, _at(across, x, y), _at(down, x, y))
    return Image(np.rint(total / np.float32(weights)).clip(0, 255).astype(np.uint8))


def _flow(colours: F32, brush_px: float) -> tuple[F32, F32]:
    """The unit direction (x, y) in which colour changes least about each pixel."""
    calm = cv2.GaussianBlur(colours, (0, 0), max(0.5, brush_px / 6))
    gx, gy = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
    products = (gx * gx).sum(axis=2), (gy * gy).sum(axis=2), (gx * gy).sum(axis=2)
    xx, yy, xy = (cv2.GaussianBlur(p, (0, 0), max(0.5, brush_px)) for p in products)
    steepest = np.arctan2(2 * xy, xx - yy) / 2
    return -np.sin(steepest).astype(np.float32), np.cos(steepest).astype(np.float32)


def _grid(shape: tuple[int, ...]) -> tuple[F32, F32]:
    x, y = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    return x, y


def _at(values: F32, x: F32, y: F32) -> F32:
    found = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _onwards(dx: F32, dy: F32, across: F32, down: F32) -> tuple[F32, F32]:
    """The next step: the flow there, which has no sign, turned the way that was come."""
    back = np.where(across * dx + down * dy < 0, np.float32(-1), np.float32(1))
    length = np.hypot(across, down) + np.float32(1e-6)
    return back * across / length, back * down / length
