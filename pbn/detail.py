"""Where a picture is to be finer: how much each pixel counts for the palette and for merging."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pbn.core.faces import Face, faces
from pbn.core.saliency import saliency
from pbn.core.values import F32, Image
from pbn.errors import InputImageError
from pbn.files import read_picture, shown
from pbn.settings import WORDS, KitSettings

WHITE, BLACK = 8.0, 0.25
"""What a pixel counts where the mask is white, and where it is black; between grey and these by its grey."""

FACE_MOST = 12.0
"""What a pixel in a face counts at most. All faces together never count for more than all the rest."""

SUBJECT, GROUND = 3.0, 0.35
"""What a pixel counts in what stands out, and in what does not."""

_SOFT_PX, _SURELY = 5.0, 0.95
"""How far a subject fades out in its map, and the share of it beyond which all is subject."""

_LONG_SIDE_PX = 400
_SHAPE = 0.03
"""How far the mask's aspect may be from the photo's."""

_WIDE, _HIGH = 0.45, 0.52
"""Standard deviations of the bell about a face, in sides of its square: hair and chin fade out."""


def mask_of(photo: Image, settings: KitSettings) -> Image | None:
    """The mask that the settings name, if they do.

    Raises
    ------
    InputImageError
        When it cannot be read, or is of another shape than the photo.
    """
    if settings.detail in WORDS["detail"]:
        return None
    mask = read_picture(Path(settings.detail), long_side_px=_LONG_SIDE_PX)
    if abs(mask.width * photo.height / (mask.height * photo.width) - 1) > _SHAPE:
        raise InputImageError(
            f"{shown(Path(settings.detail))} is not of the photo's shape."
            " Draw the mask over a copy of the photo."
        )
    return mask


def detail_of(photo: Image, settings: KitSettings, mask: Image | None = None) -> F32 | None:
    """How much each part of a photo counts, (h, w) no larger than needs be; None where all count the same.

    ``mask`` is that of `mask_of`, cut and framed like the photo.
    """
    if mask:
        return _of_mask(mask)
    if settings.detail == "off":
        return None
    of_faces = _of_faces(faces(photo), photo.height / photo.width)
    return of_faces if settings.detail == "auto" else _of_subject(photo, of_faces)


def at_size(detail: F32, size_px: tuple[int, int]) -> F32:
    """The same at another size (width, height)."""
    return np.asarray(cv2.resize(detail, size_px, interpolation=cv2.INTER_LINEAR), np.float32)


def _of_mask(mask: Image) -> F32:
    grey = mask.pixels.astype(np.float32).mean(axis=2) / 127.5 - 1
    return np.asarray(np.where(grey > 0, WHITE**grey, BLACK**-grey), np.float32)


def _of_subject(photo: Image, of_faces: F32 | None) -> F32:
    """What stands out, and faces in any case."""
    stands_out = cv2.GaussianBlur(saliency(photo), (0, 0), _SOFT_PX)
    share = np.clip(stands_out / max(1e-6, float(np.quantile(stands_out, _SURELY))), 0, 1)
    found = np.asarray(GROUND * (SUBJECT / GROUND) ** share, np.float32)
    if of_faces is None:
        return found
    return np.maximum(at_size(found, (of_faces.shape[1], of_faces.shape[0])), of_faces * (of_faces > 2))


def _of_faces(found: tuple[Face, ...], high: float) -> F32 | None:
    if not found:
        return None
    width = round(_LONG_SIDE_PX / max(1.0, high))
    y, x = (np.mgrid[: max(1, round(width * high)), :width] + 0.5) / width
    bells = [
        np.exp(-(((x - f.x) / (_WIDE * f.side)) ** 2 + ((y - f.y) / (_HIGH * f.side)) ** 2) / 2)
        for f in found
    ]
    near = np.max(bells, axis=0)
    share = float(near.mean())
    most = min(FACE_MOST, max(1.0, (1 - share) / share))
    return np.asarray(most**near, np.float32)
