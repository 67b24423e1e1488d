"""Paint recipes: which few parts of the paints one has come nearest to a colour.

Opaque layers by Kubelka and Munk: a paint absorbs by K and scatters by S at each wavelength, both
add up by parts in a mix, and a thick layer reflects 1 + K/S - sqrt((K/S)^2 + 2 K/S). K and S are
relative to the white's scattering; they follow from the paint's colour alone (masstone) and in
white (tint). Where there are only colours, a smooth spectrum stands for each.

Sources: Kubelka and Munk 1931; Duncan 1940 (additivity); Saunderson 1942 (the surface; only
his K1, since K2 changed measured mixes by a fifth of a Delta E); Burns 2020,
"Numerical methods for smoothest reflectance reconstruction", method LHTSS; CIE 15:2004 (observer
and illuminant).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pbn.core.colour import (
    delta_e_2000,
    din99o_from_lab,
    lab_from_xyz,
    linear_from_rgb,
    linear_from_xyz,
    rgb_from_lab,
)
from pbn.core.values import F32, F64, U8, Recipe

I64 = NDArray[np.int64]

WAVELENGTHS_NM = np.arange(380.0, 731.0, 10.0)
"""The 36 bands of every spectrum here."""

MOST_PAINTS = 3
"""In one recipe: a fourth is a trouble to measure and seldom brings it nearer."""

MUCH_WHITE = (10, 12, 16, 20, 30, 40, 60, 80)
"""Parts of white in a tint: more than a spoon is counted out with, but pale colours need them."""

PER_PAINT, PER_PART = 0.4, 0.06
"""Delta E that a further paint, or part, has to win to be worth its measuring."""

_SURFACE = 0.03
"""What a film's face reflects before light enters it, at most (Saunderson's K1).

How much of it a measurement holds depends on the instrument; a set's darkest reflectance bounds it.
"""

_LEAST, _MOST = 0.002, 0.995
"""Limits of a reflectance below the surface: no paint is a perfect black or white."""

_SCATTERING = (0.001, 5.0)
"""Limits of a scattering relative to white's; what noise in a tint makes beyond is not believed."""

_USUAL_SCATTERING = 0.3
"""Of a paint whose file gives no tint: coloured pigments scatter far less than titanium white."""

_CANDIDATES = 48
"""Mixes to a target, by DIN99o, that CIEDE2000 judges."""

# CIE 1931 2-degree observer, 380 to 730 nm by 10 (CIE 15:2004, table T.4).
_X = (
    "0.001368 0.004243 0.01431 0.04351 0.13438 0.2839 0.34828 0.3362 0.2908 0.19536 0.09564 0.03201 0.0049"
    " 0.0093 0.06327 0.1655 0.2904 0.43345 0.5945 0.7621 0.9163 1.0263 1.0622 1.0026 0.85445 0.6424 0.4479"
    " 0.2835 0.1649 0.0874 0.04677 0.0227 0.011359 0.00579 0.002899 0.00144"
)
_Y = (
    "0.000039 0.00012 0.000396 0.00121 0.004 0.0116 0.023 0.038 0.06 0.09098 0.13902 0.20802 0.323 0.503"
    " 0.71 0.862 0.954 0.99495 0.995 0.952 0.87 0.757 0.631 0.503 0.381 0.265 0.175 0.107 0.061 0.032 0.017"
    " 0.00821 0.004102 0.002091 0.001047 0.00052"
)
_Z = (
    "0.00645 0.02005 0.06785 0.2074 0.6456 1.3856 1.74706 1.77211 1.6692 1.28764 0.81295 0.46518 0.272"
    " 0.1582 0.07825 0.04216 0.0203 0.00875 0.0039 0.0021 0.00165 0.0011 0.0008 0.00034 0.00019 0.00005"
    " 0.00002 0 0 0 0 0 0 0 0 0"
)
# Illuminant D65 at the same wavelengths (CIE 15:2004, table T.1).
_D65 = (
    "49.98 54.65 82.75 91.49 93.43 86.68 104.86 117.01 117.81 114.86 115.92 108.81 109.35 107.80 104.79"
    " 107.69 104.41 104.05 100.00 96.33 95.79 88.69 90.01 89.60 87.70 83.29 83.70 80.03 80.21 82.28 78.28"
    " 69.72 71.61 74.35 61.60 69.89"
)


