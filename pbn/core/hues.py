"""Families of hue: the letters of Munsell's notation for a colour, and for paints in a family a rank."""

from __future__ import annotations

import numpy as np

from pbn.core.colour import lab_from_rgb
from pbn.core.values import F64, Palette

FAMILIES = ("N", "R", "O", "Y", "G", "B", "P")
"""Neutral, red, orange (Munsell's yellow-red, browns too), yellow, green, blue and purple."""

NEUTRAL_CHROMA = 9.0
"""CIELAB chroma below which a colour is white, grey or black."""

_BEGINS = ((12.0, "R"), (44.0, "O"), (77.0, "Y"), (107.0, "G"), (215.0, "B"), (308.0, "P"), (360.0, "R"))
"""CIELAB hue angles (degrees) from which on a family goes. CIELAB bends blues towards purple: sRGB's own
blue is at 306, and is no purple to anybody."""

_BROWN_L, _LIGHT_L, _DARK_L = 58.0, 71.0, 36.0
_LIGHT_ORANGE_L = 80.0  # a full orange is as light as a pale blue
_WHITE_L, _BLACK_L = 93.0, 16.0


def family(lab: F64) -> str:
    """The letter of a colour's family; ``lab`` is L, a, b (D65).

    >>> family(np.array([50.0, 60.0, 40.0])), family(np.array([50.0, 1.0, 2.0]))
    ('R', 'N')
    """
    if np.hypot(lab[1], lab[2]) < NEUTRAL_CHROMA:
        return "N"
    angle = float(np.degrees(np.arctan2(lab[2], lab[1]))) % 360
    found = "P"
    for begins, letter in _BEGINS:
        if angle >= begins:
            found = letter
    return found


def families(palette: Palette) -> tuple[str, ...]:
    """The family of each paint."""
    return tuple(family(lab) for lab in lab_from_rgb(palette.rgb).astype(np.float64))


def colour_name(lab: F64) -> tuple[str, str]:
    """Keys of the words for a colour: how light it is (light, dark or plain), and the hue's name."""
    letter, lightness = family(lab), float(lab[0])
    if letter == "N" and (lightness > _WHITE_L or lightness < _BLACK_L):
        return "plain", "white" if lightness > _WHITE_L else "black"
    names = {"N": "grey", "R": "red", "O": "orange", "Y": "yellow", "G": "green", "B": "blue", "P": "purple"}
    name = "brown" if letter in "OY" and lightness < _BROWN_L else names[letter]
    light_l = _LIGHT_ORANGE_L if name == "orange" else _LIGHT_L
    shade = "light" if lightness > light_l else "dark" if lightness < _DARK_L else "plain"
    return ("plain", name) if (name, shade) == ("yellow", "light") else (shade, name)
