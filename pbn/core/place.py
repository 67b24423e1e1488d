"""Numbers in their regions: where there is most room, as large as they may be, else on a lead line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from pbn.core.curves import Polygons, polygons
from pbn.core.leaders import Lead, boxes, lead_out
from pbn.core.metrics import ink_width, number_box
from pbn.core.repeats import repeats
from pbn.core.room import poles
from pbn.core.values import F64, ArcGraph, Label

SIZE_STEP_PT = 0.25
"""Sizes are the largest and so many steps less."""

LEAST_CLEARANCE_MM = 0.05
"""What a number of the least size may come down to before it gets a lead line."""

TOLERANCE_MM = 0.01
"""How far a flattened border may stray."""

_EASE = 0.04
"""Millimetres of clearance more for each point of type: a number is rather smaller than near a border."""

_BOX_AIR_MM = 0.02
"""Beyond a number's whole box, which is wider than its ink; more than borders are out by."""

_FINE = 0.002
"""Precision, in boxes, of the second search, where hardly anything fits."""


def place(
    graph: ArcGraph,
    numbers: Sequence[str],
    *,
    least_pt: float = 5.0,
    most_pt: float = 9.0,
    clearance_mm: float = 0.15,
    repeat_mm: float | None = None,
) -> tuple[Label, ...]:
    """Give every region its number.

    A number is fitted as the rectangle of its true ink (`pbn.core.metrics.number_box`), at the
    region's pole of inaccessibility in the metric of that rectangle, so that a wide number uses a
    wide place. Its size is the largest whose rectangle, wider by the clearance on each side, is
    wholly within the region; that is checked in vector geometry. Where not even the least size
    fits so, it may be as near as `LEAST_CLEARANCE_MM` to the border; where that does not fit
    either, it stands outside on a lead line (`pbn.core.leaders.lead_out`).

    Parameters
    ----------
    graph
        In millimetres.
    numbers : n texts
        The number of each region, in digits and capitals.
    least_pt, most_pt
        Range of type sizes.
    clearance_mm
        From a number's box to the middle of its region's border, at the least size; larger ones
        have `_EASE` more.
    repeat_mm
        Repeat a number where some of its region is farther than this from it
        (`pbn.core.repeats.repeats`); by default no number is repeated.

    Returns
    -------
    tuple of Label
        One for each region, in order; then the repeated ones, in order of their regions, each of
        the size of the region's first.

    Raises
    ------
    ValueError
        When the numbers are not as many as the regions, or not written in digits and capitals.
    """
    if len(numbers) != len(graph.rings):
        raise ValueError(f"{len(graph.rings)} regions need as many numbers, not {len(numbers)}")
    regions = polygons(graph, TOLERANCE_MM)
    shapely.prepare(regions)
    texts, which = np.unique(numbers, return_inverse=True)
    em = np.array([number_box(t, 1.0) for t in texts.tolist()])[which]
    ink = em.copy()
    ink[:, 0] = np.array([ink_width(t, 1.0) for t in texts.tolist()])[which]
    tried = _sizes(least_pt, most_pt)
    points, sizes = _fit_all(regions, em, ink, tried, _airs(tried, least_pt, clearance_mm))
    out = np.flatnonzero(sizes == 0)
    taken = boxes(np.delete(points, out, axis=0), np.delete(em * sizes[:, None], out, axis=0))
    leads = dict(zip(out.tolist(), lead_out(regions, out, em[out] * least_pt, taken), strict=True))
    labels = _labels(regions, numbers, points, np.where(sizes == 0, least_pt, sizes), leads)
    if repeat_mm is None:
        return labels
    airs = _airs(np.array([label.size_pt for label in labels]), least_pt, clearance_mm)
    return labels + _repeated(regions, labels, em, ink, airs, repeat_mm)


