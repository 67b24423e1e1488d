"""The command: thin functions that parse, call the library and show; typer and rich live only here."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence

_COLLECT_AT = 200_000
"""Values made between two looks for unreachable ones: a run makes many, and few of them are that."""

_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1", "GOMP_SPINCOUNT": "2000"}
"""What numpy, OpenCV and torch's OpenMP read on import; who sets these is obeyed.

A kit's arrays are small: a second thread of numpy's or OpenCV's mostly waits, busily. Stylising uses all
cores, but where another program has one of them, waiting in vain for so long as OpenMP does (300,000 turns)
makes it take several times as long."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, by default the process's own, and end it with its exit code."""
    gc.set_threshold(_COLLECT_AT)
    if arguments is None:
        for name, value in _THREADS.items():
            os.environ.setdefault(name, value)
    from pbn.cli.app import run  # what it imports makes many values too

    try:
        run(arguments)
    finally:
        if arguments is None:  # the process ends: nobody need look through what goes with it
            gc.freeze()
