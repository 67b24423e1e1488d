from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pbn.errors import ExportError
from pbn.outputs import check_folder, write_atomic, write_folder

KIT = {"outline.svg": b"<svg/>", "kit.pdf": b"%PDF", "kit.toml": b"seed = 1\n"}
NEWER = {"outline.svg": b"<svg></svg>", "legend.png": b"PNG", "kit.toml": b"seed = 2\n"}


def write(folder: Path, files: Mapping[str, bytes] = KIT, *, force: bool = False) -> None:
    write_folder(folder, files, force=force, marker="kit.toml")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


class Interrupted(Mapping[str, bytes]):
    """Files of which the second one never comes: the user has pressed Ctrl-C."""

    def __getitem__(self, name: str) -> bytes:
        if name != next(iter(KIT)):
            raise KeyboardInterrupt
        return KIT[name]

    def __iter__(self) -> Iterator[str]:
        return iter(KIT)

    def __len__(self) -> int:
        return len(KIT)


# One file


def test_write_atomic_makes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for data in (b"first", b"second", b""):
        write_atomic(path, data)
        assert contents(tmp_path) == {"a.png": data}


@pytest.mark.skipif(sys.platform == "win32", reason="no umask")
def test_files_get_the_users_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "a", b"")
        write(tmp_path / "kit")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "kit" / "kit.pdf").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "kit").stat().st_mode & 0o777 == 0o750


def test_write_atomic_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


def test_write_atomic_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, words in (
        (tmp_path, "is not a file"),
        (Path(os.devnull), "is not a file"),
        (tmp_path / "missing" / "a.png", "cannot be written: No such file"),
        (tmp_path / "file" / "a.png", "cannot be written"),
        (tmp_path / ("x" * 300), "cannot be written"),
        (tmp_path / "nul\0", "cannot be written"),
    ):
        with pytest.raises(ExportError, match=words):
            write_atomic(path, b"data")
    assert contents(tmp_path) == {"file": b""}


# A folder


def test_a_new_folder_appears_with_its_parents(tmp_path: Path) -> None:
    write(tmp_path / "far" / "away" / "kit")
    assert contents(tmp_path / "far" / "away" / "kit") == KIT
    assert [p.name for p in (tmp_path / "far" / "away").iterdir()] == ["kit"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write(tmp_path)
    assert contents(tmp_path) == KIT


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_that_is_no_kit_is_never_touched(force: bool, tmp_path: Path) -> None:  # noqa: FBT001
    (tmp_path / "kit.pdf").write_bytes(b"mine")
    with pytest.raises(ExportError, match=r"holds a kit.pdf but no kit.toml.*-o"):
        write(tmp_path, force=force)
    assert contents(tmp_path) == {"kit.pdf": b"mine"}


def test_a_kit_is_replaced_only_by_force_and_the_users_files_stay(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "notes.txt").write_bytes(b"mine")
    with pytest.raises(ExportError, match="--force"):
        write(tmp_path, NEWER)
    assert contents(tmp_path) == {**KIT, "notes.txt": b"mine"}
    write(tmp_path, NEWER, force=True)
    assert contents(tmp_path) == {**KIT, **NEWER, "notes.txt": b"mine"}


def test_a_users_folder_in_the_place_of_a_file_is_not_lost(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "legend.png").mkdir()
    (tmp_path / "legend.png" / "mine").touch()
    with pytest.raises(ExportError, match="is a folder where a file must go"):
        write(tmp_path, NEWER, force=True)
    assert (tmp_path / "legend.png" / "mine").exists()
    assert (tmp_path / "kit.toml").read_bytes() == KIT["kit.toml"]


def test_ctrl_c_while_writing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "kit", Interrupted())
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_writing_leaves_the_old_kit(tmp_path: Path) -> None:
    write(tmp_path, NEWER)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, Interrupted(), force=True)
    assert contents(tmp_path) == NEWER


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("trouble", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("step", range(5))
def test_trouble_at_any_rename_leaves_the_old_kit(
    step: int,
    trouble: type[BaseException],
    after: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two of NEWER's files replace old ones, in two renames each; one is new."""
    write(tmp_path)
    rename, done = Path.replace, []

    def fail_once(path: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == step + 1 and not after:
            raise trouble
        moved = rename(path, target)
        if len(done) == step + 1 and after:
            raise trouble
        return moved

    monkeypatch.setattr(Path, "replace", fail_once)
    with pytest.raises((trouble, ExportError)):
        write(tmp_path, NEWER, force=True)
    assert contents(tmp_path) == KIT


def test_what_a_crash_left_does_not_count_as_the_users(tmp_path: Path) -> None:
    (tmp_path / ".pbn-0123.part").mkdir()
    write(tmp_path)
    assert (tmp_path / "kit.toml").exists()


def test_check_folder_refuses_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, words in (
        (tmp_path / "file", "is a file, not a folder"),
        (tmp_path / "file" / "kit", "is a file, not a folder"),
        (tmp_path, "holds a file but no kit.toml"),
        (tmp_path / "nul\0" / "kit", "cannot be written"),
    ):
        with pytest.raises(ExportError, match=words):
            check_folder(folder, ["file", "kit.toml"], force=True, marker="kit.toml")
    check_folder(tmp_path / "new" / "kit", ["file", "kit.toml"], force=False, marker="kit.toml")
    check_folder(tmp_path, ["another", "kit.toml"], force=False, marker="kit.toml")
    assert contents(tmp_path) == {"file": b""}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_check_folder_refuses_where_one_may_not_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ExportError, match="may not be written"):
        check_folder(tmp_path / "kit", ["kit.toml"], force=False, marker="kit.toml")


@pytest.mark.parametrize("files", [{"a": b""}, {"kit.toml": b"", "../a": b""}, {"kit.toml": b"", "a/b": b""}])
def test_names_are_plain(files: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="plain names"):
        write(tmp_path / "kit", files)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes")
@pytest.mark.parametrize("present", [False, True])
def test_no_room_leaves_what_was_there(present: bool, tmp_path: Path) -> None:  # noqa: FBT001
    if present:
        write(tmp_path / "kit")
    script = (
        "import resource, signal, sys; from pathlib import Path; from pbn.errors import ExportError;"
        "from pbn.outputs import write_folder; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "files = {'kit.toml': b'', 'a': bytes(9999)}\n"
        "try: write_folder(Path(sys.argv[1]), files, force=True, marker='kit.toml')\n"
        "except ExportError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "kit")], capture_output=True, text=True, check=True
    )
    assert "There is no room left" in run.stdout
    assert {p.name: contents(p) for p in tmp_path.iterdir()} == ({"kit": KIT} if present else {})


def test_a_kit_may_lie_beside_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"mine")
    write(tmp_path)
    assert contents(tmp_path) == {**KIT, "photo.jpg": b"mine"}
