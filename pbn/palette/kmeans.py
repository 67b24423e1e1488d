"""Paints by k-means on the picture's weighted colour histogram.

Centres are (k, 3) CIELAB; the first ``fixed`` of them, the colours that were asked for and those of
accents, stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from pbn.core.colour import delta_e_2000, lab_from_rgb, rgb_from_lab
from pbn.core.values import F32, F64, Image, Paint, Palette
from pbn.errors import PaletteError, SettingsError
from pbn.palette._accents import Patches, patches_of
from pbn.palette._histogram import histogram, nearest, parse_hex, two_nearest
from pbn.palette._lloyd import cluster

_REFINEMENTS = 8
"""Lloyd steps under CIEDE2000 after each change of the centres."""

_ROUNDS = 4
"""Times that close pairs are joined and their paints set anew."""

_STARTS = (1.0, 0.65, 0.4)
"""Shares of the count asked for to start from: where many clusters crowd in few colours and join to
fewer paints than there is room for, fewer clusters, spread and then added to, serve better."""

_PAINTS_PER_ACCENT = 6
"""At most one paint in so many is set aside for accents."""

_FEWEST_WITH_ACCENTS = 12
"""With fewer paints in all, one for an accent costs the rest too much: 4 % of Delta E at eight."""

_EVENNESS = 0.85
"""Power of a colour's share that counts: below one a sky has fewer near-equal paints, what is rare more."""

_TRIED = 6
"""Paints that may have to go for an accent's, of which one is sought that no other accent needs."""

_STEPS = 33
"""Places on the way from one colour to another that are looked at."""

_ROUNDING = 1.06
"""What 8-bit rounding may take from the distance between two paints is less than this leaves."""


@dataclass(frozen=True, slots=True)
class KMeans:
    """k-means in CIELAB, refined under CIEDE2000, no two paints closer than ``least_delta_e``.

    Pairs that come out closer are joined, and a paint is set where the picture is served worst, so
    that the count asked for is kept where the picture has so many colours; else it is a maximum.

    Attributes
    ----------
    least_delta_e
        The least CIEDE2000 between two paints: 5 is told apart in two neighbouring regions at arm's
        length and on two pots on the table.
    restarts
        Runs of k-means from which the best is kept.
    keep
        Colours such as ``#c0392b`` that are paints whatever the picture, counted among the colours
        asked for. They may be closer to each other than ``least_delta_e``.
    """

    least_delta_e: float = 5.0
    restarts: int = 3
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.least_delta_e <= 50:
            raise SettingsError(
                f"palette.least_delta_e must be 0 to 50, not {self.least_delta_e}. 5 is the default."
            )
        if not 1 <= self.restarts <= 50:
            raise SettingsError(f"palette.restarts must be 1 to 50, not {self.restarts}. 3 is the default.")
        for text in self.keep:
            if parse_hex(text) is None:
                raise SettingsError(f"palette.keep must be colours such as #c0392b, not {text!r}.")

    def choose(self, image: Image, colours: int, *, seed: int, detail: F32 | None = None) -> Palette:
        """At most ``colours`` paints for ``image``, light to dark."""
        pins = self._pins(colours)
        lab, shares = histogram(image, detail)
        weight = shares**_EVENNESS / (shares**_EVENNESS).sum()
        tried = []
        for share in _STARTS:
            k = min(max(2, round(share * colours)), colours, len(lab))
            centres = _pinned(pins, self._cluster(lab, weight, k, seed), lab, weight, colours)
            centres = _refine(centres, lab, weight, fixed=len(pins))
            tried.append(self._spread(centres, lab, weight, colours, len(pins)))
            if len(tried[-1]) >= colours:
                break
        if max(map(len, tried)) < colours:
            packed = _packed(pins, lab, self.least_delta_e * _ROUNDING, colours)
            tried.append(_refine(packed, lab, weight, self.least_delta_e * _ROUNDING, len(pins)))
        centres = min(tried, key=partial(_served, lab, weight))
        centres = self._with_accents(image, centres, lab, weight, len(pins), colours)
        return palette_of(centres, self.least_delta_e, pinned=len(pins))

    def _pins(self, colours: int) -> F64:
        rgb = list(dict.fromkeys(filter(None, map(parse_hex, self.keep))))
        if len(rgb) > colours:
            raise PaletteError(
                f"{len(rgb)} colours are to be kept, but the kit has only {colours}."
                " Keep fewer, or use more --colours."
            )
        return lab_from_rgb(np.array(rgb, np.uint8).reshape(-1, 3)).astype(np.float64)

    def _cluster(self, lab: F32, weight: F64, k: int, seed: int) -> F64:
        if k == len(lab):
            return lab.astype(np.float64)
        rng = np.random.default_rng([seed, *b"palette"])
        cost = partial(_served, lab, weight)
        return cluster(lab.astype(np.float64), weight, k, rng, runs=self.restarts, cost=cost)

    def _spread(self, centres: F64, lab: F32, weight: F64, wanted: int, fixed: int) -> F64:
        """Join pairs that are too close, and give the paints so won to the worst-served colours."""
        least = self.least_delta_e * _ROUNDING
        for _ in range(_ROUNDS):
            centres, joined = _join_close(centres, lab, weight, least, fixed)
            if not joined and len(centres) == wanted:
                break
            centres = _add_missing(centres, lab, weight, least, wanted)
            centres = _refine(centres, lab, weight, least, fixed)
        return centres

    def _with_accents(
        self, image: Image, centres: F64, lab: F32, weight: F64, fixed: int, colours: int
    ) -> F64:
        """Give small patches that stand out a paint each, in the place of those least missed."""
        least, most = self.least_delta_e * _ROUNDING, fixed + colours // _PAINTS_PER_ACCENT
        if colours < _FEWEST_WITH_ACCENTS:
            return centres
        patches, first = patches_of(image), fixed
        while fixed < most and (found := patches.without_paint(centres)) is not None:
            centres = np.vstack([centres[:fixed], found, centres[fixed:]])
            fixed += 1
            while len(centres) > max(colours, fixed):
                centres = np.delete(centres, _least_missed(centres, lab, weight, fixed, patches), axis=0)
        return _refine(centres, lab, weight, least, fixed) if fixed > first else centres


