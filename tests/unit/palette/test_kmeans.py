from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.values import Image
from pbn.errors import PaletteError, SettingsError
from pbn.palette._histogram import histogram, nearest
from pbn.palette.kmeans import KMeans, closest, palette_of
from tests.helpers.maps import PICTURES, picture

ROOT = Path(__file__).resolve().parents[3]


def _small(name: str) -> Image:
    return Image(picture(name).pixels[::6, ::6].copy())


def _least(rgb: NDArray[np.uint8]) -> float:
    return closest(lab_from_rgb(rgb).astype(np.float64))[2]


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("colours", [2, 8, 24])
def test_paints_of_pictures_are_as_promised(name: str, colours: int) -> None:
    palette = KMeans().choose(_small(name), colours, seed=1)
    assert 2 <= len(palette) <= colours
    assert [p.number for p in palette.paints] == list(range(1, len(palette) + 1))
    assert np.all(np.diff(lab_from_rgb(palette.rgb)[:, 0]) <= 0)
    assert _least(palette.rgb) >= 5


@given(st.integers(0, 2**32 - 1), st.integers(1, 16), st.sampled_from([0.0, 3.0, 5.0, 12.0]))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_count_and_distance_hold_for_any_colours(seed: int, colours: int, least: float) -> None:
    rng = np.random.default_rng(seed)
    few = rng.integers(0, 256, (int(rng.integers(1, 40)), 3))
    pixels = few[rng.integers(0, len(few), (12, 12))] // int(rng.choice([1, 1, 8]))
    palette = KMeans(least_delta_e=least, restarts=1).choose(Image(pixels.astype(np.uint8)), colours, seed=0)
    assert 1 <= len(palette) <= colours
    assert [p.number for p in palette.paints] == list(range(1, len(palette) + 1))
    assert np.all(np.diff(lab_from_rgb(palette.rgb)[:, 0]) <= 0)
    assert _least(palette.rgb) >= max(least, 1e-6)


def test_the_count_is_reached_where_the_picture_has_the_colours() -> None:
    assert len(KMeans().choose(_small("coffee"), 12, seed=0)) == 12


def test_one_colour_makes_one_paint() -> None:
    palette = KMeans().choose(Image(np.full((5, 7, 3), (10, 200, 30), np.uint8)), 24, seed=0)
    assert palette.rgb.tolist() == [[10, 200, 30]]


def test_one_pixel_is_a_picture() -> None:
    assert len(KMeans().choose(Image(np.zeros((1, 1, 3), np.uint8)), 2, seed=0)) == 1


def test_fewer_colours_than_asked_for_come_out_as_they_are() -> None:
    rgb = np.array([[[250, 250, 250], [200, 30, 40], [20, 30, 120]]], np.uint8)
    palette = KMeans().choose(Image(np.tile(rgb, (4, 4, 1))), 24, seed=0)
    assert palette.rgb.tolist() == rgb[0].tolist()


def test_a_grey_picture_gets_greys() -> None:
    grey = np.tile(np.arange(256, dtype=np.uint8)[:, None, None], (1, 4, 3))
    rgb = KMeans().choose(Image(grey), 10, seed=0).rgb.astype(int)
    assert len(rgb) == 10
    assert np.ptp(rgb, axis=1).max() == 0


