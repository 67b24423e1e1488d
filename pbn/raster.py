"""How large a pixel is: rasters from millimetres, never from a photo's megapixels."""

from __future__ import annotations

from pbn.core import papers
from pbn.errors import LayoutError
from pbn.settings import KitSettings

PX_PER_BRUSH, LARGE_PX_PER_BRUSH, LARGE_PX = 4.8, 4.1, 1000
"""Working pixels across the brush: fewer where the long side has more of them than `LARGE_PX`.

Enough for a fair border, few enough to be quick. A small painting needs them for its faces; a large one is as
near to its photo with the fewer, at as many regions, and its borders are calmer. The least raster disc
that holds the brush is 5 pixels wide for both, with its corners for the one and without for the other.
"""

LEAST_PX, MOST_PX = 400, 4000
"""Limits of the working raster's long side."""

MOST_CROPPED = 2
"""A photo to crop is read at so many times the size; of one that loses more, what is left is enlarged."""

LEAST_PX_PER_BRUSH = 3.0
"""Below this a raster cannot say whether the brush fits."""

LEAST_STYLE_PX, MOST_STYLE_PX = 128, 512
"""Limits of the stylisation's long side; the kit throws away what is finer than two to the brush."""

FACE_PX, FACE_PX_PER_BRUSH = 256, 3
"""A small painting is stylised finer, up to three to the brush or this long side.

At 190 px a portrait's face is one stroke of the artwork; at 256 px it smiles, and the kit has as many
regions.
"""

LEAST_PT = 5.0
"""The smallest type in which a number can be read at arm's length."""

NUMBER_MM = (2.3, 1.5)
"""Room for two digits of 5 pt with a little air, which every region has."""


def working_raster(settings: KitSettings, aspect: float) -> tuple[tuple[int, int], float]:
    """Width and height in pixels that size and brush ask for, and millimetres to a pixel.

    The long side is up to a sixteenth shorter than asked for where whole pixels then come nearer to
    the aspect.

    Raises
    ------
    LayoutError
        When the brush is too fine for the size, or too coarse for the picture's short side.
    """
    width_mm, height_mm = papers.painted_size(papers.parse(settings.size), aspect, beside(settings))
    long_mm, short_mm = max(width_mm, height_mm), min(width_mm, height_mm)
    if short_mm < 3 * settings.brush_mm:
        raise LayoutError(
            f"The painting is {short_mm:.0f} mm on its short side, "
            f"too little for a {settings.brush_mm:g} mm brush. "
            "Use a larger --size or a finer --brush."
        )
    asked = min(MOST_PX, max(LEAST_PX, round(_wanted_px(long_mm / settings.brush_mm))))
    if settings.brush_mm * asked / long_mm < LEAST_PX_PER_BRUSH:
        raise LayoutError(
            f"A {settings.brush_mm:g} mm brush is too fine for a painting of {long_mm:.0f} mm. "
            f"Use --brush {LEAST_PX_PER_BRUSH * long_mm / MOST_PX + 0.05:.1f} or more, or a smaller --size."
        )
    long_px = min(
        range(asked, asked - asked // 16 - 1, -1),
        key=lambda n: abs(round(n * short_mm / long_mm) / n - short_mm / long_mm),
    )
    short_px = round(long_px * short_mm / long_mm)
    return ((long_px, short_px) if aspect >= 1 else (short_px, long_px)), long_mm / long_px


def _wanted_px(brushes: float) -> float:
    """The long side for so many brushes along it."""
    return max(LARGE_PX_PER_BRUSH * brushes, min(PX_PER_BRUSH * brushes, LARGE_PX))


def beside(settings: KitSettings) -> int:
    """For how many paints the sheet has a legend beside the picture."""
    return papers.paints_beside(settings.print.legend, settings.colours)


def style_px(settings: KitSettings, size_px: tuple[int, int], mm_per_px: float) -> int:
    """The long side to stylise at; without a style it is the working raster's."""
    if settings.engine == "none":
        return max(size_px)
    brushes = max(size_px) * mm_per_px / settings.brush_mm
    wanted = max(2 * brushes, min(FACE_PX, FACE_PX_PER_BRUSH * brushes))
    return round(min(MOST_STYLE_PX, max(LEAST_STYLE_PX, wanted)))


def photo_px(settings: KitSettings) -> int:
    """The long side at which a photo need be read, whatever its aspect."""
    box = papers.parse(settings.size).box_mm
    wanted = _wanted_px(max(box) / settings.brush_mm) * 17 / 16
    read = round(min(MOST_PX * 17 / 16, max(wanted, LEAST_PX * 2)))
    return read * MOST_CROPPED if settings.fit == "crop" else read


def number_px(mm_per_px: float, number_pt: float = LEAST_PT) -> tuple[float, float]:
    """Width and height of the room that every region has for its number of this least size."""
    larger = number_pt / LEAST_PT / mm_per_px
    return NUMBER_MM[0] * larger, NUMBER_MM[1] * larger