def _labels(
    regions: Polygons, numbers: Sequence[str], points: F64, sizes: F64, leads: dict[int, Lead]
) -> tuple[Label, ...]:
    for k, lead in leads.items():
        points[k] = lead.number
    borders = shapely.boundary(regions)
    air = shapely.distance(shapely.points(points), borders)
    for k in leads:
        air[k] = shapely.distance(shapely.Point(points[k]), borders).min()
    return tuple(
        Label(
            region=k,
            text=text,
            anchor_mm=(float(points[k, 0]), float(points[k, 1])),
            clearance_mm=float(air[k]),
            size_pt=float(sizes[k]),
            leader_mm=leads[k].line if k in leads else None,
        )
        for k, text in enumerate(numbers)
    )


def _repeated(
    regions: Polygons, labels: tuple[Label, ...], em: F64, ink: F64, airs: F64, repeat_mm: float
) -> tuple[Label, ...]:
    """The further numbers of regions that have theirs inside and reach far from it."""
    points = np.array([label.anchor_mm for label in labels])
    far = shapely.length(shapely.get_exterior_ring(regions)) / 2 > repeat_mm  # no way within is longer
    sizes = np.array([label.size_pt for label in labels])
    extents = _extents(em, ink, sizes[:, None], airs[:, None])
    led = [k for k, label in enumerate(labels) if label.leader_mm is not None]
    lines = [shapely.LineString(labels[k].leader_mm) for k in led]
    taken = np.array([*boxes(points[led], (em * sizes[:, None])[led]), *lines], object)
    found = []
    for k in np.flatnonzero(far & ~np.isin(np.arange(len(labels)), led)).tolist():
        for x, y in repeats(regions[k], points[k], extents[k], repeat_mm, taken).tolist():
            air = float(shapely.distance(shapely.Point(x, y), shapely.boundary(regions[k])))
            found.append(replace(labels[k], anchor_mm=(x, y), clearance_mm=air))
    return tuple(found)


def _airs(sizes_pt: F64, least_pt: float, clearance_mm: float) -> F64:
    """The clearance of each size."""
    airs: F64 = clearance_mm + _EASE * (sizes_pt - least_pt)
    return airs


def _extents(em: F64, ink: F64, sizes_pt: F64, airs: F64) -> F64:
    """Width and height of what must be within the region: the ink with its air, and all of the box."""
    return np.maximum(em * sizes_pt + 2 * _BOX_AIR_MM, ink * sizes_pt + 2 * airs)


def _fit_all(regions: Polygons, em: F64, ink: F64, sizes_pt: F64, airs: F64) -> tuple[F64, F64]:
    """Each number's place and size; size 0 where none fits, with less air either."""
    points, sizes = _fit(regions, em, ink, sizes_pt, airs)
    k = np.flatnonzero(sizes == 0)
    if len(k):
        air = np.minimum(airs[-1:], LEAST_CLEARANCE_MM)
        points[k], sizes[k] = _fit(regions[k], em[k], ink[k], sizes_pt[-1:], air, _FINE)
    return points, sizes


def _fit(
    regions: Polygons, em: F64, ink: F64, sizes_pt: F64, airs: F64, precision: float = 0.03
) -> tuple[F64, F64]:
    """Place and size of each number; size 0 where none of the sizes fits."""
    extents = _extents(em, ink, sizes_pt[:, None, None], airs[:, None, None])
    least = extents[-1]
    found = poles(regions, least / 2, enough=1.05 * float((extents[0] / least).max()), precision=precision)
    reach = (found.times[:, None] + 4 * precision) * least  # the search is a little out
    may = (found.times >= 1 - 4 * precision) & (extents <= reach).all(axis=2)
    sizes = np.zeros(len(regions))
    for size, extent, worth in zip(sizes_pt, extents, may, strict=True):
        k = np.flatnonzero(worth & (sizes == 0))
        sizes[k] = np.where(shapely.covers(regions[k], boxes(found.points[k], extent[k])), size, 0)
    return found.points, sizes


def _sizes(least_pt: float, most_pt: float) -> F64:
    """Sizes to try, the largest first, the least last."""
    steps = int((most_pt - least_pt) / SIZE_STEP_PT + 1e-9)
    sizes: F64 = np.asarray(least_pt + SIZE_STEP_PT * np.arange(steps, -1, -1), np.float64)
    return sizes
