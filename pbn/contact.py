"""Palette sizes side by side: the same picture in few and in many paints, to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from pbn.cache import Cache
from pbn.core.sheet import Align, Layer, Mark, Picture, Sheet, Text, Weight
from pbn.core.values import Image
from pbn.pipeline import NO_CACHE
from pbn.progress import Progress, Step, silent
from pbn.registry import make
from pbn.session import Choice, Session
from pbn.settings import KitSettings

COLOURS = (8, 12, 16, 24, 36, 48)
"""Palette sizes shown unless others are asked for."""

_COLUMNS = 3
_CELL_MM = 90.0
_GAP_MM = 8.0
_CAPTION_MM = 9.0
_DPI = 200


def choices(
    photo: Image,
    artworks: Sequence[Image],
    settings: KitSettings,
    colours: Sequence[int] = COLOURS,
    *,
    cache: Cache = NO_CACHE,
    progress: Progress = silent,
) -> list[Choice]:
    """The picture in each palette size; stylised once.

    Raises
    ------
    PbnError
        As `pbn.pipeline.make_kit`.
    """
    session = Session(photo, artworks, settings, cache=cache, progress=progress)
    made = []
    for k, count in enumerate(colours):
        progress(Step("compare", k / len(colours), f"{count} paints"))
        made.append(session.choice(count))
    progress(Step("compare", 1.0))
    return made


def contact_sheet(made: Sequence[Choice]) -> bytes:
    """The choices as one PNG, row by row, a caption under each.

    Raises
    ------
    PbnError
        As the PNG exporter.
    """
    aspect = made[0].picture.width / made[0].picture.height
    width, height = (_CELL_MM, _CELL_MM / aspect) if aspect >= 1 else (_CELL_MM * aspect, _CELL_MM)
    marks: list[Mark] = []
    for k, choice in enumerate(made):
        row, column = divmod(k, _COLUMNS)
        x = _GAP_MM + column * (_CELL_MM + _GAP_MM) + (_CELL_MM - width) / 2
        y = _GAP_MM + row * (height + _CAPTION_MM + _GAP_MM)
        marks.append(Picture(choice.picture, x, y, width, height))
        first, _, rest = choice.caption.partition(", ")
        middle = x + width / 2
        marks.append(Text(first, middle, y + height + 4.2, 10, align=Align.MIDDLE, weight=Weight.BOLD))
        marks.append(Text(rest, middle, y + height + 8.4, 8, align=Align.MIDDLE))
    rows = -(-len(made) // _COLUMNS)
    columns = min(len(made), _COLUMNS)
    page = Sheet(
        "palettes",
        _GAP_MM + columns * (_CELL_MM + _GAP_MM),
        _GAP_MM + rows * (height + _CAPTION_MM + _GAP_MM),
        (Layer("palettes", tuple(marks)),),
    )
    png: bytes = make("export", "png", {"dpi": _DPI}).render([page], title="palettes")
    return png
