"""Papers by name and canvases by measure, and how large a picture is painted on them.

Lengths are mm. A named paper keeps a margin on which nothing of the picture is printed. A measure
such as ``40x50cm`` is the painted picture's own box, a canvas; its sheet is that box with a margin
all round it for the crop marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pbn.core.units import MM_PER_INCH
from pbn.errors import SettingsError

MARGIN_MM = 10.0
"""Between the edge of the sheet and the picture: printers cannot reach the outermost millimetres."""

LEAST_MM, GREATEST_MM = 50.0, 5000.0
"""Limits of a canvas's sides: the smallest holds a few numbers, the largest is a PDF page's limit."""

_MM_PER_UNIT = {"mm": 1.0, "cm": 10.0, "in": MM_PER_INCH, '"': MM_PER_INCH}

_SHEETS: dict[str, tuple[float, float]] = {
    "a5": (148, 210),
    "a4": (210, 297),
    "a3": (297, 420),
    "a2": (420, 594),
    "a1": (594, 841),
    "a0": (841, 1189),
    "letter": (8.5 * MM_PER_INCH, 11 * MM_PER_INCH),
    "legal": (8.5 * MM_PER_INCH, 14 * MM_PER_INCH),
    "tabloid": (11 * MM_PER_INCH, 17 * MM_PER_INCH),
}
"""Portrait width and height (ISO 216, ANSI)."""

_MEASURE = re.compile(r"(\d+\.?\d*|\.\d+)\s*(mm|cm|in|\")?\s*[x×]\s*(\d+\.?\d*|\.\d+)\s*(mm|cm|in|\")", re.A)


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet; the picture stands in the box that the margin leaves.

    ``canvas`` is true where the box was asked for and the sheet follows from it, ``inches`` where
    the painter's other papers are US Letter rather than A4.
    """

    name: str
    width_mm: float
    height_mm: float
    margin_mm: float = MARGIN_MM
    canvas: bool = False
    inches: bool = False

    @property
    def box_mm(self) -> tuple[float, float]:
        """Width and height of what the margin leaves."""
        return self.width_mm - 2 * self.margin_mm, self.height_mm - 2 * self.margin_mm

    @property
    def turned(self) -> Paper:
        """The same sheet lying on its other side."""
        return replace(self, width_mm=self.height_mm, height_mm=self.width_mm)


def parse(size: str) -> Paper:
    """The paper that ``--size`` names, upright, or the canvas that it measures.

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
    name = size.strip().lower()
    if name in _SHEETS:
        width, height = _SHEETS[name]
        return Paper(name, width, height, inches=name in ("letter", "legal", "tabloid"))
    match = _MEASURE.fullmatch(name)
    if not match:
        raise SettingsError(
            f"`size` must be one of {', '.join(_SHEETS)}, or a measure such as 40x50cm, 16x20in or "
            f"400x500mm, not {size!r}."
        )
    across, first, down, unit = match.groups()
    width, height = float(across) * _MM_PER_UNIT[first or unit], float(down) * _MM_PER_UNIT[unit]
    for side in (width, height):
        if not LEAST_MM <= side <= GREATEST_MM:
            raise SettingsError(
                f"`size` {size!r} has a side of {side:g} mm. "
                f"Sides must be {LEAST_MM:g} to {GREATEST_MM:g} mm; check the unit (mm, cm or in)."
            )
    return _canvas(f"{across}x{down}{unit}" if first in (None, unit) else name, width, height, unit)


def painted_size(paper: Paper, aspect: float) -> tuple[float, float]:
    """Width and height of the largest picture of an aspect (width / height) in the paper's box.

    The paper is turned where the picture is larger so.
    """
    upright, turned = (_fit(box, aspect) for box in (paper.box_mm, paper.turned.box_mm))
    return turned if turned[0] > upright[0] else upright


def facing(paper: Paper, width_mm: float, height_mm: float) -> Paper:
    """The paper upright or turned, whichever leaves more room round a picture of this size."""
    aspect = width_mm / height_mm
    turn = _fit(paper.turned.box_mm, aspect)[0] > _fit(paper.box_mm, aspect)[0]
    return paper.turned if turn else paper


def _fit(box: tuple[float, float], aspect: float) -> tuple[float, float]:
    width, height = box
    return (width, width / aspect) if width / aspect <= height else (height * aspect, height)


def _canvas(name: str, width: float, height: float, unit: str) -> Paper:
    inches = unit in ("in", '"')
    return Paper(name, width + 2 * MARGIN_MM, height + 2 * MARGIN_MM, canvas=True, inches=inches)
