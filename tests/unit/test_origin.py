"""Where a kit came from: found again by place, by name beside the kit, and by hash."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pbn import __version__, origin
from pbn.errors import InputImageError, SettingsError
from pbn.plain import dumps


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "cat.png"
    path.parent.mkdir()
    path.write_bytes(b"a cat")
    return path


@pytest.fixture
def art(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "wave.png"
    path.write_bytes(b"a wave")
    return path


def kit_toml(folder: Path, photo: Path, art: Path, version: str = __version__) -> Path:
    made = origin.Stored().used(photo, [art], styled=True)
    folder.mkdir(exist_ok=True)
    path = folder / "kit.toml"
    path.write_text(dumps({"version": version, "colours": 12, **made.table()}), "utf-8")
    return path


def test_what_is_stored_is_found_again(tmp_path: Path, photo: Path, art: Path) -> None:
    stored = origin.load(kit_toml(tmp_path / "kit", photo, art))
    assert stored.settings == {"colours": 12}
    assert stored.note == ""
    used = stored.used(None, [], styled=True)
    assert (used.photo.path, [a.path for a in used.artworks]) == (photo, [art])


def test_paths_are_absolute_whatever_the_working_folder(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photo.parent)
    here = origin.Stored().used(Path("cat.png"), [], styled=False).table()
    monkeypatch.chdir(photo.parent.parent)
    assert origin.Stored().used(Path("in/../in/cat.png"), [], styled=False).table() == here
    assert here["photo"]["path"] == str(photo)


def test_a_picture_that_moved_is_found_beside_the_kit(tmp_path: Path, photo: Path, art: Path) -> None:
    path = kit_toml(tmp_path / "kit", photo, art)
    photo.rename(path.parent / photo.name)
    assert origin.load(path).used(None, [], styled=True).photo.path == path.parent / photo.name


def test_a_picture_that_is_gone_or_changed_is_an_error_with_a_way_out(
    tmp_path: Path, photo: Path, art: Path
) -> None:
    stored = origin.load(kit_toml(tmp_path / "kit", photo, art))
    art.write_bytes(b"another wave")
    with pytest.raises(InputImageError, match=r"has changed since\. Put the old one beside"):
        stored.used(None, [], styled=True)
    assert stored.used(None, [], styled=False).artworks == ()
    photo.unlink()
    with pytest.raises(InputImageError, match=r"is not there\. Put it beside"):
        stored.used(None, [], styled=False)


def test_a_picture_named_now_goes_before_the_stored_one(tmp_path: Path, photo: Path, art: Path) -> None:
    stored = origin.load(kit_toml(tmp_path / "kit", photo, art))
    other = tmp_path / "other.png"
    other.write_bytes(b"other")
    used = stored.used(other, [other], styled=True)
    assert [used.photo.path, *(a.path for a in used.artworks)] == [other, other]


def test_without_a_photo_or_an_artwork_one_sentence_says_so(photo: Path) -> None:
    with pytest.raises(SettingsError, match="There is no photo"):
        origin.Stored().used(None, [], styled=False)
    with pytest.raises(SettingsError, match=r"no artwork .* --art, or use --no-style"):
        origin.Stored().used(photo, [], styled=True)


def test_a_kit_of_another_version_is_noted(tmp_path: Path, photo: Path, art: Path) -> None:
    note = origin.load(kit_toml(tmp_path / "kit", photo, art, "0.0.1")).note
    assert "0.0.1" in note
    assert __version__ in note


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "it is not text"),
        (b"colours = ", "is not TOML"),
        (b"photo = 3", "without path and sha256"),
        (b"artworks = 3", "without path and sha256"),
        (b'artworks = [{path = "a"}]', "without path and sha256"),
        (b'[[files]]\npath = "a"', "without path and sha256"),
    ],
)
def test_what_is_no_kit_toml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "kit.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        origin.load(path)


def test_a_missing_kit_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        origin.load(tmp_path / "none.toml")


def test_the_table_is_toml(photo: Path, art: Path) -> None:
    table = origin.Stored().used(photo, [art], styled=True).table()
    assert tomllib.loads(dumps(table)) == table


def test_a_mask_is_stored_and_found_with_its_photo(tmp_path: Path, photo: Path, art: Path) -> None:
    mask = photo.with_name("mask.png")
    mask.write_bytes(b"a mask")
    table = origin.Stored().used(photo, [art], mask, styled=True).table()
    path = tmp_path / "kit.toml"
    path.write_text(dumps(table), "utf-8")
    stored = origin.load(path)
    again = stored.used(None, [], styled=True).protect
    assert again is not None
    assert again.path == mask
    assert stored.used(art, [], styled=True).protect is None
    assert stored.used(None, [], styled=False).protect is None


def test_files_that_settings_name_are_found_again_or_refused(tmp_path: Path, photo: Path) -> None:
    paints = photo.with_name("paints.csv")
    paints.write_text("name,hex\nRed,#ff0000\n")
    folder = tmp_path / "kit"
    folder.mkdir()
    used = origin.Stored().used(photo, [], styled=False).with_files([str(paints)])
    (folder / "kit.toml").write_text(dumps(used.table()), "utf-8")
    stored = origin.load(folder / "kit.toml")
    assert stored.found([str(paints), "never-seen.csv"]) == {str(paints): str(paints)}
    moved = folder / paints.name
    paints.rename(moved)
    assert stored.found([str(paints)]) == {str(paints): str(moved)}
    moved.write_text("name,hex\nBlue,#0000ff\n")
    with pytest.raises(InputImageError, match=r"paints\.csv.* has changed since\. .*or name it"):
        stored.found([str(paints)])
