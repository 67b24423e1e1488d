"""What every palette source keeps to, whatever it is."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from pbn.core.colour import lab_from_rgb
from pbn.core.values import Image, Palette
from pbn.errors import SettingsError
from pbn.palette._histogram import fidelity
from pbn.registry import load, make, names
from tests.helpers.maps import picture

OPTIONS: dict[str, dict[str, Any]] = {}
"""What a source cannot be made without."""

SOURCES = names("palette")


def _choose(name: str, image: Image, colours: int, seed: int = 0) -> Palette:
    palette: Palette = make("palette", name, OPTIONS.get(name, {})).choose(image, colours, seed=seed)
    return palette


def _image() -> Image:
    return Image(picture("coffee").pixels[::10, ::10].copy())


def test_there_is_a_source() -> None:
    assert "kmeans" in SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_a_frozen_dataclass_of_its_options(name: str) -> None:
    source = make("palette", name, OPTIONS.get(name, {}))
    assert is_dataclass(source)
    for field in fields(source):
        with pytest.raises(FrozenInstanceError):
            setattr(source, field.name, getattr(source, field.name))
    assert load("palette", name).__doc__


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("colours", [2, 5, 24])
def test_the_count_is_a_maximum_and_numbers_run_light_to_dark(name: str, colours: int) -> None:
    palette = _choose(name, _image(), colours)
    assert 1 <= len(palette) <= colours
    assert [p.number for p in palette.paints] == list(range(1, len(palette) + 1))
    assert np.all(np.diff(lab_from_rgb(palette.rgb)[:, 0]) <= 0)
    assert len({p.rgb for p in palette.paints}) == len(palette)


@pytest.mark.parametrize("name", SOURCES)
def test_the_same_seed_chooses_the_same_paints(name: str) -> None:
    assert _choose(name, _image(), 12, seed=7) == _choose(name, _image(), 12, seed=7)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_of_one_colour_gets_one_paint_at_least(name: str, grey: int) -> None:
    assert len(_choose(name, Image(np.full((6, 9, 3), grey, np.uint8)), 8)) >= 1


@pytest.mark.parametrize("name", SOURCES)
def test_an_unknown_option_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match="no_such_option"):
        make("palette", name, {"no_such_option": 1})


@pytest.mark.parametrize("name", SOURCES)
def test_what_counts_more_is_served_better(name: str) -> None:
    image = _image()
    detail = np.ones(image.pixels.shape[:2], np.float32)
    detail[:, :20] = 30
    source = make("palette", name, OPTIONS.get(name, {}))
    left = Image(image.pixels[:, :20].copy())
    usual, weighted = source.choose(image, 5, seed=0), source.choose(image, 5, seed=0, detail=detail)
    assert fidelity(left, weighted) < fidelity(left, usual)
    assert source.choose(image, 5, seed=0, detail=np.ones_like(detail)) == usual
