"""Graphs by hand and from random maps, to place numbers in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pbn.core.curves import scaled
from pbn.core.smooth import smooth
from pbn.core.trace import trace
from pbn.core.values import F64, OUTSIDE, Arc, ArcGraph
from tests.helpers.maps import region_map

Corners = Sequence[tuple[float, float]]


def straight(corners: Corners) -> F64:
    """A polyline as control points of cubic Beziers."""
    c = np.array(corners, float)
    thirds = [a + (b - a) * f for a, b in pairwise(c) for f in (0, 1 / 3, 2 / 3)]
    return np.array([*thirds, c[-1]])


def graph_of(*regions: Sequence[Corners]) -> ArcGraph:
    """Regions with straight sides, each of an outer ring and holes; common borders are kept twice."""
    arcs: list[Arc] = []
    rings = []
    for k, parts in enumerate(regions):
        rings.append(tuple((len(arcs) + i,) for i in range(len(parts))))
        arcs += [Arc(straight([*part, part[0]]), OUTSIDE, k) for part in parts]
    far = np.concatenate([a.points for a in arcs]).max(axis=0)
    return ArcGraph(tuple(arcs), tuple(rings), float(far[0]), float(far[1]), 3)


def rectangle(x: float, y: float, width: float, height: float) -> Corners:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def cells(seed: int, count: int, size_mm: tuple[float, float], islands: int = 0) -> ArcGraph:
    """A picture cut into about so many cells about random points; borders are fair curves.

    Islands are discs of 1.5 mm, too small for a number, in a row across the picture, 10 mm apart.
    """
    rng = np.random.default_rng(seed)
    px = 2.0
    shape = (int(size_mm[1] * px), int(size_mm[0] * px))
    y, x = np.mgrid[: shape[0], : shape[1]]
    seeds = rng.uniform((0, 0), shape, (count, 2))
    stretch = rng.uniform(0.4, 2.5)
    nearest = ((y[..., None] - seeds[:, 0]) ** 2 + stretch * (x[..., None] - seeds[:, 1]) ** 2).argmin(axis=2)
    paint = rng.integers(0, 8, count)
    paint[0] = 7
    index = paint[nearest].astype(np.uint8)
    for k in range(islands):
        middle = rng.uniform((0.2 * shape[0], (10 * k + 6) * px), (0.8 * shape[0], (10 * k + 8) * px))
        index[np.hypot(y - middle[0], x - middle[1]) < 0.75 * px] = 8 + k
    return scaled(smooth(trace(region_map(index, 8 + islands)), brush_px=1.0), 1 / px)
