"""Pictures as PNG (ISO/IEC 15948): OpenCV packs the pixels, the chunks about them are ours."""

from __future__ import annotations

import struct
import zlib

import cv2

from pbn.core.units import MM_PER_INCH
from pbn.core.values import Image

_DRAWN = (cv2.IMWRITE_PNG_FILTER_NONE, 3, cv2.IMWRITE_PNG_STRATEGY_DEFAULT)
"""Filter, level and strategy: a drawing's rows stay as they are, since they come again."""

_SEEN = (cv2.IMWRITE_PNG_FILTER_AVG, 1, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY)
"""Of a photo's pixels what those about them tell is taken off; little that is left comes again."""

_HEADER_END = 8 + 12 + 13
"""Bytes of the signature and of the header's chunk."""


def encode_png(image: Image, *, dpi: float | None = None, drawn: bool = False) -> bytes:
    """Encode as PNG that says it is sRGB and how large it prints, and nothing else.

    The same pixels give the same bytes under the same version of OpenCV. ``drawn`` is for a picture of
    flat colours: it takes half the time and a quarter less room so, and a photo twice as much.
    """
    kind, level, strategy = _DRAWN if drawn else _SEEN
    options = {
        cv2.IMWRITE_PNG_COMPRESSION: level,
        cv2.IMWRITE_PNG_STRATEGY: strategy,
        cv2.IMWRITE_PNG_FILTER: kind,
    }
    _, packed = cv2.imencode(
        ".png", cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR), [n for pair in options.items() for n in pair]
    )
    plain = packed.tobytes()
    told = _chunk(b"sRGB", b"\0")
    if dpi is not None:
        per_metre = int(dpi / MM_PER_INCH * 1000 + 0.5)
        told += _chunk(b"pHYs", struct.pack(">2IB", per_metre, per_metre, 1))
    return plain[:_HEADER_END] + told + plain[_HEADER_END:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