def _observer() -> F64:
    """(36, 3): a spectrum to CIE XYZ relative to white."""
    xyz = np.array([[float(v) for v in row.split()] for row in (_X, _Y, _Z)])
    xyz = xyz * np.array([float(v) for v in _D65.split()])
    return np.asarray((xyz / xyz.sum(axis=1, keepdims=True)).T)


_OBSERVER = _observer()


@dataclass(frozen=True, slots=True, eq=False)
class BaseSet:
    """Paints to mix from: names, and absorption and scattering (n, 36) with white's S as the unit.

    ``surface`` is the share of light that returns from the film's face, as their spectra have it;
    ``white`` is the row of the paint that lightens the others.
    """

    names: tuple[str, ...]
    absorption: F64
    scattering: F64
    surface: float = 0.0
    white: int = 0

    def __post_init__(self) -> None:
        shape = (len(self.names), len(WAVELENGTHS_NM))
        if self.absorption.shape != shape or self.scattering.shape != shape:
            raise ValueError(f"absorption and scattering must be {shape}")
        if not ((self.absorption >= 0).all() and (self.scattering > 0).all()):
            raise ValueError("absorption must not be negative, scattering must be positive")

    def __len__(self) -> int:
        return len(self.names)


def resampled(wavelengths_nm: F64, values: F64) -> F64:
    """A spectrum at `WAVELENGTHS_NM`: the mean over each band, held level beyond the ends."""
    fine = np.arange(375.0, 735.5, 1.0)
    level = np.interp(fine, wavelengths_nm, values)
    return np.asarray([level[10 * k : 10 * k + 11].mean() for k in range(len(WAVELENGTHS_NM))])


def lab_from_reflectance(reflectance: F64 | F32) -> F32:
    """CIELAB (D65, 2 degrees) of spectra (..., 36): (..., 3)."""
    return lab_from_xyz(reflectance @ _OBSERVER)


def rgb_from_reflectance(reflectance: F64) -> U8:
    """The nearest 8-bit sRGB of spectra (..., 36): (..., 3)."""
    return rgb_from_lab(lab_from_reflectance(reflectance))


@lru_cache(maxsize=256)
def reflectance_from_rgb(rgb: tuple[int, int, int]) -> tuple[float, ...]:
    """The smoothest spectrum within 0..1 that has this sRGB colour.

    Burns 2020, LHTSS: with r = (tanh z + 1) / 2 the sum of squared steps of z is least under the
    three conditions on colour; Newton's method on the Lagrange function. Channels are kept a little
    off 0 and 1, which no spectrum within 0..1 but a constant one reaches.
    """
    wanted = np.clip(linear_from_rgb(np.array(rgb, np.uint8)), 0.003, 0.985)
    to_linear, steps = _conditions()
    n = len(steps)
    z, multipliers = np.zeros(n), np.zeros(3)
    system, off = np.zeros((n + 3, n + 3)), np.empty(n + 3)
    for _ in range(100):
        tanh = np.tanh(z)
        slope = 0.5 / np.cosh(z) ** 2  # dr / dz
        jacobian = to_linear * slope  # (3, n)
        off[:n] = steps @ z + jacobian.T @ multipliers
        off[n:] = to_linear @ ((tanh + 1) / 2) - wanted
        if np.abs(off).max() < 1e-8:
            break
        system[:n, :n] = steps
        system[range(n), range(n)] += -2 * tanh * slope * (to_linear.T @ multipliers)
        system[:n, n:], system[n:, :n] = jacobian.T, jacobian
        move = np.linalg.solve(system, -off)
        move *= min(1.0, 2.0 / max(1e-12, float(np.abs(move[:n]).max())))
        z, multipliers = z + move[:n], multipliers + move[n:]
    return tuple(((np.tanh(z) + 1) / 2).tolist())


