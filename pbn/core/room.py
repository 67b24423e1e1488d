"""Where in a region a box has most room: the pole of inaccessibility in the box's own metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pbn.core.curves import Polygons
from pbn.core.values import F64

_PULL = 0.005
"""What a place loses for each box half away from the region's centroid: among equals, the middle."""

_PLENTY = 2.0
"""So many times what is enough is as good as still more: there, too, the middle is better."""

_SLACK = 0.1
"""Beyond what is enough, how much better a place may be that is not found, as a share of enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Poles:
    """For each polygon the place found, and how many times the box fits about it."""

    points: F64
    times: F64


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Squares to search: whose they are, their middles, half their sides."""

    owner: NDArray[np.int64]
    middle: F64
    half: F64

    def quarters(self, which: NDArray[np.bool_]) -> _Cells:
        """The squares chosen, each cut in four."""
        half = np.repeat(self.half[which] / 2, 4)
        corner = np.tile([(-1, -1), (1, -1), (-1, 1), (1, 1)], (int(which.sum()), 1))
        middle = np.repeat(self.middle[which], 4, axis=0) + corner * half[:, None]
        return _Cells(np.repeat(self.owner[which], 4), middle, half)


def poles(polygons: Polygons, half_boxes: F64, *, enough: float, precision: float = 0.03) -> Poles:
    """Find in every polygon the place about which its box can grow most before it meets a border.

    The distance is the greater of those in x and in y, each in halves of the box; otherwise it is
    the branch and bound of mapbox/polylabel, for all polygons at once: squares that cannot hold
    anything better than what is known are dropped, the others are cut in four.

    Parameters
    ----------
    polygons : (n,)
        With holes; need not be convex.
    half_boxes : (n, 2)
        Half the width and half the height of each polygon's box.
    enough
        So many times the box are asked for. More is better up to twice as many; then the place
        nearest to the region's centroid is taken.
    precision
        Below ``enough``, how much better a place may be that is not found, in boxes.

    Returns
    -------
    Poles
        A polygon that does not hold the box anywhere may get any place, and less than one time.
    """
    unit, shift = _side_by_side(polygons, half_boxes)
    shapely.prepare(unit)
    outline = shapely.get_coordinates(shapely.segmentize(unit, 4 * precision))
    tree = cKDTree(outline, leafsize=32, compact_nodes=False, balanced_tree=False)
    centre = shapely.get_coordinates(shapely.centroid(unit))
    best = Poles(centre.copy(), np.full(len(unit), -np.inf))
    score = np.full(len(unit), -np.inf)
    cells = _first_cells(unit, centre)
    while len(cells.owner):
        away = np.hypot(*(cells.middle - centre[cells.owner]).T)
        room = _room(unit, tree, cells)
        _keep_better(best, score, cells, room, np.minimum(room, _PLENTY * enough) - _PULL * away)
        slack = np.where(best.times < enough, precision, _SLACK * enough)
        hope = room + cells.half
        value = np.minimum(hope, _PLENTY * enough) - _PULL * np.maximum(0, away - np.sqrt(2) * cells.half)
        worth = (value > (score + slack)[cells.owner]) & (hope >= 1) & (cells.half > precision / 4)
        cells = cells.quarters(worth)
    return Poles((best.points - shift) * half_boxes, best.times)


def _side_by_side(polygons: Polygons, half_boxes: F64) -> tuple[Polygons, F64]:
    """Polygons in units of their half boxes, shifted to stand in a row, and the shifts.

    So one tree serves all: what is nearest to a place within a polygon is the polygon's own outline.
    """
    low, high = np.split(shapely.bounds(polygons) / np.tile(half_boxes, 2), 2, axis=1)
    width = high[:, 0] - low[:, 0] + 1
    shift = np.stack([np.cumsum(width) - width - low[:, 0], -low[:, 1]], axis=1)
    points, whose = shapely.get_coordinates(polygons, return_index=True)
    row = np.array(polygons)
    return np.asarray(shapely.set_coordinates(row, points / half_boxes[whose] + shift[whose]), object), shift


def _first_cells(unit: Polygons, centre: F64) -> _Cells:
    """Squares as wide as the bounds' short side that cover the bounds, and the centroid alone."""
    low, high = np.split(shapely.bounds(unit), 2, axis=1)
    side = (high - low).min(axis=1)
    columns, rows = np.maximum(1, np.ceil((high - low) / side[:, None])).astype(np.int64).T
    count = columns * rows
    owner = np.repeat(np.arange(len(unit)), count)
    k = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    place = np.stack([k % columns[owner], k // columns[owner]], axis=1)
    middle = low[owner] + (place + 0.5) * side[owner, None]
    return _Cells(
        np.concatenate([np.arange(len(unit)), owner]),
        np.concatenate([centre, middle]),
        np.concatenate([np.zeros(len(unit)), side[owner] / 2]),
    )


def _room(unit: Polygons, tree: cKDTree, cells: _Cells) -> F64:
    """Distance to the nearest border, below zero outside."""
    far = np.asarray(tree.query(cells.middle, p=np.inf)[0])
    inside = shapely.contains_xy(unit[cells.owner], cells.middle[:, 0], cells.middle[:, 1])
    return np.where(inside, far, -far)


def _keep_better(best: Poles, score: F64, cells: _Cells, room: F64, value: F64) -> None:
    """Take each polygon's best square where it is better than what is known; first come, first kept."""
    order = np.lexsort((-value, cells.owner))
    first = order[np.unique(cells.owner[order], return_index=True)[1]]
    better = first[value[first] > score[cells.owner[first]]]
    owner = cells.owner[better]
    score[owner], best.times[owner], best.points[owner] = value[better], room[better], cells.middle[better]
