from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from pbn.core.entries import entries
from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.metrics import text_width
from pbn.core.pages import LARGEST_COMPANION_MM
from pbn.core.sheet import Mark, Path, Picture, Sheet, Swatch, Text
from pbn.core.values import Kit
from tests.helpers.kits import sample_kit

SIZES = ["a5", "a4", "a3", "a1", "letter", "tabloid", "40x50cm", "16x20in", "50x50mm"]


def marks(sheet: Sheet) -> Iterator[Mark]:
    return (mark for layer in sheet.layers for mark in layer.marks)


def texts(sheet: Sheet, role: str | None = None) -> list[Text]:
    return [m for m in marks(sheet) if isinstance(m, Text) and role in (None, m.role)]


def paths(sheet: Sheet, role: str) -> list[Path]:
    return [m for m in marks(sheet) if isinstance(m, Path) and m.role == role]


def extent(mark: Mark) -> tuple[float, float, float, float]:
    """Left, top, right and bottom."""
    if isinstance(mark, Path):
        points = np.concatenate([c.points for c in mark.curves])
        return (*points.min(axis=0), *points.max(axis=0))
    if isinstance(mark, Text):
        em = mark.size_pt * 25.4 / 72
        width = text_width(mark.text, mark.size_pt)
        left = mark.x_mm - {"start": 0, "middle": width / 2, "end": width}[mark.align.value]
        return left, mark.y_mm - 0.8 * em, left + width, mark.y_mm + 0.25 * em
    assert isinstance(mark, Swatch | Picture)
    return mark.x_mm, mark.y_mm, mark.x_mm + mark.width_mm, mark.y_mm + mark.height_mm


def test_the_outline_has_every_arc_once_and_every_label() -> None:
    kit = sample_kit()
    sheet = outline_picture(kit)
    borders = paths(sheet, "border")
    assert len(borders) == len(kit.graph.arcs)
    for border, arc in zip(borders, kit.graph.arcs, strict=True):
        np.testing.assert_array_equal(border.curves[0].points, arc.points)
    assert [(t.text, t.data["region"]) for t in texts(sheet, "number")] == [
        (label.text, str(label.region)) for label in kit.labels
    ]
    assert len(paths(sheet, "lead")) == 1


def test_a_number_says_its_paint_and_whether_a_line_leads_to_it() -> None:
    kit = sample_kit()
    for text in texts(outline_picture(kit), "number"):
        region = int(text.data["region"])
        assert text.text == text.data["paint"] == str(kit.regions.paint[region] + 1)
        assert text.data.get("lead") == ("true" if region == len(kit.regions) - 1 else None)
        assert text.underline == (text.text in ("6", "9"))


def test_a_number_stands_with_its_digits_about_its_anchor() -> None:
    kit = sample_kit()
    for text, label in zip(texts(outline_picture(kit), "number"), kit.labels, strict=True):
        middle = text.y_mm - 0.375 * label.size_pt * 25.4 / 72
        assert text.x_mm == label.anchor_mm[0]
        assert middle == pytest.approx(label.anchor_mm[1], abs=0.08 * label.size_pt * 25.4 / 72)


def test_the_preview_is_drawn_from_the_outline_s_own_arcs() -> None:
    kit = sample_kit()
    regions = paths(preview_picture(kit), "region")
    assert [r.fill for r in regions] == [kit.palette.paints[p].rgb for p in kit.regions.paint]
    arcs = {tuple(p) for arc in kit.graph.arcs for p in arc.points.tolist()}
    assert {tuple(p) for r in regions for c in r.curves for p in c.points.tolist()} == arcs
    assert [len(r.curves) for r in regions] == [len(rings) for rings in kit.graph.rings]


def test_print_settings_reach_the_outline() -> None:
    kit = sample_kit(border_grey=10, border_mm=0.5, number_grey=20)
    sheet = outline_picture(kit)
    assert {(p.stroke, p.width_mm) for p in paths(sheet, "border")} == {((10, 10, 10), 0.5)}
    assert {t.colour for t in texts(sheet, "number")} == {(20, 20, 20)}


