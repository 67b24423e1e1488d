from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from pbn.core.values import Image
from pbn.framing import WHOLE, between_bars, crop_window, cropped, painted_aspect
from pbn.settings import KitSettings


def settings(**asked: object) -> KitSettings:
    return KitSettings.from_table({"engine": "none", "size": "40x50cm", **asked})


def picture(width: int, height: int) -> Image:
    """Each pixel says its column and row."""
    rows, columns = np.mgrid[:height, :width]
    return Image(np.stack([columns, rows, rows * 0], axis=2).astype(np.uint8))


def test_a_photo_that_is_fitted_is_left_as_it_is() -> None:
    photo = picture(90, 60)
    assert crop_window(settings(), photo) == WHOLE
    assert cropped(photo, WHOLE) is photo
    assert painted_aspect(settings(), photo) == 1.5
    assert between_bars(photo, settings(), 1.5) is photo


@given(st.integers(20, 200), st.integers(20, 200), st.floats(0, 1), st.floats(0, 1))
def test_a_crop_fills_the_size_and_has_its_point_in_the_middle_if_it_can(
    width: int, height: int, x: float, y: float
) -> None:
    asked, photo = settings(fit="crop", crop=[x, y]), picture(width, height)
    left, top, wide, high = crop_window(asked, photo)
    assert wide * width / (high * height) == pytest.approx(painted_aspect(asked, photo))
    assert painted_aspect(asked, photo) == pytest.approx(0.8 if width < height else 1.25) or width == height
    assert max(wide, high) == 1
    assert min(left, top) >= 0
    assert max(left + wide, top + high) <= 1 + 1e-9
    for point, start, part in ((x, left, wide), (y, top, high)):
        assert start + part / 2 == pytest.approx(min(max(point, part / 2), 1 - part / 2))


def test_without_a_point_a_crop_keeps_what_stands_out() -> None:
    pixels = np.full((80, 200, 3), 200, np.uint8)
    pixels[30:50, 170:185] = (180, 30, 30)
    left, _, width, _ = crop_window(settings(fit="crop"), Image(pixels))
    assert left <= 0.85
    assert left + width >= 0.925


def test_a_crop_is_the_photo_s_own_pixels() -> None:
    part = cropped(picture(100, 50), (0.2, 0.1, 0.5, 0.8))
    assert (part.width, part.height) == (50, 40)
    assert tuple(part.pixels[0, 0, :2]) == (20, 5)


@pytest.mark.parametrize(("width", "height"), [(90, 60), (30, 100), (50, 40)])
def test_a_letterbox_has_the_whole_picture_between_bars_of_one_colour(width: int, height: int) -> None:
    asked, photo = settings(fit="letterbox", bars="#102030"), picture(width, height)
    aspect = painted_aspect(asked, photo)
    made = between_bars(photo, asked, aspect)
    assert made.width / made.height == pytest.approx(aspect, abs=0.02)
    left, top = (made.width - width) // 2, (made.height - height) // 2
    np.testing.assert_array_equal(made.pixels[top : top + height, left : left + width], photo.pixels)
    bars = made.pixels.copy()
    bars[top : top + height, left : left + width] = (0x10, 0x20, 0x30)
    assert (bars == (0x10, 0x20, 0x30)).all()


def test_a_face_is_kept_whatever_else_stands_out() -> None:
    face = np.asarray(data.astronaut()[:300, 60:400], np.float64)  # type: ignore[no-untyped-call]
    pixels = np.full((300, 1100, 3), 128, np.uint8)
    pixels[:, 760:] = 64 + face / 2
    rows, columns = np.mgrid[:300, :1100]
    for k, colour in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255))):
        pixels[np.hypot(columns - 200 - 50 * k, rows - 60 - 40 * k) < 22] = colour
    left, _, width, _ = crop_window(settings(fit="crop"), Image(pixels))
    assert left < 0.8
    assert left + width > 0.89
