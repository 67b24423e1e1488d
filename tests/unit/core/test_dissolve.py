from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pbn.core.adjacency import in_margin, neighbours, stats, with_margin
from pbn.core.dissolve import dissolve_unpaintable
from pbn.core.paintable import Need, cost_of_loss, depth, flood
from pbn.core.segment import patches
from pbn.core.stamps import stamps
from pbn.core.values import F32, F64, I32
from tests.helpers.maps import SHAPES, fits, random_index, region_map

PAINTS: F64 = np.array([[0.0, 0, 0], [10.0, 0, 0], [50.0, 0, 0]])


def _colours(ids: I32, paint: I32) -> F32:
    return PAINTS[paint[ids]].astype(np.float32)


def _dissolved(ids: I32, paint: I32, colours: F32, paints: F64, need: Need) -> tuple[I32, I32]:
    had = stamps(ids, depth(ids), need, len(paint))
    ids, paint, left = dissolve_unpaintable(ids, paint, colours, paints, need, had)
    assert np.array_equal(left.fit, fits(ids, need, len(paint)))
    return ids, paint


def _one_by_one(ids: I32, paint: I32, colours: F32, paints: F64, need: Need) -> tuple[I32, I32]:
    """The same with the whole map looked at in every round."""
    while True:
        n = len(paint)
        unfit = ~fits(ids, need, n)
        if not unfit.any() or n == 1:
            return ids, paint
        s = stats(ids, colours, n)
        every = in_margin(np.arange(ids.size), ids.shape[1])
        here, there = neighbours(every, with_margin(ids).take, ids.shape[1] + 2, n)
        cost = cost_of_loss(s.area, s.mean, paint, paints, here, there)
        loss = np.where(unfit, cost / np.sqrt(s.area), np.inf)
        rival = np.full(n, np.inf)
        np.minimum.at(rival, here, loss[there])
        goes = unfit & (loss < rival)
        if not goes.any():
            goes[np.argmin(loss)] = True
        if goes.all():
            goes[np.argmax(s.area)] = False
        ids, paint = patches(paint[flood(ids, goes[ids], paint, colours, paints)])


def test_what_does_not_fit_goes_to_its_neighbour() -> None:
    ids, paint = np.zeros((20, 20), np.int32), np.array([0, 1], np.int32)
    ids[8:11, 8:11] = 1
    after, left = _dissolved(ids, paint, _colours(ids, paint), PAINTS, Need(5.0))
    assert left.tolist() == [0]
    assert not after.any()


def test_each_pixel_goes_to_the_neighbour_that_suits_it() -> None:
    ids = np.repeat(np.array([0] * 6 + [1, 1] + [2] * 6, np.int32)[None], 8, axis=0)
    paint = np.array([0, 1, 2], np.int32)
    colours = _colours(ids, paint)
    colours[:, 6, 0], colours[:, 7, 0] = 5, 45
    after, left = _dissolved(ids, paint, colours, PAINTS, Need(5.0))
    assert left.tolist() == [0, 2]
    assert after[0].tolist() == [0] * 7 + [1] * 7


def test_a_map_in_which_nothing_fits_becomes_one_region() -> None:
    ids = np.arange(16, dtype=np.int32).reshape(4, 4)
    paint = np.arange(16, dtype=np.int32) % 3
    after, left = _dissolved(ids, paint, _colours(ids, paint), PAINTS, Need(9.0))
    assert len(left) == 1
    assert not after.any()


@given(st.integers(0, 2**20), st.sampled_from(("blobs", *SHAPES)), st.sampled_from((3.0, 4.8)))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_looking_at_unfit_regions_alone_comes_to_the_same(seed: int, kind: str, brush_px: float) -> None:
    index, k = random_index(seed, kind)
    rng = np.random.default_rng(seed)
    paints = rng.uniform(0, 60, (k, 3))
    colours = (paints[index] + rng.normal(0, 5, (*index.shape, 3))).astype(np.float32)
    regions = region_map(index, k)
    need = Need(brush_px, (5.6, 3.7))
    ids, paint = _dissolved(regions.ids, regions.paint, colours, paints, need)
    wanted_ids, wanted_paint = _one_by_one(regions.ids, regions.paint, colours, paints, need)
    if fits(regions.ids, need, len(regions.paint)).any():
        assert np.array_equal(patches(paint[ids])[0], wanted_ids)
        assert sorted(paint) == sorted(wanted_paint)
    else:  # which of equals is left may differ
        assert len(paint) == 1 or fits(ids, need, len(paint)).all()
