"""What palette sources share: the picture's colours with their weights, and the nearest paint."""

from __future__ import annotations

import re

import numpy as np

from pbn.core.colour import delta_e_2000, din99o_from_lab, lab_from_rgb
from pbn.core.once import once
from pbn.core.sorting import first_of
from pbn.core.values import F32, F64, I32, U8, Image, Palette

BITS = 5
"""Histogram bits a channel: k-means on its bins' mean colours is within 2 % of all pixels' error."""

_FARTHER = 1.7
"""A centre so many times as far as another in DIN99o is farther by CIEDE2000 too; 1.6 was seen."""

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def bins_of(rgb: U8) -> I32:
    """The histogram bin of each colour: (..., 3) to (...)."""
    q = (rgb >> (8 - BITS)).astype(np.int32)
    bins: I32 = (q[..., 0] << 2 * BITS) | (q[..., 1] << BITS) | q[..., 2]
    return bins


@once
def histogram(image: Image, detail: F32 | None = None) -> tuple[F32, F64]:
    """Mean CIELAB (n, 3) and share of the pixels (n,) of each occupied histogram bin.

    With ``detail`` (H, W) the share is that of the pixels so weighted.
    """
    rgb = image.pixels.reshape(-1, 3)
    bins = bins_of(rgb)
    count = np.bincount(bins, minlength=1 << 3 * BITS)
    used = np.flatnonzero(count)
    n = count[used].astype(np.float64)
    mean = np.stack([np.bincount(bins, rgb[:, c], minlength=len(count))[used] / n for c in range(3)], axis=1)
    if detail is not None:
        n = np.asarray(np.bincount(bins, detail.ravel(), minlength=len(count))[used], np.float64)
    lab, share = lab_from_rgb(np.rint(mean).astype(np.uint8)), n / n.sum()
    lab.flags.writeable = share.flags.writeable = False
    return lab, share


def nearest(centres: F64 | F32, lab: F32) -> tuple[I32, F32]:
    """Of each colour (n, 3) the nearest centre and its CIEDE2000."""
    d = _differences(centres, lab, 1)
    best = d.min(axis=0)
    return first_of(d == best).astype(np.int32), best


def two_nearest(centres: F64, lab: F32) -> tuple[F32, F32, I32]:
    """Of each colour (n, 3) the CIEDE2000 to the nearest centre and to the next, and the nearest."""
    return _two_least(_differences(centres, lab, 2))


def _differences(centres: F64 | F32, lab: F32, wanted: int) -> F32:
    """(k, n): CIEDE2000 of centres to colours; infinity where ``wanted``, 1 or 2, are nearer for certain."""
    theirs = np.asarray(centres, np.float32)
    (one, squares), other = _din99o(lab), din99o_from_lab(theirs)
    square = (other**2).sum(axis=1)[:, None] - 2 * other @ one + squares
    some = square.min(axis=0) if min(wanted, len(theirs)) == 1 else _two_least(square.copy())[1]
    limit = np.sqrt(np.maximum(some, 0))
    at = np.flatnonzero(square <= (_FARTHER * limit + 1) ** 2)
    centre, colour = at // len(lab), at % len(lab)
    d = np.full(square.shape, np.inf, np.float32)
    d.ravel()[at] = delta_e_2000(lab.take(colour, axis=0), theirs.take(centre, axis=0))
    return d


def _two_least(d: F32) -> tuple[F32, F32, I32]:
    """The least of each column of (k, n), the next, and the row of the first; ``d`` is written to."""
    best = d.min(axis=0)
    own = first_of(d == best).astype(np.int32)
    d[own, np.arange(d.shape[1])] = np.inf
    return best, d.min(axis=0), own


@once
def _din99o(lab: F32) -> tuple[F32, F32]:
    """DIN99o of colours (n, 3) as planes (3, n), and their squared lengths (n,)."""
    planes = np.ascontiguousarray(din99o_from_lab(lab).T)
    return planes, (planes**2).sum(axis=0)


def fidelity(image: Image, palette: Palette) -> float:
    """Mean CIEDE2000 of the picture's colours to their nearest paint: what no merging can better."""
    lab, weight = histogram(image)
    return float(np.dot(nearest(lab_from_rgb(palette.rgb), lab)[1], weight))


def parse_hex(text: str) -> tuple[int, int, int] | None:
    """``#c0392b``, ``c0392b`` or ``#fff`` as sRGB; None where it is something else.

    >>> parse_hex("#c0392b")
    (192, 57, 43)
    """
    found = _HEX.fullmatch(text.strip())
    if not found:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(2 * d for d in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
