"""``pbn explain``: what the network sees in a photo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pbn.cli import options as o
from pbn.cli.show import Watch
from pbn.errors import ExportError, SettingsError

Photo = Annotated[Path, typer.Argument(help="The photo to look at.", show_default=False)]
Others = Annotated[
    list[Path] | None,
    typer.Option(
        "--art",
        metavar="PICTURE",
        help="Look for patches in this picture too; may be given more than once.",
        show_default=False,
    ),
]
Layers = Annotated[
    list[str] | None,
    typer.Option(
        "--layer",
        metavar="NAME",
        help="A layer to look into, such as relu3_1; may be given more than once "
        "(default: the first of each block).",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="PAGE.html",
        help="The page (default: PHOTO-explained.html here)",
        show_default=False,
    ),
]
Network = Annotated[str, typer.Option("--network", metavar="NAME", help="vgg19 or vgg16.")]
Weights = Annotated[
    Path | None,
    typer.Option("--weights", metavar="FILE", help="A file of its weights.", show_default=False),
]
Trained = Annotated[
    str,
    typer.Option(
        "--weights-input",
        metavar="NAME",
        help="What they were trained on, where the file does not say: caffe, rgb255 or torchvision.",
        show_default=False,
    ),
]
_INPUTS = ("auto", "caffe", "rgb255", "torchvision")


def explain(
    photo: Photo,
    art: Others = None,
    layers: Layers = None,
    out: Out = None,
    network: Network = "vgg19",
    weights: Weights = None,
    weights_input: Trained = "auto",
    force: o.Force = False,  # noqa: FBT002 - an option
    quiet: o.Quiet = False,  # noqa: FBT002 - an option
    verbose: o.Verbose = 0,
) -> None:
    """Show what the network sees in a photo: one page for teachers and the curious."""
    if network not in ("vgg16", "vgg19"):
        raise SettingsError(f"--network must be vgg19 or vgg16, not {network!r}.")
    if weights_input not in _INPUTS:
        raise SettingsError(f"--weights-input must be one of {', '.join(_INPUTS)}, not {weights_input!r}.")
    page = out or Path(f"{photo.stem}-explained.html")
    if page.exists() and not force:
        raise ExportError(f"{page} is there already. Use --force to replace it, or give another name.")

    from pbn.files import read_picture
    from pbn.outputs import write_atomic
    from pbn.pipeline import MOST_ART_PX

    pictures = [read_picture(path, long_side_px=MOST_ART_PX) for path in (photo, *(art or []))]

    from pbn.stylize import _explain

    watch = Watch(quiet=quiet, verbose=verbose)
    with watch.running():
        html = _explain.explain(
            pictures[0],
            pictures[1:],
            wanted=layers or _explain.LAYERS,
            network=network,
            weights=str(weights or ""),
            weights_input=weights_input,
            progress=watch,
        )
    write_atomic(page, html.encode())
    watch.say(f"Page: {page}")
    watch.say(f"Time: {watch.times()}")
