"""A sheet of paper and the marks on it, in millimetres; no PDF and no SVG in here.

x grows to the right and y downwards from the sheet's upper left corner. `pbn.core.layout` makes
sheets of a kit; an exporter maps each kind of mark to its format and knows nothing of regions,
palettes or legends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from pbn.core.metrics import text_width
from pbn.core.units import mm_from_pt
from pbn.core.values import F64, Image

Colour = tuple[int, int, int]

Box = tuple[float, float, float, float]
"""Left, top, width and height in mm."""

Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom in mm."""


class Weight(Enum):
    """The faces a sheet may use."""

    REGULAR = "regular"
    BOLD = "bold"


class Align(Enum):
    """Which point of the text's baseline is at its position."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One subpath: ``points`` (N, 2) mm; cubic Beziers (N = 3 k + 1) or, ``cubic=False``, a polyline."""

    points: F64
    cubic: bool = True
    closed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Curves drawn as one, filled by the even-odd rule where ``fill`` is given.

    ``role`` and ``data`` name what the path is for formats that can say so (an SVG class and data
    attributes); they change nothing that is seen.
    """

    curves: tuple[Curve, ...]
    stroke: Colour | None = None
    width_mm: float = 0.0
    fill: Colour | None = None
    role: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``x_mm, y_mm`` is on its baseline where ``align`` says."""

    text: str
    x_mm: float
    y_mm: float
    size_pt: float
    colour: Colour = (0, 0, 0)
    align: Align = Align.START
    weight: Weight = Weight.REGULAR
    underline: bool = False
    role: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A rectangle of one colour with a hairline round it."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    fill: Colour
    stroke: Colour | None = (150, 150, 150)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A raster picture in a rectangle; ``alt`` says what it shows to those who cannot see it."""

    image: Image
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    alt: str = ""


Mark = Path | Text | Swatch | Picture


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Marks that can be shown or hidden together.

    With ``clip_mm`` (x, y, width, height) only what lies in that rectangle is drawn.
    """

    name: str
    marks: tuple[Mark, ...]
    clip_mm: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One page: its paper, what is left when it is trimmed, and its layers, bottom first.

    Boxes are x, y, width and height. The marks fill at least the bleed, which is the trimmed part where
    nothing is said, so that a cut a little beside the line leaves no white edge.
    """

    name: str
    width_mm: float
    height_mm: float
    layers: tuple[Layer, ...]
    trim_mm: Box | None = None
    bleed_mm: Box | None = None


def bounds(mark: Mark) -> Bounds:
    """Left, top, right and bottom of a mark, its line's width too; a text's are a little generous."""
    if isinstance(mark, Path):
        half = mark.width_mm / 2 if mark.stroke else 0.0
        low = np.min([c.points.min(axis=0) for c in mark.curves], axis=0) - half
        high = np.max([c.points.max(axis=0) for c in mark.curves], axis=0) + half
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    if isinstance(mark, Text):
        em, width = mm_from_pt(mark.size_pt), text_width(mark.text, mark.size_pt)
        left = mark.x_mm - {Align.START: 0.0, Align.MIDDLE: width / 2, Align.END: width}[mark.align]
        return left - 0.1 * em, mark.y_mm - em, left + width + 0.1 * em, mark.y_mm + 0.3 * em
    return mark.x_mm, mark.y_mm, mark.x_mm + mark.width_mm, mark.y_mm + mark.height_mm
