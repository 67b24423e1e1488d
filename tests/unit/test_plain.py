"""Values in as types say, and out as TOML that says the same."""

from __future__ import annotations

import tomllib
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn.errors import SettingsError
from pbn.plain import Typed, dumps, near, plain_value, read

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXTS


class Pooling(Enum):
    MAX = "max"
    AVERAGE = "average"


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), VALUES | st.lists(st.integers(0, 9))))
def test_toml_says_what_the_table_says(table: dict[str, Any]) -> None:
    assert tomllib.loads(dumps(table)) == table


def test_tables_stand_after_plain_values_and_lists_of_tables_repeat() -> None:
    table = {"print": {"title": 'a "b"\x7f\n'}, "colours": 24, "artworks": [{"path": "a"}, {"path": "b"}]}
    assert tomllib.loads(dumps(table)) == table
    assert dumps(table).startswith("colours = 24\n\n[print]")


def test_nothing_is_left_out_and_what_is_no_text_is_replaced() -> None:
    assert dumps({"a": None, "b": "x\udcff"}) == 'b = "x?"\n'


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (3, float, 3.0),
        ("max", Pooling, Pooling.MAX),
        (Pooling.MAX, Pooling, Pooling.MAX),
        ("b", Literal["a", "b"], "b"),
        ([1, 2], tuple[float, ...], (1.0, 2.0)),
        (Typed("0.7, 0.3"), tuple[float, ...], (0.7, 0.3)),
        (Typed("[1,2]"), tuple[int, int], (1, 2)),
        (Typed("Yes"), bool, True),
        (Typed("7"), int | None, 7),
        (Typed("x"), int | str, "x"),
        (None, int | None, None),
        (Typed("{a = 1}"), dict[str, int], {"a": 1}),
        (5, Any, 5),
    ],
)
def test_values_are_read_as_their_type_says(value: Any, hint: Any, expected: Any) -> None:
    assert read(value, hint, "x") == expected


@pytest.mark.parametrize(
    ("value", "hint", "message"),
    [
        (1, bool, "true or false"),
        (1.5, int, "a whole number"),
        ("1", float, "a number"),
        ("c", Literal["a", "b"], "one of a, b"),
        ("mix", Pooling, "one of max, average"),
        (3, tuple[int, ...], "a list"),
        ([1], tuple[int, int], "must have 2 values, not 1"),
        (Typed("maybe"), bool, "one of true"),
        (Typed("{"), dict[str, int], "a table"),
        (None, int | str, "text"),
    ],
)
def test_what_does_not_suit_is_named(value: Any, hint: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read(value, hint, "x")


def test_plain_values_are_what_toml_holds() -> None:
    assert plain_value((Pooling.MAX, 2, {"k": (1.5,)})) == ["max", 2, {"k": [1.5]}]


def test_the_nearest_word_is_named_or_none() -> None:
    assert near("colors", ["colours", "size"]) == " Did you mean `colours`?"
    assert near("zzz", ["colours", "size"]) == ""
