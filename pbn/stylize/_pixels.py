"""Between pictures and tensors: sizes, colour statistics, starts."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pillow
from torch import Tensor

from pbn.core.values import Image

Pixels = NDArray[np.float64]

LUMA = np.array([0.299, 0.587, 0.114])
"""Luminance of gamma-coded R G B (Rec. 601), as Gatys et al. (2016) keep colours by YIQ."""

_FAINTEST = (4 / 255) ** 2
"""Variance added before a covariance is inverted, so that a grey picture's noise is not blown up."""


def fitted(width: int, height: int, long_side: int) -> tuple[int, int]:
    """The size (w, h) of the same aspect whose long side is ``long_side``."""
    scale = long_side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def resized(image: Image, size: tuple[int, int]) -> Image:
    """The picture at ``size`` (w, h), by Lanczos over the whole source."""
    if size == (image.width, image.height):
        return image
    return Image(np.asarray(Pillow.fromarray(image.pixels).resize(size, Pillow.Resampling.LANCZOS)).copy())


def to_pixels(image: Image) -> Pixels:
    """(H, W, 3) float64 in 0..1."""
    return image.pixels.astype(np.float64) / 255


def to_image(pixels: Pixels) -> Image:
    """Round (H, W, 3) in 0..1 to 8 bits; what lies outside is clipped."""
    return Image((pixels.clip(0, 1) * 255 + 0.5).astype(np.uint8))


def to_tensor(pixels: Pixels, device: str) -> Tensor:
    """(1, 3, H, W) float32."""
    planes = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32))
    return planes.to(device)


def from_tensor(picture: Tensor) -> Pixels:
    """(H, W, 3) float64."""
    planes: NDArray[np.float32] = picture.detach()[0].to("cpu").numpy()
    return planes.transpose(1, 2, 0).astype(np.float64)


def matched(pixels: Pixels, model: Pixels) -> Pixels:
    """``pixels`` with the mean and covariance of ``model``'s colours, unclipped.

    The linear map is Monge and Kantorovich's, which moves colours least (Pitie and Kokaram 2007).
    """
    mean, spread = _statistics(pixels)
    goal, wide = _statistics(model)
    root = _root(spread)
    back = np.linalg.inv(root)
    change = back @ _root(root @ wide @ root) @ back
    result: Pixels = (pixels - mean) @ change + goal
    return result


def _statistics(pixels: Pixels) -> tuple[Pixels, Pixels]:
    flat = pixels.reshape(-1, 3)
    mean = flat.mean(0)
    spread = (flat - mean).T @ (flat - mean) / len(flat)
    return mean, spread + _FAINTEST * np.eye(3)


def _root(matrix: Pixels) -> Pixels:
    values, vectors = np.linalg.eigh(matrix)
    result: Pixels = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return result


def luminance(pixels: Pixels) -> Pixels:
    """The picture in greys, (H, W, 3)."""
    grey = pixels @ LUMA
    return np.repeat(grey[..., None], 3, axis=2)


def recoloured(greys: Pixels, colours: Pixels) -> Pixels:
    """The luminance of ``greys`` with the colour differences of ``colours``."""
    result: Pixels = colours + (greys - colours) @ LUMA[:, None]
    return result
