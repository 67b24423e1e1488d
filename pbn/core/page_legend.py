"""The legend: all that is to know of each paint, as wide as the paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from pbn.core.entries import Entry, entries, ml_per_m2
from pbn.core.hatching import hatching
from pbn.core.hues import colour_name, family
from pbn.core.labelling import kit_label_texts
from pbn.core.metrics import is_ambiguous, text_width
from pbn.core.pages import INK, SOFT, Folio, heading, part_text
from pbn.core.sheet import Align, Box, Layer, Mark, Path, Sheet, Swatch, Text, Weight
from pbn.core.values import Kit
from pbn.core.vision import confused_pairs
from pbn.core.wording import Wording, words_of

NUMBER_MM, SWATCH_MM, GAP_MM = 9.0, 12.0, 6.0
"""In the A4 design: width of the numbers, of the narrowest swatch, and between columns of entries."""

COLOUR_MM, AMOUNT_MM, RECIPE_MM = 31.0, 24.0, 39.0
"""Widths of what there is to say: the colour, how much there is of it, what it is mixed from."""

WIDE_SWATCH_MM = 48.0
"""Width of a swatch from which another column is better."""

LEAST_ROW_MM, GREATEST_ROW_MM = 9.5, 18.0
"""Height of an entry: what three lines of a recipe need, and where more would be waste."""

FIRST_PT, SECOND_PT = 8.0, 6.3
TWO_LINES_MM = (-0.4, 3.0)
"""From an entry's middle to the baselines of two lines."""

FOOT_PT, FOOT_LINE_MM = 6.5, 3.4
HATCH_MM, HATCH_LINE_MM = 1.3, 0.2
"""From line to line of a hatching, and how thick they are."""

PART_MM = 2.85
"""From one line of a recipe to the next."""

LEAST_ML = 0.1
"""The least millilitres that are told as a number."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """How entries stand on a page, filled column by column."""

    columns: int
    rows: int
    width: float
    row: float
    swatch: float

    @property
    def room(self) -> int:
        return self.columns * self.rows


def legend_sheets(kit: Kit, folio: Folio) -> tuple[Sheet, ...]:
    """Make as many pages as the paints need, balanced: all but the last are equally full."""
    listed, words = entries(kit), words_of(kit)
    top = folio.top + folio.mm(17)
    foot = _foot(folio, words, kit, listed)
    bottom = folio.bottom - folio.mm(4.6 + FOOT_LINE_MM * max(1, len(foot) - 1))
    grid = _grid(folio, len(listed), bottom - top, _beside(listed))
    pages = ceil(len(listed) / grid.room)
    sheets = []
    for page in range(pages):
        part = listed[page * grid.room : (page + 1) * grid.room]
        marks = heading(
            folio, words("legend.title"), words("legend.count", n=len(listed)), part_text(words, page, pages)
        )
        for k, entry in enumerate(part):
            column, row = divmod(k, grid.rows)
            x = folio.left + column * (grid.width + folio.mm(GAP_MM))
            marks += _marks(folio, words, entry, x, top + row * grid.row, grid)
        marks += foot
        name = words("page.legend") if pages == 1 else words("page.legend_part", n=page + 1)
        sheets.append(
            Sheet(name, folio.paper.width_mm, folio.paper.height_mm, (Layer("Page", tuple(marks)),))
        )
    return tuple(sheets)


def _beside(listed: list[Entry]) -> float:
    """Width of all of an entry but its swatch, in the A4 design."""
    return NUMBER_MM + COLOUR_MM + AMOUNT_MM + (RECIPE_MM if any(e.recipe for e in listed) else 0.0)


def _grid(folio: Folio, count: int, height: float, beside: float) -> _Grid:
    """The fewest columns whose rows fit one page; if none does, all columns and as many pages."""
    gap = folio.mm(GAP_MM)

    def columns_of(swatch: float) -> int:
        return max(1, int((folio.width + gap) / (folio.mm(beside + swatch) + gap)))

    most, tallest = columns_of(SWATCH_MM), max(1, int(height / folio.mm(LEAST_ROW_MM)))
    fewest = min(columns_of(WIDE_SWATCH_MM), most)
    columns = next((c for c in range(fewest, most + 1) if ceil(count / c) <= tallest), most)
    pages = ceil(count / (columns * tallest))
    rows = ceil(count / (columns * pages))
    row = min(folio.mm(GREATEST_ROW_MM), height / rows)
    width = (folio.width + gap) / columns - gap
    return _Grid(columns, rows, width, row, width - folio.mm(beside))


def _marks(folio: Folio, words: Wording, entry: Entry, x: float, y: float, grid: _Grid) -> list[Mark]:
    """One entry: number, swatch, what there is to say, and the recipe; a hairline above."""
    mm, pad = folio.mm, folio.mm(1.3)
    middle = y + grid.row / 2
    size, room = 12.5 * folio.scale, mm(NUMBER_MM - 2.5)
    number = Text(
        entry.label,
        x + room,
        middle + mm(1.65),
        size * min(1.0, room / text_width(entry.label, size)),
        INK,
        Align.END,
        Weight.BOLD,
        underline=is_ambiguous(entry.label),
        role="legend-number",
    )
    swatch_x = x + mm(NUMBER_MM)
    box = (swatch_x, y + pad, grid.swatch, grid.row - 2 * pad)
    swatch = Swatch(*box, entry.paint.rgb)
    colour_x = swatch_x + grid.swatch + mm(3)
    amount_x = swatch_x + grid.swatch + mm(COLOUR_MM + 1)
    recipe_x = amount_x + mm(AMOUNT_MM)
    return [
        folio.rule(x, y, x + grid.width),
        number,
        swatch,
        *(_hatched(folio, entry, box) if entry.aids else ()),
        *_two(folio, _colour(words, entry), colour_x, middle, mm(COLOUR_MM - 4.5)),
        *_two(folio, _amount(words, entry), amount_x, middle, mm(AMOUNT_MM - 2)),
        *_recipe(folio, entry, recipe_x, middle),
    ]


def _hatched(folio: Folio, entry: Entry, box: Box) -> Iterator[Path]:
    """The hatching of the paint's hue on the right half of its swatch."""
    x, y, width, height = box
    pad = folio.mm(1)
    half = (x + width / 2, y + pad, width / 2 - pad, height - 2 * pad)
    curves = hatching(half, family(np.array(entry.lab)), folio.mm(HATCH_MM))
    yield Path(
        curves, INK if entry.lab[0] > 50 else (255, 255, 255), folio.mm(HATCH_LINE_MM), role="hatching"
    )


