"""From a kit to sheets of marks: the bare pictures, and the pages of the printed kit.

All lengths are mm, x to the right and y downwards from the sheet's upper left corner. A page knows
nothing of PDF or SVG, and an exporter nothing of kits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pbn.core.curves import ring_points
from pbn.core.metrics import baseline_offset, is_ambiguous
from pbn.core.page_cover import cover_sheet
from pbn.core.page_legend import legend_sheets
from pbn.core.pages import (
    DOT_MM,
    LEAD_MM,
    Folio,
    borders_style,
    companion_paper,
    dot,
    number_grey,
    page_paper,
    title_of,
)
from pbn.core.papers import Paper
from pbn.core.sheet import Align, Colour, Curve, Layer, Mark, Path, Sheet, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import F64, Kit, Label
from pbn.core.wording import words_of

SEAM_MM = 0.3
"""Each coloured region is stroked this wide in its own colour: viewers blend two half-covered pixels
with the page, and a light hairline would show along every border."""

CROP_MM, CROP_GAP_MM, CROP_WIDTH_MM = 5.0, 2.0, 0.15
"""Length of a crop mark, its distance from the corner, and its width."""

CROP_GREY: Colour = (60, 60, 60)


def outline_picture(kit: Kit) -> Sheet:
    """Return the numbered outline alone: the sheet is the painted picture, without margins."""
    width, height = kit.size_mm
    return Sheet("outline", width, height, _outline_layers(kit, 0.0, 0.0))


def preview_picture(kit: Kit) -> Sheet:
    """Return the coloured picture alone: the sheet is the painted picture, without margins."""
    width, height = kit.size_mm
    return Sheet("preview", width, height, (Layer("Regions", tuple(_regions(kit, _Place(0.0, 0.0)))),))


def kit_sheets(kit: Kit) -> tuple[Sheet, ...]:
    """Return the pages of the printed kit: cover, numbered outline, legend (as many as it needs).

    The outline is on the paper or canvas that the size names. Cover and legend go with it on the
    same paper up to A3 and tabloid; larger sheets and canvases are ordered from a print shop, and
    the painter holds the other pages in the hand: these are on A4, or on US Letter where the size
    is in inches.
    """
    paper = page_paper(kit)
    folio = Folio(companion_paper(paper, kit))
    cover = cover_sheet(kit, folio, lambda x, y, scale: _regions(kit, _Place(x, y, scale)))
    return cover, _outline_sheet(kit, paper), *legend_sheets(kit, folio)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture stands on its sheet, and how much smaller than painted."""

    x_mm: float
    y_mm: float
    scale: float = 1.0

    def __call__(self, points: F64) -> F64:
        placed: F64 = points * self.scale + (self.x_mm, self.y_mm)
        return placed


def _outline_sheet(kit: Kit, paper: Paper) -> Sheet:
    """The numbered outline in the middle of its paper, a footer and a canvas's crop marks in the margin."""
    width, height = kit.size_mm
    x, y = (paper.width_mm - width) / 2, (paper.height_mm - height) / 2
    marks: list[Mark] = [_footer(kit, paper)]
    trim = None
    if paper.canvas:
        trim = (paper.margin_mm, paper.margin_mm, *paper.box_mm)
        marks += _crop_marks(*trim)
    layers = (*_outline_layers(kit, x, y), Layer("Marks", tuple(marks)))
    return Sheet(words_of(kit)("page.outline"), paper.width_mm, paper.height_mm, layers, trim)


def _footer(kit: Kit, paper: Paper) -> Text:
    """Words only: on this page a digit is a paint's number, for people and for programs that read it."""
    title = title_of(kit)
    size = 6.0
    return Text(
        title if title and not any(c.isdigit() for c in title) else words_of(kit)("kit.title"),
        paper.width_mm / 2,
        paper.height_mm - paper.margin_mm / 2 + mm_from_pt(size) * 0.3,
        size,
        (140, 140, 140),
        Align.MIDDLE,
    )


def _crop_marks(x: float, y: float, width: float, height: float) -> Iterator[Path]:
    """Two short lines at each corner of what is cut out, never inside it."""
    near, far = CROP_GAP_MM, CROP_GAP_MM + CROP_MM
    for corner_x, out_x in ((x, -1), (x + width, 1)):
        for corner_y, out_y in ((y, -1), (y + height, 1)):
            across = _polyline((corner_x + out_x * near, corner_y), (corner_x + out_x * far, corner_y))
            down = _polyline((corner_x, corner_y + out_y * near), (corner_x, corner_y + out_y * far))
            yield Path((across, down), CROP_GREY, CROP_WIDTH_MM, role="crop")


def _outline_layers(kit: Kit, x: float, y: float) -> tuple[Layer, ...]:
    place = _Place(x, y)
    borders = tuple(_borders(kit, place))
    leads = tuple(_lead(kit, label, place) for label in kit.labels if label.leader_mm)
    numbers = tuple(_number(kit, label, place) for label in kit.labels)
    return Layer("Borders", borders), Layer("Numbers", (*leads, *numbers))


def _borders(kit: Kit, place: _Place) -> Iterator[Path]:
    """Every arc once, the frame's among them."""
    colour, width = borders_style(kit)
    for arc in kit.graph.arcs:
        yield Path((Curve(place(arc.points)),), colour, width, role="border")


def _regions(kit: Kit, place: _Place) -> Iterator[Path]:
    """Every region filled with its paint, its rings from the very arcs of the outline."""
    seam = SEAM_MM * place.scale
    paints = kit.palette.paints
    for region, rings in enumerate(kit.graph.rings):
        paint = paints[int(kit.regions.paint[region])]
        curves = tuple(Curve(place(ring_points(kit.graph, ring)), closed=True) for ring in rings)
        data = {"region": str(region), "paint": str(paint.number)}
        yield Path(curves, paint.rgb, seam, paint.rgb, "region", data)


def _number(kit: Kit, label: Label, place: _Place) -> Text:
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
        number_grey(kit),
        Align.MIDDLE,
        underline=is_ambiguous(label.text),
        role="number",
        data=data,
    )


def _lead(kit: Kit, label: Label, place: _Place) -> Path:
    """The line from the number into its region, with a dot at the region's end."""
    assert label.leader_mm
    inside, number = label.leader_mm
    ends = [(x + place.x_mm, y + place.y_mm) for x, y in (inside, number)]
    grey = number_grey(kit)
    line = _polyline(*ends)
    return Path((line, dot(*ends[0], DOT_MM)), grey, LEAD_MM, grey, "lead", {"region": str(label.region)})


def _polyline(*points: Sequence[float]) -> Curve:
    return Curve(np.array(points, np.float64), cubic=False)
