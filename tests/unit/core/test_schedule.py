from __future__ import annotations

import numpy as np
import pytest

from pbn.core.schedule import merge_cheapest
from pbn.core.values import F32, F64, I32

PAINTS: F64 = np.array([[0.0, 0, 0], [10.0, 0, 0], [50.0, 0, 0]])


def _stripes(levels: list[float], width: int = 2) -> tuple[I32, F32]:
    """Stripes of the given colours, each its own region."""
    ids = np.repeat(np.arange(len(levels), dtype=np.int32), width)[None].repeat(3, axis=0)
    colours = np.zeros((*ids.shape, 3), np.float32)
    colours[..., 0] = np.array(levels, np.float32)[ids]
    return ids, colours


def test_the_likest_neighbours_go_first() -> None:
    ids, colours = _stripes([0, 10, 50])
    merged, paint = merge_cheapest(ids, np.array([0, 1, 2], np.int32), colours, PAINTS, least=2)
    assert merged[0].tolist() == [0, 0, 0, 0, 1, 1]
    assert paint.tolist() == [0, 2]


def test_it_stops_at_the_cost_given() -> None:
    ids, colours = _stripes([0, 10, 50])
    before = np.array([0, 1, 2], np.int32)
    # 6 pixels x 10^2 over a border of 3 is 200
    assert len(merge_cheapest(ids, before, colours, PAINTS, least=1, most_cost=199)[1]) == 3
    assert len(merge_cheapest(ids, before, colours, PAINTS, least=1, most_cost=201)[1]) == 2


def test_a_region_less_is_worth_some_border_too() -> None:
    ids, colours = _stripes([0, 10, 50])
    before = np.array([0, 1, 2], np.int32)
    # 6 pixels x 10^2 over a border of 3 and 3 for the region is 100
    for most_cost, left in ((99, 3), (101, 2)):
        assert (
            len(merge_cheapest(ids, before, colours, PAINTS, least=1, most_cost=most_cost, each=3)[1]) == left
        )


def test_the_union_takes_the_paint_that_suits_it_better() -> None:
    ids = np.array([[0, 0, 0, 0, 1]], np.int32)
    colours = np.zeros((1, 5, 3), np.float32)
    colours[0, :, 0] = [10, 10, 10, 10, 0]
    _, paint = merge_cheapest(ids, np.array([1, 0], np.int32), colours, PAINTS, least=1)
    assert paint.tolist() == [1]


def test_neighbours_of_one_paint_cost_nothing_to_merge() -> None:
    ids, colours = _stripes([0, 0, 50])
    merged, _ = merge_cheapest(ids, np.array([0, 0, 2], np.int32), colours, PAINTS, least=1, most_cost=0)
    assert merged[0].tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("least", [1, 2, 5, 11, 40])
def test_the_number_asked_for_is_reached(least: int) -> None:
    rng = np.random.default_rng(3)
    ids = np.arange(64, dtype=np.int32).reshape(8, 8)
    colours = rng.uniform(0, 50, (8, 8, 3)).astype(np.float32)
    merged, paint = merge_cheapest(ids, rng.integers(0, 3, 64).astype(np.int32), colours, PAINTS, least=least)
    assert len(paint) == least
    assert np.unique(merged).tolist() == list(range(least))


def test_one_region_is_left_alone() -> None:
    ids = np.zeros((2, 2), np.int32)
    merged, paint = merge_cheapest(
        ids, np.array([1], np.int32), np.zeros((2, 2, 3), np.float32), PAINTS, least=1
    )
    assert merged.tolist() == ids.tolist()
    assert paint.tolist() == [1]
