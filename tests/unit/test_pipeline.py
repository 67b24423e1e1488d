"""The stages in order: sizes from millimetres, the same bytes on any day, nothing done twice."""

from __future__ import annotations

import io
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from pbn.cache import Cache
from pbn.core import papers
from pbn.core.labelling import label_texts
from pbn.core.values import Image, Kit
from pbn.errors import Cancelled, InputImageError, LayoutError, SettingsError
from pbn.gate import FIGURES
from pbn.pipeline import kit_files, make_files, make_kit, stylise
from pbn.progress import Step
from pbn.raster import LEAST_PX, LEAST_PX_PER_BRUSH, MOST_PX, photo_px, style_px, working_raster
from pbn.settings import FormatName, KitSettings

SMALL = KitSettings(engine="none", size="a5", brush_mm=6, colours=6)
FILES = {
    "kit.pdf",
    "outline.svg",
    "preview.svg",
    "preview.png",
    "stylised.png",
    "palette.json",
    "report.json",
    "kit.toml",
}


@pytest.fixture(scope="module")
def photo() -> Image:
    rows, columns = np.mgrid[:90, :120]
    pixels = np.zeros((90, 120, 3), np.uint8)
    pixels[..., 0] = 2 * columns
    pixels[..., 1] = np.where(rows < 45, 60, 190)
    pixels[(rows - 45) ** 2 + (columns - 60) ** 2 < 25**2] = (250, 240, 60)
    return Image(pixels)


@pytest.fixture(scope="module")
def kit(photo: Image) -> Kit:
    return make_kit(photo, settings=SMALL)


@given(
    size=st.sampled_from(["a5", "a4", "a0", "letter", "40x50cm", "50x50mm", "2000x100mm"]),
    brush=st.floats(0.5, 20),
    aspect=st.floats(0.05, 20),
)
def test_the_raster_follows_from_size_and_brush(size: str, brush: float, aspect: float) -> None:
    settings = KitSettings(engine="none", size=size, brush_mm=brush)
    width, height = papers.painted_size(papers.parse(size), aspect)
    if min(width, height) < 3 * brush or max(width, height) / brush > MOST_PX / LEAST_PX_PER_BRUSH:
        with pytest.raises(LayoutError, match="--brush"):
            working_raster(settings, aspect)
        return
    (w, h), mm_per_px = working_raster(settings, aspect)
    assert LEAST_PX * 15 / 16 - 1 <= max(w, h) <= MOST_PX
    assert brush / mm_per_px >= LEAST_PX_PER_BRUSH * 15 / 16 - 0.01
    assert abs(w * mm_per_px - width) <= mm_per_px / 2 + 1e-9
    assert abs(h * mm_per_px - height) <= mm_per_px / 2 + 1e-9
    assert photo_px(settings) >= max(w, h) - 1


def test_a4_and_two_millimetres_need_half_a_megapixel_whatever_the_photo() -> None:
    (w, _), mm_per_px = working_raster(KitSettings(engine="none"), 1.5)
    assert 600 < w < 900
    assert 4.5 < 2.0 / mm_per_px < 6


@pytest.mark.parametrize("long_mm", [297, 400, 450, 500, 841])
def test_a_large_painting_has_fewer_pixels_to_the_brush_but_no_fewer_pixels(long_mm: int) -> None:
    def asked(side_mm: int) -> float:
        (w, _), _ = working_raster(KitSettings(engine="none", size=f"{side_mm}x{side_mm}mm"), 1.0)
        return w

    assert 4.1 - 0.01 <= 2.0 / long_mm * asked(long_mm) <= 4.8 + 0.01
    assert asked(long_mm) <= asked(long_mm + 10)
    assert asked(long_mm) <= max(1000, 4.1 / 2.0 * long_mm + 1)


@pytest.mark.parametrize(
    ("size", "brush", "expected"),
    [
        ("a4", 2.0, 277),
        ("a0", 2.0, 512),
        ("a5", 6.0, 128),
        ("131x190mm", 2.0, 256),
        ("103x150mm", 2.0, 225),
        ("276x400mm", 3.0, 267),
    ],
)
def test_the_style_is_as_fine_as_two_pixels_to_the_brush_and_three_where_small(
    size: str, brush: float, expected: int
) -> None:
    settings = KitSettings(engine="gatys", size=size, brush_mm=brush)
    assert style_px(settings, *working_raster(settings, 190 / 277)) == expected


def test_a_kit_is_complete(kit: Kit) -> None:
    facts = kit.facts
    assert facts["regions"] == len(kit.regions) == len(kit.graph.rings)
    assert {label.region for label in kit.labels} == set(range(len(kit.regions)))
    assert facts["min_circle_mm"] >= 6 * 0.995
    assert facts["min_label_pt"] >= 5
    assert set(FIGURES) <= set(facts)
    assert facts["paints"] == len(kit.palette) <= 6
    assert max(kit.size_mm) <= 190 + 1e-6
    assert kit.settings == SMALL.table()


