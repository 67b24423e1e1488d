"""PNG: one sheet as pixels, drawn larger and averaged down.

Shapes are filled without blending at a few times the size, where a shape covers the pixels on its
border too: neighbours meet or overlap by a pixel and nothing shows through, as it does between
shapes that are each blended with the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image as Pillow

from pbn.core.curves import flatten_all
from pbn.core.sheet import (
    Align,
    Bounds,
    Colour,
    Curve,
    Layer,
    Mark,
    Path,
    Picture,
    Sheet,
    Swatch,
    Text,
    Weight,
    bounds,
)
from pbn.core.units import MM_PER_INCH, mm_from_pt
from pbn.core.values import F64, I32, U8, Image
from pbn.encode import encode_png
from pbn.errors import ExportError
from pbn.export import _fonts

if TYPE_CHECKING:
    from PIL import ImageFont

MOST_PIXELS = 160_000_000
"""Of the finished picture: A0 at 300 dpi, 480 MB."""

BAND_PIXELS = 40_000_000
"""Of the larger drawing at a time; a large picture is drawn in bands from top to bottom."""

_SHIFT = 4
"""Fractional bits of OpenCV's coordinates."""

_SLACK_MM = 1.0
"""Round a band, for what lines and letters reach beyond what is reckoned for them."""

_HAIRLINE_MM = 0.1
_ANCHORS = {Align.START: "ls", Align.MIDDLE: "ms", Align.END: "rs"}


