"""From a picture to its map: as many regions as the photo alone would have, whatever its style."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pbn.cache import Cache
from pbn.core.papers import painted_size, parse
from pbn.core.values import Image, StylizedImage
from pbn.painting import MOST_TIMES_PHOTO, choose_paints, draft, most_regions, paint
from pbn.pipeline import stylise
from pbn.progress import Step
from pbn.settings import KitSettings

STYLED = KitSettings(size="a5", brush_mm=2, colours=12)
PLAIN = replace(STYLED, engine="none")
ASPECT = 4 / 3


def waves(scale: float) -> Image:
    """Colours that change softly, the faster the smaller the scale."""
    y, x = np.mgrid[:360, :480]
    r = 128 + 100 * np.sin(x / scale) * np.cos(y / (1.3 * scale))
    g = 128 + 100 * np.sin((x + y) / (1.7 * scale))
    b = 128 + 100 * np.cos((x - 2 * y) / (2.3 * scale))
    return Image(np.stack([r, g, b], axis=2).astype(np.uint8))


def dabbed(photo: Image, high: int = 5, wide: int = 10) -> StylizedImage:
    """The photo in dabs of a brush, of so many pixels, at two pixels to the brush as engines make it."""
    rng = np.random.default_rng(0)
    small = photo.pixels[::2, ::2].astype(np.float64)
    dabs = np.kron(
        rng.normal(0, 45, (small.shape[0] // high, small.shape[1] // wide, 3)), np.ones((high, wide, 1))
    )
    return StylizedImage(Image((small + dabs).clip(0, 255).astype(np.uint8)), "gatys", 0)


def count(picture: StylizedImage, settings: KitSettings, most: int | None) -> int:
    drafted = draft(picture, settings, ASPECT)
    return len(paint(drafted, choose_paints(drafted, settings).palette, most=most))


@pytest.mark.parametrize("scale", [30.0, 20.0])
def test_a_style_costs_at_most_a_fifth_more_regions(scale: float) -> None:
    photo = waves(scale)
    plain = count(stylise(photo, (), PLAIN), PLAIN, None)
    most = most_regions(photo, STYLED, cache=Cache(None))
    assert most is not None
    assert most <= MOST_TIMES_PHOTO * plain
    free, bound = (count(dabbed(photo), STYLED, n) for n in (None, most))
    assert free > most  # else nothing is shown here
    assert 0.8 * most <= bound <= most


def test_strokes_are_joined_before_they_are_merged() -> None:
    drafted = draft(dabbed(waves(20.0), 1, 4), STYLED, ASPECT)
    untouched = draft(dabbed(waves(20.0), 1, 4), replace(STYLED, strength=0.0), ASPECT)

    def roughness(image: Image) -> float:
        return float(np.abs(np.diff(image.pixels.astype(int), axis=0)).mean())

    assert roughness(drafted.calm) < 0.8 * roughness(untouched.calm)
    assert np.array_equal(drafted.source.pixels, untouched.source.pixels)


def test_a_flat_photo_leaves_the_artwork_some_regions() -> None:
    flat = Image(np.full((360, 480, 3), 90, np.uint8))
    most = most_regions(flat, STYLED, cache=Cache(None))
    width, height = painted_size(parse("a5"), ASPECT)
    assert most == pytest.approx(width * height / (12 * 2) ** 2, abs=1)


def test_a_number_that_was_asked_for_is_a_bound_for_every_picture() -> None:
    assert most_regions(waves(20.0), PLAIN, cache=Cache(None)) is None
    assert most_regions(waves(20.0), replace(PLAIN, regions=77), cache=Cache(None)) == 77
    free, few, many = (
        most_regions(waves(20.0), replace(STYLED, regions=n), cache=Cache(None)) for n in (0, 77, 19000)
    )
    assert few == 77
    assert many == pytest.approx(free, rel=0.02)  # with so many asked for none is merged while borders settle


def test_the_photo_is_counted_once(tmp_path: Path) -> None:
    photo, cache = waves(20.0), Cache(tmp_path)
    told: list[Step] = []
    first = most_regions(photo, STYLED, cache=cache, progress=told.append)
    assert [step.stage for step in told] == ["count", "count"]
    (entry,) = (tmp_path / "count").iterdir()
    cache.put("count", entry.name, b"1000")
    assert most_regions(photo, STYLED, cache=cache) == 1200
    assert most_regions(photo, replace(STYLED, colours=8), cache=cache) != 1200
    entry.unlink()
    assert most_regions(photo, STYLED, cache=cache) == first


def test_a_count_that_is_known_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, cache, paints = waves(20.0), Cache(tmp_path / "cache"), tmp_path / "own.csv"
    paints.write_text("name,hex\nwhite,#ffffff\nblack,#000000\ngrey,#808080\n")
    own = replace(STYLED, source="paints", palette_options={"file": str(paints)})
    known = [most_regions(photo, settings, cache=cache) for settings in (STYLED, own)]

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it is known")

    monkeypatch.setattr("pbn.painting.draft", never)
    assert [most_regions(photo, settings, cache=cache) for settings in (STYLED, own)] == known
    paints.write_text("name,hex\nwhite,#ffffff\nblack,#000000\n")
    with pytest.raises(AssertionError, match="it is known"):
        most_regions(photo, own, cache=cache)


def test_auto_takes_as_many_paints_as_the_picture_is_worth() -> None:
    settings = replace(PLAIN, colours="auto")
    rich, poor = (draft(stylise(picture, (), PLAIN), PLAIN, ASPECT) for picture in (waves(20.0), grey()))
    many, few = choose_paints(rich, settings), choose_paints(poor, settings)
    assert few.asked < many.asked
    assert len(many.palette) <= many.asked
    assert many.asked in dict(many.curve)
    assert choose_paints(rich, replace(PLAIN, colours=7)).curve == ()


def grey() -> Image:
    return Image(np.repeat(waves(20.0).pixels.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8))
