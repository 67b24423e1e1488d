"""Region competition: borders move, pixel by pixel, to where the picture has them.

Energy: squared colour error of every pixel under its region's paint, plus ``smoothness`` for each
pair of 8-neighbours in different regions (diagonal ones weigh less, so that length means about the
same in every direction). After Zhu and Yuille, "Region Competition", 1996, with fixed paints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.values import F32, F64, I32, U8

AROUND = ((-1, 0), (0, 1), (1, 0), (0, -1), (-1, -1), (-1, 1), (1, 1), (1, -1))
"""Neighbours: the four at the sides first, clockwise from above, then the four at the corners."""

_WEIGHTS = np.array([1, 1, 1, 1, 0.7, 0.7, 0.7, 0.7], np.float32)

_BORDER = np.array(
    [sum(w for k, w in enumerate(_WEIGHTS.tolist()) if not bits >> k & 1) for bits in range(256)], np.float32
)
"""The border about a pixel, for each set of neighbours (bits as `AROUND`) that are of its region."""


def _keeps_whole() -> NDArray[np.bool_]:
    """For each set of own neighbours (bit k is `AROUND`[k]): does the region stay 4-connected there.

    It does when exactly one run of own pixels round the ring touches a side of the pixel.
    """
    ring = (4, 0, 5, 1, 6, 2, 7, 3)  # clockwise from the upper left corner
    table = np.zeros(256, np.bool_)
    for bits in range(256):
        own = [bool(bits >> k & 1) for k in ring]
        if all(own):
            table[bits] = True
            continue
        start = own.index(False)
        runs, touches = 0, False
        for step in range(1, 9):
            k = (start + step) % 8
            if own[k]:
                touches |= k % 2 == 1
            else:
                runs += touches
                touches = False
        table[bits] = runs == 1
    return table


KEEPS_WHOLE = _keeps_whole()

_MAY_CHANGE = KEEPS_WHOLE & (np.arange(256) % 16 < 15)
"""The same where a side neighbour is of another region."""


def compete(
    ids: I32,
    paint: I32,
    colours: F32,
    paints: F64,
    *,
    keep: NDArray[np.bool_],
    smoothness: float,
    rounds: int = 8,
    among: NDArray[np.bool_] | None = None,
) -> I32:
    """Move borders downhill in energy; no region loses a pixel of ``keep`` or falls apart.

    Parameters
    ----------
    ids, paint
        Map (H, W) of 4-connected regions and their paints (n,).
    colours, paints
        Picture (H, W, 3) and paints (k, 3) in a space where squared distance is the error.
    keep
        (H, W): pixels that stay with their region.
    smoothness
        Energy of a unit of border, in the same squares.
    rounds
        At most so many sweeps; fewer when nothing moves any more.
    among
        (H, W): the pixels that may move at first; by default all. Elsewhere borders are where they are best.

    Notes
    -----
    Pixels are visited in four interleaved lattices, in none of which two are 8-neighbours, so that
    all moves of one visit are independent: the outcome does not depend on threads.
    """
    h, w = ids.shape
    step = w + 2
    padded = np.full((h + 2, step), -1, np.int32)
    padded[1:-1, 1:-1] = ids
    flat = padded.ravel()
    around = np.array([dy * step + dx for dy, dx in AROUND])
    free = np.pad(~keep, 1).ravel()
    shade = np.ascontiguousarray(paints.astype(np.float32)[paint].T)
    pixels = colours.reshape(-1, 3)
    border = _BORDER * np.float32(smoothness)
    first = free if among is None else free & np.pad(among, 1).ravel()
    todo = np.flatnonzero(first & _at_border(padded).ravel())
    for _ in range(rounds):
        moved = []
        row, col = np.divmod(todo, step)
        colours_there = np.ascontiguousarray(pixels[(row - 1) * w + col - 1].T)
        which = row % 2 * 2 + col % 2
        for lattice in range(4):
            k = np.flatnonzero(which == lattice)
            moved.append(_visit(flat, todo[k], around, colours_there[:, k], shade, border))
        changed = np.concatenate(moved)
        if not len(changed):
            break
        about = np.concatenate([changed, (changed[:, None] + around).ravel()])
        about = np.sort(about[free[about]])
        todo = about[np.append(True, about[1:] != about[:-1])]
    return padded[1:-1, 1:-1].copy()


def _at_border(padded: I32) -> NDArray[np.bool_]:
    edge = np.zeros(padded.shape, np.bool_)
    down, along = padded[1:] != padded[:-1], padded[:, 1:] != padded[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= along
    edge[:, :-1] |= along
    return edge


def _visit(
    flat: I32, at: NDArray[np.int64], around: NDArray[np.int64], colour: F32, shade: F32, border: F32
) -> NDArray[np.int64]:
    """Let each pixel of ``at`` change to a side neighbour's region where that pays; where it did.

    ``colour`` is (3, m) and ``shade`` (3, n); ``border`` is the energy of each set of neighbours.
    """
    own = flat.take(at)
    near = [flat.take(at + offset) for offset in around.tolist()]
    same = _bits(near, own)
    free = np.flatnonzero(_MAY_CHANGE.take(same))
    at, own, colour = at.take(free), own.take(free), colour.take(free, axis=1)
    near = [region.take(free) for region in near]
    energy = _error(colour, shade, own) + border.take(same.take(free)) - np.float32(1e-3)
    best = own.copy()
    for side in range(4):
        other = near[side]
        new = (other >= 0) & (other != own)
        for before in near[:side]:
            new &= other != before
        which = np.flatnonzero(new)
        candidate = other.take(which)
        e = border.take(_bits([region.take(which) for region in near], candidate))
        e += _error(colour.take(which, axis=1), shade, candidate)
        better = e < energy.take(which)
        which = which[better]
        energy[which] = e[better]
        best[which] = candidate[better]
    moves = best != own
    changed: NDArray[np.int64] = at[moves]
    flat[changed] = best[moves]
    return changed


def _bits(near: list[I32], own: I32) -> U8:
    """Which of eight neighbours are of a pixel's own region, as the bits of (m,) numbers."""
    bits: U8 = (near[7] == own).view(np.uint8)
    for region in near[6::-1]:
        bits <<= 1
        bits |= (region == own).view(np.uint8)
    return bits


def _error(colour: F32, shade: F32, region: I32) -> F32:
    """Squared distance of colours (3, m) to their regions' paints."""
    x, y, z = colour - shade.take(region, axis=1)
    error: F32 = x * x + y * y + z * z
    return error
