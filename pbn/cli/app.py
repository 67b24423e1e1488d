"""The commands by name, and the one place where a terminal's errors are caught."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, ParamSpec

import typer

from pbn import __version__
from pbn.cli.doctor import doctor
from pbn.cli.explain import explain
from pbn.cli.kit import kit
from pbn.cli.palette import palette
from pbn.cli.samples import samples
from pbn.cli.stylise import stylise
from pbn.cli.weights import get, weights
from pbn.errors import Cancelled, PbnError

P = ParamSpec("P")

UNEXPECTED = 70
"""EX_SOFTWARE: a fault of the program, not of its user."""

_COLLECT_AT = 50_000
"""Values made between two looks for unreachable ones: a run makes many, and few of them are that."""

app = typer.Typer(
    name="pbn",
    help="Turn a photo and an artwork into a printable paint-by-numbers kit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        typer.echo(f"pbn {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def _stoppable(command: Callable[P, None]) -> Callable[P, None]:
    """The command, with Ctrl-C as the error `Cancelled`, whichever way typer treats it."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            kept = kwargs.get("no_cache") is False  # commands that stylise have the option
            rest = " The same command goes on from there." if kept else ""
            raise Cancelled(f"Stopped; nothing half-written is left.{rest}") from None

    return run


for _command in (kit, stylise, palette, explain, samples, doctor):
    app.command()(_stoppable(_command))
app.command("stylize", hidden=True)(_stoppable(stylise))
weights.command()(_stoppable(get))
app.add_typer(weights, name="weights")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, by default the process's own, and end it with its exit code."""
    gc.set_threshold(_COLLECT_AT)
    try:
        app(args=arguments, prog_name="pbn")
    except PbnError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("Stopped.", Cancelled.exit_code)
    except MemoryError:
        _fail("There is not enough memory. Use a smaller --size or a coarser --brush.", 1)
    except Exception as error:  # the last catch: no traceback unless it is asked for
        if any(argument.startswith("-v") or argument == "--verbose" for argument in arguments or sys.argv):
            raise
        _fail(
            f"pbn met a fault of its own ({type(error).__name__}: {error}). "
            "Run again with -v and report the traceback.",
            UNEXPECTED,
        )


def _fail(message: str, code: int) -> None:
    colour = typer.colors.RED if sys.stderr.isatty() else None
    typer.echo(
        f"{typer.style('Error:', fg=colour) if colour else 'Error:'} {' '.join(message.split())}", err=True
    )
    sys.exit(code)
