"""Paints by k-means on the picture's weighted colour histogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pbn.core.colour import delta_e_2000, lab_from_rgb, rgb_from_lab
from pbn.core.values import F32, F64, I32, Image, Paint, Palette
from pbn.errors import SettingsError

_BITS = 5
"""Histogram bits a channel: k-means on its bins' mean colours is within 2 % of all pixels' error."""

_REFINEMENTS = 8
"""Lloyd steps under CIEDE2000 after each change of the centres."""

_ROUNDS = 4
"""Times that close pairs are joined and their paints set anew."""

_STARTS = (1.0, 0.65, 0.4)
"""Shares of the count asked for to start from: where many clusters crowd in few colours and join to
fewer paints than there is room for, fewer clusters, spread and then added to, serve better."""

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
        Runs of k-means++ from which scikit-learn keeps the best.
    """

    least_delta_e: float = 5.0
    restarts: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.least_delta_e <= 50:
            raise SettingsError(
                f"palette.least_delta_e must be 0 to 50, not {self.least_delta_e}. 5 is the default."
            )
        if not 1 <= self.restarts <= 50:
            raise SettingsError(f"palette.restarts must be 1 to 50, not {self.restarts}. 3 is the default.")

    def choose(self, image: Image, colours: int, *, seed: int) -> Palette:
        """At most ``colours`` paints for ``image``, light to dark."""
        lab, weight = histogram(image)
        tried = []
        for share in _STARTS:
            k = min(max(2, round(share * colours)), colours, len(lab))
            centres = _refine(self._cluster(lab, weight, k, seed), lab, weight)
            tried.append(self._spread(centres, lab, weight, colours))
            if len(tried[-1]) == colours:
                break
        served = [float(weight @ _nearest(centres, lab)[1]) for centres in tried]
        return palette_of(tried[int(np.argmin(served))], self.least_delta_e)

    def _cluster(self, lab: F32, weight: F64, k: int, seed: int) -> F64:
        if k == len(lab):
            return lab.astype(np.float64)
        from sklearn.cluster import KMeans as SklearnKMeans
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # sums in one order whatever the machine's cores
            model = SklearnKMeans(k, n_init=self.restarts, random_state=seed, algorithm="lloyd", tol=1e-3)
            model.fit(lab.astype(np.float64), sample_weight=weight)
        return np.asarray(model.cluster_centers_, np.float64)

    def _spread(self, centres: F64, lab: F32, weight: F64, wanted: int) -> F64:
        """Join pairs that are too close, and give the paints so won to the worst-served colours."""
        least = self.least_delta_e * _ROUNDING
        for _ in range(_ROUNDS):
            centres, joined = _join_close(centres, lab, weight, least)
            if not joined and len(centres) == wanted:
                break
            centres = _add_missing(centres, lab, weight, least, wanted)
            centres = _refine(centres, lab, weight, least)
        return centres


ENGINE = KMeans


def histogram(image: Image) -> tuple[F32, F64]:
    """Mean CIELAB (n, 3) and share of the pixels (n,) of each occupied histogram bin."""
    rgb = image.pixels.reshape(-1, 3)
    q = (rgb >> (8 - _BITS)).astype(np.int32)
    bins = (q[:, 0] << 2 * _BITS) | (q[:, 1] << _BITS) | q[:, 2]
    count = np.bincount(bins, minlength=1 << 3 * _BITS)
    used = np.flatnonzero(count)
    n = count[used].astype(np.float64)
    mean = np.stack([np.bincount(bins, rgb[:, c], minlength=len(count))[used] / n for c in range(3)], axis=1)
    return lab_from_rgb(np.rint(mean).astype(np.uint8)), n / n.sum()


