from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pbn.core.accents import accents, put_back
from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.merge import merge
from pbn.core.paintable import Need, with_room
from pbn.core.quantize import quantize
from pbn.core.segment import patches, segment
from pbn.core.simplify import simplify
from pbn.core.values import Image, Paint, Palette
from tests.helpers.maps import fits

SEA, RED = (120, 130, 138), (190, 30, 35)
NEED = Need(4.9, (5.5, 3.6))
PAINTS = Palette((Paint(1, SEA), Paint(2, (90, 96, 100)), Paint(3, RED)))


def _sea(*boats: tuple[int, int, int, int]) -> Image:
    """A sea of 500 x 300 with red boxes: x, y, width, height."""
    pixels = np.full((300, 500, 3), SEA, np.uint8)
    for x, y, w, h in boats:
        pixels[y : y + h, x : x + w] = RED
    return Image(pixels)


def _red_share(index: NDArray[np.int32], x: int, y: int, w: int, h: int) -> float:
    return float((index[y : y + h, x : x + w] == 2).mean())


def test_areas_that_stand_out_are_found_with_their_colours() -> None:
    found = accents(_sea((100, 50, 20, 10), (300, 200, 40, 5)))[0]
    assert len(found.colours) == 2
    assert np.count_nonzero(found.ids) == 400
    assert float(delta_e_2000(found.colours, lab_from_rgb(np.array(RED, np.uint8))).max()) < 1


@pytest.mark.parametrize("box", [(100, 50, 9, 9), (20, 80, 400, 2), (0, 0, 500, 300)])
def test_specks_lines_and_the_whole_picture_are_none(box: tuple[int, int, int, int]) -> None:
    assert not accents(_sea(box))[0].ids.any()


def test_areas_that_run_together_in_what_stands_out_less_are_found_apart() -> None:
    picture = _sea((100, 100, 20, 20), (160, 100, 20, 20)).pixels.copy()
    picture[100:120, 120:160] = (152, 124, 124)
    strictly, loosely = (len(found.colours) for found in accents(Image(picture)))
    assert (strictly, loosely) == (2, 1)


def test_the_same_picture_is_looked_at_once() -> None:
    image = _sea((100, 50, 20, 10))
    assert accents(image) is accents(image)


@pytest.mark.parametrize("box", [(100, 50, 30, 12), (100, 50, 60, 3), (100, 50, 3, 60), (0, 0, 60, 3)])
def test_a_lost_area_is_put_back_and_can_be_painted(box: tuple[int, int, int, int]) -> None:
    ids, paint = put_back(np.zeros((300, 500), np.int32), np.zeros(1, np.int32), NEED, _sea(box), PAINTS)
    assert _red_share(paint[ids], *box) > 0.75
    assert fits(ids, NEED, len(paint))[paint == 2].all()


def test_a_raster_of_another_size_gets_it_in_its_place() -> None:
    ids, paint = put_back(
        np.zeros((600, 1000), np.int32), np.zeros(1, np.int32), NEED, _sea((100, 50, 30, 12)), PAINTS
    )
    assert _red_share(paint[ids], 200, 100, 60, 24) > 0.95


def test_what_is_painted_already_stays_as_it_is() -> None:
    image = _sea((100, 50, 30, 12))
    ids, paint = patches(np.where((image.pixels == RED).all(axis=2), 2, 0).astype(np.int32))
    after, _ = put_back(ids, paint, NEED, image, PAINTS)
    assert after is ids


def test_without_a_paint_for_it_nothing_is_changed() -> None:
    ids = np.zeros((300, 500), np.int32)
    grey = Palette(PAINTS.paints[:1])
    assert put_back(ids, np.zeros(1, np.int32), NEED, _sea((100, 50, 30, 12)), grey)[0] is ids


def test_room_is_made_within_the_picture() -> None:
    mask = np.zeros((40, 60), np.bool_)
    mask[0:2, 30] = True
    room = with_room(mask, NEED)
    assert room.sum() >= len(NEED.round_number)
    assert not with_room(np.zeros((40, 60), np.bool_), NEED).any()


@pytest.mark.parametrize("fringe_px", [0, 1])
def test_merging_keeps_a_gleam_that_is_thinner_than_the_brush(fringe_px: int) -> None:
    pixels = np.full((300, 500, 3), (90, 25, 20), np.uint8)
    pixels[100 - fringe_px : 104 + fringe_px, 100:190] = (170, 120, 100)
    pixels[100:104, 100:190] = (240, 235, 225)
    palette = Palette((Paint(1, (240, 235, 225)), Paint(2, (170, 120, 100)), Paint(3, (90, 25, 20))))
    source = Image(pixels)
    calm = simplify(source, size_px=(500, 300), brush_px=8)
    made = merge(
        segment(quantize(calm, palette, brush_px=8)), calm, brush_px=8, number_px=(9, 6), source=source
    )
    assert fits(made.ids, Need(8, (9, 6)), len(made.paint)).all()
    area = np.s_[100 - fringe_px : 104 + fringe_px, 100:190]
    painted = lab_from_rgb(made.palette.rgb)[made.paint][made.ids]
    off = delta_e_2000(painted[area].mean(axis=(0, 1)), lab_from_rgb(pixels)[area].mean(axis=(0, 1)))
    assert float(off) < 12
