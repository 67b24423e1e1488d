"""Region competition: borders move, pixel by pixel, to where the picture has them.

Energy: squared colour error of every pixel under its region's paint, plus ``smoothness`` for each
pair of 8-neighbours in different regions (diagonal ones weigh less, so that length means about the
same in every direction). After Zhu and Yuille, "Region Competition", 1996, with fixed paints.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pbn.core.adjacency import I64, with_margin
from pbn.core.values import F32, F64, I32, U8

AROUND = ((-1, 0), (0, 1), (1, 0), (0, -1), (-1, -1), (-1, 1), (1, 1), (1, -1))
"""Neighbours: the four at the sides first, clockwise from above, then the four at the corners."""

_WEIGHTS = np.array([1, 1, 1, 1, 0.7, 0.7, 0.7, 0.7], np.float32)

_BORDER = np.array(
    [sum(w for k, w in enumerate(_WEIGHTS.tolist()) if not bits >> k & 1) for bits in range(256)], np.float32
)
"""The border about a pixel, for each set of neighbours (bits as `AROUND`) that are of its region."""

_MOST_SAVED = _BORDER[0] - 2 * np.arange(4, dtype=np.float32)
"""The border that a pixel saves at most when it changes, for each count of sides that are of its region: at
best all other neighbours are of the new one."""


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
    padded = with_margin(ids)
    flat, step = padded.ravel(), padded.shape[1]
    around = np.array([dy * step + dx for dy, dx in AROUND])
    free = np.pad(~keep, 1).ravel()
    shade = np.ascontiguousarray(paints.astype(np.float32)[paint].T)
    energy = _Energy(colours.reshape(-1, 3), shade, np.float32(smoothness))
    first = free if among is None else free & np.pad(among, 1).ravel()
    todo = np.flatnonzero(first & _at_border(padded).ravel())
    for _ in range(rounds):
        moved = []
        row = todo // step
        lattice = (row & 1) * 2 + (todo - row * step & 1)
        place = todo - step - 2 * row + 1
        for k in range(4):
            mine = np.flatnonzero(lattice == k)
            moved.append(_visit(flat, todo.take(mine), place.take(mine), around, energy))
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


class _Energy(NamedTuple):
    """What a map is weighed by: ``pixels`` (m, 3), the ``shade`` (3, n) of each region, what border costs."""

    pixels: F32
    shade: F32
    smoothness: np.float32

    def error(self, colour: F32, region: I32) -> F32:
        """Of colours (3, k) under the paints of regions (k,)."""
        x, y, z = colour - self.shade.take(region, axis=1)
        error: F32 = x * x + y * y + z * z
        return error

    def border(self, near: I32, region: I32) -> F32:
        """Of pixels with the neighbours ``near`` (8, k) if they are of regions (k,)."""
        return _BORDER.take(_bits(near, region)) * self.smoothness


def _visit(flat: I32, at: I64, place: I64, around: I64, energy: _Energy) -> I64:
    """Let each pixel of ``at`` change to a side neighbour's region where that pays; where it did.

    ``place`` is where it stands among the pixels without a margin.
    """
    own = flat.take(at)
    sides = [flat.take(at + offset) for offset in around[:4].tolist()]
    alike = sum((side == own).view(np.uint8) for side in sides)
    k = np.flatnonzero(alike < 4)
    at, own, sides = at.take(k), own.take(k), [side.take(k) for side in sides]
    colour = np.ascontiguousarray(energy.pixels.take(place.take(k), axis=0).T)
    error = energy.error(colour, own)
    most = error + _MOST_SAVED.take(alike.take(k)) * energy.smoothness

    which, region, cost = _candidates(sides, own, colour, most, energy)
    near = flat.take(around[:, None] + at.take(which))
    same = _bits(near, own.take(which))
    before = error.take(which) + _BORDER.take(same) * energy.smoothness
    cost += energy.border(near, region)
    k = np.flatnonzero((cost < before - np.float32(1e-3)) & KEEPS_WHOLE.take(same))
    which, region = which.take(k), region.take(k)
    order = np.lexsort((cost.take(k), which))  # of equals the first side
    which, region = which.take(order), region.take(order)
    best = np.flatnonzero(np.diff(which, prepend=-1))
    changed: I64 = at.take(which.take(best))
    flat[changed] = region.take(best)
    return changed


def _candidates(sides: list[I32], own: I32, colour: F32, most: F32, energy: _Energy) -> tuple[I64, I32, F32]:
    """Regions beside pixels whose error is below ``most``: of which pixel, which, the error; by side."""
    found = []
    for side, other in enumerate(sides):
        new = (other != own) & (other >= 0)
        for before in sides[:side]:
            new &= other != before
        k = np.flatnonzero(new)
        region = other.take(k)
        error = energy.error(colour.take(k, axis=1), region)
        near = np.flatnonzero(error < most.take(k))
        found.append((k.take(near), region.take(near), error.take(near)))
    which, regions, errors = (np.concatenate(part) for part in zip(*found, strict=True))
    return which, regions, errors


def _bits(near: I32, own: I32) -> U8:
    """Which of eight neighbours (8, m) are of a pixel's own region (m,), as the bits of (m,) numbers."""
    bits: U8 = np.packbits(near == own, axis=0, bitorder="little")[0]
    return bits
