"""Finished pages: drawn by two renderers and held against pages that were looked at."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pypdfium2
import pytest

from pbn.core.layout import kit_sheets
from pbn.core.sheet import Layer, Sheet, Text
from pbn.core.values import Kit
from pbn.export.pdf import Pdf
from tests.golden.pages import KITS, RENDERERS, STEP, kept, made, pdfium, worst

cached = cache(made)


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("page", range(3))
@pytest.mark.parametrize("name", KITS)
def test_a_page_looks_as_it_did(name: str, page: int, renderer: str) -> None:
    assert worst(RENDERERS[renderer](cached(name), page), kept(name, page)) <= STEP[renderer]


@pytest.mark.parametrize("name", KITS)
def test_the_text_of_every_page_can_be_read_back(name: str) -> None:
    kit = KITS[name]()
    document = pypdfium2.PdfDocument(cached(name))
    pages = [document[k].get_textpage().get_text_bounded() for k in range(len(document))]
    document.close()
    found = re.findall(r"\d+", pages[1])
    wanted = [label.text for label in kit.labels]
    assert [found.count(n) >= wanted.count(n) for n in set(wanted)] == [True] * len(set(wanted))
    for paint in kit.palette.paints:
        assert paint.hex in pages[2]


def without_a_number(kit: Kit) -> Sheet:
    """The outline page with one of its numbers gone."""
    sheet = kit_sheets(kit)[1]
    gone = next(
        m for layer in sheet.layers for m in layer.marks if isinstance(m, Text) and m.role == "number"
    )
    layers = tuple(Layer(v.name, tuple(m for m in v.marks if m is not gone)) for v in sheet.layers)
    return replace(sheet, layers=layers)


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("name", KITS)
def test_a_page_without_one_of_its_numbers_is_found_out(name: str, renderer: str) -> None:
    tampered = RENDERERS[renderer](Pdf().render([without_a_number(KITS[name]())], title=name), 0)
    assert worst(tampered, kept(name, 1)) > STEP[renderer]


def test_a_page_that_has_moved_by_half_a_millimetre_is_found_out() -> None:
    moved = np.roll(pdfium(cached("a5"), 1), 4, axis=1)
    assert worst(moved, kept("a5", 1)) > STEP["pdfium"]
