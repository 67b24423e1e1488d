"""Sorted values, against numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pbn.core.sorting import distinct, median


@given(st.lists(st.integers(-(2**40), 2**40) | st.integers(-3, 3), max_size=30))
def test_distinct_values_are_numpys(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == np.unique(values).tolist()


def test_distinct_values_of_unsigned_bytes_and_of_a_table() -> None:
    assert distinct(np.array([[0, 255], [7, 0]], np.uint8)).tolist() == [0, 7, 255]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_the_median_is_numpys(values: list[float]) -> None:
    assert median(values) == np.median(values)