ENGINE = KMeans


def palette_of(
    lab: F64,
    least_delta_e: float = 0.0,
    names: Mapping[tuple[int, int, int], str] | None = None,
    *,
    pinned: int = 0,
) -> Palette:
    """Number colours (n, 3) CIELAB light to dark; of two that are too close the later goes.

    The first ``pinned`` stay unless they are the same.
    """
    rgb = rgb_from_lab(lab)
    exact = lab_from_rgb(rgb)
    kept: list[int] = []
    for k in range(len(rgb)):
        least = max(0.0 if k < pinned else least_delta_e, 1e-6)
        if not kept or float(np.min(delta_e_2000(exact[kept], exact[k]))) >= least:
            kept.append(k)
    order = sorted(kept, key=lambda k: (-float(exact[k, 0]), *map(int, rgb[k])))
    paints = []
    for number, k in enumerate(order, 1):
        r, g, b = (int(c) for c in rgb[k])
        paints.append(Paint(number, (r, g, b), (names or {}).get((r, g, b), "")))
    return Palette(tuple(paints))


def closest(lab: F64 | F32, fixed: int = 0) -> tuple[int, int, float]:
    """The two nearest of (n, 3) colours, i < j, and their CIEDE2000; infinity where there is no pair.

    Two of the first ``fixed`` are no pair.
    """
    i, j = np.triu_indices(len(lab), 1)
    i, j = i[j >= fixed], j[j >= fixed]
    if len(i) == 0:
        return 0, 0, float("inf")
    d = delta_e_2000(lab[i], lab[j])
    k = int(np.argmin(d))
    return int(i[k]), int(j[k]), float(d[k])


def _pinned(pins: F64, free: F64, lab: F32, weight: F64, wanted: int) -> F64:
    """Pins and as many of the free centres as there is room for; those least missed go."""
    centres = np.vstack([pins, free])
    while len(centres) > max(wanted, len(pins)):
        centres = np.delete(centres, _least_missed(centres, lab, weight, len(pins)), axis=0)
    return centres


