"""PDF through ReportLab: one page a sheet, vectors and real text, subset fonts, named layers.

ReportLab keeps the document, its fonts and its pictures; paths and numbers are written to the page
as operators in bulk, many times as fast as by a call for each. The file is made as PDF/A-2b asks, and
tagged: its words are read in order, its lines and swatches are decoration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import Any

from PIL import Image as Pillow
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pbn.core.sheet import Align, Box, Colour, Mark, Path, Picture, Sheet, Swatch, Text, Weight
from pbn.core.units import MM_PER_INCH, mm_from_pt, pt_from_mm
from pbn.export import _fonts
from pbn.export._pdf_document import Groups, Tags, deflate, new_canvas
from pbn.export._pdf_paths import PER_MM, box_operands, path_operators, rgb, swatch_operators

_BACK = {Align.START: 0.0, Align.MIDDLE: 0.5, Align.END: 1.0}
"""From a text's start to its position, as a part of its width."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """Sheets as the pages of one file.

    ``picture_dpi`` is the most that a raster picture is shown at and ``jpeg_quality`` how it is
    kept; ``layers`` gives the sheets' layers names that a viewer can switch; ``language`` is that
    of the texts, for those who have the file read to them.
    """

    picture_dpi: float = 300.0
    jpeg_quality: int = 90
    layers: bool = True
    language: str = "en"

    def render(self, sheets: Sequence[Sheet], *, title: str) -> bytes:
        """The finished file; no clock is in it."""
        out = BytesIO()
        canvas = new_canvas(out, title, self.language)
        tags, groups = Tags(canvas), Groups(canvas) if self.layers else None
        for number, sheet in enumerate(sheets, 1):
            canvas.setPageSize((pt_from_mm(sheet.width_mm), pt_from_mm(sheet.height_mm)))
            trim = sheet.trim_mm or (0.0, 0.0, sheet.width_mm, sheet.height_mm)
            canvas.setTrimBox(_points(trim, sheet))
            canvas.setBleedBox(_points(sheet.bleed_mm or trim, sheet))
            canvas.bookmarkPage(f"page{number}")
            canvas.addOutlineEntry(sheet.name, f"page{number}")
            tags.begin(number, sheet.name)
            _Page(canvas, self, tags, groups).draw(sheet)
            canvas.showPage()
            deflate(canvas, number)
            tags.end()
            if groups:
                groups.declare(number)
        tags.finish()
        if groups:
            groups.finish()
        canvas.save()
        return out.getvalue()


ENGINE = Pdf


class _Page:
    """Writes one sheet's marks to the canvas's current page."""

    def __init__(self, canvas: Canvas, options: Pdf, tags: Tags, groups: Groups | None) -> None:
        self._canvas, self._options, self._tags, self._groups = canvas, options, tags, groups
        self._out: list[str] = canvas._code
        self._heading: Text | None = None
        self._codes: dict[tuple[str, Weight], list[tuple[str, str, float]]] = {}

    def draw(self, sheet: Sheet) -> None:
        """Append the sheet's layers, in its own millimetres from the top left, to the page's operators."""
        unit = pt_from_mm(1 / PER_MM)
        self._heading = _heading(sheet)
        self._out.append(f"q {unit:.9f} 0 0 {-unit:.9f} 0 {pt_from_mm(sheet.height_mm):.6f} cm 1 j 1 J")
        for layer in sheet.layers:
            if self._groups:
                self._out.append(f"/OC /{self._groups.name(layer.name)} BDC")
            if layer.clip_mm:
                self._out.append(f"q {box_operands(layer.clip_mm)} re W n")
            for _, run in groupby(layer.marks, type):
                self._run(list(run))
            if layer.clip_mm:
                self._out.append("Q")
            if self._groups:
                self._out.append("EMC")
        self._out.append("Q")

    def _run(self, marks: Sequence[Mark]) -> None:
        """Marks of one kind."""
        if isinstance(marks[0], Path):
            self._artifact(path_operators([m for m in marks if isinstance(m, Path)]))
        elif isinstance(marks[0], Text):
            self._texts([m for m in marks if isinstance(m, Text)])
        elif isinstance(marks[0], Swatch):
            self._artifact(swatch_operators(m) for m in marks if isinstance(m, Swatch))
        else:
            for mark in marks:
                assert isinstance(mark, Picture)
                self._picture(mark)

    def _artifact(self, operators: Iterable[str]) -> None:
        """What is seen and not read."""
        self._out += ["/Artifact BMC", *operators, "EMC"]

    def _texts(self, texts: Sequence[Text]) -> None:
        """One text object; each line is a paragraph to be read, but the numbers of a picture are one."""
        self._out.append("BT")
        for numbers, run in groupby(texts, lambda text: text.role == "number"):
            lines = list(run)
            for part in [lines] if numbers else [[line] for line in lines]:
                kind = "H1" if part[0] is self._heading else "P"
                self._out.append(f"/{kind} <</MCID {self._tags.tag(kind)}>> BDC")
                self._show(part)
                self._out.append("EMC")
        self._out.append("ET")
        if any(text.underline for text in texts):
            self._artifact(_underline(text) for text in texts if text.underline)

    def _show(self, texts: Sequence[Text]) -> None:
        """Face, size and colour are said when they change."""
        before: tuple[str, Colour] | None = None
        for text in texts:
            size = mm_from_pt(text.size_pt) * PER_MM
            shift = _BACK[text.align]
            x = text.x_mm * PER_MM - (shift * _width_em(text.text, text.weight) * size if shift else 0.0)
            y = text.y_mm * PER_MM
            words = (
                text.text + " " if text.role == "number" else text.text
            )  # read apart, where tags join them
            said = words, text.weight
            if said not in self._codes:
                self._codes[said] = list(self._coded(*said))
            for face, code, width in self._codes[said]:
                style = (f"{face} {size:.2f} Tf", text.colour)
                if style != before:
                    self._out.append(f"{rgb(text.colour)} rg {style[0]}")
                    before = style
                self._out.append(f"1 0 0 -1 {x:.1f} {y:.1f} Tm ({code}) Tj")
                x += width * size

    def _coded(self, words: str, weight: Weight) -> Iterator[tuple[str, str, float]]:
        """The text in the subsets that hold it: the font's name in the page, the bytes, the width in em."""
        name, doc = _fonts.NAMES[weight], self._canvas._doc
        font = pdfmetrics.getFont(name)
        parts = font.splitString(words, doc)
        for subset, code in parts:
            width = (
                0.0
                if len(parts) == 1
                else sum(font.face.getCharWidth(c) for c in _chars(font, doc, subset, code)) / 1000
            )
            yield font.getSubsetInternalName(subset, doc), self._canvas._escape(code), width

    def _picture(self, picture: Picture) -> None:
        canvas = self._canvas
        x, y, width, height = (
            v * PER_MM for v in (picture.x_mm, picture.y_mm, picture.width_mm, picture.height_mm)
        )
        number = self._tags.tag("Figure", alt=picture.alt)
        self._out.append(f"/Figure <</MCID {number}>> BDC")
        self._out.append(f"q {width:.2f} 0 0 {-height:.2f} {x:.2f} {y + height:.2f} cm")
        canvas.drawImage(ImageReader(_jpeg(picture, self._options)), 0, 0, 1, 1)
        self._out += ["Q", "EMC"]


