"""Strokes made whole: smoothing runs along lines and never across them."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core.flow import along_strokes
from pbn.core.values import Image


def stripes(noise: float, angle: float, side: int = 64) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Stripes 16 px wide that run at an angle, with noise."""
    y, x = np.mgrid[:side, :side]
    across = x * np.sin(angle) - y * np.cos(angle)
    grey = 128 + 90 * np.sign(np.sin(across * np.pi / 16))
    grey = grey + np.random.default_rng(0).normal(0, noise, grey.shape)
    return np.repeat(grey.clip(0, 255)[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("angle", [0.0, 0.6, np.pi / 2, 2.4])
def test_noise_goes_and_edges_stay(angle: float) -> None:
    clean, noisy = stripes(0, angle).astype(float), stripes(25, angle)
    calm = along_strokes(Image(noisy), length_px=5, brush_px=3).pixels.astype(float)
    inside = np.s_[8:-8, 8:-8]
    off_before = np.abs(noisy[inside] - clean[inside]).mean()
    off_after = np.abs(calm[inside] - clean[inside]).mean()
    assert off_after < 0.6 * off_before
    contrast = np.abs(np.diff(calm[inside], axis=0)).max(), np.abs(np.diff(calm[inside], axis=1)).max()
    assert max(contrast) > 90  # a blur of as many pixels leaves 50


def test_a_short_stroke_is_drawn_out_along_the_others() -> None:
    pixels = np.full((40, 40, 3), 60, np.uint8)
    pixels[::4] = 160
    pixels[20, 16:24] = 60  # a gap in one line
    calm = along_strokes(Image(pixels), length_px=8, brush_px=2).pixels
    assert calm[20, 20, 0] > 80
    assert calm[18, 20, 0] < 75


def test_a_plain_picture_and_no_length_change_nothing() -> None:
    plain = Image(np.full((9, 7, 3), 77, np.uint8))
    assert np.array_equal(along_strokes(plain, length_px=4, brush_px=2).pixels, plain.pixels)
    noisy = Image(stripes(30, 1.0))
    assert along_strokes(noisy, length_px=0.4, brush_px=2) is noisy


def test_the_same_picture_gives_the_same_bytes() -> None:
    first, second = (along_strokes(Image(stripes(30, 1.0)), length_px=4, brush_px=2) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
