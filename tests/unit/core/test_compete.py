from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pbn.core.compete import AROUND, KEEPS_WHOLE, compete
from pbn.core.segment import patches
from pbn.core.values import F32, F64, I32
from tests.helpers.maps import random_index

PAINTS: F64 = np.array([[0.0, 0, 0], [50.0, 0, 0]])


def _bits(own: list[list[int]]) -> int:
    block = np.array(own)
    return sum(int(block[1 + dy, 1 + dx]) << k for k, (dy, dx) in enumerate(AROUND))


@pytest.mark.parametrize(
    ("own", "whole"),
    [
        ([[1, 1, 1], [0, 1, 0], [0, 0, 0]], True),  # at the end of a straight border
        ([[0, 1, 0], [0, 1, 0], [0, 1, 0]], False),  # a bridge
        ([[1, 1, 0], [1, 1, 0], [0, 0, 0]], True),  # a corner
        ([[0, 1, 0], [1, 1, 0], [0, 0, 0]], False),  # a bend that no diagonal pixel holds
        ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], False),  # all there is
        ([[1, 0, 0], [0, 1, 0], [0, 0, 0]], False),  # all there is on this side
        ([[1, 0, 0], [0, 1, 1], [0, 0, 0]], True),  # a tip; the corner belongs to it no more
        ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], True),
    ],
)
def test_a_pixel_may_go_when_its_neighbours_stay_one(own: list[list[int]], whole: bool) -> None:  # noqa: FBT001
    assert KEEPS_WHOLE[_bits(own)] == whole


def test_the_table_is_what_labelling_the_ring_says() -> None:
    for bits in range(255):  # with all eight there is no ring of others
        block = np.zeros((3, 3), int)
        for k, (dy, dx) in enumerate(AROUND):
            block[1 + dy, 1 + dx] = bits >> k & 1
        parts, _ = ndimage.label(block)
        sides = {int(parts[1 + dy, 1 + dx]) for dy, dx in AROUND[:4]} - {0}
        assert KEEPS_WHOLE[bits] == (len(sides) == 1)


def _noisy(index: I32, seed: int) -> F32:
    noise = np.random.default_rng(seed).normal(0, 12, (*index.shape, 3))
    return (PAINTS[index] + noise).astype(np.float32)


def test_a_ragged_border_comes_to_where_the_picture_has_it() -> None:
    truth = np.zeros((24, 24), np.int32)
    truth[:, 12:] = 1
    start = truth.copy()
    start[::3, 12:15] = 0
    start[1::3, 9:12] = 1
    keep = np.zeros(start.shape, np.bool_)
    keep[5, 3] = keep[5, 20] = True
    after = compete(start, np.array([0, 1], np.int32), _noisy(truth, 0), PAINTS, keep=keep, smoothness=300.0)
    assert np.array_equal(after, truth)


@given(st.integers(0, 2**20), st.floats(0, 2000))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_no_region_falls_apart_or_loses_what_it_keeps(seed: int, smoothness: float) -> None:
    index, _ = random_index(seed, "blobs")
    ids, value = patches(index)
    paint = value % 2
    rng = np.random.default_rng(seed)
    keep = rng.random(ids.shape) < 0.05
    first = np.unique(ids, return_index=True)[1]
    keep.ravel()[first] = True
    colours = rng.uniform(0, 50, (*ids.shape, 3)).astype(np.float32)
    after = compete(ids, paint.astype(np.int32), colours, PAINTS, keep=keep, smoothness=smoothness)
    assert np.array_equal(after[keep], ids[keep])
    for region in range(len(value)):
        assert ndimage.label(after == region)[1] == 1


def test_what_is_kept_whole_stays() -> None:
    ids = np.repeat(np.array([0, 0, 1, 1], np.int32)[None], 4, axis=0)
    colours = np.full((4, 4, 3), 50, np.float32)
    after = compete(
        ids,
        np.array([0, 1], np.int32),
        colours,
        PAINTS,
        keep=np.ones(ids.shape, np.bool_),
        smoothness=1.0,
    )
    assert np.array_equal(after, ids)
