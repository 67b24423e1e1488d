from __future__ import annotations

import numpy as np
import pytest

from pbn.core.simplify import simplify
from pbn.core.values import Image


def _half() -> Image:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, 40:] = 200
    return Image(pixels)


@pytest.mark.parametrize("size_px", [(40, 30), (80, 60), (160, 120), (7, 5), (1, 1), (1, 50)])
def test_the_size_is_what_was_asked_for(size_px: tuple[int, int]) -> None:
    out = simplify(_half(), size_px=size_px, brush_px=4.8)
    assert (out.width, out.height) == size_px


@pytest.mark.parametrize("brush_px", [3.0, 4.8, 12.0])
def test_an_edge_stays_where_it_is(brush_px: float) -> None:
    out = simplify(_half(), size_px=(80, 60), brush_px=brush_px).pixels
    assert np.all(out[:, :38] < 10)
    assert np.all(out[:, 42:] > 190)


def test_specks_and_grain_go() -> None:
    rng = np.random.default_rng(0)
    pixels = np.clip(120 + rng.normal(0, 8, (60, 60, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2)
    pixels[30, 30] = 255
    out = simplify(Image(pixels), size_px=(60, 60), brush_px=4.8).pixels
    assert abs(int(out[30, 30, 0]) - 120) < 12
    assert out.std() < pixels.std() / 2


def test_the_picture_itself_is_left_as_it_was() -> None:
    image = _half()
    before = image.pixels.copy()
    simplify(image, size_px=(80, 60), brush_px=4.8)
    assert np.array_equal(image.pixels, before)