def palette_of(
    lab: F64, least_delta_e: float = 0.0, names: dict[tuple[int, int, int], str] | None = None
) -> Palette:
    """Number colours (n, 3) CIELAB light to dark; of two that are too close the rarer (later) goes."""
    rgb = rgb_from_lab(lab)
    exact = lab_from_rgb(rgb)
    kept: list[int] = []
    for k in range(len(rgb)):
        if not kept or float(np.min(delta_e_2000(exact[kept], exact[k]))) >= max(least_delta_e, 1e-6):
            kept.append(k)
    order = sorted(kept, key=lambda k: (-float(exact[k, 0]), *map(int, rgb[k])))
    paints = []
    for number, k in enumerate(order, 1):
        r, g, b = (int(c) for c in rgb[k])
        paints.append(Paint(number, (r, g, b), (names or {}).get((r, g, b), "")))
    return Palette(tuple(paints))


def closest(lab: F64 | F32) -> tuple[int, int, float]:
    """The two nearest of (n, 3) colours and their CIEDE2000; infinity where there is one colour."""
    if len(lab) < 2:
        return 0, 0, float("inf")
    i, j = np.triu_indices(len(lab), 1)
    d = delta_e_2000(lab[i], lab[j])
    k = int(np.argmin(d))
    return int(i[k]), int(j[k]), float(d[k])


def _nearest(centres: F64, lab: F32) -> tuple[I32, F32]:
    d = delta_e_2000(lab[:, None], centres.astype(np.float32)[None])
    best = d.argmin(axis=1).astype(np.int32)
    return best, d[np.arange(len(lab)), best].astype(np.float32)


def _refine(centres: F64, lab: F32, weight: F64, least: float = 0.0) -> F64:
    """Lloyd's steps with CIEDE2000 for the distance, that bring no two centres within ``least``."""
    for _ in range(_REFINEMENTS):
        best, _d = _nearest(centres, lab)
        total = np.bincount(best, weight, minlength=len(centres))
        sums = np.stack(
            [np.bincount(best, weight * lab[:, c], minlength=len(centres)) for c in range(3)], axis=1
        )
        moved = np.where(total[:, None] > 0, sums / np.maximum(total, 1e-300)[:, None], centres)
        moved = _held_apart(centres, moved, least)
        settled = np.abs(moved - centres).max() < 0.05
        centres = moved
        if settled:
            break
    return centres


def _held_apart(before: F64, after: F64, least: float) -> F64:
    """``after``, but the old place for centres that would come within ``least`` of another."""
    after = after.copy()
    for _ in range(len(after)):
        d = delta_e_2000(after[:, None], after[None]) + np.where(np.eye(len(after)) > 0, np.inf, 0)
        close = (d < least).any(axis=1) & (after != before).any(axis=1)
        if not close.any():
            break
        after[close] = before[close]
    return after


def _join_close(centres: F64, lab: F32, weight: F64, least: float) -> tuple[F64, bool]:
    """Replace the nearest two by their weighted middle until none are within ``least``."""
    share = np.bincount(_nearest(centres, lab)[0], weight, minlength=len(centres)) + 1e-12
    joined = False
    while len(centres) > 1:
        i, j, nearest = closest(centres)
        if nearest >= least:
            break
        middle = (centres[i] * share[i] + centres[j] * share[j]) / (share[i] + share[j])
        centres = np.vstack([np.delete(centres, [i, j], axis=0), middle])
        share = np.append(np.delete(share, [i, j]), share[i] + share[j])
        joined = True
    return centres, joined


def _add_missing(centres: F64, lab: F32, weight: F64, least: float, wanted: int) -> F64:
    """Up to ``wanted`` centres: each new one is the colour whose own paint saves most."""
    _, d = _nearest(centres, lab)
    while len(centres) < wanted:
        gain = np.where(d >= least, weight * d.astype(np.float64) ** 2, 0)
        k = int(np.argmax(gain))
        if gain[k] == 0:
            break
        centres = np.vstack([centres, lab[k]])
        d = np.minimum(d, delta_e_2000(lab, lab[k]))
    return centres
