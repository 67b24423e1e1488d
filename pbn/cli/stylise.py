"""``pbn stylise``: the first stage alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pbn.cli import options as o
from pbn.cli.show import Watch
from pbn.errors import ExportError, SettingsError

STARTS = ("matched", "content", "noise", "content+noise")
"""Words that ``--start`` knows; anything else is the name of a picture."""

Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="OUT.png",
        help="The picture to write (default: PHOTO-stylised.png here)",
        show_default=False,
    ),
]
LongSide = Annotated[
    int, typer.Option("--long-side", metavar="PX", help="The result's long side, 16 to 4096 px.")
]

HistoryFolder = Annotated[
    Path | None,
    typer.Option(
        "--history",
        metavar="DIR",
        help="Keep losses and pictures of the way there: history.csv, losses.svg, evolution.html.",
        show_default=False,
    ),
]
Start = Annotated[
    str | None,
    typer.Option(
        "--start",
        metavar="HOW|PICTURE",
        help="Begin with: matched (the photo in the artwork's colours; so does the recipe kit), "
        "content (the photo), noise, content+noise, or a picture of your own.",
        rich_help_panel=o.STYLE_PANEL,
        show_default=False,
    ),
]
Gif = Annotated[bool, typer.Option("--gif", help="With --history, an evolution.gif too.")]


@o.takes(*o.STYLE)
def stylise(
    given: dict[str, Any],
    photo: o.Photo,
    art: o.Art = None,
    out: Out = None,
    long_side: LongSide = 512,
    protect: o.Protect = None,
    start: Start = None,
    history: HistoryFolder = None,
    gif: Gif = False,  # noqa: FBT002 - an option
    preset: o.Preset = None,
    sets: o.Set = None,
    force: o.Force = False,  # noqa: FBT002 - an option
    no_cache: o.NoCache = False,  # noqa: FBT002 - an option
    quiet: o.Quiet = False,  # noqa: FBT002 - an option
    verbose: o.Verbose = 0,
) -> None:
    """Paint a photo in the manner of an artwork, and write the picture alone."""
    if not 16 <= long_side <= 4096:
        raise SettingsError(f"--long-side must be 16 to 4096 px, not {long_side}.")
    out = out or Path(f"{photo.stem}-stylised.png")
    if out.suffix.lower() != ".png":
        raise SettingsError(f"-o takes the name of a PNG file, not {str(out)!r}. Example: -o styled.png.")
    if out.exists() and not force:
        raise ExportError(f"{out} is there already. Use --force to replace it, or give another name.")
    if gif and history is None:
        raise SettingsError("--gif goes with --history DIR, where the pictures on the way are kept.")
    given, begun = _begun(given, start)
    settings = o.settings_from(given, preset_name=preset, sets=sets)

    from pbn.cache import Cache, default_folder
    from pbn.encode import encode_png
    from pbn.files import read_picture
    from pbn.outputs import write_atomic
    from pbn.pipeline import MOST_ART_PX
    from pbn.pipeline import stylise as paint
    from pbn.stylize._history import History

    watch = Watch(quiet=quiet, verbose=verbose)
    told = History(history, watch) if history else None
    with watch.running():
        made = paint(
            read_picture(photo, long_side_px=2 * long_side),
            [read_picture(path, long_side_px=MOST_ART_PX) for path in art or []],
            settings,
            long_side_px=long_side,
            protect=read_picture(protect) if protect else None,
            start_image=read_picture(begun, long_side_px=2 * long_side) if begun else None,
            fresh=told is not None,
            cache=Cache(None if no_cache else default_folder()),
            progress=told or watch,
        )
    write_atomic(out, encode_png(made.image))
    watch.say(f"Picture: {out} ({made.image.width} x {made.image.height} px)")
    if told:
        watch.say(f"History: {', '.join(str(path) for path in told.finish(made.losses, gif=gif))}")
    watch.say(f"Time: {watch.times()}")


def _begun(given: dict[str, Any], start: str | None) -> tuple[dict[str, Any], Path | None]:
    """The options with ``--start`` among them, and the picture to begin with where it names one."""
    if start is None:
        return given, None
    named = start not in STARTS
    if named and not Path(start).exists():
        raise SettingsError(
            f"--start takes {', '.join(STARTS)} or the name of a picture, and there is no {start!r}."
        )
    made = {**given, "gatys": {**given.get("gatys", {}), "start": "image" if named else start}}
    return made, Path(start) if named else None
