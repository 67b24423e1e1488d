"""A picture loaded once: previews near to the kits, and kits that are those of `make_kit`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.values import Image
from pbn.pipeline import make_files, make_kit
from pbn.session import PREVIEW_PX, Session
from pbn.settings import KitSettings
from tests.helpers.maps import picture

SETTINGS = KitSettings(engine="none", size="a5", brush_mm=3, colours=10)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(picture("coffee"), settings=SETTINGS)


def test_its_kits_are_those_of_make_kit(session: Session) -> None:
    for colours in (None, 6):
        settings = SETTINGS if colours is None else replace(SETTINGS, colours=colours)
        assert make_files(session.kit(colours)) == make_files(make_kit(picture("coffee"), settings=settings))


def test_a_choice_says_what_the_kit_will_be(session: Session) -> None:
    choice, kit = session.choice(7), session.kit(7)
    assert (choice.colours, choice.paints, choice.regions) == (7, len(kit.palette), len(kit.regions))
    assert choice.fidelity == pytest.approx(kit.facts["fidelity_delta_e_2000"], abs=0.001)
    assert choice.hours == pytest.approx(kit.facts["hours"], rel=0.1)
    assert (choice.picture.height, choice.picture.width) == kit.regions.ids.shape
    assert session.choice("auto").colours == session.kit("auto").facts["colours_chosen"]["colours"]


def test_a_map_that_was_looked_at_is_not_painted_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session.choice(5)
    monkeypatch.setattr("pbn.session.paint_prepared", None)
    assert session.choice(5).regions == first.regions
    assert len(session.kit(5).regions) == first.regions


@pytest.mark.parametrize("colours", [4, 12, 24])
def test_a_preview_looks_like_the_kit(session: Session, colours: int) -> None:
    preview, choice = session.preview(colours), session.choice(colours)
    assert max(preview.width, preview.height) <= PREVIEW_PX
    rows = np.linspace(0, choice.picture.height - 1, preview.height).round().astype(int)
    columns = np.linspace(0, choice.picture.width - 1, preview.width).round().astype(int)
    same = choice.picture.pixels[rows][:, columns]
    apart = delta_e_2000(lab_from_rgb(preview.pixels), lab_from_rgb(same))
    assert float(np.median(apart)) < 6
    assert len(np.unique(preview.pixels.reshape(-1, 3), axis=0)) <= colours


def test_a_sketch_leaves_no_specks() -> None:
    rng = np.random.default_rng(0)
    noisy = picture("coffee").pixels.astype(int) + rng.normal(0, 40, picture("coffee").pixels.shape)
    session = Session(Image(noisy.clip(0, 255).astype(np.uint8)), settings=SETTINGS)
    shown = session.preview(12).pixels.astype(int)
    alone = np.ones(shown.shape[:2], bool)[1:-1, 1:-1]
    for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2)):
        near = shown[dy : dy + shown.shape[0] - 2, dx : dx + shown.shape[1] - 2]
        alone &= (near != shown[1:-1, 1:-1]).any(axis=2)
    assert alone.sum() <= 2
