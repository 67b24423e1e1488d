"""Weighted k-means: greedy k-means++ seeding, then Lloyd's steps, the best of a few runs.

A picture's histogram has some thousand weighted points, on which this takes less than importing a
library for it does (docs/adr/0005-k-means-of-our-own.md). Sources: Arthur and Vassilvitskii,
"k-means++: The Advantages of Careful Seeding", 2007; Lloyd, "Least Squares Quantization in PCM",
1982.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pbn.core.sorting import first_of
from pbn.core.values import F64

_MOST_STEPS = 300
_TOLERANCE = 1e-3
"""Settled when all centres together move, squared, by less than this share of the points' variance."""


def cluster(
    points: F64,
    weight: F64,
    k: int,
    rng: np.random.Generator,
    *,
    runs: int,
    cost: Callable[[F64], float],
) -> F64:
    """Centres (k, 3) of the best run.

    Parameters
    ----------
    points
        (n, 3), all different, n more than ``k``.
    weight
        (n,), above zero.
    k
        How many centres.
    rng
        Draws the seeds.
    runs
        How many seedings are tried.
    cost
        What is least of the best run's centres.
    """
    middle = np.average(points, axis=0, weights=weight)
    centred = points - middle
    spread = float((weight @ centred**2).mean() / weight.sum())
    found = [
        _lloyd(centred, weight, _seeds(centred, weight, k, rng), _TOLERANCE * spread) for _ in range(runs)
    ]
    return min((centres + middle for centres in found), key=cost)


def _seeds(points: F64, weight: F64, k: int, rng: np.random.Generator) -> F64:
    """Points drawn by weighted squared distance to those before; of a few candidates the best each time."""
    tries, square = 2 + int(np.log(k)), (points**2).sum(axis=1)
    chosen = [int(np.searchsorted(np.cumsum(weight), rng.random() * weight.sum()))]
    away = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        share = np.cumsum(weight * away)
        drawn = np.minimum(
            np.searchsorted(share, rng.random(tries) * share[-1], side="right"), len(points) - 1
        )
        apart = square + square[drawn][:, None] - 2 * points[drawn] @ points.T
        left = np.minimum(away, np.maximum(apart, 0))
        best = int(np.argmin(left @ weight))
        chosen.append(int(drawn[best]))
        away = left[best]
    return points[chosen]


def _lloyd(points: F64, weight: F64, centres: F64, tolerance: float) -> F64:
    """Centres that settled; a centre without points stays."""
    planes = np.vstack([points.T, np.ones(len(points))])
    weighted = planes[:3] * weight
    for _ in range(_MOST_STEPS):
        own = _nearest(planes, centres)
        total = np.bincount(own, weight, minlength=len(centres))
        sums = np.stack([np.bincount(own, w, minlength=len(centres)) for w in weighted], axis=1)
        moved = np.where(total[:, None] > 0, sums / np.maximum(total, 1e-300)[:, None], centres)
        shift = float(((moved - centres) ** 2).sum())
        centres = moved
        if shift <= tolerance:
            break
    return centres


def _nearest(planes: F64, centres: F64) -> NDArray[np.integer]:
    """Of points, x, y, z and one (4, n), the nearest centre."""
    distance = np.hstack([-2 * centres, (centres**2).sum(axis=1)[:, None]]) @ planes
    return first_of(distance == distance.min(axis=0))
