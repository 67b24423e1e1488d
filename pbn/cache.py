"""Stage results, by the hash of what went in.

An entry is a file ``FOLDER/stage/key`` with a checksum before its data; whatever does not check is
treated as absent. Nothing in here can fail a run: a cache that cannot be used is just empty.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pbn.core.values import Image, Loss, StylizedImage

MOST_BYTES = 2_000_000_000
"""All entries together; the least recently used go first."""

_MAGIC = b"pbn-cache 1\n"
_SUM_BYTES = hashlib.sha256().digest_size
_PART = ".part"
_ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error)


def default_folder() -> Path | None:
    """``PBN_CACHE_DIR``, or ``pbn`` in the user's cache folder; None where there is no home."""
    own = os.environ.get("PBN_CACHE_DIR")
    if own:
        return Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME", "")
    if Path(base).is_absolute():
        return Path(base) / "pbn"
    with suppress(RuntimeError):
        home = Path.home()
        if sys.platform == "darwin":
            return home / "Library" / "Caches" / "pbn"
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "pbn" / "Cache"
        return home / ".cache" / "pbn"
    return None


def key(*parts: object) -> str:
    """Hash values: the same on every run and machine, different when any of them differs.

    Takes None, bool, int, float, str, bytes, paths as text, arrays, mappings (in any order), sequences, and
    dataclasses of these. 1, 1.0, True and "1" are four different parts.

    Raises
    ------
    TypeError
        For anything else, rather than hash an address.

    Examples
    --------
    >>> key("gatys", {"steps": 30, "tv": 1.5}) == key("gatys", {"tv": 1.5, "steps": 30})
    True
    """
    state = hashlib.sha256()
    for piece in _pieces(parts):
        state.update(piece)
    return state.hexdigest()


def _pieces(value: object) -> Iterator[bytes | memoryview]:
    """Each value as its type, its length and its content, so that no two run together."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        yield _tagged(type(value).__name__, str(value).encode("utf-8", "surrogatepass"))
    elif isinstance(value, float):
        yield _tagged("float", struct.pack(">d", value))
    elif isinstance(value, bytes):
        yield _tagged("bytes", value)
    elif isinstance(value, os.PathLike):
        yield _tagged("path", os.fsencode(value))
    elif isinstance(value, np.ndarray):
        yield from _array(value)
    elif isinstance(value, Mapping):
        yield _tagged("table", str(len(value)).encode())
        for k in sorted(value):
            yield from _pieces(k)
            yield from _pieces(value[k])
    elif isinstance(value, Sequence):
        yield _tagged("row", str(len(value)).encode())
        for item in value:
            yield from _pieces(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield _tagged("value", f"{type(value).__module__}.{type(value).__qualname__}".encode())
        yield from _pieces({f.name: getattr(value, f.name) for f in fields(value)})
    else:
        raise TypeError(f"a cache key cannot be made of {type(value).__name__}")


def _tagged(kind: str, content: bytes) -> bytes:
    return f"{kind} {len(content)}:".encode() + content


def _array(array: np.ndarray[Any, Any]) -> Iterator[bytes | memoryview]:
    if array.dtype.hasobject:
        raise TypeError("a cache key cannot be made of an array of objects")
    fixed = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    yield _tagged("array", f"{fixed.dtype.str} {array.shape}".encode())
    yield fixed.reshape(-1).view(np.uint8).data if fixed.size else b""


@dataclass(frozen=True, slots=True)
class Cache:
    """Entries under ``folder``; with None every question is answered by None.

    Any number of processes may use one folder: an entry appears by a rename, whole.
    """

    folder: Path | None
    most_bytes: int = MOST_BYTES

    def get(self, stage: str, key: str) -> bytes | None:
        """Give back what was put, or None; an entry cut short or altered is removed."""
        if self.folder is None:
            return None
        path = self.folder / stage / key
        try:
            entry = path.read_bytes()
        except OSError:
            return None
        head = len(_MAGIC) + _SUM_BYTES
        data = entry[head:]
        if entry[:head] != _MAGIC + _checksum(stage, key, data):
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)
        return data

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Keep ``data``, if the disk lets us, and make room by the least recently used."""
        if self.folder is None or len(data) > self.most_bytes:
            return
        path = self.folder / stage / key
        part = path.with_name(f".{secrets.token_hex(6)}{_PART}")
        with suppress(OSError):
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with part.open("xb") as file:
                    file.write(_MAGIC + _checksum(stage, key, data))
                    file.write(data)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            self._prune()

    def _prune(self) -> None:
        """Remove what was used longest ago until the rest fits; parts that a crash left too."""
        used = sorted(self._entries())
        total = sum(size for _, size, _ in used)
        for _, size, path in used:
            if total <= self.most_bytes:
                break
            with suppress(OSError):
                path.unlink()
            total -= size

    def _entries(self) -> Iterator[tuple[int, int, Path]]:
        """When each was last used, in nanoseconds, its size and its path."""
        if self.folder is None:
            return
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                status = path.stat()
                if path.is_file():
                    yield status.st_mtime_ns, status.st_size, path


def _checksum(stage: str, key: str, data: bytes) -> bytes:
    state = hashlib.sha256(_tagged("stage", stage.encode()) + _tagged("key", key.encode()))
    state.update(data)
    return state.digest()


def stylized_to_bytes(stylized: StylizedImage) -> bytes:
    """Pack a stylised image without pickle; the same image gives the same bytes."""
    about = {
        "engine": stylized.engine,
        "seed": stylized.seed,
        "losses": [asdict(loss) for loss in stylized.losses],
    }
    out = io.BytesIO()
    np.savez_compressed(
        out,
        pixels=stylized.image.pixels,
        about=np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8),
    )
    return out.getvalue()


def stylized_from_bytes(data: bytes) -> StylizedImage:
    """Undo `stylized_to_bytes`.

    Raises
    ------
    ValueError
        When ``data`` is something else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            losses = tuple(Loss(**loss) for loss in about["losses"])
            return StylizedImage(Image(stored["pixels"]), about["engine"], about["seed"], losses)
    except (OSError, EOFError, KeyError, TypeError, ValueError, AttributeError, *_ZIP_DAMAGE) as error:
        raise ValueError(f"not a stylised image: {error}") from error
