"""No style at all: the photo itself, at the engine's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from pbn.core.values import Image, StylizedImage
from pbn.progress import Progress, Step


@dataclass(frozen=True, slots=True)
class NoStyle:
    """Gives the photo back, made smaller or larger; torch is not needed."""

    def stylize(
        self,
        photo: Image,
        artworks: Sequence[Image],
        *,
        long_side_px: int,
        strength: float,
        seed: int,
        progress: Progress,
    ) -> StylizedImage:
        """The photo, its long side ``long_side_px``; artworks, strength and seed do not matter."""
        scale = long_side_px / max(photo.width, photo.height)
        size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
        resized = Pillow.fromarray(photo.pixels).resize(size, Pillow.Resampling.LANCZOS)
        image = Image(np.array(resized))
        progress(Step("stylise", 1.0, f"the photo itself, {long_side_px} px", image))
        return StylizedImage(image, "none", seed)


ENGINE = NoStyle
