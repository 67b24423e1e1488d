"""The pages that are as large as the painting: the numbered outline on its paper or canvas."""

from __future__ import annotations

from collections.abc import Iterator

from pbn.core.drawing import Place, outline_layers
from pbn.core.pages import title_of
from pbn.core.papers import Paper
from pbn.core.shapes import polyline
from pbn.core.sheet import Align, Colour, Layer, Mark, Path, Sheet, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import Kit
from pbn.core.wording import words_of

CROP_MM, CROP_GAP_MM, CROP_WIDTH_MM = 5.0, 2.0, 0.15
"""Length of a crop mark, its distance from the corner, and its width."""

CROP_GREY: Colour = (60, 60, 60)


def outline_sheet(kit: Kit, paper: Paper) -> Sheet:
    """The numbered outline in the middle of its paper, a footer and a canvas's crop marks in the margin."""
    width, height = kit.size_mm
    x, y = (paper.width_mm - width) / 2, (paper.height_mm - height) / 2
    marks: list[Mark] = [_footer(kit, paper)]
    trim = None
    if paper.canvas:
        trim = (paper.margin_mm, paper.margin_mm, *paper.box_mm)
        marks += _crop_marks(*trim)
    layers = (*outline_layers(kit, Place(x, y)), Layer("Marks", tuple(marks)))
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
            across = polyline((corner_x + out_x * near, corner_y), (corner_x + out_x * far, corner_y))
            down = polyline((corner_x, corner_y + out_y * near), (corner_x, corner_y + out_y * far))
            yield Path((across, down), CROP_GREY, CROP_WIDTH_MM, role="crop")
