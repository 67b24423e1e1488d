"""Digits and capitals of single strokes, for plotters, engravers and cutters.

The shapes are those of the simplex Roman fount of A. V. Hershey, *Calligraphy for Computers*, US Naval
Weapons Laboratory report 2101 (1967), later distributed by the US National Bureau of Standards: works
of the US government, in the public domain. They are drawn as wide as B612 advances, so that a number
takes no more room than the one that was placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from pbn.core.metrics import ADVANCE_EM, text_width, underline
from pbn.core.sheet import Align, Curve, Layer, Mark, Path, Picture, Sheet, Swatch, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import F64

_HEIGHT, _WIDTH = 21, 20
"""Units from the baseline up to the top of a capital, and a digit's advance."""

_CAPITAL_EM = 0.75
"""Height of B612's digits and capitals."""

_STROKES = {
    "0": (20, "9,21 6,20 4,17 3,12 3,9 4,4 6,1 9,0 11,0 14,1 16,4 17,9 17,12 16,17 14,20 11,21 9,21"),
    "1": (20, "6,17 8,18 11,21 11,0"),
    "2": (20, "4,16 4,17 5,19 6,20 8,21 12,21 14,20 15,19 16,17 16,15 15,13 13,10 3,0 17,0"),
    "3": (20, "5,21 16,21 10,13 13,13 15,12 16,11 17,8 17,6 16,3 14,1 11,0 8,0 5,1 4,2 3,4"),
    "4": (20, "13,21 3,7 18,7|13,21 13,0"),
    "5": (20, "15,21 5,21 4,12 5,13 8,14 11,14 14,13 16,11 17,8 17,6 16,3 14,1 11,0 8,0 5,1 4,2 3,4"),
    "6": (20, "16,18 15,20 12,21 10,21 7,20 5,17 4,12 4,7 5,3 7,1 10,0 11,0 14,1 16,3 17,6 17,7 16,10"
              " 14,12 11,13 10,13 7,12 5,10 4,7"),
    "7": (20, "17,21 7,0|3,21 17,21"),
    "8": (20, "8,21 5,20 4,18 4,16 5,14 7,13 11,12 14,11 16,9 17,7 17,4 16,2 15,1 12,0 8,0 5,1 4,2 3,4"
              " 3,7 4,9 6,11 9,12 13,13 15,14 16,16 16,18 15,20 12,21 8,21"),
    "9": (20, "16,14 15,11 13,9 10,8 9,8 6,9 4,11 3,14 3,15 4,18 6,20 9,21 10,21 13,20 15,18 16,14 16,9"
              " 15,4 13,1 10,0 8,0 5,1 4,3"),
    "A": (18, "9,21 1,0|9,21 17,0|4,7 14,7"),
    "B": (21, "4,21 4,0|4,21 13,21 16,20 17,19 18,17 18,15 17,13 16,12 13,11|4,11 13,11 16,10 17,9 18,7"
              " 18,4 17,2 16,1 13,0 4,0"),
    "C": (21, "18,16 17,18 15,20 13,21 9,21 7,20 5,18 4,16 3,13 3,8 4,5 5,3 7,1 9,0 13,0 15,1 17,3 18,5"),
    "D": (21, "4,21 4,0|4,21 11,21 14,20 16,18 17,16 18,13 18,8 17,5 16,3 14,1 11,0 4,0"),
    "E": (19, "4,21 4,0|4,21 17,21|4,11 12,11|4,0 17,0"),
    "F": (18, "4,21 4,0|4,21 17,21|4,11 12,11"),
    "G": (21, "18,16 17,18 15,20 13,21 9,21 7,20 5,18 4,16 3,13 3,8 4,5 5,3 7,1 9,0 13,0 15,1 17,3 18,5"
              " 18,8|13,8 18,8"),
    "H": (22, "4,21 4,0|18,21 18,0|4,11 18,11"),
    "I": (8, "4,21 4,0"),
    "J": (16, "12,21 12,5 11,2 10,1 8,0 6,0 4,1 3,2 2,5 2,7"),
    "K": (21, "4,21 4,0|18,21 4,7|9,12 18,0"),
    "L": (17, "4,21 4,0|4,0 16,0"),
    "M": (24, "4,21 4,0|4,21 12,0|20,21 12,0|20,21 20,0"),
    "N": (22, "4,21 4,0|4,21 18,0|18,21 18,0"),
    "O": (22, "9,21 7,20 5,18 4,16 3,13 3,8 4,5 5,3 7,1 9,0 13,0 15,1 17,3 18,5 19,8 19,13 18,16 17,18"
              " 15,20 13,21 9,21"),
    "P": (21, "4,21 4,0|4,21 13,21 16,20 17,19 18,17 18,14 17,12 16,11 13,10 4,10"),
    "Q": (22, "9,21 7,20 5,18 4,16 3,13 3,8 4,5 5,3 7,1 9,0 13,0 15,1 17,3 18,5 19,8 19,13 18,16 17,18"
              " 15,20 13,21 9,21|12,4 18,-2"),
    "R": (21, "4,21 4,0|4,21 13,21 16,20 17,19 18,17 18,15 17,13 16,12 13,11 4,11|11,11 18,0"),
    "S": (20, "17,18 15,20 12,21 8,21 5,20 3,18 3,16 4,14 5,13 7,12 13,10 15,9 16,8 17,6 17,3 15,1 12,0"
              " 8,0 5,1 3,3"),
    "T": (16, "8,21 8,0|1,21 15,21"),
    "U": (22, "4,21 4,6 5,3 7,1 10,0 12,0 15,1 17,3 18,6 18,21"),
    "V": (18, "1,21 9,0|17,21 9,0"),
    "W": (24, "2,21 7,0|12,21 7,0|12,21 17,0|22,21 17,0"),
    "X": (20, "3,21 17,0|17,21 3,0"),
    "Y": (18, "1,21 9,11 9,0|17,21 9,11"),
    "Z": (20, "17,21 3,0|3,21 17,21|3,0 17,0"),
}  # fmt: skip
"""Each character's advance and its strokes, in units, y upwards."""

