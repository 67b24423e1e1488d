"""Limits for a kit's figures: read, and held against a report."""

from __future__ import annotations

import pytest

from pbn.errors import SettingsError, UnmetError
from pbn.gate import FIGURES, Requirement, check, parse

FACTS = {
    "min_label_pt": 5.0,
    "median_label_pt": 8.0,
    "min_circle_mm": 2.02,
    "min_region_mm2": 3.4,
    "median_region_mm2": 40.0,
    "min_paint_delta_e_2000": None,
    "lead_lines": 0,
    "fidelity_delta_e_2000": 4.4,
    "regions": 300,
    "paints": 24,
    "border_mm": 9000.0,
    "hours": 5.5,
    "difficulty": "medium",
}


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("min_label_pt=5", True),
        ("min_label_pt=6", False),
        ("min_label_pt>=5.0", True),
        ("min_label_pt<=5", True),
        ("min_label_pt==5.5", False),
        (" regions = 300 ", True),
        ("regions=299", False),
        ("regions>=300", True),
        ("difficulty=medium", True),
        ("difficulty=expert", True),
        ("difficulty=easy", False),
        ("difficulty==medium", True),
        ("min_paint_delta_e_2000=5", False),
    ],
)
def test_a_limit_is_met_or_not(text: str, *, met: bool) -> None:
    said = parse(text).unmet(FACTS)
    assert (said == "") is met
    if not met:
        assert said.startswith(text.strip().split("=")[0].rstrip("<>= "))


def test_all_that_is_not_met_stands_in_one_sentence() -> None:
    with pytest.raises(
        UnmetError,
        match=r"made, but min_label_pt is 5\.0 and must be at least 7; difficulty is medium and must be at"
        r" most easy\.",
    ) as caught:
        check([parse(t) for t in ("min_label_pt=7", "paints=24", "difficulty=easy")], FACTS)
    assert caught.value.exit_code == 8


def test_what_is_unknown_is_never_met() -> None:
    assert "min_paint_delta_e_2000 is unknown" in parse("min_paint_delta_e_2000=1").unmet(FACTS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min_label", "--require takes a figure and a limit"),
        ("min_label_p=5", "no figure 'min_label_p' to require. Did you mean `min_label_pt`"),
        ("hours=long", "--require hours takes a number, not 'long'"),
        ("difficulty=2", "one of easy, medium, hard, expert, not '2'"),
    ],
)
def test_what_is_no_limit_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse(text)


def test_every_figure_is_in_a_report() -> None:
    assert set(FIGURES) == set(FACTS)  # and tests/unit/test_pipeline.py: in a real one
    assert parse("hours=3") == Requirement("hours", "<=", 3.0)
