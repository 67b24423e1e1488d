from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pbn.core.strokes import Net, net_of
from pbn.core.trace import trace
from pbn.core.values import OUTSIDE
from tests.helpers.maps import random_index, region_map


def _net(index: list[list[int]] | np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Net:
    return net_of(trace(region_map(np.array(index, np.uint8))))


def test_an_island_is_one_closed_stroke_through_the_middles_of_its_edges() -> None:
    net = _net([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    (stroke,) = net.strokes
    assert stroke.closed
    assert net.place[stroke.points].tolist() == [[1.5, 1], [2, 1.5], [1.5, 2], [1, 1.5]]
    assert not net.fixed[stroke.points].any()


def test_the_frame_is_fixed_and_no_stroke() -> None:
    net = _net(np.zeros((4, 5), np.uint8))
    assert len(net.strokes) == 0
    assert net.fixed.all()
    assert sorted(map(tuple, net.place.tolist())) == [(0, 0), (0, 4), (5, 0), (5, 4)]


def test_where_a_border_ends_on_another_the_other_goes_straight_on() -> None:
    index = np.zeros((12, 12), np.uint8)
    index[6:] = 1
    index[:6, 6:] = 2
    net = _net(index)
    assert sorted(len(s.points) > 10 for s in net.strokes) == [False, True]
    through = max(net.strokes, key=lambda s: len(s.points))
    assert net.place[through.points][[0, -1], 1].tolist() == [6, 6]
    node = int(np.flatnonzero((net.place == (6, 6)).all(axis=1))[0])
    assert node in through.points[1:-1].tolist()
    assert not net.fixed[node]


def test_where_four_regions_meet_one_border_goes_through() -> None:
    index = np.zeros((12, 12), np.uint8)
    index[:6, 6:], index[6:, :6], index[6:, 6:] = 1, 2, 3
    net = _net(index)
    assert sorted(len(s.points) > 10 for s in net.strokes) == [False, False, True]
    assert not net.fixed[(net.place == (6, 6)).all(axis=1)].any()
    assert net.fixed[(net.place == (6, 0)).all(axis=1)].all()


@given(st.integers(0, 2**20))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_every_inner_arc_is_in_one_stroke_and_every_point_in_the_net(seed: int) -> None:
    graph = trace(region_map(*random_index(seed)))
    net = net_of(graph)
    through = np.zeros(len(net.place), int)
    for s in net.strokes:
        np.add.at(through, s.points if s.closed else s.points[1:-1], 1)
    frame = np.array([OUTSIDE in (a.left, a.right) for a in graph.arcs])
    for arc, points, on_frame in zip(graph.arcs, net.arcs, frame, strict=True):
        inner = points[1:-1] if arc.points[0].tolist() == net.place[points[0]].tolist() else points[:-1]
        assert np.all(through[inner] == (0 if on_frame else 1))
    on_frame_points = np.concatenate([net.arcs[k] for k in np.flatnonzero(frame)])
    assert net.fixed[on_frame_points].all()
    assert {*net.region.tolist()} == set(range(len(graph.rings)))
    assert len({tuple(p) for p in net.place.tolist()}) == len(net.place)
