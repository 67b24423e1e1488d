"""Adobe's two swatch files: .ase (Swatch Exchange) and .aco (Photoshop), big-endian throughout.

Neither has a full specification; .aco follows Adobe's "Photoshop File Formats" (Color Swatches),
.ase what its writers agree on. CMYK becomes sRGB without a profile, which is only near.
"""

from __future__ import annotations

import colorsys
import struct

from pbn.palette._files import FilePaint, Unreadable, add, clean, colour_of_lab, number

_RGB = tuple[int, int, int]

_ASE_COLOUR = 0x0001
_ASE_VALUES = {b"RGB ": 3, b"LAB ": 3, b"CMYK": 4, b"GRAY": 1}


class _Bytes:
    """A cursor that never reads past the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def __len__(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if count > len(self):
            raise Unreadable("it ends too early")
        found = self._data[self._at : self._at + count]
        self._at += count
        return found

    def unpack(self, layout: str) -> tuple[int | float, ...]:
        """The next values."""
        return struct.unpack(">" + layout, self.take(struct.calcsize(">" + layout)))

    def integer(self, layout: str) -> int:
        """The next value."""
        return int(self.unpack(layout)[0])

    def text(self, units: int) -> str:
        """A name of so many UTF-16 units, the closing zero among them."""
        return clean(self.take(2 * units).decode("utf-16-be", "replace").rstrip("\0"))


def read_ase(data: bytes) -> list[FilePaint]:
    """The colours of a Swatch Exchange file; groups are left out of account."""
    file = _Bytes(data)
    file.take(8)  # the signature and the version
    paints: list[FilePaint] = []
    for _ in range(file.integer("I")):
        kind, length = file.integer("H"), file.integer("I")
        block = _Bytes(file.take(length))
        if kind == _ASE_COLOUR:
            add(paints, _ase_colour(block))
    return paints


def _ase_colour(block: _Bytes) -> FilePaint:
    name = block.text(block.integer("H"))
    model = block.take(4).upper()
    if model not in _ASE_VALUES:
        raise Unreadable(f"{name!r} is in the unknown colour model {model.decode('ascii', 'replace')!r}")
    v = block.unpack(f"{_ASE_VALUES[model]}f")
    if model == b"LAB ":
        return FilePaint(name, "", colour_of_lab((100 * v[0], v[1], v[2])))
    v = tuple(number(x, "a channel", -0.01, 1.01) for x in v)
    if model == b"CMYK":
        return FilePaint(name, "", _from_cmyk(*v))
    return FilePaint(name, "", _from_unit(*(v if model == b"RGB " else v * 3)))


def read_aco(data: bytes) -> list[FilePaint]:
    """The colours of a Photoshop swatch file; the second list, which has names, where there is one."""
    file = _Bytes(data)
    paints = _aco_list(file)
    if len(file) >= 4:
        paints = _aco_list(file)
    return paints


def _aco_list(file: _Bytes) -> list[FilePaint]:
    version, count = file.integer("H"), file.integer("H")
    if version not in (1, 2):
        raise Unreadable(f"its version is {version}, not 1 or 2")
    paints: list[FilePaint] = []
    for _ in range(count):
        space = file.integer("H")
        words = file.unpack("4H")
        name = file.text(file.integer("I")) if version == 2 else ""
        add(paints, FilePaint(name, "", _aco_colour(space, [int(w) for w in words])))
    return paints


def _aco_colour(space: int, words: list[int]) -> _RGB:
    unit = [w / 65535 for w in words]
    if space == 0:
        return _from_unit(*unit[:3])
    if space == 1:
        return _from_unit(*colorsys.hsv_to_rgb(*unit[:3]))
    if space == 2:  # 0 is all ink
        return _from_cmyk(*(1 - u for u in unit))
    if space == 7:
        a, b = ((w - 65536 if w > 32767 else w) / 100 for w in words[1:3])
        return colour_of_lab((words[0] / 100, a, b))
    if space == 8:
        return _from_unit(*[min(1.0, words[0] / 10000)] * 3)
    raise Unreadable(f"a colour is in the unknown colour space {space}")


def _from_unit(*rgb: float) -> _RGB:
    r, g, b = (round(255 * min(1.0, max(0.0, c))) for c in rgb)
    return r, g, b


def _from_cmyk(c: float, m: float, y: float, k: float) -> _RGB:
    return _from_unit(*((1 - ink) * (1 - k) for ink in (c, m, y)))
