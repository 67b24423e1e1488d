"""No two regions may cross at a corner: diagonal touches of one region are opened or filled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.compete import AROUND, KEEPS_WHOLE
from pbn.core.values import F32, F64, I32


def crossings(ids: I32) -> NDArray[np.int64]:
    """(m, 2): row, column of the upper left pixel of each 2 x 2 block that one region meets diagonally."""
    right, down = ids[:, :-1] != ids[:, 1:], ids[:-1] != ids[1:]
    four = np.flatnonzero(right[:-1] & right[1:] & down[:, :-1] & down[:, 1:])
    row, col = np.divmod(four, max(1, ids.shape[1] - 1))
    met = (ids[row, col] == ids[row + 1, col + 1]) | (ids[row, col + 1] == ids[row + 1, col])
    return np.stack([row[met], col[met]], axis=1)


def uncross(ids: I32, paint: I32, colours: F32, paints: F64, keep: NDArray[np.bool_]) -> I32:
    """Give one pixel of each crossing to a neighbour beside it, where that costs the picture least.

    Regions stay 4-connected and keep the pixels of ``keep``. A crossing that cannot be opened
    without breaking either is left.
    """
    ids = ids.copy()
    for _ in range(4):
        found = crossings(ids)
        if not len(found):
            break
        for row, col in found.tolist():
            _open(ids, row, col, paint, colours, paints, keep)
    return ids


def _open(
    ids: I32, row: int, col: int, paint: I32, colours: F32, paints: F64, keep: NDArray[np.bool_]
) -> None:
    block = ids[row : row + 2, col : col + 2]
    if not len(crossings(block)):
        return
    best, move = np.inf, None
    for y in (0, 1):
        for x in (0, 1):
            if keep[row + y, col + x] or not _may_leave(ids, row + y, col + x):
                continue
            pixel = colours[row + y, col + x]
            for other in (block[1 - y, x], block[y, 1 - x]):
                gain = ((pixel - paints[paint[other]]) ** 2).sum() - (
                    (pixel - paints[paint[block[y, x]]]) ** 2
                ).sum()
                after = block.copy()
                after[y, x] = other
                if gain < best and not len(crossings(after)):
                    best, move = gain, (y, x, other)
    if move is not None:
        block[move[0], move[1]] = move[2]


def _may_leave(ids: I32, row: int, col: int) -> bool:
    h, w = ids.shape
    bits = 0
    for k, (dy, dx) in enumerate(AROUND):
        y, x = row + dy, col + dx
        bits |= (0 <= y < h and 0 <= x < w and ids[y, x] == ids[row, col]) << k
    return bool(KEEPS_WHOLE[bits])
