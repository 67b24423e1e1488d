"""Arcs along pixel edges to fair curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.linalg import cho_solve_banded, cholesky_banded

from pbn.core.curves import flatten_all, polygons
from pbn.core.fit import fit_beziers, straight_beziers
from pbn.core.room import poles
from pbn.core.strokes import I64, Net, net_of
from pbn.core.values import F64, OUTSIDE, Arc, ArcGraph

_CORRIDOR = 0.6
"""Pixels that a point may leave the middle of its pixel edge; half a staircase's step is 0.5."""

_STIFFNESS = 10.0
"""Weight of squared second differences against squared displacement, in one pass."""

_PASSES = 6
_HOLD = 0.5
"""Share of its first place that each point takes with it into a pass, so that it does not drift."""

_FINISHING = 2
"""Softer passes at the end, in a corridor half as wide again: they round what the corridor's sides cut."""

_TOLERANCE = 0.06
"""Pixels between the smoothed points and their Beziers."""

_ATTEMPTS = 4


def smooth(graph: ArcGraph, *, brush_px: float, number_px: tuple[float, float] = (0.0, 0.0)) -> ArcGraph:
    """Turn staircases into fair curves that neighbours share.

    Each stroke (`pbn.core.strokes`) becomes the smoothest line that stays within a corridor of 0.6 (in
    the end 0.9) pixels about the middles of its pixel edges: straight edges come out straight, corners barely
    round. The frame stays. Nodes keep to their corridor too. Every region has a disc of the
    brush's diameter into which no border may bend. Where borders would cross all the same, their
    corridor narrows, in the end to nothing; those that even then cross go straight from the middle
    of one pixel edge to that of the next, and such lines never cross.

    Parameters
    ----------
    graph
        Of degree 1, from `pbn.core.trace`.
    brush_px
        Diameter of the disc that every region has room for, and keeps.
    number_px
        Width and height of the box that regions keep room for where they have it.

    Returns
    -------
    ArcGraph
        Of degree 3, with the same arcs, regions and rings.
    """
    net = net_of(graph)
    kept = _kept(graph, brush_px / 2, number_px)
    corridor = np.where(net.fixed, 0.0, _CORRIDOR)
    solver = _Solver(net)
    for attempt in range(_ATTEMPTS):
        place = _relax(net, solver, kept, corridor)
        fitted = _with_beziers(graph, net, place)
        crossing = crossing_arcs(fitted)
        if not len(crossing):
            return fitted
        narrow = 0.0 if attempt == _ATTEMPTS - 2 else 0.4
        for k in crossing.tolist():
            corridor[net.arcs[k]] *= narrow
    return _straightened(graph, net, place, crossing)


def _straightened(graph: ArcGraph, net: Net, place: F64, crossing: I64) -> ArcGraph:
    """Crossing arcs back to the middles of their pixel edges; what they then cross follows them."""
    straight = np.zeros(len(graph.arcs), np.bool_)
    place = place.copy()
    while True:
        straight[crossing if not straight[crossing].all() else slice(None)] = True
        for k in np.flatnonzero(straight).tolist():
            place[net.arcs[k]] = net.place[net.arcs[k]]
        fitted = _with_beziers(graph, net, place, straight)
        crossing = crossing_arcs(fitted)
        if not len(crossing) or straight.all():
            return fitted


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """What no border may enter: in each region a disc, and a box about ``middle`` of ``half`` sides."""

    centre: F64
    radius: F64
    middle: F64
    half: F64


def _kept(graph: ArcGraph, least: float, number_px: tuple[float, float]) -> _Kept:
    """Discs large enough for the number where there is such a disc; boxes of their own elsewhere."""
    shapes = polygons(graph, 1.0)
    circles = shapely.maximum_inscribed_circle(shapes, tolerance=0.02)
    line = shapely.get_coordinates(circles).reshape(-1, 2, 2)
    centre, radius = line[:, 0], np.hypot(*(line[:, 0] - line[:, 1]).T)
    wanted = max(least * 1.01 + _TOLERANCE, float(np.hypot(*number_px)) / 2)
    middle, half = centre.copy(), np.zeros_like(centre)
    tight = np.flatnonzero(radius < wanted)
    if len(tight) and min(number_px) > 0:
        boxes = np.tile(np.array(number_px) / 2, (len(tight), 1))
        found = poles(shapes[tight], boxes, enough=1.0)
        middle[tight], half[tight] = found.points, np.minimum(found.times, 1)[:, None] * boxes
    return _Kept(centre, np.minimum(radius, wanted), middle, half)


