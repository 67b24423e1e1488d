from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pbn.core import smooth as module
from pbn.core.curves import flatten, polygons
from pbn.core.smooth import crossing_arcs, smooth
from pbn.core.strokes import net_of
from pbn.core.trace import trace
from pbn.core.values import F64, OUTSIDE, Arc, ArcGraph, Image
from tests.helpers.maps import random_index, region_map


def _smoothed(index: NDArray[np.bool_], brush_px: float = 4.8) -> ArcGraph:
    return smooth(trace(region_map(index.astype(np.uint8))), brush_px=brush_px)


def _inner(graph: ArcGraph) -> list[Arc]:
    return [a for a in graph.arcs if OUTSIDE not in (a.left, a.right)]


def test_one_region_is_its_frame() -> None:
    graph = _smoothed(np.zeros((5, 9), np.bool_))
    assert shapely.equals(polygons(graph, 0.1)[0], shapely.box(0, 0, 9, 5))


def test_one_pixel_is_its_frame() -> None:
    assert shapely.area(polygons(_smoothed(np.zeros((1, 1), np.bool_)), 0.1)).tolist() == [1]


def test_a_disc_comes_out_round() -> None:
    y, x = np.mgrid[:60, :60]
    graph = _smoothed(np.hypot(y - 29.5, x - 29.5) < 20)
    (arc,) = _inner(graph)
    radius = np.hypot(*(flatten(arc.points, 0.01) - 30).T)
    assert radius.min() > 19.4
    assert radius.max() < 20.6


def _evenly(arc: Arc, step: float) -> F64:
    """Points on an arc at equal distances."""
    line = shapely.LineString(flatten(arc.points, 0.002))
    return shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.linspace(0, line.length, round(line.length / step) + 1))
    )


def _inflections(line: F64) -> int:
    """How often a line begins to bend the other way, by more than half a degree a pixel."""
    step = np.diff(line, axis=0)
    turn = np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))
    side = np.sign(turn[np.abs(turn) > np.radians(0.5)])
    return int((np.diff(side) != 0).sum())


@pytest.mark.parametrize("degrees", [0, 2, 7, 23, 38, 45, 61, 87])
def test_a_straight_border_is_drawn_with_a_ruler_from_frame_to_frame(degrees: float) -> None:
    y, x = np.mgrid[:200, :240] + 0.5
    across = np.array([-np.sin(np.radians(degrees)), np.cos(np.radians(degrees))])
    (arc,) = _inner(_smoothed((x - 119.3) * across[0] + (y - 99.4) * across[1] > 0))
    line = _evenly(arc, 1.0)
    away = (line - (119.3, 99.4)) @ across
    assert np.abs(away).max() < 0.5
    assert np.ptp(away) < 0.2
    step = line[8:] - line[:-8]
    assert np.abs(step @ across / np.hypot(*step.T)).max() < np.radians(1.5)
    assert _inflections(line) == 0


@pytest.mark.parametrize("axes", [(12, 12), (40, 40), (90, 90), (95, 40), (90, 25)])
@pytest.mark.parametrize("degrees", [0, 17, 30])
def test_an_ellipse_bends_one_way_only(axes: tuple[float, float], degrees: float) -> None:
    circle = shapely.Point(100.3, 100.6).buffer(1, quad_segs=256)
    shape = shapely.affinity.rotate(shapely.affinity.scale(circle, *axes), degrees)
    (arc,) = _inner(_smoothed(_drawn(shape, 200)))
    line = _evenly(arc, 1.0)
    assert _inflections(line) == 0
    away = np.asarray(shapely.distance(shapely.points(line), shape.boundary))
    assert away.max() < 0.55
    assert np.sqrt(np.square(away).mean()) < 0.2


def _turned(width: float, height: float, degrees: float, centre: tuple[float, float]) -> shapely.Polygon:
    x, y = centre
    box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return shapely.affinity.rotate(box, degrees)


def _drawn(shape: shapely.Polygon, size: int = 120) -> NDArray[np.bool_]:
    """The pixels whose middles are in a shape."""
    y, x = np.mgrid[:size, :size] + 0.5
    return np.asarray(shapely.contains_xy(shape, x, y))


def _corners(arc: Arc) -> F64:
    """Where a closed arc turns by more than 30 degrees."""
    line = flatten(arc.points, 0.02)
    step = np.diff(np.append(line, line[1:2], axis=0), axis=0)
    turn = np.diff(np.arctan2(step[:, 1], step[:, 0]))
    return line[1:][np.degrees(np.abs((turn + np.pi) % (2 * np.pi) - np.pi)) > 30]


