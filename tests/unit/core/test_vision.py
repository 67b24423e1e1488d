"""Simulated dichromats, and the paints they confuse."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core import vision
from pbn.core.colour import linear_from_rgb
from pbn.core.values import Paint, Palette

RED, GREEN, OLIVE = (190, 60, 50), (80, 130, 60), (128, 108, 40)


def palette(*colours: tuple[int, int, int]) -> Palette:
    return Palette(tuple(Paint(k + 1, c) for k, c in enumerate(colours)))


@pytest.mark.parametrize("deficiency", vision.DEFICIENCIES)
def test_greys_stay_as_they_are(deficiency: str) -> None:
    greys = np.repeat(np.arange(0, 256, 5, dtype=np.uint8)[:, None], 3, axis=1)
    assert np.abs(vision.simulated(greys, deficiency).astype(int) - greys).max() <= 1


def test_the_simulation_is_that_of_the_paper() -> None:
    """Pure red and green for a deuteranope, by the table's columns."""
    found = vision.simulated(np.array([[255, 0, 0], [0, 255, 0]], np.uint8), "deuteranopia")
    assert found.tolist() == [[163, 144, 0], [239, 214, 58]]


@pytest.mark.parametrize("deficiency", vision.DEFICIENCIES)
def test_blue_and_yellow_stay_apart_and_some_red_and_green_do_not(deficiency: str) -> None:
    found = vision.confused(palette((235, 220, 90), (40, 60, 160), (255, 255, 255), (0, 0, 0)))
    assert found[deficiency] == []
    reds, greens = np.array(RED), np.array(GREEN)
    mixed = [vision.simulated(np.array([c], np.uint8), deficiency)[0].astype(int) for c in (reds, greens)]
    plain = np.abs(reds - greens).sum()
    assert np.abs(mixed[0] - mixed[1]).sum() < 0.6 * plain


def along_the_confusion_line(rgb: tuple[int, int, int], step: float) -> tuple[int, int, int]:
    """Another colour that a deuteranope sees alike: a step along what the simulation loses."""
    lost = np.linalg.svd(vision.DEFICIENCIES["deuteranopia"])[2][2]
    moved = linear_from_rgb(np.array(rgb, np.uint8)) + step * lost
    r, g, b = (round(255 * (1.055 * v ** (1 / 2.4) - 0.055)) for v in moved.tolist())
    return r, g, b


def test_pairs_are_found_that_only_a_dichromat_confuses() -> None:
    twin = along_the_confusion_line(OLIVE, 0.1)
    assert max(abs(a - b) for a, b in zip(twin, OLIVE, strict=True)) > 20
    made = palette(OLIVE, twin, (20, 30, 200))
    assert vision.confused(made)["deuteranopia"] == [(1, 2)]
    assert (1, 2) in vision.confused_pairs(made)


def test_paints_that_are_alike_to_everybody_are_no_warning() -> None:
    assert vision.confused_pairs(palette((100, 120, 90), (101, 120, 90))) == []


def test_one_paint_is_not_confused() -> None:
    assert vision.confused_pairs(palette(RED)) == []