class _Solver:
    """Whittaker smoothing of all strokes at once: one banded system, factored once."""

    def __init__(self, net: Net) -> None:
        parts, inner = [], []
        for s in net.strokes:
            parts.append(_wrapped(s.points) if s.closed else s.points)
            mask = np.zeros(len(parts[-1]), np.bool_)
            mask[_WRAP : _WRAP + len(s.points)] = True
            inner.append(mask if s.closed else np.arange(len(s.points)) % max(len(s.points) - 1, 1) > 0)
        self.index = np.concatenate(parts) if parts else np.empty(0, np.int64)
        self.inner = np.concatenate(inner) if inner else np.empty(0, np.bool_)
        lengths = np.array([len(p) for p in parts], np.int64)
        self.weight = np.ones(len(self.index))
        ends = np.cumsum(lengths)
        self.weight[ends - 1] = self.weight[ends - lengths] = 1e6
        self.factors = {a: self._factor(lengths, a) for a in (_STIFFNESS, _STIFFNESS / 6)} if parts else {}

    def _factor(self, lengths: I64, stiffness: float) -> tuple[F64, bool]:
        band = np.zeros((3, len(self.index)))
        band[2] = self.weight
        centre = np.ones(len(self.index), np.bool_)  # where a second difference has its middle
        ends = np.cumsum(lengths)
        centre[ends - 1] = centre[ends - lengths] = False
        at = np.flatnonzero(centre)
        for i, a in ((-1, 1.0), (0, -2.0), (1, 1.0)):
            for j, b in ((-1, 1.0), (0, -2.0), (1, 1.0)):
                if j >= i:
                    np.add.at(band[2 - (j - i)], at + j, stiffness * a * b)
        return cholesky_banded(band), False

    def __call__(self, place: F64, stiffness: float) -> F64:
        """Every movable point's place, smoothed along its stroke."""
        out = place.copy()
        solved = cho_solve_banded(self.factors[stiffness], self.weight[:, None] * place[self.index])
        out[self.index[self.inner]] = solved[self.inner]
        return out


_WRAP = 24


def _wrapped(ring: NDArray[np.int64]) -> NDArray[np.int64]:
    """A closed stroke with enough of itself before and behind that its seam is like any place."""
    n = len(ring)
    return ring[np.arange(-_WRAP, n + _WRAP) % n]


def _relax(net: Net, solver: _Solver, kept: _Kept, corridor: F64) -> F64:
    place = net.place.copy()
    if not len(solver.index):
        return place
    for k in range(_PASSES + _FINISHING):
        finishing = k >= _PASSES
        held = place if finishing else (1 - _HOLD) * place + _HOLD * net.place
        place = solver(held, _STIFFNESS / 6 if finishing else _STIFFNESS)
        place = _within(net.place, place, corridor * 1.5 if finishing else corridor)
        place = _outside_boxes(net, _outside_discs(net, place, kept), kept)
    return place


def _within(origin: F64, place: F64, corridor: F64) -> F64:
    """Points pulled back to ``corridor`` from their origin."""
    away = place - origin
    far = np.hypot(away[:, 0], away[:, 1])
    return origin + away * np.minimum(1, corridor / np.maximum(far, 1e-12))[:, None]


def _outside_discs(net: Net, place: F64, kept: _Kept) -> F64:
    """Points pushed straight out of the discs of the regions that they bound."""
    away = place[net.point] - kept.centre[net.region]
    far = np.hypot(away[:, 0], away[:, 1])
    inside = np.flatnonzero((far < kept.radius[net.region]) & ~net.fixed[net.point])
    push = kept.radius[net.region[inside]] / np.maximum(far[inside], 1e-9)
    place = place.copy()
    place[net.point[inside]] = kept.centre[net.region[inside]] + away[inside] * push[:, None]
    return place


