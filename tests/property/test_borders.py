"""What holds of the borders that `pbn.core.trace` and `pbn.core.smooth` draw, whatever the map was."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from pbn.core.curves import flatten, polygons, ring_points
from pbn.core.merge import merge
from pbn.core.smooth import crossing_arcs, smooth
from pbn.core.trace import trace
from pbn.core.values import OUTSIDE, ArcGraph, Image
from tests.helpers.maps import PICTURES, SHAPES, painted, random_index, region_map, working
from tests.helpers.repaint import rasterised, repainted

FARTHEST_PX = 4.5
"""The corridor is 0.9 px at its widest; false corners go farther, and discs may push a border out of it."""

seeds = st.integers(0, 2**20)
kinds = st.sampled_from(("blobs", *SHAPES))
many = settings(max_examples=300, deadline=None, derandomize=True)


def signed_area(points: NDArray[np.float64]) -> float:
    x, y = points.T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2


def assert_uses_every_border_right(graph: ArcGraph) -> None:
    """Inner arcs twice, once from either side; frame arcs once; rings closed, with their region right."""
    used = Counter(s for rings in graph.rings for ring in rings for s in ring)
    for k, arc in enumerate(graph.arcs):
        assert used[k] == (arc.right != OUTSIDE)
        assert used[~k] == (arc.left != OUTSIDE)
        assert arc.left != arc.right
    for region, rings in enumerate(graph.rings):
        for number, ring in enumerate(rings):
            sides = [(graph.arcs[s].right if s >= 0 else graph.arcs[~s].left) for s in ring]
            assert set(sides) == {region}
            points = ring_points([arc.points for arc in graph.arcs], ring)
            assert np.array_equal(points[0], points[-1])
            line = flatten(points, 0.01) if graph.degree == 3 else points
            assert (signed_area(line) > 0) == (number == 0)


def assert_tiles_the_frame(graph: ArcGraph, tolerance: float) -> None:
    shapes = polygons(graph, tolerance)
    assert shapely.is_valid(shapes).all()
    area = shapely.area(shapes)
    assert area.min() > 0
    whole = graph.width * graph.height
    assert float(area.sum()) == pytest.approx(whole, rel=1e-9)
    frame = shapely.box(0, 0, graph.width, graph.height)
    assert shapely.symmetric_difference(shapely.union_all(shapes), frame).area <= 1e-6


def assert_keeps_to_the_frame(graph: ArcGraph) -> None:
    for arc in graph.arcs:
        if OUTSIDE in (arc.left, arc.right):
            x, y = arc.points.T
            sides = (x == 0, x == graph.width, y == 0, y == graph.height)
            assert any(s.all() for s in sides)


def displacement(traced: ArcGraph, smoothed: ArcGraph) -> NDArray[np.float64]:
    """How far each middle of an inner pixel edge is from its smoothed border."""
    away: list[NDArray[np.float64]] = [np.zeros(0)]
    for before, after in zip(traced.arcs, smoothed.arcs, strict=True):
        if OUTSIDE not in (before.left, before.right):
            middles = shapely.points((before.points[1:] + before.points[:-1]) / 2)
            border = shapely.linestrings(flatten(after.points, 0.01))
            away.append(np.asarray(shapely.distance(middles, border)))
    return np.concatenate(away)


def kinks_per_100_mm(graph: ArcGraph, mm_per_px: float) -> float:
    """Turns of more than 30 degrees between chords of one arc."""
    kinks, length = 0, 0.0
    for arc in graph.arcs:
        step = np.diff(flatten(arc.points, 0.05), axis=0)
        length += float(np.hypot(*step.T).sum()) * mm_per_px
        turn = np.diff(np.arctan2(step[:, 1], step[:, 0]))
        kinks += int((np.degrees(np.abs((turn + np.pi) % (2 * np.pi) - np.pi)) > 30).sum())
    return 100 * kinks / length


def smallest_circle(graph: ArcGraph) -> float:
    circles = shapely.maximum_inscribed_circle(polygons(graph, 0.02), tolerance=0.01)
    return float(2 * shapely.length(circles).min())


def same_bytes(a: ArcGraph, b: ArcGraph) -> bool:
    return a.rings == b.rings and all(
        p.points.tobytes() == q.points.tobytes() for p, q in zip(a.arcs, b.arcs, strict=True)
    )


@given(seeds, kinds)
@many
def test_traced_borders_partition_any_map(seed: int, kind: str) -> None:
    regions = region_map(*random_index(seed, kind))
    graph = trace(regions)
    assert_uses_every_border_right(graph)
    assert_keeps_to_the_frame(graph)
    shapes = polygons(graph, 1.0)
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).tolist() == np.bincount(regions.ids.ravel()).tolist()
    assert all(np.all(np.abs(np.diff(a.points, axis=0)).sum(axis=1) == 1) for a in graph.arcs)
    assert np.array_equal(rasterised(graph, regions.ids.shape), regions.ids)


@given(seeds, kinds, st.sampled_from(((3.0, (0.0, 0.0)), (4.8, (5.6, 3.7)), (6.3, (7.0, 5.0)))))
@many
def test_smoothed_borders_of_merged_regions(
    seed: int, kind: str, need: tuple[float, tuple[float, float]]
) -> None:
    index, k = random_index(seed, kind)
    before = region_map(index, k)
    brush_px, number_px = need
    image = painted(index, before.palette, seed)
    regions = merge(before, image, brush_px=brush_px, number_px=number_px)
    traced = trace(regions)
    smoothed, again = (
        smooth(t, brush_px=brush_px, number_px=number_px, image=image) for t in (traced, trace(regions))
    )
    assert same_bytes(smoothed, again)
    assert smoothed.degree == 3
    assert smoothed.rings == traced.rings
    assert [(a.left, a.right) for a in smoothed.arcs] == [(a.left, a.right) for a in traced.arcs]
    assert len(crossing_arcs(smoothed)) == 0
    assert_uses_every_border_right(smoothed)
    assert_keeps_to_the_frame(smoothed)
    assert_tiles_the_frame(smoothed, 0.02)
    if len(regions.paint) > 1:
        assert smallest_circle(smoothed) >= 0.995 * brush_px
    assert displacement(traced, smoothed).max(initial=0) <= FARTHEST_PX


@given(seeds, st.sampled_from(SHAPES))
@many
def test_borders_too_fine_to_smooth_end_without_crossings(seed: int, kind: str) -> None:
    """Regions thinner than the corridor drive it to its narrowest, and beyond to straight lines."""
    index, k = random_index(seed, kind, most_px=16)
    grey = Image(np.full((*index.shape, 3), 128, np.uint8))  # without an edge all corners are rounded
    smoothed = smooth(trace(region_map(index, k)), brush_px=4.8, image=grey)
    assert len(crossing_arcs(smoothed)) == 0
    assert_uses_every_border_right(smoothed)
    assert_keeps_to_the_frame(smoothed)
    assert_tiles_the_frame(smoothed, 0.01)


@pytest.mark.parametrize("name", PICTURES)
def test_smoothed_borders_of_pictures(name: str) -> None:
    before, image = working(name, 240, 4.8)
    regions = merge(before, image, brush_px=4.8, number_px=(5.6, 3.7))
    traced = trace(regions)
    smoothed, again = (smooth(traced, brush_px=4.8, number_px=(5.6, 3.7), image=image) for _ in range(2))
    assert same_bytes(smoothed, again)
    assert len(crossing_arcs(smoothed)) == 0
    assert_uses_every_border_right(smoothed)
    assert_keeps_to_the_frame(smoothed)
    assert_tiles_the_frame(smoothed, 0.02)
    assert smallest_circle(smoothed) >= 0.995 * 4.8
    assert displacement(traced, smoothed).mean() <= 0.6
    assert repainted(regions, smoothed) <= 0.008
    assert kinks_per_100_mm(smoothed, 2 / 4.8) <= 4


@pytest.mark.parametrize("name", PICTURES)
def test_smoothing_hardly_repaints_a_page(name: str) -> None:
    """Of a picture on A4 few pixels change their paint; 1 % is what pbn promises of any."""
    before, image = working(name, 640, 4.8, 24)
    regions = merge(before, image, brush_px=4.8, number_px=(5.6, 3.7))
    traced = trace(regions)
    smoothed = smooth(traced, brush_px=4.8, number_px=(5.6, 3.7), image=image)
    assert repainted(regions, smoothed) <= 0.009
    assert displacement(traced, smoothed).mean() <= 0.3
    assert kinks_per_100_mm(smoothed, 2 / 4.8) <= 4


@pytest.mark.parametrize("seed", [1, 2])
def test_smoothing_hardly_repaints_a_picture_that_winds_everywhere(seed: int) -> None:
    """Of regions of three brushes without a straight border every third pixel is at one."""
    rng = np.random.default_rng(seed)
    fields = [ndimage.gaussian_filter(rng.standard_normal((240, 240)), s) for s in (2.2, 2.5, 3, 3.5, 4, 5)]
    index = np.argmax([f / f.std() for f in fields], axis=0).astype(np.uint8)
    before = region_map(index)
    image = painted(index, before.palette, seed)
    regions = merge(before, image, brush_px=4.2, number_px=(4.9, 3.2))
    smoothed = smooth(trace(regions), brush_px=4.2, number_px=(4.9, 3.2), image=image)
    assert repainted(regions, smoothed) <= 0.012
