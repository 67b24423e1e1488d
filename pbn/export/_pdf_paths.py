"""Paths, swatches and colours as the operators of a PDF's page, written in bulk.

The page's unit is a hundredth of a millimetre with y downwards, so that coordinates are short whole
numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

import numpy as np

from pbn.core.ragged import I64, places
from pbn.core.sheet import Box, Colour, Curve, Path, Swatch
from pbn.core.values import U8
from pbn.export._numbers import written

PER_MM = 100
"""Page units to a millimetre."""

_CURVES_AT_ONCE = 200
"""Subpaths under one stroke: few operators, and no path that a printer's memory cannot hold."""

_HAIRLINE_MM = 0.1


_MOVE, _LINE, _CUBIC = b" m ", b" l ", b" c "
"""What is said of the points before the next one."""

_GAP = b"\0\0 "


def path_operators(paths: Sequence[Path]) -> Iterator[str]:
    """Lines of one look are stroked together; what is filled is drawn one by one."""
    drawn = iter(_subpaths([curve for path in paths for curve in path.curves]))
    for (stroke, width, fill), run in groupby(paths, lambda p: (p.stroke, p.width_mm, p.fill)):
        if stroke:
            yield f"{rgb(stroke)} RG {width * PER_MM:.2f} w"
        if fill:
            yield f"{rgb(fill)} rg"
            paint = "B*" if stroke else "f*"
            for path in run:
                yield from islice(drawn, len(path.curves))
                yield paint
        elif stroke:
            left = sum(len(path.curves) for path in run)
            for at_once in range(left, 0, -_CURVES_AT_ONCE):
                yield from islice(drawn, min(at_once, _CURVES_AT_ONCE))
                yield "S"


def _subpaths(curves: Sequence[Curve]) -> list[str]:
    """The operators of each curve, the numbers of all in one pass."""
    if not curves:
        return []
    count = np.array([len(curve.points) for curve in curves])
    points = np.rint(np.concatenate([curve.points for curve in curves]) * PER_MM).astype(np.int64)
    text, ends = written(points.ravel(), _before(count, [curve.cubic for curve in curves]), 0)
    last = ends[2 * np.cumsum(count) - 1].tolist()
    return [text[a:b] + _end(curve) for a, b, curve in zip([0, *last], last, curves, strict=False)]


def _before(count: I64, cubic: Sequence[bool]) -> U8:
    """(2 n, 3) what stands before each number of all curves' points."""
    within = places(count)
    curved = np.repeat(np.array(cubic), count)
    before = np.empty((len(within), 2, 3), np.uint8)
    before[:] = np.frombuffer(_GAP, np.uint8)
    before[~curved, 0] = np.frombuffer(_LINE, np.uint8)
    before[curved & (within % 3 == 1), 0] = np.frombuffer(_CUBIC, np.uint8)
    before[within == 1, 0] = np.frombuffer(_MOVE, np.uint8)
    before[within == 0, 0] = 0
    return before.reshape(-1, 3)


def _end(curve: Curve) -> str:
    """What is said of a curve's last points."""
    said = _MOVE if len(curve.points) == 1 else _CUBIC if curve.cubic else _LINE
    return said.decode().rstrip() + (" h" if curve.closed else "")


def swatch_operators(swatch: Swatch) -> str:
    """A filled rectangle, with its hairline where it has one."""
    box = f"{box_operands((swatch.x_mm, swatch.y_mm, swatch.width_mm, swatch.height_mm))} re"
    if not swatch.stroke:
        return f"{rgb(swatch.fill)} rg {box} f"
    return f"{rgb(swatch.fill)} rg {rgb(swatch.stroke)} RG {_HAIRLINE_MM * PER_MM:.0f} w {box} B"


def box_operands(box: Box) -> str:
    """A rectangle's four operands."""
    return " ".join(str(round(v * PER_MM)) for v in box)


def rgb(colour: Colour) -> str:
    """A colour's three operands."""
    return " ".join(f"{c / 255:.4g}" for c in colour)
