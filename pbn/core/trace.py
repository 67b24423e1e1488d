"""Region map to arcs: every border once, along pixel edges."""

from __future__ import annotations

from collections import defaultdict

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
    arcs = tuple(walker.arc(w) for w in walks)
    height, width = regions.ids.shape
    return ArcGraph(arcs, _rings(arcs, len(regions)), float(width), float(height))


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

    def arc(self, walk: list[int]) -> Arc:
        v = np.array(walk)
        points = np.stack([v % self.row_step, v // self.row_step], axis=1).astype(np.float64)
        (x, y), (dx, dy) = points[0].astype(int), (points[1] - points[0]).astype(int)
        # of the two pixels beside the first step, in the padded map
        middle_x, middle_y = 2 * x + 1 + dx, 2 * y + 1 + dy
        left = self.padded[(middle_y - dx) // 2, (middle_x + dy) // 2]
        right = self.padded[(middle_y + dx) // 2, (middle_x - dy) // 2]
        return Arc(points, int(left), int(right))


def _rings(arcs: tuple[Arc, ...], n: int) -> tuple[tuple[Ring, ...], ...]:
    """For each region its rings, walked with the region on the right hand."""
    sides: list[list[int]] = [[] for _ in range(n)]
    for k, arc in enumerate(arcs):
        if arc.right != OUTSIDE:
            sides[arc.right].append(k)
        if arc.left != OUTSIDE:
            sides[arc.left].append(~k)
    return tuple(_rings_of(region, arcs) for region in sides)


def _rings_of(sides: list[int], arcs: tuple[Arc, ...]) -> tuple[Ring, ...]:
    begins: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for s in sides:
        begins[tuple(_points(s, arcs)[0])].append(s)
    rings = []
    walked: set[int] = set()
    for first in sides:
        if first in walked:
            continue
        ring = [first]
        while True:
            onward = begins[tuple(_points(ring[-1], arcs)[-1])]
            s = onward[0] if len(onward) == 1 else min(onward, key=lambda t: _right_turn(ring[-1], t, arcs))
            if s == first:
                break
            ring.append(s)
        walked.update(ring)
        rings.append(tuple(ring))
    return tuple(sorted(rings, key=lambda r: -_area(r, arcs)))


def _points(side: int, arcs: tuple[Arc, ...]) -> NDArray[np.float64]:
    return arcs[side].points if side >= 0 else arcs[~side].points[::-1]


def _right_turn(side: int, onward: int, arcs: tuple[Arc, ...]) -> float:
    """Sine of the turn: where a region meets itself at a corner, the hole so closed is its own ring."""
    a, b = _points(side, arcs), _points(onward, arcs)
    (ux, uy), (vx, vy) = a[-1] - a[-2], b[1] - b[0]
    return float(ux * vy - uy * vx)


def _area(ring: Ring, arcs: tuple[Arc, ...]) -> float:
    """Twice the area, positive clockwise as seen."""
    p = np.concatenate([_points(s, arcs)[:-1] for s in ring])
    q = np.roll(p, -1, axis=0)
    return float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum())
