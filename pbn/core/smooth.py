"""Arcs along pixel edges to fair curves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from pbn.core.curves import Polygons, flatten_all, polygons_of
from pbn.core.fair import Fairing, Kept
from pbn.core.fit import fit_beziers, straight_beziers
from pbn.core.paintable import deepest
from pbn.core.ragged import I64, parts, starts
from pbn.core.room import poles
from pbn.core.strokes import Net, net_of
from pbn.core.trace import raster
from pbn.core.values import F64, OUTSIDE, Arc, ArcGraph, Image

_TOLERANCE = 0.06
"""Pixels between the smoothed points and their Beziers."""

_SEEN = 0.01
"""Pixels within which curves are looked at for crossings; what files say is as fine."""

_LEAST_AREA = 0.1
"""Square pixels; a region of one pixel has half a square pixel between its edges' middles."""

_ROUGHLY, _NEARLY = 0.1, 0.02
"""Pixels by which the disc found for the brush may be too small; nearly right where there is hardly room."""

_EXTRA = 1.05
"""Times its size that the box for a number is kept free, where it fits: lines cut its corners."""

_ATTEMPTS = 4


def smooth(
    graph: ArcGraph,
    *,
    brush_px: float,
    number_px: tuple[float, float] = (0.0, 0.0),
    image: Image | None = None,
) -> ArcGraph:
    """Turn staircases into fair curves that neighbours share.

    Each stroke (`pbn.core.strokes`) becomes the smoothest line within a corridor about the middles of
    its pixel edges (`pbn.core.fair`), narrow enough that few pixels come to lie on the other side.
    Straight runs come out straight, and where two of them meet at an angle the corner is kept
    (`pbn.core.runs`), or becomes a bend where the picture has none, as hooks are evened out where it has
    next to no edge (`pbn.core.soft`). The frame stays; borders end on it, and on each other, where they
    run into it (`pbn.core.ends`). Every region has a disc of the brush's diameter into which no border
    may bend.
    Where borders would cross all the same, their corners go and their corridor narrows, in the end to
    nothing; those that even then cross go straight from the middle of one pixel edge to that of the
    next, and such lines never cross.

    Parameters
    ----------
    graph
        Of degree 1, from `pbn.core.trace`.
    brush_px
        Diameter of the disc that every region has room for, and keeps.
    number_px
        Width and height of the box that regions keep room for where they have it.
    image
        The picture of which ``graph`` is, a pixel to the unit. By default every corner and curl is kept.

    Returns
    -------
    ArcGraph
        Of degree 3, with the same arcs, regions and rings.
    """
    net = net_of(graph)
    fairing = Fairing(net, _kept(graph, brush_px / 2, number_px), image)
    narrow, blunt = np.ones(len(net.place)), np.zeros(len(net.place), np.bool_)
    for attempt in range(_ATTEMPTS):
        place, corner = fairing.place(narrow, blunt)
        fitted = _with_beziers(graph, net, place, corner)
        crossing = crossing_arcs(fitted)
        if not len(crossing):
            return fitted
        for k in crossing.tolist():
            narrow[net.arcs[k]] *= 0.0 if attempt == _ATTEMPTS - 2 else 0.4
            blunt[net.arcs[k]] = True
    return _straightened(graph, net, place, crossing)


def _straightened(graph: ArcGraph, net: Net, place: F64, crossing: I64) -> ArcGraph:
    """Crossing arcs back to the middles of their pixel edges; what they then cross follows them."""
    straight = np.zeros(len(graph.arcs), np.bool_)
    place = place.copy()
    while True:
        straight[crossing if not straight[crossing].all() else slice(None)] = True
        for k in np.flatnonzero(straight).tolist():
            place[net.arcs[k]] = net.place[net.arcs[k]]
        fitted = _with_beziers(graph, net, place, np.zeros(len(place), np.bool_), straight)
        crossing = crossing_arcs(fitted)
        if not len(crossing) or straight.all():
            return fitted


def _kept(graph: ArcGraph, least: float, number_px: tuple[float, float]) -> Kept:
    """Discs large enough for the number where there is such a disc; boxes of their own elsewhere."""
    wanted = max(least * 1.01 + _TOLERANCE, float(np.hypot(*number_px)) / 2)
    centre, radius = deepest(raster(graph), len(graph.rings))
    narrow = np.flatnonzero(radius < wanted)
    shapes = polygons_of(graph, [a.points for a in graph.arcs], narrow.tolist())
    centre[narrow], radius[narrow] = _discs(shapes, _ROUGHLY)
    scarce = np.flatnonzero(radius[narrow] < least * 1.01 + _TOLERANCE + _ROUGHLY)
    centre[narrow[scarce]], radius[narrow[scarce]] = _discs(shapes[scarce], _NEARLY)
    middle, half = centre.copy(), np.zeros_like(centre)
    still = radius[narrow] < wanted
    tight = narrow[still]
    if len(tight) and min(number_px) > 0:
        boxes = np.tile(np.array(number_px) / 2, (len(tight), 1))
        found = poles(shapes[still], boxes, enough=1.0)
        middle[tight], half[tight] = found.points, np.minimum(found.times, _EXTRA)[:, None] * boxes
    return Kept(centre, np.minimum(radius, wanted), middle, half)


