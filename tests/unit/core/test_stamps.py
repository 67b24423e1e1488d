from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pbn.core.paintable import Need, depth
from pbn.core.stamps import Stamps, carried, found, kept, stamps
from pbn.core.values import I32
from tests.helpers.maps import SHAPES, fits, random_index, region_map

NEED = Need(4.8, (5.6, 3.7))

maps = st.integers(0, 2**20), st.sampled_from(("blobs", *SHAPES))
some = settings(max_examples=60, deadline=None, derandomize=True)


def _map(seed: int, kind: str) -> I32:
    return region_map(*random_index(seed, kind)).ids


def _stamps(ids: I32, need: Need = NEED) -> Stamps:
    return stamps(ids, depth(ids), need, int(ids.max()) + 1)


def _none(n: int) -> Stamps:
    return Stamps(np.full((3, n), -1, np.int64), np.zeros((3, n), np.float32))


def test_a_stamp_lies_where_its_region_is_deepest() -> None:
    ids = np.zeros((20, 30), np.int32)
    ids[4:11, 6:13] = 1
    made = _stamps(ids, Need(5.0, (4.4, 3.0)))
    assert made.at[:, 1].tolist() == [7 * 30 + 9, -1, -1]
    assert made.depth[0, 1] == 3.5


def test_a_region_too_narrow_for_the_disc_has_the_brush_and_the_number_apart() -> None:
    ids = np.zeros((20, 30), np.int32)
    ids[8:13, 4:26] = 1
    made = _stamps(ids)
    assert (made.at[:, 1] >= 0).tolist() == [False, True, True]
    assert made.fit.all()


@given(*maps)
@some
def test_regions_with_stamps_are_those_that_fit(seed: int, kind: str) -> None:
    ids = _map(seed, kind)
    assert np.array_equal(_stamps(ids).fit, fits(ids, NEED, int(ids.max()) + 1))


@given(*maps)
@some
def test_regions_looked_at_one_by_one_have_what_they_have_in_the_map(seed: int, kind: str) -> None:
    ids = _map(seed, kind)
    n = int(ids.max()) + 1
    one_by_one = found(_none(n), ids, NEED)
    assert np.array_equal(one_by_one.fit, fits(ids, NEED, n))
    again = carried(one_by_one, ids, NEED, n)
    assert np.array_equal(again.fit, one_by_one.fit)


@given(*maps)
@some
def test_stamps_keep_every_fit_region_fit_when_all_else_is_lost(seed: int, kind: str) -> None:
    ids = _map(seed, kind)
    n, made = int(ids.max()) + 1, _stamps(ids)
    lost = np.where(kept(made, NEED, ids.shape), ids, n).astype(np.int32)
    assert fits(lost, NEED, n + 1)[:n][made.fit].all()


@given(*maps, st.integers(0, 2**20))
@some
def test_stamps_carried_to_another_map_are_whole_there(seed: int, kind: str, other: int) -> None:
    ids = _map(seed, kind)
    cut = ids.copy()
    row, col = (int(np.random.default_rng(other).integers(0, side)) for side in ids.shape)
    cut[row:, :col] = 0  # a new region over some, and what is left of the others
    n = int(ids.max()) + 1
    left = carried(_stamps(ids), cut, NEED, n)
    fit = fits(cut, NEED, n)
    assert not np.any(left.fit & ~fit)
    assert np.array_equal(found(left, cut, NEED).fit[np.unique(cut)], fit[np.unique(cut)])


def test_of_the_stamps_of_regions_that_become_one_the_deepest_stays() -> None:
    ids = np.zeros((30, 40), np.int32)
    ids[:, 10:] = 1
    had = _stamps(ids)
    one = carried(had, np.zeros_like(ids), NEED, 1)
    assert one.at[0].tolist() == [had.at[0, 1]]
    assert one.fit.all()
