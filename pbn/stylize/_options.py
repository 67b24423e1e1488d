"""Options of engines: a field with its help and limits, checked where the engine is made."""

from __future__ import annotations

import math
from dataclasses import field, fields
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pbn.errors import SettingsError


def option(default: Any, help_text: str, low: float | None = None, high: float | None = None) -> Any:
    """A dataclass field that carries its help and limits, as `pbn.settings.rows` reads them."""
    return field(default=default, metadata={"help": help_text, "low": low, "high": high})


def check(engine: Any, name: str) -> None:
    """Raise `SettingsError` when a field's value is not of its choices or limits; make lists tuples.

    Types are the settings' business (`pbn.plain.read`); here stands what only the engine knows.
    """
    hints = get_type_hints(type(engine))
    for entry in fields(engine):
        value = getattr(engine, entry.name)
        if isinstance(value, list):
            value = tuple(value)
            object.__setattr__(engine, entry.name, value)
        where = f"{name}.{entry.name}"
        _check_choice(value, hints[entry.name], where)
        for number in value if isinstance(value, tuple) else (value,):
            _check_limits(number, entry.metadata.get("low"), entry.metadata.get("high"), where)


def _check_choice(value: Any, hint: Any, where: str) -> None:
    parts = get_args(hint) if NoneType in get_args(hint) else (hint,)
    choices = [c for part in parts if get_origin(part) is Literal for c in get_args(part)]
    if choices and value is not None and value not in choices:
        raise SettingsError(f"`{where}` must be one of {', '.join(map(str, choices))}, not {value!r}.")


def _check_limits(value: Any, low: float | None, high: float | None, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or low is None or high is None:
        return
    if not math.isfinite(value) or not low <= value <= high:
        raise SettingsError(f"`{where}` must be {low:g} to {high:g}, not {value:g}.")
