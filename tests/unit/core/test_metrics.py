"""The digits' table against the face that is shipped."""

from __future__ import annotations

import string
from importlib.resources import files
from pathlib import Path

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from pbn.core import metrics
from pbn.core.units import mm_from_pt

FONTS = Path(str(files("pbn").joinpath("fonts")))


def face(name: str) -> TTFont:
    return TTFont(str(FONTS / name))


def ink(font: TTFont, glyph: str) -> tuple[float, ...]:
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[glyph].draw(pen)
    return tuple(pen.bounds)


def test_the_table_is_the_faces() -> None:
    font = face("B612-Regular.ttf")
    names = font.getBestCmap()
    assert font["head"].unitsPerEm == metrics._UNITS
    assert {c: ink(font, names[ord(c)]) for c in string.digits + string.ascii_uppercase} == metrics._INK
    assert {font.getGlyphSet()[names[ord(d)]].width for d in "0123456789"} == {metrics._ADVANCE}
    assert font["post"].underlineThickness / metrics._UNITS == metrics.UNDERLINE_THICKNESS_EM


@pytest.mark.parametrize("name", ["B612-Regular.ttf", "B612-Bold.ttf"])
def test_the_advances_are_both_faces(name: str) -> None:
    font = face(name)
    names = font.getBestCmap()
    found = {char: font.getGlyphSet()[names[ord(char)]].width for char in metrics.PRINTABLE}
    assert found == metrics._OF
    latin = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100)) if code in names}
    assert latin - metrics.PRINTABLE <= {"\xad"}


def test_a_line_is_as_long_as_its_letters() -> None:
    em = mm_from_pt(10)
    assert metrics.text_width("", 10) == 0
    assert metrics.text_width("Mi", 10) == pytest.approx((1800 + 600) / 2000 * em)
    assert metrics.text_width("\N{SNOWMAN}", 10) == pytest.approx(2100 / 2000 * em)


def test_digits_are_not_kerned() -> None:
    font = face("B612-Regular.ttf")
    digits = {font.getBestCmap()[ord(d)] for d in "0123456789"}
    pairs = [pair for table in font["kern"].kernTables for pair in table.kernTable]
    assert pairs
    assert not [pair for pair in pairs if digits & set(pair)]
    tables = [s for lookup in font["GPOS"].table.LookupList.Lookup for s in lookup.SubTable]
    assert not [s for s in tables if digits & set(getattr(s, "ExtSubTable", s).Coverage.glyphs)]


@pytest.mark.parametrize("name", ["B612-Regular.ttf", "B612-Bold.ttf"])
def test_faces_may_be_embedded_and_carry_their_licence(name: str) -> None:
    font = face(name)
    assert font["OS/2"].fsType == 0
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
    assert not set("0123456789 ,.-–×%²ΔE#äöüéèàñçßåø") - {chr(c) for c in font.getBestCmap()}


@pytest.mark.parametrize("text", [str(n) for n in range(100)] + ["100", "604"])
@pytest.mark.parametrize("size_pt", [5.0, 9.0])
def test_the_box_holds_ink_underline_and_plain_box(text: str, size_pt: float) -> None:
    em = mm_from_pt(size_pt)
    width, height = metrics.number_box(text, size_pt)
    low = height / 2 - metrics.baseline_offset(text, size_pt)  # below the baseline
    high = height - low
    boxes = [metrics._INK[d] for d in text]
    start = -len(text) * metrics._ADVANCE / 2
    lefts = [(start + k * metrics._ADVANCE + b[0]) * em / 2000 for k, b in enumerate(boxes)]
    rights = [(start + k * metrics._ADVANCE + b[2]) * em / 2000 for k, b in enumerate(boxes)]
    assert -width / 2 <= min(lefts) + 1e-12
    assert width / 2 >= max(rights) - 1e-12
    assert width >= 0.6 * em * len(text) - 1e-12
    assert high >= max(0.716, *(b[3] / 2000 for b in boxes)) * em - 1e-12
    assert low >= -min(b[1] for b in boxes) / 2000 * em - 1e-12
    half, down, thick = metrics.underline(text, size_pt)
    assert 0 < half <= width / 2
    if metrics.is_ambiguous(text):
        assert low == pytest.approx(down + thick / 2)
    assert width <= 0.62 * em * len(text)  # and no more than that
    assert height <= 0.89 * em


def test_ambiguous_numbers() -> None:
    assert [n for n in range(100) if metrics.is_ambiguous(str(n))] == [6, 9, 66, 68, 86, 89, 98, 99]
    assert not metrics.is_ambiguous("609")
    assert metrics.is_ambiguous("689") is False  # reads 689 again
    assert metrics.is_ambiguous("668")


@pytest.mark.parametrize("text", ["", "1a", " 1", "-2", "٣"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        metrics.number_box(text, 5)
