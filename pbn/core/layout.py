"""From a kit to sheets of marks: the bare pictures, and the pages of the printed kit.

All lengths are mm, x to the right and y downwards from the sheet's upper left corner. A page knows
nothing of PDF or SVG, and an exporter nothing of kits.
"""

from __future__ import annotations

from pbn.core.drawing import Place, outline_layers, regions
from pbn.core.page_cover import cover_sheet
from pbn.core.page_legend import legend_sheets
from pbn.core.page_outline import outline_sheet
from pbn.core.pages import Folio, companion_paper, page_paper
from pbn.core.sheet import Layer, Sheet
from pbn.core.values import Kit


def outline_picture(kit: Kit) -> Sheet:
    """Return the numbered outline alone: the sheet is the painted picture, without margins."""
    width, height = kit.size_mm
    return Sheet("outline", width, height, outline_layers(kit, Place()))


def preview_picture(kit: Kit) -> Sheet:
    """Return the coloured picture alone: the sheet is the painted picture, without margins."""
    width, height = kit.size_mm
    return Sheet("preview", width, height, (Layer("Regions", tuple(regions(kit, Place()))),))


def kit_sheets(kit: Kit) -> tuple[Sheet, ...]:
    """Return the pages of the printed kit: cover, numbered outline, legend (as many as it needs).

    The outline is on the paper or canvas that the size names. Cover and legend go with it on the
    same paper up to A3 and tabloid; larger sheets and canvases are ordered from a print shop, and
    the painter holds the other pages in the hand: these are on A4, or on US Letter where the size
    is in inches.
    """
    paper = page_paper(kit)
    folio = Folio(companion_paper(paper, kit))
    cover = cover_sheet(kit, folio)
    return cover, outline_sheet(kit, paper), *legend_sheets(kit, folio)
