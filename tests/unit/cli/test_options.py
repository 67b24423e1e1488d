"""Options as one table: each sets its setting, in its order, for its engine."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from pbn.cli import options as o
from pbn.errors import SettingsError
from pbn.plain import Typed
from pbn.settings import KitSettings, make_engine, rows


def given_by(*arguments: Any, **options: Any) -> dict[str, Any]:
    """The table that a command with all options is handed."""
    seen: dict[str, Any] = {}

    @o.takes(*o.KIT, *o.STYLE)
    def command(given: dict[str, Any], photo: str = "") -> None:
        seen.update(given)

    defaults = {p.name: p.default for p in inspect.signature(command).parameters.values()}
    command(*arguments, **{**defaults, **options})
    return seen


def test_what_is_not_given_is_not_in_the_table() -> None:
    assert given_by() == {}


def test_options_stand_in_their_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = given_by(colours=9, gatys_art_scale=2.0, gatys_art_weights="0.7,0.3", gatys_weights=Path("w.npz"))
    assert table == {
        "colours": 9,
        "gatys": {"art_scale": 2.0, "art_weights": "0.7,0.3", "weights": str(tmp_path / "w.npz")},
    }
    assert isinstance(table["gatys"]["art_weights"], Typed)


def test_words_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert given_by(mix_from=Path("none")) == {"mix_from": "none"}
    assert given_by(mix_from=Path("mine.csv")) == {"mix_from": str(tmp_path / "mine.csv")}


@pytest.mark.parametrize("flag", [*o.KIT, *o.STYLE], ids=lambda flag: flag.names[0])
def test_every_option_sets_a_setting_that_exists(flag: o.Flag) -> None:
    table, _, name = flag.path.rpartition(".")
    if not table:
        assert name in rows()
        return
    value = {
        "quality": "fine",
        "keep_colours": "luminance",
        "recipe": "classic",
        "device": "cpu",
        "art_scale": "2",
        "keep": "#c0392b",
    }.get(name, "1")
    kind, engine = ("palette", "paints") if table == "palette" else ("stylize", table)
    made = make_engine(kind, engine, {name: Typed(value)}, table)
    assert getattr(made, name) != getattr(make_engine(kind, engine, {}, table), name)
    assert flag.help


def test_the_order_is_preset_kit_options_set() -> None:
    def colours(**more: Any) -> int | str:
        return o.settings_from(more.pop("given", {}), **more).colours

    plain = {"engine": "none"}
    easy = o.settings_from(plain, preset_name="easy").colours
    assert easy != KitSettings().colours
    assert colours(preset_name="easy") == easy
    assert colours(preset_name="easy", stored={"colours": 33}) == 33
    assert colours(preset_name="easy", stored={"colours": 33}, given={"colours": 44}) == 44
    assert colours(stored={"colours": 33}, given={"colours": 44}, sets=["colours=55"]) == 55


def test_an_option_of_another_engine_is_refused() -> None:
    with pytest.raises(SettingsError, match="--quality is for the engine gatys, and this run uses none"):
        o.settings_from({"engine": "none", "gatys": {"quality": "draft"}})


def test_a_point_to_crop_about_means_that_the_photo_is_cropped() -> None:
    made = o.settings_from({"crop": Typed("0.2,0.7"), "engine": "none"})
    assert (made.fit, made.crop) == ("crop", (0.2, 0.7))
    with pytest.raises(SettingsError, match="--crop does not go with --fit letterbox"):
        o.settings_from({"crop": Typed("0.2,0.7"), "fit": "letterbox", "engine": "none"})


def test_a_file_of_paints_is_their_source(tmp_path: Path) -> None:
    file = str(tmp_path / "own.csv")
    made = o.settings_from({"engine": "none", "palette": {"file": file}})
    assert (made.source, made.palette_options["file"]) == ("paints", file)
