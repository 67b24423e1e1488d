"""PDF through ReportLab: one page a sheet, vectors and real text, subset fonts, named layers.

ReportLab keeps the document, its fonts and its pictures; paths and numbers are written to the page
as operators in bulk, many times as fast as by a call for each. The page's unit is a hundredth of a
millimetre with y downwards, so that coordinates are short whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import Any

import numpy as np
from PIL import Image as Pillow
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pbn.core.sheet import Align, Box, Colour, Curve, Mark, Path, Picture, Sheet, Swatch, Text, Weight
from pbn.core.units import MM_PER_INCH, mm_from_pt, pt_from_mm
from pbn.export import _fonts

_PER_MM = 100
"""Page units to a millimetre."""

_CURVES_AT_ONCE = 200
"""Subpaths under one stroke: few operators, and no path that a printer's memory cannot hold."""

_HAIRLINE_MM = 0.1

_BACK = {Align.START: 0.0, Align.MIDDLE: 0.5, Align.END: 1.0}
"""From a text's start to its position, as a part of its width."""

_VERSION = (1, 5)
"""The first with optional content."""


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
        canvas = _canvas(out, title, self.language)
        groups = _Groups(canvas) if self.layers else None
        for number, sheet in enumerate(sheets, 1):
            canvas.setPageSize((pt_from_mm(sheet.width_mm), pt_from_mm(sheet.height_mm)))
            canvas.setTrimBox(_trim(sheet))
            canvas.bookmarkPage(f"page{number}")
            canvas.addOutlineEntry(sheet.name, f"page{number}")
            _Page(canvas, self, groups).draw(sheet)
            canvas.showPage()
            if groups:
                groups.declare(number)
        if groups:
            groups.finish()
        canvas.save()
        return out.getvalue()


ENGINE = Pdf


class _Page:
    """Writes one sheet's marks to the canvas's current page."""

    def __init__(self, canvas: Canvas, options: Pdf, groups: _Groups | None) -> None:
        self._canvas, self._options, self._groups = canvas, options, groups
        self._out: list[str] = canvas._code

    def draw(self, sheet: Sheet) -> None:
        unit = pt_from_mm(1 / _PER_MM)
        self._out.append(f"q {unit:.9f} 0 0 {-unit:.9f} 0 {pt_from_mm(sheet.height_mm):.6f} cm 1 j 1 J")
        for layer in sheet.layers:
            if self._groups:
                self._out.append(f"/OC /{self._groups.name(layer.name)} BDC")
            if layer.clip_mm:
                self._out.append(f"q {_box(layer.clip_mm)} re W n")
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
            self._out.extend(_paths(m for m in marks if isinstance(m, Path)))
        elif isinstance(marks[0], Text):
            self._texts([m for m in marks if isinstance(m, Text)])
        elif isinstance(marks[0], Swatch):
            self._out.extend(_swatch(m) for m in marks if isinstance(m, Swatch))
        else:
            for mark in marks:
                assert isinstance(mark, Picture)
                self._picture(mark)

    def _texts(self, texts: Sequence[Text]) -> None:
        """One text object; face, size and colour are said when they change."""
        self._out.append("BT")
        before: tuple[str, Colour] | None = None
        for text in texts:
            size = mm_from_pt(text.size_pt) * _PER_MM
            shift = _BACK[text.align]
            x = text.x_mm * _PER_MM - (shift * _width_em(text.text, text.weight) * size if shift else 0.0)
            y = text.y_mm * _PER_MM
            for face, code, width in self._coded(text):
                style = (f"{face} {size:.2f} Tf", text.colour)
                if style != before:
                    self._out.append(f"{_rgb(text.colour)} rg {style[0]}")
                    before = style
                self._out.append(f"1 0 0 -1 {x:.1f} {y:.1f} Tm ({code}) Tj")
                x += width * size
        self._out.append("ET")
        for text in texts:
            if text.underline:
                x, y, width, height = (v * _PER_MM for v in _fonts.underline_box(text))
                self._out.append(f"{_rgb(text.colour)} rg {x:.1f} {y:.1f} {width:.1f} {height:.1f} re f")

    def _coded(self, text: Text) -> Iterator[tuple[str, str, float]]:
        """The text in the subsets that hold it: the font's name in the page, the bytes, the width in em."""
        name, doc = _fonts.NAMES[text.weight], self._canvas._doc
        font = pdfmetrics.getFont(name)
        parts = font.splitString(text.text, doc)
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
            v * _PER_MM for v in (picture.x_mm, picture.y_mm, picture.width_mm, picture.height_mm)
        )
        self._out.append(f"q {width:.2f} 0 0 {-height:.2f} {x:.2f} {y + height:.2f} cm")
        canvas.drawImage(ImageReader(_jpeg(picture, self._options)), 0, 0, 1, 1)
        self._out.append("Q")


