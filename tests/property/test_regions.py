"""What holds of the regions that `pbn.core.merge` leaves, whatever the map was."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pbn.core.corners import crossings
from pbn.core.curves import polygons
from pbn.core.merge import merge
from pbn.core.paintable import Need
from pbn.core.segment import patches
from pbn.core.trace import trace
from pbn.core.values import F64, I32, Image, RegionMap
from tests.helpers.maps import PICTURES, SHAPES, fits, painted, paints, random_index, region_map, working

BRUSHES = (3.0, 4.8, 6.3)
NUMBERS = ((0.0, 0.0), (5.6, 3.7), (7.0, 5.0))

seeds = st.integers(0, 2**20)
kinds = st.sampled_from(("blobs", *SHAPES))
many = settings(max_examples=300, deadline=None, derandomize=True)


def assert_is_a_partition(regions: RegionMap) -> None:
    """Regions are the 4-connected patches of their paints, so neighbours differ; ids have no gaps."""
    ids = regions.ids
    assert np.array_equal(np.unique(ids), np.arange(len(regions.paint)))
    _, value = patches(regions.paint[ids])
    assert len(value) == len(regions.paint)
    for a, b in ((ids[1:], ids[:-1]), (ids[:, 1:], ids[:, :-1])):
        assert not np.any((a != b) & (regions.paint[a] == regions.paint[b]))


def assert_is_the_same(a: RegionMap, b: RegionMap) -> None:
    assert np.array_equal(a.ids, b.ids)
    assert np.array_equal(a.paint, b.paint)
    assert a.palette == b.palette


def largest_circles(regions: RegionMap) -> F64:
    shapes = polygons(trace(regions), 1.0)
    return 2 * np.asarray(shapely.length(shapely.maximum_inscribed_circle(shapes, tolerance=0.01)))


def assert_can_be_painted(regions: RegionMap, brush_px: float, number_px: tuple[float, float]) -> None:
    if len(regions.paint) > 1:
        assert largest_circles(regions).min() >= brush_px
        assert fits(regions.ids, Need(brush_px, number_px), len(regions.paint)).all()
        width, height = (max(1, math.ceil(v)) for v in number_px)
        for region in range(len(regions.paint)):
            mine = np.pad(regions.ids == region, 1)
            box = ndimage.binary_erosion(mine, np.ones((height, width)))
            disc = ndimage.distance_transform_edt(mine).max() - 0.5
            assert box.any() or disc >= math.hypot(*number_px) / 2
    assert len(crossings(regions.ids)) == 0


@given(seeds, kinds)
@many
def test_segmenting_partitions_any_map(seed: int, kind: str) -> None:
    index, k = random_index(seed, kind)
    regions = region_map(index, k)
    assert_is_a_partition(regions)
    assert np.array_equal(regions.paint[regions.ids], index)
    first: I32 = np.full(len(regions.paint), regions.ids.size, np.int32)
    np.minimum.at(first, regions.ids.ravel(), np.arange(regions.ids.size, dtype=np.int32))
    assert np.all(np.diff(first) > 0)


@given(
    seeds, kinds, st.sampled_from(BRUSHES), st.sampled_from(NUMBERS), st.sampled_from((None, None, 1, 3, 9))
)
@many
def test_merged_regions_can_be_painted(
    seed: int, kind: str, brush_px: float, number_px: tuple[float, float], target: int | None
) -> None:
    index, k = random_index(seed, kind)
    before = region_map(index, k)
    rng = np.random.default_rng(seed)
    detail = None if seed % 2 else rng.uniform(0.2, 12, index.shape).astype(np.float32)
    after, again = (
        merge(
            before,
            painted(index, before.palette, seed),
            brush_px=brush_px,
            number_px=number_px,
            target_regions=target,
            detail=detail,
        )
        for _ in range(2)
    )
    assert_is_the_same(after, again)
    assert after.ids.shape == index.shape
    assert_is_a_partition(after)
    assert_can_be_painted(after, brush_px, number_px)
    assert np.array_equal(np.unique(after.paint), np.arange(len(after.palette)))
    kept = [p.rgb for p in after.palette.paints]
    assert kept == [p.rgb for p in before.palette.paints if p.rgb in kept]
    if target:
        assert len(after.paint) <= target


@given(seeds, kinds)
@many
def test_merging_is_repeatable(seed: int, kind: str) -> None:
    index, k = random_index(seed, kind)
    before = region_map(index, k)
    image = painted(index, before.palette, seed)
    once, again = (merge(before, image, brush_px=4.8) for _ in range(2))
    assert_is_the_same(once, again)


@pytest.mark.parametrize("name", PICTURES)
def test_merged_regions_of_pictures_are_nearly_left_alone(name: str) -> None:
    """Not so for each random map: of a few regions in noise a further merging may move most."""
    before, image = working(name, 180, 4.8)
    once = merge(before, image, brush_px=4.8)
    twice = merge(once, image, brush_px=4.8)
    assert abs(len(once.paint) - len(twice.paint)) <= 0.05 * len(once.paint)
    changed = twice.palette.rgb[twice.paint[twice.ids]] != once.palette.rgb[once.paint[once.ids]]
    assert changed.any(axis=-1).mean() <= 0.03


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("target", [None, 20])
def test_regions_of_pictures_can_be_painted(name: str, target: int | None) -> None:
    before, image = working(name, 180, 4.8)
    after = merge(before, image, brush_px=4.8, number_px=(5.6, 3.7), target_regions=target)
    assert_is_a_partition(after)
    assert_can_be_painted(after, 4.8, (5.6, 3.7))
    assert 2 <= len(after.paint) <= (target or len(before.paint))


@given(st.integers(1, 7), st.integers(1, 7), seeds)
@many
def test_a_picture_smaller_than_the_brush_is_one_region(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    index = rng.integers(0, 3, (height, width)).astype(np.uint8)
    before = region_map(index, 3)
    image = Image(rng.integers(0, 256, (height, width, 3)).astype(np.uint8))
    after = merge(before, image, brush_px=8.0, number_px=(5.6, 3.7))
    assert len(after.paint) == 1
    assert len(after.palette) == 1
    assert not after.ids.any()


def test_one_colour_stays_one_region() -> None:
    before = region_map(np.zeros((30, 40), np.uint8))
    after = merge(before, painted(np.zeros((30, 40), np.uint8), paints(1)), brush_px=4.8)
    assert len(after.paint) == 1