@pytest.mark.parametrize("degrees", [0, 10, 30, 45])
@pytest.mark.parametrize("size", [(20, 20), (16, 16), (30, 14), (60, 40)])
def test_a_rectangle_keeps_its_corners_and_its_sides_are_straight(
    size: tuple[int, int], degrees: float
) -> None:
    centre = (60.0, 60.0) if degrees == 0 else (60.3, 60.4)
    shape = _turned(*size, degrees, centre)
    (arc,) = _inner(_smoothed(_drawn(shape)))
    corners = _corners(arc)
    assert len(corners) == 4
    tips = shapely.get_coordinates(shape.exterior)[:4]
    assert np.hypot(*(tips[:, None] - corners).T).min(axis=0).max() < 1
    drawn = shapely.Polygon(flatten(arc.points, 0.01))
    assert drawn.boundary.hausdorff_distance(shape.boundary) < (1e-6 if degrees == 0 else 0.7)
    for side in _sides(drawn, corners):
        along = side[-1] - side[0]
        away = (side - side[0]) @ np.array([-along[1], along[0]]) / np.hypot(*along)
        assert np.abs(away).max() < (1e-6 if degrees == 0 else 0.35)


def _sides(drawn: shapely.Polygon, corners: F64) -> list[F64]:
    """A polygon's outline from corner to corner."""
    outline = shapely.get_coordinates(drawn.exterior)[:-1]
    cuts = sorted(int(np.hypot(*(outline - c).T).argmin()) for c in corners)
    return [np.roll(outline, -a, axis=0)[: (b - a) % len(outline) + 1] for a, b in pairwise([*cuts, cuts[0]])]


@pytest.mark.parametrize("radius", [3.0, 4.0, 5.0, 6.5, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.5, 0.5), (0.3, 0.1), (0.7, 0.4)])
def test_a_circle_has_no_corners(radius: float, shift: tuple[float, float]) -> None:
    shape = shapely.Point(60 + shift[0], 60 + shift[1]).buffer(radius, quad_segs=64)
    (arc,) = _inner(_smoothed(_drawn(shape)))
    assert len(_corners(arc)) == 0
    away = np.hypot(*(flatten(arc.points, 0.01) - shapely.get_coordinates(shape.centroid)).T) - radius
    assert np.abs(away).max() < 0.7


def test_a_house_keeps_its_roof() -> None:
    house = shapely.Polygon([(30, 100), (30, 55), (60, 25), (90, 55), (90, 100)])
    (arc,) = _inner(_smoothed(_drawn(house)))
    corners = _corners(arc)
    assert len(corners) == 5
    assert np.hypot(*(shapely.get_coordinates(house)[:5, None] - corners).T).min(axis=0).max() < 1


