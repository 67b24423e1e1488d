"""What the pages of a kit share: papers, type, greys and the wording of a kit's facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from pbn.core import papers
from pbn.core.metrics import text_width
from pbn.core.papers import Paper
from pbn.core.sheet import Align, Colour, Curve, Mark, Path, Text, Weight
from pbn.core.units import MM_PER_INCH
from pbn.core.values import Kit
from pbn.core.wording import Wording, words_of

BORDER_GREY, BORDER_MM = 150, 0.2
"""The outline's borders: one coat of a mid-tone paint hides them; an office printer still draws them."""

NUMBER_GREY = 110
"""The outline's numbers: darker than the borders, since thin strokes of 5 pt digits print lighter."""

LEAD_MM = 0.12
DOT_MM = 0.22
"""Width of a lead line and radius of the dot at its end."""

INK: Colour = (38, 38, 42)
SOFT: Colour = (120, 120, 126)
RULE: Colour = (214, 214, 218)
"""Text, quiet text and hairlines of cover and legend."""

RULE_MM = 0.15

SMALLEST = 0.75
"""How much smaller a line may be set to fit where a language says it longer, as a part of its size."""

LARGEST_COMPANION_MM = 432.0
"""Cover and legend are on the outline's own paper up to this long side (A3, tabloid)."""


@dataclass(frozen=True, slots=True)
class Folio:
    """A page of cover or legend: its paper, its text block and its type sizes.

    Type grows with the square root of the paper: an A3 page is read from farther away than an A5.
    """

    paper: Paper
    larger: float = 1.0

    @property
    def scale(self) -> float:
        """1 on A4 and Letter, times how much larger it was asked for."""
        return self.larger * self._of_paper

    @property
    def _of_paper(self) -> float:
        return min(1.5, max(0.84, sqrt(min(self.paper.width_mm, self.paper.height_mm) / 210.0)))

    @property
    def margin_mm(self) -> float:
        """Round the text block; a small page has little to give."""
        return 15.0 * self._of_paper if min(self.paper.width_mm, self.paper.height_mm) > 160 else 11.0

    @property
    def left(self) -> float:
        """The text block's left edge."""
        return self.margin_mm

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.paper.width_mm - self.margin_mm

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.margin_mm

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.paper.height_mm - self.margin_mm

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    def mm(self, length: float) -> float:
        """A length of the A4 design on this paper."""
        return length * self.scale

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        colour: Colour = INK,
        align: Align = Align.START,
        weight: Weight = Weight.REGULAR,
        within: float | None = None,
    ) -> Text:
        """A line in a size of the A4 design.

        Where it is wider than ``within`` (mm) it is set smaller, down to `SMALLEST`, and then cut.
        """
        size_pt = size * self.scale
        if within is not None:
            size_pt *= min(1.0, max(SMALLEST, within / max(text_width(text, size_pt), 1e-9)))
            text = shortened(text, within + 1e-6, size_pt)  # what was made to fit may be out by a last bit
        return Text(text, x, y, size_pt, colour, align, weight)

    def rule(self, x0: float, y: float, x1: float) -> Path:
        """A hairline across."""
        line = Curve(np.array([[x0, y], [x1, y]]), cubic=False)
        return Path((line,), RULE, RULE_MM * self.scale)


def page_paper(kit: Kit) -> Paper:
    """The paper or canvas of the outline, the way the picture lies."""
    paper = papers.parse(str(kit.settings["size"])).wrapped(float(print_option(kit, "wrap_mm", 0.0)))
    beside = papers.paints_beside(str(print_option(kit, "legend", "page")), kit.settings.get("colours", 24))
    return papers.facing(paper, *kit.size_mm, beside)


def companion_paper(paper: Paper, kit: Kit) -> Paper:
    """The paper of cover and legend; see `pbn.core.layout.kit_sheets`."""
    if tile := str(print_option(kit, "tile", "")):
        return papers.facing(papers.parse(tile), *kit.size_mm)
    if not paper.canvas and max(paper.width_mm, paper.height_mm) <= LARGEST_COMPANION_MM:
        return paper
    return papers.facing(papers.parse("letter" if paper.inches else "a4"), *kit.size_mm)


def print_option(kit: Kit, name: str, default: Any) -> Any:
    """An entry of the settings' table ``print``."""
    table = kit.settings.get("print", {})
    return table.get(name, default) if isinstance(table, Mapping) else default


def borders_style(kit: Kit) -> tuple[Colour, float]:
    """Colour and width of the outline's borders."""
    return _pen(kit, "border", BORDER_GREY), float(print_option(kit, "border_mm", BORDER_MM))


def number_grey(kit: Kit) -> Colour:
    """Colour of the outline's numbers and lead lines."""
    return _pen(kit, "number", NUMBER_GREY)


def _pen(kit: Kit, of: str, default: int) -> Colour:
    """The colour that is set, or the grey."""
    if told := str(print_option(kit, f"{of}_colour", "")).lstrip("#"):
        return int(told[:2], 16), int(told[2:4], 16), int(told[4:], 16)
    grey = int(print_option(kit, f"{of}_grey", default))
    return grey, grey, grey


def title_of(kit: Kit) -> str:
    """The title that the user gave, or nothing."""
    return " ".join(str(print_option(kit, "title", "")).split())


def order_of(kit: Kit) -> str:
    """The order that the kit is for, or nothing."""
    return " ".join(str(print_option(kit, "order", "")).split())


def size_text(kit: Kit) -> str:
    """The painting's size as a painter says it: ``19 × 27.7 cm``, or in inches where the size is."""
    words = words_of(kit)
    unit, name = (MM_PER_INCH, "in") if page_paper(kit).inches else (10.0, "cm")
    width, height = (words.number(side / unit, 1, whole=True) for side in kit.size_mm)
    return words(f"units.{name}", width=width, height=height)


def brush_text(kit: Kit) -> str:
    """The finest brush: ``2 mm``."""
    return words_of(kit).mm(float(kit.settings["brush_mm"]))


def hours_text(kit: Kit) -> str:
    """The painting time in words, or nothing where the facts have none: ``8 hours``."""
    hours = kit.facts.get("hours")
    if hours is None:
        return ""
    return words_of(kit)("kit.hours", n=max(1, round(float(hours))))


def shortened(text: str, width_mm: float, size_pt: float) -> str:
    """The text, cut with an ellipsis where it would be wider than ``width_mm``."""
    if text_width(text, size_pt) <= width_mm:
        return text
    while text and text_width(text + "…", size_pt) > width_mm:
        text = text[:-1].rstrip()
    return text + "…"


def broken(text: str, width_mm: float, size_pt: float) -> list[str]:
    """The text in lines no wider than ``width_mm``, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size_pt) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def heading(folio: Folio, title: str, told: str, part: str = "") -> list[Mark]:
    """A page's title, a line below it, and which of several pages it is where ``part`` says so."""
    below = folio.top + folio.mm(11.7)
    marks: list[Mark] = [
        folio.text(title, folio.left, folio.top + folio.mm(5.5), 18, weight=Weight.BOLD),
        folio.text(told, folio.left, below, 8.5, SOFT, within=folio.width - folio.mm(20)),
    ]
    if part:
        marks.append(folio.text(part, folio.right, below, 8.5, SOFT, Align.END))
    return marks


def part_text(words: Wording, page: int, pages: int) -> str:
    """Which page of how many, counted from 0; nothing where there is one."""
    return words("legend.part", n=page + 1, pages=pages) if pages > 1 else ""
