"""``pbn kit``: a photo and artworks in, a kit's folder out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pbn.cli import options as o
from pbn.cli.show import Watch
from pbn.errors import SettingsError
from pbn.progress import Step

Photo = Annotated[
    Path | None, typer.Argument(help="The photo to paint; not needed with --from.", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o", "--out", metavar="DIR", help="The kit's folder (default: PHOTO-kit here)", show_default=False
    ),
]
NoStyle = Annotated[
    bool, typer.Option("--no-style", help="Paint straight from the photo, without an artwork.")
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="KIT.TOML",
        help="Make the kit of this file again, or with other options.",
        show_default=False,
    ),
]

Require = Annotated[
    list[str] | None,
    typer.Option(
        "--require",
        metavar="FIGURE=LIMIT",
        help="A figure of report.json that the kit must reach, such as min_label_pt=6; else exit code 8.",
        show_default=False,
    ),
]


@o.takes(*o.KIT, *o.SHEETS, *o.STYLE)
def kit(
    given: dict[str, Any],
    photo: Photo = None,
    art: o.Art = None,
    out: Out = None,
    preset: o.Preset = None,
    no_style: NoStyle = False,  # noqa: FBT002 - an option
    protect: o.Protect = None,
    sets: o.Set = None,
    again: From = None,
    require: Require = None,
    force: o.Force = False,  # noqa: FBT002 - an option
    no_cache: o.NoCache = False,  # noqa: FBT002 - an option
    quiet: o.Quiet = False,  # noqa: FBT002 - an option
    verbose: o.Verbose = 0,
) -> None:
    """Make a printable kit: preview, numbered outline and legend as PDF, SVG and PNG."""
    if no_style:
        if clash := "--engine" if "engine" in given else "--art" if art else "":
            raise SettingsError(f"--no-style does not go with {clash}. Leave one of them out.")
        given = {**given, "engine": "none"}
    from pbn import origin
    from pbn.cache import Cache, default_folder
    from pbn.files import read_picture
    from pbn.gate import check, parse
    from pbn.outputs import check_folder, write_folder
    from pbn.pipeline import MOST_ART_PX, kit_files, make_files, make_kit
    from pbn.raster import photo_px
    from pbn.settings import files_in

    required = [parse(text) for text in require or ()]
    stored = origin.load(again) if again else origin.Stored()
    settings = o.settings_from(given, preset_name=preset, stored=stored.settings, sets=sets)
    named_now = files_in(given)
    settings = settings.with_files(stored.found(path for path in settings.files() if path not in named_now))
    source = stored.used(photo, art or [], protect, styled=settings.engine != "none")
    folder = out or Path(f"{source.photo.path.stem}-kit")
    check_folder(folder, kit_files(settings), force=force, marker="kit.toml")

    watch = Watch(quiet=quiet, verbose=verbose)
    if note := stored.note:
        watch.note(note)
    with watch.running():
        watch(Step("read", 0.0))
        photo_image = read_picture(source.photo.path, long_side_px=photo_px(settings))
        artworks = [read_picture(artwork.path, long_side_px=MOST_ART_PX) for artwork in source.artworks]
        mask = read_picture(source.protect.path) if source.protect else None
        watch(Step("read", 1.0))
        cache = Cache(None if no_cache else default_folder())
        made = make_kit(photo_image, artworks, settings, protect=mask, cache=cache, progress=watch)
        files = make_files(made, source.with_files(settings.files()).table(), progress=watch)
    write_folder(folder, files, force=force, marker="kit.toml")
    _summary(watch, folder, made.facts)
    check(required, made.facts)


def _summary(watch: Watch, folder: Path, facts: Mapping[str, Any]) -> None:
    width, height = (side / 10 for side in facts["size_mm"])
    paints, asked = facts["paints"], facts["colours_asked_for"]
    watch.say(f"Kit: {folder}")
    watch.say(f"{paints} paints, {facts['regions']} regions, painted {width:.1f} x {height:.1f} cm")
    if chosen := facts.get("colours_chosen"):
        asked = chosen["colours"]
        watch.say(f"The picture is worth {asked} paints: more would hardly be nearer to it.")
    if facts["fewer_paints_because"]:
        watch.say(f"{paints} paints instead of {asked}: {facts['fewer_paints_because']}.")
    if own := facts.get("own_paints"):
        watch.say(
            f"Your paints come within Delta E {own['delta_e_2000']:.1f} of the picture on average; as many"
            f" free ones would within {own['free_delta_e_2000']:.1f}."
        )
    hours = max(1, round(facts["hours"]))
    watch.say(f"Difficulty: {facts['difficulty']}, about {hours} hour{'s' if hours > 1 else ''} to paint")
    watch.say(f"Time: {watch.times()}")
