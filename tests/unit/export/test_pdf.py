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
from pbn.export._archive import srgb_profile
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


def test_the_bleed_is_what_the_sheet_says_and_else_the_trim() -> None:
    plain = Sheet("a", 100, 80, (), trim_mm=(10, 10, 80, 60))
    bled = Sheet("b", 100, 80, (), trim_mm=(10, 10, 80, 60), bleed_mm=(7, 6, 86, 69))
    with opened([plain, bled]) as pdf:
        boxes = [np.array([float(v) for v in page.obj.BleedBox]) * PT for page in pdf.pages]
    assert boxes[0] == pytest.approx([10, 10, 90, 70], abs=0.01)
    assert boxes[1] == pytest.approx([7, 80 - 75, 93, 74], abs=0.01)


def test_it_says_what_its_colours_are_and_asks_to_be_printed_as_it_is() -> None:
    with opened(kit_sheets(sample_kit())) as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
        assert intent.DestOutputProfile.read_bytes() == srgb_profile()
        assert str(pdf.Root.ViewerPreferences.PrintScaling) == "/None"
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Dusk & dawn"
            assert metadata["pdfaid:part"] + metadata["pdfaid:conformance"] == "2B"
        assert "/Filter" not in pdf.Root.Metadata


def test_a_line_ends_after_every_streams_data() -> None:
    data = Pdf().render(kit_sheets(sample_kit()), title="T")
    ends = [m.start() for m in re.finditer(rb"endstream\nendobj", data)]
    assert len(ends) > 8
    assert {data[end - 1 : end] for end in ends} == {b"\n"}
    streams = [(int(m[1]), m.end()) for m in re.finditer(rb"/Length (\d+)[^>]*>>\nstream\n", data)]
    assert len(streams) == len(ends)
    for length, start in streams:
        assert data[start + length :].startswith(b"\nendstream")


def tagged(pdf: pikepdf.Pdf) -> list[tuple[str, list[str]]]:
    """Each section's name and what its elements are, in the order of reading."""
    (document,) = [pdf.Root.StructTreeRoot.K]
    return [(str(s.T), [str(e.S)[1:] for e in s.K]) for s in document.K]


def test_it_is_tagged_in_the_order_of_reading() -> None:
    kit = sample_kit()
    with opened(kit_sheets(kit), language="de") as pdf:
        assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("de", True)
        cover, outline, legend = tagged(pdf)
        assert cover[0] == "Cover"
        assert cover[1][0] == legend[1][0] == "H1"
        assert cover[1].count("Figure") == 2
        assert outline == ("Outline", ["P", "P"])  # all numbers are one paragraph
        figures = [e for e in pdf.Root.StructTreeRoot.K.K[0].K if e.S == "/Figure"]
        assert str(figures[1].Alt) == "The photo"
        parents = pdf.Root.StructTreeRoot.ParentTree.Nums
        for number, page in enumerate(pdf.pages):
            content = page.Contents.read_bytes()
            marked = [int(m) for m in re.findall(rb"/MCID (\d+)", content)]
            assert marked == list(range(len(parents[2 * number + 1])))
            assert int(page.obj.StructParents) == int(parents[2 * number]) == number
            assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC")


def test_numbers_are_read_apart() -> None:
    read = words(Pdf().render(kit_sheets(sample_kit()), title="T"), 1)
    assert re.match(r"\s*1\s+\d\s", read)


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
