from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn.core import papers
from pbn.core.layout import kit_sheets
from pbn.core.shapes import polyline
from pbn.core.sheet import Layer, Path, Sheet, Swatch, Text, bounds
from pbn.core.tiles import MARGIN_MM, moved, tiles, tiling
from pbn.errors import LayoutError
from tests.helpers.kits import sample_kit


@given(
    st.floats(50, 1500), st.floats(50, 1500), st.sampled_from(["a5", "a4", "letter", "a3"]), st.floats(4, 30)
)
def test_windows_cover_the_drawing_and_overlap_as_asked(
    width: float, height: float, paper: str, overlap: float
) -> None:
    cut = tiling(width, height, papers.parse(paper), overlap)
    windows = {place: cut.window(*place) for place in cut.places()}
    assert windows[0, 0][:2] == (0, 0)
    x, y, w, h = windows[cut.rows - 1, cut.columns - 1]
    assert (x + w, y + h) == pytest.approx((width, height))
    for (row, column), (x, y, w, h) in windows.items():
        assert w <= cut.paper.width_mm - 2 * MARGIN_MM + 1e-6
        assert h <= cut.paper.height_mm - 2 * MARGIN_MM + 1e-6
        if column:
            left = windows[row, column - 1]
            assert left[0] + left[2] - x == pytest.approx(overlap)
        if row:
            above = windows[row - 1, column]
            assert above[1] + above[3] - y == pytest.approx(overlap)


def test_the_paper_lies_the_way_that_takes_fewer_sheets() -> None:
    a4 = papers.parse("a4")
    wide, tall = tiling(500, 180, a4, 10), tiling(180, 500, a4, 10)
    assert (wide.rows, wide.columns, tall.rows, tall.columns) == (1, 2, 2, 1)
    assert wide.paper.width_mm > wide.paper.height_mm
    assert tall.paper.width_mm < tall.paper.height_mm


def test_rows_have_letters_and_columns_numbers() -> None:
    cut = tiling(400, 500, papers.parse("a4"), 10)
    assert [cut.name(*place) for place in cut.places()] == ["A1", "A2", "A3", "B1", "B2", "B3"]


@pytest.mark.parametrize(("paper", "overlap"), [("60x60mm paper", 10), ("a5", 45)])
def test_paper_too_small_for_its_marks_is_refused(paper: str, overlap: float) -> None:
    with pytest.raises(LayoutError, match="overlap_mm"):
        tiling(500, 500, papers.parse(paper), overlap)


def test_more_rows_than_letters_are_refused() -> None:
    with pytest.raises(LayoutError, match="larger --tile"):
        tiling(5000, 5000, papers.parse("a5"), 10)


def test_marks_are_moved_whole_and_only_those_in_the_window_are_kept() -> None:
    line = Path((polyline((10, 10), (40, 10)),), (0, 0, 0), 0.2)
    far = Swatch(380, 480, 5, 5, (1, 2, 3))
    word = Text("12", 200, 250, 6)
    cut = tiling(400, 500, papers.parse("a4"), 10)
    sheet = Sheet("s", 420, 520, (Layer("a", (line, far, word)), Layer("b", (far,))))
    made = list(tiles(sheet, (10, 10, 400, 500), cut, ""))
    first, last = made[0], made[-1]
    assert [layer.name for layer in first.layers] == ["a", "Tile"]
    assert len(first.layers[0].marks) == 1
    assert bounds(first.layers[0].marks[0])[:2] == pytest.approx(np.array(cut.corner_mm) - 0.1, abs=1e-9)
    assert [layer.name for layer in last.layers] == ["a", "b", "Tile"]
    assert sum(word.text in [t.text for t in s.layers[0].marks if isinstance(t, Text)] for s in made) >= 1


@pytest.mark.parametrize(
    "mark",
    [Text("7", 1, 2, 6), Swatch(1, 2, 3, 4, (0, 0, 0)), Path((polyline((1, 2), (4, 6)),), (0, 0, 0), 1)],
)
def test_bounds_move_with_the_mark(mark: Text | Swatch | Path) -> None:
    shift = np.array(bounds(moved(mark, 5, -3))) - bounds(mark)
    assert shift == pytest.approx([5, -3, 5, -3])


def test_the_map_stands_before_the_first_tiles_and_only_there() -> None:
    sheets = kit_sheets(sample_kit(size="40x50cm", tile="a4", pages=("cover", "outline", "clean", "legend")))
    names = [s.name for s in sheets]
    assert names[:3] == ["Cover", "Sheet map", "Outline A1"]
    assert names[-2:] == ["Clean outline B3", "Legend"]
    assert names.count("Sheet map") == 1
    assert {(s.width_mm, s.height_mm) for s in sheets} == {(210, 297)}
    shown = [m.text for layer in sheets[1].layers for m in layer.marks if isinstance(m, Text)]
    assert {"A1", "A2", "A3", "B1", "B2", "B3"} <= set(shown)


@pytest.mark.parametrize("tile", ["a5", "letter", "a3"])
def test_marks_keep_off_the_edge_that_printers_leave_blank(tile: str) -> None:
    for sheet in kit_sheets(sample_kit(size="50x60cm", tile=tile, pages=("outline",), language="de"))[1:]:
        (marks,) = (layer.marks for layer in sheet.layers if layer.name == "Tile")
        for mark in marks:
            left, top, right, low = bounds(mark)
            assert min(left, top, sheet.width_mm - right, sheet.height_mm - low) > 3.8, mark
