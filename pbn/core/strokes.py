"""The points of a traced graph, and the strokes in which a pen would draw its borders.

Where two of the three borders at a node go on in nearly one direction, the pen does not stop: they
are one stroke, and the third ends on it. So smoothing bends no border where another meets it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbn.core.values import F64, OUTSIDE, ArcGraph

I64 = NDArray[np.int64]

_LOOK = 4
"""Points along an arc by which its direction at a node is told."""

_SPARE = 4
"""An arc of so many pixel edges can do without its first and last."""

_STRAIGHT_ON = -0.35
"""Two borders are one stroke when the cosine between them is below this (about 110 degrees)."""


_WRAP = 24, 100
"""Least and most points by which a closed stroke goes on beyond its seam."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Point numbers in drawing order; a closed one comes back from its last to its first."""

    points: I64
    closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """A traced graph's points, each once: nodes first, then the middles of pixel edges.

    ``place`` (n, 2) are their places, ``arcs`` the point numbers of each arc from end to end (a
    closed arc ends where it begins), ``passed`` whether its stroke goes on beyond its beginning and
    its end, ``fixed`` (n,) those that never move: the frame's, and nodes
    that no stroke passes through. ``point`` and ``region`` pair each point with each of the regions
    it bounds.
    """

    place: F64
    arcs: tuple[I64, ...]
    passed: tuple[tuple[bool, bool], ...]
    strokes: tuple[Stroke, ...]
    fixed: NDArray[np.bool_]
    point: I64
    region: I64


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Strokes end to end; a closed one goes round beyond its seam, so that it is like any place.

    ``index`` (m,) are the point numbers, ``stroke`` (m,) their strokes, ``inner`` (m,) whether they
    are neither an open stroke's ends nor a closed one's repetition. ``count`` (k,) is how many points
    each stroke has, ``closed`` (k,) whether it is closed.
    """

    index: I64
    stroke: I64
    inner: NDArray[np.bool_]
    count: I64
    closed: NDArray[np.bool_]


def rows_of(strokes: tuple[Stroke, ...]) -> Rows:
    """Lay strokes out in rows; closed ones go half a round on at either end, within `_WRAP` points."""
    index, inner = [np.empty(0, np.int64)], [np.empty(0, np.bool_)]
    for s in strokes:
        n = len(s.points)
        wrap = min(max(n // 2 + 2, _WRAP[0]), _WRAP[1])
        at = np.arange(-wrap, n + wrap) if s.closed else np.arange(n)
        index.append(s.points[at % n])
        inner.append((at >= 0) & (at < n) if s.closed else (at > 0) & (at < n - 1))
    return Rows(
        np.concatenate(index),
        np.repeat(np.arange(len(strokes)), [len(part) for part in index[1:]]),
        np.concatenate(inner),
        np.array([len(s.points) for s in strokes], np.int64),
        np.array([s.closed for s in strokes], np.bool_),
    )


def net_of(graph: ArcGraph) -> Net:
    """Number the points of a graph of degree 1, and find its strokes."""
    numbers: dict[tuple[float, float], int] = {}
    ends = [_ends(a.points, numbers) for a in graph.arcs]
    frame = [OUTSIDE in (a.left, a.right) for a in graph.arcs]
    places = [np.array(list(numbers), np.float64).reshape(-1, 2)]
    arcs, count = [], len(numbers)
    for arc, (start, end), on_frame in zip(graph.arcs, ends, frame, strict=True):
        inner = arc.points[:0] if on_frame else _middles(arc.points, closed=start < 0)
        places.append(inner)
        middle = np.arange(count, count + len(inner))
        count += len(inner)
        arcs.append(np.concatenate([[start], middle, [end]]) if start >= 0 else np.append(middle, middle[0]))
    place = np.concatenate(places)
    onward = _onward(arcs, frame, place)
    strokes = _strokes(arcs, frame, onward, len(numbers))
    passed = tuple(
        (closed or ~k in onward, closed or k in onward)
        for k, closed in enumerate(int(a[0]) >= len(numbers) for a in arcs)
    )
    fixed = np.zeros(count, np.bool_)
    fixed[: len(numbers)] = True
    for s in strokes:
        fixed[s.points if s.closed else s.points[1:-1]] = False
    point, region = _bounds(graph, arcs)
    return Net(place, tuple(arcs), passed, tuple(strokes), fixed, point, region)


def _middles(points: F64, *, closed: bool) -> F64:
    """The middles of an arc's pixel edges; those half a pixel from a node only hinder its curve."""
    middles: F64 = (points[1:] + points[:-1]) / 2
    return middles if closed or len(middles) < _SPARE else middles[1:-1]


