"""Arrays of unlike lengths that lie end to end in one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]

Scalar = TypeVar("Scalar", bound=np.generic)


def starts(count: I64 | Sequence[int]) -> I64:
    """Where parts of so many items each begin.

    >>> starts([3, 0, 2]).tolist()
    [0, 3, 3]
    """
    count = np.asarray(count, np.int64)
    begin: I64 = np.cumsum(count) - count
    return begin


def places(count: I64) -> I64:
    """The place of each item in its part: 0, 1, ... anew with every part of so many items.

    >>> places(np.array([3, 0, 2])).tolist()
    [0, 1, 2, 0, 1]
    """
    within: I64 = np.arange(int(count.sum())) - np.repeat(starts(count), count)
    return within


def parts(values: NDArray[Scalar], begin: I64 | Sequence[int]) -> list[NDArray[Scalar]]:
    """Views of the parts that begin there; the last goes to the end.

    >>> [part.tolist() for part in parts(np.arange(5), [0, 3, 3])]
    [[0, 1, 2], [], [3, 4]]
    """
    return [values[a:b] for a, b in pairwise([*np.asarray(begin, np.int64).tolist(), len(values)])]
