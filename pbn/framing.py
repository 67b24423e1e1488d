"""How a photo is brought to the shape of what it is painted on: whole, cropped, or between bars."""

from __future__ import annotations

import numpy as np

from pbn.core import papers
from pbn.core.faces import faces
from pbn.core.saliency import kept_from, saliency
from pbn.core.values import F32, Image
from pbn.palette._histogram import parse_hex
from pbn.raster import beside
from pbn.settings import KitSettings

Window = tuple[float, float, float, float]
"""Left, top, width and height as parts of the photo."""

WHOLE: Window = (0.0, 0.0, 1.0, 1.0)


def painted_aspect(settings: KitSettings, photo: Image) -> float:
    """Width by height of what is painted: the photo's, or where it is fitted to the size, the size's."""
    aspect = photo.width / photo.height
    return (
        aspect
        if settings.fit == "fit"
        else papers.nearest_aspect(papers.parse(settings.size), aspect, beside(settings))
    )


def crop_window(settings: KitSettings, photo: Image) -> Window:
    """The part of the photo that is painted.

    With ``fit = "crop"`` it is as large as the shape allows, with the point that ``crop`` names in
    its middle if that is possible; with none named it is where most of what stands out is kept.
    """
    if settings.fit != "crop":
        return WHOLE
    across = painted_aspect(settings, photo) / (photo.width / photo.height)
    width, height = min(1.0, across), min(1.0, 1 / across)
    if settings.crop:
        x, y = settings.crop
        return _about(x, width), _about(y, height), width, height
    stands_out = _with_faces(saliency(photo), photo)
    return kept_from(stands_out, width, 1), kept_from(stands_out, height, 0), width, height


def _with_faces(stands_out: F32, photo: Image) -> F32:
    """The map with faces above all: each counts as much as all the rest."""
    weighed = stands_out.copy()
    rows, columns = np.indices(stands_out.shape)
    per_px = photo.width / stands_out.shape[1]
    for face in faces(photo):
        x, y, half = (v * photo.width / per_px for v in (face.x, face.y, 0.75 * face.side))
        there = (np.abs(columns + 0.5 - x) < max(half, 1)) & (np.abs(rows + 0.5 - y) < max(half, 1))
        weighed[there] += stands_out.sum() / max(1, np.count_nonzero(there))
    return weighed


def cropped(picture: Image, window: Window) -> Image:
    """A part of a picture, to the nearest pixels."""
    if window == WHOLE:
        return picture
    left, top = round(window[0] * picture.width), round(window[1] * picture.height)
    width, height = max(1, round(window[2] * picture.width)), max(1, round(window[3] * picture.height))
    return Image(picture.pixels[top : top + height, left : left + width].copy())


def between_bars(picture: Image, settings: KitSettings, aspect: float) -> Image:
    """The whole picture in the middle of one of this aspect, where ``fit`` is "letterbox"."""
    if settings.fit != "letterbox":
        return picture
    width = max(picture.width, round(picture.height * aspect))
    height = max(picture.height, round(picture.width / aspect))
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = parse_hex(settings.bars) or (255, 255, 255)
    left, top = (width - picture.width) // 2, (height - picture.height) // 2
    pixels[top : top + picture.height, left : left + picture.width] = picture.pixels
    return Image(pixels)


def _about(point: float, part: float) -> float:
    """Where a window of a ``part`` begins that has the point in its middle, or as near as it can."""
    return min(max(0.0, point - part / 2), 1 - part)
