"""The options that commands share; help, limits and default of a setting come from its row."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pbn.settings import KitSettings, merged, parse_set, preset, presets, rows

_ROWS = rows()
_HOW = "How it runs"

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


def _setting(name: str, *flags: str, metavar: str) -> Any:
    return typer.Option(*flags, metavar=metavar, help=_ROWS[name].text, show_default=False)


Colours = Annotated[int | None, _setting("colours", "--colours", "--colors", metavar="N")]
Brush = Annotated[float | None, _setting("brush_mm", "--brush", metavar="MM")]
Size = Annotated[str | None, _setting("size", "--size", metavar="SIZE")]
Strength = Annotated[float | None, _setting("strength", "--strength", metavar="0..1")]
Seed = Annotated[int | None, _setting("seed", "--seed", metavar="N")]
Engine = Annotated[str | None, _setting("engine", "--engine", metavar="NAME")]
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
        help="Any other setting, such as print.title=Cat.",
        show_default=False,
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace what an earlier run made there.", rich_help_panel=_HOW)
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache", help="Neither use nor keep stylised pictures of earlier runs.", rich_help_panel=_HOW
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


def settings_from(
    options: dict[str, Any],
    *,
    preset_name: str | None = None,
    stored: dict[str, Any] | None = None,
    sets: list[str] | None = None,
) -> KitSettings:
    """The settings in their order: defaults, preset, an earlier kit's, the options, ``--set``.

    Options that were not given (None) leave what is under them.
    """
    given = {name: value for name, value in options.items() if value is not None}
    tables = [
        preset(preset_name) if preset_name else {},
        stored or {},
        given,
        *(parse_set(text) for text in sets or ()),
    ]
    return KitSettings.from_table(merged(tables))
