"""Numbers as text, against Python's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pbn.core.sheet import Curve, Path
from pbn.export._numbers import written
from pbn.export._pdf_paths import path_operators
from pbn.export._svg_paths import path_data

WHOLE = st.lists(st.integers(-(10**7), 10**7) | st.integers(-2000, 2000), min_size=1, max_size=40)


@given(WHOLE)
def test_thousandths_are_read_back_and_as_short_as_they_get(numbers: list[int]) -> None:
    before = np.full((len(numbers), 1), ord(" "), np.uint8)
    text, ends = written(np.array(numbers), before, 3)
    words = text.split()
    assert [round(float(word) * 1000) for word in words] == numbers
    shortest = [f"{n / 1000:.3f}".rstrip("0").rstrip(".") or "0" for n in numbers]
    assert words == [
        "0" if s == "-0" else s.replace("0.", ".", 1) if abs(float(s)) < 1 else s for s in shortest
    ]
    assert [text[:end].split()[-1] for end in ends.tolist()] == words
    assert ends[-1] == len(text)


@given(WHOLE)
def test_whole_numbers_are_pythons(numbers: list[int]) -> None:
    before = np.tile(np.frombuffer(b"\0, ", np.uint8), (len(numbers), 1))
    before[0] = 0
    assert written(np.array(numbers), before, 0)[0] == ", ".join(map(str, numbers))


SQUARE = np.array([(0, 0), (0, 0), (20, 0), (20, 0), (20, 5), (18, 9), (0.5, -10)])
"""A line along an axis, as a cubic, and a true cubic."""


def test_path_data_of_each_kind_of_curve() -> None:
    line = np.array([(1, 2), (-3, 4.25), (-0.001, -5)])
    curves = [Curve(SQUARE), Curve(line, cubic=False, closed=True), Curve(SQUARE[::-1], closed=True)]
    assert path_data(curves) == [
        "M0 0L20 0C20 5 18 9 .5-10",
        "M1 2L-3 4.25-.001-5Z",
        "M.5-10C18 9 20 5 20 0L0 0Z",
    ]
    assert path_data(curves[2:]) == path_data(curves)[2:]
    assert path_data([]) == []


def test_operators_of_each_kind_of_curve() -> None:
    line = np.array([(1, 2), (-3, 4.25)])
    curves = (Curve(SQUARE[:4]), Curve(line, cubic=False, closed=True))
    black = (0, 0, 0)
    assert list(path_operators([Path(curves, black, 0.5)]))[1:] == [
        "0 0 m 0 0 2000 0 2000 0 c",
        "100 200 m -300 425 l h",
        "S",
    ]
    many = [Path(curves, black, 0.5) for _ in range(150)]
    operators = list(path_operators(many))
    assert operators.count("S") == 2
    assert len(operators) == 1 + 300 + 2