@dataclass(frozen=True, slots=True)
class Png:
    """One sheet at so many dots to the inch, or, with ``long_side_px``, that many pixels long.

    ``oversample`` is how many times larger it is drawn each way before it is averaged down.
    """

    dpi: float = 150.0
    long_side_px: int | None = None
    oversample: int = 3

    def render(self, sheets: Sequence[Sheet], *, title: str) -> bytes:
        """The file; raises `pbn.errors.ExportError` for more than one sheet, or one too large."""
        if len(sheets) != 1:
            raise ExportError(f"A PNG holds one sheet, not {len(sheets)}. Write one file for each, or a PDF.")
        sheet = sheets[0]
        dpi = self._dpi(sheet)
        return encode_png(Image(self._drawn(sheet, dpi)), dpi=dpi, drawn=True)

    def _dpi(self, sheet: Sheet) -> float:
        if self.long_side_px is None:
            return self.dpi
        return self.long_side_px / max(sheet.width_mm, sheet.height_mm) * MM_PER_INCH

    def _drawn(self, sheet: Sheet, dpi: float) -> U8:
        width, height = (max(1, round(v / MM_PER_INCH * dpi)) for v in (sheet.width_mm, sheet.height_mm))
        if width * height > MOST_PIXELS:
            fits = dpi * math.sqrt(MOST_PIXELS / (width * height))
            raise ExportError(
                f"{width} x {height} pixels are too many for a PNG. Use {int(fits)} dpi or less."
            )
        rows = max(1, BAND_PIXELS // (width * self.oversample**2))
        if rows >= height:
            return self._band(sheet.layers, width, height, dpi, 0)
        drawn = np.empty((height, width, 3), np.uint8)
        reach = [[bounds(mark) for mark in layer.marks] for layer in sheet.layers]
        for top in range(0, height, rows):
            low = min(height, top + rows)
            seen = (top * MM_PER_INCH / dpi - _SLACK_MM, low * MM_PER_INCH / dpi + _SLACK_MM)
            layers = [_within(v, r, *seen) for v, r in zip(sheet.layers, reach, strict=True)]
            drawn[top:low] = self._band(layers, width, low - top, dpi, top)
        return drawn

    def _band(self, layers: Iterable[Layer], width: int, height: int, dpi: float, top: int) -> U8:
        """The rows of the picture from ``top`` on."""
        times = self.oversample
        pen = _Pen(width * times, height * times, dpi / MM_PER_INCH * times, top * times)
        for layer in layers:
            pen.layer(layer)
        if times == 1:
            return pen.pixels
        return np.asarray(cv2.resize(pen.pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


ENGINE = Png


def _within(layer: Layer, reach: Sequence[Bounds], top: float, low: float) -> Layer:
    """The layer without the marks that lie above ``top`` or below ``low`` (mm)."""
    marks = (m for m, (_, y0, _, y1) in zip(layer.marks, reach, strict=True) if y0 <= low and y1 >= top)
    return replace(layer, marks=tuple(marks))


class _Pen:
    """Draws marks on a white band of pixels whose first row is the page's row ``top``."""

    def __init__(self, width: int, height: int, px_per_mm: float, top: int) -> None:
        self.pixels: U8 = np.full((height, width, 3), 255, np.uint8)
        self._scale, self._top = px_per_mm, top
        self._flat: dict[int, F64] = {}

    def layer(self, layer: Layer) -> None:
        """The layer's marks, within its window where it has one."""
        under = self.pixels.copy() if layer.clip_mm else self.pixels
        curves = [c for mark in layer.marks if isinstance(mark, Path) for c in mark.curves if c.cubic]
        lines = flatten_all([c.points for c in curves], 0.25 / self._scale) if curves else []
        self._flat = {id(c): line for c, line in zip(curves, lines, strict=True)}
        for mark in layer.marks:
            self.draw(mark)
        if layer.clip_mm:
            x, y, width, height = (v * self._scale for v in layer.clip_mm)
            rows = slice(max(0, round(y) - self._top), max(0, round(y + height) - self._top))
            columns = slice(max(0, round(x)), max(0, round(x + width)))
            under[rows, columns] = self.pixels[rows, columns]
            self.pixels = under

    def draw(self, mark: Mark) -> None:
        """One mark."""
        if isinstance(mark, Path):
            self._path(mark)
        elif isinstance(mark, Text):
            self._text(mark)
        elif isinstance(mark, Swatch):
            self._swatch(mark)
        else:
            self._picture(mark)

    def _path(self, path: Path) -> None:
        if path.fill:
            lines = [self._points(curve) for curve in path.curves]
            cv2.fillPoly(self.pixels, lines, path.fill, cv2.LINE_8, _SHIFT)
        if path.stroke and path.stroke != path.fill:
            thick = max(
                1, (round(path.width_mm * self._scale) - 1) // 2 * 2
            )  # OpenCV draws even ones 1 wider
            for curve in path.curves:
                cv2.polylines(
                    self.pixels, [self._points(curve)], curve.closed, path.stroke, thick, cv2.LINE_8, _SHIFT
                )

    def _points(self, curve: Curve) -> I32:
        """(N, 1, 2) in fixed point; pixel centres are on whole numbers."""
        line = self._flat[id(curve)] if curve.cubic else curve.points
        fixed: I32 = np.rint((line * self._scale - 0.5) * (1 << _SHIFT)).astype(np.int32)
        fixed[:, 1] -= self._top << _SHIFT
        return fixed.reshape(-1, 1, 2)

    def _text(self, text: Text) -> None:
        """The text in a patch of its own, since Pillow draws on pictures of its own."""
        from PIL import ImageDraw  # the preview has no text

        font = _face(text.weight, max(1.0, mm_from_pt(text.size_pt) * self._scale))
        x, y = text.x_mm * self._scale, text.y_mm * self._scale - self._top
        boxes = [font.getbbox(text.text, anchor=_ANCHORS[text.align])]
        left, top = math.floor(x + boxes[0][0]) - 1, math.floor(y + boxes[0][1]) - 1
        right, low = math.ceil(x + boxes[0][2]) + 1, math.ceil(y + boxes[0][3]) + 1
        left, top = max(0, left), max(0, top)
        right, low = min(self.pixels.shape[1], right), min(self.pixels.shape[0], low)
        if left < right and top < low:
            patch = Pillow.fromarray(self.pixels[top:low, left:right])
            drawn = ImageDraw.Draw(patch)
            drawn.text((x - left, y - top), text.text, text.colour, font, anchor=_ANCHORS[text.align])
            self.pixels[top:low, left:right] = np.asarray(patch)
        if text.underline:
            self._rectangle(_fonts.underline_box(text), text.colour)

    def _swatch(self, swatch: Swatch) -> None:
        box = swatch.x_mm, swatch.y_mm, swatch.width_mm, swatch.height_mm
        if not swatch.stroke:
            self._rectangle(box, swatch.fill)
            return
        half = _HAIRLINE_MM / 2
        x, y, width, height = box
        self._rectangle((x - half, y - half, width + 2 * half, height + 2 * half), swatch.stroke)
        self._rectangle((x + half, y + half, width - 2 * half, height - 2 * half), swatch.fill)

    def _rectangle(self, box: tuple[float, float, float, float], colour: Colour) -> None:
        """Fill a rectangle (mm) to the nearest pixels, at least one each way."""
        x, y, width, height = (v * self._scale for v in box)
        left, top = round(x), round(y) - self._top
        right, low = max(left + 1, round(x + width)), max(top + 1, round(y + height) - self._top)
        self.pixels[max(0, top) : max(0, low), max(0, left) : max(0, right)] = colour

    def _picture(self, picture: Picture) -> None:
        left, top = round(picture.x_mm * self._scale), round(picture.y_mm * self._scale) - self._top
        size = max(1, round(picture.width_mm * self._scale)), max(1, round(picture.height_mm * self._scale))
        shown = np.asarray(Pillow.fromarray(picture.image.pixels).resize(size, Pillow.Resampling.BICUBIC))
        rows = slice(max(0, top), max(0, top + size[1]))
        into = self.pixels[rows, max(0, left) : max(0, left + size[0])]
        into[:] = shown[max(0, -top) :, max(0, -left) :][: into.shape[0], : into.shape[1]]


@cache
def _face(weight: Weight, size_px: float) -> ImageFont.FreeTypeFont:
    """The face at a size, laid out without an outside library so that all machines agree."""
    from PIL import ImageFont

    return ImageFont.truetype(_fonts.file(weight), size_px, layout_engine=ImageFont.Layout.BASIC)
