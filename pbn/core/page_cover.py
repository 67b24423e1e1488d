"""The kit's cover: the coloured picture large, where it comes from beside it, what it takes above."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

from pbn.core.drawing import Place, regions
from pbn.core.identity import kit_id
from pbn.core.metrics import text_width
from pbn.core.pages import (
    INK,
    RULE,
    SOFT,
    Folio,
    brush_text,
    hours_text,
    order_of,
    print_option,
    shortened,
    size_text,
    title_of,
)
from pbn.core.qr import qr_path
from pbn.core.sheet import Layer, Mark, Picture, Sheet, Swatch, Weight
from pbn.core.units import mm_from_pt
from pbn.core.values import Image, Kit
from pbn.core.wording import words_of

SOURCE_SHARES = (0.32, 0.29, 0.26, 0.23, 0.2)
"""Widths to try for the small pictures beside the large one, as parts of its width."""

PAINTS_MM = 20.0
"""Least height of the paints below them, in the A4 design."""

FACT_GAP_MM = 4.0
"""Least gap between two facts, in the A4 design."""

LOGO_MM = (45.0, 10.0)
"""The most that a logo takes, in the A4 design."""

FOOT_MM, QR_MM = 20.0, 21.0
"""Height that order and code take of the page, and the QR code's side."""

WHITISH = 238
"""Of a channel: a swatch lighter than this would be lost on the page, and has a line round it."""

CAPITAL_EM = 0.75
"""Height of a capital or digit of B612."""


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float


def cover_sheet(kit: Kit, folio: Folio) -> Sheet:
    """Make the cover: title and facts, the preview, the stylised image and the photo, the paints."""
    marks, below = _head(kit, folio)
    foot = _foot(kit, folio)
    marks += foot
    room = _Box(folio.left, below, folio.width, folio.bottom - below - (folio.mm(FOOT_MM) if foot else 0.0))
    sources = _sources(kit)
    preview, small, paints = _arranged(kit, folio, room, len(sources))
    scale = preview.width / kit.size_mm[0]
    coloured = tuple(regions(kit, Place(preview.x, preview.y, scale)))
    for (caption, image), box in zip(sources, small, strict=True):
        marks.append(Picture(image, box.x, box.y, box.width, box.height, caption))
        below = box.y + box.height + folio.mm(4.2)
        marks.append(folio.text(caption, box.x, below, 7.5, SOFT, within=box.width))
    marks += _paints(kit, folio, paints)
    layers = (Layer("Preview", coloured), Layer("Page", tuple(marks)))
    return Sheet(words_of(kit)("page.cover"), folio.paper.width_mm, folio.paper.height_mm, layers)


def _sources(kit: Kit) -> list[tuple[str, Image]]:
    """What the picture was made of, with captions; without a style only the photo."""
    words = words_of(kit)
    photo = (words("cover.photo"), kit.photo)
    styled = (words("cover.styled"), kit.stylized.image)
    return [photo] if kit.stylized.engine == "none" else [styled, photo]


def _head(kit: Kit, folio: Folio) -> tuple[list[Mark], float]:
    """Title and facts, and where they end."""
    marks: list[Mark] = []
    y = folio.top
    size, room = 24.0, folio.width
    if kit.logo:
        logo = _logo(kit.logo, folio)
        marks.append(logo)
        room -= logo.width_mm + folio.mm(6)
    title = shortened(title_of(kit) or words_of(kit)("kit.title"), room, size * folio.scale)
    y += mm_from_pt(size * folio.scale) * CAPITAL_EM
    marks.append(folio.text(title, folio.left, y, size, weight=Weight.BOLD))
    y += folio.mm(6)
    marks.append(folio.rule(folio.left, y, folio.right))
    facts = _facts(kit)
    widths = [
        max(text_width(value, 12 * folio.scale), text_width(caption, 7.5 * folio.scale))
        for value, caption in facts
    ]
    most = folio.width - folio.mm(FACT_GAP_MM) * (len(facts) - 1)
    smaller = min(1.0, most / sum(widths))
    x, gap = folio.left, (folio.width - smaller * sum(widths)) / (len(facts) - 1)
    for (value, caption), width in zip(facts, widths, strict=True):
        marks.append(folio.text(value, x, y + folio.mm(8), 12 * smaller, INK, weight=Weight.BOLD))
        marks.append(folio.text(caption, x, y + folio.mm(12.5), 7.5 * smaller, SOFT))
        x += smaller * width + gap
    y += folio.mm(16.5)
    marks.append(folio.rule(folio.left, y, folio.right))
    return marks, y + folio.mm(8)


def _logo(logo: Image, folio: Folio) -> Picture:
    """The seller's picture at the end of the title's line."""
    most, high = folio.mm(LOGO_MM[0]), folio.mm(LOGO_MM[1])
    scale = min(most / logo.width, high / logo.height)
    width, height = scale * logo.width, scale * logo.height
    return Picture(logo, folio.right - width, folio.top + high - height, width, height, "logo")


