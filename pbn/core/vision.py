"""Which paints look alike to people who see red and green as one.

Colours are simulated after G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, *A Physiologically-based
Model for Simulation of Color Vision Deficiency*, IEEE TVCG 15 (2009), table 1, at severity 1 (dichromats);
about one man in twelve has some form of it, most of them milder.
"""

from __future__ import annotations

import numpy as np

from pbn.core.colour import delta_e_2000, lab_from_rgb, linear_from_rgb
from pbn.core.values import F64, U8, Palette

DEFICIENCIES = {
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
"""What is seen of linear sRGB without the eye's cones for long (protanopia) or middle wavelengths."""

CONFUSED_BELOW = 5.0
"""CIEDE2000 below which two paints count as alike; the palette keeps its paints farther apart."""


def simulated(rgb: U8, deficiency: str) -> U8:
    """How 8-bit sRGB colours, (..., 3), look with a deficiency of `DEFICIENCIES`."""
    linear = np.clip(linear_from_rgb(rgb) @ DEFICIENCIES[deficiency].T, 0.0, 1.0)
    return _encoded(linear)


def confused(palette: Palette) -> dict[str, list[tuple[int, int]]]:
    """The numbers of the paints that look alike, in pairs, for each of `DEFICIENCIES`.

    A pair counts where it looks alike with the deficiency and not without it.
    """
    rgb = palette.rgb
    i, j = np.triu_indices(len(palette), 1)

    def alike(colours: U8) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        lab = lab_from_rgb(colours)
        return np.asarray(delta_e_2000(lab[i], lab[j]) < CONFUSED_BELOW)

    plain = alike(rgb)
    return {
        name: [(int(a) + 1, int(b) + 1) for a, b in zip(i[found], j[found], strict=True)]
        for name in DEFICIENCIES
        for found in [alike(simulated(rgb, name)) & ~plain]
    }


def confused_pairs(palette: Palette) -> list[tuple[int, int]]:
    """The pairs of either deficiency, in order, each once."""
    return sorted({pair for pairs in confused(palette).values() for pair in pairs})


def _encoded(linear: F64) -> U8:
    """IEC 61966-2-1, linear to 8 bits."""
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    eight_bit: U8 = np.rint(255 * curved).astype(np.uint8)
    return eight_bit
