"""What all commands have in common: how they read their values, and how they are stopped.

Typer makes a pydantic model of every option, given or not, and reads it through that: with pydantic's import
a third of all start-up. A word, a number or a file's name needs no model.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from typer.core import TyperCommand

from pbn.errors import Cancelled

_READ: dict[Any, Callable[[str], Any]] = {str: str, int: int, float: float, Path: Path}


class Command(TyperCommand):
    """A command whose values are read here where all are plain, and by typer where one is not or is wrong."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line into the context's parameters; typer's own words say what is wrong."""
        given, rest, _ = self.make_parser(ctx).parse_args(args=[*args])
        assert self.callback
        parameters = inspect.signature(self.callback, eval_str=True).parameters
        if rest or not given.keys() <= parameters.keys():
            return super().parse_args(ctx, args)
        try:
            values = {name: _value(wanted, given.get(name)) for name, wanted in parameters.items()}
        except ValueError:
            return super().parse_args(ctx, args)
        ctx.params.update(values)
        ctx.args = rest
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run it, with Ctrl-C as the error `Cancelled`, whichever way typer treats it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            kept = ctx.params.get("no_cache") is False  # commands that stylise have the option
            rest = " The same command goes on from there." if kept else ""
            raise Cancelled(f"Stopped; nothing half-written is left.{rest}") from None


def _value(wanted: inspect.Parameter, given: Any) -> Any:
    """What a parameter becomes; raises `ValueError` where that is typer's affair."""
    kind, many = _kind(wanted.annotation)
    if given is None or given == ():
        if wanted.default is wanted.empty:
            raise ValueError(f"{wanted.name} is missing")
        return () if many else wanted.default
    if isinstance(given, bool | int):
        return given
    return [_read(kind, text) for text in given] if many else _read(kind, given)


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type of a value, and whether there may be many of it."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if NoneType in get_args(annotation):
        annotation = next(kind for kind in get_args(annotation) if kind is not NoneType)
    many = get_origin(annotation) is list
    return (get_args(annotation)[0] if many else annotation), many


def _read(kind: Any, text: Any) -> Any:
    if kind not in _READ or not isinstance(text, str):
        raise ValueError(f"not a plain value: {text!r}")
    if kind is Path and os.path.exists(text) and not os.access(text, os.R_OK):  # noqa: PTH110 - a name of any kind
        raise ValueError(f"{text} may not be read")
    return _READ[kind](text)
