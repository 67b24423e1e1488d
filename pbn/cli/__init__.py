"""The command: thin functions that parse, call the library and show; typer and rich live only here."""

from __future__ import annotations

import gc
from collections.abc import Sequence

_COLLECT_AT = 200_000
"""Values made between two looks for unreachable ones: a run makes many, and few of them are that."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, by default the process's own, and end it with its exit code."""
    gc.set_threshold(_COLLECT_AT)
    from pbn.cli.app import run  # what it imports makes many values too

    try:
        run(arguments)
    finally:
        if arguments is None:  # the process ends: nobody need look through what goes with it
            gc.freeze()
