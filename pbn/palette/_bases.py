"""Sets of paints to mix from: the common acrylics that come along, or those of a paint file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from pbn.core.mixing import BaseSet, base_set, reflectance_from_rgb
from pbn.core.values import F64
from pbn.errors import PaletteError
from pbn.palette._files import FilePaint, read_paints

MOST_TO_MIX = 32
"""Paints of a base set: all mixes of three are looked at."""


@lru_cache(maxsize=1)
def common_acrylics() -> tuple[FilePaint, ...]:
    """Twelve common artist acrylics; where their colours come from stands in the file."""
    with as_file(files("pbn").joinpath("palette", "data", "acrylics.csv")) as path:
        return read_paints(path)


def mixing_set(file: str = "") -> BaseSet:
    """What recipes are mixed from: a paint file, or the common acrylics.

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
    return mixing_set_of(paints)


def mixing_set_of(paints: Sequence[FilePaint]) -> BaseSet:
    """Spectra where the paints have them, else the smoothest of their colours."""
    return base_set(
        [paint.label or paint_hex(paint.rgb) for paint in paints],
        np.array([_spectrum(paint.reflectance, paint.rgb) for paint in paints]),
        [_spectrum(p.tint_reflectance, p.tint_rgb) if p.tint_rgb else None for p in paints],
        [paint.white_parts for paint in paints],
    )


def paint_hex(rgb: tuple[int, int, int]) -> str:
    """``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _spectrum(measured: tuple[float, ...] | None, rgb: tuple[int, int, int]) -> F64:
    return np.array(measured if measured is not None else reflectance_from_rgb(rgb))
