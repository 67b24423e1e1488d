"""How large printed numbers and lines of text are: B612, without reading the font.

Lengths are fractions of the em, counted in the font's 2,000 units; a test derives the tables again
from the faces that are shipped (`pbn/fonts`). Regular and bold advance alike, and digits are not
kerned.
"""

from __future__ import annotations

from functools import cache

from pbn.core.units import mm_from_pt

_UNITS = 2000
_ADVANCE = 1300
_INK = {
    "0": (90, -17, 1110, 1517),
    "1": (197, 0, 1050, 1520),
    "2": (152, 0, 1056, 1517),
    "3": (200, 0, 1058, 1500),
    "4": (100, 0, 1100, 1520),
    "5": (200, 0, 1049, 1500),
    "6": (123, -17, 1127, 1517),
    "7": (200, 0, 1100, 1500),
    "8": (129, -17, 1132, 1517),
    "9": (129, -17, 1122, 1517),
    "A": (62, 0, 1235, 1520),
    "B": (160, 0, 1142, 1510),
    "C": (89, -17, 1123, 1517),
    "D": (170, 0, 1240, 1511),
    "E": (160, 0, 1045, 1500),
    "F": (160, 0, 1045, 1500),
    "G": (88, -17, 1200, 1517),
    "H": (151, 0, 1220, 1520),
    "I": (160, 0, 400, 1520),
    "J": (0, -17, 700, 1520),
    "K": (160, 0, 1190, 1520),
    "L": (160, 0, 1040, 1520),
    "M": (172, 0, 1610, 1520),
    "N": (170, 0, 1295, 1520),
    "O": (124, -17, 1476, 1517),
    "P": (155, 0, 1091, 1512),
    "Q": (124, -145, 1476, 1517),
    "R": (155, 0, 1233, 1512),
    "S": (82, -17, 1009, 1517),
    "T": (80, 0, 1115, 1500),
    "U": (150, -17, 1220, 1520),
    "V": (67, -20, 1240, 1520),
    "W": (67, 0, 1814, 1520),
    "X": (53, 0, 1234, 1520),
    "Y": (59, 0, 1140, 1520),
    "Z": (61, 0, 1110, 1500),
}
"""Left, bottom, right and top of each digit's and capital's ink, the bottom from the baseline up."""

_ADVANCES = {
    400: "'|¦",
    500: ",;·",
    600: ".:Iij°²³¹ÌÍÎÏìíîï",
    700: " !l\N{NO-BREAK SPACE}¡‘’‚",  # noqa: RUF001
    800: '"frtªº',
    900: "()-J[s‹›",  # noqa: RUF001
    1000: "=]cz¢§“”„≈↑↓",
    1042: "ç",
    1050: "a",
    1100: "$*/?FLS\\_`ekvxy£¨©®¯´¸¿àáâãäåèéêë÷ýÿ–†−",  # noqa: RUF001
    1200: "+CEKPTYZbdghnopqu}¤¥±ÈÉÊËÝñòóôõöøùúûüþŸ•",
    1298: "{",
    1300: "0123456789<>ABDGRVXµÀÁÂÃÄÅÇÐÞßð≤≥σ",
    1400: "&HU«¶»ÙÚÛÜ€",
    1500: "N^w~¼½¾Ñ…→←Δ",
    1600: "OQÒÓÔÕÖ×Ø",
    1700: "#¬Ææ™",
    1800: "%Mm",
    1900: "Wœ",
    2000: "@Œ",
    2100: "—",
}
_OF = {char: advance for advance, chars in _ADVANCES.items() for char in chars}
_WIDEST = max(_ADVANCES)

ADVANCE_EM = _ADVANCE / _UNITS
"""Every digit's advance: numbers stand in columns."""

UNDERLINE_EM = 0.095
"""From the baseline down to the middle of the underline."""

UNDERLINE_THICKNESS_EM = 0.05
"""As thick as the font says; nearer to the digits than it says (0.15), to save room."""

_PLAIN_WIDTH_EM, _PLAIN_HEIGHT_EM = 0.6, 0.716
"""What a digit is taken to be by tools that do not read the font; never less than this is kept."""

PRINTABLE = frozenset(_OF)
"""The characters whose width is known: Latin of western Europe, and what goes with it."""

_TURNED = str.maketrans("0689", "0986")


@cache
def is_ambiguous(text: str) -> bool:
    """Whether the number, turned upside down, reads as another number; one with a letter never does.

    >>> [n for n in range(1, 100) if is_ambiguous(str(n))]
    [6, 9, 66, 68, 86, 89, 98, 99]
    """
    turned = text[::-1].translate(_TURNED)
    return set(text) <= set("0689") and turned != text and not turned.startswith("0")


def text_width(text: str, size_pt: float) -> float:
    """How far a line of text advances, in mm; a character that is not `PRINTABLE` counts as the widest.

    >>> round(text_width("Paints", 12), 2)
    12.17
    """
    return sum(_OF.get(char, _WIDEST) for char in text) / _UNITS * mm_from_pt(size_pt)


def number_box(text: str, size_pt: float) -> tuple[float, float]:
    """Width and height, in mm, of the least box round a number that its position is the middle of.

    The box holds the ink of every digit, the underline of an ambiguous number, and what a tool
    that does not know the font takes for the number's box (0.6 em by 0.716 em to a digit). In x
    its middle is the middle of the text's advance width, as for centred text.

    Raises ValueError where the text is not digits and capitals.
    """
    left, bottom, right, top = _reach(text)
    em = mm_from_pt(size_pt)
    return 2 * max(-left, right) * em, (top - bottom) * em


def ink_width(text: str, size_pt: float) -> float:
    """Width, in mm, of the ink alone, doubled from the middle to its farther end."""
    left, right = _ink_reach(text)
    return 2 * max(-left, right) * mm_from_pt(size_pt)


def baseline_offset(text: str, size_pt: float) -> float:
    """From the middle of a number's box down to its baseline, in mm."""
    _, bottom, _, top = _reach(text)
    return (top + bottom) / 2 * mm_from_pt(size_pt)


def underline(text: str, size_pt: float) -> tuple[float, float, float]:
    """Half the length of a number's underline, how far below the baseline it is, and how thick, in mm.

    It is as long as the digits' ink reaches from the middle of the text on its shorter side.
    """
    em = mm_from_pt(size_pt)
    left, right = _ink_reach(text)
    return min(-left, right) * em, UNDERLINE_EM * em, UNDERLINE_THICKNESS_EM * em


@cache
def _ink_reach(text: str) -> tuple[float, float]:
    """Left and right end of the ink from the middle of the text, in em."""
    half = sum(_OF[char] for char in text) / 2
    return (_INK[text[0]][0] - half) / _UNITS, (half - _OF[text[-1]] + _INK[text[-1]][2]) / _UNITS


@cache
def _reach(text: str) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of all that the box must hold, from the middle of the baseline."""
    if not text or not set(text) <= set(_INK):
        raise ValueError(f"a label is written in digits and capitals, not {text!r}")
    left, right = _ink_reach(text)
    plain = _PLAIN_WIDTH_EM * len(text) / 2
    bottom = min(_INK[d][1] for d in text) / _UNITS
    if is_ambiguous(text):
        bottom = -UNDERLINE_EM - UNDERLINE_THICKNESS_EM / 2
    top = max(_PLAIN_HEIGHT_EM, *(_INK[d][3] / _UNITS for d in text))
    return min(left, -plain), bottom, max(right, plain), top
