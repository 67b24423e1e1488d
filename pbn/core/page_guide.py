"""The guide: paint after paint, where it goes, how the picture stands before it and after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

import cv2
import numpy as np

from pbn.core.drawing import Place, framed, regions
from pbn.core.entries import Entry, entries
from pbn.core.metrics import is_ambiguous
from pbn.core.pages import INK, SOFT, Folio, heading, part_text
from pbn.core.sheet import Align, Layer, Mark, Picture, Sheet, Swatch, Text, Weight
from pbn.core.units import MM_PER_INCH
from pbn.core.values import I32, U8, Image, Kit
from pbn.core.wording import Wording, words_of

DPI = 200
"""Of the small pictures of what is painted so far."""

HEAD_MM, NAME_MM, CAPTION_MM, GAP_MM = 17.0, 8.5, 5.0, 5.0
"""In the A4 design: the page's heading, a paint's line above its pictures, their captions, gaps."""

LEAST_MM = 50.0
"""Height of a paint's pictures below which there are fewer to a page."""

BARE, EDGE = 255, 165
"""Greys of what is not painted yet and of its borders."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drafts:
    """The picture as it grows, light to dark.

    ``index`` (h, w) is the paint of each pixel, and of one on a border so many more as there are paints.
    """

    index: I32
    rgb: U8
    size_px: tuple[int, int]
    made: dict[int, Image] = field(default_factory=dict)

    def until(self, count: int) -> Image:
        """The first ``count`` paints in colour, the rest as borders on white."""
        if count not in self.made:
            n = len(self.rgb)
            shades = np.full((2 * n, 4), BARE, np.uint8)
            shades[n:] = EDGE
            shades[:count, :3] = shades[n : n + count, :3] = self.rgb[:count]
            pixels = shades.view(np.uint32)[self.index, 0].view(np.uint8).reshape(*self.index.shape, 4)
            shown = cv2.resize(pixels, self.size_px, interpolation=cv2.INTER_AREA)
            self.made[count] = Image(np.ascontiguousarray(shown[..., :3], np.uint8))
        return self.made[count]


def _drafts(kit: Kit, width_mm: float) -> _Drafts:
    ids = kit.regions.ids
    border = np.zeros(ids.shape, bool)
    border[:, 1:] |= ids[:, 1:] != ids[:, :-1]
    border[1:] |= ids[1:] != ids[:-1]
    border[[0, -1]] = border[:, [0, -1]] = True
    width = min(ids.shape[1], max(1, round(width_mm / MM_PER_INCH * DPI)))
    size = width, max(1, round(ids.shape[0] * width / ids.shape[1]))
    index = kit.regions.paint[ids] + np.where(border, np.int32(len(kit.palette)), np.int32(0))
    return _Drafts(index, kit.palette.rgb, size)


def guide_sheets(kit: Kit, folio: Folio) -> tuple[Sheet, ...]:
    """Make the pages: of each paint its regions alone, the picture so far, and the picture with it."""
    listed, words = entries(kit), words_of(kit)
    width, height, rows = _cell(kit, folio, len(listed))
    pages = ceil(len(listed) / rows)
    rows = ceil(len(listed) / pages)
    drafts = _drafts(kit, width)
    step = (folio.bottom - folio.top - folio.mm(HEAD_MM)) / rows
    sheets = []
    for page in range(pages):
        alone: list[Mark] = []
        marks: list[Mark] = heading(
            folio, words("guide.title"), words("guide.how"), part_text(words, page, pages)
        )
        for k, entry in enumerate(listed[page * rows : (page + 1) * rows]):
            y = folio.top + folio.mm(HEAD_MM) + k * step
            marks += _entry_line(folio, words, entry, y)
            y += folio.mm(NAME_MM)
            alone += _alone(kit, entry, Place(folio.left, y, width / kit.size_mm[0]))
            marks += _pictures(folio, words, entry, drafts, (folio.left, y, width, height))
        name = words("page.guide") if pages == 1 else words("page.guide_part", n=page + 1)
        layers = Layer("Preview", tuple(alone)), Layer("Page", tuple(marks))
        sheets.append(Sheet(name, folio.paper.width_mm, folio.paper.height_mm, layers))
    return tuple(sheets)


def _cell(kit: Kit, folio: Folio, count: int) -> tuple[float, float, int]:
    """Width and height of a picture, and how many paints there are to a page."""
    width = (folio.width - 2 * folio.mm(GAP_MM)) / 3
    aspect = kit.size_mm[0] / kit.size_mm[1]
    room = folio.bottom - folio.top - folio.mm(HEAD_MM)
    around = folio.mm(NAME_MM + CAPTION_MM + GAP_MM)
    rows = max(1, min(count, int(room / (min(width / aspect, folio.mm(LEAST_MM)) + around))))
    height = min(width / aspect, room / rows - around)
    return min(width, height * aspect), height, rows


def _entry_line(folio: Folio, words: Wording, entry: Entry, y: float) -> list[Mark]:
    """The paint's number, its colour, and what there is of it."""
    mm = folio.mm
    base = y + mm(5.2)
    told = f"{words('legend.regions', n=entry.regions)}  ·  {words.percent(entry.share)}"
    name = entry.paint.name or entry.paint.hex
    return [
        folio.rule(folio.left, y, folio.right),
        Text(
            entry.label,
            folio.left,
            base,
            11 * folio.scale,
            INK,
            weight=Weight.BOLD,
            underline=is_ambiguous(entry.label),
            role="guide-number",
        ),
        Swatch(folio.left + mm(9), y + mm(1.8), mm(12), mm(4.2), entry.paint.rgb),
        folio.text(name, folio.left + mm(24), base, 8.5),
        folio.text(told, folio.right, base, 8, SOFT, Align.END),
    ]


def _alone(kit: Kit, entry: Entry, place: Place) -> list[Mark]:
    """The paint's own regions in its colour, and a frame round the empty picture."""
    chosen = kit.regions.paint == entry.paint.number - 1
    return [framed(kit, place), *regions(kit, place, of=chosen)]


def _pictures(
    folio: Folio, words: Wording, entry: Entry, drafts: _Drafts, box: tuple[float, float, float, float]
) -> list[Mark]:
    """The picture before the paint and with it, and captions under all three."""
    x, y, width, height = box
    step = (folio.width + folio.mm(GAP_MM)) / 3
    before, after = drafts.until(entry.paint.number - 1), drafts.until(entry.paint.number)
    marks: list[Mark] = [
        Picture(before, x + step, y, width, height, words("guide.before")),
        Picture(after, x + 2 * step, y, width, height, words("guide.after")),
    ]
    for k, told in enumerate(("alone", "before", "after")):
        below = y + height + folio.mm(3.4)
        marks.append(folio.text(words(f"guide.{told}"), x + k * step, below, 6.5, SOFT, within=width))
    return marks