def _heading(sheet: Sheet) -> Text | None:
    """The largest line that is printed bold; of those alike the first."""
    texts = [m for layer in sheet.layers for m in layer.marks if isinstance(m, Text)]
    bold = [text for text in texts if text.weight is Weight.BOLD and text.role != "number"]
    return max(bold, key=lambda text: text.size_pt, default=None)


def _underline(text: Text) -> str:
    x, y, width, height = (v * PER_MM for v in _fonts.underline_box(text))
    return f"{rgb(text.colour)} rg {x:.1f} {y:.1f} {width:.1f} {height:.1f} re f"


def _points(box: Box, sheet: Sheet) -> tuple[float, float, float, float]:
    """A box on the sheet, in points from its lower left corner."""
    x, y, width, height = box
    low = sheet.height_mm - y - height
    return pt_from_mm(x), pt_from_mm(low), pt_from_mm(x + width), pt_from_mm(low + height)


@cache
def _width_em(text: str, weight: Weight) -> float:
    return float(pdfmetrics.stringWidth(text, _fonts.NAMES[weight], 1000)) / 1000


def _chars(font: TTFont, doc: Any, subset: int, code: bytes) -> list[int]:
    return [font.state[doc].subsets[subset][c] for c in code]


def _jpeg(picture: Picture, options: Pdf) -> BytesIO:
    """The picture as JPEG, no finer than the options' dpi."""
    image = Pillow.fromarray(picture.image.pixels)
    per_mm = options.picture_dpi / MM_PER_INCH
    most = max(1, round(picture.width_mm * per_mm)), max(1, round(picture.height_mm * per_mm))
    if image.width > most[0]:
        image = image.resize(most, Pillow.Resampling.HAMMING)
    out = BytesIO()
    image.save(out, "JPEG", quality=options.jpeg_quality, subsampling=0)
    out.seek(0)
    return out
