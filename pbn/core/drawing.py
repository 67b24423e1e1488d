"""A kit's picture as marks: borders, coloured regions, numbers and lead lines, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbn.core.curves import ring_points
from pbn.core.labelling import label_style
from pbn.core.metrics import baseline_offset, is_ambiguous
from pbn.core.pages import DOT_MM, LEAD_MM, RULE, RULE_MM, borders_style, number_grey
from pbn.core.ragged import parts, starts
from pbn.core.shapes import circle, polyline
from pbn.core.sheet import Align, Colour, Curve, Layer, Path, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import F64, OUTSIDE, Kit, Label

SPOT_EM = 0.34
"""Radius of a spot that stands for a number: within the box of one digit."""

SEAM_MM = 0.3
"""Each coloured region is stroked this wide in its own colour: viewers blend two half-covered pixels
with the page, and a light hairline would show along every border."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands on its sheet, and how much smaller than painted."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    scale: float = 1.0

    def __call__(self, points: F64) -> F64:
        """Points of the painted picture, (N, 2) mm, on the sheet."""
        scaled: F64 = points if self.scale == 1.0 else points * self.scale
        return scaled + np.array((self.x_mm, self.y_mm)) if self.x_mm or self.y_mm else scaled


def outline_layers(kit: Kit, place: Place) -> tuple[Layer, ...]:
    """The numbered outline: its borders, and its numbers with their lead lines."""
    return borders_layer(kit, place), numbers_layer(kit, place)


def borders_layer(kit: Kit, place: Place) -> Layer:
    """Every border once."""
    return Layer("Borders", tuple(borders(kit, place)))


def numbers_layer(kit: Kit, place: Place) -> Layer:
    """Every number, and the lead lines of those that stand outside their region."""
    grey = number_grey(kit)
    leads = tuple(lead(label, place, grey) for label in kit.labels if label.leader_mm)
    draw = spot if label_style(kit) == "dots" else number
    return Layer("Numbers", (*leads, *(draw(kit, label, place, grey) for label in kit.labels)))


def borders(kit: Kit, place: Place) -> Iterator[Path]:
    """Every arc once, the frame's among them."""
    colour, width = borders_style(kit)
    for arc, line in zip(kit.graph.arcs, _placed(kit, place), strict=True):
        frame = {"frame": "true"} if OUTSIDE in (arc.left, arc.right) else {}
        yield Path((Curve(line),), colour, width, role="border", data=frame)


def _placed(kit: Kit, place: Place) -> list[F64]:
    """The points of each arc on the sheet."""
    lines = [arc.points for arc in kit.graph.arcs]
    return parts(place(np.concatenate(lines)), starts([len(line) for line in lines]))


def framed(kit: Kit, place: Place) -> Path:
    """A hairline round the picture."""
    (x, y), (right, low) = place(np.array([(0.0, 0.0), kit.size_mm]))
    line = polyline((x, y), (right, y), (right, low), (x, low), (x, y))
    return Path((line,), RULE, RULE_MM)


def tint(rgb: Colour, strength: float) -> Colour:
    """A colour thinned with white: 1 is as it is, 0 is white."""
    r, g, b = (round(255 - strength * (255 - c)) for c in rgb)
    return r, g, b


def regions(kit: Kit, place: Place, light: float = 1.0, of: NDArray[np.bool] | None = None) -> Iterator[Path]:
    """Every region filled with its paint, its rings from the very arcs of the outline.

    With ``light`` below 1 the paints are tints; with ``of`` (n,) only the regions that are true there.
    """
    seam = SEAM_MM * place.scale
    paints, lines = kit.palette.paints, _placed(kit, place)
    for region, rings in enumerate(kit.graph.rings):
        if of is not None and not of[region]:
            continue
        paint = paints[int(kit.regions.paint[region])]
        curves = tuple(Curve(ring_points(lines, ring), closed=True) for ring in rings)
        data = {"region": str(region), "paint": str(paint.number)}
        rgb = tint(paint.rgb, light)
        yield Path(curves, rgb, seam, rgb, "region", data)


def number(kit: Kit, label: Label, place: Place, grey: Colour) -> Text:
    """The number with its digits' middle at the anchor; the anchor is not the baseline."""
    x, y = label.anchor_mm
    paint = str(int(kit.regions.paint[label.region]) + 1)
    data = {"region": str(label.region), "paint": paint}
    if label.leader_mm:
        data["lead"] = "true"
    return Text(
        label.text,
        place.x_mm + x,
        place.y_mm + y + baseline_offset(label.text, label.size_pt),
        label.size_pt,
        grey,
        Align.MIDDLE,
        underline=is_ambiguous(label.text),
        role="number",
        data=data,
    )


def spot(kit: Kit, label: Label, place: Place, grey: Colour) -> Path:
    """A spot of the paint's own colour where the number would stand."""
    x, y = label.anchor_mm
    paint = kit.palette.paints[int(kit.regions.paint[label.region])]
    radius = SPOT_EM * mm_from_pt(label.size_pt)
    data = {"region": str(label.region), "paint": str(paint.number)}
    spot = circle(place.x_mm + x, place.y_mm + y, radius)
    return Path((spot,), grey, LEAD_MM, paint.rgb, "spot", data)


def lead(label: Label, place: Place, grey: Colour) -> Path:
    """The line from the number into its region, with a dot at the region's end."""
    assert label.leader_mm
    inside, number = label.leader_mm
    ends = [(x + place.x_mm, y + place.y_mm) for x, y in (inside, number)]
    line = polyline(*ends)
    return Path((line, circle(*ends[0], DOT_MM)), grey, LEAD_MM, grey, "lead", {"region": str(label.region)})
