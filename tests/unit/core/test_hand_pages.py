"""Pages that the painter holds in the hand: the guide, the recipes, the grid, the report, the preview."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from pbn.core.entries import entries
from pbn.core.identity import kit_id
from pbn.core.layout import EVERY_PAGE, kit_sheets
from pbn.core.page_grid import grid_step
from pbn.core.sheet import Mark, Path, Picture, Sheet, Swatch, Text, bounds
from pbn.core.values import Image, Kit
from pbn.core.wording import languages
from pbn.errors import LayoutError
from pbn.export.png import Png
from tests.helpers.kits import sample_kit

FACTS: dict[str, Any] = {
    "min_circle_mm": 2.31,
    "min_region_mm2": 7.05,
    "median_region_mm2": 41.4,
    "min_label_pt": 5.0,
    "median_label_pt": 9.0,
    "lead_lines": 3,
    "border_mm": 6593.2,
    "fidelity_delta_e_2000": 4.04,
    "min_paint_delta_e_2000": 5.25,
    "closest_paints": [2, 7],
    "difficulty": "hard",
}


def full_kit(**asked: Any) -> Kit:
    kit = sample_kit(6, 8, **{"paints": 11, "mixed": True, **asked})
    return replace(kit, facts={**kit.facts, **FACTS})


def pages(name: str, **asked: Any) -> tuple[Kit, tuple[Sheet, ...]]:
    kit = full_kit(pages=(name,), **asked)
    return kit, kit_sheets(kit)


def marks(sheets: tuple[Sheet, ...]) -> Iterator[Mark]:
    return (mark for sheet in sheets for layer in sheet.layers for mark in layer.marks)


def texts(sheets: tuple[Sheet, ...], role: str | None = None) -> list[str]:
    return [m.text for m in marks(sheets) if isinstance(m, Text) and role in (None, m.role)]


@pytest.mark.parametrize("aspect", [0.5, 1.5])
@pytest.mark.parametrize("size", ["a5", "a4", "tabloid", "40x50cm", "16x20in"])
def test_every_page_keeps_to_its_paper_in_every_language(size: str, aspect: float) -> None:
    for language in languages():
        kit = full_kit(size=size, aspect=aspect, paints=40, pages=EVERY_PAGE, language=language)
        for sheet in kit_sheets(kit):
            for mark in marks((sheet,)):
                left, top, right, low = bounds(mark)
                assert min(left, top) >= -0.6, (sheet.name, mark)
                assert right <= sheet.width_mm + 0.6, (sheet.name, mark)
                assert low <= sheet.height_mm + 0.6, (sheet.name, mark)


@pytest.mark.parametrize("page", ["guide", "recipes", "report", "grid"])
@pytest.mark.parametrize("size", ["a5", "a4", "tabloid"])
def test_words_and_swatches_of_a_page_do_not_lie_on_one_another(page: str, size: str) -> None:
    for language in languages():
        for sheet in pages(page, size=size, paints=40, language=language)[1]:
            boxes = [(bounds(m), m) for m in marks((sheet,)) if isinstance(m, Text | Swatch | Picture)]
            for k, (a, first) in enumerate(boxes):
                for b, second in boxes[:k]:
                    across = min(a[2], b[2]) - max(a[0], b[0])
                    down = min(a[3], b[3]) - max(a[1], b[1])
                    assert across <= 0.3 or down <= 1.2, (sheet.name, first, second)


def test_the_guide_has_every_paint_alone_before_and_after() -> None:
    kit, sheets = pages("guide")
    assert texts(sheets, "guide-number") == [str(p.number) for p in kit.palette.paints]
    regions = [m for m in marks(sheets) if isinstance(m, Path) and m.role == "region"]
    assert [int(m.data["region"]) for m in regions] == sorted(
        range(len(kit.regions)), key=lambda r: (kit.regions.paint[r], r)
    )
    pictures = [m.image for m in marks(sheets) if isinstance(m, Picture)]
    before, after = pictures[::2], pictures[1::2]
    assert len(before) == len(after) == len(kit.palette)
    for k in range(len(before) - 1):
        np.testing.assert_array_equal(after[k].pixels, before[k + 1].pixels)
    assert all((p.pixels[..., 0] == p.pixels[..., 1]).all() for p in before[:1])  # greys: nothing painted
    last = after[-1].pixels[4:-4:3, 4:-4:3].reshape(-1, 3).astype(int)
    near = np.abs(last[:, None] - kit.palette.rgb.astype(int)).max(axis=2).min(axis=1)
    assert (near < 3).mean() > 0.75


def test_a_recipe_has_a_square_for_every_part_and_says_them() -> None:
    kit, sheets = pages("recipes")
    assert kit.mixing
    assert texts(sheets, "recipe-number") == [str(p.number) for p in kit.palette.paints]
    said = " ".join(texts(sheets))
    swatches = [m.fill for m in marks(sheets) if isinstance(m, Swatch)]
    for paint in kit.mixing.base:
        parts = sum(n for r in kit.mixing.recipes for name, n in r.parts if name == paint.name)
        assert swatches.count(paint.rgb) == parts
    for recipe in kit.mixing.recipes:
        assert recipe.text in said
    assert kit.mixing.source in said


def test_many_parts_of_white_are_one_square_and_their_number() -> None:
    kit = full_kit(pages=("recipes",))
    assert kit.mixing
    white, other = kit.mixing.base[:2]
    pale = replace(kit.mixing.recipes[0], parts=((white.name, 80), (other.name, 2)))
    sheets = kit_sheets(replace(kit, mixing=replace(kit.mixing, recipes=(pale,) * len(kit.mixing.recipes))))
    swatches = [m.fill for m in marks(sheets) if isinstance(m, Swatch)]
    assert swatches.count(white.rgb) == len(kit.mixing.recipes)
    assert swatches.count(other.rgb) == 2 * len(kit.mixing.recipes)
    assert texts(sheets).count("× 80") == len(kit.mixing.recipes)


def test_a_kit_without_recipes_has_no_such_page() -> None:
    with pytest.raises(LayoutError, match=r"no recipes .* --mix-from acrylics"):
        pages("recipes", mixed=False)


def test_all_pages_are_those_that_the_kit_has() -> None:
    with_recipes, without = (
        [s.name for s in kit_sheets(full_kit(mixed=mixed, pages=("all",)))] for mixed in (True, False)
    )
    assert [name for name in with_recipes if name != "Recipes"] == without
    assert "Recipes" in with_recipes


@pytest.mark.parametrize(
    ("size", "step"), [("a4", 25.0), ("a5", 20.0), ("40x50cm", 50.0), ("16x20in", 50.8), ("a0", 100.0)]
)
def test_a_square_of_the_grid_is_a_round_length(size: str, step: float) -> None:
    kit = sample_kit(size=size)
    assert grid_step(kit, inches=size.endswith("in")) == pytest.approx(step)


def test_the_grid_s_lines_are_a_square_apart_and_named() -> None:
    kit, sheets = pages("grid", size="a4")
    (grid,) = [m for m in marks(sheets) if isinstance(m, Path) and m.role == "grid"]
    borders = np.concatenate(
        [c.points for m in marks(sheets) if isinstance(m, Path) and m.role == "border" for c in m.curves]
    )
    scale = np.ptp(borders[:, 0]) / kit.size_mm[0]
    down = sorted({c.points[0, 0] for c in grid.curves if not np.ptp(c.points[:, 0])})
    assert np.diff(down)[:-1] == pytest.approx(25 * scale)
    assert down[0] == pytest.approx(borders[:, 0].min())
    assert down[-1] == pytest.approx(borders[:, 0].max())
    names = texts(sheets)
    assert [names.count(letter) for letter in "ABCDEFGHI"] == [2] * 8 + [0]
    assert (
        "Each square is 2.5 cm on the painting: draw the squares lightly, then copy square by square" in names
    )


def test_the_report_says_what_report_json_does() -> None:
    kit, sheets = pages("report", language="de")
    said = texts(sheets)
    for value in (
        "2,31 mm",
        "7,0 mm²",
        "41 mm²",
        "6,6 m",
        "5,0 pt",
        "ΔE 4,0",
        "2 und 7: ΔE 5,2",
        "schwer",
        "3",
    ):
        assert value in said
    assert any(kit_id(kit) in text for text in said)


def test_a_kit_s_id_is_of_what_is_painted_alone() -> None:
    kit = sample_kit()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", kit_id(kit))
    assert kit_id(sample_kit(title="Dusk", language="fr")) == kit_id(kit)
    assert kit_id(sample_kit(paints=5)) != kit_id(kit)
    assert kit_id(sample_kit(size="a3")) != kit_id(kit)


def test_the_preview_page_shows_every_region_as_large_as_it_goes() -> None:
    kit, sheets = pages("preview", title="Dusk")
    regions = [bounds(m) for m in marks(sheets) if isinstance(m, Path) and m.role == "region"]
    assert len(regions) == len(kit.regions)
    width = max(r[2] for r in regions) - min(r[0] for r in regions)
    height = max(r[3] for r in regions) - min(r[1] for r in regions)
    assert width == pytest.approx(180, abs=1) or height == pytest.approx(258, abs=1)
    assert any(text.startswith("Dusk  ·") for text in texts(sheets))
    assert len(entries(kit)) == len(kit.palette)


def cover(**printed: Any) -> tuple[Kit, tuple[Sheet, ...]]:
    logo = Image(np.full((50, 200, 3), (20, 90, 160), np.uint8)) if printed.pop("logo", False) else None
    kit = replace(full_kit(pages=("cover",), **printed), logo=logo)
    return kit, kit_sheets(kit)


def test_a_cover_has_logo_order_and_code_where_they_are_given() -> None:
    plain_kit, plain = cover()
    kit, full = cover(logo=True, order="2026-0117", code="https://example.org/{id}?o={order}", size="a4")
    assert not any(kit_id(plain_kit) in text for text in texts(plain))
    assert {"Order 2026-0117", f"Kit {kit_id(kit)}"} <= set(texts(full))
    (logo,) = [m for m in marks(full) if isinstance(m, Picture) and m.alt == "logo"]
    assert logo.width_mm / logo.height_mm == pytest.approx(4)
    qr = [m for m in marks(full) if isinstance(m, Path) and m.role == "qr"]
    assert len(qr) == 1
    regions = [bounds(m) for m in marks(full) if isinstance(m, Path) and m.role == "region"]
    assert max(r[3] for r in regions) <= bounds(qr[0])[1] + 2


@pytest.mark.parametrize("code", ["id", "https://example.org/{id}?o={order}"])
def test_the_cover_s_code_is_read_back(code: str) -> None:
    kit, sheets = cover(code=code, order="A 7")
    drawn = np.asarray(Pillow.open(BytesIO(Png(dpi=200).render(sheets, title=""))).convert("L"))
    read = cv2.QRCodeDetector().detectAndDecode(drawn[-350:, -350:])[0]
    assert read == (kit_id(kit) if code == "id" else f"https://example.org/{kit_id(kit)}?o=A 7")


def test_the_order_stands_on_the_outline() -> None:
    (outline,) = kit_sheets(sample_kit(order="2026-0117", title="Dusk", pages=("outline",)))
    assert "Dusk  ·  2026-0117" in texts((outline,))
