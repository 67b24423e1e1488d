from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pbn.core.paintable import Need, deepest, depth, flood, trim
from tests.helpers.maps import THREE_PAINTS, colours_of, fits, island, random_index, region_map


def test_depth_is_half_a_pixel_at_borders_and_grows_inwards() -> None:
    assert depth(np.zeros((5, 5), np.int32)).tolist() == [
        [0.5, 0.5, 0.5, 0.5, 0.5],
        [0.5, 1.5, 1.5, 1.5, 0.5],
        [0.5, 1.5, 2.5, 1.5, 0.5],
        [0.5, 1.5, 1.5, 1.5, 0.5],
        [0.5, 0.5, 0.5, 0.5, 0.5],
    ]


@given(st.integers(0, 2**20))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_depth_is_no_more_than_the_distance_to_other_pixels(seed: int) -> None:
    regions = region_map(*random_index(seed, "blobs"))
    d = depth(regions.ids)
    for r in range(0, len(regions.paint), 7):
        mine = np.pad(regions.ids == r, 1)
        y, x = np.nonzero(mine[1:-1, 1:-1])
        exact = ndimage.distance_transform_edt(mine)[y + 1, x + 1]
        assert np.all(d[y, x] <= exact - 0.5 + 1e-4)
        assert np.all(d[y, x] >= exact - 1 - 1e-4)


@pytest.mark.parametrize(("side", "holds"), [(3, False), (4, False), (5, True), (6, True)])
def test_a_square_holds_the_disc_of_its_side(side: int, holds: bool) -> None:  # noqa: FBT001
    assert fits(island(side), Need(5.0), 2).tolist() == [True, holds]


def test_a_region_wide_enough_for_the_brush_may_be_too_narrow_for_the_number() -> None:
    ids = island(5)
    assert fits(ids, Need(5.0, (4.0, 3.0)), 2).all()
    assert fits(ids, Need(5.0, (9.0, 3.0)), 2).tolist() == [True, False]


def test_flood_reaches_every_free_pixel_from_the_taken_ones() -> None:
    ids = np.repeat(np.array([0, 1, 1, 1, 2], np.int32)[None], 3, axis=0)
    paint = np.array([0, 1, 2], np.int32)
    colours = colours_of(ids, paint)
    colours[:, 1:4, 0] = [1, 49, 49]
    assert flood(ids, ids == 1, paint, colours, THREE_PAINTS)[0].tolist() == [0, 0, 2, 2, 2]


def test_flood_leaving_comes_back_only_as_a_last_resort() -> None:
    ids = np.repeat(np.array([0, 0, 0, 1], np.int32)[None], 3, axis=0)
    paint = np.array([0, 1], np.int32)
    free = np.zeros(ids.shape, np.bool_)
    free[:, 2] = True
    colours = colours_of(ids, paint)
    assert flood(ids, free, paint, colours, THREE_PAINTS)[0].tolist() == [0, 0, 0, 1]
    assert flood(ids, free, paint, colours, THREE_PAINTS, leaving=True)[0].tolist() == [0, 0, 1, 1]


def test_trim_cuts_whiskers_and_leaves_squares() -> None:
    ids = island(6)
    ids[10, 13:18] = 1
    paint = np.array([0, 2], np.int32)
    after = trim(ids, paint, colours_of(island(6), paint), THREE_PAINTS, 3)
    assert not after[10, 15:18].any()
    assert after[island(6) == 1].all()


def test_trim_of_a_picture_narrower_than_the_width_changes_nothing() -> None:
    ids = np.array([[0, 0, 1, 1]], np.int32)
    paint = np.array([0, 1], np.int32)
    assert np.array_equal(trim(ids, paint, colours_of(ids, paint), THREE_PAINTS, 3), ids)


def test_the_deepest_place_of_each_region() -> None:
    ids = np.zeros((20, 30), np.int32)
    ids[4:11, 6:13] = 1
    centres, radius = deepest(ids, 2)
    assert centres[1].tolist() == [9.5, 7.5]
    assert radius[1] == 3.5
    assert radius[0] == pytest.approx(8.5, abs=0.3)
