"""Who borders whom in a map of regions, and what colour each region is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbn.core.once import once
from pbn.core.sorting import distinct
from pbn.core.values import F32, F64, I32

I64 = NDArray[np.int64]

RegionOf = Callable[[I64], I32]


def with_margin(ids: I32) -> I32:
    """(H + 2, W + 2): a map with a pixel of -1 about it."""
    padded = np.full((ids.shape[0] + 2, ids.shape[1] + 2), -1, np.int32)
    padded[1:-1, 1:-1] = ids
    return padded


def in_margin(at: I64, width: int) -> I64:
    """Flat places in a map of this width as such in the map `with_margin`."""
    return at + 2 * (at // width) + (width + 3)


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """Pairs of neighbours ``first < second`` and the pixel edges they share, sorted by pair."""

    first: I64
    second: I64
    length: I64


def contacts(ids: I32) -> Contacts:
    """Pairs of 4-neighbouring regions of a map (H, W) and the length of their border in pixels."""
    n, width = int(ids.max()) + 1, ids.shape[1]
    flat = ids.ravel()
    keys = []
    for step in (1, width):
        differs = flat[step:] != flat[:-step]
        if step == 1:
            differs[width - 1 :: width] = False  # from one row's end to the next one's begin
        at = np.flatnonzero(differs)
        a, b = flat.take(at).astype(np.int64), flat.take(at + step).astype(np.int64)
        keys.append(np.minimum(a, b) * n + np.maximum(a, b))
    key, length = np.unique(np.concatenate(keys), return_counts=True)
    return Contacts(key // n, key % n, length)


def neighbours(at: I64, region_of: RegionOf, step: int, n: int) -> tuple[I64, I64]:
    """Each pair of a region that has some of the pixels ``at`` with one beside these, sorted by pair.

    Parameters
    ----------
    at
        Flat places (m,) in a map `with_margin` of n regions, in rows of ``step``.
    region_of
        The region of such places, -1 in the margin.
    """
    own, keys = region_of(at), []
    for way in (-step, -1, 1, step):
        near = region_of(at + way)
        k = np.flatnonzero((near != own) & (near >= 0))
        keys.append(own.take(k).astype(np.int64) * n + near.take(k))
    key = distinct(np.concatenate(keys))
    return key // n, key % n


@dataclass(frozen=True, slots=True, eq=False)
class Stats:
    """``area`` (n,) in pixels and ``mean`` (n, 3) colour of each region."""

    area: F64
    mean: F64

    def paint_cost(self, paints: F64) -> F64:
        """(n,): what painting region r with colour ``paints[r]`` adds to its own variance, summed."""
        cost: F64 = self.area * ((self.mean - paints) ** 2).sum(axis=1)
        return cost


def stats(ids: I32, colours: F32, n: int, weight: F32 | None = None) -> Stats:
    """Area and mean of ``colours`` (H, W, 3), or (m, 3) of ids (m,), over each of ``n`` regions.

    With ``weight`` (H, W) each pixel counts for so many.
    """
    flat = ids.ravel()
    starts = np.flatnonzero(np.append(flat.size > 0, flat[1:] != flat[:-1]))  # of runs, which are few
    own, running = flat.take(starts), _running(colours, weight)
    runs = running.take(np.append(starts[1:], flat.size), axis=1) - running.take(starts, axis=1)
    *sums, area = (np.asarray(np.bincount(own, run, minlength=n), np.float64) for run in runs)
    return Stats(area, np.stack(sums, axis=1) / np.where(area > 0, area, 1)[:, None])


@once
def _running(colours: F32, weight: F32 | None) -> F64:
    """(4, H W + 1): what the channels of all pixels before each, times their weights, and these, come to."""
    pixels = colours.reshape(-1, 3)
    counts = np.ones(len(pixels)) if weight is None else weight.ravel()
    running = np.zeros((4, len(pixels) + 1))
    for c in range(3):
        np.cumsum(pixels[:, c] * counts, out=running[c, 1:])
    np.cumsum(counts, out=running[3, 1:])
    return running