@cache
def _conditions() -> tuple[F64, F64]:
    """(3, 36) from a spectrum to linear sRGB, and (36, 36) from one to its squared steps' slope."""
    n = len(WAVELENGTHS_NM)
    steps = 4.0 * np.eye(n) - 2.0 * np.eye(n, k=1) - 2.0 * np.eye(n, k=-1)
    steps[0, 0] = steps[-1, -1] = 2.0
    return linear_from_xyz(_OBSERVER).T, steps


def ratio(reflectance: F64, surface: float = 0.0) -> F64:
    """K/S of a thick layer that reflects so, its surface's share taken off."""
    r = np.clip((reflectance - surface) / (1 - surface), _LEAST, _MOST)
    return np.asarray((1 - r) ** 2 / (2 * r))


def reflected(k_over_s: F64, surface: float = 0.0) -> F64:
    """The reflectance of a thick layer, surface included: `ratio` turned round."""
    q = np.asarray(k_over_s)
    return np.asarray(surface + (1 - surface) * (1 + q - np.sqrt(q * (q + 2))))


def base_set(
    names: Sequence[str], masstones: F64, tints: Sequence[F64 | None], white_parts: Sequence[float]
) -> BaseSet:
    """Paints to mix from, of their spectra alone and in white; the lightest is the white.

    Parameters
    ----------
    names
        n of them.
    masstones
        (n, 36), each paint as it is.
    tints
        One part of the paint in ``white_parts`` of the white (36,), or None: then it is taken to
        scatter as coloured pigments usually do, and recipes with it are a first guess.
    """
    surface = min(_SURFACE, 0.95 * float(masstones.min()))
    white = int(np.argmax(lab_from_reflectance(masstones)[:, 0]))
    q = ratio(masstones, surface)
    scattering = np.full_like(q, _USUAL_SCATTERING)
    for k, (tint, parts) in enumerate(zip(tints, white_parts, strict=True)):
        if tint is not None and k != white:
            scattering[k] = _scattering(q[k], q[white], ratio(tint, surface), parts)
    scattering[white] = 1.0
    return BaseSet(tuple(names), q * scattering, scattering, surface, white)


def _scattering(q: F64, q_white: F64, q_tint: F64, white_parts: float) -> F64:
    """S (36,) relative to white's, from q_tint = (S q + w q_white) / (S + w)."""
    gap = np.maximum(q - q_tint, 1e-9)
    # Where paint and white hardly differ the tint says nothing: lean on the other wavelengths.
    trust = np.clip(2 * gap / (0.05 + q), 0, 1) ** 2 * (q_tint > q_white)
    told = np.clip(white_parts * (q_tint - q_white) / gap, *_SCATTERING)
    usual = _weighted_median(told, trust)
    return np.asarray(np.clip(trust * told + (1 - trust) * usual, *_SCATTERING))


def _weighted_median(values: F64, weight: F64) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)]) if total[-1] > 0 else _USUAL_SCATTERING


def mixed(base: BaseSet, parts: F64) -> F64:
    """Reflectance (..., 36) of parts (..., n) of the base's paints."""
    return reflected((parts @ base.absorption) / (parts @ base.scattering), base.surface)


def recipes(targets: F64 | F32, base: BaseSet, most_parts: int = 6) -> list[Recipe]:
    """The best recipe for each target (n, 3) CIELAB; all mixes of up to three paints are looked at.

    Beside those of ``most_parts`` parts in all these are pale tints: one to three parts of one or two
    others in as much white as `MUCH_WHITE` says. Best is the least CIEDE2000 plus `PER_PAINT` and
    `PER_PART` for each further paint and part, so that a simple recipe wins over one that is nearer by
    what nobody sees. Ties go to the recipe that comes first: fewer paints, then the base's order.

    Raises
    ------
    ValueError
        When ``most_parts`` is not 1 to 12.
    """
    if not 1 <= most_parts <= 12:
        raise ValueError(f"most_parts must be 1 to 12, not {most_parts}")
    which, how_many = (
        np.concatenate(both)
        for both in zip(_mixes(len(base), most_parts), _tints(len(base), base.white), strict=True)
    )
    lab = lab_from_reflectance(_colours(base, which, how_many))
    counted = np.minimum(how_many, MUCH_WHITE[0]).sum(axis=1)  # ladles of white cost no more care than one
    effort = PER_PAINT * ((how_many > 0).sum(axis=1) - 1) + PER_PART * (counted - 1)
    wanted = np.asarray(targets, np.float32).reshape(-1, 3)
    close = _close(lab, wanted, len(base))
    delta = delta_e_2000(lab[close], wanted[:, None])
    rows = np.arange(len(wanted))
    column = np.argmin(delta + effort[close], axis=1)
    best = close[rows, column]
    return [
        _recipe(base, *mix)
        for mix in zip(which[best], how_many[best], rgb_from_lab(lab[best]), delta[rows, column], strict=True)
    ]


