from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest

from pbn.core.layout import kit_sheets
from pbn.core.sheet import Align, Layer, Picture, Sheet, Text, Weight
from pbn.core.values import Image
from pbn.export.pdf import Pdf
from tests.helpers.kits import sample_kit

PT = 25.4 / 72


def opened(sheets: list[Sheet] | tuple[Sheet, ...], **options: Any) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(Pdf(**options).render(sheets, title="Dusk & dawn")))


def words(data: bytes, page: int) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        text: str = document[page].get_textpage().get_text_bounded()
    finally:
        document.close()
    return text


def images(page: pikepdf.Page) -> list[Any]:
    return [x for x in page.obj.Resources.get("/XObject", {}).values() if x.get("/Subtype") == "/Image"]


@pytest.mark.parametrize("size", ["a5", "a4", "letter", "40x50cm", "16x20in"])
def test_pages_are_exact_in_size_and_trim(size: str) -> None:
    sheets = kit_sheets(sample_kit(size=size))
    with opened(sheets) as pdf:
        for page, sheet in zip(pdf.pages, sheets, strict=True):
            box = np.array([float(v) for v in page.mediabox]) * PT
            assert box == pytest.approx([0, 0, sheet.width_mm, sheet.height_mm], abs=0.01)
            x, y, width, height = sheet.trim_mm or (0, 0, sheet.width_mm, sheet.height_mm)
            low = sheet.height_mm - y - height
            trim = np.array([float(v) for v in page.trimbox]) * PT
            assert trim == pytest.approx([x, low, x + width, low + height], abs=0.01)


def test_every_font_is_embedded_and_a_subset() -> None:
    with opened(kit_sheets(sample_kit())) as pdf:
        fonts = [f for page in pdf.pages for f in page.obj.Resources.Font.values()]
        assert {str(f.BaseFont).split("+")[1] for f in fonts} == {"B612-Regular", "B612-Bold"}
        assert all("/FontFile2" in f.FontDescriptor for f in fonts)


def test_the_outline_page_is_vector_and_the_cover_has_the_pictures() -> None:
    with opened(kit_sheets(sample_kit())) as pdf:
        assert [len(images(page)) for page in pdf.pages[:3]] == [1, 0, 0]  # the sample's photo is its style
        assert b" c" in pdf.pages[1].Contents.read_bytes()


def test_every_number_can_be_read_back() -> None:
    kit = sample_kit(9, 9, paints=24)
    found = re.findall(r"\d+", words(Pdf().render(kit_sheets(kit), title="T"), 1))
    wanted = [label.text for label in kit.labels]
    for number in set(wanted):
        assert found.count(number) >= wanted.count(number)
    assert len(found) - len(wanted) <= 5


def test_numbers_are_where_their_labels_are() -> None:
    kit = sample_kit()
    sheet = kit_sheets(kit)[1]
    document = pypdfium2.PdfDocument(Pdf().render([sheet], title="T"))
    text = document[0].get_textpage()
    read = text.get_text_range()
    boxes = [(read[k], text.get_charbox(k)) for k in range(text.count_chars()) if read[k].isdigit()]
    x0, y0 = (sheet.width_mm - kit.graph.width) / 2, (sheet.height_mm - kit.graph.height) / 2
    for label, (digit, (left, low, right, high)) in zip(kit.labels, boxes, strict=False):
        middle = np.array([(left + right) / 2 * PT - x0, sheet.height_mm - (low + high) / 2 * PT - y0])
        assert digit == label.text
        assert np.abs(middle - label.anchor_mm).max() < 0.2
    document.close()


def test_layers_are_named_and_shown() -> None:
    with opened(kit_sheets(sample_kit())) as pdf:
        properties = pdf.Root.OCProperties
        names = [str(g.Name) for g in properties.OCGs]
        assert names == ["Preview", "Page", "Borders", "Numbers", "Marks"]
        assert len(properties.D.ON) == len(names)
        content = pdf.pages[1].Contents.read_bytes()
        resources = pdf.pages[1].obj.Resources.Properties
        used = [str(resources["/" + key.decode()].Name) for key in re.findall(rb"/OC /(\w+) BDC", content)]
        assert used == ["Borders", "Numbers", "Marks"]
    with opened(kit_sheets(sample_kit()), layers=False) as pdf:
        assert "/OCProperties" not in pdf.Root


def test_the_file_knows_its_title_and_no_clock() -> None:
    with opened(kit_sheets(sample_kit())) as pdf:
        assert str(pdf.docinfo.Title) == "Dusk & dawn"
        assert not [key for key in pdf.docinfo if "Date" in str(key)]
        with pdf.open_outline() as outline:
            assert [str(item.title) for item in outline.root] == ["Cover", "Outline", "Legend"]


def test_the_file_is_sound() -> None:
    with opened(kit_sheets(sample_kit(20, 20, paints=30))) as pdf:
        assert pdf.check_pdf_syntax() == []


@pytest.mark.parametrize("text", ["Größe ½ × 3", "(back\\slash)", "é à ü ñ Ω µ … “quoted” – 7", "naïve (5)"])
@pytest.mark.parametrize("align", list(Align))
def test_any_text_is_written_and_stands_where_it_should(text: str, align: Align) -> None:
    sheet = Sheet("s", 200, 50, (Layer("l", (Text(text, 100, 25, 12, align=align, weight=Weight.BOLD),)),))
    data = Pdf().render([sheet], title=text)
    assert words(data, 0).strip() == text
    document = pypdfium2.PdfDocument(data)
    page = document[0].get_textpage()
    boxes = [page.get_charbox(k) for k in range(page.count_chars())]
    left, right = min(b[0] for b in boxes) * PT, max(b[2] for b in boxes) * PT
    at = {Align.START: left, Align.MIDDLE: (left + right) / 2, Align.END: right}[align]
    assert at == pytest.approx(100, abs=1.2)
    document.close()


def test_pictures_are_no_finer_than_asked_for() -> None:
    image = Image(np.zeros((400, 600, 3), np.uint8))
    sheet = Sheet("s", 100, 50, (Layer("l", (Picture(image, 10, 10, 25.4, 16.9),)),))
    with opened([sheet], picture_dpi=150) as pdf:
        found = images(pdf.pages[0])[0]
        assert (int(found.Width), int(found.Height)) == (150, 100)
    with opened([sheet], picture_dpi=2000) as pdf:
        assert int(images(pdf.pages[0])[0].Width) == 600