@pytest.mark.parametrize("aspect", [0.4, 0.75, 1.0, 1.6, 3.0])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_leaves_its_page_and_the_outline_keeps_the_margin(size: str, aspect: float) -> None:
    kit = sample_kit(size=size, aspect=aspect, paints=24, title="The harbour at dusk")
    sheets = kit_sheets(kit)
    for sheet in sheets:
        for mark in marks(sheet):
            left, top, right, bottom = extent(mark)
            assert min(left, top) >= 0, (sheet.name, mark)
            assert right <= sheet.width_mm + 1e-9, (sheet.name, mark)
            assert bottom <= sheet.height_mm + 1e-9, (sheet.name, mark)
    outline = sheets[1]
    for border in paths(outline, "border"):
        left, top, right, bottom = extent(border)
        assert min(left, top, outline.width_mm - right, outline.height_mm - bottom) >= 10 - 1e-9


@pytest.mark.parametrize("engine", ["gatys", "none"])
@pytest.mark.parametrize("paints", [2, 24, 64])
@pytest.mark.parametrize("size", SIZES)
def test_pictures_and_swatches_do_not_lie_on_one_another(size: str, paints: int, engine: str) -> None:
    sheets = kit_sheets(
        sample_kit(size=size, paints=paints, engine=engine, aspect=1.5 if paints == 24 else 0.75)
    )
    for sheet in sheets:
        boxes = [extent(m) for m in marks(sheet) if isinstance(m, Swatch | Picture)]
        regions = [extent(m) for m in paths(sheet, "region")]
        if regions:
            low, high = np.min(regions, axis=0), np.max(regions, axis=0)
            boxes.append((low[0], low[1], high[2], high[3]))
        for k, a in enumerate(boxes):
            for b in boxes[:k]:
                apart = (
                    a[2] <= b[0] + 1e-9 or b[2] <= a[0] + 1e-9 or a[3] <= b[1] + 1e-9 or b[3] <= a[1] + 1e-9
                )
                assert apart, (sheet.name, a, b)


