"""A drawing larger than one's printer: cut into sheets that overlap, with marks to join them by.

All lengths are mm. The drawing's own upper left corner is the origin of the windows; a tile's sheet
shows its window with a margin for the marks. Rows are lettered from the top, columns numbered from
the left: A1, A2, B1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from pbn.core.papers import Paper
from pbn.core.shapes import circle, corner_lines, polyline
from pbn.core.sheet import Align, Box, Colour, Curve, Layer, Mark, Path, Sheet, Text, Weight
from pbn.core.sheet import bounds as bounds_of
from pbn.core.values import F64
from pbn.errors import LayoutError

MARGIN_MM = 13.0
"""Round a tile's window: home printers leave 3 to 6 mm blank, and the marks need the rest."""

CUT_MM, GAP_MM = 4.5, 1.5
"""Length of a mark, and its distance from the window."""

REGISTER_MM, REGISTER_OUT_MM = 1.5, 4.5
"""A registration mark's radius, and how far outside the window its centre is."""

SCALE_MM, SCALE_UP_MM = 100.0, 5.0
"""Length of the check of scale that every sheet has, and its distance from the sheet's lower edge."""

MARK_MM = 0.15
MARK_GREY: Colour = (60, 60, 60)

EDGE_MM = 0.5
"""What is drawn beyond a window on the drawing's own edge, so that its frame is not cut in half."""

MOST_TILES = 26 * 99
"""Rows have one letter."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a drawing is cut up: its size, the tiles' paper the way it lies, their rows and columns."""

    width_mm: float
    height_mm: float
    paper: Paper
    overlap_mm: float
    rows: int
    columns: int

    def __len__(self) -> int:
        return self.rows * self.columns

    def places(self) -> Iterator[tuple[int, int]]:
        """Row and column of each tile, row by row."""
        return ((row, column) for row in range(self.rows) for column in range(self.columns))

    @property
    def window_mm(self) -> tuple[float, float]:
        """Width and height of every window: all are alike, so that no sheet is a mere strip."""
        wide = (self.width_mm + (self.columns - 1) * self.overlap_mm) / self.columns
        return wide, (self.height_mm + (self.rows - 1) * self.overlap_mm) / self.rows

    @property
    def corner_mm(self) -> tuple[float, float]:
        """Where a window's upper left corner is on its sheet: in the middle across, up at the margin."""
        return (self.paper.width_mm - self.window_mm[0]) / 2, MARGIN_MM

    def window(self, row: int, column: int) -> Box:
        """What a tile shows of the drawing."""
        wide, high = self.window_mm
        return column * (wide - self.overlap_mm), row * (high - self.overlap_mm), wide, high

    @staticmethod
    def name(row: int, column: int) -> str:
        """Such as B3: the second row, the third column."""
        return f"{chr(ord('A') + row)}{column + 1}"


def tiling(width_mm: float, height_mm: float, paper: Paper, overlap_mm: float) -> Tiling:
    """The cut that takes the fewest sheets, the paper upright or lying.

    Raises
    ------
    LayoutError
        When the paper is too small for its marks and the overlap, or there would be too many sheets.
    """
    paper = replace(paper, margin_mm=MARGIN_MM)
    if min(paper.box_mm) < max(SCALE_MM, 3 * overlap_mm):
        raise LayoutError(
            f"Sheets of {paper.width_mm:g} x {paper.height_mm:g} mm are too small for tiles that overlap by "
            f"{overlap_mm:g} mm. Use --tile a5 or larger, or a smaller print.overlap_mm."
        )
    cuts = [_cut(width_mm, height_mm, way, overlap_mm) for way in (paper, paper.turned)]
    best = min(cuts, key=len)
    if len(best) > MOST_TILES or best.rows > 26:
        raise LayoutError(
            f"The drawing would take {len(best)} sheets. Use a larger --tile or a smaller --size."
        )
    return best


