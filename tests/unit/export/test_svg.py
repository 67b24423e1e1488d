from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.sheet import Sheet
from pbn.export.svg import Svg
from tests.helpers.kits import sample_kit

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def parsed(sheet: Sheet, title: str = "T") -> ET.Element:
    return ET.fromstring(Svg().render([sheet], title=title))


def with_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [e for e in root.iter() if e.get("class") == name]


def points(d: str) -> list[list[tuple[int, int]]]:
    """The control points of each subpath in thousandths, lines and cubics alike."""
    subpaths: list[list[tuple[int, int]]] = []
    for command, text in re.findall(r"([MLC])([^MLCZ]*)", d):
        values = [round(float(v) * 1000) for v in NUMBER.findall(text)]
        pairs = list(zip(values[::2], values[1::2], strict=True))
        if command == "M":
            subpaths.append([])
        subpaths[-1] += pairs
    return subpaths


def test_the_user_unit_is_a_millimetre() -> None:
    kit = sample_kit()
    root = parsed(outline_picture(kit))
    width, height = kit.size_mm
    assert float(root.get("width", "")[:-2]) == pytest.approx(width, abs=5e-4)
    assert root.get("viewBox") == f"0 0 {root.get('width', '')[:-2]} {root.get('height', '')[:-2]}"
    assert float(root.get("height", "")[:-2]) == pytest.approx(height, abs=5e-4)


def test_the_outline_promises() -> None:
    kit = sample_kit()
    root = parsed(outline_picture(kit))
    assert len(with_class(root, "border")) == len(kit.graph.arcs)
    numbers = with_class(root, "number")
    assert [(e.text, e.get("data-region")) for e in numbers] == [(v.text, str(v.region)) for v in kit.labels]
    assert {e.get("text-anchor") for e in numbers} == {"middle"}
    for element, label in zip(numbers, kit.labels, strict=True):
        assert float(element.get("font-size", "")) == pytest.approx(label.size_pt * 25.4 / 72, abs=5e-4)
    assert [e.get("data-lead") for e in numbers].count("true") == len(with_class(root, "lead")) == 1
    assert not [e for e in root.iter() if e.get("transform")]


def test_the_preview_promises() -> None:
    kit = sample_kit()
    regions = with_class(parsed(preview_picture(kit)), "region")
    assert [e.get("data-region") for e in regions] == [str(k) for k in range(len(kit.regions))]
    for element in regions:
        paint = kit.palette.paints[int(element.get("data-paint", "")) - 1]
        assert element.get("fill") == element.get("stroke") == paint.hex
        assert element.get("fill-rule") == "evenodd"


def test_neighbours_have_the_very_same_points_along_their_border() -> None:
    kit = sample_kit(5, 4)
    borders = [points(e.get("d", ""))[0] for e in with_class(parsed(outline_picture(kit)), "border")]
    regions = [points(e.get("d", "")) for e in with_class(parsed(preview_picture(kit)), "region")]
    for arc, border in zip(kit.graph.arcs, borders, strict=True):
        for region in (arc.left, arc.right):
            if region >= 0:
                assert any(
                    "".join(map(str, side)) in "".join(map(str, ring * 2))
                    for ring in regions[region]
                    for side in (border, border[::-1])
                )


def test_a_curve_closes_where_it_began() -> None:
    for element in with_class(parsed(preview_picture(sample_kit())), "region"):
        for ring in points(element.get("d", "")):
            assert ring[0] == ring[-1]


def test_the_frame_is_lines_and_the_rest_curves() -> None:
    kit = sample_kit()
    found = with_class(parsed(outline_picture(kit)), "border")
    for arc, element in zip(kit.graph.arcs, found, strict=True):
        assert ("C" in element.get("d", "")) == (min(arc.left, arc.right) >= 0)


def test_letters_are_within_the_file_where_there_are_any() -> None:
    numbers, letters = (
        Svg().render([outline_picture(sample_kit(labels=style))], title="T")
        for style in ("numbers", "letters")
    )
    assert b"U+30-39}" in numbers
    assert b"U+30-39,U+41-5A}" in letters
    assert numbers.index(b"</style>") < letters.index(b"</style>")


def test_the_digits_are_within_the_file() -> None:
    sheet = outline_picture(sample_kit())
    assert b"@font-face" in Svg().render([sheet], title="T")
    assert b"@font-face" not in Svg(embed_digits=False).render([sheet], title="T")
    assert b"@font-face" not in Svg().render([preview_picture(sample_kit())], title="T")


def test_an_ambiguous_number_has_a_bar_under_its_baseline() -> None:
    root = parsed(outline_picture(sample_kit()))
    bars = with_class(root, "underline")
    numbers = [e for e in with_class(root, "number") if e.text in ("6", "9")]
    assert len(bars) == len(numbers) > 0
    for bar, number in zip(bars, numbers, strict=True):
        top = float(bar.get("y", "")) - float(number.get("y", ""))
        assert 0 < top < 0.2 * float(number.get("font-size", ""))
        middle = float(bar.get("x", "")) + float(bar.get("width", "")) / 2
        assert middle == pytest.approx(float(number.get("x", "")), abs=2e-3)


def test_the_title_is_escaped_and_layers_are_named() -> None:
    root = parsed(kit_sheets(sample_kit())[1], title="<Dusk> & dawn")
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "<Dusk> & dawn"
    label = "{http://www.inkscape.org/namespaces/inkscape}label"
    assert [e.get(label) for e in root.iter() if e.get(label)] == ["Borders", "Numbers", "Marks"]


def test_a_layer_with_a_window_is_clipped_to_it_and_its_marks_are_not_moved() -> None:
    layer = outline_picture(sample_kit()).layers[0]
    root = parsed(Sheet("s", 100, 100, (replace(layer, clip_mm=(1.5, 2, 30, 40)),)))
    (window,) = root.iter("{http://www.w3.org/2000/svg}clipPath")
    assert window[0].attrib == {"x": "1.5", "y": "2", "width": "30", "height": "40"}
    (group,) = [e for e in root.iter() if e.get("clip-path") == f"url(#{window.get('id')})"]
    assert len(with_class(group, "border")) == len(layer.marks)
