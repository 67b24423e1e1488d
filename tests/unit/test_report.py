"""What is said of a kit, against maps small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core.values import Image, Paint, Palette, RegionMap
from pbn.report import closest_paints, difficulty, fidelity, hours_of_map
from pbn.settings import KitSettings, preset

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
TWO = Palette((Paint(1, WHITE), Paint(2, BLACK)))


def halves() -> RegionMap:
    ids = np.zeros((4, 6), np.int32)
    ids[:, 3:] = 1
    return RegionMap(ids, np.array([0, 1], np.int32), TWO)


def test_a_picture_in_its_own_colours_is_faithful() -> None:
    same = Image(TWO.rgb[halves().ids])
    assert fidelity(halves(), same) == pytest.approx(0, abs=1e-4)


def test_white_for_black_is_a_hundred() -> None:
    white = Image(np.full((4, 6, 3), 255, np.uint8))
    assert fidelity(halves(), white) == pytest.approx(50, abs=0.1)


def test_fidelity_is_the_mean_over_all_rows() -> None:
    ids = np.zeros((600, 2), np.int32)
    one = RegionMap(ids, np.zeros(1, np.int32), Palette((Paint(1, WHITE),)))
    pixels = np.full((600, 2, 3), 255, np.uint8)
    pixels[450:] = 0
    assert fidelity(one, Image(pixels)) == pytest.approx(25, abs=0.1)


def test_the_closest_paints_are_named() -> None:
    three = Palette((Paint(1, WHITE), Paint(2, (130, 130, 130)), Paint(3, (120, 120, 120))))
    found = closest_paints(three)
    assert found["closest_paints"] == [2, 3]
    assert 3 < found["min_paint_delta_e_2000"] < 6
    assert set(closest_paints(Palette((Paint(1, WHITE),))).values()) == {None}


def test_hours_are_reckoned_as_the_formula_says() -> None:
    # Two regions, two paints, a border of 4 pixels of 10 mm, 40 x 60 mm, a brush of 2 mm.
    seconds = 15 * 2 + 2 * (40 * np.pi / 4) / 3 + 2400 / (2 * 2 * 10) + 240 * 2
    assert hours_of_map(halves(), (60.0, 40.0), 2.0) == pytest.approx(seconds / 3600)


@pytest.mark.parametrize("name", ["easy", "medium", "hard", "expert"])
def test_a_preset_is_as_difficult_as_it_is_named(name: str) -> None:
    made = KitSettings.from_table({**preset(name), "engine": "none"})
    assert isinstance(made.colours, int)
    assert difficulty(made.brush_mm, made.regions or 20000, made.colours) == name
