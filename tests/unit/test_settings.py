"""Settings: their limits, their order, and TOML there and back."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn import registry
from pbn.core.layout import DEFAULT_PAGES, EVERY_PAGE
from pbn.core.metrics import PRINTABLE
from pbn.errors import PbnError, SettingsError
from pbn.plain import dumps
from pbn.printing import PageName, PrintSettings
from pbn.settings import (
    KitSettings,
    files_in,
    merged,
    parse_set,
    preset,
    presets,
    rows,
)

PLAIN = KitSettings(engine="none")


def test_the_defaults_are_what_a_painter_expects() -> None:
    made = KitSettings()
    assert (made.colours, made.brush_mm, made.size, made.seed, made.engine) == (24, 2.0, "a4", 0, "gatys")


@pytest.mark.parametrize(
    ("of", "name"), [(KitSettings, n) for n in rows()] + [(PrintSettings, n) for n in rows(PrintSettings)]
)
def test_every_default_passes_its_own_check_and_every_limit_holds(of: type[Any], name: str) -> None:
    row = rows(of)[name]
    assert row.help.endswith(".")
    shown = ",".join(row.default) if isinstance(row.default, tuple) else row.default
    assert f"default {shown if shown != '' else 'none'}" in row.text
    if row.low is None or row.high is None:
        return
    row.check(row.default)
    whole = isinstance(row.default, int)
    for outside in (row.low - 1, row.high + 1):
        with pytest.raises(SettingsError, match=name):
            of(**{name: int(outside) if whole else float(outside)})


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"colours": 1}, "`colours` must be 2 to 64, not 1"),
        ({"colours": 24.5}, "`colours` must be a whole number"),
        ({"colours": True}, "`colours` must be a whole number"),
        ({"colours": "24"}, "`colours` must be a whole number"),
        ({"colours": "many"}, "`colours` must be a whole number"),
        ({"brush_mm": float("nan")}, "`brush_mm` must be 0.5 to 20"),
        (
            {"print": {"border_colour": "blue"}},
            "`border_colour` must be a colour such as #3060c0, not 'blue'",
        ),
        ({"print": {"labels": "runes"}}, "`labels` must be one of numbers, letters"),
        ({"print": {"title": "Дом"}}, "`title` has 'Д', which the pages' typeface cannot print"),
        ({"print": {"order": "№ 7"}}, "`order` has '№'"),
        ({"number_pt": 3}, "`number_pt` must be 5 to 18, not 3"),
        ({"size": "a9"}, "`size` must be one of a5"),
        ({"engine": "gatis"}, "Did you mean `none`|`engine` must be one of"),
        ({"palette": {"source": "kmean"}}, "Did you mean `kmeans`"),
        ({"colour": 12}, "no setting `colour`. Did you mean `colours`"),
        ({"print": {"titel": "x"}}, "no setting `print.titel`. Did you mean `title`"),
        ({"print": 3}, "`print` is a table"),
        ({"palette": "kmeans"}, "`palette` is a table"),
        ({"options": {}}, "no setting `options`"),
    ],
)
def test_what_does_not_suit_is_refused_in_one_sentence(bad: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        KitSettings.from_table(bad)


def test_an_unknown_option_of_a_source_names_the_nearest() -> None:
    made = KitSettings.from_table({"engine": "none", "palette": {"restart": 2}})
    with pytest.raises(SettingsError, match=r"`palette.restart`. Did you mean `restarts`"):
        made.table()


@given(
    colours=st.integers(2, 64),
    brush=st.floats(0.5, 20),
    strength=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
    title=st.text(st.sampled_from(sorted(PRINTABLE | set("\t\n\r")))),
    grey=st.integers(0, 230),
    least=st.floats(0, 50),
)
def test_settings_survive_toml(
    colours: int, brush: float, strength: float, seed: int, title: str, grey: int, least: float
) -> None:
    made = KitSettings(
        colours=colours,
        brush_mm=brush,
        strength=strength,
        seed=seed,
        engine="none",
        print=PrintSettings(title=title, border_grey=grey),
        palette_options={"least_delta_e": least},
    )
    table = made.table()
    read = tomllib.loads(dumps(table))
    assert read == table
    assert KitSettings.from_table(read).table() == table


def test_the_table_has_every_setting() -> None:
    table = PLAIN.table()
    names = {f.name for f in fields(KitSettings)} - {"options", "palette_options", "source"}
    assert names <= set(table)
    assert table["palette"]["source"] == "kmeans"
    assert len(table["palette"]) > 1


def test_later_tables_win_and_inner_tables_are_merged() -> None:
    layers: list[dict[str, Any]] = [
        {"colours": 12, "print": {"title": "a", "border_grey": 90}},
        {"print": {"title": "b"}},
        {"colours": 30},
    ]
    assert merged(layers) == {"colours": 30, "print": {"title": "b", "border_grey": 90}}


def test_another_palette_source_takes_no_options_over() -> None:
    assert merged([{"palette": {"restarts": 9}}, {"palette": {"source": "paints"}}]) == {
        "palette": {"source": "paints"}
    }
    kept = merged([{"palette": {"restarts": 9}}, {"palette": {"source": "kmeans"}}])
    assert kept == {"palette": {"restarts": 9, "source": "kmeans"}}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("colours=12", "colours", 12),
        ("brush_mm=3", "brush_mm", 3.0),
        ("size=40x50cm", "size", "40x50cm"),
        ("print.title=24", "print.title", "24"),
        ("print.title=a = b", "print.title", "a = b"),
        ("palette.restarts = 5", "palette.restarts", 5),
    ],
)
def test_set_reads_a_value_as_its_setting_says(text: str, name: str, value: Any) -> None:
    table: Any = KitSettings.from_table(merged([{"engine": "none"}, parse_set(text)])).table()
    for part in name.split("."):
        table = table[part]
    assert table == value
    assert type(table) is type(value)


@pytest.mark.parametrize("text", ["colours", "=3", "a.b.c=1", ".a=1", "print.=1"])
def test_set_without_key_or_value_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--set takes"):
        parse_set(text)


def test_set_says_which_value_is_no_number() -> None:
    with pytest.raises(SettingsError, match="`colours` must be a whole number, not 'many'"):
        KitSettings.from_table(parse_set("colours=many"))


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_described_and_valid(name: str) -> None:
    assert presets()[name]
    made = KitSettings.from_table(preset(name))
    assert made != KitSettings()


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="Did you mean `portrait`"):
        preset("portrat")


def test_no_engine_has_the_name_of_a_setting() -> None:
    taken = {f.name for f in fields(KitSettings)} | {"palette", "photo", "artworks", "version"}
    assert not taken & set(registry.names("stylize"))


def test_settings_errors_end_with_exit_code_2() -> None:
    assert issubclass(SettingsError, PbnError)
    assert SettingsError.exit_code == 2


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (
            {"pages": ["cover", "outlin"]},
            "`pages` must be one of all, cover.*Did you mean `outline`",
        ),
        ({"pages": []}, "`pages` must name one page or more"),
        ({"pages": ["all", "cover"]}, "or be all"),
        ({"tile": "40x50cm"}, "`tile` must be a paper"),
        ({"tile": "a4", "legend": "beside"}, "does not go with `tile`"),
        ({"code": "x" * 301}, "`code` has 301 characters. Use 300 or fewer"),
        ({"tile": "a9"}, "`tile` must be one of a5"),
        ({"overlap_mm": 3}, "`overlap_mm` must be 4 to 40"),
    ],
)
def test_pages_and_tiles_that_do_not_suit_are_refused(printed: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        KitSettings.from_table({"print": printed})


@pytest.mark.parametrize("pages", ["all", ["all"]])
def test_all_pages_can_be_asked_for(pages: Any) -> None:
    made = KitSettings.from_table({"print": {"pages": pages}})
    assert made.print.pages == ("all",)
    assert KitSettings.from_table({**made.table(), "engine": "none"}).print == made.print
    assert set(get_args(PageName)) == {"all", *EVERY_PAGE}


def test_the_default_pages_are_those_of_a_kit_without_settings() -> None:
    assert KitSettings().print.pages == DEFAULT_PAGES


def test_a_word_for_a_number_goes_there_and_back() -> None:
    made = KitSettings.from_table({"colours": "auto", "engine": "none"})
    assert made.colours == "auto"
    assert KitSettings.from_table(tomllib.loads(dumps(made.table()))).table() == made.table()
    typed = KitSettings.from_table(parse_set("colours=auto"))
    assert typed.colours == "auto"
    assert KitSettings.from_table(parse_set("colours=9")).colours == 9


def test_settings_know_the_files_that_they_name() -> None:
    assert PLAIN.files() == ()
    palette = {"source": "paints", "file": "/a/own.csv"}
    made = KitSettings.from_table({"engine": "none", "mix_from": "/a/base.csv", "palette": palette})
    assert made.files() == ("/a/own.csv", "/a/base.csv")
    assert made.with_files({"/a/own.csv": "/b/own.csv"}).files() == ("/b/own.csv", "/a/base.csv")
    assert files_in({"mix_from": "none", "colours": 3}) == ()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fit": "stretch"}, "`fit` must be one of fit, crop, letterbox"),
        ({"crop": [0.5]}, "`crop` must be two numbers from 0 to 1"),
        ({"crop": [0.5, 1.2]}, "`crop` must be two numbers from 0 to 1, such as 0.5,0.3, not 0.5,1.2"),
        ({"bars": "milk"}, "`bars` must be a colour"),
    ],
)
def test_what_does_not_frame_a_photo_is_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        KitSettings.from_table(asked)
