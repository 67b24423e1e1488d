"""Colour for painters: everything is mixed in OKLab and turned to sRGB at the very end.

Source: Bjorn Ottosson, "A perceptual color space for image processing" (2020), and IEC 61966-2-1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(rgb: ArrayLike) -> F32:
    """(..., 3) sRGB in 0..255 to OKLab, lightness in 0..1."""
    c = np.asarray(rgb, np.float64) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lab: F32 = (np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T).astype(np.float32)
    return lab


def srgb(lab: ArrayLike) -> U8:
    """(..., 3) OKLab to sRGB in 0..255; what no screen can show is clipped."""
    lms = (np.asarray(lab, np.float64) @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_TO_LMS).T, 0.0, 1.0)
    c = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    out: U8 = np.rint(255.0 * c).astype(np.uint8)
    return out


def paint(code: str) -> F32:
    """(3,) OKLab of a colour written as ``#rrggbb``.

    >>> paint("#ffffff").round(2).tolist()
    [1.0, 0.0, 0.0]
    """
    return oklab([int(code[i : i + 2], 16) for i in (1, 3, 5)])


def paints(*codes: str) -> F32:
    """(n, 3) OKLab of several colours."""
    return np.stack([paint(code) for code in codes])


def ramp(t: ArrayLike, stops: ArrayLike, colours: F32) -> F32:
    """(..., 3) OKLab: the colour at ``t`` between ``colours`` standing at the rising ``stops``."""
    t = np.asarray(t)
    return np.stack([np.interp(t, np.asarray(stops), colours[:, i]) for i in range(3)], axis=-1).astype(
        np.float32
    )


def blend(under: F32, over: F32, share: ArrayLike) -> F32:
    """``under`` with ``over`` laid on it, ``share`` (...) from 0 to 1."""
    a = np.clip(np.asarray(share, np.float32), 0.0, 1.0)[..., None]
    mixed: F32 = (under * (1 - a) + over * a).astype(np.float32)
    return mixed


def shaken(rng: np.random.Generator, lab: F32, light: float, hue: float) -> F32:
    """``lab`` (n, 3) with a normal jitter of ``light`` in L and of ``hue`` in a and b."""
    noise = rng.normal(0.0, 1.0, lab.shape) * np.array([light, hue, hue])
    return np.asarray(lab + noise, np.float32)
