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
    ],
)
def test_sizes_are_read(size: str, box: tuple[float, float]) -> None:
    assert papers.parse(size).box_mm == pytest.approx(box)


@pytest.mark.parametrize(
    "size", ["a9", "", "40x50", "40x50km", "x50cm", "40x-5cm", "1x1mm", "9x9in extra", "\u0664x\u0665cm"]
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
