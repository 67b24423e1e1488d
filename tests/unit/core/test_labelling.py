"""What stands in regions: unmistakable, fitting, and the same in outline and legend."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core import hues
from pbn.core.colour import lab_from_rgb
from pbn.core.labelling import LETTERS, kit_label_texts, label_texts
from pbn.core.layout import kit_sheets, outline_picture
from pbn.core.metrics import is_ambiguous
from pbn.core.sheet import Path, Sheet, Text
from pbn.core.values import Paint, Palette
from tests.helpers.kits import sample_kit

STYLES = ("numbers", "letters", "families", "dots")


def palette(*colours: tuple[int, int, int]) -> Palette:
    return Palette(tuple(Paint(k + 1, c) for k, c in enumerate(colours)))


def texts(sheet: Sheet, role: str) -> list[Text]:
    return [m for layer in sheet.layers for m in layer.marks if isinstance(m, Text) and m.role == role]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("paints", [2, 24, 64])
def test_no_two_paints_are_called_alike(style: str, paints: int) -> None:
    found = label_texts(sample_kit(paints=paints).palette, style)
    assert len(set(found)) == len(found) == paints
    assert all(len(text) <= 2 for text in found)
    turned = str.maketrans("0689HINOSXZMW", "0986HINOSXZWM")
    if style == "letters":
        for text in found[:22]:
            upside_down = text[::-1].translate(turned)
            assert upside_down == text or upside_down not in found or text not in "MW"


def test_letters_go_on_after_the_last() -> None:
    found = label_texts(palette(*((k, k, k) for k in range(50))), "letters")
    assert found[:3] == ("A", "B", "C")
    assert found[len(LETTERS) - 1 : len(LETTERS) + 2] == ("Z", "AA", "AB")
    assert not set("IOQW") & set("".join(found))


def test_families_are_named_by_hue_and_ranked_by_lightness() -> None:
    made = palette((250, 250, 250), (240, 220, 90), (230, 140, 60), (90, 170, 90), (200, 40, 40),
                   (30, 90, 40), (40, 60, 160), (90, 30, 110), (15, 15, 15))  # fmt: skip
    assert label_texts(made, "families") == ("N1", "Y1", "O1", "G1", "R1", "G2", "B1", "P1", "N2")


def test_a_family_of_many_still_has_two_signs() -> None:
    greys = label_texts(palette(*((250 - 4 * k,) * 3 for k in range(30))), "families")
    assert greys[8:11] == ("N9", "NA", "NB")
    assert len(set(greys)) == 30


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 255, 255), ("plain", "white")),
        ((10, 10, 12), ("plain", "black")),
        ((128, 128, 128), ("plain", "grey")),
        ((60, 60, 60), ("dark", "grey")),
        ((170, 20, 20), ("plain", "red")),
        ((110, 65, 30), ("dark", "brown")),
        ((250, 150, 60), ("plain", "orange")),
        ((250, 235, 130), ("plain", "yellow")),
        ((180, 230, 170), ("light", "green")),
        ((20, 30, 90), ("dark", "blue")),
        ((130, 60, 160), ("plain", "purple")),
    ],
)
def test_colours_have_their_everyday_names(rgb: tuple[int, int, int], name: tuple[str, str]) -> None:
    assert hues.colour_name(lab_from_rgb(np.array([rgb], np.uint8))[0].astype(np.float64)) == name


@pytest.mark.parametrize("style", ["letters", "families"])
def test_outline_and_legend_say_the_same(style: str) -> None:
    kit = sample_kit(8, 8, paints=24, labels=style)
    _, outline, *legend = kit_sheets(kit)
    called = kit_label_texts(kit)
    assert [t.text for s in legend for t in texts(s, "legend-number")] == list(called)
    assert {t.text for t in texts(outline, "number")} == {called[p] for p in kit.regions.paint.tolist()}


def test_a_dot_has_its_paints_colour_and_stands_where_the_number_would() -> None:
    kit = sample_kit(labels="dots")
    marks = [m for layer in outline_picture(kit).layers for m in layer.marks]
    spots = [m for m in marks if isinstance(m, Path) and m.role == "spot"]
    assert not [m for m in marks if isinstance(m, Text)]
    for spot, label in zip(spots, kit.labels, strict=True):
        paint = kit.palette.paints[int(kit.regions.paint[label.region])]
        assert (spot.fill, spot.data["paint"]) == (paint.rgb, str(paint.number))
        assert spot.curves[0].points.mean(axis=0) == pytest.approx(label.anchor_mm, abs=0.2)


def test_a_label_with_a_letter_is_never_taken_for_another_upside_down() -> None:
    assert not any(is_ambiguous(text) for text in ("O6", "N9", "AB"))


def test_lines_and_numbers_may_have_colours() -> None:
    sheet = outline_picture(sample_kit(border_colour="#3060c0", number_colour="C03030"))
    marks = [m for layer in sheet.layers for m in layer.marks]
    assert {m.stroke for m in marks if isinstance(m, Path) and m.role == "border"} == {(0x30, 0x60, 0xC0)}
    assert {m.colour for m in marks if isinstance(m, Text)} == {(0xC0, 0x30, 0x30)}
