"""Where a kit came from: the photo and artworks that ``kit.toml`` names, and how to find them again."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pbn import __version__
from pbn.errors import InputImageError, SettingsError
from pbn.files import digest, shown


@dataclass(frozen=True, slots=True)
class Source:
    """A picture's file and the SHA-256 of its bytes."""

    path: Path
    sha256: str

    def table(self) -> dict[str, str]:
        """As it stands in ``kit.toml``."""
        return {"path": str(self.path), "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Sources:
    """What a kit is made from: pictures, and other files that its settings name."""

    photo: Source
    artworks: tuple[Source, ...]
    protect: Source | None = None
    files: tuple[Source, ...] = ()

    def table(self) -> dict[str, Any]:
        """As it stands in ``kit.toml``."""
        table: dict[str, Any] = {"photo": self.photo.table()}
        table["artworks"] = [artwork.table() for artwork in self.artworks]
        if self.protect:
            table["protect"] = self.protect.table()
        if self.files:
            table["files"] = [file.table() for file in self.files]
        return table

    def with_files(self, paths: Iterable[str]) -> Sources:
        """The same with the files that settings name, such as that of the paints.

        Raises
        ------
        InputImageError
            When one cannot be read.
        """
        return replace(self, files=tuple(_named(Path(path)) for path in paths))


@dataclass(frozen=True, slots=True)
class Stored:
    """An earlier kit's settings and sources; by default none."""

    settings: dict[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    version: str = __version__
    photo: dict[str, str] | None = None
    artworks: tuple[dict[str, str], ...] = ()
    protect: dict[str, str] | None = None
    files: tuple[dict[str, str], ...] = ()

    @property
    def note(self) -> str:
        """A warning when another version wrote the file; else empty."""
        if self.version == __version__:
            return ""
        return f"The kit was made by pbn {self.version}; this is {__version__}, so its files may differ."

    def used(
        self, photo: Path | None, artworks: Sequence[Path], protect: Path | None = None, *, styled: bool
    ) -> Sources:
        """The pictures named now, and for what is not named the stored ones.

        Raises
        ------
        SettingsError
            When there is no photo, or no artwork for a stylised kit.
        InputImageError
            When a file cannot be read, or a stored one is gone or altered.
        """
        if photo is None and self.photo is None:
            raise SettingsError("There is no photo. Name one: pbn kit PHOTO --art ARTWORK.")
        kept = self.artworks if styled and not artworks else ()
        if styled and not artworks and not kept:
            raise SettingsError(
                "There is no artwork to paint in the manner of. Give one with --art, or use --no-style."
            )
        named = tuple(_named(artwork) for artwork in artworks) if styled else ()
        first = _named(photo) if photo is not None else self._found(self.photo or {})
        mask = None
        if protect is not None:
            mask = _named(protect)
        elif styled and photo is None and self.protect:
            mask = self._found(self.protect)
        return Sources(first, named + tuple(self._found(artwork) for artwork in kept), mask)

    def found(self, paths: Iterable[str]) -> dict[str, str]:
        """Where the files are that the kit's settings name, those of ``paths`` that it was made from.

        Raises
        ------
        InputImageError
            When one is gone or altered.
        """
        stored = {table["path"]: table for table in self.files}
        return {path: str(self._found(stored[path]).path) for path in paths if path in stored}

    def _found(self, table: dict[str, str]) -> Source:
        """A stored file: where it was, else beside the ``kit.toml``."""
        path = Path(table["path"])
        for place in (path, self.folder / path.name):
            if place.is_file():
                break
        else:
            raise InputImageError(
                f"{shown(path)}, from which the kit was made, is not there. "
                f"Put it beside the kit.toml, or name another in the command."
            )
        if digest(place) != table["sha256"]:
            raise InputImageError(
                f"{shown(place)} is not the file from which the kit was made: it has changed since. "
                "Put the old one beside the kit.toml, or name it in the command to use it as it is."
            )
        return _named(place)


def load(path: Path) -> Stored:
    """Read a ``kit.toml``.

    Raises
    ------
    SettingsError
        When it cannot be read or is no such file.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"{shown(path)} cannot be read: {why}. --from takes a kit's kit.toml.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{shown(path)} is not TOML: {error}. --from takes a kit's kit.toml.") from None
    version = table.pop("version", __version__)
    photo, artworks = table.pop("photo", None), table.pop("artworks", [])
    protect, named = table.pop("protect", None), table.pop("files", [])
    lists = isinstance(artworks, list) and isinstance(named, list)
    single = [source for source in (photo, protect) if source is not None]
    if not lists or not all(_is_source(source) for source in [*artworks, *named, *single]):
        raise SettingsError(
            f"{shown(path)} names its photo, artworks or other files without path and sha256."
            " Name them in the command."
        )
    return Stored(table, path.absolute().parent, str(version), photo, tuple(artworks), protect, tuple(named))


def _is_source(table: Any) -> bool:
    return isinstance(table, dict) and all(isinstance(table.get(key), str) for key in ("path", "sha256"))


def _named(path: Path) -> Source:
    return Source(Path(os.path.abspath(path)), digest(path))  # noqa: PTH100 - resolve() would follow links
