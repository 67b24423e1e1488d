from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbn.core.colour import din99o_from_lab, lab_from_rgb
from pbn.core.quantize import quantize
from pbn.core.values import Image
from tests.helpers.maps import painted, paints, random_index


@given(st.integers(0, 2**20))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_picture_of_the_paints_alone_is_found_again_but_for_single_pixels(seed: int) -> None:
    index, k = random_index(seed, "rings")
    palette = paints(k)
    found = quantize(painted(index, palette, noise=0), palette, brush_px=4.8)
    assert np.array_equal(found.index, index)
    assert found.palette is palette


def test_a_pixel_between_two_paints_follows_its_neighbours() -> None:
    palette = paints(2)
    lab = din99o_from_lab(lab_from_rgb(palette.rgb)).astype(float)
    levels = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
    d = ((din99o_from_lab(lab_from_rgb(levels))[:, None] - lab) ** 2).sum(axis=2)
    between = int(np.argmin(np.abs(d[:, 0] - d[:, 1])))
    for ground in (0, 1):
        pixels = np.empty((9, 9, 3), np.uint8)
        pixels[:] = palette.rgb[ground]
        pixels[4, 4] = between
        assert quantize(Image(pixels), palette, brush_px=4.8).index[4, 4] == ground


@pytest.mark.parametrize("brush_px", [3.0, 4.8, 10.0])
def test_noise_about_a_paint_makes_no_confetti(brush_px: float) -> None:
    palette = paints(8)
    index = np.full((40, 40), 3, np.uint8)
    found = quantize(painted(index, palette, seed=1, noise=9), palette, brush_px=brush_px).index
    assert (found != 3).mean() < 0.01


def test_one_paint_is_everywhere() -> None:
    image = Image(np.random.default_rng(0).integers(0, 256, (5, 4, 3)).astype(np.uint8))
    assert not quantize(image, paints(1), brush_px=4.8).index.any()


def test_one_pixel_gets_its_nearest_paint() -> None:
    palette = paints(5)
    image = Image(palette.rgb[3][None, None].copy())
    assert quantize(image, palette, brush_px=4.8).index.tolist() == [[3]]
