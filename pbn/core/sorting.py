"""Sorted values. `np.unique` and `np.median` would do, but import masked arrays: 10 ms at each start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pbn.core.ragged import I64
from pbn.core.values import F64


def distinct(values: NDArray[np.integer]) -> I64:
    """Each value once, in order.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values, axis=None).astype(np.int64)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def first_of(flags: NDArray[np.bool_]) -> NDArray[np.integer]:
    """(n,): the first row that is set in each column of (k, n) flags; each has one. Quicker than argmax.

    >>> first_of(np.array([[False, True], [True, True]])).tolist()
    [1, 0]
    """
    k = len(flags)
    rank = np.arange(k, 0, -1).astype(np.min_scalar_type(k))
    last: NDArray[np.integer] = (flags * rank[:, None]).max(axis=0)
    return k - last


def median(values: F64 | Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle.

    >>> median([4.0, 1.0, 3.0, 2.0])
    2.5
    """
    ordered = np.sort(values)
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return float(middle.mean())
