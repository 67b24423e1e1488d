"""The faces that sheets use, from the package's own files, and what is drawn with them."""

from __future__ import annotations

from importlib.resources import files

from pbn.core.metrics import ADVANCE_EM, underline
from pbn.core.sheet import Align, Text, Weight
from pbn.core.units import mm_from_pt

NAMES = {Weight.REGULAR: "B612-Regular", Weight.BOLD: "B612-Bold"}

_BEFORE = {Align.START: -0.5, Align.MIDDLE: 0.0, Align.END: 0.5}
"""From a text's middle to its position, as a part of its width."""


def file(weight: Weight) -> str:
    """The face's TrueType file."""
    return str(files("pbn").joinpath("fonts", f"{NAMES[weight]}.ttf"))


def underline_box(text: Text) -> tuple[float, float, float, float]:
    """The bar under a number: left, top, width and height in mm."""
    half, below, thick = underline(text.text, text.size_pt)
    middle = text.x_mm - _BEFORE[text.align] * len(text.text) * ADVANCE_EM * mm_from_pt(text.size_pt)
    return middle - half, text.y_mm + below - thick / 2, 2 * half, thick
