"""A picture loaded once and painted in many ways: what sliders and comparisons are made on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pbn.cache import Cache
from pbn.core.values import Image, Kit, RegionMap
from pbn.painting import choose_paints, sketch, smaller
from pbn.pipeline import NO_CACHE, Painted, kit_of, paint_prepared, prepare
from pbn.progress import Progress, silent
from pbn.report import fidelity, hours_of_map
from pbn.settings import KitSettings

Colours = int | Literal["auto"] | None
"""How many paints; None for as many as the session's settings say."""

PREVIEW_PX = 480
"""The long side of a preview: colours and shapes can be judged, and a slider does not wait."""

_PALETTE_PX = 112
"""The long side at which a preview's paints are chosen."""

_KEPT = 4
"""Painted maps that are kept, so that the choice that was looked at last costs nothing as a kit."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One palette size: what was asked for, the painted picture, and how near it comes."""

    colours: int
    paints: int
    regions: int
    fidelity: float
    hours: float
    picture: Image

    @property
    def caption(self) -> str:
        """One line for people."""
        fewer = "" if self.paints == self.colours else f" of {self.colours}"
        hours = max(1, round(self.hours))
        near = f"mean Delta E {self.fidelity:.1f}, {hours} hour{'s' if hours > 1 else ''}"
        return f"{self.paints}{fewer} paints, {self.regions} regions, {near}"


class Session:
    """One photo, and artworks, from which kits of any number of paints are made.

    What is the same for all of them is done when the session begins: framing, stylising, simplifying.
    The kits are those of `pbn.pipeline.make_kit`, to the last bit.

    Parameters
    ----------
    photo, artworks, settings, protect, cache, progress
        As for `pbn.pipeline.make_kit`.

    Raises
    ------
    PbnError
        As `pbn.pipeline.make_kit`; so do the methods.

    Examples
    --------
    >>> import numpy as np
    >>> photo = Image(np.tile(np.arange(0, 240, 2, dtype=np.uint8)[:, None, None], (1, 90, 3)))
    >>> session = Session(photo, settings=KitSettings(engine="none", size="a5", brush_mm=6))
    >>> session.preview(3).width, session.choice(3).paints, len(session.kit(3).palette)
    (300, 3, 3)
    """

    def __init__(
        self,
        photo: Image,
        artworks: Sequence[Image] = (),
        settings: KitSettings | None = None,
        *,
        protect: Image | None = None,
        cache: Cache = NO_CACHE,
        progress: Progress = silent,
    ) -> None:
        self.settings = settings or KitSettings()
        self._cache = cache
        self._ready = prepare(photo, artworks, self.settings, protect=protect, cache=cache, progress=progress)
        self._small = smaller(self._ready.drafted, PREVIEW_PX)
        self._tiny = smaller(self._ready.drafted, _PALETTE_PX)
        self._painted: dict[Colours, Painted] = {}

    def preview(self, colours: Colours = None) -> Image:
        """About how it will look, its long side `PREVIEW_PX`: quick, and finer than can be painted."""
        palette = choose_paints(self._tiny, self._with(colours)).palette
        return Image(palette.rgb[sketch(self._small, palette)])

    def choice(self, colours: Colours = None) -> Choice:
        """The picture as it will be painted, and its figures; without borders and numbers."""
        made, drafted = self._paint(colours), self._ready.drafted
        regions, mm_per_px = made.regions, self._ready.mm_per_px
        size_mm = drafted.calm.width * mm_per_px, drafted.calm.height * mm_per_px
        return Choice(
            made.chosen.asked,
            len(regions.palette),
            len(regions),
            fidelity(regions, drafted.source),
            hours_of_map(regions, size_mm, self.settings.brush_mm),
            painted_picture(regions),
        )

    def kit(self, colours: Colours = None, *, progress: Progress = silent) -> Kit:
        """The whole kit; `pbn.pipeline.make_files` draws it."""
        return kit_of(self._ready, self._paint(colours, progress), self._with(colours), progress=progress)

    def _with(self, colours: Colours) -> KitSettings:
        return self.settings if colours is None else replace(self.settings, colours=colours)

    def _paint(self, colours: Colours, progress: Progress = silent) -> Painted:
        if colours not in self._painted:
            made = paint_prepared(self._ready, self._with(colours), cache=self._cache, progress=progress)
            while len(self._painted) >= _KEPT:
                del self._painted[next(iter(self._painted))]
            self._painted[colours] = made
        return self._painted[colours]


def painted_picture(regions: RegionMap) -> Image:
    """A map in its paints."""
    return Image(regions.palette.rgb[regions.paint].take(regions.ids, axis=0))