def _outside_boxes(net: Net, place: F64, kept: _Kept) -> F64:
    """Points pushed out of the boxes of the regions that they bound, through the nearest side."""
    away = place[net.point] - kept.middle[net.region]
    deep = kept.half[net.region] - np.abs(away)
    inside = np.flatnonzero((deep > 0).all(axis=1) & ~net.fixed[net.point])
    axis = deep[inside].argmin(axis=1)
    push = np.where(away[inside, axis] < 0, -1, 1) * deep[inside, axis]
    place = place.copy()
    place[net.point[inside], axis] += push
    return place


def _with_beziers(
    graph: ArcGraph, net: Net, place: F64, straight: NDArray[np.bool_] | None = None
) -> ArcGraph:
    along = _tangents(net, place)
    lines = [place[a] for a in net.arcs]
    tangents = [_arc_tangents(place[a], along[a], ends) for a, ends in zip(net.arcs, net.passed, strict=True)]
    curves = fit_beziers(lines, tangents, _TOLERANCE)
    for k in [] if straight is None else np.flatnonzero(straight).tolist():
        curves[k] = straight_beziers(lines[k])
    arcs = tuple(Arc(c, a.left, a.right) for c, a in zip(curves, graph.arcs, strict=True))
    return ArcGraph(arcs, graph.rings, graph.width, graph.height, degree=3)


def _tangents(net: Net, place: F64) -> F64:
    """(n, 2): direction of the stroke that passes through each point; zero where none does."""
    along = np.zeros_like(place)
    for s in net.strokes:
        p = place[s.points]
        if s.closed:
            along[s.points] = np.roll(p, -1, axis=0) - np.roll(p, 1, axis=0)
        elif len(p) > 2:
            along[s.points[1:-1]] = p[2:] - p[:-2]
    return along


def _arc_tangents(line: F64, along: F64, passed: tuple[bool, bool]) -> F64:
    """The strokes' directions turned the arc's way; at an end that its stroke does not pass, its own."""
    step: F64 = np.gradient(line, axis=0)
    turned = np.where(((along * step).sum(axis=1) < 0)[:, None], -along, along)
    turned = np.where((np.abs(along).sum(axis=1) > 0)[:, None], turned, step)
    for end, goes_on in zip((0, -1), passed, strict=True):
        if not goes_on:
            turned[end] = step[end]
    return turned


def crossing_arcs(graph: ArcGraph) -> NDArray[np.int64]:
    """Numbers of arcs (degree 3) that meet another, or themselves, elsewhere than at their ends.

    So do arcs that passed each other whole, end to end: their ring is turned inside out.
    """
    flat = flatten_all([a.points for a in graph.arcs], 0.05)
    owner = np.repeat(np.arange(len(flat)), [len(f) for f in flat])
    lines = np.asarray(shapely.linestrings(np.concatenate(flat), indices=owner), object)
    bad = ~shapely.is_simple(lines)
    i, j = shapely.STRtree(lines).query(lines, predicate="intersects")
    i, j = i[i < j], j[i < j]
    met = shapely.intersection(lines[i], lines[j])
    ends = np.array([shapely.multipoints(a.points[[0, -1]]) for a in graph.arcs], object)
    allowed = shapely.intersection(ends[i], ends[j])
    excess = shapely.get_num_coordinates(met) > shapely.get_num_coordinates(allowed)
    excess |= shapely.length(met) > 0
    bad[i[excess]] = bad[j[excess]] = True
    bad[_inside_out(graph, flat)] = True
    frame = np.array([OUTSIDE in (a.left, a.right) for a in graph.arcs])
    return np.flatnonzero(bad & ~frame)


def _inside_out(graph: ArcGraph, flat: list[F64]) -> list[int]:
    """Numbers of the arcs of outer rings that do not run clockwise, and of holes that do."""
    twice_area = [float((p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1]).sum()) for p in flat]
    return [
        s if s >= 0 else ~s
        for rings in graph.rings
        for k, ring in enumerate(rings)
        if (sum(twice_area[s] if s >= 0 else -twice_area[~s] for s in ring) > 0) != (k == 0)
        for s in ring
    ]
