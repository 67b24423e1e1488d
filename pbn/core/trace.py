"""Region map to arcs: every border once, along pixel edges."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from pbn.core.values import I32, OUTSIDE, Arc, ArcGraph, RegionMap, Ring

_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""dx, dy of the four headings: right, down, left, up."""

_ONWARD = tuple(
    tuple(
        next((h for h in range(4) if cracks >> h & 1 and h != (heading + 2) % 4), -1) for heading in range(4)
    )
    for cracks in range(16)
)
"""Where a border goes on: ``_ONWARD[cracks at the vertex][heading on arrival]``."""


def trace(regions: RegionMap) -> ArcGraph:
    """Arcs between nodes, as polylines with a point at every pixel corner that they pass.

    Nodes are the corners where three or four borders meet, and the frame's four corners. Arcs come
    in the order in which rows meet their beginnings; those without a node, round an island, start
    at its upper left corner. Points are (x, y) with pixel corners on integers.

    Returns
    -------
    ArcGraph
        Of degree 1. Each region has its outer ring first, clockwise as seen, then its holes.
    """
    walker = _Walker(regions.ids)
    walks = walker.open_walks() + walker.closed_walks()
    arcs = walker.arcs(walks)
    height, width = regions.ids.shape
    ends = [(w[0], w[-1]) for w in walks]
    return ArcGraph(arcs, _rings(arcs, ends, len(regions)), float(width), float(height))


def raster(graph: ArcGraph) -> I32:
    """(H, W): the region of each pixel, of a traced graph."""
    points = np.concatenate([a.points for a in graph.arcs]).astype(np.int64)
    length = [len(a.points) for a in graph.arcs]
    step = np.diff(points, axis=0)
    upright = np.flatnonzero((step[:, 0] == 0) & (np.abs(step[:, 1]) == 1))
    upright = upright[~np.isin(upright, np.cumsum(length) - 1)]  # from arc to arc is no step
    down = step[upright, 1] > 0
    left, right = (np.repeat(side, length)[upright] for side in _sides(graph.arcs))
    jump = np.zeros((int(graph.height), int(graph.width) + 1), np.int32)
    x, y = points[upright, 0], np.minimum(points[upright, 1], points[upright + 1, 1])
    jump[y, x] = np.where(down, left - right, right - left)
    ids: I32 = jump.cumsum(axis=1, dtype=np.int32)[:, :-1] + np.int32(OUTSIDE)
    return ids


