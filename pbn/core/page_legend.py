"""The legend: each paint's number, swatch, hex, share of the picture and number of regions."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from pbn.core.metrics import is_ambiguous
from pbn.core.pages import INK, SOFT, Folio
from pbn.core.sheet import Align, Layer, Mark, Sheet, Swatch, Text, Weight
from pbn.core.values import Kit, Paint
from pbn.core.wording import Wording, words_of

ENTRY_MM = 55.0
"""Least width of an entry in the A4 design."""

WIDE_MM = 85.0
"""Width of an entry from which another column is better than wider swatches."""

LEAST_ROW_MM, GREATEST_ROW_MM = 10.0, 18.0
"""Height of an entry: what two lines of text need, and where more would be waste."""

NUMBER_MM, WORDS_MM, GAP_MM = 9.0, 31.0, 6.0
"""Widths: the number's column, the words' column, and between columns of entries."""


@dataclass(frozen=True, slots=True)
class _Entry:
    paint: Paint
    share: float
    regions: int


@dataclass(frozen=True, slots=True)
class _Grid:
    """How entries stand on a page, filled column by column."""

    columns: int
    rows: int
    width: float
    row: float

    @property
    def room(self) -> int:
        return self.columns * self.rows


def legend_sheets(kit: Kit, folio: Folio) -> tuple[Sheet, ...]:
    """Make as many pages as the paints need, balanced: all but the last are equally full."""
    entries, words = _entries(kit), words_of(kit)
    top = folio.top + folio.mm(20)
    bottom = folio.bottom - folio.mm(8)
    grid = _grid(folio, len(entries), bottom - top)
    pages = ceil(len(entries) / grid.room)
    sheets = []
    for page in range(pages):
        part = entries[page * grid.room : (page + 1) * grid.room]
        marks = _head(folio, words, len(entries), page, pages)
        for k, entry in enumerate(part):
            column, row = divmod(k, grid.rows)
            x = folio.left + column * (grid.width + folio.mm(GAP_MM))
            marks += _marks(folio, words, entry, x, top + row * grid.row, grid)
        marks += _foot(folio, words, entries)
        name = words("page.legend") if pages == 1 else words("page.legend_part", n=page + 1)
        sheets.append(
            Sheet(name, folio.paper.width_mm, folio.paper.height_mm, (Layer("Page", tuple(marks)),))
        )
    return tuple(sheets)


def _entries(kit: Kit) -> list[_Entry]:
    area = np.bincount(kit.regions.paint, kit.regions.area_px, minlength=len(kit.palette))
    count = np.bincount(kit.regions.paint, minlength=len(kit.palette))
    share = area / area.sum()
    return [_Entry(p, float(share[k]), int(count[k])) for k, p in enumerate(kit.palette.paints)]


def _grid(folio: Folio, entries: int, height: float) -> _Grid:
    """The fewest columns whose rows fit one page; if none does, all columns and as many pages."""
    gap = folio.mm(GAP_MM)
    most = max(1, int((folio.width + gap) / (folio.mm(ENTRY_MM) + gap)))
    tallest = max(1, int(height / folio.mm(LEAST_ROW_MM)))
    fewest = min(max(2, int(folio.width / folio.mm(WIDE_MM))), most)
    columns = next((c for c in range(fewest, most + 1) if ceil(entries / c) <= tallest), most)
    pages = ceil(entries / (columns * tallest))
    rows = ceil(entries / (columns * pages))
    row = min(folio.mm(GREATEST_ROW_MM), height / rows)
    return _Grid(columns, rows, (folio.width + gap) / columns - gap, row)


def _head(folio: Folio, words: Wording, paints: int, page: int, pages: int) -> list[Mark]:
    y = folio.top + folio.mm(5.5)
    marks: list[Mark] = [folio.text(words("legend.title"), folio.left, y, 18, weight=Weight.BOLD)]
    told = words("legend.count", n=paints)
    marks.append(folio.text(told, folio.left, y + folio.mm(6.2), 8.5, SOFT))
    if pages > 1:
        part = words("legend.part", n=page + 1, pages=pages)
        marks.append(folio.text(part, folio.right, y + folio.mm(6.2), 8.5, SOFT, Align.END))
    return marks


def _marks(folio: Folio, words: Wording, entry: _Entry, x: float, y: float, grid: _Grid) -> list[Mark]:
    """One entry: number, swatch, and two lines of words; a hairline above."""
    paint, mm, pad = entry.paint, folio.mm, folio.mm(1.3)
    middle = y + grid.row / 2
    number = Text(
        str(paint.number),
        x + mm(NUMBER_MM) - mm(2.5),
        middle + mm(1.65),
        12.5 * folio.scale,
        INK,
        Align.END,
        Weight.BOLD,
        underline=is_ambiguous(str(paint.number)),
        role="legend-number",
    )
    words_x = x + grid.width - mm(WORDS_MM) + mm(3)
    swatch = Swatch(
        x + mm(NUMBER_MM), y + pad, grid.width - mm(NUMBER_MM) - mm(WORDS_MM), grid.row - 2 * pad, paint.rgb
    )
    first = paint.name or paint.hex
    share = words.percent(entry.share)
    second = f"{share}  ·  {words('legend.regions', n=entry.regions)}"
    if paint.name:
        second = f"{paint.hex}  ·  {share}  ·  {entry.regions}"
    room = mm(WORDS_MM) - mm(3)
    return [
        folio.rule(x, y, x + grid.width),
        number,
        swatch,
        folio.text(first, words_x, middle - mm(0.5), 8.5, within=room),
        folio.text(second, words_x, middle + mm(3.2), 6.5, SOFT, within=room),
    ]


def _foot(folio: Folio, words: Wording, entries: list[_Entry]) -> list[Mark]:
    """What the lines under numbers mean, where a number has one."""
    if not any(is_ambiguous(str(e.paint.number)) for e in entries):
        return []
    return [folio.text(words("legend.underline"), folio.left, folio.bottom, 7, SOFT, within=folio.width)]
