"""The paints one owns: all of them, or the best few of them chosen together with the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pbn.core.colour import delta_e_2000, din99o_from_lab, lab_from_rgb
from pbn.core.values import F32, F64, Image, Palette
from pbn.errors import PaletteError, SettingsError
from pbn.palette._bases import common_acrylics
from pbn.palette._files import FilePaint, read_paints
from pbn.palette._histogram import fidelity, histogram, parse_hex
from pbn.palette.kmeans import palette_of

_MOST_CANDIDATES = 400
"""Paints that are looked at closely; of more, those that are the nearest to most of the picture."""

_SWAPS = 200
"""At most so many paints are exchanged; seldom more than a dozen are."""

_FAR = 100.0
"""CIEDE2000 to the nearest paint where there is none."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OwnPaints:
    """Only the paints of a file, the best of them for the picture where there are more than asked for.

    A paint's number and name in the file become the name in the kit's legend ("70.951 White"); the
    numbers printed in the regions run from 1, light to dark, as in every kit.

    Attributes
    ----------
    file
        CSV, GIMP palette, Adobe .ase or .aco, or JSON; by default twelve common acrylics.
    keep
        Paints that must be among the chosen: by number or name in the file, or a colour such as
        ``#c0392b``, which stands for the nearest paint.
    least_delta_e
        The least CIEDE2000 between two chosen paints, but for those to keep.
    """

    file: str = ""
    keep: tuple[str, ...] = ()
    least_delta_e: float = 5.0

    def __post_init__(self) -> None:
        if not 0 <= self.least_delta_e <= 50:
            raise SettingsError(
                f"palette.least_delta_e must be 0 to 50, not {self.least_delta_e}. 5 is the default."
            )

    def choose(self, image: Image, colours: int, *, seed: int, detail: F32 | None = None) -> Palette:
        """At most ``colours`` of the paints, light to dark; ``seed`` changes nothing.

        Raises
        ------
        PaletteError
            When the file cannot be read, or a paint to keep is not in it.
        """
        paints = self.paints()
        kept = list(dict.fromkeys(_index(paints, wanted) for wanted in self.keep))
        if len(kept) > colours:
            raise PaletteError(
                f"{len(kept)} paints are to be kept, but the kit has only {colours}."
                " Keep fewer, or use more --colours."
            )
        lab = lab_from_rgb(np.array([paint.rgb for paint in paints], np.uint8))
        chosen = best_of(lab, *histogram(image, detail), colours, kept, self.least_delta_e)
        names = {paints[k].rgb: paints[k].label for k in reversed(chosen)}
        return palette_of(lab[chosen].astype(np.float64), 0.0, names)

    def paints(self) -> tuple[FilePaint, ...]:
        """Every paint there is to choose from, each colour once.

        Raises
        ------
        PaletteError
            When the file cannot be read.
        """
        found = read_paints(Path(self.file)) if self.file else common_acrylics()
        return tuple({paint.rgb: paint for paint in reversed(found)}.values())[::-1]


ENGINE = OwnPaints


@dataclass(frozen=True, slots=True)
class Cost:
    """Mean CIEDE2000 of the picture to the paints, and to as many free ones, before any merging."""

    own: float
    free: float

    @property
    def extra(self) -> float:
        """What the paints cost, in mean CIEDE2000."""
        return self.own - self.free


def cost_of(image: Image, palette: Palette, free: Palette) -> Cost:
    """What it costs in fidelity to paint with ``palette`` and not with ``free``."""
    return Cost(fidelity(image, palette), fidelity(image, free))


