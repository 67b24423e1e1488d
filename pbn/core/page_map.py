"""How the sheets of a tiled drawing join: the picture with the cuts over it, and what to do."""

from __future__ import annotations

from pbn.core.drawing import Place, regions
from pbn.core.pages import Folio, broken, heading
from pbn.core.shapes import polyline
from pbn.core.sheet import Align, Box, Colour, Layer, Mark, Path, Sheet, Weight
from pbn.core.tiles import Tiling
from pbn.core.values import Kit
from pbn.core.wording import words_of

LIGHT = 0.45
"""Strength of the picture under the cuts."""

CUT: Colour = (60, 60, 66)
HEAD_MM, LINE_MM, LINES = 16.0, 4.6, 8
"""In the A4 design: height of the heading, of a line of the advice, and lines to leave room for."""


def map_sheet(kit: Kit, folio: Folio, cut: Tiling, picture: Box) -> Sheet:
    """Make the page; ``picture`` is where the painted picture lies on the drawing that is cut."""
    words = words_of(kit)
    top = folio.top + folio.mm(HEAD_MM)
    bottom = folio.bottom - folio.mm(LINE_MM * LINES)
    scale = min(folio.width / cut.width_mm, (bottom - top) / cut.height_mm)
    x, y = folio.left + (folio.width - scale * cut.width_mm) / 2, top
    place = Place(x + scale * picture[0], y + scale * picture[1], scale * picture[2] / kit.size_mm[0])
    marks = heading(
        folio, words("map.title"), words("map.count", n=len(cut), rows=cut.rows, columns=cut.columns)
    )
    marks += _cuts(folio, cut, x, y, scale)
    y += scale * cut.height_mm + folio.mm(9)
    for told in ("scale", "cut", "join"):
        for line in broken(words(f"map.{told}"), folio.width, 8.5 * folio.scale):
            marks.append(folio.text(line, folio.left, y, 8.5))
            y += folio.mm(LINE_MM)
        y += folio.mm(LINE_MM / 3)
    layers = Layer("Preview", tuple(regions(kit, place, LIGHT))), Layer("Page", tuple(marks))
    return Sheet(words("page.map"), folio.paper.width_mm, folio.paper.height_mm, layers)


def _cuts(folio: Folio, cut: Tiling, x: float, y: float, scale: float) -> list[Mark]:
    """Each sheet's window, and its name in the middle."""
    marks: list[Mark] = []
    size = min(14.0, 2.0 * scale * min(cut.window_mm) / folio.scale)
    for row, column in cut.places():
        left, top, width, height = (scale * v for v in cut.window(row, column))
        left, top = x + left, y + top
        right, low = left + width, top + height
        box = polyline((left, top), (right, top), (right, low), (left, low), (left, top))
        marks.append(Path((box,), CUT, 0.2))
        middle = top + height / 2 + folio.mm(size * 0.13)
        name = cut.name(row, column)
        marks.append(folio.text(name, left + width / 2, middle, size, CUT, Align.MIDDLE, Weight.BOLD))
    return marks
