"""Strokes against the face whose room they take, and sheets as a pen draws them."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core import pen
from pbn.core.layout import outline_picture, preview_picture
from pbn.core.metrics import is_ambiguous, number_box, text_width
from pbn.core.sheet import Align, Layer, Path, Picture, Sheet, Swatch, Text
from pbn.core.values import Image
from tests.helpers.kits import sample_kit


def test_there_are_all_digits_and_capitals() -> None:
    assert set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == pen.WRITABLE


@pytest.mark.parametrize("char", sorted(pen.WRITABLE))
def test_a_character_stays_in_its_own_room(char: str) -> None:
    points = np.concatenate(pen.text_strokes(char, 10))
    em = 10 * 25.4 / 72
    assert points[:, 0].min() >= 0
    assert points[:, 0].max() <= text_width(char, 10)
    assert -points[:, 1].min() == pytest.approx(0.75 * em, rel=0.001)
    assert points[:, 1].max() <= (0.08 * em if char == "Q" else 1e-9)


@pytest.mark.parametrize("text", ["1", "6", "24", "68", "107"])
def test_a_number_stays_in_the_box_that_was_kept_for_it(text: str) -> None:
    mark = Text(text, 0.0, 0.0, 7.0, align=Align.MIDDLE, underline=is_ambiguous(text), role="number")
    sheet = pen.pen_sheet(Sheet("s", 9, 9, (Layer("l", (mark,)),)))
    (path,) = sheet.layers[0].marks
    assert isinstance(path, Path)
    points = np.concatenate([c.points for c in path.curves])
    assert 2 * np.abs(points[:, 0]).max() <= number_box(text, 7.0)[0] + 1e-9
    assert np.ptp(points[:, 1]) <= number_box(text, 7.0)[1] + 0.02


def test_a_pen_has_every_border_once_and_every_number_and_fills_nothing() -> None:
    kit = sample_kit()
    outline, drawn = outline_picture(kit), pen.pen_sheet(outline_picture(kit))
    marks = [m for layer in drawn.layers for m in layer.marks]
    assert all(isinstance(m, Path) and m.fill is None and m.stroke for m in marks)
    roles = [m.role for m in marks if isinstance(m, Path)]
    assert roles.count("border") == len(kit.graph.arcs)
    assert roles.count("number") == len(kit.labels)
    assert [v.name for v in drawn.layers] == [v.name for v in outline.layers]
    filled = pen.pen_sheet(preview_picture(kit))
    assert all(isinstance(m, Path) and m.fill is None for v in filled.layers for m in v.marks)


def test_what_a_pen_cannot_draw_is_left_out() -> None:
    photo = Picture(Image(np.zeros((2, 2, 3), np.uint8)), 0, 0, 5, 5)
    layer = Layer("l", (photo, Text("Größe", 1, 5, 9), Swatch(1, 1, 3, 2, (9, 9, 9))))
    (swatch,) = pen.pen_sheet(Sheet("s", 9, 9, (layer,))).layers[0].marks
    assert isinstance(swatch, Path)
    assert (swatch.stroke, swatch.curves[0].closed) == ((150, 150, 150), True)
