"""Where the eye goes first in a picture: what stands out from its surroundings, rather in the middle.

Colour that differs from what is round it, at several scales (centre and surround as in Itti, Koch and
Niebur 1998; in CIELAB as in Achanta et al. 2009, "Frequency-tuned salient region detection"), with a
mild preference for the middle, where photographers put their subject.
"""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.colour import lab_from_rgb
from pbn.core.values import F32, F64, Image

SIDE_PX = 128
"""Long side of the map."""

_CENTRES = (1.0, 2.0, 4.0)
"""Standard deviations of the centres in pixels of the map; each surround is `_SURROUND` times as wide."""

_SURROUND = 5.0
_MIDDLE = 0.45
"""Standard deviation of the preference for the middle, as a part of each side."""


def saliency(image: Image) -> F32:
    """How much each place stands out, 0 to 1: (h, w) with a long side of at most `SIDE_PX`."""
    scale = min(1.0, SIDE_PX / max(image.width, image.height))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    lab = lab_from_rgb(np.asarray(small, np.uint8).reshape(size[1], size[0], 3))
    found = np.zeros((size[1], size[0]), np.float32)
    for sigma in _CENTRES:
        apart = np.linalg.norm(_blurred(lab, sigma) - _blurred(lab, _SURROUND * sigma), axis=2)
        found += apart / max(1e-6, float(apart.mean()))
    x, y = (np.linspace(-0.5, 0.5, n) for n in size)
    middle = np.exp(-0.5 * (x[None, :] ** 2 + y[:, None] ** 2) / _MIDDLE**2)
    found = np.asarray(found * middle, np.float32)
    return np.asarray(found / max(1e-6, float(found.max())), np.float32)


def kept_from(stands_out: F32, part: float, axis: int) -> float:
    """Where along an axis the window of a ``part`` of its length begins that keeps the most; 0 to 1.

    Of windows that keep as much, the one nearest to the middle.
    """
    along = np.asarray(stands_out, np.float64).sum(axis=1 - axis)
    total = np.concatenate([[0.0], np.cumsum(along)])
    starts = np.linspace(0.0, 1.0 - part, 101)
    ends = np.interp((starts + part) * len(along), np.arange(len(total)), total)
    kept: F64 = ends - np.interp(starts * len(along), np.arange(len(total)), total)
    best = np.flatnonzero(kept >= kept.max() - 1e-9 * total[-1])
    return float(starts[best[np.argmin(np.abs(best - 50))]])


def _blurred(lab: F32, sigma: float) -> F32:
    return np.asarray(cv2.GaussianBlur(lab, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)
