from __future__ import annotations

import cv2
import numpy as np
import pytest

from pbn.core.simplify import simplify, simplify_strokes
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


def test_a_sky_loses_its_grain_and_keeps_its_gradient() -> None:
    rng = np.random.default_rng(0)
    slope = np.linspace(100, 200, 240)[:, None, None]
    grain = cv2.GaussianBlur(rng.normal(0, 30, (240, 160, 3)), (0, 0), 4)
    sky = np.clip(np.rint(slope + grain), 0, 255).astype(np.uint8)
    out = simplify(Image(sky), size_px=(160, 240), brush_px=4.8).pixels.astype(float)
    left = np.abs(out - slope)[20:-20, 20:-20].mean()
    assert left < 0.6 * np.abs(sky - slope)[20:-20, 20:-20].mean()


def test_texture_of_the_brush_s_size_stays_beside_a_calm_place() -> None:
    y, x = np.mgrid[:120, :240]
    waves = np.where(x < 120, 40 * np.sin(y / 3), 0)
    pixels = np.repeat((128 + waves)[:, :, None], 3, axis=2).astype(np.uint8)
    out = simplify(Image(pixels), size_px=(240, 120), brush_px=4.8).pixels
    assert out[:, :100].std() > 0.9 * pixels[:, :100].std()


def test_faint_strokes_stay_where_a_photos_grain_would_go() -> None:
    wave = np.where(np.arange(80) // 8 % 2, 6, -6)[None, :, None]
    image = Image((120 + wave + np.zeros((60, 80, 3))).astype(np.uint8))
    of_photo, of_strokes = (f(image, size_px=(80, 60), brush_px=4.8) for f in (simplify, simplify_strokes))
    spreads = [float(made.pixels[10:-10, 10:-10].std()) for made in (of_photo, of_strokes)]
    assert spreads[1] > 3 * spreads[0]


def test_hairlines_are_no_strokes() -> None:
    pixels = np.full((60, 80, 3), 120, np.uint8)
    pixels[:, 20] = 200
    pixels[:, 50:55] = 200
    out = simplify_strokes(Image(pixels), size_px=(80, 60), brush_px=4.8).pixels
    assert np.abs(out[10:-10, 18:24].astype(int) - 120).max() < 4
    assert out[30, 52, 0] > 190


@pytest.mark.parametrize("size_px", [(40, 30), (160, 120), (7, 5), (1, 50)])
def test_strokes_too_have_the_size_that_was_asked_for(size_px: tuple[int, int]) -> None:
    out = simplify_strokes(_half(), size_px=size_px, brush_px=4.8)
    assert (out.width, out.height) == size_px


def test_strokes_come_out_flatter_than_a_photos_shades() -> None:
    texture = np.random.default_rng(3).normal(0, 12, (60, 80, 3))
    stripes = np.where(np.arange(80) // 20 % 2, 190, 60)[None, :, None]  # nowhere calm
    grain = cv2.GaussianBlur(texture, (0, 0), 1.0) * 3
    image = Image((stripes + grain).clip(0, 255).astype(np.uint8))
    once = simplify(image, size_px=(80, 60), brush_px=4.8).pixels
    often = simplify_strokes(image, size_px=(80, 60), brush_px=4.8).pixels
    spreads = [float(made[:, 24:36].astype(float).std()) for made in (once, often)]
    assert spreads[1] < 0.8 * spreads[0]
