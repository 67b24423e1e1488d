"""Merging of regions by what it costs the picture for each unit of border that it saves."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from pbn.core.adjacency import contacts, stats
from pbn.core.values import F32, F64, I32


def merge_cheapest(
    ids: I32, paint: I32, colours: F32, paints: F64, *, least: int, most_cost: float = float("inf")
) -> tuple[I32, I32]:
    """Merge neighbours, cheapest first, until ``least`` regions are left or the next costs too much.

    The full lambda-schedule of the Mumford-Shah functional (Koepfler, Lopez, Morel, "A Multiscale
    Algorithm for Image Segmentation by Variational Method", 1994), but a region's colour is one of
    the paints: the union takes that of its two parts' paints which suits it better.

    Parameters
    ----------
    ids, paint
        Map (H, W) of regions and their paints (n,).
    colours, paints
        Picture (H, W, 3) and paints (k, 3) in a space where squared distance is the error.
    least
        Stop at this number of regions.
    most_cost
        Stop when a merge costs more, in squared distance x pixels / pixel of border.
    """
    graph = _Graph(ids, paint, colours, paints)
    heap = graph.all_merges()
    heapq.heapify(heap)
    alive = len(paint)
    while alive > least and heap:
        merge = heapq.heappop(heap)
        if not graph.is_current(merge):
            continue
        if merge.cost > most_cost:
            break
        for again in graph.join(merge.a, merge.b):
            heapq.heappush(heap, again)
        alive -= 1
    return graph.result(ids)


class _Merge(NamedTuple):
    cost: float
    a: int
    b: int
    version_a: int
    version_b: int


class _Graph:
    """Regions as plain Python numbers: at a few thousand merges that beats arrays of length three."""

    def __init__(self, ids: I32, paint: I32, colours: F32, paints: F64) -> None:
        n = len(paint)
        s = stats(ids, colours, n)
        self.area: list[float] = s.area.tolist()
        self.sums: list[list[float]] = (s.mean * s.area[:, None]).tolist()
        self.paint: list[int] = paint.tolist()
        self.paints: list[tuple[float, float, float, float]] = [
            (float(c[0]), float(c[1]), float(c[2]), float(c @ c)) for c in paints
        ]
        self.own = [self._cost(r, self.paint[r]) for r in range(n)]
        self.version = [0] * n
        self.parent = list(range(n))
        self.border: list[dict[int, int]] = [{} for _ in range(n)]
        touching = contacts(ids)
        for a, b, length in zip(
            touching.first.tolist(), touching.second.tolist(), touching.length.tolist(), strict=True
        ):
            self.border[a][b] = self.border[b][a] = length

    def _cost(self, r: int, paint: int) -> float:
        """Squared error of region r under a paint, less what no paint can change."""
        x, y, z, square = self.paints[paint]
        s = self.sums[r]
        return self.area[r] * square - 2 * (s[0] * x + s[1] * y + s[2] * z)

    def _merge(self, a: int, b: int, length: int) -> _Merge:
        taken = self._cost(b, self.paint[a]) - self.own[b]
        given = self._cost(a, self.paint[b]) - self.own[a]
        if a > b:
            a, b = b, a
        return _Merge(min(taken, given) / length, a, b, self.version[a], self.version[b])

    def all_merges(self) -> list[_Merge]:
        return [self._merge(a, b, n) for a, near in enumerate(self.border) for b, n in near.items() if a < b]

    def is_current(self, m: _Merge) -> bool:
        alive = self.parent[m.a] == m.a and self.parent[m.b] == m.b
        return alive and self.version[m.a] == m.version_a and self.version[m.b] == m.version_b

    def join(self, a: int, b: int) -> list[_Merge]:
        """Put the smaller into the larger; returns the merges that the union may make next."""
        if self.area[a] < self.area[b]:
            a, b = b, a
        if self._cost(a, self.paint[b]) - self.own[a] < self._cost(b, self.paint[a]) - self.own[b]:
            self.paint[a] = self.paint[b]
        self.parent[b] = a
        self.area[a] += self.area[b]
        self.sums[a] = [p + q for p, q in zip(self.sums[a], self.sums[b], strict=True)]
        self.own[a] = self._cost(a, self.paint[a])
        self.version[a] += 1
        near = self.border[a]
        del near[b]
        for c, length in self.border[b].items():
            if c != a:
                near[c] = near.get(c, 0) + length
                del self.border[c][b]
                self.border[c][a] = near[c]
        self.border[b] = {}
        return [self._merge(a, c, length) for c, length in near.items()]

    def result(self, ids: I32) -> tuple[I32, I32]:
        root = np.array(self.parent, np.int32)
        while not np.array_equal(root, root[root]):
            root = root[root]
        kept, renumbered = np.unique(root, return_inverse=True)
        merged = renumbered.astype(np.int32)[ids]
        return merged, np.array(self.paint, np.int32)[kept]
