from __future__ import annotations

import numpy as np
import pytest
import shapely

from pbn.core.curves import polygons, ring_points
from pbn.core.trace import raster, trace
from pbn.core.values import OUTSIDE, ArcGraph
from tests.helpers.maps import SHAPES, random_index, region_map


def _traced(rows: list[list[int]]) -> ArcGraph:
    return trace(region_map(np.array(rows, np.uint8)))


def test_one_pixel_has_the_frames_four_sides() -> None:
    graph = _traced([[0]])
    assert len(graph.arcs) == 4
    assert all({a.left, a.right} == {OUTSIDE, 0} for a in graph.arcs)
    assert (graph.width, graph.height, graph.degree) == (1.0, 1.0, 1)
    assert ring_points([arc.points for arc in graph.arcs], graph.rings[0][0]).tolist() == [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
    ]


def test_two_regions_share_one_arc_with_the_left_on_its_left() -> None:
    graph = _traced([[0, 1], [0, 1]])
    shared = [a for a in graph.arcs if OUTSIDE not in (a.left, a.right)]
    assert len(shared) == 1
    assert shared[0].points.tolist() == [[1, 0], [1, 1], [1, 2]]
    assert (shared[0].left, shared[0].right) == (1, 0)  # walking down, the left hand is to the east


def test_an_island_is_one_closed_arc_from_its_upper_left_corner() -> None:
    graph = _traced([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    inner = [a for a in graph.arcs if OUTSIDE not in (a.left, a.right)]
    assert len(inner) == 1
    assert inner[0].points.tolist() == [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    assert (inner[0].left, inner[0].right) == (0, 1)
    assert [len(r) for r in graph.rings] == [2, 1]
    assert shapely.area(polygons(graph, 1.0)).tolist() == [8, 1]


def test_four_regions_meet_at_a_node() -> None:
    graph = _traced([[0, 1], [2, 3]])
    inner = [a for a in graph.arcs if OUTSIDE not in (a.left, a.right)]
    assert len(inner) == 4
    assert all([1.0, 1.0] in a.points[[0, -1]].tolist() for a in inner)


def test_where_a_region_meets_itself_the_hole_is_a_ring_of_its_own() -> None:
    graph = _traced([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 2], [2, 2, 2, 2]])
    shapes = polygons(graph, 1.0)
    assert shapely.is_valid(shapes).all()
    assert [len(r) for r in graph.rings] == [3, 1, 1, 1]


def test_a_region_that_closes_round_a_corner_has_a_valid_polygon() -> None:
    graph = _traced([[1, 0, 0, 0], [0, 2, 2, 0], [0, 2, 2, 0], [0, 0, 0, 0]])
    shapes = polygons(graph, 1.0)
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).tolist() == [1, 11, 4]
    assert len(graph.rings[1]) == 2


def test_nested_islands_nest_their_rings() -> None:
    index = np.zeros((7, 7), np.uint8)
    index[1:6, 1:6], index[2:5, 2:5], index[3, 3] = 1, 2, 0
    graph = trace(region_map(index))
    assert [len(r) for r in graph.rings] == [2, 2, 2, 1]
    assert shapely.area(polygons(graph, 1.0)).tolist() == [24, 16, 8, 1]


def test_arcs_are_in_the_order_in_which_rows_meet_them() -> None:
    rng = np.random.default_rng(1)
    regions = region_map(rng.integers(0, 3, (12, 15)).astype(np.uint8))
    graph, again = trace(regions), trace(regions)
    starts = [(float(a.points[0, 1]), float(a.points[0, 0])) for a in graph.arcs]
    opened = [
        s for s, a in zip(starts, graph.arcs, strict=True) if a.points[0].tolist() != a.points[-1].tolist()
    ]
    assert opened == sorted(opened)
    assert graph.rings == again.rings
    assert all(np.array_equal(a.points, b.points) for a, b in zip(graph.arcs, again.arcs, strict=True))


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_a_traced_graph_tells_the_map_it_was_made_of(seed: int, kind: str) -> None:
    regions = region_map(*random_index(seed, kind))
    assert np.array_equal(raster(trace(regions)), regions.ids)
