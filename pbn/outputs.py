"""Files out: whole or not at all, and never over what a user made."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from pbn.errors import ExportError
from pbn.files import reason, shown

_UNFINISHED = (".pbn-", ".part")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file that appears whole, or leaves what was there as it was.

    Raises
    ------
    ExportError
        When the place cannot be written, or holds something else than a file.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            raise ExportError(f"{shown(path)} is not a file. Give another name.")
        unfinished = target.with_name(_unfinished_name())
        try:
            _write(unfinished, data)
            unfinished.replace(target)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        _settle(target.parent)
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from None


def check_folder(folder: Path, names: Collection[str], *, force: bool, marker: str) -> None:
    """Refuse a folder that `write_folder` would refuse ``names`` in, before minutes of work.

    Raises
    ------
    ExportError
        When ``folder`` is no folder, cannot be written, holds a kit (that is, a ``marker``) and
        ``force`` is not given, or holds no kit but a file of one of the names.
    """
    try:
        _check_writable(folder)
        held = [p.name for p in folder.iterdir() if not _is_unfinished(p.name)] if folder.is_dir() else []
    except (OSError, ValueError) as error:
        raise _cannot_write(folder, error) from None
    taken = sorted(set(held) & set(names))
    if taken and marker not in held:
        raise ExportError(
            f"{shown(folder)} holds a {taken[0]} but no {marker}, so it may be yours. "
            "Name a new folder with -o."
        )
    if marker in held and not force:
        raise ExportError(
            f"{shown(folder)} holds a kit already. Use --force to replace it, or name another folder."
        )


def write_folder(folder: Path, files: Mapping[str, bytes], *, force: bool, marker: str) -> None:
    """Write a kit's folder: it appears whole, or what was there stays.

    Parameters
    ----------
    folder
        Made with its parents where it does not exist.
    files
        Contents by plain name, ``marker`` among them.
    force
        Replace a kit, that is, its files of the same names; what else lies there stays.
    marker
        The file that says that a folder is a kit.

    Raises
    ------
    ExportError
        As `check_folder`, and when the disk is full or a folder has the name of one of our files.
    """
    if marker not in files or any(Path(name).name != name for name in files):
        raise ValueError(f"files must have plain names with {marker} among them, not {sorted(files)}")
    check_folder(folder, files, force=force, marker=marker)
    fresh = not folder.exists()
    try:
        (folder.parent if fresh else folder).mkdir(parents=True, exist_ok=True)
        staging = (folder.parent if fresh else folder) / _unfinished_name()
        try:
            if fresh:
                _fill(staging, files)
                staging.rename(folder)
            else:
                _swap(folder, staging, files)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        _settle(folder.parent if fresh else folder)
    except OSError as error:
        raise _cannot_write(folder, error) from None


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        _write(folder / name, data)
    _settle(folder)


def _swap(folder: Path, staging: Path, files: Mapping[str, bytes]) -> None:
    """Write all files aside, then exchange them one rename each; on any trouble undo it."""
    for name in files:
        if (folder / name).is_dir():
            raise ExportError(
                f"{shown(folder / name)} is a folder where a file must go. Move it, or name another folder."
            )
    new, old = staging / "new", staging / "old"
    staging.mkdir()
    old.mkdir()
    _fill(new, files)
    try:
        for name in files:
            if os.path.lexists(folder / name):
                (folder / name).replace(old / name)
            (new / name).replace(folder / name)
    except BaseException:
        _undo(folder, new, old, files)
        raise


def _undo(folder: Path, new: Path, old: Path, files: Mapping[str, bytes]) -> None:
    """Go by what lies where, not by a record: an interrupt can fall between any two steps."""
    for name in files:
        if os.path.lexists(old / name):
            (old / name).replace(folder / name)
        elif not (new / name).exists():
            (folder / name).unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    """Write a new file through to the disk, with the permissions the user's umask gives."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check_writable(folder: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        folder.lstat()
    nearest = folder.absolute()
    while not os.path.lexists(nearest):
        nearest = nearest.parent
    if not nearest.is_dir():
        raise ExportError(f"{shown(nearest)} is a file, not a folder. Name another folder with -o.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ExportError(f"{shown(nearest)} may not be written by you. Name another folder with -o.")


def _unfinished_name() -> str:
    return secrets.token_hex(6).join(_UNFINISHED)


def _is_unfinished(name: str) -> bool:
    return name.startswith(_UNFINISHED[0]) and name.endswith(_UNFINISHED[1])


def _cannot_write(path: Path, error: OSError | ValueError) -> ExportError:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return ExportError(
            f"There is no room left for {shown(path)}. Free some space, or choose another place with -o."
        )
    return ExportError(f"{shown(path)} cannot be written: {reason(error)}. Choose another place with -o.")