def _two(folio: Folio, lines: tuple[str, str], x: float, middle: float, room: float) -> list[Mark]:
    """Two lines about the middle, the second one quiet."""
    first, second = (middle + folio.mm(at) for at in TWO_LINES_MM)
    return [
        folio.text(lines[0], x, first, FIRST_PT, within=room),
        folio.text(lines[1], x, second, SECOND_PT, SOFT, within=room),
    ]


def _recipe(folio: Folio, entry: Entry, x: float, middle: float) -> list[Mark]:
    """A line for each paint that is mixed, most parts first."""
    if not entry.recipe:
        return []
    parts = sorted(entry.recipe.parts, key=lambda part: -part[1])
    top = middle + folio.mm(0.85) - folio.mm(PART_MM) * (len(parts) - 1) / 2
    return [
        mark
        for k, (name, n) in enumerate(parts)
        for mark in (
            folio.text(str(n), x + folio.mm(3), top + folio.mm(PART_MM) * k, SECOND_PT, INK, Align.END),
            folio.text(
                name,
                x + folio.mm(4.2),
                top + folio.mm(PART_MM) * k,
                SECOND_PT,
                within=folio.mm(RECIPE_MM - 5.2),
            ),
        )
    ]


def _colour(words: Wording, entry: Entry) -> tuple[str, str]:
    """Name or hex, and CIELAB; the hex with it where there is a name."""
    name = entry.paint.name
    if entry.aids and not name:
        shade, hue = colour_name(np.array(entry.lab))
        name = words(f"shade.{shade}", colour=words(f"colour.{hue}"))
    lab = "  ".join(
        f"{axis} {words.number(value, 0 if name else 1)}"
        for axis, value in zip(("L", "a", "b"), entry.lab, strict=True)
    ).replace("-", "−")
    if name:
        return name, f"{entry.paint.hex}  {lab}"
    return entry.paint.hex, lab


def _amount(words: Wording, entry: Entry) -> tuple[str, str]:
    """Share of the area and millilitres; regions."""
    least = "< " if entry.ml < LEAST_ML else ""  # no paint that is used is needed not at all
    needed = words("units.ml", value=words.number(max(entry.ml, LEAST_ML), 1 if entry.ml < 9.95 else 0))
    return f"{words.percent(entry.share)}  ·  {least}{needed}", words("legend.regions", n=entry.regions)


def _confused(folio: Folio, words: Wording, kit: Kit) -> list[str]:
    """The pairs that some people cannot tell apart, as many as fit a line."""
    labels = kit_label_texts(kit)
    pairs = [f"{labels[a - 1]}/{labels[b - 1]}" for a, b in confused_pairs(kit.palette)]
    for most in range(len(pairs), 0, -1):
        shown = ", ".join(pairs[:most]) + (" …" if most < len(pairs) else "")
        line = words("legend.confused", pairs=shown)
        if text_width(line, FOOT_PT * folio.scale) <= folio.width:
            return [line]
    return []


def _foot(folio: Folio, words: Wording, kit: Kit, listed: list[Entry]) -> list[Mark]:
    """What millilitres are reckoned with, and what lines under numbers mean where a number has one."""
    told = [words("legend.coverage", ml=words.number(ml_per_m2(kit), 0))]
    if any(is_ambiguous(e.label) for e in listed):
        told.append(words("legend.underline"))
    if any(e.aids for e in listed):
        told += _confused(folio, words, kit)
    y = folio.bottom - folio.mm(FOOT_LINE_MM) * (len(told) - 1)
    return [
        folio.text(line, folio.left, y + folio.mm(FOOT_LINE_MM) * k, FOOT_PT, SOFT, within=folio.width)
        for k, line in enumerate(told)
    ]
