from __future__ import annotations

import numpy as np
import pytest

from pbn.core.adjacency import contacts, in_margin, neighbours, stats, with_margin

IDS = np.array([[0, 0, 1], [2, 0, 1], [2, 2, 2]], np.int32)


def test_contacts_are_pairs_with_the_edges_they_share() -> None:
    c = contacts(IDS)
    assert list(zip(c.first.tolist(), c.second.tolist(), c.length.tolist(), strict=True)) == [
        (0, 1, 2),
        (0, 2, 3),
        (1, 2, 1),
    ]


def test_regions_that_meet_at_a_corner_only_are_no_neighbours() -> None:
    c = contacts(np.array([[0, 1], [2, 3]], np.int32))
    assert (0, 3) not in set(zip(c.first.tolist(), c.second.tolist(), strict=True))


def test_neighbours_are_those_beside_the_pixels_asked_for() -> None:
    padded = with_margin(IDS)

    def beside(*pixels: int) -> list[tuple[int, int]]:
        here, there = neighbours(in_margin(np.array(pixels), 3), padded.take, 5, 3)
        return list(zip(here.tolist(), there.tolist(), strict=True))

    assert beside(0) == [(0, 2)]
    assert beside(2, 4) == [(0, 1), (0, 2), (1, 0)]
    assert beside(*range(9)) == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]


def test_one_region_has_no_neighbours() -> None:
    assert len(contacts(np.zeros((3, 3), np.int32)).first) == 0
    assert len(contacts(np.zeros((1, 1), np.int32)).first) == 0


def test_stats_are_areas_and_mean_colours() -> None:
    colours = np.arange(27, dtype=np.float32).reshape(3, 3, 3)
    s = stats(IDS, colours, 3)
    assert s.area.tolist() == [3, 2, 4]
    assert s.mean[1].tolist() == pytest.approx(colours[IDS == 1].mean(axis=0).tolist())


def test_paint_cost_is_what_painting_adds_to_the_variance() -> None:
    colours = np.random.default_rng(0).random((3, 3, 3)).astype(np.float32)
    s = stats(IDS, colours, 3)
    paints = np.full((3, 3), 0.25)
    for r in range(3):
        mine = colours[r == IDS].astype(np.float64)
        painted = ((mine - 0.25) ** 2).sum()
        own = ((mine - mine.mean(axis=0)) ** 2).sum()
        assert s.paint_cost(paints)[r] == pytest.approx(painted - own, rel=1e-5)


def test_pixels_may_count_for_more_or_less() -> None:
    colours = np.zeros((3, 3, 3), np.float32)
    colours[..., 0] = [[1, 3, 0], [0, 5, 0], [0, 0, 0]]
    weight = np.array([[2, 1, 1], [1, 0.5, 1], [1, 1, 1]], np.float32)
    s = stats(IDS, colours, 3, weight)
    assert s.area.tolist() == [3.5, 2, 4]
    assert s.mean[0, 0] == pytest.approx((2 * 1 + 3 + 0.5 * 5) / 3.5)


def test_stats_of_no_pixels_are_nought() -> None:
    s = stats(np.empty(0, np.int32), np.empty((0, 3), np.float32), 2)
    assert s.area.tolist() == [0, 0]
    assert s.mean.tolist() == [[0, 0, 0], [0, 0, 0]]
