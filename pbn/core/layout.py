"""From a kit to sheets of marks: the bare pictures, and the pages of the printed kit.

All lengths are mm, x to the right and y downwards from the sheet's upper left corner. A page knows
nothing of PDF or SVG, and an exporter nothing of kits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pbn.core import papers
from pbn.core.drawing import Place, outline_layers, regions
from pbn.core.page_cover import cover_sheet
from pbn.core.page_grid import grid_sheet
from pbn.core.page_guide import guide_sheets
from pbn.core.page_legend import legend_sheets
from pbn.core.page_map import map_sheet
from pbn.core.page_outline import clean_sheet, drawing_box, ghost_sheet, outline_sheet, picture_place
from pbn.core.page_preview import preview_sheet
from pbn.core.page_recipes import recipe_sheets
from pbn.core.page_report import report_sheet
from pbn.core.pages import Folio, companion_paper, page_paper, print_option
from pbn.core.papers import Paper
from pbn.core.sheet import Layer, Sheet
from pbn.core.tiles import Tiling, tiles, tiling
from pbn.core.values import Kit
from pbn.core.wording import words_of

DEFAULT_PAGES = ("cover", "outline", "legend")
"""What a kit is painted from."""

_FULL: Mapping[str, Callable[[Kit, Paper], Sheet]] = {
    "outline": outline_sheet,
    "clean": clean_sheet,
    "ghost": ghost_sheet,
}
"""Pages as large as the painting, which may be cut into tiles."""

_HAND: Mapping[str, Callable[[Kit, Folio], tuple[Sheet, ...]]] = {
    "cover": lambda kit, folio: (cover_sheet(kit, folio),),
    "legend": legend_sheets,
    "preview": lambda kit, folio: (preview_sheet(kit, folio),),
    "guide": guide_sheets,
    "recipes": recipe_sheets,
    "grid": lambda kit, folio: (grid_sheet(kit, folio),),
    "report": lambda kit, folio: (report_sheet(kit, folio),),
}
"""Pages that the painter holds in the hand."""

EVERY_PAGE = ("cover", "preview", "outline", "clean", "ghost", "legend", "recipes", "guide", "grid", "report")
"""The pages that can be asked for, in the order in which all of them are made."""


def outline_picture(kit: Kit) -> Sheet:
    """Return the numbered outline alone: the sheet is the painted picture, without margins."""
    width, height = kit.size_mm
    return Sheet("outline", width, height, outline_layers(kit, Place()))


def preview_picture(kit: Kit) -> Sheet:
    """Return the coloured picture alone: the sheet is the painted picture, without margins."""
    width, height = kit.size_mm
    return Sheet("preview", width, height, (Layer("Regions", tuple(regions(kit, Place()))),))


def kit_sheets(kit: Kit) -> tuple[Sheet, ...]:
    """Return the pages of the printed kit, those that ``print.pages`` names in its order.

    The outline is on the paper or canvas that the size names, or on tiles of ``print.tile``. The
    other pages go with it on the same paper up to A3 and tabloid; larger sheets and canvases are
    ordered from a print shop, and the painter holds the other pages in the hand: these are on A4,
    or on US Letter where the size is in inches. With tiles they are on the tiles' paper.
    """
    paper = page_paper(kit)
    folio = Folio(companion_paper(paper, kit), float(print_option(kit, "larger_type", 1.0)))
    cut = _tiling(kit, paper)
    mapped = False
    sheets: list[Sheet] = []
    for name in _names(kit):
        if name in _HAND:
            sheets += _HAND[name](kit, folio)
        elif cut is None:
            sheets.append(_FULL[name](kit, paper))
        else:
            sheets += _tiles(kit, paper, cut, _FULL[name], folio if not mapped else None)
            mapped = True
    return tuple(sheets)


def _names(kit: Kit) -> tuple[str, ...]:
    """The pages asked for; all are those that can be made of this kit."""
    asked = tuple(print_option(kit, "pages", DEFAULT_PAGES))
    if asked != ("all",):
        return asked
    return tuple(name for name in EVERY_PAGE if name != "recipes" or kit.mixing)


def _tiling(kit: Kit, paper: Paper) -> Tiling | None:
    """How the large pages are cut, if they are."""
    size = str(print_option(kit, "tile", ""))
    if not size:
        return None
    width, height = drawing_box(kit, paper)[2:]
    return tiling(width, height, papers.parse(size), float(print_option(kit, "overlap_mm", 10.0)))


def _tiles(
    kit: Kit, paper: Paper, cut: Tiling, make: Callable[[Kit, Paper], Sheet], map_on: Folio | None
) -> Iterator[Sheet]:
    """One large page on its tiles; before the first such page the map of the sheets."""
    box = drawing_box(kit, paper)
    if map_on:
        place = picture_place(kit, paper)
        picture = (place.x_mm - box[0], place.y_mm - box[1], *kit.size_mm)
        yield map_sheet(kit, map_on, cut, picture)
    yield from tiles(make(kit, paper), box, cut, words_of(kit)("tile.scale"))
