"""Sets of paints to mix from: the common acrylics that come along, or those of a paint file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from pbn.core.colour import lab_from_rgb
from pbn.core.mixing import BaseSet, base_set, recipes, reflectance_from_rgb
from pbn.core.values import F64, Mixing, Paint, Palette
from pbn.errors import PaletteError
from pbn.palette._files import FilePaint, read_paints

MOST_TO_MIX = 32
"""Paints of a base set: all mixes of three are looked at."""

MOST_PARTS = 8
"""In one recipe: an eighth can still be measured with a small spoon."""

ACRYLICS_SOURCE = (
    "Twelve common artist acrylics by pigment; their colours are our own estimates, not measured and not"
    " any maker's, so mix a little first."
)


@lru_cache(maxsize=1)
def common_acrylics() -> tuple[FilePaint, ...]:
    """Twelve common artist acrylics; where their colours come from stands in the file."""
    with as_file(files("pbn").joinpath("palette", "data", "acrylics.csv")) as path:
        return read_paints(path)


def mixing_for(palette: Palette, file: str = "", most_parts: int = MOST_PARTS) -> Mixing:
    """Recipes for a kit's paints, from the paints of a file or the common acrylics.

    Raises
    ------
    PaletteError
        When the file cannot be read, or has too many paints or only one.
    """
    paints = paints_to_mix(file)
    found = recipes(lab_from_rgb(palette.rgb), mixing_set_of(paints), most_parts)
    base = tuple(Paint(n, paint.rgb, name_of(paint)) for n, paint in enumerate(paints, 1))
    return Mixing(base, tuple(found), _source(paints, file))


def paints_to_mix(file: str = "") -> tuple[FilePaint, ...]:
    """What recipes are mixed from: the paints of a file, or the common acrylics.

    Raises
    ------
    PaletteError
        When the file cannot be read, or has too many paints or only one.
    """
    paints = read_paints(Path(file)) if file else common_acrylics()
    if not 2 <= len(paints) <= MOST_TO_MIX:
        raise PaletteError(
            f"{Path(file).name!r} has {len(paints)} paints; recipes are mixed from 2 to {MOST_TO_MIX}."
            " Keep those that you would mix."
        )
    return paints


def _source(paints: Sequence[FilePaint], file: str) -> str:
    if not file:
        return ACRYLICS_SOURCE
    told = sum(paint.tint_rgb is not None for paint in paints)
    guess = (
        " Where it does not say what a paint becomes in white, the recipe is a first guess."
        if told < len(paints) - 1
        else ""
    )
    return f"The {len(paints)} paints of {Path(file).name}.{guess}"


def mixing_set_of(paints: Sequence[FilePaint]) -> BaseSet:
    """Spectra where the paints have them, else the smoothest of their colours."""
    return base_set(
        [name_of(paint) for paint in paints],
        np.array([_spectrum(paint.reflectance, paint.rgb) for paint in paints]),
        [_spectrum(p.tint_reflectance, p.tint_rgb) if p.tint_rgb else None for p in paints],
        [paint.white_parts for paint in paints],
    )


def name_of(paint: FilePaint) -> str:
    """Number and name, or ``#rrggbb`` where the file has neither."""
    return paint.label or "#{:02x}{:02x}{:02x}".format(*paint.rgb)


def _spectrum(measured: tuple[float, ...] | None, rgb: tuple[int, int, int]) -> F64:
    return np.array(measured if measured is not None else reflectance_from_rgb(rgb))
