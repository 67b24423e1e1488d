from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn.core.saliency import SIDE_PX, kept_from, saliency
from pbn.core.values import Image


def disc(width: int, height: int, x: float, y: float, radius: float) -> Image:
    pixels = np.full((height, width, 3), (120, 150, 190), np.uint8)
    rows, columns = np.mgrid[:height, :width]
    pixels[np.hypot(columns - x, rows - y) < radius] = (200, 60, 40)
    return Image(pixels)


@pytest.mark.parametrize(("x", "y"), [(60, 80), (240, 60), (150, 140)])
def test_what_differs_from_its_surroundings_stands_out(x: int, y: int) -> None:
    found = saliency(disc(300, 200, x, y, 18))
    assert found.shape == (85, SIDE_PX)
    assert found.max() == 1
    row, column = np.unravel_index(np.argmax(found), found.shape)
    assert np.hypot(column * 300 / SIDE_PX - x, row * 300 / SIDE_PX - y) < 30


def test_a_plain_picture_has_nothing_that_stands_out() -> None:
    assert not np.isnan(saliency(Image(np.full((40, 60, 3), 90, np.uint8)))).any()
    assert kept_from(np.zeros((4, 6), np.float32), 0.5, 1) == pytest.approx(0.25)


@given(st.floats(0.05, 1.0), st.integers(0, 59))
def test_the_window_holds_the_only_thing_there_is(part: float, at: int) -> None:
    marked = np.zeros((20, 60), np.float32)
    marked[5:9, at] = 1
    start = kept_from(marked, part, 1)
    assert 0 <= start <= 1 - part + 1e-9
    assert start <= (at + 1) / 60 + 0.011
    assert start + part >= at / 60 - 0.011


def test_a_small_picture_is_not_enlarged() -> None:
    assert saliency(Image(np.zeros((3, 2, 3), np.uint8))).shape == (3, 2)