def _sides(arcs: tuple[Arc, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.array([a.left for a in arcs]), np.array([a.right for a in arcs])


class _Walker:
    """The cracks between unlike pixels, as bits of headings at each vertex of the pixel grid."""

    def __init__(self, ids: I32) -> None:
        self.padded = np.pad(ids, 1, constant_values=OUTSIDE)
        a, b = self.padded[:-1, :-1], self.padded[:-1, 1:]
        c, d = self.padded[1:, :-1], self.padded[1:, 1:]
        cracks = (b != d) * 1 | (c != d) * 2 | (a != c) * 4 | (a != b) * 8
        self.row_step = cracks.shape[1]
        count = np.array([bin(k).count("1") for k in range(16)])[cracks]
        node = count >= 3
        node[[0, 0, -1, -1], [0, -1, 0, -1]] = True
        self.node: list[bool] = node.ravel().tolist()
        self.cracks: list[int] = cracks.ravel().tolist()
        self.left: list[int] = cracks.ravel().tolist()  # those not walked yet
        self.nodes: list[int] = np.flatnonzero(node).tolist()
        self.offset = [dx + dy * self.row_step for dx, dy in _STEPS]

    def open_walks(self) -> list[list[int]]:
        return [self._walk(v, h) for v in self.nodes for h in range(4) if self.left[v] >> h & 1]

    def closed_walks(self) -> list[list[int]]:
        starts = np.flatnonzero(np.array(self.left)).tolist()
        return [self._walk(v, 0) for v in starts if self.left[v] & 1]

    def _walk(self, vertex: int, heading: int) -> list[int]:
        start, path = vertex, [vertex]
        left, cracks, node, offset = self.left, self.cracks, self.node, self.offset
        while True:
            left[vertex] &= ~(1 << heading)
            vertex += offset[heading]
            left[vertex] &= ~(1 << (heading + 2) % 4)
            path.append(vertex)
            if node[vertex] or vertex == start:
                return path
            heading = _ONWARD[cracks[vertex]][heading]

    def arcs(self, walks: list[list[int]]) -> tuple[Arc, ...]:
        v = np.fromiter(chain.from_iterable(walks), np.int64)
        first = np.cumsum([0, *(len(w) for w in walks[:-1])])
        points = np.stack([v % self.row_step, v // self.row_step], axis=1)
        (x, y), (dx, dy) = points[first].T, (points[first + 1] - points[first]).T
        # of the two pixels beside the first step, in the padded map
        middle_x, middle_y = 2 * x + 1 + dx, 2 * y + 1 + dy
        left = self.padded[(middle_y - dx) // 2, (middle_x + dy) // 2].tolist()
        right = self.padded[(middle_y + dx) // 2, (middle_x - dy) // 2].tolist()
        lines = np.split(points.astype(np.float64), first[1:])
        return tuple(Arc(*each) for each in zip(lines, left, right, strict=True))


def _rings(arcs: tuple[Arc, ...], ends: list[tuple[int, int]], n: int) -> tuple[tuple[Ring, ...], ...]:
    """For each region its rings, walked with the region on the right hand; ``ends`` are vertices."""
    sides: list[list[int]] = [[] for _ in range(n)]
    for k, arc in enumerate(arcs):
        if arc.right != OUTSIDE:
            sides[arc.right].append(k)
        if arc.left != OUTSIDE:
            sides[arc.left].append(~k)
    area = _areas(arcs)
    return tuple(_rings_of(region, arcs, ends, area) for region in sides)


def _rings_of(
    sides: list[int], arcs: tuple[Arc, ...], ends: list[tuple[int, int]], area: list[float]
) -> tuple[Ring, ...]:
    begins: dict[int, list[int]] = defaultdict(list)
    for s in sides:
        begins[ends[s][0] if s >= 0 else ends[~s][1]].append(s)
    rings = []
    walked: set[int] = set()
    for first in sides:
        if first in walked:
            continue
        ring = [first]
        while True:
            at = ring[-1]
            onward = begins[ends[at][1] if at >= 0 else ends[~at][0]]
            s = onward[0] if len(onward) == 1 else min(onward, key=lambda t: _right_turn(ring[-1], t, arcs))
            if s == first:
                break
            ring.append(s)
        walked.update(ring)
        rings.append(tuple(ring))
    return tuple(sorted(rings, key=lambda r: -sum(area[s] if s >= 0 else -area[~s] for s in r)))


def _points(side: int, arcs: tuple[Arc, ...]) -> NDArray[np.float64]:
    return arcs[side].points if side >= 0 else arcs[~side].points[::-1]


def _right_turn(side: int, onward: int, arcs: tuple[Arc, ...]) -> float:
    """Sine of the turn: where a region meets itself at a corner, the hole so closed is its own ring."""
    a, b = _points(side, arcs), _points(onward, arcs)
    (ux, uy), (vx, vy) = a[-1] - a[-2], b[1] - b[0]
    return float(ux * vy - uy * vx)


def _areas(arcs: tuple[Arc, ...]) -> list[float]:
    """What each arc adds to twice the area of a ring, which is positive clockwise as seen."""
    p = np.concatenate([a.points for a in arcs])
    last = np.cumsum([len(a.points) for a in arcs]) - 1
    part = np.append(p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1], 0.0)
    part[last] = 0
    total: list[float] = np.add.reduceat(part, np.append(0, last[:-1] + 1)).tolist()
    return total
