"""What a palette source is."""

from __future__ import annotations

from typing import Protocol

from pbn.core.values import F32, Image, Palette


class PaletteSource(Protocol):
    """A frozen dataclass whose fields are the source's options."""

    def choose(self, image: Image, colours: int, *, seed: int, detail: F32 | None = None) -> Palette:
        """At most ``colours`` paints for ``image``, light to dark.

        ``detail`` (H, W) is how much each pixel counts; by default all do the same.
        """
        ...