def test_the_files_say_what_the_kit_is(kit: Kit) -> None:
    files = make_files(kit, {"photo": {"path": "/p.png", "sha256": "0"}, "artworks": []})
    assert set(files) == FILES
    report = json.loads(files["report.json"])
    assert report == {"version": kit.version, **kit.facts}
    paints = json.loads(files["palette.json"])["paints"]
    assert [p["number"] for p in paints] == list(range(1, len(kit.palette) + 1))
    assert sum(p["regions"] for p in paints) == report["regions"]
    assert sum(p["share"] for p in paints) == pytest.approx(1, abs=1e-4)
    table = tomllib.loads(files["kit.toml"].decode())
    assert table["brush_mm"] == 6.0
    assert table["photo"]["path"] == "/p.png"
    for name in ("version", "photo", "artworks"):
        table.pop(name)
    assert KitSettings.from_table(table).table() == dict(kit.settings)


@pytest.mark.parametrize(
    ("formats", "dpi", "drawn"),
    [
        (("pdf", "svg", "png"), 0, {"kit.pdf", "outline.svg", "preview.svg", "preview.png"}),
        (("dxf", "plotter"), 0, {"outline.dxf", "plotter.svg"}),
        (("png", "png"), 100, {"preview.png", "outline.png"}),
    ],
)
def test_only_the_formats_that_were_asked_for_are_written(
    formats: tuple[FormatName, ...], dpi: int, drawn: set[str], kit: Kit
) -> None:
    asked = replace(SMALL, formats=formats, print=replace(SMALL.print, dpi=dpi))
    files = make_files(replace(kit, settings=asked.table()))
    assert set(files) == drawn | {"stylised.png", "palette.json", "report.json", "kit.toml"}
    assert set(kit_files(asked)) == set(files)
    for name in {"preview.png", "outline.png"} & set(files) if dpi else ():
        picture = Pillow.open(io.BytesIO(files[name]))
        assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
        assert picture.width == round(kit.size_mm[0] / 25.4 * dpi)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"`formats`.*pdf, svg, png, dxf"):
        KitSettings.from_table({"formats": ["pdf", "eps"]})


def test_the_same_photo_gives_the_same_bytes(kit: Kit, photo: Image) -> None:
    assert make_files(make_kit(photo, settings=SMALL)) == make_files(kit)


def test_every_setting_that_is_changed_changes_the_kit(kit: Kit, photo: Image) -> None:
    few = make_kit(photo, settings=KitSettings(engine="none", size="a5", brush_mm=6, colours=2))
    assert few.facts["paints"] == 2
    assert few.facts["regions"] < kit.facts["regions"]


def test_stages_are_told_in_order(photo: Image) -> None:
    steps: list[Step] = []
    make_files(make_kit(photo, settings=SMALL, progress=steps.append), progress=steps.append)
    order = list(dict.fromkeys(step.stage for step in steps))
    assert order == [
        "stylise",
        "simplify",
        "palette",
        "quantize",
        "segment",
        "merge",
        "trace",
        "smooth",
        "place",
        "recipes",
        "report",
        "export",
    ]
    for stage in order:
        fractions = [step.fraction for step in steps if step.stage == stage]
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("where", ["stylise", "merge", "report"])
def test_a_listener_stops_the_work(where: str, photo: Image) -> None:
    def stop(step: Step) -> None:
        if step.stage == where:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        make_kit(photo, settings=SMALL, progress=stop)


def test_numbers_may_be_larger_and_every_region_still_has_its_own(photo: Image) -> None:
    made = make_kit(photo, settings=replace(SMALL, number_pt=14.0))
    assert {label.region for label in made.labels} == set(range(len(made.regions)))
    assert min(label.size_pt for label in made.labels) >= 14
    assert made.facts["min_label_pt"] >= 14
    assert max(label.size_pt for label in made.labels) > 20


@pytest.mark.parametrize("style", ["letters", "families", "dots"])
def test_labels_need_not_be_numbers(style: Literal["letters", "families", "dots"], photo: Image) -> None:
    asked = replace(SMALL, print=replace(SMALL.print, labels=style))
    made = make_kit(photo, settings=asked)
    texts = label_texts(made.palette, style)
    assert [label.text for label in made.labels] == [texts[paint] for paint in made.regions.paint]
    assert b"<text" not in make_files(made)["outline.svg"] or style != "dots"


def test_a_style_needs_an_artwork(photo: Image) -> None:
    with pytest.raises(SettingsError, match=r"no artwork .* --art, or use --no-style"):
        stylise(photo, (), KitSettings())


def test_without_a_style_nothing_can_be_protected(photo: Image) -> None:
    with pytest.raises(SettingsError, match="cannot protect"):
        stylise(photo, (), SMALL, protect=photo)


