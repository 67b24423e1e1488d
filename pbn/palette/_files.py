"""Paint files in: CSV, GIMP palette, Adobe .ase and .aco, and JSON, told apart by their content.

What a file claims is checked before it is believed, and whatever is wrong with it becomes one
sentence. `pbn.palette._adobe` knows the two binary formats.
"""

from __future__ import annotations

import csv
import io
import json
import math
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pbn.core.colour import rgb_from_lab
from pbn.core.mixing import WAVELENGTHS_NM, resampled, rgb_from_reflectance
from pbn.errors import PaletteError
from pbn.palette._histogram import parse_hex

MOST_BYTES = 4_000_000
MOST_PAINTS = 4096
MOST_NAME = 80
"""Characters of a name that are kept."""

READABLE = "CSV, GIMP palette (.gpl), Adobe .ase or .aco, or JSON"

_RGB = tuple[int, int, int]
_ALIASES = {
    "number": ("number", "no", "nr", "code", "id", "sku", "ref"),
    "name": ("name", "paint", "title", "colour name", "color name"),
    "hex": ("hex", "colour", "color", "html"),
    "r": ("r", "red"),
    "g": ("g", "green"),
    "b": ("b", "blue"),
    "l": ("l", "l*", "lightness"),
    "a*": ("a*",),
    "b*": ("b*",),
    "tint": ("tint", "tint hex"),
    "white_parts": ("white_parts", "white parts"),
}
_FIELD = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class FilePaint:
    """A paint as its file has it.

    Attributes
    ----------
    name, number
        As printed on the pot; either may be empty.
    rgb
        Its sRGB colour, dry and thick.
    tint_rgb, white_parts
        The colour of one part of it in so many parts of the set's white, where the file says.
    reflectance, tint_reflectance
        Measured, 0 to 1 at `pbn.core.mixing.WAVELENGTHS_NM`, where the file has them.
    """

    name: str
    number: str
    rgb: _RGB
    tint_rgb: _RGB | None = None
    white_parts: float = 0.0
    reflectance: tuple[float, ...] | None = None
    tint_reflectance: tuple[float, ...] | None = None

    @property
    def label(self) -> str:
        """Number and name, as a kit's legend shows them."""
        return " ".join(part for part in (self.number, self.name) if part)


class Unreadable(Exception):
    """A reader's reason, a clause without the file's name."""


def read_paints(path: Path) -> tuple[FilePaint, ...]:
    """The paints of a file, in its order.

    Raises
    ------
    PaletteError
        When the file is absent, too large, damaged, of another kind, or has no paint.
    """
    data = _content(path)
    try:
        paints = tuple(_reader(path, data)(data))
        if not paints:
            raise Unreadable("it has no paint")
    except Unreadable as error:
        raise PaletteError(
            f"{path.name!r} is not a usable paint file: {error}. Use {READABLE}; a CSV's first line is"
            " name,number,hex."
        ) from None
    return paints


