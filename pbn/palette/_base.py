"""What a palette source is."""

from __future__ import annotations

from typing import Protocol

from pbn.core.values import Image, Palette


class PaletteSource(Protocol):
    """A frozen dataclass whose fields are the source's options."""

    def choose(self, image: Image, colours: int, *, seed: int) -> Palette:
        """At most ``colours`` paints for ``image``, light to dark."""
        ...
