"""The commands by name, and the one place where a terminal's errors are caught."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from pbn import __version__
from pbn.cli.command import Command
from pbn.errors import Cancelled, PbnError

UNEXPECTED = 70
"""EX_SOFTWARE: a fault of the program, not of its user."""

_COMMANDS = {
    "kit": "kit",
    "stylise": "stylise",
    "palette": "palette",
    "explain": "explain",
    "samples": "samples",
    "doctor": "doctor",
    "stylize": "stylise",
    "weights": "weights",
}
"""The commands in the order of the help, each with the module that holds it."""

_HIDDEN = ("stylize",)


def program(name: str = "") -> typer.Typer:
    """The program with the command that its line begins with, or with all; nothing else is imported.

    Before a command there is no ``--help``, and typer's would be read through pydantic.
    """
    app = typer.Typer(
        name="pbn",
        help="Turn a photo and an artwork into a printable paint-by-numbers kit.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback(add_help_option=not name)(_root)
    for known in (name,) if name else _COMMANDS:
        module = import_module(f"pbn.cli.{_COMMANDS[known]}")
        command = getattr(module, _COMMANDS[known])
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=known)
        else:
            app.command(known, hidden=known in _HIDDEN, cls=Command)(command)
    return app


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        typer.echo(f"pbn {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, by default the process's own, and end it with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    name = given[0] if given and given[0] in _COMMANDS else ""
    try:
        program(name)(args=arguments, prog_name="pbn")
    except PbnError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("Stopped.", Cancelled.exit_code)
    except MemoryError:
        _fail("There is not enough memory. Use a smaller --size or a coarser --brush.", 1)
    except Exception as error:  # the last catch: no traceback unless it is asked for
        if any(argument.startswith("-v") or argument == "--verbose" for argument in given):
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