@pytest.mark.parametrize("period", [5, 8, 12])
def test_a_chessboard_is_drawn_with_a_ruler(period: int) -> None:
    y, x = np.mgrid[: 5 * period, : 5 * period]
    graph = _smoothed((y // period + x // period) % 2 == 1)
    points = np.concatenate([flatten(a.points, 0.01) for a in graph.arcs]) / period
    assert np.abs(points - np.round(points)).min(axis=1).max() < 1e-3


def test_the_brush_keeps_its_room() -> None:
    index = np.zeros((30, 30), np.bool_)
    index[12:17, 12:17] = True
    graph = _smoothed(index, 4.8)
    circle = shapely.maximum_inscribed_circle(polygons(graph, 0.01), tolerance=0.005)
    assert 2 * shapely.length(circle).min() >= 0.995 * 4.8


@pytest.mark.parametrize("image", [None, Image(np.full((30, 30, 3), 99, np.uint8))])
def test_the_number_keeps_its_room(image: Image | None) -> None:
    """Even where the picture has no corners."""
    index = np.zeros((30, 30), np.uint8)
    index[12:17, 11:18] = 1
    box = shapely.box(14.5 - 3, 14.5 - 2, 14.5 + 3, 14.5 + 2)
    smoothed = smooth(trace(region_map(index)), brush_px=3, number_px=(6.0, 4.0), image=image)
    region = polygons(smoothed, 0.01)[1]
    assert box.difference(region).area < 0.002 * box.area


def _graph(*lines: list[list[float]]) -> ArcGraph:
    """Straight arcs between regions 0 and 1 that bound nothing."""
    points = [np.array(line, np.float64) for line in lines]
    control = [
        np.stack([p + (q - p) * t for t in (0, 1 / 3, 2 / 3)]) for line in points for p, q in pairwise(line)
    ]
    arcs, at = [], 0
    for line in points:
        n = len(line) - 1
        arcs.append(Arc(np.concatenate([*control[at : at + n], line[-1:]]), 0, 1))
        at += n
    return ArcGraph(tuple(arcs), (), 9.0, 9.0, degree=3)


@pytest.mark.parametrize(
    ("lines", "crossing"),
    [
        (([[0, 0], [2, 2]], [[0, 2], [2, 0]]), [0, 1]),  # in their middles
        (([[0, 0], [2, 0]], [[2, 0], [2, 2]]), []),  # head to tail
        (([[0, 0], [4, 0]], [[2, 0], [2, 2]]), [0, 1]),  # one's end on the other's middle
        (([[0, 0], [2, 0]], [[0, 0], [2, 0]]), [0, 1]),  # the very same
        (([[0, 0], [4, 0]], [[0, 0], [2, 0], [2, 2]]), [0, 1]),  # part of the way together
        (([[0, 0], [2, 2], [4, 0]], [[0, 0], [2, 1], [4, 0]]), []),  # a lens
        (([[0, 0], [4, 0], [2, 2], [2, -2]],), [0]),  # itself
        (([[0, 0], [2, 0], [1, 2], [0, 0]], [[0, 0], [-1, 3]]), []),  # a loop and a line from its node
        (([[0, 0], [1, 0]], [[5, 5], [6, 5]], [[5.5, 4], [5.5, 6]]), [1, 2]),
    ],
)
def test_arcs_that_cross_are_told(lines: tuple[list[list[float]], ...], crossing: list[int]) -> None:
    assert crossing_arcs(_graph(*lines)).tolist() == crossing


def test_a_ring_turned_inside_out_is_told() -> None:
    traced = trace(region_map(np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]], np.uint8)))
    good = smooth(traced, brush_px=1.0)
    assert len(crossing_arcs(good)) == 0
    arcs = tuple(Arc(a.points[::-1].copy(), a.left, a.right) if a.right == 1 else a for a in good.arcs)
    bad = ArcGraph(arcs, good.rings, good.width, good.height, degree=3)
    assert crossing_arcs(bad).tolist() == [k for k, a in enumerate(good.arcs) if a.right == 1]


@given(st.integers(0, 2**20), st.sampled_from(["noise", "checkers", "diagonal", "hairs"]))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_middles_of_pixel_edges_never_cross(seed: int, kind: str) -> None:
    """What is left when no smoothing at all would do is a planar map of the same regions."""
    graph = trace(region_map(*random_index(seed, kind)))
    net = net_of(graph)
    no_corner = np.zeros(len(net.place), np.bool_)
    plain = module._with_beziers(graph, net, net.place, no_corner, np.ones(len(graph.arcs), np.bool_))
    assert len(crossing_arcs(plain)) == 0
    assert shapely.is_valid(polygons(plain, 0.05)).all()


@given(st.integers(0, 2**20), st.floats(0.5, 4))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_any_tangle_comes_undone(seed: int, far: float) -> None:
    """Borders strewn about cross; those are put back, and what they then cross after them."""
    graph = trace(region_map(*random_index(seed, "blobs")))
    net = net_of(graph)
    astray = np.random.default_rng(seed).normal(0, far, net.place.shape) * ~net.fixed[:, None]
    place = net.place + astray
    tangled = module._with_beziers(graph, net, place, np.zeros(len(place), np.bool_))
    undone = module._straightened(graph, net, place, crossing_arcs(tangled))
    assert len(crossing_arcs(undone)) == 0
    shapes = polygons(undone, 0.05)
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).sum() == pytest.approx(graph.width * graph.height)


@pytest.mark.parametrize(("shade", "corners"), [(200, 4), (124, 0)])
def test_a_square_keeps_its_corners_if_the_picture_has_them(shade: int, corners: int) -> None:
    square = np.zeros((60, 60), np.uint8)
    square[15:45, 15:45] = 1
    image = Image(np.repeat(np.where(square, shade, 120).astype(np.uint8)[:, :, None], 3, axis=2))
    (arc,) = _inner(smooth(trace(region_map(square)), brush_px=4.8, image=image))
    step = np.diff(flatten(arc.points, 0.001), axis=0)
    turn = np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))
    assert np.count_nonzero(np.abs(turn) > np.radians(45)) >= corners - 1  # one may be the seam
    assert corners or np.abs(turn).max() < np.radians(20)