WRITABLE = frozenset(_STROKES)

PEN_MM = 0.2
"""What a pen's line is shown as; the pen that is put in decides."""

_BEFORE = {Align.START: 0.0, Align.MIDDLE: 0.5, Align.END: 1.0}


def pen_sheet(sheet: Sheet) -> Sheet:
    """Return the sheet as a pen draws it: numbers of single strokes, outlines for what is filled.

    Pictures are left out, and so is text that has other characters than `WRITABLE`.
    """
    layers = (Layer(v.name, tuple(_drawn(v.marks)), v.clip_mm) for v in sheet.layers)
    return replace(sheet, layers=tuple(layers))


def _drawn(marks: tuple[Mark, ...]) -> Iterator[Mark]:
    for mark in marks:
        if isinstance(mark, Path):
            yield replace(mark, stroke=mark.stroke or mark.fill, width_mm=mark.width_mm or PEN_MM, fill=None)
        elif isinstance(mark, Text) and set(mark.text) <= WRITABLE:
            yield _written(mark)
        elif isinstance(mark, Swatch):
            x, y, right, low = mark.x_mm, mark.y_mm, mark.x_mm + mark.width_mm, mark.y_mm + mark.height_mm
            corners = np.array([(x, y), (right, y), (right, low), (x, low), (x, y)])
            yield Path((Curve(corners, cubic=False, closed=True),), mark.stroke or mark.fill, PEN_MM)
        else:
            assert isinstance(mark, Text | Picture)


def _written(text: Text) -> Path:
    """A text as its strokes, its underline too."""
    width = text_width(text.text, text.size_pt)
    start = np.array([text.x_mm - _BEFORE[text.align] * width, text.y_mm])
    strokes = [stroke + start for stroke in text_strokes(text.text, text.size_pt)]
    if text.underline:
        half, below, _ = underline(text.text, text.size_pt)
        bar = [(width / 2 - half, below), (width / 2 + half, below)]
        strokes.append(np.array(bar) + start)
    curves = tuple(Curve(stroke, cubic=False) for stroke in strokes)
    return Path(curves, text.colour, PEN_MM, role=text.role, data=text.data)


def text_strokes(text: str, size_pt: float) -> list[F64]:
    """The strokes of a text of `WRITABLE` characters, each (N, 2) mm.

    x grows to the right from the text's start, y downwards from its baseline; the text advances as
    far as `pbn.core.metrics.text_width` says.
    """
    em = mm_from_pt(size_pt)
    down = np.array([1.0, -_CAPITAL_EM * em / _HEIGHT])
    placed: list[F64] = []
    x = 0.0
    for char in text:
        units, advance = _STROKES[char][0], text_width(char, size_pt)
        across = advance / units if char.isalpha() else ADVANCE_EM * em / _WIDTH
        placed += [stroke * down * (across, 1.0) + (x, 0.0) for stroke in _strokes(char)]
        x += advance
    return placed


@cache
def _strokes(char: str) -> tuple[F64, ...]:
    strokes = _STROKES[char][1].split("|")
    return tuple(np.array([p.split(",") for p in stroke.split()], np.float64) for stroke in strokes)
