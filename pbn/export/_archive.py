"""What makes a PDF last (ISO 19005-2, PDF/A-2): a profile that says what its colours mean, and XMP."""

from __future__ import annotations

import re
import struct
from functools import cache
from html import escape

PART, CONFORMANCE = 2, "B"
"""PDF/A-2b."""

PROFILE_NAME = "sRGB IEC61966-2.1"

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff]|\ufffe|\uffff")
"""What XML 1.0 has no place for; one set of all that would take `re` longer than the rest of the packet."""

_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    "rXYZ": (0.43607, 0.22249, 0.01392),
    "gXYZ": (0.38515, 0.71687, 0.09708),
    "bXYZ": (0.14307, 0.06061, 0.71410),
}
"""IEC 61966-2-1 in XYZ, adapted to D50 (Bradford), as profiles say it."""

_CURVE_POINTS = 1024
_DATED = (1999, 10, 18, 0, 0, 0)
"""When IEC 61966-2-1 appeared: a profile must have a date."""

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>{conformance}</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def metadata(*, title: str, language: str, creator: str, producer: str) -> bytes:
    """The document's XMP packet; the texts are those of its information dictionary."""
    return _XMP.format(
        title=_text(_NOT_XML.sub(" ", title)),
        language=_text(language),
        creator=_text(creator),
        producer=_text(producer),
        part=PART,
        conformance=CONFORMANCE,
    ).encode()


def _text(value: str) -> str:
    return escape(value, quote=False)


@cache
def srgb_profile() -> bytes:
    """An ICC profile of sRGB, version 2.1 (ICC.1:1998-09), a display profile of matrix and curves.

    Made here and not by a library, so that it holds no clock and no version of one.
    """
    curve = b"curv" + struct.pack(">4xI", _CURVE_POINTS) + b"".join(map(_level, range(_CURVE_POINTS)))
    tags = {
        "desc": _description(PROFILE_NAME),
        "cprt": b"text" + bytes(4) + b"No copyright, use freely\0",
        "wtpt": _xyz(_D50),
        **{name: _xyz(primary) for name, primary in _PRIMARIES.items()},
        **dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve),
    }
    table, body, where = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        if data not in where:
            where[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", name.encode(), where[data], len(data))
    header = struct.pack(
        ">I4xI4s4s4s6H4s28x12s48x",
        start + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ", *_DATED, b"acsp", _xyz(_D50)[8:],
    )  # fmt: skip
    return header + table + body


def _xyz(values: tuple[float, float, float]) -> bytes:
    """Three s15Fixed16 numbers."""
    return b"XYZ " + struct.pack(">4x3i", *(round(v * 65536) for v in values))


def _level(k: int) -> bytes:
    """The linear light of an encoded level (IEC 61966-2-1, equations 5 and 6), in 16 bits."""
    v = k / (_CURVE_POINTS - 1)
    return struct.pack(">H", round(65535 * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)))


def _description(text: str) -> bytes:
    """A textDescriptionType: in ASCII, none in Unicode, none for Macintosh."""
    ascii_text = text.encode("ascii") + b"\0"
    return b"desc" + struct.pack(">4xI", len(ascii_text)) + ascii_text + bytes(4 + 4 + 2 + 1 + 67)