def _foot(kit: Kit, folio: Folio) -> list[Mark]:
    """Order, kit's id and QR code at the foot, where there is an order or a code."""
    order, code = order_of(kit), str(print_option(kit, "code", ""))
    if not order and not code:
        return []
    words, name = words_of(kit), kit_id(kit)
    marks: list[Mark] = [folio.text(words("cover.kit", id=name), folio.left, folio.bottom, 8, SOFT)]
    if order:
        y = folio.bottom - folio.mm(4.6)
        marks.append(folio.text(words("cover.order", order=order), folio.left, y, 10, weight=Weight.BOLD))
    if code:
        text = name if code == "id" else code.replace("{id}", name).replace("{order}", order)
        side = folio.mm(QR_MM)
        quiet = side * 0.1  # its own white edge may lie in the margin
        marks.append(qr_path(text, folio.right - side + quiet, folio.bottom - side + quiet, side))
    return marks


def _facts(kit: Kit) -> list[tuple[str, str]]:
    words = words_of(kit)
    facts = [
        (str(len(kit.palette)), words("cover.paints", n=len(kit.palette))),
        (str(len(kit.regions)), words("cover.regions", n=len(kit.regions))),
        (size_text(kit), words("cover.size")),
        (brush_text(kit), words("cover.brush")),
    ]
    if hours := hours_text(kit):
        facts.append((hours, words("cover.hours")))
    return facts


def _arranged(kit: Kit, folio: Folio, room: _Box, sources: int) -> tuple[_Box, list[_Box], _Box]:
    """Boxes of the preview, of the small pictures and of the paints.

    The small ones stand in a column beside the preview or in a row below it, whichever leaves the
    preview larger; the whole is as high, or as wide, as the preview exactly.
    """
    beside = _beside(kit, folio, room, sources)
    below = _below(kit, folio, room, sources)
    return max((beside, below), key=lambda found: found[0].width)


def _beside(kit: Kit, folio: Folio, room: _Box, sources: int) -> tuple[_Box, list[_Box], _Box]:
    """The small pictures as large as leaves the paints room below them."""
    aspect, gap, caption = kit.size_mm[0] / kit.size_mm[1], folio.mm(6), folio.mm(8)
    for share in SOURCE_SHARES:
        width = min((room.width - gap) / (1 + share), room.height * aspect)
        height, column = width / aspect, share * width
        used = sources * (column / aspect + caption)
        if used + folio.mm(PAINTS_MM) <= height:
            break
    tallest = (height - folio.mm(PAINTS_MM)) / sources - caption
    column = max(column, min(room.width - gap - width, tallest * aspect))
    used = sources * (column / aspect + caption)
    left = room.x + (room.width - width - gap - column) / 2
    x = left + width + gap
    small = [
        _Box(x, room.y + k * (column / aspect + caption), column, column / aspect) for k in range(sources)
    ]
    return _Box(left, room.y, width, height), small, _Box(x, room.y + used, column, height - used)


def _below(kit: Kit, folio: Folio, room: _Box, sources: int) -> tuple[_Box, list[_Box], _Box]:
    aspect, gap, caption = kit.size_mm[0] / kit.size_mm[1], folio.mm(6), folio.mm(6)
    share = (1 - 2 * gap / room.width) / 3
    height = (room.height - gap - caption) / (1 + share)
    width = min(room.width, height * aspect)
    height = width / aspect
    column = (width - 2 * gap) / 3
    left, y = room.x + (room.width - width) / 2, room.y + height + gap
    small = [_Box(left + k * (column + gap), y, column, column / aspect) for k in range(sources)]
    x = left + sources * (column + gap)
    return _Box(left, room.y, width, height), small, _Box(x, y, left + width - x, column / aspect)


def _paints(kit: Kit, folio: Folio, box: _Box) -> list[Mark]:
    """The palette as a grid of equal swatches that fills the box's width, from its lower edge up."""
    n = len(kit.palette)
    if box.height < folio.mm(6) or box.width < folio.mm(6):
        return []
    gap = folio.mm(1.0)

    def side_of(columns: int) -> float:
        rows = ceil(n / columns)
        return min((box.width + gap) / columns - gap, (box.height + gap) / rows - gap, folio.mm(11))

    def worth(columns: int) -> float:
        """Large swatches, and few places left empty in the last row."""
        return side_of(columns) * sqrt(n / (columns * ceil(n / columns)))

    columns = max(range(1, n + 1), key=worth)
    rows, side = ceil(n / columns), side_of(columns)
    y0 = box.y + box.height - rows * (side + gap) + gap
    swatches: list[Mark] = []
    for k, paint in enumerate(kit.palette.paints):
        row, column = divmod(k, columns)
        edge = RULE if min(paint.rgb) > WHITISH else None
        x, y = box.x + column * (side + gap), y0 + row * (side + gap)
        swatches.append(Swatch(x, y, side, side, paint.rgb, edge))
    return swatches