def test_without_a_style_nothing_is_kept(photo: Image, tmp_path: Path) -> None:
    stylise(photo, (), SMALL, cache=Cache(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_recipes_come_with_a_kit_or_not(kit: Kit, photo: Image) -> None:
    told = json.loads(make_files(kit)["palette.json"])
    assert kit.mixing is not None
    assert len(kit.mixing.recipes) == len(kit.palette)
    assert [p["recipe"]["text"] for p in told["paints"]] == [r.text for r in kit.mixing.recipes]
    assert {part["name"] for p in told["paints"] for part in p["recipe"]["parts"]} <= {
        base["name"] for base in told["mixing"]["base"]
    }
    without = make_kit(photo, settings=replace(SMALL, mix_from="none"))
    told = json.loads(make_files(without)["palette.json"])
    assert without.mixing is None
    assert list(told) == ["paints"]
    assert "recipe" not in told["paints"][0]
    assert replace(SMALL, source="paints").mixing_file is None


def test_the_report_says_how_many_paints_the_picture_is_worth(photo: Image) -> None:
    told = make_kit(photo, settings=replace(SMALL, colours="auto")).facts
    chosen = told["colours_chosen"]
    assert told["colours_asked_for"] == "auto"
    assert told["paints"] <= chosen["colours"]
    assert chosen["colours"] in [point["paints"] for point in chosen["curve"]]
    assert "0.05 mean Delta E" in chosen["rule"]


def test_the_report_says_what_ones_own_paints_cost(photo: Image, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("number,name,hex\n7,Sky,#8090ff\n9,Sun,#e0b020\n8,Mud,#403010\n")
    palette = {"source": "paints", "file": str(tmp_path / "own.csv")}
    table = {"engine": "none", "size": "a5", "brush_mm": 6.0, "colours": 6, "palette": palette}
    kit = make_kit(photo, settings=KitSettings.from_table(table))
    own = kit.facts["own_paints"]
    assert own["delta_e_2000"] > own["free_delta_e_2000"] + 3
    assert own["cost_delta_e_2000"] == pytest.approx(
        own["delta_e_2000"] - own["free_delta_e_2000"], abs=0.011
    )
    assert {paint.name for paint in kit.palette.paints} <= {"7 Sky", "9 Sun", "8 Mud"}


@pytest.mark.parametrize("fit", ["fit", "crop", "letterbox"])
def test_the_photo_comes_to_the_size_s_shape(photo: Image, fit: str) -> None:
    asked = KitSettings.from_table(
        {"engine": "none", "size": "20x10cm", "brush_mm": 6.0, "colours": 6, "fit": fit, "bars": "#ff00ff"}
    )
    kit = make_kit(photo, settings=asked)
    width, height = kit.size_mm
    assert height == pytest.approx(100, abs=0.6)
    assert width == pytest.approx(133.3 if fit == "fit" else 200, abs=0.6)
    assert kit.photo.width / kit.photo.height == pytest.approx(width / height, abs=0.03)
    assert (kit.facts["crop"] is not None) == (fit == "crop")
    if fit == "letterbox":  # the bars are regions to paint, the photo's sky and ground are not in them
        left = kit.regions.paint[kit.regions.ids[:, 3]]
        assert set(kit.palette.rgb[left].ravel().tolist()) <= {*range(6), *range(250, 256)}
    if fit == "crop":
        assert kit.facts["crop"][0] == 0
        assert kit.facts["crop"][2:] == pytest.approx([1, 2 / 3], abs=0.01)


def test_a_logo_comes_with_the_kit_and_is_missed_before_the_long_work(photo: Image, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    table = {"engine": "none", "size": "a5", "brush_mm": 6.0, "colours": 6, "print": {"logo": str(logo)}}
    asked = KitSettings.from_table(table)
    assert asked.files() == (str(logo),)
    steps: list[Step] = []
    with pytest.raises(InputImageError, match=r"logo\.png"):
        make_kit(photo, settings=asked, progress=steps.append)
    assert not steps
    Pillow.new("RGB", (40, 20), "red").save(logo)
    made = make_kit(photo, settings=asked)
    assert made.logo
    assert made.logo.width == 40
    moved = asked.with_files({str(logo): "elsewhere.png"})
    assert moved.print.logo == "elsewhere.png"


def test_a_large_region_has_its_number_again() -> None:
    halves = np.full((300, 400, 3), 40, np.uint8)
    halves[:, 200:] = (230, 200, 60)
    settings = replace(SMALL, size="a2")
    kit, once = (make_kit(Image(halves), settings=replace(settings, repeat_mm=mm)) for mm in (100.0, 0.0))
    assert [label.region for label in once.labels] == [0, 1]
    repeated = [label.region for label in kit.labels[2:]]
    assert sorted(set(repeated)) == [0, 1]
    assert kit.facts["repeated_numbers"] == len(repeated) >= 4
    texts = re.findall(r'class="number" data-region="(\d)"', make_files(kit)["outline.svg"].decode())
    assert len(texts) == len(kit.labels)
