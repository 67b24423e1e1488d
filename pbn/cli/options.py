"""The options that commands share; help, limits and default of a setting come from its row."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from pbn import registry
from pbn.errors import SettingsError
from pbn.plain import Typed
from pbn.printing import PrintSettings
from pbn.settings import WORDS, KitSettings, merged, parse_set, preset, presets, rows

_HOW = "How it runs"
STYLE_PANEL = "The style"
"""The heading of the style's options in a command's help."""
_SHEETS = "The sheets"

Photo = Annotated[Path, typer.Argument(help="The photo to paint.", show_default=False)]
Art = Annotated[
    list[Path] | None,
    typer.Option(
        "--art",
        metavar="ARTWORK",
        help="Paint in the manner of this picture; may be given more than once.",
        show_default=False,
    ),
]
Protect = Annotated[
    Path | None,
    typer.Option(
        "--protect",
        metavar="MASK",
        help="A picture that is white where the photo stays as it is, such as a face.",
        rich_help_panel=STYLE_PANEL,
        show_default=False,
    ),
]
Preset = Annotated[
    str | None,
    typer.Option(
        "--preset", metavar="NAME", help=f"Start from a preset: {', '.join(presets())}.", show_default=False
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TABLE.KEY=VALUE",
        help="Any other setting, such as print.title=Cat or gatys.steps=60.",
        show_default=False,
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace what an earlier run made there.", rich_help_panel=_HOW)
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        help="Neither use nor keep stylised pictures of earlier runs.",
        rich_help_panel=_HOW,
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.", rich_help_panel=_HOW)]
Verbose = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        show_default=False,
        help="Say more; with trouble, show the traceback.",
        rich_help_panel=_HOW,
    ),
]


@dataclass(frozen=True, slots=True)
class Flag:
    """An option that sets one setting: its flags, where it stands in a table, its type and metavar.

    ``words`` are values of an option for a file that name no file.
    """

    names: tuple[str, ...]
    path: str
    kind: type[Any]
    metavar: str
    help: str = ""
    words: tuple[str, ...] = ()

    @property
    def parameter(self) -> inspect.Parameter:
        """The parameter from which typer makes the option."""
        table, _, key = self.path.rpartition(".")
        panel = None if self.path in rows() else {"palette": None, "print": _SHEETS}.get(table, STYLE_PANEL)
        shown = self.help or rows(PrintSettings if table == "print" else KitSettings)[key].text
        option = typer.Option(
            *self.names, metavar=self.metavar, help=shown, show_default=False, rich_help_panel=panel
        )
        name = self.path.replace(".", "_")
        annotation: Any = Annotated[Optional[self.kind], option]  # noqa: UP045 - a value
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


SIZES = (
    Flag(("--brush",), "brush_mm", float, "MM"),
    Flag(("--size",), "size", str, "SIZE"),
    Flag(("--fit",), "fit", str, "HOW"),
    Flag(("--crop",), "crop", str, "X,Y"),
)
PICTURE = (
    Flag(("--regions",), "regions", int, "N"),
    Flag(("--detail",), "detail", Path, "MASK", words=WORDS["detail"]),
    Flag(("--paints",), "palette.file", Path, "FILE", "Use only the paints of this file (docs/paints.md)."),
    Flag(
        ("--keep-colour", "--keep-color"),
        "palette.keep",
        str,
        "C,C",
        "Colours that must be among the paints.",
    ),
)
KIT = (
    Flag(("--colours", "--colors"), "colours", str, "N"),
    *SIZES,
    *PICTURE,
    Flag(("--mix-from",), "mix_from", Path, "FILE", words=WORDS["mix_from"]),
)
SHEETS = (
    Flag(("--language",), "print.language", str, "TAG"),
    Flag(("--pages",), "print.pages", str, "NAME,NAME"),
    Flag(("--tile",), "print.tile", str, "PAPER"),
    Flag(("--wrap",), "print.wrap_mm", float, "MM"),
    Flag(("--logo",), "print.logo", Path, "FILE"),
    Flag(("--order",), "print.order", str, "TEXT"),
    Flag(("--labels",), "print.labels", str, "HOW"),
    Flag(("--colour-aids/--no-colour-aids", "--color-aids"), "print.colour_aids", bool, ""),
    Flag(("--formats",), "formats", str, "F,F"),
    Flag(("--dpi",), "print.dpi", int, "N"),
)
STYLE = (
    Flag(("--strength",), "strength", float, "0..1"),
    Flag(("--seed",), "seed", int, "N"),
    Flag(("--engine",), "engine", str, "NAME"),
    Flag(("--quality",), "gatys.quality", str, "NAME", "How long to paint: draft, normal (default) or fine."),
    Flag(("--art-weight",), "gatys.art_weights", str, "W,W", "A weight for each artwork, such as 0.7,0.3."),
    Flag(
        ("--art-scale",),
        "gatys.art_scale",
        float,
        "X",
        "Size of the artwork's strokes (0.1 to 4; default 1).",
    ),
    Flag(
        ("--keep-colours", "--keep-colors"),
        "gatys.keep_colours",
        str,
        "HOW",
        "Keep the photo's colours: off (default), luminance or match.",
    ),
    Flag(
        ("--recipe",),
        "gatys.recipe",
        str,
        "NAME",
        "A published recipe: kit (default), classic, gatys2015, coursera, report or notebook.",
    ),
    Flag(("--device",), "gatys.device", str, "NAME", "Where to compute: auto (default), cpu, cuda or mps."),
    Flag(("--weights",), "gatys.weights", Path, "FILE", "A file of weights for the network."),
)


def takes(*flags: Flag) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of ``flags``, handed to it as one table ``given``.

    Options that are not on the command line are not in the table.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        """Wrap a command: typer sees photo, artworks and folder first, then the flags, then the rest."""
        own = inspect.signature(command, eval_str=True)
        names = {flag.parameter.name: flag for flag in flags}

        @wraps(command)
        def run(**arguments: Any) -> None:
            given = {f: arguments.pop(name) for name, f in names.items()}
            command(given=_table({f: value for f, value in given.items() if value is not None}), **arguments)

        kept = [p for p in own.parameters.values() if p.name != "given"]
        for_help = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in kept]
        first = [p for p in for_help if p.name in ("photo", "art", "out")]
        rest = [p for p in for_help if p not in first]
        run.__signature__ = own.replace(  # type: ignore[attr-defined]
            parameters=[*first, *(f.parameter for f in flags), *rest]
        )
        run.__annotations__ = {p.name: p.annotation for p in run.__signature__.parameters.values()}  # type: ignore[attr-defined]
        return run

    return decorate


def settings_from(
    given: Mapping[str, Any],
    *,
    preset_name: str | None = None,
    stored: Mapping[str, Any] | None = None,
    sets: list[str] | None = None,
) -> KitSettings:
    """The settings in their order: defaults, preset, an earlier kit's, the options, ``--set``.

    Raises
    ------
    SettingsError
        When a setting does not suit, or an option is for another engine than the one used.
    """
    if "file" in given.get("palette", {}):
        given = {**given, "palette": {"source": "paints", **given["palette"]}}
    if "crop" in given:
        if given.get("fit", "crop") != "crop":
            raise SettingsError(f"--crop does not go with --fit {given['fit']}. Leave one of them out.")
        given = {"fit": "crop", **given}
    over = [parse_set(text) for text in sets or ()]
    under = [preset(preset_name) if preset_name else {}, stored or {}]
    used = str(merged([*under, given, *over]).get("engine", rows()["engine"].default))
    return KitSettings.from_table(merged([*under, _for_engine(used, given), *over]))


def _for_engine(used: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options, those for gatys given to the engine that is used where it knows them too.

    Raises
    ------
    SettingsError
        When it does not know an option.
    """
    if used == "gatys" or "gatys" not in given or used not in registry.names("stylize"):
        return dict(given)
    known = {entry.name for entry in fields(registry.load("stylize", used))}
    for key in given["gatys"]:
        if key not in known:
            option = next(flag.names[0] for flag in STYLE if flag.path == f"gatys.{key}")
            raise SettingsError(f"{option} is for the engine gatys, and this run uses {used}. Leave it out.")
    return {**{key: value for key, value in given.items() if key != "gatys"}, used: given["gatys"]}


def _table(given: Mapping[Flag, Any]) -> dict[str, Any]:
    """Values by flag as a settings' table; text is read as the setting's type says."""
    return merged(_nested(flag.path, _value(value, flag.words)) for flag, value in given.items())


def _nested(path: str, value: Any) -> dict[str, Any]:
    table, _, key = path.rpartition(".")
    return {table: {key: value}} if table else {key: value}


def _value(value: Any, words: tuple[str, ...]) -> Any:
    if isinstance(value, Path):
        if str(value) in words:
            return str(value)
        return os.path.abspath(value)  # noqa: PTH100 - resolve() would follow links
    return Typed(value) if isinstance(value, str) else value