def _ends(points: F64, numbers: dict[tuple[float, float], int]) -> tuple[int, int]:
    """Node numbers of an arc's ends; -1 for a closed arc without a node of its own."""
    first, last = (float(points[0, 0]), float(points[0, 1])), (float(points[-1, 0]), float(points[-1, 1]))
    if first == last and first not in numbers:
        return -1, -1
    return numbers.setdefault(first, len(numbers)), numbers.setdefault(last, len(numbers))


def _bounds(graph: ArcGraph, arcs: list[I64]) -> tuple[I64, I64]:
    length = [len(a) for a in arcs]
    point = np.concatenate(arcs)
    left = np.repeat([a.left for a in graph.arcs], length)
    right = np.repeat([a.right for a in graph.arcs], length)
    point, region = np.concatenate([point, point]), np.concatenate([left, right])
    inside = region != OUTSIDE
    return point[inside], region[inside].astype(np.int64)


def _strokes(arcs: list[I64], frame: list[bool], onward: dict[int, int], nodes: int) -> list[Stroke]:
    """Chain arcs through the nodes where a pair goes straight on; the frame's arcs are no strokes."""
    strokes: list[Stroke] = []
    used: set[int] = set()
    for k in range(len(arcs)):
        if k in used or frame[k]:
            continue
        if int(arcs[k][0]) >= nodes:
            strokes.append(Stroke(arcs[k][:-1], closed=True))
            continue
        chain: list[int] = []
        side = _first(k, onward)
        closed = False
        while True:
            chain.append(side)
            used.add(side if side >= 0 else ~side)
            following = onward.get(side)
            if following is None:
                break
            if (following if following >= 0 else ~following) in used:
                closed = following == chain[0]
                break
            side = following
        points = np.concatenate([(arcs[s] if s >= 0 else arcs[~s][::-1])[:-1] for s in chain])
        last = arcs[chain[-1]][-1] if chain[-1] >= 0 else arcs[~chain[-1]][0]
        strokes.append(Stroke(points if closed else np.append(points, last), closed))
    return strokes


def _first(k: int, onward: dict[int, int]) -> int:
    """The side of arc k, or of an arc before it, at which its stroke begins."""
    side = k
    while True:
        back = onward.get(~side)
        if back is None or ~back == k:
            return side
        side = ~back


def _onward(arcs: list[I64], frame: list[bool], place: F64) -> dict[int, int]:
    """For an arc's side (k forwards, ~k backwards) the side that goes on from its end."""
    leaving: dict[int, list[int]] = {}
    for k, arc in enumerate(arcs):
        leaving.setdefault(int(arc[0]), []).append(k)
        leaving.setdefault(int(arc[-1]), []).append(~k)
    onward: dict[int, int] = {}
    for sides in leaving.values():
        if len(sides) < 3 or any(frame[s if s >= 0 else ~s] for s in sides):
            continue
        pair = _straightest(sides, arcs, place)
        if pair:
            a, b = pair
            onward[~a], onward[~b] = b, a
    return onward


def _straightest(sides: list[int], arcs: list[I64], place: F64) -> tuple[int, int] | None:
    """The two of the sides leaving a node that come nearest to one line, if near enough."""
    heading = []
    for s in sides:
        p = place[arcs[s] if s >= 0 else arcs[~s][::-1]]
        d = p[min(_LOOK, len(p) - 1)] - p[0]
        heading.append(d / max(float(np.hypot(*d)), 1e-9))
    best, pair = _STRAIGHT_ON, None
    for i in range(len(sides)):
        for j in range(i):
            cosine = float(heading[i] @ heading[j])
            if cosine < best and sides[i] != ~sides[j]:
                best, pair = cosine, (sides[j], sides[i])
    return pair
