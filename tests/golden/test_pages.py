"""Finished pages: drawn by two renderers and held against pages that were looked at."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest

from pbn.core.layout import kit_sheets
from pbn.core.sheet import Sheet, Text
from pbn.export.pdf import Pdf
from tests.golden.pages import KITS, RENDERERS, SHOWN, STEP, drawn, kept, made, pdfium, worst


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize(("name", "page"), SHOWN)
def test_a_page_looks_as_it_did(name: str, page: int, renderer: str) -> None:
    assert worst(drawn(name, page, renderer), kept(name, page)) <= STEP[renderer]


@pytest.mark.parametrize("name", ["a5", "letter", "canvas"])
def test_the_text_of_every_page_can_be_read_back(name: str) -> None:
    kit = KITS[name]()
    document = pypdfium2.PdfDocument(made(name))
    pages = [document[k].get_textpage().get_text_bounded() for k in range(len(document))]
    document.close()
    found = re.findall(r"\d+", pages[1])
    wanted = [label.text for label in kit.labels]
    assert [found.count(n) >= wanted.count(n) for n in set(wanted)] == [True] * len(set(wanted))
    for paint in kit.palette.paints:
        assert paint.hex in pages[2]


@pytest.mark.parametrize("name", ["tiled", "wrap"])
def test_the_numbers_of_tiles_and_of_a_wrapped_canvas_can_be_read_back(name: str) -> None:
    kit = KITS[name]()
    document = pypdfium2.PdfDocument(made(name))
    words = [document[k].get_textpage().get_text_bounded() for k in range(len(document))]
    document.close()
    found = re.findall(r"\d+", " ".join(words))
    wanted = [label.text for label in kit.labels]
    assert all(found.count(n) >= wanted.count(n) for n in set(wanted))
    told = ["A1", "B2", "10 cm when printed at 100 %"] if name == "tiled" else ["staples", "Dusk"]
    assert all(text in " ".join(words) for text in told)


def without_one(sheet: Sheet, role: str) -> Sheet:
    """The sheet with the first text of a role gone."""
    gone = next(m for layer in sheet.layers for m in layer.marks if isinstance(m, Text) and m.role == role)
    layers = tuple(replace(v, marks=tuple(m for m in v.marks if m is not gone)) for v in sheet.layers)
    return replace(sheet, layers=layers)


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize(
    ("name", "page", "role"),
    [(name, 1, "number") for name in ("a5", "letter", "canvas", "tiled")]
    + [("wrap", 0, "number"), ("wrap", 0, "side-number"), ("tiled", 1, "tile"), ("hand", 0, "guide-number")],
)
def test_a_page_without_one_of_its_texts_is_found_out(name: str, page: int, role: str, renderer: str) -> None:
    sheet = without_one(kit_sheets(KITS[name]())[SHOWN[name, page]], role)
    tampered = RENDERERS[renderer](Pdf().render([sheet], title=name), 0)
    assert worst(tampered, kept(name, page)) > STEP[renderer]


def test_a_page_that_has_moved_by_half_a_millimetre_is_found_out() -> None:
    moved = np.roll(pdfium(made("a5"), 1), 4, axis=1)
    assert worst(moved, kept("a5", 1)) > STEP["pdfium"]
