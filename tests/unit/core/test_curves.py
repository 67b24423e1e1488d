"""Curves: flattening, joining, polygons."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pbn.core.curves import flatten, on_grid, polygons, ring_points, scaled
from pbn.core.values import F64, OUTSIDE, Arc, ArcGraph

QUARTER = 0.5522847498307936
"""Handle length of the cubic that best follows a quarter of the unit circle."""

numbers = st.floats(-50, 50, allow_nan=False, width=32)
chains = st.integers(1, 5).flatmap(
    lambda k: st.lists(st.tuples(numbers, numbers), min_size=3 * k + 1, max_size=3 * k + 1)
)


def bezier(chain: F64, n: int) -> F64:
    """De Casteljau's points of every Bezier of a chain, n to each."""
    t = np.linspace(0, 1, n)[:, None]
    out = []
    for k in range(0, len(chain) - 1, 3):
        level = [np.broadcast_to(p, (n, 2)) for p in chain[k : k + 4]]
        while len(level) > 1:
            level = [(1 - t) * a + t * b for a, b in pairwise(level)]
        out.append(level[0])
    return np.concatenate(out)


def straight(*corners: tuple[float, float]) -> F64:
    """A polyline as cubic control points."""
    c = np.array(corners, float)
    thirds = [a + (b - a) * f for a, b in pairwise(c) for f in (0, 1 / 3, 2 / 3)]
    return np.array([*thirds, c[-1]])


def two_halves() -> ArcGraph:
    """A 4 x 2 picture cut by one upright border; region 0 on the left."""
    middle = straight((2, 0), (2, 2))
    left = straight((2, 2), (0, 2), (0, 0), (2, 0))
    right = straight((2, 0), (4, 0), (4, 2), (2, 2))
    arcs = (Arc(middle, 1, 0), Arc(left, OUTSIDE, 0), Arc(right, OUTSIDE, 1))
    return ArcGraph(arcs, (((0, 1),), ((2, ~0),)), 4.0, 2.0, 3)


def test_a_straight_bezier_is_one_chord() -> None:
    assert flatten(straight((0, 0), (3, 0)), 0.01).tolist() == [[0, 0], [3, 0]]


def test_a_quarter_circle_stays_within_the_tolerance() -> None:
    q = np.array([(1, 0), (1, QUARTER), (QUARTER, 1), (0, 1)])
    flat = flatten(q, 1e-3)
    middles = (flat[1:] + flat[:-1]) / 2
    assert np.abs(np.hypot(*middles.T) - 1).max() <= 1e-3 + 3e-4  # the cubic itself is 2.7e-4 off
    assert 5 < len(flat) < 40


@given(chains, st.sampled_from([1.0, 0.1, 0.01]))
def test_no_point_of_the_curve_strays(points: list[tuple[float, float]], tolerance: float) -> None:
    chain = np.array(points, float)
    flat = flatten(chain, tolerance)
    line = shapely.LineString(flat)
    far = shapely.distance(line, shapely.points(bezier(chain, 33)))
    assert far.max() <= tolerance * (1 + 1e-6) + 1e-9


@given(chains)
def test_reversed_curves_give_the_same_points(points: list[tuple[float, float]]) -> None:
    chain = np.array(points, float)
    assert np.array_equal(flatten(chain[::-1], 0.05), flatten(chain, 0.05)[::-1])


@given(chains)
def test_joints_and_ends_are_kept_exactly(points: list[tuple[float, float]]) -> None:
    chain = np.array(points, float)
    flat = {tuple(p) for p in flatten(chain, 0.5)}
    assert all(tuple(p) in flat for p in chain[::3])


def test_ring_points_join_arcs_either_way() -> None:
    graph = two_halves()
    ring = ring_points([arc.points for arc in graph.arcs], graph.rings[1][0])
    assert (len(ring) - 1) % 3 == 0
    assert ring[0].tolist() == ring[-1].tolist() == [2, 0]
    assert ring[::3].tolist() == [[2, 0], [4, 0], [4, 2], [2, 2], [2, 0]]


@pytest.mark.parametrize("tolerance", [0.5, 0.01])
def test_polygons_cover_the_picture(tolerance: float) -> None:
    made = polygons(two_halves(), tolerance)
    assert shapely.area(made).tolist() == [4, 4]
    assert shapely.coverage_is_valid(made)


def test_a_hole_is_a_hole() -> None:
    # fmt: off
    inner = np.array(
        [
            (3, 2), (3, 2 + QUARTER), (2 + QUARTER, 3),
            (2, 3), (2 - QUARTER, 3), (1, 2 + QUARTER),
            (1, 2), (1, 2 - QUARTER), (2 - QUARTER, 1),
            (2, 1), (2 + QUARTER, 1), (3, 2 - QUARTER), (3, 2),
        ],
        float,
    )
    # fmt: on
    frame = straight((0, 0), (4, 0), (4, 4), (0, 4), (0, 0))
    graph = ArcGraph((Arc(frame, OUTSIDE, 0), Arc(inner, 0, 1)), (((0,), (~1,)), ((1,),)), 4.0, 4.0, 3)
    ring, disc = polygons(graph, 1e-4)
    assert len(ring.interiors) == 1
    assert ring.area + disc.area == pytest.approx(16, abs=1e-12)
    assert disc.area == pytest.approx(np.pi, abs=2e-3)


def test_a_polyline_graph_is_taken_as_it_is() -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], float)
    made = polygons(ArcGraph((Arc(square, OUTSIDE, 0),), (((0,),),), 1.0, 1.0), 0.1)
    assert made[0].area == 1


def test_scaled_keeps_all_but_the_unit() -> None:
    graph = two_halves()
    big = scaled(graph, 2.5)
    assert (big.width, big.height, big.degree, big.rings) == (10.0, 5.0, 3, graph.rings)
    assert shapely.area(polygons(big, 0.01)).tolist() == [25, 25]


def test_points_on_a_grid_stay_near_and_the_frame_straight() -> None:
    chain = np.array([(0.12345, 0), (1, 0), (2, 0), (3.2, 0), (3.21, 1.5), (5, 2.25), (7.00049, 9.9)])
    graph = on_grid(ArcGraph((Arc(chain, 0, OUTSIDE),), (), 7.00049, 9.9, degree=3), 1000)
    points = graph.arcs[0].points
    assert np.array_equal(points, np.rint(points * 1000) / 1000)
    assert np.abs(points - chain).max() <= 0.0015 + 1e-9
    assert np.all(points[:4, 1] == 0)
    assert (graph.width, graph.height) == (7.0, 9.9)


@given(chains, st.integers(2, 64))
def test_points_of_curves_on_a_grid_round_alike_in_both_directions(
    chain: list[tuple[float, float]], n: int
) -> None:
    control = np.array(chain)
    kept = on_grid(ArcGraph((Arc(control, 0, 1),), (), 9.0, 9.0, degree=3), 100).arcs[0].points
    t = np.linspace(0, 1, n + 1)[:, None]
    for a, b, c, d in zip(kept[:-1:3], kept[1::3], kept[2::3], kept[3::3], strict=True):
        there = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        back = (1 - t) ** 3 * d + 3 * (1 - t) ** 2 * t * c + 3 * (1 - t) * t**2 * b + t**3 * a
        assert np.array_equal(np.rint(there * 100), np.rint(back[::-1] * 100))
