"""The artworks of samples/: there, small, decodable, listed, and painted alike each time."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2lab

from samples.paint import ARTWORKS, artwork, jpeg
from samples.paint.__main__ import main
from samples.paint._colour import oklab, srgb

FOLDER = Path(__file__).parents[2] / "samples"
SHIPPED = sorted((FOLDER / "artworks").iterdir())
SOURCES = (FOLDER / "SOURCES.md").read_text("utf-8")
NAMES = sorted(ARTWORKS)
PHOTOS = ("astronaut", "chelsea", "coffee", "rocket")
PROOF_PX = 200


@cache
def proof(name: str) -> NDArray[np.uint8]:
    return artwork(name, PROOF_PX)


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def hues(rgb: NDArray[np.uint8]) -> int:
    """How many of 24 hues cover half a percent of the picture or more, greys aside."""
    lab = rgb2lab(rgb)
    coloured = np.hypot(lab[..., 1], lab[..., 2]) > 12
    turn = np.arctan2(lab[..., 2], lab[..., 1])[coloured]
    counts, _ = np.histogram(turn, bins=24, range=(-np.pi, np.pi))
    return int((counts > 0.005 * rgb.shape[0] * rgb.shape[1]).sum())


def texture(rgb: NDArray[np.uint8]) -> float:
    """The mean step of lightness (0 to 100) between neighbours."""
    light = rgb2lab(rgb)[..., 0]
    return float((np.abs(np.diff(light, axis=0)).mean() + np.abs(np.diff(light, axis=1)).mean()) / 2)


def test_the_measures_tell_a_painting_from_a_wash() -> None:
    wash = np.broadcast_to(np.linspace(90, 140, 64).astype(np.uint8)[:, None, None], (64, 64, 3))
    assert hues(wash) == 0
    assert texture(wash) < 1


def test_an_artwork_is_shipped_for_each_painter_and_no_other() -> None:
    assert [path.name for path in SHIPPED] == [f"{name}.jpg" for name in NAMES]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_are_small_and_of_the_stated_size(path: Path) -> None:
    made = ARTWORKS[path.stem]
    assert path.stat().st_size < 400_000
    assert pixels(path).shape == (round(made.width_px * made.ratio), made.width_px, 3)
    assert 1000 <= made.width_px <= 1280


def test_shipped_files_are_under_two_megabytes_together() -> None:
    assert sum(path.stat().st_size for path in SHIPPED) < 2_000_000


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_is_what_its_painter_paints(path: Path) -> None:
    """Compared small and on average: the composition and the colours are the same."""
    proofed = proof(path.stem)
    shipped = np.asarray(Image.fromarray(pixels(path)).resize(proofed.shape[1::-1], Image.Resampling.BOX))
    grid = (20, round(20 * proofed.shape[0] / proofed.shape[1]))
    small = [
        np.asarray(Image.fromarray(each).resize(grid, Image.Resampling.BOX), float)
        for each in (shipped, proofed)
    ]
    assert np.abs(small[0] - small[1]).mean() < 14


@pytest.mark.parametrize("name", NAMES)
def test_artworks_have_colour_texture_and_light(name: str) -> None:
    painted = proof(name)
    light = rgb2lab(painted)[..., 0]
    assert hues(painted) >= 5
    assert texture(painted) > 3.5
    assert np.percentile(light, 95) - np.percentile(light, 5) > 40


@pytest.mark.parametrize("name", NAMES)
def test_painting_again_gives_the_same_bytes(name: str) -> None:
    assert jpeg(name, 120) == jpeg(name, 120)


def test_artworks_have_different_palettes() -> None:
    means = {name: rgb2lab(proof(name)).mean((0, 1)) for name in NAMES}
    gaps = [np.linalg.norm(means[a] - means[b]) for a in NAMES for b in NAMES if a < b]
    assert min(gaps) > 4


def test_sources_name_every_file_and_its_licence() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|.*\|([^|]+)\|$", SOURCES, re.MULTILINE)
    assert [name for name, _ in rows] == [f"artworks/{name}.jpg" for name in NAMES] + [
        "astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg",
    ]  # fmt: skip
    assert all(re.search(r"MIT|CC0|public domain", licence) for _, licence in rows)


@pytest.mark.parametrize("name", PHOTOS)
def test_sample_photos_come_with_scikit_image(name: str) -> None:
    folder = Path(skimage.data.__file__).parent
    found = list(folder.glob(f"{name}.*"))
    assert len(found) == 1
    assert pixels(found[0]).shape[2] == 3


def test_oklab_there_and_back() -> None:
    corners = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 128, 255], [17, 200, 90]], np.uint8)
    assert srgb(oklab(corners)).tolist() == corners.tolist()


def test_the_command_paints_what_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {name: made for name, made in ARTWORKS.items() if name == "glass"}
    monkeypatch.setattr("samples.paint.__main__.jpeg", lambda name: jpeg(name, 96))
    assert main([str(tmp_path), *small]) == 0
    written = (tmp_path / "glass.jpg").read_bytes()
    assert np.asarray(Image.open(io.BytesIO(written))).shape == (77, 96, 3)


def test_the_command_refuses_an_unknown_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "guernica"]) == 2
    assert "guernica" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
