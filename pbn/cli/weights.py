"""``pbn weights``: networks whose weights do not come with the program."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from pbn.cli import options as o
from pbn.cli.command import Command
from pbn.cli.show import Watch

weights = typer.Typer(help="Fetch weights of other networks.", no_args_is_help=True)


class Network(Enum):
    """Networks whose official weights can be fetched."""

    VGG16 = "vgg16"


Which = Annotated[Network, typer.Argument(help="The network.", show_default=False)]


@weights.callback()
def _root() -> None:
    pass


@weights.command(cls=Command)
def get(network: Which, quiet: o.Quiet = False, verbose: o.Verbose = 0) -> None:  # noqa: FBT002 - an option
    """Fetch a network's official weights once, and keep them in the cache folder."""
    from pbn.stylize._weights import fetch

    watch = Watch(quiet=quiet, verbose=verbose)
    with watch.running():
        path = fetch(network.value, watch)
    watch.say(f"Weights: {path}")
