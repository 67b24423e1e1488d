"""Where a picture is finer: masks and faces as weights, and what comes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from pbn.cache import Cache
from pbn.core.paintable import Need
from pbn.core.values import F32, Image, RegionMap
from pbn.detail import BLACK, FACE_MOST, SUBJECT, WHITE, at_size, detail_of, mask_of
from pbn.errors import InputImageError
from pbn.painting import choose_paints, draft, most_regions, paint
from pbn.palette._histogram import fidelity
from pbn.pipeline import stylise
from pbn.settings import KitSettings
from tests.helpers.maps import fits, picture

PLAIN = KitSettings(engine="none", size="a5", brush_mm=2)


def saved(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], path: Path) -> KitSettings:
    Pillow.fromarray(pixels).save(path)
    return replace(PLAIN, detail=str(path))


def masked(photo: Image, settings: KitSettings) -> F32 | None:
    return detail_of(photo, settings, mask_of(photo, settings))


def regions_of(photo: Image, detail: F32 | None) -> tuple[RegionMap, Need]:
    drafted = draft(stylise(photo, (), PLAIN), PLAIN, photo.width / photo.height, detail=detail)
    made = paint(drafted, choose_paints(drafted, PLAIN).palette)
    return made, Need(drafted.brush_px, drafted.number_px)


def test_a_mask_counts_by_its_grey(tmp_path: Path) -> None:
    grey = np.repeat(np.array([[0, 255, 128]], np.uint8), 20, axis=0).repeat(20, axis=1)
    photo = Image(np.zeros((40, 120, 3), np.uint8))
    detail = masked(photo, saved(grey, tmp_path / "mask.png"))
    assert detail is not None
    assert detail[10, 5] == pytest.approx(BLACK, rel=0.02)
    assert detail[10, 30] == pytest.approx(WHITE, rel=0.02)
    assert detail[10, 55] == pytest.approx(1, rel=0.02)
    assert at_size(detail, (30, 10)).shape == (10, 30)


def test_a_mask_of_another_shape_or_none_is_refused(tmp_path: Path) -> None:
    photo = Image(np.zeros((30, 40, 3), np.uint8))
    with pytest.raises(InputImageError, match=r"mask\.png is not of the photo's shape"):
        masked(photo, saved(np.zeros((30, 30), np.uint8), tmp_path / "mask.png"))
    with pytest.raises(InputImageError):
        masked(photo, replace(PLAIN, detail=str(tmp_path / "none.png")))


def test_a_face_counts_for_no_more_than_all_the_rest() -> None:
    photo = picture("astronaut")
    detail = detail_of(photo, PLAIN)
    assert detail is not None
    assert 2 < detail.max() <= FACE_MOST
    assert detail.min() == pytest.approx(1, abs=0.01)
    assert float((detail - 1).mean()) < 1
    near = detail_of(Image(picture("astronaut").pixels[20:220, 130:330].copy()), PLAIN)
    assert near is not None
    assert near.max() < detail.max() / 2
    assert detail_of(photo, replace(PLAIN, detail="off")) is None
    assert detail_of(picture("coffee"), PLAIN) is None


def test_regions_are_finer_in_the_white_and_coarser_in_the_black(tmp_path: Path) -> None:
    photo = picture("chelsea")
    mask = np.zeros((300, 451), np.uint8)
    mask[:, 225:] = 255
    plain, need = regions_of(photo, None)
    made, _ = regions_of(photo, masked(photo, saved(mask, tmp_path / "mask.png")))

    def count(regions: RegionMap) -> tuple[int, int]:
        half = regions.ids.shape[1] // 2
        return len(np.unique(regions.ids[:, :half])), len(np.unique(regions.ids[:, half:]))

    (coarse_before, fine_before), (coarse, fine) = count(plain), count(made)
    assert coarse < 0.7 * coarse_before
    assert fine > fine_before
    assert fits(made.ids, need, len(made)).all()


def test_a_faces_colours_get_more_of_the_paints() -> None:
    photo = picture("astronaut")
    plain = draft(stylise(photo, (), PLAIN), PLAIN, 1.0)
    finer = draft(stylise(photo, (), PLAIN), PLAIN, 1.0, detail=detail_of(photo, PLAIN))
    side = plain.calm.width
    face = Image(plain.calm.pixels[side // 7 : 2 * side // 5, 2 * side // 6 : 3 * side // 6].copy())
    usual, chosen = (choose_paints(d, PLAIN).palette for d in (plain, finer))
    assert fidelity(face, chosen) < 0.9 * fidelity(face, usual)


def test_the_photo_is_counted_with_its_detail() -> None:
    photo, styled = picture("chelsea"), replace(PLAIN, engine="gatys")
    black = np.full((30, 45), BLACK, np.float32)
    usual, coarse = (most_regions(photo, styled, detail=d, cache=Cache(None)) for d in (None, black))
    assert usual is not None
    assert coarse is not None
    assert coarse < usual


def test_a_subject_counts_for_more_than_its_ground() -> None:
    pixels = np.full((300, 400, 3), 200, np.uint8)
    pixels[120:180, 160:240] = (200, 30, 30)
    subject = replace(PLAIN, detail="subject")
    detail = detail_of(Image(pixels), subject)
    assert detail is not None
    high, wide = detail.shape
    assert detail[high // 2, wide // 2] == pytest.approx(SUBJECT, rel=0.1)
    assert detail[0, 0] < 0.6
    face = detail_of(picture("astronaut"), subject)
    assert face is not None
    assert face.max() > SUBJECT
    assert face.min() < 0.6
