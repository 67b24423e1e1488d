"""Faces in a photo, by the cascade of local binary patterns that scikit-image carries.

Zhang et al., "Face Detection Based on Multi-Block LBP Representation", 2007; the classifier was
trained by the OpenCV project. It finds upright faces seen from the front, and turned away by a little.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2

from pbn.core.values import Image

_LONG_SIDE_PX = 320
"""Photos are looked at in this size."""

_LEAST_PX = 28
"""The least face at that size: in a smaller one a brush paints no features."""

_FINENESS = 1.1
"""From one size of face that is tried to the next."""

_AGREEING = 5
"""Windows that must find the same face. With 4 there were faces in a wall and on the moon."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face's middle and the side of the square about its features, as shares of the photo's width."""

    x: float
    y: float
    side: float


def faces(photo: Image) -> tuple[Face, ...]:
    """The faces in a photo, from top to bottom; often none."""
    scale = _LONG_SIDE_PX / max(photo.width, photo.height)
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    if min(size) <= _LEAST_PX:
        return ()
    small = cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA)
    found = _cascade().detect_multi_scale(
        img=small,
        scale_factor=_FINENESS,
        step_ratio=1.0,
        min_size=(_LEAST_PX, _LEAST_PX),
        max_size=(min(size), min(size)),
        min_neighbor_number=_AGREEING,
    )
    middles = [(box["r"] + box["height"] / 2, box["c"] + box["width"] / 2, box["width"]) for box in found]
    return tuple(Face(c / size[0], r / size[0], side / size[0]) for r, c, side in sorted(middles))


@lru_cache(maxsize=1)
def _cascade() -> Any:
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    return Cascade(lbp_frontal_face_cascade_filename())  # type: ignore[no-untyped-call]
