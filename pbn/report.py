"""What can be said of a finished kit: the facts of ``report.json``, ``palette.json`` and the summary."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any

import numpy as np
import shapely

from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.curves import Polygons, polygons
from pbn.core.entries import entries
from pbn.core.once import once
from pbn.core.place import TOLERANCE_MM
from pbn.core.sorting import median
from pbn.core.values import F32, ArcGraph, Image, Kit, Label, Palette, Recipe, RegionMap
from pbn.core.vision import confused
from pbn.painting import Chosen, Draft
from pbn.palette._auto import RULE
from pbn.palette.paints import cost_of
from pbn.settings import FREE, KitSettings, make_engine

_CIRCLE_MM = 0.01
"""How much larger a circle may be than the one that is found."""

_PIXELS_ENOUGH = 120_000

_AT_ONCE = 1 << 15
"""Pixels that are compared at a time: what is between stays in the processor's cache."""

REGION_S = 15.0
"""Finding a number and dipping the brush, for each region."""

EDGE_MM_PER_S = 3.0
"""Along a border with a steady hand; each inner border is followed from both sides."""

FILL_MM_PER_S = 10.0
"""Strokes of two brush widths that fill what the edges leave."""

PAINT_S = 240.0
"""Opening a pot, stirring, and washing the brush, for each paint."""

HOURS_FORMULA = (
    "hours = (15 s x regions + 2 x border_mm / 3 mm/s"
    " + area_mm2 / (2 x brush_mm x 10 mm/s) + 240 s x paints) / 3600"
)
HOURS_SOURCE = "our assumption of an unhurried hobby painter, not a measurement; one coat"

_DIFFICULTIES = (("easy", 3.0, 250, 16), ("medium", 2.0, 800, 24), ("hard", 1.5, 2000, 36))
"""Name, finest brush in mm, most regions, most paints; what exceeds all is "expert"."""

DIFFICULTIES = (*(name for name, *_ in _DIFFICULTIES), "expert")
"""Easiest first."""

DIFFICULTY_RULE = (
    "easy: brush 3 mm or more, at most 250 regions and 16 paints; medium: 2 mm, 800, 24; "
    "hard: 1.5 mm, 2000, 36; expert: anything else"
)


def facts(
    settings: KitSettings,
    drafted: Draft,
    chosen: Chosen,
    regions: RegionMap,
    graph: ArcGraph,
    labels: Sequence[Label],
    most: int | None = None,
) -> dict[str, Any]:
    """What the report says of a kit, in an order that never changes; no times, no paths.

    Parameters
    ----------
    settings
        What was asked for.
    drafted, chosen
        What was painted, and the paints that were chosen for it.
    regions, graph, labels
        What was made; ``graph`` in mm.
    most
        How many regions there might have been.
    """
    used = len(regions.palette)
    border_mm = _border_mm(graph)
    hours = _hours(len(regions), used, border_mm, graph.width * graph.height, settings.brush_mm)
    sizes = [label.size_pt for label in labels[: len(regions)]]  # then the repeated ones
    return {
        "paints": used,
        "colours_asked_for": settings.colours,
        "fewer_paints_because": _why_fewer(chosen.asked, used),
        **_choice(settings, drafted, chosen, regions.palette),
        "regions": len(regions),
        "regions_at_most": most,
        "size_mm": [round(graph.width, 3), round(graph.height, 3)],
        "brush_mm": settings.brush_mm,
        **_measures(graph, labels),
        "min_label_pt": round(min(sizes), 2) if sizes else None,
        "median_label_pt": round(median(sizes), 2) if sizes else None,
        "repeated_numbers": len(labels) - len(regions),
        "lead_lines": sum(label.leader_mm is not None for label in labels),
        "fidelity_delta_e_2000": round(fidelity(regions, drafted.source), 3),
        **closest_paints(regions.palette),
        "confused_paints": {k: [list(p) for p in v] for k, v in confused(regions.palette).items()},
        "border_mm": round(border_mm, 1),
        "difficulty": difficulty(settings.brush_mm, len(regions), used),
        "difficulty_rule": DIFFICULTY_RULE,
        "hours": round(hours, 1),
        "hours_formula": HOURS_FORMULA,
        "hours_source": HOURS_SOURCE,
    }


def _choice(settings: KitSettings, drafted: Draft, chosen: Chosen, used: Palette) -> dict[str, Any]:
    """How the number of paints was chosen, and what it costs to paint with one's own."""
    told: dict[str, Any] = {}
    if chosen.curve:
        curve = [{"paints": n, "delta_e_2000": e} for n, e in chosen.curve]
        told["colours_chosen"] = {"colours": chosen.asked, "rule": RULE, "curve": curve}
    if settings.source != FREE:
        free = make_engine("palette", FREE, {}, "palette").choose(drafted.calm, len(used), seed=settings.seed)
        cost = cost_of(drafted.calm, used, free)
        told["own_paints"] = {
            "delta_e_2000": round(cost.own, 2),
            "free_delta_e_2000": round(cost.free, 2),
            "cost_delta_e_2000": round(cost.extra, 2),
        }
    return told


def hours_of_map(regions: RegionMap, size_mm: tuple[float, float], brush_mm: float) -> float:
    """Hours to paint, before borders are traced: of pixel edges, curves are pi / 4 as long."""
    mm_per_px = size_mm[0] / regions.ids.shape[1]
    ids = regions.ids
    edges = np.count_nonzero(ids[1:] != ids[:-1]) + np.count_nonzero(ids[:, 1:] != ids[:, :-1])
    border_mm = edges * mm_per_px * np.pi / 4
    return _hours(len(regions), len(regions.palette), border_mm, size_mm[0] * size_mm[1], brush_mm)


