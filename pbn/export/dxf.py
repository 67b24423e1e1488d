"""DXF through ezdxf: one sheet in millimetres for cutters, engravers and drawing programs.

Borders are exact splines, each drawn once, on the layers of the sheet's names; what is the picture's
frame has one of its own. DXF has y upwards, so the sheet's lower left corner is at 0, 0.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from pbn.core.curves import flatten
from pbn.core.metrics import text_width
from pbn.core.sheet import Align, Box, Colour, Curve, Path, Sheet, Swatch, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import F64
from pbn.errors import ExportError

FRAME = "FRAME"
"""The layer of the borders that are the picture's edge."""

_MILLIMETRES = 4
"""The code of DXF's header variable INSUNITS."""

_CAPITAL_EM = 0.75
"""A DXF text's height is that of its capitals."""

_STRAIGHT_MM = 1e-6

_BEFORE = {Align.START: 0.0, Align.MIDDLE: 0.5, Align.END: 1.0}


@dataclass(frozen=True, slots=True)
class Dxf:
    """One sheet as DXF of release 2004, its unit the millimetre.

    With ``flatten_mm`` curves become polylines that stray from them no farther than this, for
    programs that read no splines. What is filled is drawn as its outline; pictures are left out.
    """

    flatten_mm: float = 0.0

    def render(self, sheets: Sequence[Sheet], *, title: str) -> bytes:
        """The file; raises `pbn.errors.ExportError` for any other number of sheets than one."""
        if len(sheets) != 1:
            raise ExportError(f"A DXF holds one sheet, not {len(sheets)}. Write one file for each, or a PDF.")
        ezdxf = _ezdxf()
        with _without_clock(ezdxf):
            drawing = _Drawing(ezdxf, sheets[0], self.flatten_mm)
            for layer in sheets[0].layers:
                for mark in layer.marks:
                    drawing.draw(mark, layer.name.upper())
            return drawing.written(title)


ENGINE = Dxf


def _ezdxf() -> Any:
    try:
        import ezdxf  # an extra
    except ImportError:
        raise ExportError(
            "DXF is written with ezdxf, which is not installed. "
            "Install it with: python -m pip install 'pbn-kit[dxf]'."
        ) from None
    return ezdxf


@contextmanager
def _without_clock(ezdxf: Any) -> Iterator[None]:
    """Ezdxf writes when a file was made, and a number by chance, unless it is told not to."""
    options = ezdxf.options
    before = options.write_fixed_meta_data_for_testing
    options.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        options.write_fixed_meta_data_for_testing = before


class _Drawing:
    """A DXF document that marks are drawn into."""

    def __init__(self, ezdxf: Any, sheet: Sheet, flatten_mm: float) -> None:
        self._document = ezdxf.new("R2004", units=_MILLIMETRES)
        self._space = self._document.modelspace()
        self._height, self._flatten_mm = sheet.height_mm, flatten_mm
        extent = (0, 0, 0), (sheet.width_mm, sheet.height_mm, 0)
        self._space.reset_extents(*extent)  # and in the header too: ezdxf takes a corner at 0 for none
        self._document.header["$EXTMIN"], self._document.header["$EXTMAX"] = extent

    def draw(self, mark: object, layer: str) -> None:
        if isinstance(mark, Path):
            colour = mark.stroke or mark.fill
            where = FRAME if mark.data.get("frame") else layer
            for curve in mark.curves if colour else ():
                self._curve(curve, self._look(where, colour))
        elif isinstance(mark, Text):
            self._text(mark, self._look(layer, mark.colour))
        elif isinstance(mark, Swatch):
            box = mark.x_mm, mark.y_mm, mark.width_mm, mark.height_mm
            self._curve(_rectangle(box), self._look(layer, mark.fill))

    def written(self, title: str) -> bytes:
        """The file's bytes."""
        self._document.header["$PROJECTNAME"] = " ".join(title.split())
        out = io.StringIO()
        self._document.write(out)
        data: bytes = self._document.encode(out.getvalue())
        return data

    def _look(self, layer: str, colour: Colour | None) -> dict[str, Any]:
        if layer not in self._document.layers:
            self._document.layers.add(layer)
        red, green, blue = colour or (0, 0, 0)
        return {"layer": layer, "true_color": red << 16 | green << 8 | blue}

    def _curve(self, curve: Curve, look: dict[str, Any]) -> None:
        line = _straight(curve)
        if line is None and self._flatten_mm > 0:
            line = flatten(curve.points, self._flatten_mm)
        if line is None:
            self._spline(curve.points, look)
            return
        if curve.closed and np.allclose(line[0], line[-1]):
            line = line[:-1]
        self._space.add_lwpolyline(self._up(line).tolist(), close=curve.closed, dxfattribs=look)

    def _spline(self, points: F64, look: dict[str, Any]) -> None:
        """A chain of cubic Beziers as one B-spline: each node a triple knot."""
        pieces = (len(points) - 1) // 3
        spline = self._space.add_spline(degree=3, dxfattribs=look)
        spline.control_points = np.pad(self._up(points), ((0, 0), (0, 1)))
        spline.knots = [0.0, *np.repeat(np.arange(pieces + 1.0), 3).tolist(), float(pieces)]

    def _text(self, text: Text, look: dict[str, Any]) -> None:
        x = text.x_mm - _BEFORE[text.align] * text_width(text.text, text.size_pt)
        ((left, low),) = self._up(np.array([(x, text.y_mm)])).tolist()
        height = mm_from_pt(text.size_pt) * _CAPITAL_EM
        self._space.add_text(text.text, height=height, dxfattribs=look).dxf.insert = (left, low)

    def _up(self, points: F64) -> F64:
        """The points with y upwards, to a ten-thousandth of a millimetre: more digits are only bulk."""
        turned: F64 = np.round(points * (1.0, -1.0) + (0.0, self._height), 4)
        return turned


def _straight(curve: Curve) -> F64 | None:
    """The curve's nodes where lines join them, or nothing where it bends."""
    points = curve.points
    if not curve.cubic:
        return points
    along, off = points[-1] - points[0], points - points[0]
    length = np.hypot(*along)
    across = np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]).max()
    return points[::3] if length > 0 and across <= _STRAIGHT_MM * length else None


def _rectangle(box: Box) -> Curve:
    x, y, width, height = box
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return Curve(np.array(corners, np.float64), cubic=False, closed=True)
