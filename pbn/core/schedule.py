"""Merging of regions by what it costs the picture for each unit of border that it saves."""

from __future__ import annotations

import heapq

import numpy as np

from pbn.core.adjacency import I64, Contacts, Stats, contacts, stats
from pbn.core.values import F32, F64, I32

_Merge = tuple[float, int, int]
"""What it costs, and the two regions, the lesser first."""


def merge_cheapest(
    ids: I32,
    paint: I32,
    colours: F32,
    paints: F64,
    *,
    least: int,
    most_cost: float = float("inf"),
    weight: F32 | None = None,
    each: float = 0.0,
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
    weight
        (H, W), for how many pixels each counts; by default one.
    each
        Pixels of border that one region less is worth besides those that it saves.
    """
    n = len(paint)
    found, touching = stats(ids, colours, n, weight), contacts(ids)
    own, heap = _first_merges(paint, paints, found, touching, most_cost, each)
    if not heap or n <= least:
        return ids, paint
    heapq.heapify(heap)
    graph = _Graph(paint, paints, found, touching, own, each)
    alive = n
    while alive > least and heap:
        cost, a, b = heapq.heappop(heap)
        if not graph.are_left(a, b):
            continue
        now = graph.merge_cost(a, b)
        if now > cost:
            if now <= most_cost:
                heapq.heappush(heap, (now, a, b))
            continue
        for again in graph.join(a, b, most_cost):
            heapq.heappush(heap, again)
        alive -= 1
    return graph.result(ids)


def _first_merges(
    paint: I32, paints: F64, found: Stats, touching: Contacts, most_cost: float, each: float
) -> tuple[F64, list[_Merge]]:
    """The error (n,) of each region as painted, and the merges of two that do not cost too much."""
    sums = found.mean * found.area[:, None]
    square = (paints**2).sum(axis=1)

    def cost(r: I64, with_paint: I32) -> F64:
        x, y, z = paints[with_paint].T
        part: F64 = 2 * (sums[r, 0] * x + sums[r, 1] * y + sums[r, 2] * z)
        total: F64 = found.area[r] * square[with_paint] - part
        return total

    own = cost(np.arange(len(paint)), paint)
    a, b = touching.first, touching.second
    change = np.minimum(cost(b, paint[a]) - own[b], cost(a, paint[b]) - own[a]) / (touching.length + each)
    k = np.flatnonzero(change <= most_cost)
    return own, list(zip(change[k].tolist(), a[k].tolist(), b[k].tolist(), strict=True))


class _Graph:
    """Regions as plain Python numbers: at a few thousand merges that beats arrays of length three."""

    def __init__(
        self, paint: I32, paints: F64, found: Stats, touching: Contacts, own: F64, each: float
    ) -> None:
        n, self.each = len(paint), each
        self.area: list[float] = found.area.tolist()
        self.sums: list[list[float]] = (found.mean * found.area[:, None]).tolist()
        self.paint: list[int] = paint.tolist()
        self.paints: list[tuple[float, float, float, float]] = [
            (float(c[0]), float(c[1]), float(c[2]), float((c**2).sum())) for c in paints
        ]
        self.own: list[float] = own.tolist()
        self.parent = list(range(n))
        self.border: list[dict[int, int]] = [{} for _ in range(n)]
        for a, b, length in zip(
            touching.first.tolist(), touching.second.tolist(), touching.length.tolist(), strict=True
        ):
            self.border[a][b] = self.border[b][a] = length

    def _cost(self, r: int, paint: int) -> float:
        """Squared error of region r under a paint, less what no paint can change."""
        x, y, z, square = self.paints[paint]
        s = self.sums[r]
        return self.area[r] * square - 2 * (s[0] * x + s[1] * y + s[2] * z)

    def merge_cost(self, a: int, b: int) -> float:
        """What it costs to merge two neighbours, for each pixel of border that it is worth."""
        x, y, z, square = self.paints[self.paint[a]]
        p, q, r = self.sums[b]
        taken = self.area[b] * square - 2 * (p * x + q * y + r * z) - self.own[b]
        x, y, z, square = self.paints[self.paint[b]]
        p, q, r = self.sums[a]
        given = self.area[a] * square - 2 * (p * x + q * y + r * z) - self.own[a]
        return (taken if taken < given else given) / (self.border[a][b] + self.each)

    def are_left(self, a: int, b: int) -> bool:
        """Whether two regions are still themselves."""
        return self.parent[a] == a and self.parent[b] == b

    def join(self, a: int, b: int, most_cost: float) -> list[_Merge]:
        """Put the smaller into the larger; returns the merges that the union may make next.

        Those are with the smaller one's neighbours, and with all where the union's paint is another:
        elsewhere only the larger one's own error has changed, and what depends on that is seen when due.
        """
        if self.area[a] < self.area[b]:
            a, b = b, a
        near, moved = self.border[a], self.border[b]
        del near[b], moved[a]
        self.border[b] = {}
        for c, length in moved.items():
            near[c] = near.get(c, 0) + length
            del self.border[c][b]
            self.border[c][a] = near[c]
        if self._cost(a, self.paint[b]) - self.own[a] < self._cost(b, self.paint[a]) - self.own[b]:
            self.paint[a] = self.paint[b]
            moved = near
        self.parent[b] = a
        self.area[a] += self.area[b]
        self.sums[a] = [p + q for p, q in zip(self.sums[a], self.sums[b], strict=True)]
        self.own[a] = self._cost(a, self.paint[a])
        found = [(self.merge_cost(a, c), a, c) if a < c else (self.merge_cost(a, c), c, a) for c in moved]
        return [merge for merge in found if merge[0] <= most_cost]

    def result(self, ids: I32) -> tuple[I32, I32]:
        root = np.array(self.parent, np.int32)
        while not np.array_equal(root, root[root]):
            root = root[root]
        kept, renumbered = np.unique(root, return_inverse=True)
        return renumbered.astype(np.int32).take(ids), np.array(self.paint, np.int32)[kept]
