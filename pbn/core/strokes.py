"""The points of a traced graph, and the strokes in which a pen would draw its borders.

Where two of the three borders at a node go on in nearly one direction, the pen does not stop: they
are one stroke, and the third ends on it. So smoothing bends no border where another meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbn.core.ragged import I64, parts, places, starts
from pbn.core.values import F64, OUTSIDE, ArcGraph

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
    count = np.array([len(s.points) for s in strokes], np.int64)
    closed = np.array([s.closed for s in strokes], np.bool_)
    wrap = np.where(closed, np.clip(count // 2 + 2, *_WRAP), 0)
    stroke = np.repeat(np.arange(len(strokes)), count + 2 * wrap)
    at, n = places(count + 2 * wrap) - wrap[stroke], count[stroke]
    points = np.concatenate([np.empty(0, np.int64), *(s.points for s in strokes)])
    ends = np.where(closed, 0, 1)[stroke]
    return Rows(points[starts(count)[stroke] + at % n], stroke, (at >= ends) & (at < n - ends), count, closed)


def net_of(graph: ArcGraph) -> Net:
    """Number the points of a graph of degree 1, and find its strokes."""
    points = np.concatenate([a.points for a in graph.arcs])
    length = np.array([len(a.points) for a in graph.arcs])
    first = starts(length)
    numbers: dict[tuple[float, float], int] = {}
    corners = zip(points[first].tolist(), points[first + length - 1].tolist(), strict=True)
    ends = np.array([_ends((x, y), (u, v), numbers) for (x, y), (u, v) in corners]).reshape(-1, 2)
    frame = [OUTSIDE in (a.left, a.right) for a in graph.arcs]
    middles, count = _middles(points, length, ends[:, 0] >= 0, np.array(frame))
    place = np.concatenate([np.array(list(numbers), np.float64).reshape(-1, 2), middles])
    arcs = _numbered(ends, count, len(numbers))
    onward = _onward(arcs, frame, place)
    strokes = _strokes(arcs, frame, onward, len(numbers))
    passed = tuple(
        (closed or ~k in onward, closed or k in onward)
        for k, closed in enumerate(int(a[0]) >= len(numbers) for a in arcs)
    )
    fixed = np.arange(len(place)) < len(numbers)
    for s in strokes:
        fixed[s.points if s.closed else s.points[1:-1]] = False
    point, region = _bounds(graph, arcs)
    return Net(place, arcs, passed, tuple(strokes), fixed, point, region)


def _middles(
    points: F64, length: I64, opened: NDArray[np.bool_], frame: NDArray[np.bool_]
) -> tuple[F64, I64]:
    """The middles of the arcs' pixel edges, and how many of each arc; none of the frame's.

    Those half a pixel from a node only hinder its curve.
    """
    first, last = starts(length), np.cumsum(length) - 2
    wanted = np.repeat(~frame, length)
    wanted[last + 1] = False  # from arc to arc
    spare = opened & (length > _SPARE)
    wanted[first[spare]] = wanted[last[spare]] = False
    middles: F64 = ((points[1:] + points[:-1]) / 2)[wanted[:-1]]
    return middles, np.add.reduceat(wanted, first, dtype=np.int64)


def _numbered(ends: I64, count: I64, nodes: int) -> tuple[I64, ...]:
    """The point numbers of each arc: its node, its middles, its node; a closed one ends where it begins."""
    opened = (ends[:, 0] >= 0).astype(np.int64)
    begin = starts(count + 1 + opened)
    number = places(count + 1 + opened) + np.repeat(nodes + starts(count) - opened, count + 1 + opened)
    last = begin + count + opened
    number[last] = number[begin]
    number[begin[opened > 0]], number[last[opened > 0]] = ends[opened > 0].T
    return tuple(parts(number, begin))


def _ends(
    first: tuple[float, float], last: tuple[float, float], numbers: dict[tuple[float, float], int]
) -> tuple[int, int]:
    """Node numbers of an arc's ends; -1 for a closed arc without a node of its own."""
    if first == last and first not in numbers:
        return -1, -1
    return numbers.setdefault(first, len(numbers)), numbers.setdefault(last, len(numbers))


def _bounds(graph: ArcGraph, arcs: Sequence[I64]) -> tuple[I64, I64]:
    length = [len(a) for a in arcs]
    point = np.concatenate(arcs)
    left = np.repeat([a.left for a in graph.arcs], length)
    right = np.repeat([a.right for a in graph.arcs], length)
    point, region = np.concatenate([point, point]), np.concatenate([left, right])
    inside = region != OUTSIDE
    return point[inside], region[inside].astype(np.int64)


def _strokes(arcs: Sequence[I64], frame: list[bool], onward: dict[int, int], nodes: int) -> list[Stroke]:
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


def _onward(arcs: Sequence[I64], frame: list[bool], place: F64) -> dict[int, int]:
    """For an arc's side (k forwards, ~k backwards) the side that goes on from its end."""
    leaving: dict[int, list[int]] = {}
    forth = np.array([(arc[0], arc[min(_LOOK, len(arc) - 1)]) for arc in arcs])
    back = np.array([(arc[-1], arc[max(-1 - _LOOK, -len(arc))]) for arc in arcs])
    for k, (start, end) in enumerate(zip(forth[:, 0].tolist(), back[:, 0].tolist(), strict=True)):
        leaving.setdefault(start, []).append(k)
        leaving.setdefault(end, []).append(~k)
    heading = _headings(place, forth, back)
    onward: dict[int, int] = {}
    for sides in leaving.values():
        if len(sides) < 3 or any(frame[s if s >= 0 else ~s] for s in sides):
            continue
        pair = _straightest(sides, heading)
        if pair:
            a, b = pair
            onward[~a], onward[~b] = b, a
    return onward


def _headings(place: F64, forth: I64, back: I64) -> list[tuple[float, float]]:
    """The direction in which each side leaves its node: that of arc k at k, that of side ~k at ~k.

    ``forth`` and ``back`` (n, 2) are the numbers of a node and of a point that tells the direction.
    """
    node, ahead = np.concatenate([forth, back[::-1]]).T
    way = place[ahead] - place[node]
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    return [(x, y) for x, y in way.tolist()]


def _straightest(sides: list[int], heading: list[tuple[float, float]]) -> tuple[int, int] | None:
    """The two of the sides leaving a node that come nearest to one line, if near enough."""
    best, pair = _STRAIGHT_ON, None
    for i in range(len(sides)):
        x, y = heading[sides[i]]
        for j in range(i):
            u, v = heading[sides[j]]
            cosine = x * u + y * v
            if cosine < best and sides[i] != ~sides[j]:
                best, pair = cosine, (sides[j], sides[i])
    return pair
