from __future__ import annotations

import numpy as np

from pbn.core.segment import patches, segment
from pbn.core.values import IndexedImage
from tests.helpers.maps import paints


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
