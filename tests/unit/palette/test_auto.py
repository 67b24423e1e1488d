from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn.core.values import Image
from pbn.palette._auto import SIZES, WORTH, choose_size, knee
from pbn.palette.kmeans import KMeans
from pbn.palette.paints import OwnPaints
from tests.helpers.maps import picture


def test_the_knee_is_where_paints_stop_being_worth_it() -> None:
    steep, flat = WORTH * 2, WORTH / 2
    curve = ((8, 9.0), (12, 9 - 4 * steep), (16, 9 - 8 * steep), (24, 9 - 8 * steep - 8 * flat))
    assert knee(curve) == 16


def test_chance_in_one_palette_does_not_end_the_search() -> None:
    assert knee(((8, 5.0), (12, 5.1), (16, 3.0), (24, 2.9))) == 16


def test_a_flat_curve_has_its_knee_at_the_first_size() -> None:
    assert knee(((8, 1.0), (16, 0.9), (24, 0.8))) == 8


@given(st.lists(st.floats(0, 20), min_size=1, max_size=len(SIZES)))
def test_the_knee_is_one_of_the_sizes(errors: list[float]) -> None:
    assert knee(tuple(zip(SIZES, errors, strict=False))) in SIZES


@given(st.floats(1, 30), st.floats(1, 3))
def test_a_picture_twice_as_rich_is_never_given_fewer(scale: float, power: float) -> None:
    poor = tuple((n, scale * n**-power) for n in SIZES)
    assert knee(tuple((n, 2 * e) for n, e in poor)) >= knee(poor)


def test_the_curve_of_a_picture_falls_and_its_knee_is_on_it() -> None:
    image = Image(picture("coffee").pixels[::3, ::3].copy())
    n, curve = choose_size(image, KMeans(restarts=1))
    assert n in dict(curve)
    assert curve[0][1] > curve[-1][1]
    assert choose_size(image, KMeans(restarts=1)) == (n, curve)


def test_many_colours_ask_for_more_paints_than_few() -> None:
    rich = Image(picture("astronaut").pixels[::3, ::3].copy())
    grey = np.repeat(rich.pixels.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    source = KMeans(restarts=1)
    assert choose_size(Image(grey), source)[0] < choose_size(rich, source)[0]


@pytest.mark.parametrize("source", [KMeans(), OwnPaints()])
def test_one_colour_ends_the_curve_at_once(source: KMeans | OwnPaints) -> None:
    n, curve = choose_size(Image(np.full((20, 30, 3), 255, np.uint8)), source)
    assert 2 <= n <= 8
    assert len(curve) == 1
