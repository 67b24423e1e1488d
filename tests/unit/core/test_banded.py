from __future__ import annotations

import numpy as np
import pytest

from pbn.core.banded import Pentadiagonal


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 100])
@pytest.mark.parametrize("sides", [1, 2])
def test_as_a_whole_matrix_is_solved(size: int, sides: int) -> None:
    rng = np.random.default_rng(size)
    bend = rng.uniform(0, 50, max(0, size - 2))
    second_difference = np.zeros((max(0, size - 2), size))
    for k in range(size - 2):
        second_difference[k, k : k + 3] = 1, -2, 1
    matrix = second_difference.T * bend @ second_difference + np.diag(rng.uniform(0.5, 3, size))
    right = rng.normal(size=(size, sides))
    solved = Pentadiagonal(*(np.diag(matrix, k).copy() for k in range(3))).solve(right)
    assert np.allclose(solved, np.linalg.solve(matrix, right), rtol=1e-9, atol=1e-12)


def test_soft_and_hard_weights_side_by_side() -> None:
    size = 64
    stiff = np.full(size, 6 * 1e5)
    stiff[[0, -1]], stiff[[1, -2]] = 1e5, 5e5
    first = np.full(size - 1, -4e5)
    first[[0, -1]] = -2e5
    weight = np.ones(size)
    weight[[0, 20, -1]] = 1e6
    system = Pentadiagonal(stiff + weight, first, np.full(size - 2, 1e5))
    line = np.linspace(3, 9, size)
    assert np.allclose(system.solve((weight * line)[:, None])[:, 0], line, atol=1e-8)
