"""A command reads what typer would read, and says what typer would say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand

from pbn.cli.command import Command
from pbn.errors import Cancelled


def outcome(
    cls: type[TyperCommand], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> tuple[Any, str, str]:
    """What a command with one parameter of each kind is handed, or its exit code; and what was printed."""
    seen: list[Any] = []
    app = typer.Typer(add_completion=False)

    @app.command(cls=cls)
    def command(
        photo: Path,
        size: Annotated[str | None, typer.Option("--size")] = None,
        brush: Annotated[float | None, typer.Option("--brush")] = None,
        seed: Annotated[int, typer.Option("--seed")] = 7,
        art: Annotated[list[Path] | None, typer.Option("--art")] = None,
        words: Annotated[list[str] | None, typer.Option("--set")] = None,
        aids: Annotated[bool | None, typer.Option("--aids/--no-aids")] = None,
        force: Annotated[bool, typer.Option("--force")] = False,  # noqa: FBT002 - an option
        verbose: Annotated[int, typer.Option("-v", count=True)] = 0,
    ) -> None:
        seen.append((photo, size, brush, seed, art, words, aids, force, verbose))

    with pytest.raises(SystemExit) as stop:
        app(args=arguments, prog_name="pbn")
    shown = capsys.readouterr()
    return (seen or stop.value.code), shown.out, shown.err


@pytest.mark.parametrize(
    "line",
    [
        "a.png",
        "a.png --size 40x50cm --brush 2 --seed 3",
        "--brush=1e-1 --seed -3 a.png --size=",
        "--art b.png a.png --art c.png --set x=1 --set y",
        "a.png --aids --force -vv",
        "a.png --no-aids -v",
        "-- -a.png",
        ".",
        "a.png --brush .5 --brush 2.5",
        "",
        "--brush 2",
        "a.png b.png",
        "a.png --brush two",
        "a.png --seed 1.5",
        "a.png --seed 2.0",
        "a.png --brush",
        "a.png --nonsense",
        "a.png --force=yes",
        "--help",
        "a.png --help",
    ],
)
def test_it_reads_what_typer_reads(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = line.split()
    assert outcome(Command, arguments, capsys) == outcome(TyperCommand, arguments, capsys)


def test_a_file_that_may_not_be_read_is_told_by_typer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.png"
    path.touch()
    monkeypatch.setattr("os.access", lambda *_: False)
    told = outcome(Command, [str(path)], capsys)
    assert told == outcome(TyperCommand, [str(path)], capsys)
    assert "not readable" in told[2]


@pytest.mark.parametrize(("line", "goes_on"), [("", True), ("--no-cache", False)])
def test_a_stop_says_whether_the_command_goes_on(line: str, goes_on: bool) -> None:  # noqa: FBT001
    app = typer.Typer(add_completion=False)

    @app.command(cls=Command)
    def command(
        no_cache: Annotated[bool, typer.Option("--no-cache")] = False,  # noqa: FBT002 - an option
    ) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Cancelled) as stopped:
        app(args=line.split())
    assert ("goes on" in str(stopped.value)) is goes_on
