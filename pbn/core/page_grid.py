"""The transfer grid: the outline under squares with coordinates, to copy it on canvas by hand."""

from __future__ import annotations

from math import ceil

from pbn.core.drawing import Place, borders
from pbn.core.pages import SOFT, Folio, heading, page_paper
from pbn.core.shapes import polyline
from pbn.core.sheet import Align, Colour, Layer, Mark, Path, Sheet, Weight
from pbn.core.units import MM_PER_INCH
from pbn.core.values import Kit
from pbn.core.wording import words_of

HEAD_MM, EDGE_MM = 18.0, 6.0
"""In the A4 design: the heading, and round the picture for the coordinates."""

CELLS = 10
"""About so many squares along the longer side: enough to copy by, few enough to keep count."""

STEPS_CM = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0)
STEPS_IN = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 24.0)

LINE: Colour = (70, 110, 190)
LINE_MM = 0.2


def grid_step(kit: Kit, *, inches: bool) -> float:
    """Side of a square on the painting in mm: a round number of centimetres or inches."""
    unit, steps = (MM_PER_INCH, STEPS_IN) if inches else (10.0, STEPS_CM)
    wanted = max(kit.size_mm) / CELLS / unit
    return unit * min(steps, key=lambda step: max(step / wanted, wanted / step))


def grid_sheet(kit: Kit, folio: Folio) -> Sheet:
    """Make the page: columns A, B, C from the left, rows 1, 2, 3 from the top."""
    words, inches = words_of(kit), page_paper(kit).inches
    step = grid_step(kit, inches=inches)
    width, height = kit.size_mm
    edge, top = folio.mm(EDGE_MM), folio.top + folio.mm(HEAD_MM)
    scale = min((folio.width - 2 * edge) / width, (folio.bottom - top - 2 * edge) / height)
    place = Place(folio.left + (folio.width - scale * width) / 2, top + edge, scale)
    unit, mm = ("in", MM_PER_INCH) if inches else ("cm", 10.0)
    side = words(f"units.one_{unit}", value=words.number(step / mm, 1, whole=True))
    marks = heading(folio, words("grid.title"), words("grid.how", side=side))
    marks += _lines(kit, place, step)
    marks += _names(kit, folio, place, step)
    outline = Layer("Borders", tuple(borders(kit, place)))
    layers = outline, Layer("Grid", tuple(marks))
    return Sheet(words("page.grid"), folio.paper.width_mm, folio.paper.height_mm, layers)


def _lines(kit: Kit, place: Place, step: float) -> list[Mark]:
    """Across and down, from the upper left corner; the last squares may be cut."""
    width, height = (v * place.scale for v in kit.size_mm)
    x, y, by = place.x_mm, place.y_mm, step * place.scale
    down = [polyline((x + k * by, y), (x + k * by, y + height)) for k in range(ceil(kit.size_mm[0] / step))]
    across = [polyline((x, y + k * by), (x + width, y + k * by)) for k in range(ceil(kit.size_mm[1] / step))]
    ends = [
        polyline((x + width, y), (x + width, y + height)),
        polyline((x, y + height), (x + width, y + height)),
    ]
    return [Path((*down, *across, *ends), LINE, LINE_MM, role="grid")]


def _names(kit: Kit, folio: Folio, place: Place, step: float) -> list[Mark]:
    """Letters above and below, numbers on the left and the right, in the middle of their squares."""
    by, gap = step * place.scale, folio.mm(2.0)
    width, height = (v * place.scale for v in kit.size_mm)
    marks: list[Mark] = []
    for k in range(ceil(kit.size_mm[0] / step)):
        x = place.x_mm + (min((k + 1) * by, width) + k * by) / 2
        for y in (place.y_mm - gap, place.y_mm + height + gap + folio.mm(2)):
            marks.append(folio.text(column_name(k), x, y, 8, SOFT, Align.MIDDLE, Weight.BOLD))
    for k in range(ceil(kit.size_mm[1] / step)):
        y = place.y_mm + (min((k + 1) * by, height) + k * by) / 2 + folio.mm(1)
        marks.append(folio.text(str(k + 1), place.x_mm - gap, y, 8, SOFT, Align.END, Weight.BOLD))
        marks.append(folio.text(str(k + 1), place.x_mm + width + gap, y, 8, SOFT, weight=Weight.BOLD))
    return marks


def column_name(k: int) -> str:
    """A, B ... Z, AA, AB.

    >>> [column_name(k) for k in (0, 25, 26)]
    ['A', 'Z', 'AA']
    """
    return (column_name(k // 26 - 1) if k >= 26 else "") + chr(ord("A") + k % 26)
