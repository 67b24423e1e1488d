"""Faces in a photo, by the cascade of local binary patterns that scikit-image carries (`pbn.core.cascade`).

The classifier was trained by the OpenCV project. It finds upright faces seen from the front, and turned
away by a little. (scikit-image's own code for it imports scipy, which takes as long as looking for faces.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pbn.core.cascade import Cascade, read_cascade
from pbn.core.values import Image

_LONG_SIDE_PX = 320
"""Photos are looked at in this size."""

_LEAST_PX = 28
"""The least face at that size: in a smaller one a brush paints no features."""

_FINENESS = 1.1
"""From one size of face that is tried to the next."""

_AGREEING = 5
"""Windows that must find the same face. With 4 there were faces in a wall and on the moon."""

_SHARED = 0.5
"""How much of the smaller one windows share that find the same face."""


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
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    found = _agreed(_cascade().windows(grey, _LEAST_PX, min(size), _FINENESS))
    return tuple(
        Face((column + side / 2) / size[0], (row + side / 2) / size[0], side / size[0])
        for row, column, side in sorted(found)
    )


def _agreed(windows: NDArray[np.int64]) -> list[tuple[float, ...]]:
    """The means of windows that lie over one another, where `_AGREEING` do.

    Each joins those whose mean it shares most area with, as a part of the smaller one's, over a half.
    """
    groups: list[list[Sequence[int]]] = []
    for window in windows.tolist():
        shared = [_shared(window, np.mean(group, axis=0)) for group in groups]
        if shared and max(shared) > _SHARED:
            groups[int(np.argmax(shared))].append(window)
        else:
            groups.append([window])
    return [tuple(np.mean(group, axis=0).tolist()) for group in groups if len(group) >= _AGREEING]


def _shared(a: Sequence[float], b: Sequence[float]) -> float:
    """The area that two windows share, as a part of the smaller one's."""
    down, across = (max(0.0, min(a[k] + a[2], b[k] + b[2]) - max(a[k], b[k])) for k in (0, 1))
    return down * across / min(a[2], b[2]) ** 2


@lru_cache(maxsize=1)
def _cascade() -> Cascade:
    from skimage.data import lbp_frontal_face_cascade_filename

    path = lbp_frontal_face_cascade_filename()  # type: ignore[no-untyped-call]
    return read_cascade(Path(path))
