"""Pictures in: by content, never by name, through a short list of formats.

What a picture claims is checked before its pixels get memory. How the pixels become sRGB is in
`pbn._srgb`; how files are written is in `pbn.outputs`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
import struct
import sys
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import BinaryIO

from PIL import Image as PillowImage
from PIL import UnidentifiedImageError
from PIL.Image import Image as Picture

from pbn._srgb import to_srgb
from pbn.core.values import Image
from pbn.errors import InputImageError

MOST_MEGAPIXELS = 120
"""A picture may have so many: decoded and as sRGB that takes up to 1.2 GB for a moment."""

MOST_MEGAPIXELS_AT_ONCE = 80
"""The same for WebP, AVIF and HEIC, whose decoders hold the picture up to four times."""

MOST_FILE_BYTES = 500_000_000
LEAST_SIDE_PX = 16
MOST_ASPECT = 20
"""A strip longer than so many times its width leaves nothing to paint on any paper."""

OVERSAMPLING = 1.5
"""A JPEG is decoded at no less than so many times the size asked for, then reduced.

At twice the size 16 megapixels took twice as long to read, for 0.7 grey levels on average.
"""

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF")
"""What Pillow may open; every other plugin stays off (EPS would start Ghostscript)."""

READABLE = "JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF or HEIC"

_DECODED_AT_ONCE = ("WEBP", "AVIF", "HEIF")
_DEFLATE_RATIO = 1032
_MOST_PX_PER_BYTE = {"JPEG": 4096, "MPO": 4096, "GIF": 4096, "BMP": 16384, "PNG": _DEFLATE_RATIO * 8}
"""What a byte can carry at the very most; the other formats can say "all white" in a few bytes."""

_BITS = {"RGB": 24, "RGBA": 32, "LA": 16, "I;16": 16}
_ORIENTATION = 274
_DNG_VERSION = 50706
_NEW_SUBFILE_TYPE, _SUB_IFDS = 254, 330

_SIGNATURES = (
    (0, b"\xff\xd8", "JPEG"),
    (0, b"\x89PNG", "PNG"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyp", "HEIC"),
)
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript drawing"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"8BPS", "a Photoshop document"),
)

_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    RuntimeError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What Pillow and its plugins were seen to raise, or can raise, on damaged files."""

_one_at_a_time = threading.Lock()

logging.getLogger("PIL").addHandler(logging.NullHandler())


def read_picture(path: Path, *, long_side_px: int | None = None) -> Image:
    """Read a picture: the first frame, upright, in sRGB, over white.

    Parameters
    ----------
    path
        A JPEG (also MPO), PNG, WebP, TIFF, GIF, BMP, AVIF or HEIC file under any name.
    long_side_px
        Reduce the picture until its long side has this many pixels; a smaller one stays as it is.
        JPEG is then decoded at a fraction of its size, so that 48 MP cost little.

    Raises
    ------
    InputImageError
        When there is no such file, it is none of these formats, is damaged or cut short, or has
        under `LEAST_SIDE_PX` on a side, over `MOST_MEGAPIXELS`, or an aspect over `MOST_ASPECT`.

    Notes
    -----
    Nothing but pixels comes along: no EXIF, no place, no profile. Pictures are read one at a
    time, because silencing the decoders' warnings is a matter of the whole process.
    """
    if long_side_px is not None and long_side_px < 1:
        raise ValueError(f"long_side_px must be 1 or more, not {long_side_px}")
    file_bytes = _regular_file(path)
    try:
        with _one_at_a_time, _no_warnings(), path.open("rb") as file:
            return _read(file, shown(path), file_bytes, long_side_px)
    except PermissionError as error:
        raise InputImageError(
            f"{shown(path)} cannot be opened: {error.strerror}. Allow reading it, or copy it."
        ) from None
    except PillowImage.DecompressionBombError as error:
        claimed = re.search(r"\d+", str(error))
        megapixels = int(claimed[0]) / 1e6 if claimed else float("inf")
        raise _too_large(shown(path), f"{megapixels:.0f} MP", MOST_MEGAPIXELS) from None
    except MemoryError:
        raise InputImageError(f"There is not enough memory to read {shown(path)}. Save it smaller.") from None
    except _DAMAGE as error:
        raise _damaged(shown(path), error) from None


