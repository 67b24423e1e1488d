"""SVG: one sheet, user units of a millimetre; see ``docs/formats.md`` for what a file promises.

Every point is rounded to a thousandth of a millimetre, so that a border that two regions share is
the same in both.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from io import BytesIO
from itertools import groupby, islice

from PIL import Image as Pillow

from pbn.core.sheet import Align, Colour, Layer, Mark, Path, Picture, Sheet, Swatch, Text, Weight
from pbn.core.units import STEPS_PER_MM, mm_from_pt
from pbn.errors import ExportError
from pbn.export._fonts import underline_box
from pbn.export._svg_paths import path_data

_ANCHORS = {Align.START: "start", Align.MIDDLE: "middle", Align.END: "end"}
_HAIRLINE_MM = 0.1

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
    'width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}">\n'
)


@dataclass(frozen=True, slots=True)
class Svg:
    """One sheet as SVG 1.1.

    ``embed_digits`` carries the face's digits within the file where it has numbers, so that they
    look right on a machine without the face.
    """

    embed_digits: bool = True

    def render(self, sheets: Sequence[Sheet], *, title: str) -> bytes:
        """The file; raises `pbn.errors.ExportError` for any other number of sheets than one."""
        if len(sheets) != 1:
            raise ExportError(
                f"An SVG holds one sheet, not {len(sheets)}. Write one file for each, or a PDF."
            )
        sheet = sheets[0]
        parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        parts.append(_HEAD.format(w=_number(sheet.width_mm), h=_number(sheet.height_mm)))
        parts.append(f"<title>{escape(title, quote=False)}</title>\n")
        texts = [m.text for layer in sheet.layers for m in layer.marks if isinstance(m, Text)]
        if self.embed_digits and texts:
            parts.append(_face("digits" if all(text.isdigit() for text in texts) else "labels"))
        for layer in sheet.layers:
            name = _quoted(layer.name)
            key = _quoted(layer.name.lower().replace(" ", "-"))
            parts.append(f'<g id={key} inkscape:groupmode="layer" inkscape:label={name}>\n')
            parts.extend(_clipped(layer, key))
            parts.append("</g>\n")
        parts.append("</svg>\n")
        return "".join(parts).encode()


ENGINE = Svg


def _clipped(layer: Layer, key: str) -> Iterator[str]:
    """The layer's marks, within its window where it has one."""
    if not layer.clip_mm:
        yield from _runs(layer.marks)
        return
    window = key.replace('"', "") + "-window"
    x, y, width, height = map(_number, layer.clip_mm)
    yield f'<clipPath id="{window}"><rect x="{x}" y="{y}" width="{width}" height="{height}"/></clipPath>\n'
    yield f'<g clip-path="url(#{window})">\n'
    yield from _runs(layer.marks)
    yield "</g>\n"


def _runs(marks: Sequence[Mark]) -> Iterator[str]:
    """The marks; what neighbours have in common stands once, on a group round them."""
    drawn = iter(path_data([curve for mark in marks if isinstance(mark, Path) for curve in mark.curves]))
    for style, run in groupby(marks, _style):
        if style:
            yield f"<g {style}>\n"
        for mark in run:
            yield _path(mark, islice(drawn, len(mark.curves))) if isinstance(mark, Path) else _mark(mark)
        if style:
            yield "</g>\n"


def _style(mark: Mark) -> str:
    if isinstance(mark, Text):
        weight = ' font-weight="bold"' if mark.weight is Weight.BOLD else ""
        return f'font-family="B612, Verdana, sans-serif"{weight} fill="{_hex(mark.colour)}"'
    if not isinstance(mark, Path):
        return ""
    return _look(mark.fill, mark.stroke, mark.width_mm)


