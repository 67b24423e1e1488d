from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbn.cache import Cache, default_folder, key, stylized_from_bytes, stylized_to_bytes
from pbn.core.values import Image, Loss, StylizedImage

# Keys

KEY = "33da247bbb9b6ed5b911c679f6414285850175c17fc915d22417c6828ba3757e"

plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None))
    | st.binary()
)
nested = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def spelled(value: Any) -> str:
    """What tells values apart: type and content; tables in order of their names."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{k!r}:{spelled(value[k])}" for k in sorted(value)) + "}"
    return "[" + ",".join(map(spelled, value)) + "]" if isinstance(value, list) else repr(value)


@given(nested, nested)
def test_keys_are_equal_when_the_values_are(one: object, other: object) -> None:
    assert (key(one) == key(other)) == (spelled(one) == spelled(other))


def test_neighbouring_parts_do_not_run_together() -> None:
    different = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc",),
        (["a"], "bc"),
        (["a", "bc"],),
        ("a", "bc", ""),
        (b"a", "bc"),
    ]
    assert len({key(*parts) for parts in different}) == len(different)


def test_arrays_differ_by_type_shape_and_content() -> None:
    zeros = np.zeros(6, np.uint8)
    different = [
        zeros,
        zeros.reshape(2, 3),
        zeros.reshape(3, 2),
        zeros.astype(np.int8),
        zeros[:5],
        zeros + 1,
        zeros[:0],
    ]
    assert len({key(a) for a in different}) == len(different)
    square = np.arange(9).reshape(3, 3)
    assert key(square.T) == key(np.ascontiguousarray(square.T)) != key(square)
    assert key(square.astype(">i8")) == key(square.astype("<i8"))


@dataclass(frozen=True)
class Options:
    steps: int = 30


@dataclass(frozen=True)
class Others:
    steps: int = 30


def test_values_are_keyed_by_type_and_fields() -> None:
    image = Image(np.zeros((2, 2, 3), np.uint8))
    assert key(Options()) == key(Options(30)) != key(Options(31))
    assert key(Options()) != key(Others())
    assert key(image) == key(Image(np.zeros((2, 2, 3), np.uint8))) != key(Image(np.ones((2, 2, 3), np.uint8)))
    assert key(np.float64(0.5), np.int64(3), np.bool_(1)) == key(0.5, 3, True)  # noqa: FBT003


@pytest.mark.parametrize("value", [object(), {1, 2}, lambda: None, Options, np.array([object()])])
def test_nothing_is_keyed_by_its_address(value: object) -> None:
    with pytest.raises(TypeError, match="cache key cannot be made of"):
        key(value)


def test_a_key_never_changes() -> None:
    """An update that changes this empties everyone's cache: change it knowingly."""
    assert key("gatys", 1, 0.5, [None, True], {"a": b"x"}, np.arange(3, dtype=np.uint8)) == KEY


def test_a_key_is_the_same_in_another_process() -> None:
    script = "from pbn.cache import key; print(key({'b': 1, 'a': (2.5, 'x')}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {key({"a": (2.5, "x"), "b": 1})}


# The store


def test_get_gives_what_was_put(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new" / "folder")
    assert cache.get("stylise", "k") is None
    for data in (b"data", b"other", b""):
        cache.put("stylise", "k", data)
        assert cache.get("stylise", "k") == data
    assert cache.get("palette", "k") is None
    assert cache.get("stylise", "l") is None


def test_off() -> None:
    cache = Cache(None)
    cache.put("stylise", "k", b"data")
    assert cache.get("stylise", "k") is None


@pytest.mark.parametrize("keep", [0, 5, 20, 50, -1])
def test_a_cut_entry_is_absent(keep: int, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("stylise", "k", b"data" * 10)
    entry = tmp_path / "stylise" / "k"
    entry.write_bytes(entry.read_bytes()[:keep])
    assert cache.get("stylise", "k") is None
    assert not entry.exists()


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_an_altered_entry_is_absent(at: int, bit: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "altered"
    cache = Cache(folder)
    cache.put("stylise", "k", b"data")
    entry = folder / "stylise" / "k"
    data = bytearray(entry.read_bytes())
    data[at % len(data)] ^= 1 << bit
    entry.write_bytes(data)
    assert cache.get("stylise", "k") is None


def test_an_entry_under_another_name_is_absent(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("stylise", "k", b"data")
    (tmp_path / "stylise" / "k").rename(tmp_path / "stylise" / "l")
    assert cache.get("stylise", "l") is None


def test_a_folder_that_cannot_be_used_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "stylise" / "k").mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path, Path("/proc/none")):
        cache = Cache(folder)
        cache.put("stylise", "k", b"data")
        assert cache.get("stylise", "k") is None
    assert sorted(p.name for p in (tmp_path / "stylise").iterdir()) == ["k"]


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, most_bytes=1000)
    for second, name in enumerate("abc"):
        cache.put("s", name, bytes(250))
        os.utime(tmp_path / "s" / name, (second, second))
    assert cache.get("s", "a") is not None
    cache.put("t", "d", bytes(250))
    assert [cache.get(stage, name) is not None for stage, name in ("sa", "sb", "sc", "td")] == [
        True,
        False,
        True,
        True,
    ]


def test_what_alone_is_too_large_is_not_kept_and_drives_out_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path, most_bytes=1000)
    cache.put("s", "a", bytes(500))
    cache.put("s", "b", bytes(1001))
    assert cache.get("s", "a") is not None
    assert cache.get("s", "b") is None


def test_many_processes_share_a_folder(tmp_path: Path) -> None:
    """Each writes and reads the same few entries, over a limit that keeps pruning busy."""
    script = (
        "import sys; from pathlib import Path; from pbn.cache import Cache\n"
        "c = Cache(Path(sys.argv[1]), 40_000)\n"
        "for i in range(150):\n"
        "    k = str(i % 5); c.put('s', k, k.encode() * 10_000); got = c.get('s', str(i % 3))\n"
        "    assert got in (None, str(i % 3).encode() * 10_000), 'torn'"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [run.communicate()[1] for run in runs] == [b""] * 3
    assert [p.name for p in (tmp_path / "s").iterdir() if p.name.startswith(".")] == []


def test_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PBN_CACHE_DIR", str(tmp_path / "own"))
    assert default_folder() == tmp_path / "own"
    monkeypatch.delenv("PBN_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "pbn"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative, so not valid")
    if sys.platform == "linux":
        monkeypatch.setenv("HOME", str(tmp_path))
        assert default_folder() == tmp_path / ".cache" / "pbn"


# The stylised image


def stylized() -> StylizedImage:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 9, 3), np.uint8)
    losses = (Loss(1, 0.1, 1 / 3, 1e-300, 2.5, 128), Loss(2, 0.0, 0.2, 0.0, float("inf"), 256))
    return StylizedImage(Image(pixels), "gatys", 7, losses)


def test_stylized_survives() -> None:
    one = stylized()
    data = stylized_to_bytes(one)
    other = stylized_from_bytes(data)
    assert (other.image.pixels == one.image.pixels).all()
    assert (other.engine, other.seed, other.losses) == (one.engine, one.seed, one.losses)
    assert stylized_to_bytes(other) == data


@pytest.mark.parametrize("data", [b"", b"other", b"PK\3\4" + bytes(40), stylized_to_bytes(stylized())[:-30]])
def test_other_bytes_are_no_stylised_image(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a stylised image"):
        stylized_from_bytes(data)
