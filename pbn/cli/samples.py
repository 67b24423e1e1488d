"""``pbn samples``: something to begin with."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from pbn.cli import options as o
from pbn.errors import ExportError

PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""In scikit-image's bundled data: CC0 or public domain."""

_SOURCES = """\
# Where these pictures come from

| file | source | licence |
|---|---|---|
| astronaut.png | NASA, Eileen Collins | public domain |
| chelsea.png | Stefan van der Walt, Chelsea the cat | CC0 |
| coffee.png | Rachel Michetti, an espresso | CC0 |
| rocket.jpg | SpaceX, a Falcon 9's launch | CC0 |
| artworks | painted by the scripts in pbn's samples/paint | MIT, as pbn |

The photos are those of scikit-image's bundled data.
"""

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="The folder to write to; made where it is missing.", show_default=False
    ),
]


def samples(folder: Folder, force: o.Force = False, quiet: o.Quiet = False) -> None:  # noqa: FBT002 - options
    """Write sample photos and artworks to a folder."""
    from pbn.outputs import write_atomic

    files = [*artworks(), *photos()]
    there = [path.name for path in files if (folder / path.name).exists()]
    if there and not force:
        raise ExportError(
            f"{folder} holds {there[0]} already. Use --force to replace it, or name another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} cannot be made: {error.strerror}. Name another folder.") from None
    for path in files:
        write_atomic(folder / path.name, path.read_bytes())
    write_atomic(folder / "SOURCES.md", _SOURCES.encode())
    if not quiet:
        art, photo = folder / files[0].name, folder / PHOTOS[1]
        typer.echo(f"{len(files)} pictures in {folder}. Try: pbn kit {photo} --art {art}", file=sys.stdout)


def artworks() -> list[Path]:
    """Our sample artworks, in the package or in the checkout.

    Raises
    ------
    ExportError
        When the installation lacks them.
    """
    here = Path(__file__).parent.parent
    for folder in (here / "_samples", here.parent / "samples" / "artworks"):
        if found := sorted(folder.glob("*.jpg")):
            return found
    raise ExportError("The sample artworks are not in this installation. Install pbn-kit again.")


def photos() -> list[Path]:
    """The sample photos that scikit-image carries; nothing of it is imported.

    Raises
    ------
    ExportError
        When this scikit-image lacks them.
    """
    spec = find_spec("skimage")
    folders = [Path(folder) / "data" for folder in (spec.submodule_search_locations or [])] if spec else []
    found = [folder / name for name in PHOTOS for folder in folders if (folder / name).is_file()]
    if len(found) < len(PHOTOS):
        raise ExportError("The sample photos are not in this scikit-image. Install scikit-image again.")
    return found
