"""Lead lines: a number that its region cannot hold stands beside it, at the end of a line."""

from __future__ import annotations

from dataclasses import dataclass

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

_LEAST_LINE_MM = 0.4
"""A shorter line would not be seen."""

_FOREIGN = 3.0
"""What a millimetre of line in a third region costs, besides its length."""

_CROSSED_NUMBER_MM, _CROSSED_LINE_MM = 60.0, 20.0
"""What it costs to cross another number, or another line: so many millimetres of detour."""

_SPECK_MM = 0.05
"""A line begins well inside its region, if that holds a circle of this radius."""

_SAMPLES = 24
"""Points of a line at which its region is looked up."""

_AT_ONCE = 64
"""So many places are looked at for their lines together, the nearest first."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The middle of a number's box, and its line from in the region to just before the box."""

    number: tuple[float, float]
    line: tuple[tuple[float, float], tuple[float, float]]


@dataclass(slots=True, eq=False)
class _Scene:
    """All regions, and what a new number and its line must keep clear of."""

    regions: Polygons
    numbers: Polygons
    lines: Polygons

    def add(self, number: Polygons, line: Polygons) -> None:
        self.numbers = np.concatenate([self.numbers, number])
        self.lines = np.concatenate([self.lines, line])


def boxes(points: F64, extents: F64, air_mm: float = 0.0) -> Polygons:
    """Rectangles about points (n, 2) of the widths and heights (n, 2), so much wider on each side."""
    half = extents / 2 + air_mm
    low, high = points - half, points + half
    return np.asarray(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]), object)


def lead_out(
    regions: Polygons, which: NDArray[np.int64], extents: F64, numbers: Polygons
) -> tuple[Lead, ...]:
    """Place numbers outside their regions.

    A place is free when its box, with `AIR_MM` round it, meets no other number and no lead line
    and is wholly within one other region. Of the free places the one with the shortest line is
    taken, where to run through a third region, to cross another line and to cross another number
    count as so much more length. Only where the whole picture has no free place does a number stand
    on a border, and only where it has no place off other numbers either, over one.

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
    if len(which) == 0:
        return ()
    scene = _Scene(regions, numbers, np.empty(0, object))
    starts = _starts(regions[which])
    return tuple(_lead(scene, *each) for each in zip(which, starts, extents, strict=True))


def _starts(regions: Polygons) -> F64:
    """A place well inside each region, rather in its middle; anywhere in it where it is a mere hair."""
    radius = shapely.length(shapely.maximum_inscribed_circle(regions, tolerance=_SPECK_MM / 8))
    half = np.repeat(np.maximum(radius, _SPECK_MM)[:, None] / 2, 2, axis=1)
    found = poles(regions, half, enough=0.7)  # a circle holds a square of 0.7 of its width
    surface = shapely.get_coordinates(shapely.point_on_surface(regions))
    inside = (radius >= _SPECK_MM) & shapely.contains_xy(regions, *found.points.T)
    return np.where(inside[:, None], found.points, surface)


def _lead(scene: _Scene, own: int, start: F64, extent: F64) -> Lead:
    """Find a place for one number, and take it."""
    frame = np.asarray(shapely.total_bounds(scene.regions))
    whole = float(max(frame[2] - frame[0], frame[3] - frame[1]))
    reach, cost, best = _FIRST_REACH_MM, np.inf, np.zeros(2)
    while cost > reach:  # what is farther costs more than its distance
        middles = _places(start, reach, extent, frame)
        cost, best = _best(scene, own, start, extent, middles)
        if reach >= whole:
            break
        reach *= 2
    if cost == np.inf:
        best = _least_bad(scene, extent, middles)
    line = _lines(start, best[None], extent)
    scene.add(boxes(best[None], extent[None]), line)
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


def _best(scene: _Scene, own: int, start: F64, extent: F64, middles: F64) -> tuple[float, F64]:
    """The cheapest of these places that is free, and its cost; infinity where none is."""
    hosts = _hosts(scene, own, start, extent, middles)
    least, best = np.inf, middles[0]
    free = np.flatnonzero(hosts != own)
    for some in (free[k : k + _AT_ONCE] for k in range(0, len(free), _AT_ONCE)):
        lines = _lines(start, middles[some], extent)
        length = shapely.length(lines)
        if length.min() > least:
            break
        foreign = _foreign(lines, scene.regions[own], scene.regions[hosts[some]])
        cost = length * (1 + _FOREIGN * foreign)
        cost += _CROSSED_NUMBER_MM * _meetings(lines, scene.numbers)
        cost += _CROSSED_LINE_MM * _meetings(lines, scene.lines)
        k = int(np.argmin(cost))
        if cost[k] < least:
            least, best = float(cost[k]), middles[some[k]]
    return least, best


def _foreign(lines: Polygons, own: shapely.Polygon, hosts: Polygons) -> F64:
    """The share of each line that is in neither region, by samples: those stand borders that cross."""
    t = np.linspace(0, 1, _SAMPLES)[:, None]
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 1, 2)
    x, y = np.moveaxis(ends[:, 0] * (1 - t) + ends[:, 1] * t, -1, 0)
    home = shapely.contains_xy(own, x, y) | shapely.contains_xy(hosts[:, None], x, y)
    share: F64 = 1 - home.mean(axis=1)
    return share


def _hosts(scene: _Scene, own: int, start: F64, extent: F64, middles: F64) -> NDArray[np.int64]:
    """The region in which a number has free room at each place; ``own`` where there is none."""
    airy = boxes(middles, extent, AIR_MM)
    free = shapely.length(_lines(start, middles, extent)) >= _LEAST_LINE_MM
    free &= (_meetings(airy, scene.numbers) == 0) & (_meetings(airy, scene.lines) == 0)
    grown = boxes(middles, extent, _CLEARANCE_MM)
    hosts = np.full(len(middles), own)
    around = shapely.box(*shapely.total_bounds(grown))
    for k in np.flatnonzero(shapely.intersects(scene.regions, around)):
        hosts[free & shapely.covers(scene.regions[k], grown)] = k
    return hosts


def _meetings(shapes: Polygons, others: Polygons) -> NDArray[np.int64]:
    """How many of the others each shape meets."""
    which = shapely.STRtree(others).query(shapes, predicate="intersects")[0]
    return np.bincount(which, minlength=len(shapes)).astype(np.int64)


def _least_bad(scene: _Scene, extent: F64, middles: F64) -> F64:
    """The nearest place that covers least of other numbers."""
    mine = boxes(middles, extent)
    box, number = shapely.STRtree(scene.numbers).query(mine, predicate="intersects")
    covered = shapely.area(shapely.intersection(mine[box], scene.numbers[number]))
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
