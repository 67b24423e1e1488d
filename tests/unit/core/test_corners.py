from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pbn.core.corners import crossings, uncross
from pbn.core.segment import patches
from pbn.core.values import F64
from tests.helpers.maps import random_index

PAINTS: F64 = np.array([[0.0, 0, 0], [50.0, 0, 0], [99.0, 0, 0]])


def test_a_region_that_meets_itself_at_a_corner_is_a_crossing() -> None:
    assert crossings(np.array([[0, 1], [2, 0]], np.int32)).tolist() == [[0, 0]]
    assert crossings(np.array([[1, 0], [0, 2]], np.int32)).tolist() == [[0, 0]]


def test_three_or_four_regions_at_a_corner_are_none() -> None:
    assert len(crossings(np.array([[0, 1], [2, 3]], np.int32))) == 0
    assert len(crossings(np.array([[0, 1], [0, 2]], np.int32))) == 0
    assert len(crossings(np.array([[0, 0], [0, 1]], np.int32))) == 0
    assert len(crossings(np.zeros((1, 9), np.int32))) == 0


def test_a_crossing_is_opened_where_it_costs_least() -> None:
    ids = np.array([[0, 0, 0, 0], [0, 1, 2, 0], [0, 2, 2, 0], [0, 0, 0, 0]], np.int32)
    ids[1, 1], ids[1, 2], ids[2, 1], ids[2, 2] = 0, 1, 2, 0
    paint = np.array([0, 1, 2], np.int32)
    colours = PAINTS[paint[ids]].astype(np.float32)
    colours[1, 1] = (45, 0, 0)  # nearly the paint of region 1
    after = uncross(ids, paint, colours, PAINTS, np.zeros(ids.shape, np.bool_))
    assert len(crossings(after)) == 0
    assert after[1, 1] == 1
    assert (after != ids).sum() == 1


def test_what_must_be_kept_is_kept_even_if_crossed() -> None:
    ids = np.array([[0, 1], [2, 0]], np.int32)
    paint = np.array([0, 1, 2], np.int32)
    colours = PAINTS[paint[ids]].astype(np.float32)
    assert np.array_equal(uncross(ids, paint, colours, PAINTS, np.ones((2, 2), np.bool_)), ids)


@given(st.integers(0, 2**20))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_region_falls_apart_or_vanishes(seed: int) -> None:
    ids, value = patches(random_index(seed, "blobs")[0])
    paint = (value % 3).astype(np.int32)
    colours = np.random.default_rng(seed).uniform(0, 99, (*ids.shape, 3)).astype(np.float32)
    before = ids.copy()
    after = uncross(ids, paint, colours, PAINTS, np.zeros(ids.shape, np.bool_))
    assert np.array_equal(ids, before)
    assert len(crossings(after)) <= len(crossings(ids))
    for region in range(len(value)):
        assert ndimage.label(after == region)[1] == 1
