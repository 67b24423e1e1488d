"""Paths, swatches and colours as the operators of a PDF's page, written in bulk.

The page's unit is a hundredth of a millimetre with y downwards, so that coordinates are short whole
numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

import numpy as np

from pbn.core.sheet import Box, Colour, Curve, Path, Swatch

PER_MM = 100
"""Page units to a millimetre."""

_CURVES_AT_ONCE = 200
"""Subpaths under one stroke: few operators, and no path that a printer's memory cannot hold."""

_HAIRLINE_MM = 0.1


def path_operators(paths: Iterable[Path]) -> Iterator[str]:
    """Lines of one look are stroked together; what is filled is drawn one by one."""
    for (stroke, width, fill), run in groupby(paths, lambda p: (p.stroke, p.width_mm, p.fill)):
        if stroke:
            yield f"{rgb(stroke)} RG {width * PER_MM:.2f} w"
        if fill:
            yield f"{rgb(fill)} rg"
            paint = "B*" if stroke else "f*"
            for path in run:
                yield from map(_curve, path.curves)
                yield paint
        elif stroke:
            waiting = 0
            for curve in (curve for path in run for curve in path.curves):
                yield _curve(curve)
                waiting += 1
                if waiting == _CURVES_AT_ONCE:
                    yield "S"
                    waiting = 0
            if waiting:
                yield "S"


def _curve(curve: Curve) -> str:
    points = np.rint(curve.points * PER_MM).astype(np.int64).ravel().tolist()
    return _pattern(len(curve.points), curve.cubic, curve.closed) % tuple(points)


@cache
def _pattern(points: int, cubic: bool, closed: bool) -> str:  # noqa: FBT001 - a curve's own two marks
    """The operators of a subpath with a place for each coordinate."""
    per_step, step = (3, " %d %d %d %d %d %d c") if cubic else (1, " %d %d l")
    return "%d %d m" + step * ((points - 1) // per_step) + (" h" if closed else "")


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
