"""Numbers in regions made by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from pbn.core.curves import polygons
from pbn.core.metrics import number_box
from pbn.core.place import LEAST_CLEARANCE_MM, SIZE_STEP_PT, place
from pbn.core.values import ArcGraph, Label
from tests.helpers.graphs import Corners, graph_of, rectangle


def box_of(label: Label, air_mm: float = 0.0) -> shapely.Polygon:
    width, height = number_box(label.text, label.size_pt)
    x, y = label.anchor_mm
    w, h = width / 2 + air_mm, height / 2 + air_mm
    return shapely.box(x - w, y - h, x + w, y + h)


def region(graph: ArcGraph, k: int) -> shapely.Polygon:
    made: shapely.Polygon = polygons(graph, 0.01)[k]
    return made


def only(graph: ArcGraph, text: str) -> Label:
    (label,) = place(graph, [text])
    return label


def test_a_square_has_its_number_in_the_middle_as_large_as_may_be() -> None:
    label = only(graph_of([rectangle(0, 0, 20, 20)]), "12")
    assert label.size_pt == 9
    assert label.leader_mm is None
    assert label.anchor_mm == pytest.approx((10, 10), abs=0.5)
    assert label.clearance_mm == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("text", ["1", "7", "9", "10", "11", "48", "66"])
@pytest.mark.parametrize("size_pt", [5.0, 6.25, 7.5, 9.0])
def test_the_size_is_the_largest_that_fits(text: str, size_pt: float) -> None:
    width, height = number_box(text, size_pt)
    air = 0.15 + 0.04 * (size_pt - 5)
    snug = graph_of([rectangle(3, 4, width + 2 * air + 0.01, height + 2 * air + 0.01)])
    assert only(snug, text).size_pt == size_pt
    assert region(snug, 0).covers(box_of(only(snug, text), air))
    short = graph_of([rectangle(3, 4, width + 2 * air + 0.01, height + 2 * air - 0.01)])
    assert only(short, text).size_pt == max(5, size_pt - SIZE_STEP_PT)


def test_two_digits_are_as_large_as_one_where_there_is_room() -> None:
    graph = graph_of([rectangle(0, 0, 5, 3.5)], [rectangle(10, 0, 5, 3.5)])
    assert [label.size_pt for label in place(graph, ["4", "44"])] == [9, 9]


def test_a_wide_number_uses_the_wide_arm() -> None:
    el: Corners = [(0, 0), (2.4, 0), (2.4, 18), (14, 18), (14, 20.2), (0, 20.2)]
    label = only(graph_of([el]), "23")
    assert label.anchor_mm[1] > 17
    assert label.size_pt >= 6
    assert region(graph_of([el]), 0).covers(box_of(label, 0.14))


def test_the_upright_arm_when_the_flat_one_is_too_low() -> None:
    el: Corners = [(0, 0), (3.4, 0), (3.4, 18), (14, 18), (14, 19), (0, 19)]
    label = only(graph_of([el]), "23")
    assert label.anchor_mm[1] < 17.5
    assert label.leader_mm is None


def test_numbers_keep_out_of_holes() -> None:
    graph = graph_of([rectangle(0, 0, 20, 20), rectangle(4, 4, 12, 12)], [rectangle(4, 4, 12, 12)])
    ring, inner = place(graph, ["8", "21"])
    assert region(graph, 0).covers(box_of(ring, 0.14))
    assert ring.size_pt == 9
    assert inner.anchor_mm == pytest.approx((10, 10), abs=0.5)


def test_among_equal_places_the_middle_is_taken() -> None:
    label = only(graph_of([rectangle(0, 0, 60, 4)]), "5")
    assert label.anchor_mm[0] == pytest.approx(30, abs=3)


def test_a_tight_region_gives_up_air_before_its_number_goes_out() -> None:
    width, height = number_box("20", 5)
    air = LEAST_CLEARANCE_MM + 0.01
    label = only(graph_of([rectangle(0, 0, width + 2 * air, height + 2 * air)]), "20")
    assert (label.size_pt, label.leader_mm) == (5, None)
    assert label.anchor_mm == pytest.approx((width / 2 + air, height / 2 + air), abs=0.01)


def test_a_sliver_has_a_lead_line() -> None:
    graph = graph_of(
        [rectangle(0, 0, 30, 14)],
        [rectangle(0, 14, 30, 1)],
        [rectangle(0, 15, 30, 4)],
    )
    above, sliver, below = place(graph, ["3", "17", "5"])
    assert sliver.size_pt == 5
    assert sliver.leader_mm is not None
    line = shapely.LineString(sliver.leader_mm)
    box = box_of(sliver)
    assert region(graph, 1).covers(shapely.Point(sliver.leader_mm[0]))
    assert any(region(graph, k).covers(box_of(sliver, 0.09)) for k in (0, 2))
    assert 0.2 < line.distance(box) < 0.45
    assert line.length < 3
    for other in (above, below):
        assert other.leader_mm is None
        assert not box.intersects(box_of(other))
        assert not line.intersects(box_of(other))


def test_neighbouring_lead_lines_do_not_meet() -> None:
    slivers = [[rectangle(0, 10 + k, 12, 1)] for k in range(4)]
    graph = graph_of([rectangle(0, 0, 12, 10)], *slivers, [rectangle(0, 14, 12, 10)])
    labels = place(graph, ["1", "12", "13", "14", "15", "2"])
    lines = [shapely.LineString(x.leader_mm) for x in labels if x.leader_mm]
    boxes = [box_of(x) for x in labels]
    assert len(lines) == 4
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.intersects(b)]
    assert not [1 for i, a in enumerate(lines) for b in lines[:i] if a.intersects(b)]
    assert not [1 for line in lines for b in boxes if line.intersects(b)]


def test_no_number_is_left_out_even_where_there_is_no_room_at_all() -> None:
    graph = graph_of(*([rectangle(x, y, 1, 1)] for x in range(4) for y in range(3)))
    labels = place(graph, [str(10 + k) for k in range(12)])
    assert [label.text for label in labels] == [str(10 + k) for k in range(12)]
    assert [label.region for label in labels] == list(range(12))
    assert min(label.size_pt for label in labels) == 5
    for label in labels:
        assert label.leader_mm is not None
        assert region(graph, label.region).covers(shapely.Point(label.leader_mm[0]))


def test_a_region_thinner_than_a_hair_still_begins_its_line() -> None:
    graph = graph_of([rectangle(0, 0, 20, 10)], [rectangle(0, 10, 20, 0.02)])
    hair = place(graph, ["1", "2"])[1]
    assert hair.leader_mm is not None
    assert region(graph, 1).buffer(1e-6).covers(shapely.Point(hair.leader_mm[0]))


def test_sizes_asked_for_are_kept_to() -> None:
    graph = graph_of([rectangle(0, 0, 30, 30)], [rectangle(30, 0, 4, 3.3)], [rectangle(30, 10, 2, 2)])
    sizes = [label.size_pt for label in place(graph, ["1", "12", "13"], least_pt=7, most_pt=12)]
    assert sizes[0] == 12
    assert 7 < sizes[1] < 12
    assert sizes[2] == 7


def test_a_number_for_every_region_is_asked_for() -> None:
    with pytest.raises(ValueError, match="1 regions need as many numbers, not 2"):
        place(graph_of([rectangle(0, 0, 5, 5)]), ["1", "2"])
    with pytest.raises(ValueError, match="digits"):
        place(graph_of([rectangle(0, 0, 5, 5)]), ["x"])


def test_the_clearance_is_the_free_circle_at_the_anchor() -> None:
    graph = graph_of([rectangle(0, 0, 20, 20), rectangle(4, 4, 12, 12)])
    label = only(graph, "8")
    assert label.clearance_mm == pytest.approx(
        shapely.Point(label.anchor_mm).distance(region(graph, 0).boundary), abs=1e-9
    )
    assert np.isclose(label.clearance_mm, 2, atol=0.2)


def test_a_small_region_has_its_number_once() -> None:
    assert len(place(graph_of([rectangle(0, 0, 60, 40)]), ["5"], repeat_mm=60)) == 1


def test_a_large_region_has_its_number_again() -> None:
    graph = graph_of([rectangle(0, 0, 300, 200)])
    labels = place(graph, ["25"], repeat_mm=60)
    spots = shapely.points(*np.meshgrid(np.arange(2, 300, 4.0), np.arange(2, 200, 4.0)))
    near = np.min([shapely.distance(spots, shapely.Point(x.anchor_mm)) for x in labels], axis=0)
    assert near.max() < 68  # lattice ways are a little longer than straight ones
    assert len(labels) <= 24
    assert {(x.region, x.text, x.size_pt, x.leader_mm) for x in labels} == {(0, "25", 9, None)}
    anchors = [shapely.Point(x.anchor_mm) for x in labels]
    assert min(a.distance(b) for i, a in enumerate(anchors) for b in anchors[:i]) > 35
    assert all(region(graph, 0).covers(box_of(x, 0.14)) for x in labels)


def test_a_long_arm_that_winds_about_has_its_own() -> None:
    you: Corners = [(0, 0), (4, 0), (4, 96), (8, 96), (8, 0), (12, 0), (12, 100), (0, 100)]
    graph = graph_of([you])
    labels = place(graph, ["7"], repeat_mm=60)
    sides = {x.anchor_mm[0] < 6 for x in labels}
    assert len(labels) >= 2
    assert sides == {True, False}
    assert all(region(graph, 0).covers(box_of(x, 0.14)) for x in labels)


def test_repeated_numbers_keep_off_lead_numbers() -> None:
    slivers = [[rectangle(k, 60, 1, 60)] for k in range(0, 300, 12)]
    wide = [(0, 0), (300, 0), (300, 60), (300, 120)]
    comb: Corners = [
        *wide,
        *((x, y) for k in range(288, -1, -12) for x, y in ((k + 1, 120), (k + 1, 60), (k, 60))),
    ]
    graph = graph_of([comb], *slivers)
    labels = place(graph, ["3", *(str(10 + k) for k in range(25))], repeat_mm=40)
    assert len(labels) > 30
    boxes = [box_of(x) for x in labels]
    lines = [shapely.LineString(x.leader_mm) for x in labels if x.leader_mm]
    assert len(lines) == 25
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.intersects(b)]
    assert not [1 for line in lines for b in boxes if line.intersects(b)]


def test_a_tail_too_thin_for_the_number_is_left() -> None:
    tail: Corners = [(0, 0), (20, 0), (20, 9), (200, 9), (200, 11), (20, 11), (20, 20), (0, 20)]
    assert len(place(graph_of([tail]), ["12"], repeat_mm=60)) == 1