def fidelity(regions: RegionMap, source: Image) -> float:
    """Mean CIEDE2000 between the painted picture and what it was painted from.

    Over all pixels of a small map, and over every n-th of one with more than `_PIXELS_ENOUGH`, which
    changes the mean by less than a hundredth.
    """
    wanted, step = _wanted(source)
    paint = regions.paint.take(regions.ids.ravel()[::step])
    paints = lab_from_rgb(regions.palette.rgb)
    total = 0.0
    for start in range(0, len(wanted), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        apart = delta_e_2000(wanted[part], paints.take(paint[part], axis=0))
        total += float(np.sum(apart, dtype=np.float64))
    return total / len(wanted)


@once
def _wanted(source: Image) -> tuple[F32, int]:
    """CIELAB (m, 3) of every n-th pixel, not below each other in columns, and that n."""
    step = max(1, round(source.height * source.width / _PIXELS_ENOUGH))
    while gcd(step, source.width) > 1:
        step += 1
    rgb = source.pixels.reshape(-1, 3)[::step]
    return np.concatenate([lab_from_rgb(rgb[k : k + _AT_ONCE]) for k in range(0, len(rgb), _AT_ONCE)]), step


def closest_paints(palette: Palette) -> dict[str, Any]:
    """The two paints hardest to tell apart and their CIEDE2000; None where there is one paint."""
    if len(palette) < 2:
        return {"min_paint_delta_e_2000": None, "closest_paints": None}
    lab = lab_from_rgb(palette.rgb)
    i, j = np.triu_indices(len(palette), 1)
    apart = delta_e_2000(lab[i], lab[j])
    k = int(np.argmin(apart))
    return {
        "min_paint_delta_e_2000": round(float(apart[k]), 2),
        "closest_paints": [int(i[k]) + 1, int(j[k]) + 1],
    }


def palette_table(kit: Kit) -> dict[str, Any]:
    """The table of ``palette.json``: the paints, and what they are mixed from where they are."""
    if kit.mixing is None:
        return {"paints": paint_table(kit)}
    base = [{"name": paint.name, "hex": paint.hex} for paint in kit.mixing.base]
    return {"paints": paint_table(kit), "mixing": {"source": kit.mixing.source, "base": base}}


def paint_table(kit: Kit) -> list[dict[str, Any]]:
    """Each paint's number, name, colour, share of the area, regions, millilitres, and its recipe."""
    return [
        {
            "number": entry.paint.number,
            "name": entry.paint.name,
            "hex": entry.paint.hex,
            "rgb": list(entry.paint.rgb),
            "lab": [round(value, 2) for value in entry.lab],
            "share": round(entry.share, 5),
            "regions": entry.regions,
            "ml": round(entry.ml, 2),
            **({"recipe": _recipe_table(entry.recipe)} if entry.recipe else {}),
        }
        for entry in entries(kit)
    ]


def _recipe_table(recipe: Recipe) -> dict[str, Any]:
    return {
        "text": recipe.text,
        "parts": [{"name": name, "parts": n} for name, n in recipe.parts],
        "hex": "#{:02x}{:02x}{:02x}".format(*recipe.rgb),
        "delta_e_2000": recipe.delta_e,
    }


def _measures(graph: ArcGraph, labels: Sequence[Label]) -> dict[str, float]:
    """The least circle and area of a region, measured in the finished curves."""
    shapes = polygons(graph, TOLERANCE_MM)
    areas = shapely.area(shapes)
    return {
        "min_circle_mm": round(_least_circle_mm(shapes, labels), 3),
        "min_region_mm2": round(float(areas.min()), 2),
        "median_region_mm2": round(median(areas), 2),
    }


def _least_circle_mm(shapes: Polygons, labels: Sequence[Label]) -> float:
    """The least of the regions' largest circles; those about the numbers tell which need no measuring."""
    known = np.zeros(len(shapes))
    for label in labels:
        if label.leader_mm is None:
            known[label.region] = max(known[label.region], 2 * label.clearance_mm)
    order = np.argsort(known, kind="stable")
    least, at_once = np.inf, 16
    for start in range(0, len(shapes), at_once):
        some = order[start : start + at_once]
        if known[some[0]] > least + 2 * _CIRCLE_MM:
            break
        circles = shapely.maximum_inscribed_circle(shapes[some], tolerance=_CIRCLE_MM)
        least = min(least, float(2 * shapely.length(circles).min()))
    return least


def _border_mm(graph: ArcGraph) -> float:
    """The length of all inner borders; the chords of their Beziers are near enough for hours."""
    inner = [arc.points[:: graph.degree] for arc in graph.arcs if arc.left >= 0 and arc.right >= 0]
    if not inner:
        return 0.0
    chords = np.hypot(*np.diff(np.concatenate(inner), axis=0).T)
    chords[np.cumsum([len(points) for points in inner])[:-1] - 1] = 0  # from the end of one to the next
    return float(chords.sum())


def _why_fewer(asked: int, used: int) -> str | None:
    if used >= asked:
        return None
    return (
        "the picture has no more colours that are far enough apart, or that fill a region a brush can paint"
    )


def _hours(regions: int, paints: int, border_mm: float, area_mm2: float, brush_mm: float) -> float:
    seconds = REGION_S * regions + 2 * border_mm / EDGE_MM_PER_S
    seconds += area_mm2 / (2 * brush_mm * FILL_MM_PER_S) + PAINT_S * paints
    return seconds / 3600


def difficulty(brush_mm: float, regions: int, paints: int) -> str:
    """The first of `DIFFICULTIES` whose limits all hold."""
    for name, finest, most_regions, most_paints in _DIFFICULTIES:
        if brush_mm >= finest and regions <= most_regions and paints <= most_paints:
            return name
    return DIFFICULTIES[-1]
