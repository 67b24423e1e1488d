"""What smoothing borders does to a map: pixels that change their paint, and how far borders move."""

from __future__ import annotations

import numpy as np
import shapely

from pbn.core.curves import flatten_all
from pbn.core.values import F64, I32, OUTSIDE, ArcGraph, RegionMap

FINE_PX = 0.02
"""Curves are cut to chords as near as this."""


def rasterised(graph: ArcGraph, shape: tuple[int, int]) -> I32:
    """The region (H, W) in which each pixel's middle lies; one of ``graph``'s units is a pixel.

    Along the middle line of a row of pixels, what is right of a border is the region on its left hand
    where it runs down, and that on its right hand where it runs up.
    """
    points = [a.points for a in graph.arcs]
    lines = flatten_all(points, FINE_PX) if graph.degree == 3 else points
    begin, end = (np.concatenate([line[part] for line in lines]) for part in (np.s_[:-1], np.s_[1:]))
    chords = [len(line) - 1 for line in lines]
    sides = np.array([(a.left, a.right) for a in graph.arcs])
    left, right = np.repeat(sides, chords, axis=0).T
    low, high = (np.ceil(pick(begin[:, 1], end[:, 1]) - 0.5).astype(int) for pick in (np.minimum, np.maximum))
    chord = np.repeat(np.arange(len(begin)), high - low)  # one for each row that the chord crosses
    row = np.arange(len(chord)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[chord]
    (x0, y0), (x1, y1) = begin[chord].T, end[chord].T
    x = x0 + (row + 0.5 - y0) / (y1 - y0) * (x1 - x0)
    beyond = np.where(y1 > y0, left[chord], right[chord])
    column = np.ceil(x - 0.5).astype(int)  # the first pixel whose middle is at x or right of it
    order = np.lexsort((x, row))
    last = np.full((shape[0], shape[1] + 1), -1)  # of the borders that come before each pixel
    np.maximum.at(last, (row[order], column[order]), np.arange(len(order)))
    last = np.maximum.accumulate(last, axis=1)[:, :-1]
    inside: I32 = beyond[order][last].astype(np.int32)
    return inside


def repainted(regions: RegionMap, graph: ArcGraph) -> float:
    """Share of a map's pixels whose middles have another paint within a graph's borders."""
    now = rasterised(graph, regions.ids.shape)
    return float((regions.paint[now] != regions.paint[regions.ids]).mean())


def moved(traced: ArcGraph, smoothed: ArcGraph, step: float = 0.25) -> F64:
    """How far points on the inner borders, ``step`` apart, are from the pixel edges they stand for."""
    away: list[F64] = [np.zeros(0)]
    lines = flatten_all([a.points for a in smoothed.arcs], FINE_PX)
    for before, line in zip(traced.arcs, lines, strict=True):
        if OUTSIDE not in (before.left, before.right):
            border = shapely.linestrings(line)
            along = np.arange(step / 2, float(shapely.length(border)), step)
            points = shapely.line_interpolate_point(border, along)
            away.append(np.asarray(shapely.distance(points, shapely.linestrings(before.points))))
    return np.concatenate(away)
