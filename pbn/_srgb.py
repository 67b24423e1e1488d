"""From whatever Pillow decoded to upright sRGB pixels.

Pillow applies no ICC profile, clips 16-bit grey to white and forgets transparency when it
converts; here every mode it decodes gets its own right way to (H, W, 3) uint8.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageCms
from PIL.Image import Image as Picture

U8 = npt.NDArray[np.uint8]

BAND_PX = 1 << 22
"""Pixels converted at a time, so that a large picture is held twice, not four times."""

_PHOTOMETRIC = 262
_BITS_LEAST_MOST = 258, 340, 341
_SPACE_OF_MODE = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
_PLAIN = {"L": "L", "LA": "LA", "RGB": "RGB", "RGBA": "RGBA", "CMYK": "CMYK", "LAB": "LAB", "1": "L"}


def to_srgb(picture: Picture, size: tuple[int, int], *, orientation: int) -> U8:
    """Return the picture's pixels, (H, W, 3) uint8 sRGB, upright, over white.

    Parameters
    ----------
    picture
        Decoded, in any mode that Pillow's readers make.
    size
        (width, height) wanted, in the stored orientation; not larger than the picture's own.
    orientation
        The EXIF orientation, 1 to 8, that is yet to be applied.
    """
    icc = picture.info.get("icc_profile")
    plain = _plain(_eight_bit(picture))
    if plain.size != size:
        plain = plain.resize(size, PillowImage.Resampling.LANCZOS, reducing_gap=2.0)
    to_rgb = _converter(plain.mode, icc if isinstance(icc, bytes) else b"")
    pixels = np.empty((plain.height, plain.width, 3), np.uint8)
    for top, band in _bands(plain):
        pixels[top : top + band.height] = np.asarray(to_rgb(_over_white(band)))
    return upright(pixels, orientation)


def upright(pixels: U8, orientation: int) -> U8:
    """Undo an EXIF orientation; a value outside 1..8 counts as 1 (EXIF 2.3, tag 0x0112)."""
    across = pixels.swapaxes(0, 1) if orientation in (5, 6, 7, 8) else pixels
    if orientation in (2, 3, 6, 7):
        across = across[:, ::-1]
    if orientation in (3, 4, 7, 8):
        across = across[::-1]
    return np.ascontiguousarray(across)


def _bands(picture: Picture) -> Iterator[tuple[int, Picture]]:
    """Cut the picture across, so that what is made of it along the way is small."""
    width, height = picture.size
    rows = max(1, BAND_PX // width)
    for top in range(0, height, rows):
        yield top, picture.crop((0, top, width, min(top + rows, height)))


def _eight_bit(picture: Picture) -> Picture:
    """Scale 16-bit, 32-bit and float grey to 0..255; Pillow would clip."""
    if picture.mode.startswith("I;16"):
        black, white = _range_of_16_bit(picture)
    elif picture.mode in ("I", "F"):
        black, white = _range_of_numbers(picture)
    else:
        return picture
    if _tags(picture).get(_PHOTOMETRIC) == 0:  # white is zero: Pillow inverts 8-bit samples only
        black, white = white, black
    return _scaled(picture, black, white)


def _tags(picture: Picture) -> Mapping[int, object]:
    return getattr(picture, "tag_v2", {})


def _range_of_16_bit(picture: Picture) -> tuple[float, float]:
    """Find black and white of 16-bit samples: 0 and 65535, unless only the lowest bits are used.

    Scanners, cameras and microscopes store 8, 10 or 12 bits in 16; read plainly that is a black
    picture. Then what a TIFF says of its samples counts, where it is true: their number of bits,
    and the least and the most.
    """
    bits, declared_low, declared_high = (_first_number(_tags(picture).get(tag)) for tag in _BITS_LEAST_MOST)
    if bits is not None and 8 < bits < 16:
        return 0.0, 2.0**bits - 1
    low, high = _extremes(picture)
    if high > 4095:
        return 0.0, 65535.0
    if (
        declared_low is not None
        and declared_high is not None
        and declared_low <= low <= high <= declared_high
    ):
        return float(declared_low), float(declared_high)
    return 0.0, float(next(white for white in (255, 1023, 4095) if high <= white))


def _first_number(tag: object) -> float | None:
    first = tag[0] if isinstance(tag, tuple) and tag else tag
    return first if isinstance(first, int | float) else None


def _range_of_numbers(picture: Picture) -> tuple[float, float]:
    """Guess black and white of samples that say neither.

    0 to 1, 255 or 65535 where they fit, else the least and the most.
    """
    low, high = _extremes(picture)
    for white in (1.0, 255.0, 65535.0):
        if low >= 0 and high <= white and (white > 1.0 or picture.mode == "F"):
            return 0.0, white
    return low, high


def _extremes(picture: Picture) -> tuple[float, float]:
    """Find the least and the most finite sample; 0 and 1 where there is none."""
    low, high = np.inf, -np.inf
    for _, band in _bands(picture):
        values = np.asarray(band)
        finite = values[np.isfinite(values)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else (0.0, 1.0)


def _scaled(picture: Picture, black: float, white: float) -> Picture:
    """Grey of any depth as "L"; not-a-number becomes black, the transparent value white."""
    grey = np.empty((picture.height, picture.width), np.uint8)
    transparent = picture.info.get("transparency")
    for top, band in _bands(picture):
        values = np.asarray(band)
        numbers = np.nan_to_num(values.astype(np.float64), nan=black)
        unit = (numbers - black) / (white - black if white != black else 1.0)
        rows = grey[top : top + band.height]
        rows[:] = np.rint(np.clip(unit, 0.0, 1.0) * 255.0)
        if isinstance(transparent, int):
            rows[values == transparent] = 255
    return PillowImage.fromarray(grey)


def _plain(picture: Picture) -> Picture:
    """One of the modes L, LA, RGB, RGBA, CMYK and LAB, transparency as a channel."""
    if picture.mode == "RGBa":
        return picture.convert("RGBA")
    if picture.mode == "La":
        return picture.convert("LA")
    if picture.has_transparency_data and picture.mode not in ("LA", "RGBA"):
        return picture.convert("RGBA")
    wanted = _PLAIN.get(picture.mode, "RGB")
    return picture if picture.mode == wanted else picture.convert(wanted)


def _over_white(band: Picture) -> Picture:
    """LA to L and RGBA to RGB, laid over white; other modes have nothing to lay over."""
    if band.mode not in ("LA", "RGBA"):
        return band
    under = PillowImage.new(band.mode[:-1], band.size, "white")
    under.paste(band.convert(band.mode[:-1]), mask=band.getchannel("A"))
    return under


def _converter(mode: str, icc: bytes) -> Callable[[Picture], Picture]:
    """How bands of ``mode`` become RGB: through the profile where it is whole and suits the mode.

    Relative colorimetric with black point compensation, so that the paper's or the screen's white
    becomes white and shadows stay open.
    """
    opaque = mode[:-1] if mode in ("LA", "RGBA") else mode
    try:
        profile = _profile(opaque, icc)
        if profile is None:
            return lambda band: band.convert("RGB")
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            opaque,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if opaque == "RGB" and _is_srgb(transform):
            return lambda band: band.convert("RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return lambda band: band.convert("RGB")
    return transform.apply


def _is_srgb(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a profile says what sRGB says, as most do: then a transform only takes time, and rounds."""
    levels = np.arange(0, 256, 15).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    made = np.asarray(transform.apply(PillowImage.fromarray(colours)))
    return bool(np.abs(made.astype(np.int16) - colours).max() <= 1)


def _profile(mode: str, icc: bytes) -> ImageCms.ImageCmsProfile | None:
    if mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    if not icc:
        return None
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return profile if profile.profile.xcolor_space.strip() == _SPACE_OF_MODE.get(mode) else None