def tiles(sheet: Sheet, drawing: Box, cut: Tiling, scale_text: str) -> Iterator[Sheet]:
    """The sheets that a drawing is cut into.

    Parameters
    ----------
    sheet
        Where the drawing is; what lies in none of the windows is left out.
    drawing
        Its place on the sheet; as large as ``cut`` says.
    cut
        The windows.
    scale_text
        What stands beside the line of `SCALE_MM`.
    """
    boxes = [np.array([bounds_of(m) for m in layer.marks]).reshape(-1, 4) for layer in sheet.layers]
    for row, column in cut.places():
        window = cut.window(row, column)
        at_x, at_y = cut.corner_mm
        to_x, to_y = at_x - drawing[0] - window[0], at_y - drawing[1] - window[1]
        clip = _clip(cut, row, column)
        layers = []
        for layer, bounds in zip(sheet.layers, boxes, strict=True):
            shown = np.flatnonzero(_meets(bounds + np.array([to_x, to_y, to_x, to_y]), clip))
            marks = tuple(moved(layer.marks[k], to_x, to_y) for k in shown)
            if marks:
                layers.append(Layer(layer.name, marks, clip))
        layers.append(Layer("Tile", tuple(_marks(cut, row, column, scale_text))))
        name = f"{sheet.name} {cut.name(row, column)}"
        trim = (*cut.corner_mm, *cut.window_mm)
        yield Sheet(name, cut.paper.width_mm, cut.paper.height_mm, tuple(layers), trim)


def moved(mark: Mark, x: float, y: float) -> Mark:
    """The mark elsewhere."""
    if isinstance(mark, Path):
        curves = tuple(Curve(c.points + np.array([x, y]), c.cubic, c.closed) for c in mark.curves)
        return replace(mark, curves=curves)
    return replace(mark, x_mm=mark.x_mm + x, y_mm=mark.y_mm + y)


def _cut(width: float, height: float, paper: Paper, overlap: float) -> Tiling:
    wide, high = paper.box_mm
    columns = max(1, ceil((width - overlap) / (wide - overlap) - 1e-9))
    rows = max(1, ceil((height - overlap) / (high - overlap) - 1e-9))
    return Tiling(width, height, paper, overlap, rows, columns)


def _clip(cut: Tiling, row: int, column: int) -> Box:
    """The window on its sheet, a little larger where it ends with the drawing."""
    (x, y), (width, height) = cut.corner_mm, cut.window_mm
    left, top = EDGE_MM * (column == 0), EDGE_MM * (row == 0)
    right, bottom = EDGE_MM * (column == cut.columns - 1), EDGE_MM * (row == cut.rows - 1)
    return x - left, y - top, width + left + right, height + top + bottom


def _meets(bounds: F64, box: Box) -> NDArray[np.bool]:
    x, y, width, height = box
    low, high = bounds[:, :2], bounds[:, 2:]
    return np.asarray((low <= (x + width, y + height)).all(axis=1) & (high >= (x, y)).all(axis=1))


def _marks(cut: Tiling, row: int, column: int, scale_text: str) -> Iterator[Mark]:
    window = *cut.corner_mm, *cut.window_mm
    for lines in corner_lines(window, GAP_MM, CUT_MM):
        yield Path(lines, MARK_GREY, MARK_MM, role="crop")
    yield from _joints(cut, row, column, window)
    name = cut.name(row, column)
    yield Text(name, window[0] + 12, MARGIN_MM - 3.0, 11, MARK_GREY, weight=Weight.BOLD, role="tile")
    yield from _scale(MARGIN_MM, cut.paper.height_mm - SCALE_UP_MM, scale_text)


def _joints(cut: Tiling, row: int, column: int, window: Box) -> Iterator[Path]:
    """Registration marks in the middle of each overlap, at both its ends; neighbours have the same."""
    x, y, width, height = window
    half, out = cut.overlap_mm / 2, REGISTER_OUT_MM
    across = [x + half] * (column > 0) + [x + width - half] * (column < cut.columns - 1)
    down = [y + half] * (row > 0) + [y + height - half] * (row < cut.rows - 1)
    for at in across:
        yield _register(at, y - out)
        yield _register(at, y + height + out)
    for at in down:
        yield _register(x - out, at)
        yield _register(x + width + out, at)


def _register(x: float, y: float) -> Path:
    """A circle with a cross through it."""
    arm = REGISTER_MM + 0.7
    lines = polyline((x - arm, y), (x + arm, y)), polyline((x, y - arm), (x, y + arm))
    return Path((circle(x, y, REGISTER_MM), *lines), MARK_GREY, MARK_MM, role="register")


def _scale(x: float, y: float, text: str) -> Iterator[Mark]:
    """A line of 10 cm to hold a ruler against."""
    ends = (polyline((at, y - 1), (at, y + 1)) for at in (x, x + SCALE_MM))
    centimetres = (polyline((x + 10 * k, y - 0.5), (x + 10 * k, y)) for k in range(1, 10))
    yield Path((polyline((x, y), (x + SCALE_MM, y)), *ends, *centimetres), MARK_GREY, MARK_MM, role="scale")
    yield Text(text, x + SCALE_MM / 2, y - 1.4, 6.0, MARK_GREY, Align.MIDDLE)