def digest(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal.

    Raises
    ------
    InputImageError
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise InputImageError(
            f"{shown(path)} cannot be read: {reason(error)}. Check the name and the folder."
        ) from None


def shown(path: Path) -> str:
    """Spell a path so that it can be printed anywhere: no line breaks, no lone surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path))


def _regular_file(path: Path) -> int:
    """Return the size in bytes of what must be a file with something in it."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InputImageError(f"There is no file {shown(path)}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise InputImageError(
            f"{shown(path)} cannot be opened: {reason(error)}. Check the name and the folder."
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputImageError(f"{shown(path)} is a folder. Name one picture in it.")
    if not stat.S_ISREG(status.st_mode):
        raise InputImageError(
            f"{shown(path)} is a device or a pipe, not a file. Save the picture to a file first."
        )
    if status.st_size == 0:
        raise InputImageError(f"{shown(path)} is empty (0 bytes). Copy or download it again.")
    if status.st_size > MOST_FILE_BYTES:
        raise InputImageError(
            f"{shown(path)} has {status.st_size / 1e6:.0f} MB; at most "
            f"{MOST_FILE_BYTES / 1e6:.0f} MB are read. Save it smaller, for example as JPEG."
        )
    return status.st_size


def _read(file: BinaryIO, name: str, file_bytes: int, long_side_px: int | None) -> Image:
    head = file.read(1024)
    file.seek(0)
    with _open(file, name, head) as picture:
        _check_claims(picture, name, file_bytes)
        size = _size_asked_for(picture.size, long_side_px)
        picture.draft(picture.mode, (ceil(size[0] * OVERSAMPLING), ceil(size[1] * OVERSAMPLING)))
        transparent = _transparent_sample(picture)
        with _no_chatter(picture.format):
            picture.load()
        if picture.format not in ("JPEG", "MPO"):  # HEIC learns its size while decoding
            size = _size_asked_for(picture.size, long_side_px)
        if transparent is not None:
            picture.info["transparency"] = transparent
        return Image(to_srgb(picture, size, orientation=_orientation(picture)))


def _open(file: BinaryIO, name: str, head: bytes) -> Picture:
    """Let the right plugin read the header; no pixels yet."""
    claimed = next((f for start, magic, f in _SIGNATURES if head[start:].startswith(magic)), None)
    formats = list(FORMATS)
    if claimed == "HEIC":
        formats.append(_heif_plugin(name))
    try:
        return PillowImage.open(file, formats=formats)
    except UnidentifiedImageError:
        if claimed:
            raise InputImageError(
                f"{name} begins like {claimed} but is damaged or of a rare kind. "
                "Save it again as PNG or JPEG."
            ) from None
        other = next(
            (what for magic, what in _OTHERS if head.startswith(magic)), "no picture that can be read"
        )
        other = "an SVG drawing" if b"<svg" in head else other
        raise InputImageError(f"{name} is {other}. Use a {READABLE} file.") from None


def _heif_plugin(name: str) -> str:
    """Register pi-heif with Pillow, when the first such file comes."""
    try:
        from pi_heif import register_heif_opener
    except ImportError as error:
        raise InputImageError(
            f"{name} is HEIC, and pi-heif does not load ({reason(error)}). "
            "Install pi-heif, or save it as JPEG."
        ) from None
    register_heif_opener()
    return "HEIF"


def _check_claims(picture: Picture, name: str, file_bytes: int) -> None:
    """Hold the header to the limits, before anything is allocated for it."""
    width, height = picture.size
    short, long = sorted(picture.size)
    size = f"{width} x {height} px"
    most = MOST_MEGAPIXELS_AT_ONCE if picture.format in _DECODED_AT_ONCE else MOST_MEGAPIXELS
    if width * height > most * 1_000_000:
        raise _too_large(name, size, most)
    if short < LEAST_SIDE_PX:
        raise InputImageError(
            f"{name} is {size}; each side must have {LEAST_SIDE_PX} px or more. Use a larger picture."
        )
    if long > MOST_ASPECT * short:
        raise InputImageError(
            f"{name} is {size}; a side may be at most {MOST_ASPECT} times the other. "
            "Crop it to its best part."
        )
    per_byte = _MOST_PX_PER_BYTE.get(picture.format or "")
    if picture.format == "PNG":
        per_byte = _DEFLATE_RATIO * 8 // _BITS.get(picture.mode, 1)
    if per_byte and width * height > per_byte * file_bytes:
        raise InputImageError(
            f"{name} claims {size} but has only {file_bytes} bytes: most of it is missing. "
            "Copy or download it again."
        )
    tags = getattr(picture, "tag_v2", {})
    if _DNG_VERSION in tags or (tags.get(_NEW_SUBFILE_TYPE, 0) == 1 and _SUB_IFDS in tags):
        raise InputImageError(
            f"{name} is a camera's raw file. Develop it in a photo program and save it as JPEG or PNG."
        )


def _size_asked_for(size: tuple[int, int], long_side_px: int | None) -> tuple[int, int]:
    long = max(size)
    if long_side_px is None or long_side_px >= long:
        return size
    return max(1, round(size[0] * long_side_px / long)), max(1, round(size[1] * long_side_px / long))


def _transparent_sample(picture: Picture) -> int | tuple[int, ...] | None:
    """Scale the transparent value of a PNG whose samples Pillow scales to 8 bits likewise."""
    value = picture.info.get("transparency")
    tiles = getattr(picture, "tile", None)
    if picture.format != "PNG" or not tiles:
        return None
    raw = tiles[0].args
    if isinstance(value, int) and raw in ("L;2", "L;4"):
        return value * {"L;2": 85, "L;4": 17}[raw]
    if isinstance(value, tuple) and raw == "RGB;16B":
        return tuple(v >> 8 for v in value)
    return None


def _orientation(picture: Picture) -> int:
    """Return the EXIF orientation that is still to be applied; 1 where there is none to speak of.

    Pillow turns TIFF by itself, libheif HEIC; an AVIF's is in the container, and its XMP is void.
    """
    if picture.format in ("TIFF", "HEIF") or (picture.format == "AVIF" and "exif" not in picture.info):
        return 1
    try:
        orientation = picture.getexif().get(_ORIENTATION)
    except _DAMAGE:
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


@contextmanager
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _no_chatter(picture_format: str | None) -> Iterator[None]:
    """Send libtiff's own complaints, which go to file descriptor 2, nowhere."""
    try:
        kept = os.dup(2) if picture_format == "TIFF" else None
    except OSError:
        kept = None
    if kept is None:
        yield
        return
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _too_large(name: str, size: str, most: int) -> InputImageError:
    return InputImageError(f"{name} is {size}; at most {most} megapixels are read. Save it smaller.")


def _damaged(name: str, error: BaseException) -> InputImageError:
    return InputImageError(
        f"{name} is damaged or cut short ({reason(error)}). Save, copy or download it again."
    )


def reason(error: BaseException) -> str:
    """Make a library's words part of one sentence."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return shown(Path(" ".join(str(words).split())[:120].rstrip(". ")))