def _discs(shapes: Polygons, tolerance: float) -> tuple[F64, F64]:
    """The largest disc in each polygon: centres (n, 2), and radii (n,) that are so much too small at most."""
    line = shapely.get_coordinates(shapely.maximum_inscribed_circle(shapes, tolerance=tolerance))
    return line[::2], np.hypot(*(line[::2] - line[1::2]).T)


def _with_beziers(
    graph: ArcGraph,
    net: Net,
    place: F64,
    corner: NDArray[np.bool_],
    straight: NDArray[np.bool_] | None = None,
) -> ArcGraph:
    index = np.concatenate(net.arcs)
    last = np.cumsum([len(a) for a in net.arcs]) - 1
    first = np.append(0, last[:-1] + 1)
    cut = corner[index]
    cut[first] = cut[last] = False
    free = corner[index]
    free[first] |= ~np.array([begin for begin, _ in net.passed])
    free[last] |= ~np.array([end for _, end in net.passed])
    twice = np.repeat(np.arange(len(index)), 1 + cut)  # a corner ends a piece and begins the next
    begins = np.diff(twice, prepend=-1) == 0
    first = np.searchsorted(twice, first)
    begins[first] = True
    line, along = place[index[twice]], _tangents(net, place)[index[twice]]
    starts = np.flatnonzero(begins)
    direction = parts(_directions(line, along, begins, free[twice]), starts)
    pieces = fit_beziers(parts(line, starts), direction, _TOLERANCE)
    which = [*np.searchsorted(starts, first).tolist(), len(pieces)]
    curves = [_joined(pieces[a:b]) for a, b in pairwise(which)]
    for k in [] if straight is None else np.flatnonzero(straight).tolist():
        curves[k] = straight_beziers(place[net.arcs[k]])
    arcs = tuple(Arc(c, a.left, a.right) for c, a in zip(curves, graph.arcs, strict=True))
    return ArcGraph(arcs, graph.rings, graph.width, graph.height, degree=3)


def _directions(line: F64, along: F64, begins: NDArray[np.bool_], free: NDArray[np.bool_]) -> F64:
    """The strokes' directions turned the pieces' way; at points that are free, the pieces' own."""
    at, ends = np.arange(len(line)), np.append(begins[1:], True)
    step = line[at + ~ends] - line[at - ~begins]
    turned = np.where(((along * step).sum(axis=1) < 0)[:, None], -along, along)
    own = free | (along == 0).all(axis=1)
    return np.where(own[:, None], step, turned)


def _joined(pieces: list[F64]) -> F64:
    return pieces[0] if len(pieces) == 1 else np.concatenate([pieces[0], *(p[1:] for p in pieces[1:])])


def _tangents(net: Net, place: F64) -> F64:
    """(n, 2): direction of the stroke that passes through each point; zero where none does."""
    points = np.concatenate([np.empty(0, np.int64), *(s.points for s in net.strokes)])
    count = np.array([len(s.points) for s in net.strokes], np.int64)
    first, last = starts(count), np.cumsum(count) - 1
    before, after = np.arange(len(points)) - 1, np.arange(len(points)) + 1
    before[first], after[last] = last, first
    inner = np.ones(len(points), np.bool_)
    opened = np.array([not s.closed for s in net.strokes], np.bool_)
    inner[first[opened]] = inner[last[opened]] = False
    along = np.zeros_like(place)
    along[points[inner]] = place[points[after[inner]]] - place[points[before[inner]]]
    return along


def crossing_arcs(graph: ArcGraph) -> NDArray[np.int64]:
    """Numbers of arcs (degree 3) that meet another, or themselves, elsewhere than at their ends.

    So do arcs that passed each other whole, end to end: their ring is turned inside out.
    """
    flat = flatten_all([a.points for a in graph.arcs], _SEEN)
    if graph.rings and _is_sound(graph, flat):
        return np.empty(0, np.int64)
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


def _is_sound(graph: ArcGraph, flat: list[F64]) -> bool:
    """Whether all regions are simple and none is inside out; then no arcs cross.

    For as every arc is walked once either way, the regions' winding numbers add up to one everywhere.
    """
    chords = [len(line) - 1 for line in flat]
    if any(sum(chords[s if s >= 0 else ~s] for s in ring) < 3 for rings in graph.rings for ring in rings):
        return False  # two straight arcs upon each other
    shapes = polygons_of(graph, flat)
    rings, region = shapely.get_rings(shapes, return_index=True)
    outer = np.diff(region, prepend=-1) > 0
    turned = shapely.is_ccw(rings) == outer
    return bool(shapely.is_valid(shapes).all() and turned.all() and shapely.area(shapes).min() > _LEAST_AREA)


def _inside_out(graph: ArcGraph, flat: list[F64]) -> list[int]:
    """Numbers of the arcs of outer rings that do not run clockwise about an area, and of holes that do."""
    twice_area = [float((p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1]).sum()) for p in flat]
    return [
        s if s >= 0 else ~s
        for rings in graph.rings
        for k, ring in enumerate(rings)
        if (sum(twice_area[s] if s >= 0 else -twice_area[~s] for s in ring) > 2 * _LEAST_AREA) != (k == 0)
        for s in ring
    ]
