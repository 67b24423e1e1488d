"""The mixing recipes: for each paint the parts to take, drawn as parts, and the colour they make."""

from __future__ import annotations

from math import ceil

from pbn.core.entries import Entry, entries
from pbn.core.metrics import is_ambiguous
from pbn.core.pages import INK, SOFT, Folio, broken, heading, part_text
from pbn.core.sheet import Align, Layer, Mark, Sheet, Swatch, Text, Weight
from pbn.core.values import Kit, Mixing, Recipe
from pbn.core.wording import Wording, words_of
from pbn.errors import LayoutError

HEAD_MM, ROW_MM, FOOT_MM = 17.0, 12.5, 12.0
"""In the A4 design: the heading, a recipe's height, and what is left below for the source."""

COLUMN_MM, GAP_MM = 82.0, 8.0
"""Least width of a recipe, and between columns."""

SWATCH_MM, PART_MM, MIX_MM = 13.0, 3.6, 12.0
"""Widths of the paint's swatch, of a part, and of the mix's swatch."""

MOST_SQUARES, TIMES_MM = 8, 8.0
"""Parts of one paint that are drawn one by one; more are told beside one square, in so much room."""


def recipe_sheets(kit: Kit, folio: Folio) -> tuple[Sheet, ...]:
    """Make the pages; every part is a square of the paint it is taken from.

    Raises
    ------
    LayoutError
        When the kit has no recipes.
    """
    if kit.mixing is None:
        raise LayoutError(
            "There are no recipes for the page `recipes`: the kit's paints are not mixed. "
            "Leave the page out, or use --mix-from acrylics."
        )
    listed, words, mm = entries(kit), words_of(kit), folio.mm
    columns = max(1, int((folio.width + mm(GAP_MM)) / mm(COLUMN_MM + GAP_MM)))
    most = max(1, int((folio.bottom - folio.top - mm(HEAD_MM + FOOT_MM)) / mm(ROW_MM)))
    pages = ceil(len(listed) / (columns * most))
    rows = ceil(len(listed) / (columns * pages))
    width = (folio.width + mm(GAP_MM)) / columns - mm(GAP_MM)
    sheets = []
    for page in range(pages):
        marks = heading(folio, words("recipes.title"), words("recipes.how"), part_text(words, page, pages))
        for k, entry in enumerate(listed[page * columns * rows : (page + 1) * columns * rows]):
            column, row = divmod(k, rows)
            x, y = folio.left + column * (width + mm(GAP_MM)), folio.top + mm(HEAD_MM) + row * mm(ROW_MM)
            marks += _recipe(folio, words, kit.mixing, entry, (x, y, width))
        marks += _foot(folio, words, kit.mixing)
        name = words("page.recipes") if pages == 1 else words("page.recipes_part", n=page + 1)
        sheets.append(
            Sheet(name, folio.paper.width_mm, folio.paper.height_mm, (Layer("Page", tuple(marks)),))
        )
    return tuple(sheets)


def _recipe(
    folio: Folio, words: Wording, mixing: Mixing, entry: Entry, box: tuple[float, float, float]
) -> list[Mark]:
    """One paint: its number and colour, its parts as squares, the mix, and the parts in words."""
    x, y, width = box
    mm, recipe = folio.mm, entry.recipe
    assert recipe
    number = Text(
        entry.label,
        x + mm(6.5),
        y + mm(6.9),
        12 * folio.scale,
        INK,
        Align.END,
        Weight.BOLD,
        underline=is_ambiguous(entry.label),
        role="recipe-number",
    )
    parts_x, side = x + mm(9 + SWATCH_MM + 3), mm(PART_MM)
    squares, end = _squares(folio, mixing, recipe, parts_x, y + mm(1.8))
    end += mm(2)
    told = words("units.delta", value=words.number(recipe.delta_e, 1))
    lines = broken(recipe.text, width - mm(12 + SWATCH_MM), 6.3 * folio.scale)[:2]
    return [
        folio.rule(x, y, x + width),
        number,
        Swatch(x + mm(9), y + mm(1.8), mm(SWATCH_MM), mm(9.2), entry.paint.rgb),
        *squares,
        folio.text("=", end, y + mm(4.6), 9, SOFT),
        Swatch(end + mm(3.6), y + mm(1.8), mm(MIX_MM), side, recipe.rgb),
        folio.text(told, x + width, y + mm(4.6), 6.3, SOFT, Align.END),
        *(folio.text(line, parts_x, y + mm(8.1 + 2.7 * k), 6.3) for k, line in enumerate(lines)),
    ]


def _squares(folio: Folio, mixing: Mixing, recipe: Recipe, x: float, y: float) -> tuple[list[Mark], float]:
    """Every part as a square, most first, and where they end; many parts are one square and their number."""
    rgb_of = {paint.name: paint.rgb for paint in mixing.base}
    side = folio.mm(PART_MM)
    marks: list[Mark] = []
    for name, n in sorted(recipe.parts, key=lambda part: -part[1]):
        drawn = n if n <= MOST_SQUARES else 1
        marks += [Swatch(x + k * side, y, side, side, rgb_of[name]) for k in range(drawn)]
        x += drawn * side
        if drawn < n:
            marks.append(folio.text(f"× {n}", x + folio.mm(0.8), y + folio.mm(2.8), 7))
            x += folio.mm(TIMES_MM)
    return marks, x


def _foot(folio: Folio, words: Wording, mixing: Mixing) -> list[Mark]:
    """What the difference means, and what is mixed from."""
    told = (words("recipes.note"), mixing.source)
    lines = [line for text in told for line in broken(text, folio.width, 6.3 * folio.scale)][:4]
    first = folio.bottom - folio.mm(2.7) * (len(lines) - 1)
    return [
        folio.text(line, folio.left, first + folio.mm(2.7) * k, 6.3, SOFT) for k, line in enumerate(lines)
    ]
