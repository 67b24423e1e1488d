from __future__ import annotations

import numpy as np
import pytest

from pbn.core.merge import merge
from pbn.core.values import Image, Paint, Palette, RegionMap
from tests.helpers.maps import painted, paints, region_map


def _ground(side: int = 40) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.zeros((side, side), np.uint8)


def _merged(
    index: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], k: int = 3, **options: object
) -> RegionMap:
    regions = region_map(index, k)
    return merge(regions, painted(index, regions.palette, noise=4), brush_px=4.8, **options)  # type: ignore[arg-type]


def test_large_plain_regions_stay_as_they_are() -> None:
    index = _ground()
    index[10:30, 12:28], index[:, 34:] = 1, 2
    after = _merged(index)
    same = after.palette.rgb[after.paint[after.ids]] == paints(3).rgb[index]
    assert len(after.paint) == 3
    assert same.all(axis=2).mean() > 0.98


def test_a_strong_accent_of_the_brushs_size_stays() -> None:
    index = _ground()
    index[17:22, 17:22] = 2
    assert len(_merged(index).paint) == 2


def test_hairs_and_specks_go() -> None:
    index = _ground()
    index[:, 20] = 1
    index[5, 5] = 2
    assert len(_merged(index).paint) == 1


def test_contrast_decides_what_a_patch_must_differ_by() -> None:
    index = _ground()
    index[15:25, 15:25] = 1
    palette = Palette((Paint(1, (128, 128, 128)), Paint(2, (116, 116, 116))))
    image = painted(index, palette, noise=0)
    base = region_map(index, 2)
    regions = RegionMap(base.ids, base.paint, palette)
    kept = [len(merge(regions, image, brush_px=4.8, contrast=c).paint) for c in (1.0, 30.0)]
    assert kept == [2, 1]


def test_a_bridge_thinner_than_the_brush_is_cut() -> None:
    index = _ground()
    index[10:22, 4:14] = index[10:22, 26:36] = 2
    index[16, 14:26] = 2
    after = _merged(index)
    dark = after.paint[after.ids] == after.paint.max()
    assert not dark[16, 18:22].any()
    assert len(after.paint) == 3


def test_paints_no_longer_used_leave_and_the_others_keep_order_and_names() -> None:
    index = _ground()
    index[:, 20:] = 2
    palette = Palette(
        (Paint(1, (250, 250, 250), "white"), Paint(2, (128, 128, 128)), Paint(3, (5, 5, 5), "black"))
    )
    base = region_map(index, 3)
    after = merge(RegionMap(base.ids, base.paint, palette), painted(index, palette, noise=0), brush_px=4.8)
    assert [(p.number, p.name) for p in after.palette.paints] == [(1, "white"), (2, "black")]
    assert sorted(after.paint.tolist()) == [0, 1]


@pytest.mark.parametrize("target", [1, 2, 5, 12])
def test_the_number_of_regions_asked_for_is_the_most(target: int) -> None:
    y, x = np.mgrid[:60, :60]
    index = ((y // 12 + x // 12) % 3).astype(np.uint8)
    after = _merged(index, target_regions=target)
    assert 1 <= len(after.paint) <= target
    if target == 1:
        assert not after.ids.any()


def test_values_given_are_left_as_they_were() -> None:
    index = _ground()
    index[3:5, 3:30] = 1
    regions = region_map(index, 2)
    image = painted(index, regions.palette)
    ids, pixels = regions.ids.copy(), image.pixels.copy()
    merge(regions, image, brush_px=4.8)
    assert np.array_equal(regions.ids, ids)
    assert np.array_equal(image.pixels, pixels)


@pytest.mark.parametrize("shape", [(1, 1), (1, 80), (80, 1), (2, 50), (4, 4)])
def test_a_picture_with_no_room_for_the_brush_is_one_region(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    index = rng.integers(0, 3, shape).astype(np.uint8)
    after = merge(
        region_map(index, 3), Image(rng.integers(0, 256, (*shape, 3)).astype(np.uint8)), brush_px=4.8
    )
    assert after.paint.tolist() == [0]
    assert len(after.palette) == 1
