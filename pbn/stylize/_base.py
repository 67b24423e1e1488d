"""What a style-transfer engine is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pbn.core.values import Image, StylizedImage
from pbn.progress import Progress


class StylizeEngine(Protocol):
    """A frozen dataclass whose fields are the engine's options."""

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
        """Paint ``photo`` in the manner of ``artworks``.

        Parameters
        ----------
        photo, artworks
            The content image and one or more style images, of any size.
        long_side_px
            The result's long side; its aspect is the photo's.
        strength
            0..1, how much of the artwork; means the same at every size.
        seed
            Same inputs, options and seed give the same pixels on the CPU.
        progress
            Told of every step; may raise `pbn.errors.Cancelled`.
        """
        ...
