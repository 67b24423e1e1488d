"""The artworks of ``samples/artworks``, painted by program.

``python -m samples.paint`` paints them all again; `artwork` paints one at any size. A seed belongs
to each, and nothing else enters: the same library versions give the same bytes. They are here
because style transfer wants texture, colour and light of a known licence.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from samples.paint import birches, glass, moonrise, river, wave
from samples.paint._colour import U8
from samples.paint._field import Sheet

Painter = Callable[[np.random.Generator, Sheet], U8]


@dataclass(frozen=True)
class Artwork:
    """Who paints it, its height by its width, its seed, and the width and JPEG quality it ships at."""

    painter: Painter
    ratio: float
    seed: int
    width_px: int
    quality: int


ARTWORKS = {
    "birches": Artwork(birches.picture, birches.RATIO, 7, 1040, 84),
    "glass": Artwork(glass.picture, glass.RATIO, 7, 1160, 88),
    "moonrise": Artwork(moonrise.picture, moonrise.RATIO, 7, 1100, 86),
    "river": Artwork(river.picture, river.RATIO, 7, 1000, 82),
    "wave": Artwork(wave.picture, wave.RATIO, 7, 1200, 90),
}
"""Every artwork by name."""


def artwork(name: str, width_px: int | None = None) -> U8:
    """(H, W, 3) uint8: the artwork ``name``, ``width_px`` wide or as wide as it ships.

    The composition does not depend on the width; a proof of 160 pixels shows the same picture.
    """
    made = ARTWORKS[name]
    width = made.width_px if width_px is None else width_px
    return made.painter(np.random.default_rng(made.seed), Sheet(width, made.ratio))


def jpeg(name: str, width_px: int | None = None) -> bytes:
    """The artwork as a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(artwork(name, width_px)).save(file, "JPEG", quality=ARTWORKS[name].quality, optimize=True)
    return file.getvalue()
