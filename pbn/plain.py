"""Plain tables: values in as their settings' types say, and out as TOML text."""

from __future__ import annotations

import json
import tomllib
import types
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pbn.errors import SettingsError


class Typed(str):
    """A value as typed in ``--set``: read as the setting's type says, so that 24 can be a title."""

    __slots__ = ()


def near(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, or nothing."""
    found = get_close_matches(word, list(known), 1)
    return f" Did you mean `{found[0]}`?" if found else ""


def dumps(table: Mapping[str, Any]) -> str:
    """A table as TOML text, from which `tomllib` reads the same table back.

    Holds what `plain_value` makes: texts, numbers, truth values, lists, tables one level deep and
    lists of such tables. Values of nothing are left out.

    >>> print(dumps({"colours": 24, "print": {"title": "A cat"}}))
    colours = 24
    <BLANKLINE>
    [print]
    title = "A cat"
    <BLANKLINE>
    """
    tables = {key: value for key, value in table.items() if _is_table(value)}
    lines = _entries({key: value for key, value in table.items() if key not in tables})
    for key, value in tables.items():
        for inner in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{key}]]" if isinstance(value, list) else f"[{key}]", *_entries(inner)]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _entries(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items() if value is not None]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(inner) for inner in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    text = str(value).encode("utf-8", "replace").decode()  # a path may hold bytes that are no text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def plain_value(value: Any) -> Any:
    """A TOML value for a field's value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain_value(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain_value(inner) for inner in value]
    return value if isinstance(value, bool | int | float | str) else str(value)


def read(value: Any, hint: Any, where: str) -> Any:
    """``value`` as the type ``hint``, from a TOML value or from typed text.

    Whole numbers suit a float, a list suits a tuple; nothing else is converted.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _read_union(value, inner, where)
    if origin is Literal:
        return _choice(value, {str(choice): choice for choice in inner}, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (
            value
            if isinstance(value, hint)
            else _choice(value, {str(choice.value): choice for choice in hint}, where)
        )
    if origin is tuple:
        return _read_tuple(value, inner, where)
    if isinstance(value, Typed):
        return _read_typed(value, hint, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    suits = isinstance(value, origin or hint) if hint is not Any else True
    if not suits or (isinstance(value, bool) and hint is not bool and hint is not Any):
        raise SettingsError(f"`{where}` must be {_type_name(hint)}, not {value!r}.")
    return value


def _read_union(value: Any, hints: tuple[Any, ...], where: str) -> Any:
    if value is None and type(None) in hints:
        return None
    kinds = [hint for hint in hints if hint is not type(None)]
    for hint in kinds[:-1]:
        try:
            return read(value, hint, where)
        except SettingsError:
            continue
    return read(value, kinds[-1], where)


def _read_tuple(value: Any, hints: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    if isinstance(value, Typed):
        value = [Typed(part.strip()) for part in value.strip("[]()").split(",") if part.strip()]
    if not isinstance(value, list | tuple):
        raise SettingsError(f"`{where}` must be a list, not {value!r}.")
    if len(hints) == 2 and hints[1] is Ellipsis:
        hints = (hints[0],) * len(value)
    if len(hints) != len(value):
        raise SettingsError(f"`{where}` must have {len(hints)} values, not {len(value)}.")
    return tuple(read(part, hint, where) for part, hint in zip(value, hints, strict=True))


def _read_typed(value: Typed, hint: Any, where: str) -> Any:
    text = str(value)
    if hint is bool:
        return _choice(text.lower(), {"true": True, "false": False, "yes": True, "no": False}, where)
    if hint is int or hint is float:
        try:
            return hint(text)
        except ValueError:
            raise SettingsError(f"`{where}` must be {_type_name(hint)}, not {text!r}.") from None
    if hint is str or hint is Any:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        raise SettingsError(f"`{where}` must be {_type_name(hint)}, not {text!r}.") from None


def _choice(value: Any, choices: Mapping[str, Any], where: str) -> Any:
    if str(value) not in choices:
        raise SettingsError(
            f"`{where}` must be one of {', '.join(choices)}, not {str(value)!r}.{near(str(value), choices)}"
        )
    return choices[str(value)]


def _type_name(hint: Any) -> str:
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    return names.get(
        hint, "a table" if get_origin(hint) is not None else getattr(hint, "__name__", str(hint))
    )
