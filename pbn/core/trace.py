"""Region map to arcs: every border once, along pixel edges."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from pbn.core.ragged import I64, parts, starts
from pbn.core.sorting import distinct
from pbn.core.values import I32, OUTSIDE, Arc, ArcGraph, RegionMap, Ring

_HEADINGS = (np.arange(16)[:, None] >> np.arange(4) & 1).astype(np.bool_)
"""(16, 4): for the bits of the cracks at a vertex whether one goes right, down, left and up."""


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
    padded = np.pad(regions.ids, 1, constant_values=OUTSIDE)
    path, begin = _Cracks(padded).walks()
    arcs = _arcs(padded, path, begin)
    height, width = regions.ids.shape
    ends = list(zip(path[begin].tolist(), path[np.append(begin[1:], len(path)) - 1].tolist(), strict=True))
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


class _Cracks:
    """The cracks between unlike pixels, each as two steps, there and back, from vertex to vertex.

    Vertices are numbers in the grid of pixel corners. Steps are in the order of those that they leave,
    and of their headings. ``start`` and ``end`` are a step's vertices, ``back`` is the number of the one
    that goes back, ``onward`` of the one after it, or its own where it arrives at a node. ``leaves`` is
    whether it leaves one.
    """

    def __init__(self, padded: I32) -> None:
        a, b = padded[:-1, :-1], padded[:-1, 1:]
        c, d = padded[1:, :-1], padded[1:, 1:]
        cracks = (b != d).view(np.uint8)
        for bit, unlike in enumerate((c != d, a != c, a != b), start=1):
            cracks |= unlike.view(np.uint8) << np.uint8(bit)
        row = cracks.shape[1]
        vertex = np.flatnonzero(cracks)
        has = _HEADINGS[cracks.ravel()[vertex]]
        node = has.sum(axis=1) >= 3
        node[np.searchsorted(vertex, [0, row - 1, cracks.size - row, cracks.size - 1])] = True
        at, heading = np.divmod(np.flatnonzero(has), 4)
        right, down, left, up = (np.flatnonzero(heading == h) for h in range(4))
        self.back = np.empty(len(at), np.int64)  # in rows, and in columns, steps come in one order either way
        self.back[right], self.back[left], self.back[down], self.back[up] = left, right, up, down
        number = np.arange(len(at))
        other = number + np.where(np.diff(at, prepend=-1) == 0, -1, 1)  # that leaves a vertex that is no node
        self.leaves = node[at]
        self.onward = np.where(self.leaves[self.back], number, other[self.back])
        self.start = vertex[at]
        self.end = self.start[self.back]

    def walks(self) -> tuple[I64, I64]:
        """All borders' vertices end to end, and where each begins: those between nodes, then the closed."""
        last, far, loose = _followed(self.onward, np.arange(len(self.onward)))
        first = np.flatnonzero(self.leaves)
        first = first[first < self.back[last[first]]]  # not from its other end
        if len(loose):
            rounds, loose = self._rounds(loose)
            onward = self.onward.copy()
            before = self.back[onward[self.back[rounds]]]
            onward[before] = before
            last[loose], far[loose] = (found[loose] for found in _followed(onward, loose)[:2])
            first = np.concatenate([first, rounds])
        length = far[first] + 1
        begin = starts(length + 1)
        which = np.full(len(last), -1)
        which[last[first]] = np.arange(len(first))
        walked = np.flatnonzero(which[last] >= 0)
        k = which[last[walked]]
        path = np.empty(int((length + 1).sum()), np.int64)
        path[(begin + far[first])[k] - far[walked]] = self.start[walked]
        path[begin + length] = self.end[last[first]]
        return path, begin

    def _rounds(self, loose: I64) -> tuple[I64, I64]:
        """The first steps of closed borders, which go right from their upper left corners, and all steps."""
        place = np.zeros(len(self.onward), np.int64)
        place[loose] = np.arange(len(loose))
        onward, least = place[self.onward[loose]], np.arange(len(loose))
        for _ in range(len(loose).bit_length()):
            least = np.minimum(least, least[onward])
            onward = onward[onward]
        first = loose[least]
        clockwise = self.end[first] == self.start[first] + 1
        return distinct(first[clockwise]), loose[clockwise]


def _followed(onward: I64, steps: I64) -> tuple[I64, I64, I64]:
    """Each step's last one, how far that is, and of the ``steps`` those that go round without a last.

    Only what is said of the steps is true. All of them look twice as far ahead each time.
    """
    goes_on = onward != np.arange(len(onward))
    last, far = onward.copy(), goes_on.astype(np.int64)
    for _ in range(len(steps).bit_length() + 1):
        ahead = last[steps]
        further = goes_on[ahead]
        steps, ahead = steps[further], ahead[further]
        if not len(steps):
            break
        far[steps] += far[ahead]
        last[steps] = last[ahead]
    return last, far, steps


def _arcs(padded: I32, path: I64, begin: I64) -> tuple[Arc, ...]:
    points = np.stack(np.divmod(path, padded.shape[1] - 1)[::-1], axis=1)
    (x, y), (dx, dy) = points[begin].T, (points[begin + 1] - points[begin]).T
    # of the two pixels beside the first step, in the padded map
    middle_x, middle_y = 2 * x + 1 + dx, 2 * y + 1 + dy
    left = padded[(middle_y - dx) // 2, (middle_x + dy) // 2].tolist()
    right = padded[(middle_y + dx) // 2, (middle_x - dy) // 2].tolist()
    lines = parts(points.astype(np.float64), begin)
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