class _Groups:
    """The document's optional content: one group for each layer's name, on every page that has it."""

    def __init__(self, canvas: Canvas) -> None:
        self._doc = canvas._doc
        self._names: dict[str, str] = {}
        self._groups: dict[str, Any] = {}

    def name(self, layer: str) -> str:
        """The resource name of a layer."""
        if layer not in self._names:
            self._names[layer] = f"L{len(self._names)}"
            group = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("OCG"), "Name": pdfdoc.PDFString(layer)})
            self._groups[self._names[layer]] = self._doc.Reference(group, f"layer.{layer}")
        return self._names[layer]

    def declare(self, number: int) -> None:
        """Give a finished page the resources that ReportLab would, and the groups."""
        page = self._doc.idToObject[f"Page{number}"]
        resources = pdfdoc.PDFResourceDictionary(Properties=dict(self._groups))
        resources.basicFonts()
        resources.allProcs()
        if page.XObjects:
            resources.XObject = page.XObjects
        page.Resources = resources

    def finish(self) -> None:
        """List the groups in the catalogue, all shown."""
        order = pdfdoc.PDFArray(list(self._groups.values()))
        shown = pdfdoc.PDFDictionary(
            {
                "Name": pdfdoc.PDFString("Layers"),
                "Order": order,
                "ON": order,
                "BaseState": pdfdoc.PDFName("ON"),
            }
        )
        catalog = self._doc.Catalog
        catalog.OCProperties = pdfdoc.PDFDictionary({"OCGs": order, "D": shown})
        catalog.__NoDefault__ = [*type(catalog).__NoDefault__, "OCProperties"]


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The document's information without the dates that ReportLab would make up."""

    def format(self, document: Any) -> bytes:
        entries = {"Title": self.title, "Producer": self.producer, "Creator": self.creator}
        plain = pdfdoc.PDFDictionary({key: pdfdoc.PDFString(text) for key, text in entries.items()})
        written: bytes = plain.format(document)
        return written


def _canvas(out: BytesIO, title: str, language: str) -> Canvas:
    """An empty document whose only fonts are ours."""
    for weight in Weight:
        if _fonts.NAMES[weight] not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(_fonts.NAMES[weight], _fonts.file(weight)))
    rl_config.useA85 = 0
    canvas = Canvas(
        out,
        invariant=1,
        pageCompression=1,
        pdfVersion=_VERSION,
        initialFontName=_fonts.NAMES[Weight.REGULAR],
        lang=language,
    )
    canvas._doc.info = _Info()
    canvas.setTitle(title)
    canvas.setCreator("pbn")
    canvas.setProducer("ReportLab")
    return canvas


def _trim(sheet: Sheet) -> tuple[float, float, float, float]:
    """What is cut out, in points from the lower left corner."""
    x, y, width, height = sheet.trim_mm or (0.0, 0.0, sheet.width_mm, sheet.height_mm)
    low = sheet.height_mm - y - height
    return pt_from_mm(x), pt_from_mm(low), pt_from_mm(x + width), pt_from_mm(low + height)


def _paths(paths: Iterable[Path]) -> Iterator[str]:
    """Lines of one look are stroked together; what is filled is drawn one by one."""
    for (stroke, width, fill), run in groupby(paths, lambda p: (p.stroke, p.width_mm, p.fill)):
        if stroke:
            yield f"{_rgb(stroke)} RG {width * _PER_MM:.2f} w"
        if fill:
            yield f"{_rgb(fill)} rg"
            paint = "B*" if stroke else "f*"
            for path in run:
                yield from map(_curve, path.curves)
                yield paint
        elif stroke:
            waiting = 0
            for curve in (curve for path in run for curve in path.curves):
                yield _curve(curve)
                waiting += 1
                if waiting == _CURVES_AT_ONCE:
                    yield "S"
                    waiting = 0
            if waiting:
                yield "S"


def _curve(curve: Curve) -> str:
    points = np.rint(curve.points * _PER_MM).astype(np.int64).ravel().tolist()
    return _pattern(len(curve.points), curve.cubic, curve.closed) % tuple(points)


@cache
def _pattern(points: int, cubic: bool, closed: bool) -> str:  # noqa: FBT001 - a curve's own two marks
    """The operators of a subpath with a place for each coordinate."""
    per_step, step = (3, " %d %d %d %d %d %d c") if cubic else (1, " %d %d l")
    return "%d %d m" + step * ((points - 1) // per_step) + (" h" if closed else "")


def _swatch(swatch: Swatch) -> str:
    box = f"{_box((swatch.x_mm, swatch.y_mm, swatch.width_mm, swatch.height_mm))} re"
    if not swatch.stroke:
        return f"{_rgb(swatch.fill)} rg {box} f"
    return f"{_rgb(swatch.fill)} rg {_rgb(swatch.stroke)} RG {_HAIRLINE_MM * _PER_MM:.0f} w {box} B"


def _box(box: Box) -> str:
    return " ".join(str(round(v * _PER_MM)) for v in box)


def _rgb(colour: Colour) -> str:
    return " ".join(f"{c / 255:.4g}" for c in colour)


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
        image = image.resize(most, Pillow.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=options.jpeg_quality, subsampling=0)
    out.seek(0)
    return out
