from __future__ import annotations

import numpy as np
import pytest

from pbn.core.ragged import parts, places, starts


@pytest.mark.parametrize("count", [[], [0], [3], [2, 0, 0, 4, 1]])
def test_parts_are_where_they_start(count: list[int]) -> None:
    begin = starts(count)
    values = np.arange(2 * sum(count)).reshape(-1, 2)
    found = parts(values, begin)
    assert [len(part) for part in found] == count
    assert np.array_equal(np.concatenate([values[:0], *found]), values)
    assert places(np.array(count, np.int64)).tolist() == [k for n in count for k in range(n)]
