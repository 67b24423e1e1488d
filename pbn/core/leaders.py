"""Lead lines: a number that its region cannot hold stands beside it, at the end of a line."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from pbn.core.curves import Polygons
from pbn.core.room import poles
from pbn.core.values import F64

AIR_MM = 0.25
"""Between a number with a lead line and other numbers, and between its box and its line."""

_CLEARANCE_MM = 0.1
"""Between its box and borders."""

_GRID_MM = 0.4
"""Places are tried this far apart, or farther over a large reach."""

_FIRST_REACH_MM = 5.0
"""Places are tried so far around the region at first, and then twice as far, and so on."""

_MOST_PLACES = 60
"""No more places are tried across and down."""

_FOREIGN = 3.0
"""What a line's length in a third region counts, besides its length."""

_SPECK_MM = 0.05
"""A line begins where at least half a square of this side is free, if anything is."""

_NEAREST = 64
"""So many of the nearest free places are looked at for their lines."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The middle of a number's box, and its line from in the region to just before the box."""

    number: tuple[float, float]
    line: tuple[tuple[float, float], tuple[float, float]]


@dataclass(slots=True, eq=False)
class _Taken:
    """What a new number and its line must keep clear of."""

    numbers: Polygons
    lines: list[shapely.LineString] = field(default_factory=list)

    def near(self, area: shapely.Polygon) -> NDArray[np.object_]:
        everything = np.array([*self.numbers, *self.lines], object)
        return everything[shapely.intersects(everything, area)]

    def add(self, number: shapely.Polygon, line: shapely.LineString) -> None:
        self.numbers = np.append(self.numbers, np.array([number], object))
        self.lines.append(line)


def boxes(points: F64, extents: F64, air_mm: float = 0.0) -> Polygons:
    """Rectangles about points (n, 2) of the widths and heights (n, 2), so much wider on each side."""
    half = extents / 2 + air_mm
    low, high = points - half, points + half
    return np.asarray(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]), object)


def lead_out(
    regions: Polygons, which: NDArray[np.int64], extents: F64, numbers: Polygons
) -> tuple[Lead, ...]:
    """Place numbers outside their regions.

    A place is free when its box, with `AIR_MM` round it, meets no other number and no lead
    line and is wholly within one other region, and the line meets no number and no other line.
    The nearest place is taken, but one whose line crosses no third region before one a
    little nearer. Only where the whole picture has no such place may a number stand on a border;
    only where it has no place off other numbers either, over one.

    Parameters
    ----------
    regions : (n,)
        All regions, prepared.
    which : (m,)
        The regions whose numbers stand outside.
    extents : (m, 2)
        Width and height of their boxes.
    numbers
        Boxes of the numbers that are placed.

    Returns
    -------
    tuple of Lead
        One for each region of ``which``, in order.
    """
    taken = _Taken(numbers)
    if len(which) == 0:
        return ()
    starts = _starts(regions[which])
    return tuple(
        _lead(regions, int(k), start, extent, taken)
        for k, start, extent in zip(which, starts, extents, strict=True)
    )


def _starts(regions: Polygons) -> F64:
    """A place well inside each region."""
    found = poles(regions, np.full((len(regions), 2), _SPECK_MM), enough=np.inf, precision=0.25)
    surface = shapely.get_coordinates(shapely.point_on_surface(regions))
    return np.where(found.times[:, None] >= 1, found.points, surface)


def _lead(regions: Polygons, own: int, start: F64, extent: F64, taken: _Taken) -> Lead:
    """Find a place for one number, and take it."""
    frame = np.asarray(shapely.total_bounds(regions))
    whole = float(max(frame[2] - frame[0], frame[3] - frame[1]))
    reach, best = _FIRST_REACH_MM / 2, None
    while best is None and reach < whole:
        reach *= 2
        middles = _places(start, reach, extent, frame)
        best = _best(regions, own, start, extent, middles, taken)
    if best is None:
        best = _least_bad(extent, middles, taken)
    line = _lines(start, best[None], extent)[0]
    taken.add(boxes(best[None], extent[None])[0], line)
    (x0, y0), (x1, y1) = shapely.get_coordinates(line).tolist()
    return Lead((float(best[0]), float(best[1])), ((x0, y0), (x1, y1)))


def _places(start: F64, reach: float, extent: F64, frame: F64) -> F64:
    """A grid of places about the start, the nearest first, whose boxes are in the picture."""
    room = extent / 2 + _CLEARANCE_MM
    low, high = np.maximum(frame[:2] + room, start - reach), np.minimum(frame[2:] - room, start + reach)
    high = np.maximum(low, high)
    count = np.minimum(_MOST_PLACES, np.ceil((high - low) / _GRID_MM).astype(int) + 1)
    x, y = (np.linspace(low[k], high[k], count[k]) for k in (0, 1))
    middles = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    nearest: F64 = middles[np.argsort(np.hypot(*(middles - start).T), kind="stable")]
    return nearest


def _best(regions: Polygons, own: int, start: F64, extent: F64, middles: F64, taken: _Taken) -> F64 | None:
    """The free place with the best line, if any of these is free."""
    around = shapely.box(*(middles.min(axis=0) - extent), *(middles.max(axis=0) + extent))
    obstacles = shapely.STRtree(taken.near(shapely.union(around, shapely.Point(start))))
    free = np.ones(len(middles), bool)
    free[obstacles.query(boxes(middles, extent, AIR_MM), predicate="intersects")[0]] = False
    host = np.full(len(middles), own)
    grown = boxes(middles, extent, _CLEARANCE_MM)
    for k in np.flatnonzero(shapely.intersects(regions, around)):
        if k != own:
            host[free & (host == own) & shapely.covers(regions[k], grown)] = k
    hosted = np.flatnonzero(free & (host != own))
    for some in (hosted[k : k + _NEAREST] for k in range(0, len(hosted), _NEAREST)):
        lines = _lines(start, middles[some], extent)
        clear = np.ones(len(some), bool)
        clear[obstacles.query(lines, predicate="intersects")[0]] = False
        if clear.any():
            lines, some = lines[clear], some[clear]
            at_home = shapely.length(shapely.intersection(lines, regions[own]))
            at_host = shapely.length(shapely.intersection(lines, regions[host[some]]))
            length = shapely.length(lines)
            best: F64 = middles[some[np.argmin(length + _FOREIGN * (length - at_home - at_host))]]
            return best
    return None


def _least_bad(extent: F64, middles: F64, taken: _Taken) -> F64:
    """The nearest place that covers least of other numbers."""
    mine = boxes(middles, extent)
    box, number = shapely.STRtree(taken.numbers).query(mine, predicate="intersects")
    covered = shapely.area(shapely.intersection(mine[box], taken.numbers[number]))
    total = np.bincount(box, weights=covered, minlength=len(mine))
    nearest: F64 = middles[np.argmin(np.round(total, 6))]
    return nearest


def _lines(start: F64, middles: F64, extent: F64) -> Polygons:
    """From the start towards each place, as far as `AIR_MM` before its box."""
    way = middles - start
    half = extent / 2 + AIR_MM
    with np.errstate(divide="ignore"):
        stop = np.maximum(0.0, 1 - (half / np.abs(way)).min(axis=1))
    ends = start + way * stop[:, None]
    return np.asarray(
        shapely.linestrings(np.stack([np.broadcast_to(start, ends.shape), ends], axis=1)), object
    )