@pytest.mark.parametrize("mixed", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_words_of_a_line_do_not_run_into_one_another(size: str, *, mixed: bool) -> None:
    for sheet in kit_sheets(sample_kit(12, 12, size=size, paints=64, mixed=mixed)):
        words = [m for m in texts(sheet) if m.role != "number"]
        for k, a in enumerate(words):
            for b in words[:k]:
                if a.y_mm == b.y_mm:
                    first, second = sorted([extent(a), extent(b)])
                    assert first[2] <= second[0] + 1e-9, (sheet.name, a.text, b.text)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("paints", [1, 2, 24, 64])
def test_the_legend_has_every_paint_once_whatever_the_paper(size: str, paints: int) -> None:
    kit = sample_kit(12, 12, size=size, paints=paints)
    legend = kit_sheets(kit)[2:]
    numbers = [t.text for sheet in legend for t in texts(sheet, "legend-number")]
    assert numbers == [str(p.number) for p in kit.palette.paints]
    said = [t.text for sheet in legend for t in texts(sheet)]
    swatches = [m.fill for sheet in legend for m in marks(sheet) if isinstance(m, Swatch)]
    assert all(p.hex in said for p in kit.palette.paints)
    assert swatches == [p.rgb for p in kit.palette.paints]


def shares(kit: Kit) -> Iterator[float]:
    for sheet in kit_sheets(kit)[2:]:
        yield from (float(t.text.split(" %")[0]) for t in texts(sheet) if " %" in t.text)


def test_the_shares_of_the_legend_add_up() -> None:
    assert sum(shares(sample_kit(12, 12, paints=7))) == pytest.approx(100, abs=7 * 0.5)


def test_the_outline_page_has_no_picture_and_few_digits_beside_its_numbers() -> None:
    outline = kit_sheets(sample_kit())[1]
    assert not [m for m in marks(outline) if isinstance(m, Picture | Swatch)]
    beside = "".join(t.text for t in texts(outline) if t.role != "number")
    assert sum(c.isdigit() for c in beside) <= 8


@pytest.mark.parametrize(
    ("size", "outline", "others"),
    [
        ("a4", (210, 297), (210, 297)),
        ("a3", (297, 420), (297, 420)),
        ("a1", (594, 841), (210, 297)),
        ("40x50cm", (420, 520), (210, 297)),
        ("16x20in", (426.4, 528), (215.9, 279.4)),
        ("tabloid", (279.4, 431.8), (279.4, 431.8)),
    ],
)
def test_large_sheets_come_with_a_cover_and_legend_for_the_hand(
    size: str, outline: tuple[float, float], others: tuple[float, float]
) -> None:
    sheets = kit_sheets(sample_kit(size=size))
    found = [(s.width_mm, s.height_mm) for s in sheets]
    assert found == [
        pytest.approx(others),
        pytest.approx(outline),
        *[pytest.approx(others)] * (len(found) - 2),
    ]
    assert max(others) <= LARGEST_COMPANION_MM


def test_a_canvas_has_crop_marks_outside_its_trim_and_a_paper_has_none() -> None:
    canvas, paper = (kit_sheets(sample_kit(size=size, aspect=0.8))[1] for size in ("40x50cm", "a4"))
    assert (canvas.trim_mm, paper.trim_mm) == ((10, 10, 400, 500), None)
    assert len(paths(canvas, "crop")) == 4
    for mark in paths(canvas, "crop"):
        for curve in mark.curves:
            inside = ((curve.points > (10, 10)) & (curve.points < (410, 510))).all(axis=1)
            assert not inside.any()
    assert not paths(paper, "crop")


def test_without_a_style_the_cover_shows_the_photo_alone() -> None:
    def pictures(engine: str) -> int:
        return sum(isinstance(m, Picture) for m in marks(kit_sheets(sample_kit(engine=engine))[0]))

    assert (pictures("gatys"), pictures("none")) == (2, 1)


def test_a_long_title_is_cut_short() -> None:
    title = "An exceedingly long title that no page of this size could ever hold on a single line"
    heading = texts(kit_sheets(sample_kit(size="a5", title=title))[0])[0]
    assert heading.text.endswith("…")
    assert extent(heading)[2] <= 148


def test_the_legend_says_all_there_is_to_know_of_a_paint() -> None:
    kit = sample_kit(12, 12, paints=5, mixed=True, ml_per_m2=400.0)
    said = [t.text for t in texts(kit_sheets(kit)[2])]
    for entry in entries(kit):
        assert entry.paint.hex in said
        assert any(f"{entry.ml:.1f} ml" in text for text in said)
        assert any(re.match(rf"{entry.regions} regions?$", text) for text in said)
        assert any(text.startswith(f"L {entry.lab[0]:.1f}") for text in said)
        assert entry.recipe
        for name, _ in entry.recipe.parts:
            assert name in said
    width, height = kit.size_mm
    assert sum(e.ml for e in entries(kit)) == pytest.approx(width * height * 1e-6 * 400)
    assert any("400 ml per m²" in text for text in said)


@pytest.mark.parametrize("aspect", [0.7, 1.5])
@pytest.mark.parametrize("size", ["a5", "a4", "40x50cm", "16x20in"])
def test_a_legend_beside_the_picture_has_every_paint_and_keeps_off_the_picture(
    size: str, aspect: float
) -> None:
    kit = sample_kit(5, 6, size=size, aspect=aspect, paints=24, legend="beside", pages=("outline", "ghost"))
    for sheet in kit_sheets(kit):
        (legend,) = (layer for layer in sheet.layers if layer.name == "Legend")
        assert [m.text for m in legend.marks if isinstance(m, Text) and m.role] == [
            str(p.number) for p in kit.palette.paints
        ]
        assert [m.fill for m in legend.marks if isinstance(m, Swatch)] == [p.rgb for p in kit.palette.paints]
        borders = [extent(m) for m in paths(sheet, "border")]
        low, high = np.min(borders, axis=0), np.max(borders, axis=0)
        for mark in legend.marks:
            left, top, right, bottom = extent(mark)
            assert right <= low[0] or left >= high[2] or bottom <= low[1] or top >= high[3]
            assert 0 <= left <= right <= sheet.width_mm + 0.5
            assert 0 <= top <= bottom <= sheet.height_mm + 1e-9