@cache
def _look(fill: Colour | None, stroke: Colour | None, width_mm: float) -> str:
    """A path's colours, where they are not its own, and its line."""
    alike = fill and fill == stroke
    colours = "" if alike else f'fill="{_hex(fill)}" stroke="{_hex(stroke)}" '
    if not stroke:
        return colours.strip()
    width = _number(width_mm)
    return f'{colours}stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"'


def _mark(mark: Text | Swatch | Picture) -> str:
    if isinstance(mark, Text):
        return _text(mark)
    return _swatch(mark) if isinstance(mark, Swatch) else _picture(mark)


def _path(path: Path, drawn: Iterable[str]) -> str:
    """A path of curves that are drawn already."""
    own = ""
    if path.fill:
        own = ' fill-rule="evenodd"'
        if path.fill == path.stroke:
            own = f' fill="{_hex(path.fill)}" stroke="{_hex(path.fill)}"{own}'
    return f'<path{_names(path.role, path.data)}{own} d="{"".join(drawn)}"/>\n'


def _text(text: Text) -> str:
    size = mm_from_pt(text.size_pt)
    place = f'x="{_number(text.x_mm)}" y="{_number(text.y_mm)}" font-size="{_number(size)}"'
    written = (
        f'<text{_names(text.role, text.data)} {place} text-anchor="{_ANCHORS[text.align]}">'
        f"{escape(text.text, quote=False)}</text>\n"
    )
    return written + (_underline(text) if text.underline else "")


def _underline(text: Text) -> str:
    """A bar, not text-decoration: viewers put that at heights of their own."""
    x, y, width, height = map(_number, underline_box(text))
    return f'<rect class="underline" x="{x}" y="{y}" width="{width}" height="{height}"/>\n'


def _swatch(swatch: Swatch) -> str:
    stroke = f' stroke="{_hex(swatch.stroke)}" stroke-width="{_HAIRLINE_MM}"' if swatch.stroke else ""
    return f'<rect class="swatch" {_box(swatch)} fill="{_hex(swatch.fill)}"{stroke}/>\n'


def _picture(picture: Picture) -> str:
    out = BytesIO()
    Pillow.fromarray(picture.image.pixels).save(out, "JPEG", quality=90)
    data = base64.b64encode(out.getvalue()).decode()
    return f'<image {_box(picture)} preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>\n'


def _box(mark: Swatch | Picture) -> str:
    x, y, width, height = map(_number, (mark.x_mm, mark.y_mm, mark.width_mm, mark.height_mm))
    return f'x="{x}" y="{y}" width="{width}" height="{height}"'


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'


def _names(role: str, data: Mapping[str, str]) -> str:
    own = "".join(f" data-{key}={_quoted(value)}" for key, value in data.items())
    return (f' class="{role}"' if role else "") + own


_PARTS = tuple(f".{part:03d}".rstrip("0").rstrip(".") for part in range(STEPS_PER_MM))
"""What stands after a number's whole millimetres."""


@cache
def _thousandths(value: int) -> str:
    """A number of thousandths, as short as it gets: ``12.5``, ``.031``, ``-4``."""
    whole, part = divmod(abs(value), STEPS_PER_MM)
    text = f"{whole or ''}{_PARTS[part]}" or "0"
    return f"-{text}" if value < 0 else text


def _number(value: float) -> str:
    return _thousandths(round(value * STEPS_PER_MM))


@cache
def _hex(colour: Colour | None) -> str:
    return "none" if colour is None else "#{:02x}{:02x}{:02x}".format(*colour)


_RANGES = {"digits": "U+30-39", "labels": "U+30-39,U+41-5A"}


@cache
def _face(part: str) -> str:
    """The digits of the face, or its capitals too, so that they are found whatever the machine has."""
    data = base64.b64encode(files("pbn").joinpath("fonts", f"B612-{part}.woff").read_bytes()).decode()
    return (
        f"<style>@font-face{{font-family:B612;src:url(data:font/woff;base64,{data}) "
        f'format("woff");unicode-range:{_RANGES[part]}}}</style>\n'
    )