def test_greys_lie_as_close_as_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for some fourteen; k-means alone leaves gaps that are too narrow for one more."""
    noise = np.random.default_rng(3).normal(0, 30, (120, 160))
    grey = np.clip(np.linspace(20, 235, 160) + noise, 0, 255).astype(np.uint8)
    image = Image(np.repeat(grey[..., None], 3, axis=2))
    paints = KMeans().choose(image, 24, seed=0).rgb
    assert len(paints) >= 13
    assert _least(paints) >= 5
    lab, share = histogram(image)

    def error(rgb: NDArray[np.uint8]) -> float:
        return float(share @ nearest(lab_from_rgb(rgb), lab)[1])

    monkeypatch.setattr("pbn.palette.kmeans._packed", lambda pins, lab, *_: lab[:1].astype(np.float64))
    assert error(paints) < 0.95 * error(KMeans().choose(image, 24, seed=0).rgb)


def test_the_weight_of_a_colour_is_its_share_of_the_picture() -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[0] = 255
    lab, share = histogram(Image(pixels))
    assert share[np.argsort(lab[:, 0])].tolist() == pytest.approx([0.9, 0.1])


def _town_under_a_sky() -> Image:
    """Three quarters are a sky from blue to white, the rest are forty roofs of a colour each."""
    rng = np.random.default_rng(0)
    t = np.linspace(0, 1, 150)[:, None, None]
    sky = ((1 - t) * np.array([60, 110, 190]) + t * np.array([200, 225, 245])).repeat(300, axis=1)
    roofs = rng.uniform(20, 235, (2, 20, 3)).repeat(25, axis=0).repeat(15, axis=1)
    pixels = np.vstack([sky, roofs])
    return Image(np.clip(pixels + rng.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8))


def test_a_sky_leaves_paints_for_what_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    image = _town_under_a_sky()
    lab = lab_from_rgb(image.pixels)

    def served() -> tuple[int, float]:
        """Paints that the sky takes, and how far the roofs are from theirs."""
        paints = lab_from_rgb(KMeans().choose(image, 24, seed=0).rgb).astype(np.float64)
        own, far = nearest(paints, lab.reshape(-1, 3))
        return len(np.unique(own[: 150 * 300])), float(far[150 * 300 :].mean())

    sky, roofs = served()
    monkeypatch.setattr("pbn.palette.kmeans._EVENNESS", 1.0)
    sky_by_share, roofs_by_share = served()
    assert sky < sky_by_share
    assert roofs < 0.95 * roofs_by_share


def test_a_rare_colour_unlike_all_others_keeps_a_paint() -> None:
    rng = np.random.default_rng(0)
    sea = np.clip(np.array([110, 130, 150]) + rng.normal(0, 12, (100, 100, 1)), 0, 255)
    pixels = np.broadcast_to(sea, (100, 100, 3)).astype(np.uint8)
    pixels[50:54, 50:54] = (200, 20, 20)
    palette = KMeans().choose(Image(pixels), 8, seed=0)
    far = delta_e_2000(lab_from_rgb(palette.rgb), lab_from_rgb(np.array([200, 20, 20], np.uint8)))
    assert float(far.min()) < 5


def test_the_seed_decides() -> None:
    image = _small("astronaut")
    first, again = (KMeans().choose(image, 16, seed=4) for _ in range(2))
    assert first == again
    assert first != KMeans().choose(image, 16, seed=5)


def test_threads_and_hash_seeds_change_nothing() -> None:
    program = (
        "import sys; from tests.helpers.maps import picture; from pbn.core.values import Image;"
        "from pbn.palette.kmeans import KMeans;"
        "p = KMeans().choose(Image(picture('chelsea').pixels[::6, ::6].copy()), 12, seed=3);"
        "sys.stdout.write(str(p.rgb.tolist()))"
    )
    said = set()
    for threads in ("1", "4"):
        env = {**os.environ, "PYTHONHASHSEED": threads}
        env |= {f"{library}_NUM_THREADS": threads for library in ("OMP", "OPENBLAS", "MKL")}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        said.add(done.stdout)
    assert len(said) == 1


def test_of_two_close_colours_the_later_goes_and_names_stay() -> None:
    lab = lab_from_rgb(np.array([[10, 10, 10], [255, 255, 255], [11, 10, 10]], np.uint8)).astype(np.float64)
    palette = palette_of(lab, 5.0, {(10, 10, 10): "ivory black"})
    assert [(p.number, p.rgb, p.name) for p in palette.paints] == [
        (1, (255, 255, 255), ""),
        (2, (10, 10, 10), "ivory black"),
    ]


@pytest.mark.parametrize("options", [{"least_delta_e": -1}, {"least_delta_e": 51}, {"restarts": 0}])
def test_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=str(next(iter(options.values())))):
        KMeans(**options)


def test_a_colour_to_keep_is_a_paint_to_the_last_bit_and_is_counted() -> None:
    image = _small("chelsea")
    free = KMeans().choose(image, 8, seed=0)
    kept = KMeans(keep=("#c0392b", "0af")).choose(image, 8, seed=0)
    assert {(0xC0, 0x39, 0x2B), (0x00, 0xAA, 0xFF)} <= {p.rgb for p in kept.paints}
    assert len(kept) == len(free) == 8
    assert _least(kept.rgb) >= 5


@given(st.lists(st.integers(0, 2**24 - 1), max_size=6), st.integers(6, 12))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_whatever_is_kept_is_there(kept: list[int], colours: int) -> None:
    wanted = tuple(f"#{colour:06x}" for colour in kept)
    palette = KMeans(keep=wanted, restarts=1).choose(_small("coffee"), colours, seed=0)
    assert set(wanted) <= {p.hex for p in palette.paints}
    assert len(palette) <= colours


def test_kept_colours_may_be_close_but_no_free_one_is_close_to_them() -> None:
    palette = KMeans(keep=("#808080", "#818181")).choose(_small("astronaut"), 12, seed=0)
    assert {"#808080", "#818181"} <= {p.hex for p in palette.paints}
    others = np.array([p.rgb for p in palette.paints if p.hex != "#818181"], np.uint8)
    assert _least(others) >= 5


def test_more_to_keep_than_colours_is_refused() -> None:
    with pytest.raises(PaletteError, match="only 2"):
        KMeans(keep=("#000", "#888", "#fff")).choose(_small("coffee"), 2, seed=0)


def test_a_colour_to_keep_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="'reddish'"):
        KMeans(keep=("reddish",))
