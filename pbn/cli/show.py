"""What a run shows: a bar or plain lines on stderr while it works, a summary on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pbn.progress import Step

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_DOING = {
    "read": "Reading",
    "stylise": "Stylising",
    "count": "Counting the photo",
    "simplify": "Smoothing",
    "palette": "Choosing paints",
    "quantize": "Painting",
    "segment": "Finding regions",
    "merge": "Merging regions",
    "trace": "Tracing borders",
    "smooth": "Smoothing borders",
    "place": "Placing numbers",
    "recipes": "Mixing paints",
    "report": "Measuring",
    "export": "Drawing sheets",
    "compare": "Comparing",
    "explain": "Looking inside",
    "fetch": "Fetching",
    "weights": "Fetching weights",
}


class Watch:
    """A progress listener that takes each stage's time and hands every step on.

    The clock is the terminal's affair: times are shown and never stored in a kit.
    """

    def __init__(self, *, quiet: bool, verbose: int) -> None:
        self.seconds: dict[str, float] = {}
        self._quiet = quiet
        self._verbose = verbose > 0 and not quiet
        self._bar: Bar | None = None
        self._began: dict[str, float] = {}

    @contextmanager
    def running(self) -> Iterator[Watch]:
        """Show the bar while the work inside goes on, where a person can see it."""
        if self._quiet or not sys.stderr.isatty():
            yield self
            return
        with _bar() as self._bar:
            self._task = self._bar.add_task("", total=1.0, detail="")
            try:
                yield self
            finally:
                self._bar = None

    def __call__(self, step: Step) -> None:
        """Take the time, move the bar, or print a line."""
        new = step.stage not in self._began
        began = self._began.setdefault(step.stage, time.perf_counter())
        self.seconds[step.stage] = time.perf_counter() - began
        doing = _DOING.get(step.stage, step.stage.capitalize())
        if self._bar is not None:
            if new:
                self._bar.reset(self._task, description=doing, detail="")
            self._bar.update(self._task, completed=step.fraction, detail=step.detail)
        elif self._verbose and (new or step.detail):
            typer.echo(f"{doing}: {step.detail}" if step.detail else doing, err=True)

    def say(self, line: str) -> None:
        """Print a line of the result, unless quiet."""
        if not self._quiet:
            typer.echo(line)

    def note(self, line: str) -> None:
        """Print a line that is no result, unless quiet."""
        if not self._quiet:
            typer.echo(line, err=True)

    def times(self) -> str:
        """Every stage that took noticeable time, in seconds."""
        shown = {stage: seconds for stage, seconds in self.seconds.items() if seconds >= 0.05}
        total = sum(self.seconds.values())
        return " · ".join(
            [*(f"{stage} {seconds:.1f} s" for stage, seconds in shown.items()), f"in all {total:.1f} s"]
        )


def _bar() -> Bar:
    """A bar on stderr that is gone when the work is done; rich is imported only for it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description:<18}"),
        BarColumn(30),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[detail]}"),
        console=Console(stderr=True),
        transient=True,
    )
