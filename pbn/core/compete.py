"""Region competition: borders move, pixel by pixel, to where the picture has them.

Energy: squared colour error of every pixel under its region's paint, plus ``smoothness`` for each
pair of 8-neighbours in different regions (diagonal ones weigh less, so that length means about the
same in every direction). After Zhu and Yuille, "Region Competition", 1996, with fixed paints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.values import F32, F64, I32

AROUND = ((-1, 0), (0, 1), (1, 0), (0, -1), (-1, -1), (-1, 1), (1, 1), (1, -1))
"""Neighbours: the four at the sides first, clockwise from above, then the four at the corners."""

_WEIGHTS = np.array([1, 1, 1, 1, 0.7, 0.7, 0.7, 0.7], np.float32)


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
    rounds: int = 12,
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
    free = np.zeros(padded.shape, np.bool_)
    free[1:-1, 1:-1] = ~keep
    shade, pixels = paints.astype(np.float32)[paint], colours.reshape(-1, 3)
    active = free.ravel() & _at_border(padded).ravel()
    for _ in range(rounds):
        moved = []
        todo = np.flatnonzero(active)
        row, col = np.divmod(todo, step)
        colours_there = pixels[(row - 1) * w + col - 1]
        which = row % 2 * 2 + col % 2
        for lattice in range(4):
            k = np.flatnonzero(which == lattice)
            moved.append(_visit(flat, todo[k], around, colours_there[k], shade, smoothness))
        changed = np.concatenate(moved)
        if not len(changed):
            break
        active[:] = False
        active[changed] = True
        active[(changed[:, None] + around[None]).ravel()] = True
        active &= free.ravel()
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
    flat: I32, at: NDArray[np.int64], around: NDArray[np.int64], colour: F32, shade: F32, smoothness: float
) -> NDArray[np.int64]:
    """Let each pixel of ``at`` change to a side neighbour's region where that pays; where it did."""
    near = flat[at[:, None] + around[None]]
    own = flat[at]
    mine = near == own[:, None]
    whole = _MAY_CHANGE[np.packbits(mine, axis=1, bitorder="little")[:, 0]]
    at, near, own, colour, mine = at[whole], near[whole], own[whole], colour[whole], mine[whole]
    energy = _energy(colour, shade[own], mine, smoothness) - np.float32(1e-3)
    best = own.copy()
    for side in range(4):
        other = near[:, side]
        which = np.flatnonzero((other >= 0) & (other != own))
        candidate = other[which]
        e = _energy(colour[which], shade[candidate], near[which] == candidate[:, None], smoothness)
        better = e < energy[which]
        energy[which[better]] = e[better]
        best[which[better]] = candidate[better]
    moves = best != own
    changed: NDArray[np.int64] = at[moves]
    flat[changed] = best[moves]
    return changed


def _energy(colour: F32, shade: F32, same: NDArray[np.bool_], smoothness: float) -> F32:
    border = (~same).astype(np.float32) @ _WEIGHTS
    energy: F32 = ((colour - shade) ** 2).sum(axis=1) + np.float32(smoothness) * border
    return energy
