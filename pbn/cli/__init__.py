"""The command: thin functions that parse, call the library and show; typer and rich live only here."""

from pbn.cli.app import main

__all__ = ["main"]
