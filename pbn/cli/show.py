"""What a run shows: a bar or plain lines on stderr while it works, a summary on stdout."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from pbn.progress import Step

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
        self.errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self.out = Console(highlight=False, soft_wrap=True, quiet=quiet)
        self._verbose = verbose > 0 and not quiet
        self._bar: RichProgress | None = None
        self._show_bar = self.errors.is_terminal and not quiet
        self._began: dict[str, float] = {}

    @contextmanager
    def running(self) -> Iterator[Watch]:
        """Show the bar while the work inside goes on."""
        if not self._show_bar:
            yield self
            return
        columns = (
            TextColumn("{task.description:<18}"),
            BarColumn(30),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with RichProgress(
            *columns, TextColumn("[dim]{task.fields[detail]}"), console=self.errors, transient=True
        ) as bar:
            self._bar = bar
            self._task = bar.add_task("", total=1.0, detail="")
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
            self.errors.print(f"{doing}: {step.detail}" if step.detail else f"{doing}", markup=False)

    def say(self, line: str) -> None:
        """Print a line of the result, unless quiet."""
        self.out.print(line, markup=False)

    def note(self, line: str) -> None:
        """Print a line that is no result, unless quiet."""
        if not self.out.quiet:
            self.errors.print(line, markup=False)

    def times(self) -> str:
        """Every stage that took noticeable time, in seconds."""
        shown = {stage: seconds for stage, seconds in self.seconds.items() if seconds >= 0.05}
        total = sum(self.seconds.values())
        return " · ".join(
            [*(f"{stage} {seconds:.1f} s" for stage, seconds in shown.items()), f"in all {total:.1f} s"]
        )
