"""Numbers in random maps: each in its region, none over another, the same each time."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbn.core.curves import polygons
from pbn.core.leaders import boxes
from pbn.core.metrics import number_box
from pbn.core.place import place
from pbn.core.values import ArcGraph, Label
from tests.helpers.graphs import cells

MM2_PER_CELL = 25.0
"""Maps are as crowded as this at most; so each number finds room."""

maps = st.builds(
    lambda seed, count, aspect: cells(
        seed, count, (np.sqrt(count * MM2_PER_CELL * aspect) + 6, np.sqrt(count * MM2_PER_CELL / aspect) + 6)
    ),
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.floats(0.3, 3),
)


def numbers_of(graph: ArcGraph, first: int) -> list[str]:
    return [str(1 + (first + 7 * k) % 64) for k in range(len(graph.rings))]


def gate_boxes(labels: tuple[Label, ...]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    points = np.array([label.anchor_mm for label in labels])
    return boxes(points, np.array([number_box(label.text, label.size_pt) for label in labels]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(maps, st.integers(0, 63))
def test_numbers_in_random_maps(graph: ArcGraph, first: int) -> None:
    numbers = numbers_of(graph, first)
    labels = place(graph, numbers)
    regions = polygons(graph, 0.002)
    box = gate_boxes(labels)

    assert place(graph, numbers) == labels
    assert [label.text for label in labels] == numbers
    assert [label.region for label in labels] == list(range(len(regions)))
    assert all(5 <= label.size_pt <= 9 for label in labels)

    inside = np.array([label.leader_mm is None for label in labels])
    assert shapely.covers(regions[inside], box[inside]).all()
    assert shapely.covers(shapely.box(0, 0, graph.width, graph.height), box).all()

    a, b = shapely.STRtree(box).query(box, predicate="intersects")
    assert (a == b).all()

    for k in np.flatnonzero(~inside):
        start, end = labels[k].leader_mm or ((0, 0), (0, 0))
        assert shapely.distance(regions[k], shapely.Point(start)) <= 0.01  # as near as chords are
        assert 0.2 < shapely.distance(shapely.Point(end), box[k]) < 0.5
        assert np.hypot(end[0] - start[0], end[1] - start[1]) > 0.39
        host = regions[shapely.contains_xy(regions, *labels[k].anchor_mm)]
        assert len(host) == 1
        assert shapely.covers(host[0], box[k])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 4))
def test_lead_lines_are_short_and_cross_nothing(seed: int, count: int, islands: int) -> None:
    graph = cells(seed, count, (10 * islands + 20, 30), islands)
    labels = place(graph, numbers_of(graph, 10))
    regions = polygons(graph, 0.01)
    box = gate_boxes(labels)
    small = np.flatnonzero(shapely.area(regions) < 2.2)
    lines = {k: shapely.LineString(x.leader_mm) for k, x in enumerate(labels) if x.leader_mm is not None}
    assert lines
    assert set(small.tolist()) <= set(lines)
    for line in lines.values():
        assert not shapely.intersects(line, box).any()
    for p, q in combinations(lines.values(), 2):
        assert not shapely.intersects(p, q)
    assert np.median([line.length for line in lines.values()]) < 4


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(maps, st.integers(0, 63), st.floats(8, 40))
def test_repeated_numbers(graph: ArcGraph, first: int, repeat_mm: float) -> None:
    once = place(graph, numbers_of(graph, first))
    labels = place(graph, numbers_of(graph, first), repeat_mm=repeat_mm)
    assert labels[: len(once)] == once
    more = labels[len(once) :]
    assert [label.region for label in more] == sorted(label.region for label in more)
    assert all((x.text, x.size_pt) == (once[x.region].text, once[x.region].size_pt) for x in more)
    assert all(once[x.region].leader_mm is None and x.leader_mm is None for x in more)

    regions = polygons(graph, 0.002)
    box = gate_boxes(labels)
    assert shapely.covers(regions[[x.region for x in more]], box[len(once) :]).all()
    a, b = shapely.STRtree(box).query(box[len(once) :], predicate="intersects")
    assert (a + len(once) == b).all()
