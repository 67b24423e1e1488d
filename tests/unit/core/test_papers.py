from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn.core import papers
from pbn.errors import SettingsError


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ("a4", (190, 277)),
        ("A5", (128, 190)),
        ("letter", (195.9, 259.4)),
        ("40x50cm", (400, 500)),
        ("400x500mm", (400, 500)),
        ("16x20in", (406.4, 508)),
        ("16 x 20 in", (406.4, 508)),
        ('16x20"', (406.4, 508)),
        ("40cm x 50cm", (400, 500)),
        ("30.5×40cm", (305, 400)),
        ("40x50", (400, 500)),
        ("50×40", (500, 400)),
        ("16x20", (406.4, 508)),
        ("24x36", (609.6, 914.4)),
        ("30x45cm paper", (280, 430)),
        ("ansi-c", (17 * 25.4 - 20, 22 * 25.4 - 20)),
        ("ARCH-E1", (30 * 25.4 - 20, 42 * 25.4 - 20)),
    ],
)
def test_sizes_are_read(size: str, box: tuple[float, float]) -> None:
    assert papers.parse(size).box_mm == pytest.approx(box)


@pytest.mark.parametrize(
    "size",
    [
        "a9",
        "",
        "41x50",
        "40x50 paper",
        "40x50km",
        "x50cm",
        "40x-5cm",
        "1x1mm",
        "9x9in extra",
        "\u0664x\u0665cm",
    ],
)
def test_what_is_no_size_is_refused_with_the_way_out(size: str) -> None:
    with pytest.raises(SettingsError, match=r"40x50cm|50 to 5000 mm"):
        papers.parse(size)


@pytest.mark.parametrize("size", ["40x50mm", "6x1m".replace("m", "in"), "600x10cm"])
def test_a_side_out_of_range_says_the_range(size: str) -> None:
    with pytest.raises(SettingsError, match="50 to 5000 mm"):
        papers.parse(size)


@given(st.sampled_from(["a5", "a0", "legal", "40x50cm", "24x8in"]), st.floats(0.1, 10))
def test_the_painted_picture_keeps_its_aspect_and_touches_the_box(size: str, aspect: float) -> None:
    paper = papers.parse(size)
    width, height = papers.painted_size(paper, aspect)
    assert width / height == pytest.approx(aspect)
    boxes = [p.box_mm for p in (paper, paper.turned)]
    spare = [min(w - width, h - height) for w, h in boxes]
    assert max(spare) == pytest.approx(0, abs=1e-9)


@given(st.floats(0.1, 10))
def test_the_sheet_faces_as_the_picture_does(aspect: float) -> None:
    paper = papers.parse("a4")
    width, height = papers.painted_size(paper, aspect)
    box = papers.facing(paper, width, height).box_mm
    assert width <= box[0] + 1e-9
    assert height <= box[1] + 1e-9


def test_a_canvas_is_the_box_and_its_sheet_has_room_for_crop_marks() -> None:
    canvas = papers.parse("40x50cm")
    assert canvas.canvas
    assert (canvas.width_mm, canvas.height_mm) == (420, 520)


def test_papers_have_the_sides_of_their_standards() -> None:
    sizes = {name: papers.parse(name) for name in papers.names()}
    for k in range(5):  # ISO 216: half of one sheet is the next, but for what is rounded off
        large, small = sizes[f"a{k}"], sizes[f"a{k + 1}"]
        assert small.height_mm == large.width_mm
        assert small.width_mm == large.height_mm // 2
    for above_letter, letter in ("ed", "dc", "cb", "ba"):
        for series in ("ansi", "arch"):
            above, below = sizes[f"{series}-{above_letter}"], sizes[f"{series}-{letter}"]
            assert below.height_mm == above.width_mm
            assert below.width_mm == above.height_mm / 2
    assert sizes["letter"].box_mm == sizes["ansi-a"].box_mm
    assert [name for name, paper in sizes.items() if paper.inches] == [*sizes][6:]


@pytest.mark.parametrize("name", ["20x30", "30x40", "40x50", "50x60", "60x80"])
def test_canvases_of_shops_go_without_a_unit(name: str) -> None:
    assert papers.parse(name).box_mm == papers.parse(f"{name}cm").box_mm
    assert papers.parse(name).canvas


@given(st.sampled_from(["a5", "a4", "letter", "40x50cm", "20x30"]), st.integers(1, 64), st.booleans())
def test_a_legend_beside_the_picture_takes_room_from_paper_and_adds_to_a_canvas(
    size: str,
    paints: int,
    turned: bool,  # noqa: FBT001 - hypothesis hands them by name
) -> None:
    plain = papers.parse(size).turned if turned else papers.parse(size)
    paper = plain.with_legend(paints)
    (wide, high), (box_wide, box_high) = plain.box_mm, paper.box_mm
    right, below = paper.beside_mm
    assert bool(right) != bool(below)
    assert bool(right) == (wide > high)
    if plain.canvas:
        assert (box_wide, box_high) == pytest.approx((wide, high))
        assert paper.cloth_mm == pytest.approx(plain.cloth_mm)
        assert (paper.width_mm, paper.height_mm) == pytest.approx(
            (plain.width_mm + right, plain.height_mm + below)
        )
    else:
        assert (paper.width_mm, paper.height_mm) == (plain.width_mm, plain.height_mm)
        assert (box_wide, box_high) == pytest.approx((wide - right, high - below))
    x, y = paper.legend_at
    room = paper.width_mm - paper.margin_mm - x, paper.height_mm - paper.margin_mm - y
    columns, rows = (int(v / cell + 1e-9) for v, cell in zip(room, papers.CELL_MM, strict=True))
    assert columns * rows >= paints
    assert (x >= paper.margin_mm + box_wide + papers.GAP_MM - 1e-9) or (
        y >= paper.margin_mm + box_high + papers.GAP_MM - 1e-9
    )


def test_without_a_legend_beside_it_paper_stays_as_it_is() -> None:
    assert papers.parse("a4").with_legend(0) == papers.parse("a4")
    assert papers.paints_beside("page", 24) == 0
    assert (papers.paints_beside("beside", 30), papers.paints_beside("beside", "auto")) == (30, 48)
