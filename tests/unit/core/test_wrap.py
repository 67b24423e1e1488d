from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from pbn.core.layout import kit_sheets
from pbn.core.sheet import Layer, Path, Sheet, Text, bounds
from pbn.core.values import F64, Kit
from pbn.errors import SettingsError
from pbn.settings import KitSettings
from tests.helpers.kits import sample_kit

WRAP = 38.0
FACE = 10 + WRAP
"""Where the canvas's face begins on its sheet."""


def canvas(page: str = "outline", aspect: float = 0.8, **printed: Any) -> tuple[Kit, Sheet]:
    kit = sample_kit(5, 6, size="40x50cm", aspect=aspect, pages=(page,), wrap_mm=WRAP, **printed)
    return kit, kit_sheets(kit)[0]


def layer(sheet: Sheet, name: str) -> Layer:
    return next(found for found in sheet.layers if found.name == name)


def lines(sheet: Sheet, role: str) -> list[F64]:
    found = (m for part in sheet.layers for m in part.marks if isinstance(m, Path) and m.role == role)
    return [curve.points for path in found for curve in path.curves]


def test_a_wrapped_canvas_is_cut_with_its_wrap() -> None:
    _, sheet = canvas()
    assert sheet.trim_mm == pytest.approx((10, 10, 476, 576))
    assert (sheet.width_mm, sheet.height_mm) == (496, 596)


def test_borders_run_round_the_edge_without_a_step() -> None:
    kit, sheet = canvas()
    on_edge = [
        end + FACE
        for arc in kit.graph.arcs
        if min(arc.left, arc.right) >= 0
        for end in (arc.points[0], arc.points[-1])
        if np.isclose(end, 0).any() or np.isclose(end, kit.size_mm).any()
    ]
    ends = np.concatenate([[points[0], points[-1]] for points in lines(sheet, "side")])
    assert len(on_edge) == 2 * (4 + 5)
    for point in on_edge:
        assert np.abs(ends - point).max(axis=1).min() < 0.02


def test_the_sides_are_half_as_wide_as_the_wrap_and_leave_the_corners_blank() -> None:
    _, sheet = canvas()
    points = np.concatenate(lines(sheet, "side"))
    low, high = np.array([FACE, FACE]), np.array([FACE + 400, FACE + 500])
    assert points.min(axis=0) == pytest.approx(low - WRAP / 2, abs=0.01)
    assert points.max(axis=0) == pytest.approx(high + WRAP / 2, abs=0.01)
    beyond = (points < low - 0.01) | (points > high + 0.01)
    assert not beyond.all(axis=1).any()


def test_every_side_number_is_of_the_region_that_is_mirrored_there() -> None:
    kit, sheet = canvas()
    numbers = [m for m in layer(sheet, "Sides").marks if isinstance(m, Text)]
    assert len(numbers) >= 18
    width, height = kit.size_mm
    for text in numbers:
        left, top, right, low = bounds(text)
        middle = np.array([(left + right) / 2, (top + low) / 2]) - FACE
        inside = np.abs(middle - [max(0.0, min(middle[0], width)), max(0.0, min(middle[1], height))])
        assert 0 < inside.max() < WRAP / 2
        x, y = (
            abs(v) if v < size else min(v, 2 * size - v)
            for v, size in zip(middle, (width, height), strict=True)
        )
        row, column = int(y / height * kit.regions.ids.shape[0]), int(x / width * kit.regions.ids.shape[1])
        near = kit.regions.ids[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4]
        assert int(text.data["region"]) in near
        assert text.text == str(kit.regions.paint[int(text.data["region"])] + 1)


def test_the_folds_and_staples_are_marked_outside_the_picture() -> None:
    _, sheet = canvas()
    fold, staples = (np.concatenate(lines(sheet, role)) for role in ("fold", "staples"))
    assert staples.min(axis=0) == pytest.approx([FACE - 0.75 * WRAP] * 2)
    assert {FACE, FACE - WRAP / 2} <= set(np.round(fold[:, 0], 6).tolist())
    for points in (fold, staples):
        inside = ((points > FACE + 0.01) & (points < (FACE + 399.9, FACE + 499.9))).all(axis=1)
        assert not inside.any()
    assert fold.min() >= 10
    words = [m.text for m in layer(sheet, "Marks").marks if isinstance(m, Text)]
    assert {"fold behind the bars", "staples"} <= set(words)
    assert not any(re.search(r"\d", text) for text in words)


def test_a_picture_that_leaves_canvas_blank_leaves_those_sides_blank() -> None:
    _, sheet = canvas(aspect=0.5)  # narrower than the canvas
    points = np.concatenate(lines(sheet, "side"))
    assert points[:, 0].min() > FACE + 10
    assert points[:, 1].min() == pytest.approx(FACE - WRAP / 2)


def test_sides_follow_their_page() -> None:
    blank = canvas(sides="blank")[1]
    assert [part.name for part in blank.layers] == ["Borders", "Numbers", "Marks"]
    assert lines(blank, "fold")
    clean = layer(canvas("clean")[1], "Sides")
    assert not [m for m in clean.marks if isinstance(m, Text)]
    ghost = [m for m in layer(canvas("ghost")[1], "Sides").marks if isinstance(m, Path) and m.fill]
    assert len(ghost) >= 18


def test_only_a_canvas_has_a_wrap() -> None:
    with pytest.raises(SettingsError, match=r"`wrap_mm` is for a canvas .* `size` is 'a4'. Leave out --wrap"):
        KitSettings.from_table({"print": {"wrap_mm": 38}})
    KitSettings.from_table({"size": "40x50", "print": {"wrap_mm": 38}})
