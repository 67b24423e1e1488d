from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pbn.core.colour import delta_e_2000, lab_from_rgb, rgb_from_lab
from pbn.core.values import Image
from pbn.palette._accents import Patches, _small_areas
from pbn.palette._histogram import histogram
from pbn.palette.kmeans import KMeans
from tests.helpers.maps import picture

HEIGHT, WIDTH = 300, 400


def _noise(base: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    return np.asarray(base + np.random.default_rng(0).normal(0, spread, (HEIGHT, WIDTH, 3)))


def _image(pixels: NDArray[np.float64]) -> Image:
    return Image(np.clip(pixels, 0, 255).astype(np.uint8))


def _disc(pixels: NDArray[np.float64], x: float, y: float, share: float, rgb: tuple[int, int, int]) -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    pixels[(columns - x) ** 2 + (rows - y) ** 2 <= share * HEIGHT * WIDTH / np.pi] = rgb


def _slope(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> NDArray[np.float64]:
    t = np.linspace(0, 1, HEIGHT)[:, None, None]
    return np.asarray((1 - t) * np.array(top) + t * np.array(bottom) + np.zeros((1, WIDTH, 1)))


def _boat() -> tuple[Image, tuple[int, int, int]]:
    """A red boat of 0.12 % on a grey sea under a grey sky."""
    sea = _slope((190, 195, 200), (60, 72, 82))
    sea[80:] += 25 * np.sin(np.arange(HEIGHT - 80) / 2)[:, None, None]
    pixels = _noise(sea, 6)
    pixels[200:208, 150:168] = (190, 30, 35)
    return _image(pixels), (190, 30, 35)


def _light() -> tuple[Image, tuple[int, int, int]]:
    """A green light of 0.15 % in a night of blues, with windows of orange."""
    pixels = _noise(_slope((12, 16, 40), (40, 36, 50)), 5)
    for x in range(20, 380, 40):
        pixels[180:230, x : x + 18] = (200 + x // 10, 140 + x // 8, 60)
    _disc(pixels, 300, 100, 0.0015, (30, 200, 90))
    return _image(pixels), (30, 200, 90)


def _eyes() -> tuple[Image, tuple[int, int, int]]:
    """Two blue eyes, 0.13 % each, in a face of warm colours."""
    pixels = _noise(_slope((225, 170, 140), (120, 70, 50)), 8)
    pixels[:, :90] *= 0.6
    for x in (160, 240):
        _disc(pixels, x, 130, 0.0013, (70, 120, 190))
    return _image(pixels), (70, 120, 190)


@pytest.mark.parametrize("scene", [_boat, _light, _eyes])
@pytest.mark.parametrize("colours", [12, 24])
def test_a_small_patch_that_stands_out_keeps_a_paint_near_it(
    scene: Callable[[], tuple[Image, tuple[int, int, int]]], colours: int
) -> None:
    image, rgb = scene()
    paints = lab_from_rgb(KMeans().choose(image, colours, seed=0).rgb)
    assert float(delta_e_2000(paints, lab_from_rgb(np.array(rgb, np.uint8))).min()) <= 12


@pytest.mark.parametrize("name", ["astronaut", "rocket"])
@pytest.mark.parametrize("rgb", [(70, 120, 190), (220, 60, 200), (200, 30, 40)])
@pytest.mark.parametrize("colours", [12, 24])
def test_a_patch_set_into_a_colourful_picture_keeps_a_paint(
    name: str, rgb: tuple[int, int, int], colours: int
) -> None:
    pixels = picture(name).pixels[::2, ::2].copy()
    rows, columns = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    middle = (columns - pixels.shape[1] / 2) ** 2 + (rows - pixels.shape[0] / 2) ** 2
    pixels[middle <= 0.0015 * rows.size / np.pi] = rgb
    paints = lab_from_rgb(KMeans().choose(Image(pixels), colours, seed=0).rgb)
    assert float(delta_e_2000(paints, lab_from_rgb(np.array(rgb, np.uint8))).min()) <= 12


def test_the_boat_is_lost_without_a_paint_and_found() -> None:
    image, rgb = _boat()
    greys = lab_from_rgb(np.array([[90, 90, 90], [180, 180, 180]], np.uint8)).astype(np.float64)
    found = Patches(image).without_paint(greys)
    assert found is not None
    assert float(delta_e_2000(found, lab_from_rgb(np.array(rgb, np.uint8)))) < 5


def test_the_only_paint_of_a_patch_is_not_spare() -> None:
    image, rgb = _boat()
    paints = np.array([rgb, (90, 90, 90), (180, 180, 180)], np.uint8)
    assert Patches(image).spare(lab_from_rgb(paints).astype(np.float64), [0, 1, 2]) == 1


def test_a_patch_with_a_paint_is_no_accent() -> None:
    image, rgb = _boat()
    lab, _ = histogram(image)
    assert Patches(image).without_paint(lab.astype(np.float64)) is None
    assert rgb == (190, 30, 35)


@pytest.mark.parametrize(("chroma", "spare"), [(65.0, 1), (0.0, 0)])
def test_light_and_shade_of_a_hue_are_one_patch_and_of_a_grey_are_two(chroma: float, spare: int) -> None:
    """Of a patch of 0.14 % one half is lit; a half alone is too small to have a paint kept for it."""
    halves = rgb_from_lab(np.array([[light, 0.84 * chroma, 0.54 * chroma] for light in (42.0, 57.0)]))
    pixels = _noise(np.full((HEIGHT, WIDTH, 3), 40.0), 2)
    pixels[100:112, 100:107], pixels[100:112, 107:114] = halves
    middle = lab_from_rgb(halves).mean(axis=0)
    paints = np.vstack([middle, lab_from_rgb(np.array([[40] * 3, [30] * 3], np.uint8))])
    assert Patches(_image(pixels)).spare(paints.astype(np.float64), [0, 1, 2]) == spare


def test_a_small_area_of_many_colours_has_a_paint_of_their_mean() -> None:
    """A bunch of flowers of 0.14 %, in eight colours none of which makes a patch."""
    warm = [(230, 40, 30), (250, 160, 20), (240, 220, 40), (200, 20, 90)]
    flowers = np.array([*warm, (255, 120, 80), (180, 60, 20), (250, 90, 150), (150, 20, 20)])
    pixels = _noise(np.full((HEIGHT, WIDTH, 3), 128.0), 3)
    pixels[100:112, 100:114] = flowers[np.random.default_rng(0).integers(0, 8, (12, 14))]
    greys = lab_from_rgb(np.array([[90] * 3, [128] * 3, [180] * 3], np.uint8)).astype(np.float64)
    image = _image(pixels)
    found = Patches(image).without_paint(greys)
    assert found is not None
    mean = lab_from_rgb(image.pixels[100:112, 100:114]).mean(axis=(0, 1))
    assert float(delta_e_2000(found, mean)) < 3
    assert Patches(image).without_paint(np.vstack([greys, found])) is None
    paints = lab_from_rgb(KMeans().choose(image, 12, seed=0).rgb)
    assert float(delta_e_2000(paints, mean).min()) < 8


def test_what_is_worse_off_has_a_paint_first() -> None:
    """Flowers of eight colours, which make no patch, before a blue patch with a bluish paint."""
    warm = [(230, 40, 30), (250, 160, 20), (240, 220, 40), (200, 20, 90)]
    flowers = np.array([*warm, (255, 120, 80), (180, 60, 20), (250, 90, 150), (150, 20, 20)])
    pixels = _noise(np.full((HEIGHT, WIDTH, 3), 128.0), 3)
    pixels[100:112, 100:114] = flowers[np.random.default_rng(0).integers(0, 8, (12, 14))]
    pixels[200:216, 300:320] = (60, 110, 190)
    image = _image(pixels)
    rgb = np.array([[90] * 3, [128] * 3, [180] * 3, (105, 120, 155)], np.uint8)
    paints = lab_from_rgb(rgb).astype(np.float64)
    first = Patches(image).without_paint(paints)
    assert first is not None
    assert float(delta_e_2000(first, lab_from_rgb(image.pixels[100:112, 100:114]).mean(axis=(0, 1)))) < 3
    second = Patches(image).without_paint(np.vstack([paints, first]))
    assert second is not None
    assert float(delta_e_2000(second, lab_from_rgb(np.array((60, 110, 190), np.uint8)))) < 3


def test_an_area_that_is_large_is_left_to_k_means() -> None:
    pixels = _noise(np.full((HEIGHT, WIDTH, 3), 128.0), 3)
    flowers = np.array([(230, 40, 30), (250, 160, 20), (200, 20, 90), (255, 120, 80)])
    confetti = flowers[np.random.default_rng(0).integers(0, 4, (60, 60))]
    pixels[100:160, 100:160] = confetti
    assert len(_small_areas(_image(pixels))) == 0
    pixels[116:160], pixels[:, 116:160] = 128, 128
    assert len(_small_areas(_image(pixels))) == 1


@pytest.mark.parametrize("side", [3, 6])
def test_specks_and_lines_are_no_accents(side: int) -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), 128.0)
    pixels[10 : 10 + side, 10 : 10 + side] = (200, 0, 0)
    pixels[100:102, :] = (200, 0, 0)
    grey = lab_from_rgb(np.array([[128, 128, 128]], np.uint8)).astype(np.float64)
    assert Patches(_image(pixels)).without_paint(grey) is None


def test_what_hardly_differs_from_its_surroundings_is_no_accent() -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), 128.0)
    pixels[50:90, 50:90] = 160
    grey = lab_from_rgb(np.array([[128, 128, 128]], np.uint8)).astype(np.float64)
    assert Patches(_image(pixels)).without_paint(grey) is None
