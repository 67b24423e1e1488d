"""Engines, palette sources and formats, found by their file's name and imported only when used.

A file ``gatys.py`` in `pbn.stylize` is the engine "gatys": a frozen dataclass whose fields are
its options, bound in the module to the name ``ENGINE``.
"""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from importlib.resources import files
from typing import Any

from pbn.errors import SettingsError


def names(kind: str) -> tuple[str, ...]:
    """The names of all engines in the package ``pbn.<kind>``, sorted; nothing is imported."""
    found = (p.name for p in files("pbn").joinpath(kind).iterdir())
    return tuple(sorted(n[:-3] for n in found if n.endswith(".py") and not n.startswith("_")))


def load(kind: str, name: str) -> type[Any]:
    """The engine class ``name`` of ``pbn.<kind>``.

    Raises
    ------
    SettingsError
        When there is no such engine.
    """
    if name not in names(kind):
        raise SettingsError(f"There is no {kind} engine {name!r}. Use one of: {', '.join(names(kind))}.")
    engine: type[Any] = import_module(f"pbn.{kind}.{name}").ENGINE
    return engine


def make(kind: str, name: str, options: dict[str, Any]) -> Any:
    """The engine ``name`` with ``options`` as its fields.

    Raises
    ------
    SettingsError
        When the engine or one of the options does not exist, or a value does not suit it.
    """
    engine = load(kind, name)
    known = [f.name for f in fields(engine)]
    for option in options:
        if option not in known:
            raise SettingsError(
                f"{kind}.{name} has no option {option!r}. Use one of: {', '.join(known) or 'none'}."
            )
    return engine(**options)
