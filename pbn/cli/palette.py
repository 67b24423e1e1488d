"""``pbn palette``: palette sizes side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pbn.cli import options as o
from pbn.cli.show import Watch
from pbn.errors import ExportError, SettingsError

Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="SHEET.png",
        help="The sheet to write, a PNG (default: PHOTO-palettes.png here)",
        show_default=False,
    ),
]


@o.takes(*o.SIZES, *o.PICTURE, *o.STYLE)
def palette(
    given: dict[str, Any],
    photo: o.Photo,
    art: o.Art = None,
    out: Out = None,
    preset: o.Preset = None,
    sets: o.Set = None,
    force: o.Force = False,  # noqa: FBT002 - an option
    no_cache: o.NoCache = False,  # noqa: FBT002 - an option
    quiet: o.Quiet = False,  # noqa: FBT002 - an option
    verbose: o.Verbose = 0,
) -> None:
    """Show the picture in 8 to 48 paints side by side, with regions and fidelity, to choose from.

    Straight from the photo, or in the manner of the artworks given with --art.
    """
    sheet_file = out or Path(f"{photo.stem}-palettes.png")
    if sheet_file.suffix.lower() != ".png":
        raise SettingsError(
            f"-o takes the name of a PNG file, not {str(sheet_file)!r}. Example: -o sheet.png."
        )
    if sheet_file.exists() and not force:
        raise ExportError(f"{sheet_file} is there already. Use --force to replace it, or give another name.")
    if not art:
        given = {**given, "engine": "none"}
    settings = o.settings_from(given, preset_name=preset, sets=sets)

    from pbn.cache import Cache, default_folder
    from pbn.contact import COLOURS, choices, contact_sheet
    from pbn.files import read_picture
    from pbn.outputs import write_atomic
    from pbn.pipeline import MOST_ART_PX
    from pbn.raster import photo_px

    watch = Watch(quiet=quiet, verbose=verbose)
    with watch.running():
        made = choices(
            read_picture(photo, long_side_px=photo_px(settings)),
            [read_picture(path, long_side_px=MOST_ART_PX) for path in art or []],
            settings,
            COLOURS,
            cache=Cache(None if no_cache else default_folder()),
            progress=watch,
        )
        png = contact_sheet(made)
    write_atomic(sheet_file, png)
    watch.say(f"Sheet: {sheet_file}")
    for choice in made:
        watch.say(choice.caption)
    watch.say(f"Time: {watch.times()}")