def clean(text: object) -> str:
    """A name fit for a legend: one line, nothing invisible, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:MOST_NAME]


def colour_of_lab(lab: Iterable[float]) -> _RGB:
    """CIELAB as the nearest sRGB."""
    values = [number(v, "a Lab value", -200, 200) for v in lab]
    r, g, b = (int(c) for c in rgb_from_lab(values))
    return r, g, b


def number(value: object, what: str, low: float, high: float) -> float:
    """``value`` as a finite number within limits."""
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not low <= found <= high:
        raise Unreadable(f"{what} must be {low:g} to {high:g}, not {str(value)[:20]!r}")
    return found


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise PaletteError(f"{path.name!r} is not a file. Give a paint file: {READABLE}.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PaletteError(
            f"The paint file {path.name!r} cannot be read ({reason}). Check --paints."
        ) from None
    if len(data) > MOST_BYTES:
        raise PaletteError(
            f"The paint file {path.name!r} is larger than {MOST_BYTES // 1_000_000} MB."
            " Leave out what is no paint."
        )
    return data


def _reader(path: Path, data: bytes) -> Callable[[bytes], list[FilePaint]]:
    if data.startswith(b"ASEF"):
        from pbn.palette._adobe import read_ase

        return read_ase
    if path.suffix.lower() == ".aco" or data[:2] in (b"\0\1", b"\0\2"):
        from pbn.palette._adobe import read_aco

        return read_aco
    if data[:200].lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"GIMP Palette"):
        return _read_gpl
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _read_json
    return _read_csv


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise Unreadable("it is not text")
    return text


def _read_gpl(data: bytes) -> list[FilePaint]:
    paints: list[FilePaint] = []
    for line in _text(data).splitlines()[1:]:
        words = line.split(None, 3)
        if not words or line.lstrip().startswith("#") or ":" in words[0]:
            continue
        if len(words) < 3:
            raise Unreadable(f"the line {clean(line)[:40]!r} has no red, green and blue")
        add(paints, FilePaint(clean(words[3]) if len(words) > 3 else "", "", _channels(words[:3])))
    return paints


def _read_csv(data: bytes) -> list[FilePaint]:
    text = _text(data)
    while text.lstrip().startswith("# "):  # remarks
        text = text.lstrip().partition("\n")[2]
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text.lstrip()), delimiter=delimiter, strict=True)
        header = [_FIELD.get(cell.strip().lower(), cell.strip().lower()) for cell in next(rows, [])]
        header = ["a*" if c == "a" else "b*" if c == "b" and "l" in header else c for c in header]
        if not {"hex"} <= set(header) and not {"r", "g", "b"} <= set(header) and "l" not in header:
            raise Unreadable("its first line names no column hex, none r, g, b and none L, a, b")
        paints: list[FilePaint] = []
        for cells in rows:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("# "):
                row = dict(zip(header, (c.strip() for c in cells), strict=False))
                add(paints, _in_row(row, rows.line_num))
    except csv.Error as error:
        raise Unreadable(str(error)) from None
    return paints


def _in_row(row: Mapping[str, str], line: int) -> FilePaint:
    try:
        return _paint(row, None)
    except Unreadable as error:
        raise Unreadable(f"line {line}: {error}") from None


def _read_json(data: bytes) -> list[FilePaint]:
    try:
        table = json.loads(_text(data))
    except (ValueError, RecursionError):
        raise Unreadable("it is damaged JSON") from None
    top = table if isinstance(table, Mapping) else {"paints": table}
    listed = top.get("paints", top.get("colours", top.get("colors")))
    if not isinstance(listed, list):
        raise Unreadable('its JSON has no list of "paints"')
    wavelengths = top.get("wavelengths_nm")
    paints: list[FilePaint] = []
    for entry in listed:
        if isinstance(entry, str):
            entry = {"hex": entry}
        if not isinstance(entry, Mapping):
            raise Unreadable(f"a paint is a table, not {str(entry)[:20]!r}")
        add(paints, _paint({str(k).lower(): v for k, v in entry.items()}, wavelengths))
    return paints


def _paint(row: Mapping[str, Any], wavelengths: object) -> FilePaint:
    row = {_FIELD.get(key, key): value for key, value in row.items() if value not in ("", None)}
    spectrum = _spectrum(row.get("reflectance"), wavelengths)
    given = row.get("tint")
    tint = given if isinstance(given, Mapping) else {}
    if given and not tint:
        tint = {"hex": given, "white_parts": row.get("white_parts", 1)}
    parts = number(tint.get("white_parts", 1), "white_parts", 0.01, 1000) if tint else 0.0
    tint_spectrum = _spectrum(tint.get("reflectance"), wavelengths)
    return FilePaint(
        clean(row.get("name", "")),
        clean(row.get("number", "")),
        _colour(row, spectrum),
        _colour(tint, tint_spectrum) if tint else None,
        parts,
        spectrum,
        tint_spectrum,
    )


def _colour(row: Mapping[str, Any], spectrum: tuple[float, ...] | None) -> _RGB:
    if "hex" in row:
        rgb = parse_hex(str(row["hex"]))
        if rgb is None:
            raise Unreadable(f"{str(row['hex'])[:20]!r} is no colour such as #c0392b")
        return rgb
    if "rgb" in row or {"r", "g", "b"} <= row.keys():
        return _channels(row["rgb"] if "rgb" in row else [row[c] for c in "rgb"])
    if "lab" in row or {"l", "a*", "b*"} <= row.keys():
        return colour_of_lab(_three(row["lab"] if "lab" in row else [row[c] for c in ("l", "a*", "b*")]))
    if spectrum is not None:
        r, g, b = (int(c) for c in rgb_from_reflectance(np.array(spectrum)))
        return r, g, b
    raise Unreadable(f"the paint {clean(row.get('name', ''))!r} has no colour")


def _three(values: object) -> list[Any]:
    if not isinstance(values, list) or len(values) != 3:
        raise Unreadable(f"a colour is three numbers, not {str(values)[:20]!r}")
    return values


def _channels(values: object) -> _RGB:
    r, g, b = (round(number(v, "a channel", 0, 255)) for v in _three(values))
    return r, g, b


def _spectrum(values: object, wavelengths: object) -> tuple[float, ...] | None:
    if values is None:
        return None
    if not isinstance(values, list) or not isinstance(wavelengths, list):
        raise Unreadable('a reflectance is a list, with "wavelengths_nm" beside "paints"')
    if len(values) != len(wavelengths) or not 8 <= len(values) <= 1000:
        raise Unreadable(f"a reflectance has {len(values)} values and {len(wavelengths)} wavelengths")
    nm = np.array([number(v, "a wavelength", 200, 2500) for v in wavelengths])
    if (np.diff(nm) <= 0).any() or nm[0] > 420 or nm[-1] < 680:
        raise Unreadable("wavelengths must rise and span 420 to 680 nm")
    found = resampled(nm, np.array([number(v, "a reflectance", 0, 1.2) for v in values]))
    return tuple(float(v) for v in found[: len(WAVELENGTHS_NM)])


def add(paints: list[FilePaint], paint: FilePaint) -> None:
    """Append, within the limit."""
    if len(paints) >= MOST_PAINTS:
        raise Unreadable(f"it has more than {MOST_PAINTS} paints")
    paints.append(paint)