def _least_missed(centres: F64, lab: F32, weight: F64, fixed: int, patches: Patches | None = None) -> int:
    """The centre without which the picture loses least, and, where it may be, no patch its paint."""
    best, second, own = two_nearest(centres, lab)
    loss = np.bincount(own, weight * (second**2 - best**2), minlength=len(centres))
    order = (np.argsort(loss[fixed:], kind="stable") + fixed).tolist()
    spare = patches.spare(centres, order[:_TRIED]) if patches else None
    return order[0] if spare is None else spare


def _served(lab: F32, weight: F64, centres: F64) -> float:
    """The mean CIEDE2000 of colours to their nearest centre."""
    return float(weight @ nearest(centres, lab)[1])


def _refine(centres: F64, lab: F32, weight: F64, least: float = 0.0, fixed: int = 0) -> F64:
    """Lloyd's steps with CIEDE2000 for the distance, that bring no two centres within ``least``."""
    for _ in range(_REFINEMENTS):
        best, _d = nearest(centres, lab)
        total = np.bincount(best, weight, minlength=len(centres))
        sums = np.stack(
            [np.bincount(best, weight * lab[:, c], minlength=len(centres)) for c in range(3)], axis=1
        )
        moved = np.where(total[:, None] > 0, sums / np.maximum(total, 1e-300)[:, None], centres)
        moved[:fixed] = centres[:fixed]
        moved = _held_apart(centres, moved, least)
        settled = np.abs(moved - centres).max() < 0.05
        centres = moved
        if settled:
            break
    return centres


def _held_apart(before: F64, after: F64, least: float) -> F64:
    """``after``, but the old place for centres that would come within ``least`` of another."""
    if least <= 0:
        return after
    after = after.copy()
    i, j = np.triu_indices(len(after), 1)
    for _ in range(len(after)):
        near = delta_e_2000(after[i], after[j]) < least
        close = np.zeros(len(after), np.bool_)
        close[i[near]] = close[j[near]] = True
        close &= (after != before).any(axis=1)
        if not close.any():
            break
        after[close] = before[close]
    return after


def _join_close(centres: F64, lab: F32, weight: F64, least: float, fixed: int) -> tuple[F64, bool]:
    """Replace the nearest two by their weighted middle until none are within ``least``.

    A fixed centre takes a free one in and stays where it is.
    """
    share = np.bincount(nearest(centres, lab)[0], weight, minlength=len(centres)) + 1e-12
    joined = False
    while len(centres) > max(1, fixed):
        i, j, gap = closest(centres, fixed)
        if gap >= least:
            break
        middle = (centres[i] * share[i] + centres[j] * share[j]) / (share[i] + share[j])
        both = share[i] + share[j]
        if i < fixed:
            centres, share = np.delete(centres, j, axis=0), np.delete(share, j)
            share[i] = both
        else:
            centres = np.vstack([np.delete(centres, [i, j], axis=0), middle])
            share = np.append(np.delete(share, [i, j]), both)
        joined = True
    return centres, joined


def _add_missing(centres: F64, lab: F32, weight: F64, least: float, wanted: int) -> F64:
    """Up to ``wanted`` centres: each new one is the colour whose own paint saves most."""
    _, d = nearest(centres, lab)
    while len(centres) < wanted:
        gain = np.where(d >= least, weight * d.astype(np.float64) ** 2, 0)
        k = int(np.argmax(gain))
        if gain[k] == 0:
            break
        centres = np.vstack([centres, lab[k]])
        d = np.minimum(d, delta_e_2000(lab, lab[k]))
    return centres


def _packed(pins: F64, lab: F32, least: float, wanted: int) -> F64:
    """Up to ``wanted`` centres as close as may be, for a picture with room for few, such as one of greys.

    They grow from the pins, or from the darkest colour: each new one is ``least`` from its nearest, on the
    way to the nearest of the colours that are no nearer than that to any.
    """
    centres = pins if len(pins) else lab[[int(lab[:, 0].argmin())]].astype(np.float64)
    while len(centres) < wanted:
        own, d = nearest(centres, lab)
        k = int(np.where(d >= least, d, np.inf).argmin())
        if d[k] < least:
            break
        way = np.linspace(0, 1, _STEPS)[:, None] * (lab[k] - centres[own[k]]) + centres[own[k]]
        apart = delta_e_2000(way[:, None], centres[None]).min(axis=1)
        apart[-1] = d[k]
        centres = np.vstack([centres, way[int((apart >= least).argmax())]])
    return centres
