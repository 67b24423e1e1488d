"""Papers and canvases by name or measure, and how large a picture is painted on them.

Lengths are mm. A paper keeps a margin on which nothing of the picture is printed. A measure such as
``40x50cm`` is the painted picture's own box, a canvas; its sheet is that box with a margin all round
it for the crop marks. A measure followed by ``paper`` is a sheet of that size, with its margin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import ceil

from pbn.core.units import MM_PER_INCH
from pbn.errors import SettingsError

MARGIN_MM = 10.0
"""Between the edge of the sheet and the picture: printers cannot reach the outermost millimetres."""

CELL_MM, GAP_MM = (30.0, 5.6), 4.0
"""Width and height of a paint in a legend beside the picture, and between that and the picture."""

MOST_BESIDE = 48
"""Paints that such a legend has room for where the picture decides how many there are."""

LEAST_MM, GREATEST_MM = 50.0, 5000.0
"""Limits of a canvas's sides: the smallest holds a few numbers, the largest is a PDF page's limit."""

_MM_PER_UNIT = {"mm": 1.0, "cm": 10.0, "in": MM_PER_INCH, '"': MM_PER_INCH}

_METRIC = {
    "a5": (148, 210),
    "a4": (210, 297),
    "a3": (297, 420),
    "a2": (420, 594),
    "a1": (594, 841),
    "a0": (841, 1189),
}
"""Portrait width and height in mm (ISO 216)."""

_INCHES = {
    "letter": (8.5, 11),
    "legal": (8.5, 14),
    "tabloid": (11, 17),
    "ansi-a": (8.5, 11),
    "ansi-b": (11, 17),
    "ansi-c": (17, 22),
    "ansi-d": (22, 34),
    "ansi-e": (34, 44),
    "arch-a": (9, 12),
    "arch-b": (12, 18),
    "arch-c": (18, 24),
    "arch-d": (24, 36),
    "arch-e": (36, 48),
    "arch-e1": (30, 42),
}
"""Portrait width and height in inches (ANSI Y14.1 and the sizes of architects' drawings)."""

_CANVASES = {
    "20x30": "cm",
    "30x40": "cm",
    "40x50": "cm",
    "50x60": "cm",
    "60x80": "cm",
    "8x10": "in",
    "9x12": "in",
    "11x14": "in",
    "12x16": "in",
    "16x20": "in",
    "18x24": "in",
    "20x24": "in",
    "24x30": "in",
    "24x36": "in",
}
"""Canvases that shops sell, which need no unit; both ways round."""

_MEASURE = re.compile(
    r"(\d+\.?\d*|\.\d+)\s*(mm|cm|in|\")?\s*[x×]\s*(\d+\.?\d*|\.\d+)\s*(mm|cm|in|\")(\s+paper)?", re.A
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet; the picture stands in the box that the margin leaves.

    ``canvas`` is true where the box was asked for and the sheet follows from it, ``inches`` where
    the painter's other papers are US Letter rather than A4. ``wrap_mm`` is the cloth round a canvas's
    box that is stretched over its bars, ``beside_mm`` what a legend beside the picture takes of the
    sheet's width or of its height.
    """

    name: str
    width_mm: float
    height_mm: float
    margin_mm: float = MARGIN_MM
    canvas: bool = False
    inches: bool = False
    wrap_mm: float = 0.0
    beside_mm: tuple[float, float] = (0.0, 0.0)

    @property
    def box_mm(self) -> tuple[float, float]:
        """Width and height of what margin and wrap leave."""
        around = 2 * (self.margin_mm + self.wrap_mm)
        return self.width_mm - around - self.beside_mm[0], self.height_mm - around - self.beside_mm[1]

    @property
    def cloth_mm(self) -> tuple[float, float]:
        """Width and height of a canvas as it is cut out."""
        around = 2 * self.margin_mm
        return self.width_mm - around - self.beside_mm[0], self.height_mm - around - self.beside_mm[1]

    @property
    def legend_at(self) -> tuple[float, float]:
        """The upper left corner of the legend beside the picture."""
        keep = GAP_MM + (self.margin_mm if self.canvas else 0.0)
        right, below = self.beside_mm
        corner = self.margin_mm + self.wrap_mm
        x = self.width_mm - self.margin_mm - right + keep if right else corner
        return x, self.height_mm - self.margin_mm - below + keep if below else corner

    def with_legend(self, paints: int) -> Paper:
        """The sheet as it lies with room for a legend beside the picture: on the right if wide, else below.

        A paper's box gives it up; a canvas's sheet is larger by it, beyond the crop marks.
        """
        if not paints:
            return self
        (wide, high), (across, down) = self.box_mm, CELL_MM
        if wide > high:
            right, below = GAP_MM + across * ceil(paints / max(1, int(high / down))), 0.0
        else:
            right, below = 0.0, GAP_MM + down * ceil(paints / max(1, int(wide / across)))
        if not self.canvas:
            return replace(self, beside_mm=(right, below))
        right, below = (taken and taken + self.margin_mm for taken in (right, below))
        return replace(
            self,
            width_mm=self.width_mm + right,
            height_mm=self.height_mm + below,
            beside_mm=(right, below),
        )

    def wrapped(self, wrap_mm: float) -> Paper:
        """A canvas with so much cloth round it; any other paper stays as it is."""
        if not self.canvas:
            return self
        more = 2 * (wrap_mm - self.wrap_mm)
        return replace(self, width_mm=self.width_mm + more, height_mm=self.height_mm + more, wrap_mm=wrap_mm)

    @property
    def turned(self) -> Paper:
        """The same sheet lying on its other side."""
        return replace(self, width_mm=self.height_mm, height_mm=self.width_mm)


def parse(size: str, setting: str = "size") -> Paper:
    """The paper that ``--size`` names, upright, or the canvas that it measures; errors name ``setting``.

    Raises
    ------
    SettingsError
        When the text is neither, or a side is out of its limits.

    Examples
    --------
    >>> parse("a4").box_mm
    (190.0, 277.0)
    >>> parse("40x50cm").box_mm
    (400.0, 500.0)
    """
    name = " ".join(size.lower().split())
    if name in _METRIC:
        return Paper(name, *_METRIC[name])
    if name in _INCHES:
        width, height = (side * MM_PER_INCH for side in _INCHES[name])
        return Paper(name, width, height, inches=True)
    match = _MEASURE.fullmatch(_with_unit(name))
    if not match:
        raise SettingsError(
            f"`{setting}` must be one of {', '.join(names())}, a canvas such as 40x50 or 16x20, or a measure "
            f"such as 40x50cm, 16x20in, 400x500mm or 30x45cm paper, not {size!r}."
        )
    across, first, down, unit, sheet = match.groups()
    width, height = float(across) * _MM_PER_UNIT[first or unit], float(down) * _MM_PER_UNIT[unit]
    for side in (width, height):
        if not LEAST_MM <= side <= GREATEST_MM:
            raise SettingsError(
                f"`{setting}` {size!r} has a side of {side:g} mm. "
                f"Sides must be {LEAST_MM:g} to {GREATEST_MM:g} mm; check the unit (mm, cm or in)."
            )
    inches = unit in ("in", '"')
    if sheet:
        return Paper(name, width, height, inches=inches)
    around = 2 * MARGIN_MM
    return Paper(name, width + around, height + around, canvas=True, inches=inches)


def names() -> tuple[str, ...]:
    """Every paper that has a name."""
    return *_METRIC, *_INCHES


def _with_unit(name: str) -> str:
    """A canvas that shops sell with the unit that goes without saying."""
    across, _, down = name.replace("×", "x").partition("x")
    unit = _CANVASES.get(f"{across}x{down}") or _CANVASES.get(f"{down}x{across}")
    return f"{across}x{down}{unit}" if unit else name


def painted_size(paper: Paper, aspect: float, paints: int = 0) -> tuple[float, float]:
    """Width and height of the largest picture of an aspect (width / height) in the paper's box.

    The paper is turned where the picture is larger so. With ``paints`` there is room for a legend of so
    many beside the picture.
    """
    upright, turned = (_fit(way.with_legend(paints).box_mm, aspect) for way in (paper, paper.turned))
    return turned if turned[0] > upright[0] else upright


def nearest_aspect(paper: Paper, aspect: float, paints: int = 0) -> float:
    """The paper's box, upright or turned, whichever is nearer in shape to an aspect (width / height)."""
    ways = (paper.with_legend(paints), paper.turned.with_legend(paints))
    shapes = [wide / high for wide, high in (way.box_mm for way in ways)]
    return min(shapes, key=lambda shape: max(shape / aspect, aspect / shape))


def facing(paper: Paper, width_mm: float, height_mm: float, paints: int = 0) -> Paper:
    """The paper upright or turned, whichever leaves more room round a picture of this size."""
    aspect = width_mm / height_mm
    upright, turned = paper.with_legend(paints), paper.turned.with_legend(paints)
    return turned if _fit(turned.box_mm, aspect)[0] > _fit(upright.box_mm, aspect)[0] else upright


def paints_beside(legend: str, colours: int | str) -> int:
    """For how many paints there is a legend beside the picture: none, or as many as there may be."""
    if legend != "beside":
        return 0
    return colours if isinstance(colours, int) else MOST_BESIDE


def _fit(box: tuple[float, float], aspect: float) -> tuple[float, float]:
    width, height = box
    return (width, width / aspect) if width / aspect <= height else (height * aspect, height)
