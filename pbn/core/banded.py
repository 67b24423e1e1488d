"""Symmetric systems of five diagonals, solved for all rows of points at once."""

from __future__ import annotations

import numpy as np

from pbn.core.values import F64


class Pentadiagonal:
    """A symmetric positive definite matrix of five diagonals, ready to be solved with.

    Pairs of unknowns make it block tridiagonal; every other pair is eliminated, then every other of
    those that are left, and so on: block cyclic reduction (Heller, 1976). That is about twice the
    sums of a Cholesky factor, in steps that each take half of what is left, so that arrays do them.

    Parameters
    ----------
    middle, first, second
        (m,) of the diagonal; (m - 1,) and (m - 2,) of those beside it.
    """

    def __init__(self, middle: F64, first: F64, second: F64) -> None:
        self.size = len(middle)
        pairs = (self.size + 1) // 2
        odd = 2 * pairs - self.size  # one more unknown that hangs on none
        middle = np.append(middle, np.ones(odd))
        first, second = (np.append(part, np.zeros(2 * pairs - len(part))) for part in (first, second))
        block = np.array([[middle[::2], first[::2]], [first[::2], middle[1::2]]])
        zero = np.zeros(pairs - 1)
        onward = np.array([[second[:-2:2], zero], [first[1:-1:2], second[1:-1:2]]])
        self.levels: list[tuple[F64, F64, F64]] = []
        while block.shape[2] > 1:
            block, onward = self._reduced(block, onward)
        self.last = _inverse(block)

    def _reduced(self, block: F64, onward: F64) -> tuple[F64, F64]:
        """The system of the even pairs; ``onward`` (2, 2, n - 1) is what ties each pair to the next."""
        inverse = _inverse(block[..., 1::2])
        before, after = onward[..., ::2], onward[..., 1::2]
        n = after.shape[2]
        from_before = _times(before, inverse)
        from_after = _times(after.swapaxes(0, 1), inverse[..., :n])
        self.levels.append((inverse, from_before, from_after))
        even = block[..., ::2].copy()
        even[..., : before.shape[2]] -= _times(from_before, before.swapaxes(0, 1))
        even[..., 1 : n + 1] -= _times(from_after, after)
        return even, -_times(from_before[..., :n], after)

    def solve(self, right: F64) -> F64:
        """(m, k): the solutions for k right sides (m, k)."""
        unpaired = np.zeros((2 * ((self.size + 1) // 2), right.shape[1]))
        unpaired[: self.size] = right
        value = np.ascontiguousarray(unpaired.reshape(-1, 2, right.shape[1]).transpose(1, 2, 0))
        eliminated = []
        for _, before, after in self.levels:
            odd, n = value[..., 1::2], after.shape[2]
            value = value[..., ::2].copy()
            value[..., : before.shape[2]] -= _times(before, odd)
            value[..., 1 : n + 1] -= _times(after, odd[..., :n])
            eliminated.append(odd)
        value = _times(self.last, value)
        for (inverse, before, after), odd in zip(self.levels[::-1], eliminated[::-1], strict=True):
            n = after.shape[2]
            solved = _times(inverse, odd)
            solved -= _times(before.swapaxes(0, 1), value[..., : before.shape[2]])
            solved[..., :n] -= _times(after.swapaxes(0, 1), value[..., 1 : n + 1])
            value = _riffled(value, solved)
        pairs: F64 = value.transpose(2, 0, 1).reshape(-1, right.shape[1])
        return pairs[: self.size]


def _times(a: F64, b: F64) -> F64:
    """Products (2, k, n) of n matrices (2, 2, n) and (2, k, n)."""
    product: F64 = a[:, :1] * b[:1] + a[:, 1:] * b[1:]
    return product


def _inverse(a: F64) -> F64:
    """Of n symmetric matrices (2, 2, n)."""
    inverse: F64 = np.array([[a[1, 1], -a[0, 1]], [-a[0, 1], a[0, 0]]])
    inverse /= a[0, 0] * a[1, 1] - a[0, 1] * a[0, 1]
    return inverse


def _riffled(even: F64, odd: F64) -> F64:
    both = np.empty((*even.shape[:2], even.shape[2] + odd.shape[2]))
    both[..., ::2], both[..., 1::2] = even, odd
    return both
