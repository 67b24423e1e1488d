"""Borders as curves: cubic Beziers cut to chords, arcs joined to rings, rings to polygons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from pbn.core.once import once
from pbn.core.ragged import parts
from pbn.core.values import F64, Arc, ArcGraph, Ring

Polygons = NDArray[np.object_]
"""(n,) shapely polygons."""


def flatten(points: F64, tolerance: float) -> F64:
    """Return a polyline that follows a chain of cubic Beziers.

    Parameters
    ----------
    points : (3 k + 1, 2)
        Control points of k cubic Beziers, end to end.
    tolerance
        No point of the curve is farther than this from its chord (same unit as the points).

    Returns
    -------
    (N, 2)
        Points of the curve, its first and last control point included exactly. The reversed
        curve gives the very same points in reversed order, to the last bit.
    """
    return flatten_all([points], tolerance)[0]


def ring_points(lines: Sequence[F64], ring: Ring) -> F64:
    """Return the points of a ring, head to tail, each joint once, the last equal to the first.

    ``lines`` has the points of each arc, as the graph has them or drawn or placed otherwise.
    """
    walked = [lines[a] if a >= 0 else lines[~a][::-1] for a in ring]
    return np.concatenate([walked[0][:1], *(line[1:] for line in walked)])


@once
def polygons(graph: ArcGraph, tolerance: float) -> Polygons:
    """Make a shapely polygon of each region: its first ring is the outer one, the others are holes.

    Neighbours have the very same vertices along their common border, so that the polygons of a
    graph without crossings are a coverage. Nothing is repaired: what crosses stays invalid. Asked
    again with the same tolerance, it gives the same polygons, which nobody may change.

    Parameters
    ----------
    graph
        Of degree 1 (taken as it is) or 3 (flattened).
    tolerance
        As in `flatten`; not used for degree 1.

    Returns
    -------
    (n,) object array
        One polygon for each region, in order.
    """
    points = [a.points for a in graph.arcs]
    return polygons_of(graph, flatten_all(points, tolerance) if graph.degree == 3 else points)


def polygons_of(graph: ArcGraph, lines: Sequence[F64], which: Sequence[int] | None = None) -> Polygons:
    """`polygons` of a graph whose arcs are drawn as polylines; of all regions, or of some."""
    regions = graph.rings if which is None else [graph.rings[k] for k in which]
    walked = [ring_points(lines, ring) for rings in regions for ring in rings]
    owner = np.repeat(np.arange(len(regions)), [len(rings) for rings in regions])
    if not walked:
        return np.empty(0, object)
    ring = np.repeat(np.arange(len(walked)), [len(p) for p in walked])
    rings = np.asarray(shapely.linearrings(np.concatenate(walked), indices=ring), object)
    return np.asarray(shapely.polygons(rings, indices=owner), object)


def scaled(graph: ArcGraph, factor: float) -> ArcGraph:
    """Return the same graph in another unit: every length times ``factor``."""
    arcs = tuple(Arc(a.points * factor, a.left, a.right) for a in graph.arcs)
    return ArcGraph(arcs, graph.rings, graph.width * factor, graph.height * factor, graph.degree)


def on_grid(graph: ArcGraph, per_unit: int) -> ArcGraph:
    """Return the same graph of degree 3 with every point on a grid, so that files can say it exactly.

    The four coordinates of each Bezier, in steps of the grid, are made to add up to an odd number, by
    a step of its second point. For at t = k / n the curve is a whole number of n^3-ths of a step, odd
    where n is even: never half-way between two points of the grid. So a reader that rounds points
    of the curve to the same grid rounds them alike in both directions, and neighbours still meet.
    A coordinate that is the same for all four stays.

    Parameters
    ----------
    graph
        Of degree 3.
    per_unit
        Steps of the grid in a unit.
    """
    chains = [a.points for a in graph.arcs]
    steps = np.rint(np.concatenate(chains) * per_unit)
    heads, first = _heads(chains)
    beziers = steps[heads[:, None] + np.arange(4)]
    even = beziers.sum(axis=1) % 2 == 0
    steps[heads + 1] += even & (beziers != beziers[:, :1]).any(axis=1)
    lines = parts(steps / per_unit, first)
    arcs = tuple(Arc(line, a.left, a.right) for line, a in zip(lines, graph.arcs, strict=True))
    width, height = (round(side * per_unit) / per_unit for side in (graph.width, graph.height))
    return ArcGraph(arcs, graph.rings, width, height, graph.degree)


def flatten_all(chains: Sequence[F64], tolerance: float) -> list[F64]:
    """Each chain of cubic Beziers flattened; all Beziers of all chains in one pass."""
    beziers = _beziers(chains)
    chords = _chords(beziers, tolerance)
    start = np.cumsum(chords) - chords
    step = np.arange(int(chords.sum())) - np.repeat(start, chords)
    n = np.repeat(chords, chords)
    # t and u as fractions of whole numbers, and a sum in pairs: reversing a curve swaps
    # them exactly, and no bit of the result changes.
    t, u = step / n, (n - step) / n
    which = np.repeat(np.arange(len(chords)), chords)
    w0, w1, w2, w3 = u * u * u, 3 * (u * u) * t, 3 * (t * t) * u, t * t * t
    flat = np.empty((len(t), 2))
    for axis in (0, 1):
        p0, p1, p2, p3 = beziers[:, :, axis].T[:, which]
        flat[:, axis] = (w0 * p0 + w3 * p3) + (w1 * p1 + w2 * p2)
    first = np.cumsum([0, *(len(c) // 3 for c in chains[:-1])])
    lines = parts(flat, start[first])
    return [np.concatenate([p, c[-1:]]) for p, c in zip(lines, chains, strict=True)]


def _beziers(chains: Sequence[F64]) -> F64:
    """(k, 4, 2) control points of the k Beziers of all chains."""
    beziers: F64 = np.concatenate(chains)[_heads(chains)[0][:, None] + np.arange(4)]
    return beziers


def _heads(chains: Sequence[F64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(k,) where each Bezier of the chains begins in their points end to end, and where each chain does."""
    count = np.array([len(c) // 3 for c in chains])
    first = np.cumsum(3 * count + 1) - (3 * count + 1)
    return 3 * np.arange(count.sum()) + np.repeat(np.arange(len(chains)), count), first


def _chords(beziers: F64, tolerance: float) -> NDArray[np.int64]:
    """How many chords each Bezier needs.

    Over 1 / n of a cubic the curve leaves its chord by at most |B''| / (8 n^2), and |B''| is at
    most 6 times the greater second difference of the control points (Wang's formula).
    """
    bends = beziers[:, :-2] + beziers[:, 2:] - 2 * beziers[:, 1:-1]
    size = np.hypot(bends[..., 0], bends[..., 1])
    bend = np.maximum(size[:, 0], size[:, 1])
    chords: NDArray[np.int64] = np.maximum(1, np.ceil(np.sqrt(0.75 * bend / tolerance))).astype(np.int64)
    return chords
