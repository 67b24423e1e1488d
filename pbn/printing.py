"""How the sheets look and which there are: the settings of the table ``[print]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from pbn.errors import SettingsError
from pbn.plain import Typed
from pbn.rows import row, settle

PageName = Literal[
    "all", "cover", "preview", "outline", "clean", "ghost", "legend", "recipes", "guide", "grid", "report"
]
"""The pages of a kit (`pbn.core.layout.kit_sheets`)."""


LONGEST_CODE = 300
"""Characters: a QR code of more is too fine for a cover."""


@dataclass(frozen=True, slots=True)
class PrintSettings:
    """How the sheets look; the table ``[print]``."""

    border_grey: int = row(150, "Grey of the outline's borders: 0 is black, 255 white.", 0, 230)
    border_mm: float = row(0.2, "Width of the outline's borders in mm.", 0.05, 1.0)
    number_grey: int = row(110, "Grey of the outline's numbers: 0 is black, 255 white.", 0, 230)
    border_colour: str = row("", "Colour of the borders, such as #3060c0, instead of a grey.")
    number_colour: str = row("", "Colour of the numbers, such as #c03030, instead of a grey.")
    labels: Literal["numbers", "letters", "families", "dots"] = row(
        "numbers",
        "What stands in the regions: numbers, letters, families (a letter for the hue, a digit for how light)"
        " or dots of the paint's colour.",
    )
    larger_type: float = row(
        1.0, "How much larger the type on cover and legend is; 1.4 is large print.", 1, 1.6
    )
    colour_aids: bool = row(
        default=False,
        help_text="Say colours in words and hatching in the legend, and which the colour-blind confuse.",
    )
    dpi: int = row(
        0, "Dots per inch of preview.png and outline.png; 0 draws a small preview and no outline.", 0, 1200
    )
    title: str = row("", "Title on the sheets; empty for none.")
    language: str = row(
        "en",
        "Language of the sheets: en, de, es, fr, it or nl; with a territory (en-US) also its usual paper.",
    )

    pages: tuple[PageName, ...] = row(
        ("cover", "outline", "legend"), f"The pages and their order: {', '.join(get_args(PageName))}."
    )
    tile: str = row("", "The printer's own paper, such as a4, for pages cut into sheets that overlap.")
    ml_per_m2: float = row(250.0, "Millilitres of paint that a square metre takes, for the legend.", 20, 2000)
    overlap_mm: float = row(10.0, "How far such sheets overlap, in mm.", 4, 40)
    wrap_mm: float = row(
        0.0,
        "Cloth round a canvas to stretch over its bars, in mm; 38 suits bars up to 19 mm deep, 0 is none.",
        0,
        200,
    )
    sides: Literal["mirror", "blank"] = row(
        "mirror",
        "What a canvas's sides show: mirror, the picture's outline mirrored, to be painted, or blank.",
    )
    legend: Literal["page", "beside"] = row(
        "page", "Where the large pages have their legend: page, on pages of its own, or beside the picture."
    )
    logo: str = row("", "A picture file of your logo, for the cover.")
    order: str = row("", "An order's number or name, for the cover and the large pages.")
    code: str = row(
        "", "A QR code on the cover: id for the kit's id, or any text with {id} and {order} in it."
    )

    def __post_init__(self) -> None:
        from pbn.core import papers, wording  # settings are read long before a page is

        pages: object = self.pages
        if isinstance(pages, str):
            object.__setattr__(self, "pages", Typed(pages))
        settle(self)
        wording.parse(self.language)
        for name in ("border_colour", "number_colour"):
            _hex_colour(name, getattr(self, name))
        for name in ("title", "order"):
            _printable(name, getattr(self, name))
        if not self.pages or ("all" in self.pages and len(self.pages) > 1):
            raise SettingsError("`pages` must name one page or more, such as outline,legend, or be all.")
        if self.tile and self.legend == "beside":
            raise SettingsError("`legend` beside the picture does not go with `tile`. Leave one of them out.")
        if len(self.code) > LONGEST_CODE:
            raise SettingsError(f"`code` has {len(self.code)} characters. Use {LONGEST_CODE} or fewer.")
        if self.tile and papers.parse(self.tile, "tile").canvas:
            raise SettingsError(f"`tile` must be a paper such as a4 or letter, not the canvas {self.tile!r}.")


def _hex_colour(name: str, value: str) -> None:
    if value and not re.fullmatch("#?[0-9a-fA-F]{6}", value):
        raise SettingsError(f"`{name}` must be a colour such as #3060c0, not {value!r}.")


def _printable(name: str, value: str) -> None:
    """The pages' face has no other letters, and would print boxes."""
    from pbn.core.metrics import PRINTABLE

    if missing := sorted(set(value) - PRINTABLE - set(" \t\n\r")):
        raise SettingsError(
            f"`{name}` has {missing[0]!r}, which the pages' typeface cannot print. "
            "Write it in Latin letters of western Europe."
        )