def best_of(
    paints: F32, lab: F32, weight: F64, count: int, kept: Sequence[int], least_delta_e: float
) -> list[int]:
    """Which of the paints (n, 3) CIELAB serve the colours (m, 3) of weight (m,) best together.

    The paint that helps most is added until there are ``count``, then one is exchanged for another
    as long as that helps (Kaufman and Rousseeuw 1990, PAM). What is made least is the weighted mean
    of squared CIEDE2000, so that no colour is left far from all paints. Ties go to the first.
    """
    candidates = _candidates(paints, lab, weight, kept)
    d = np.stack([delta_e_2000(lab, paints[k]).astype(np.float64) ** 2 for k in candidates])
    gaps = delta_e_2000(paints[candidates][:, None], paints[candidates][None])
    apart = (gaps >= least_delta_e) | np.eye(len(gaps), dtype=bool)
    fixed = [candidates.index(k) for k in kept]
    chosen = _greedy(d, weight, count, fixed, apart)
    return sorted(candidates[k] for k in _exchanged(d, weight, chosen, len(fixed), apart))


def _candidates(paints: F32, lab: F32, weight: F64, kept: Sequence[int]) -> list[int]:
    if len(paints) <= _MOST_CANDIDATES:
        return list(range(len(paints)))
    there, wanted = din99o_from_lab(paints), din99o_from_lab(lab)
    d = (wanted**2).sum(axis=1)[:, None] - 2 * wanted @ there.T + (there**2).sum(axis=1)
    ranks = np.argpartition(d, 8, axis=1)[:, :8]
    share = np.bincount(ranks.ravel(), np.repeat(weight, 8), minlength=len(paints))
    first = np.argsort(-share, kind="stable")[:_MOST_CANDIDATES].tolist()
    return sorted({*first, *kept})


def _greedy(d: F64, weight: F64, count: int, fixed: list[int], apart: Flags) -> list[int]:
    chosen = list(fixed)
    best = d[chosen].min(axis=0) if chosen else np.full(d.shape[1], _FAR**2)
    while len(chosen) < count:
        gain = np.maximum(best - d, 0) @ weight
        gain[~_allowed(chosen, apart)] = -1
        k = int(np.argmax(gain))
        if gain[k] < 0 or (gain[k] == 0 and chosen):
            break
        chosen.append(k)
        best = np.minimum(best, d[k])
    return chosen


def _allowed(chosen: list[int], apart: Flags) -> Flags:
    allowed: Flags = np.all(apart[:, chosen], axis=1)
    allowed[chosen] = False
    return allowed


def _exchanged(d: F64, weight: F64, chosen: list[int], fixed: int, apart: Flags) -> list[int]:
    """Exchange the pair that helps most, again and again; the first ``fixed`` stay."""
    for _ in range(_SWAPS):
        now = float(d[chosen].min(axis=0) @ weight)
        trials = [_best_in_place_of(d, weight, chosen, place, apart) for place in range(fixed, len(chosen))]
        place, (cost, paint) = min(enumerate(trials, fixed), key=lambda t: t[1], default=(0, (np.inf, 0)))
        if not cost < now * (1 - 1e-9):
            break
        chosen = [*chosen[:place], paint, *chosen[place + 1 :]]
    return chosen


def _best_in_place_of(d: F64, weight: F64, chosen: list[int], place: int, apart: Flags) -> tuple[float, int]:
    """The least cost with another paint in that place, and the paint."""
    rest = chosen[:place] + chosen[place + 1 :]
    best = d[rest].min(axis=0) if rest else np.full(d.shape[1], np.inf)
    allowed = np.flatnonzero(_allowed(rest, apart))
    if len(allowed) == 0:
        return float("inf"), 0
    cost = np.minimum(d[allowed], best) @ weight
    k = int(np.argmin(cost))
    return float(cost[k]), int(allowed[k])


def _index(paints: Sequence[FilePaint], wanted: str) -> int:
    """The paint of that number, name or label, else the one nearest to that colour."""
    for k, paint in enumerate(paints):
        if wanted.strip().casefold() in (s.casefold() for s in (paint.number, paint.name, paint.label) if s):
            return k
    rgb = parse_hex(wanted)
    if rgb is None:
        raise PaletteError(
            f"There is no paint {wanted!r} to keep. Give a number or name from the paint file, or a colour."
        )
    lab = lab_from_rgb(np.array([paint.rgb for paint in paints], np.uint8))
    return int(np.argmin(delta_e_2000(lab, lab_from_rgb(np.array(rgb, np.uint8)))))
