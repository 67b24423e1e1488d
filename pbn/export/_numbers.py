"""Coordinates as text, all in one pass: digits are laid out in a table, and its blanks are left out."""

from __future__ import annotations

import numpy as np

from pbn.core.ragged import I64
from pbn.core.values import U8

_ZERO, _POINT, _MINUS = b"0.-"


def written(numbers: I64, before: U8, places: int) -> tuple[str, I64]:
    """Write whole numbers of a unit's decimal parts, each as short as it gets.

    Parameters
    ----------
    numbers : (n,)
        Of the last decimal place: with three places 12500 is ``12.5``, 31 is ``.031`` and -4000 is ``-4``.
    before : (n, k)
        Characters before each number; 0 where there is none.
    places
        How many decimal places a unit has; 0 for whole numbers.

    Returns
    -------
    text, ends
        The numbers in a row, and (n,) where in the text each ends.

    >>> written(np.array([12500, 31, -4000, 0]), np.array([[77], [32], [0], [32]], np.uint8), 3)[0]
    'M12.5 .031-4 0'
    """
    size = np.abs(numbers).astype(np.uint32)
    digits = max(places + 1, len(str(int(size.max(initial=0)))))
    lead, point = before.shape[1], int(places > 0)
    table = np.zeros((lead + 1 + digits + point, len(numbers)), np.uint8)
    table[:lead] = before.T
    table[lead] = _MINUS * (numbers < 0)
    left, tail = size, np.zeros(len(numbers), np.bool)
    for place in range(digits):  # from the last
        shown = tail if place < places else left > 0
        left, digit = left // 10, (left % 10).astype(np.uint8)
        if place < places:
            tail = shown = tail | (digit > 0)
        table[-1 - place - (point if place >= places else 0)] = (digit + _ZERO) * shown
    if point:
        table[-1 - places] = _POINT * tail
    table[-1 - places - point, size == 0] = _ZERO
    rows = table.T.ravel()
    return rows[rows > 0].tobytes().decode("ascii"), np.cumsum(
        (table > 0).sum(axis=0, dtype=np.uint8), dtype=np.int64
    )
