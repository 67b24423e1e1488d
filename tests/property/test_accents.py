"""Small things that stand out keep their colour, and no two paints are hard to tell apart."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbn.core.colour import delta_e_2000, lab_from_rgb, rgb_from_lab
from pbn.core.values import F32, U8, Image
from pbn.pipeline import paint_prepared, prepare
from pbn.session import painted_picture
from pbn.settings import KitSettings
from tests.helpers.maps import PICTURES, picture

WIDTH, HEIGHT = 400, 300
STANDS_OUT, KEPT, APART = 20.0, 12.0, 5.0
PLAIN = KitSettings(engine="none", size="16x12cm", brush_mm=2, detail="off")


def scene(seed: int) -> tuple[U8, list[tuple[int, int, int]]]:
    """Hills of a few soft colours with grain, and discs of 0.15 to 0.6 % that stand out: x, y, radius."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    lab = np.empty((HEIGHT, WIDTH, 3), np.float32)
    middle = rng.uniform((30, -12, -12), (80, 12, 12))
    for channel, swing in enumerate((14, 6, 6)):
        a, b, phase = rng.uniform(0.5, 2.5), rng.uniform(0.5, 2.5), rng.uniform(0, 6)
        lab[..., channel] = middle[channel] + swing * np.sin(a * x / 60 + b * y / 60 + phase)
    lab[..., 0] += rng.normal(0, 1.5, lab.shape[:2])
    discs = []
    for left in rng.permutation(3)[: rng.integers(1, 4)].tolist():
        radius = round(float(np.sqrt(rng.uniform(0.0015, 0.006) * WIDTH * HEIGHT / np.pi)))
        at = int(rng.integers(20, 110)) + 135 * left, int(rng.integers(20, HEIGHT - 20))
        inside = np.hypot(x - at[0], y - at[1]) <= radius
        around = lab[cv2.dilate(inside.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0]
        while True:
            colour = lab_from_rgb(rng.integers(0, 256, 3).astype(np.uint8))
            if float(delta_e_2000(around, colour).min()) > STANDS_OUT + 5:
                break
        lab[inside] = colour
        discs.append((*at, radius))
    return rgb_from_lab(lab), discs


def painted_in(photo: Image, colours: int) -> tuple[F32, F32]:
    """CIELAB of the painted picture at the photo's size, and of its paints."""
    made = paint_prepared(prepare(photo, (), PLAIN), replace(PLAIN, colours=colours))
    shown = cv2.resize(
        painted_picture(made.regions).pixels, (photo.width, photo.height), interpolation=cv2.INTER_NEAREST
    )
    return lab_from_rgb(np.asarray(shown, np.uint8)), lab_from_rgb(made.regions.palette.rgb)


def least_apart(paints: F32) -> float:
    i, j = np.triu_indices(len(paints), 1)
    return float(delta_e_2000(paints[i], paints[j]).min()) if len(i) else np.inf


@given(st.integers(0, 2**20), st.sampled_from((12, 24)))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_what_stands_out_is_painted_in_its_colour(seed: int, colours: int) -> None:
    pixels, discs = scene(seed)
    painted, paints = painted_in(Image(pixels), colours)
    wanted = lab_from_rgb(pixels)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    for left, top, radius in discs:
        inside = np.hypot(x - left, y - top) <= radius - 1
        assert float(np.median(delta_e_2000(painted[inside], wanted[top, left]))) <= KEPT
    assert least_apart(paints) >= APART


@pytest.mark.parametrize("name", PICTURES)
def test_paints_of_photos_are_told_apart(name: str) -> None:
    _, paints = painted_in(picture(name), 24)
    assert least_apart(paints) >= APART
