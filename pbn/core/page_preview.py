"""The finished picture as large as the page holds it, to hang up beside the painting."""

from __future__ import annotations

from pbn.core.drawing import Place, regions
from pbn.core.pages import SOFT, Folio, size_text, title_of
from pbn.core.sheet import Align, Layer, Sheet
from pbn.core.values import Kit
from pbn.core.wording import words_of

FOOT_MM = 9.0
"""Below the picture, in the A4 design: its caption."""


def preview_sheet(kit: Kit, folio: Folio) -> Sheet:
    """Make the page: the coloured picture and one line below it."""
    width, height = kit.size_mm
    scale = min(folio.width / width, (folio.bottom - folio.top - folio.mm(FOOT_MM)) / height)
    x = (folio.paper.width_mm - scale * width) / 2
    y = (folio.top + folio.bottom - folio.mm(FOOT_MM) - scale * height) / 2
    words = words_of(kit)
    told = "  ·  ".join((title_of(kit) or words("kit.title"), size_text(kit)))
    below = y + scale * height + folio.mm(6)
    caption = folio.text(told, folio.paper.width_mm / 2, below, 8.5, SOFT, Align.MIDDLE, within=folio.width)
    coloured = Layer("Preview", tuple(regions(kit, Place(x, y, scale))))
    layers = coloured, Layer("Page", (caption,))
    return Sheet(words("page.preview"), folio.paper.width_mm, folio.paper.height_mm, layers)
