from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import label

from pbn.core.segment import patches, segment
from pbn.core.values import I32, IndexedImage
from tests.helpers.maps import SHAPES, paints, random_index


def test_patches_join_by_sides_only_and_are_numbered_as_rows_meet_them() -> None:
    index = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0]], np.uint8)
    ids, value = patches(index)
    assert ids.tolist() == [[0, 1, 2], [1, 1, 2], [3, 3, 4]]
    assert value.tolist() == [1, 0, 1, 1, 0]
    assert ids.dtype == value.dtype == np.int32


def test_paint_nought_is_no_background() -> None:
    ids, value = patches(np.zeros((2, 3), np.uint8))
    assert ids.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert value.tolist() == [0]


def test_a_region_map_has_the_palette_of_its_picture() -> None:
    palette = paints(3)
    regions = segment(IndexedImage(np.array([[2, 2, 0]], np.uint8), palette))
    assert regions.palette is palette
    assert regions.paint.tolist() == [2, 0]


def test_one_pixel_is_one_region() -> None:
    assert patches(np.array([[5]], np.uint8))[1].tolist() == [5]


@given(st.integers(0, 2**20), st.sampled_from(("noise", "blobs", *SHAPES)))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_patches_are_those_of_scikit_image(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, rng.integers(2, 20), rng.integers(1, 40, 2)).astype(np.uint8)
    index = noise if kind == "noise" else random_index(seed, kind)[0]
    ids, value = patches(index)
    assert np.array_equal(ids, label(index.astype(int), background=-1, connectivity=1) - 1)  # type: ignore[no-untyped-call]
    assert np.array_equal(value[ids], index)


def test_long_winding_patches_are_one() -> None:
    index: I32 = np.zeros((41, 41), np.int32)
    for k in range(0, 20, 2):  # nested rings, each opened to the next
        index[k : 41 - k, k : 41 - k] = 1
        index[k + 1 : 40 - k, k + 1 : 40 - k] = 0
        index[k + 1, k + 1 + k % 4] = 1
    assert np.array_equal(patches(index)[0], label(index, background=-1, connectivity=1) - 1)  # type: ignore[no-untyped-call]