def _close(lab: F32, targets: F32, paints: int) -> I64:
    """(n, k) the mixes next to each target in their order, and each of the paints as it is."""
    mixes = din99o_from_lab(lab)
    found = np.empty((len(targets), min(_CANDIDATES, len(lab)) + paints), np.int64)
    found[:, -paints:] = np.arange(paints)
    for row, target in zip(found, din99o_from_lab(targets), strict=True):
        off = mixes - target
        away = np.einsum("ij,ij->i", off, off)
        row[:-paints] = np.argpartition(away, len(row) - paints - 1)[: len(row) - paints]
    return np.sort(found, axis=1)


def _recipe(base: BaseSet, which: I64, how_many: I64, rgb: U8, delta: np.floating) -> Recipe:
    r, g, b = (int(c) for c in rgb)
    parts = tuple((base.names[int(k)], int(n)) for k, n in zip(which, how_many, strict=True) if n)
    return Recipe(parts, (r, g, b), round(float(delta), 2))


def _colours(base: BaseSet, which: I64, how_many: I64) -> F32:
    """`mixed` for mixes given as (m, 3) paints and parts, in single precision."""
    parts = np.zeros((len(which), len(base)), np.float32)
    for paint, n in zip(which.T, how_many.T, strict=True):
        parts[np.arange(len(parts)), paint] += n
    surface = np.float32(base.surface)
    q = (parts @ base.absorption.astype(np.float32)) / (parts @ base.scattering.astype(np.float32))
    # 1 + q - sqrt(q (q + 2)), written so that nothing near to equal is taken apart
    return np.asarray(surface + (1 - surface) / (1 + q + np.sqrt(q * (q + 2))))


@lru_cache(maxsize=8)
def _mixes(paints: int, most_parts: int) -> tuple[I64, I64]:
    """All mixes in lowest terms: (m, 3) paints and (m, 3) parts, zero where there are fewer paints."""
    which, how_many = [], []
    for count in range(1, min(MOST_PAINTS, paints) + 1):
        shares = np.array(_shares(count, most_parts), np.int64).reshape(-1, count)
        chosen = np.array(list(combinations(range(paints), count)), np.int64)
        pad = ((0, 0), (0, MOST_PAINTS - count))
        which.append(np.repeat(np.pad(chosen, pad), len(shares), axis=0))
        how_many.append(np.tile(np.pad(shares, pad), (len(chosen), 1)))
    return np.concatenate(which), np.concatenate(how_many)


@lru_cache(maxsize=8)
def _tints(paints: int, white: int) -> tuple[I64, I64]:
    """Pale mixes, as `_mixes` gives them: much white and one to three parts of others, in lowest terms."""
    others = [k for k in range(paints) if k != white]
    colours = [((k, k), (n, 0)) for k in others for n in (1, 2)]
    colours += [(pair, few) for pair in combinations(others, 2) for few in ((1, 1), (1, 2), (2, 1))]
    rows = [
        ((white, *which), (parts, *few))
        for parts in MUCH_WHITE
        for which, few in colours
        if math.gcd(parts, *few) == 1
    ]
    which, how_many = (np.array(side, np.int64) for side in zip(*rows, strict=True))
    return which, how_many


def _shares(count: int, most: int) -> Sequence[tuple[int, ...]]:
    """Ways to share out at most ``most`` parts, each paint at least one, in lowest terms."""
    if count == 1:
        return [(1,)]
    heads: list[tuple[int, ...]] = [()]
    for left in range(count, 0, -1):
        heads = [(*h, n) for h in heads for n in range(1, most - sum(h) - left + 2)]
    return [h for h in heads if math.gcd(*h) == 1]
