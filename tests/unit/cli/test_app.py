"""The command line as a user meets it: exit codes, one sentence for each error, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pbn import __version__
from pbn.cli import app, main
from pbn.errors import LayoutError
from pbn.settings import KitSettings, rows


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, :40] = (200, 40, 40)
    pixels[30:, 40:] = (30, 60, 180)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


def run(arguments: Sequence[str | Path], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The exit code and what was printed on stdout and stderr."""
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return int(stop.value.code or 0), shown.out, shown.err


def one_sentence(shown: str) -> str:
    """The error's text, which must be one line without a traceback."""
    lines = shown.strip().splitlines()
    assert len(lines) == 1, shown
    assert lines[0].startswith("Error: ")
    assert "Traceback" not in shown
    return lines[0]


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"], capsys) == (0, f"pbn {__version__}\n", "")


@pytest.mark.parametrize(
    "command", ["kit", "stylise", "stylize", "palette", "samples", "doctor", "weights", "explain"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run([command, "--help"], capsys)
    assert code == 0
    assert "Usage: pbn" in out


def test_the_help_of_kit_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(["kit", "--help"], capsys)
    shown = " ".join(out.replace("│", " ").split())
    for name in ("colours", "brush_mm", "size", "strength", "seed", "engine"):
        assert rows()[name].help.split(":")[0].split(";")[0].rstrip(".") in shown
    for flag in ("--colors", "--preset", "--no-style", "--set", "--from", "--force", "--no-cache", "--quiet"):
        assert flag in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["kit", "no.jpg", "--no-style"], 3, "no.jpg cannot be read"),
        (["kit", "PHOTO"], 2, "no artwork to paint in the manner of. Give one with --art, or use --no-style"),
        (["kit"], 2, "There is no photo"),
        (["kit", "PHOTO", "--no-style", "--colours", "99"], 2, "`colours` must be 2 to 64, not 99"),
        (["kit", "PHOTO", "--no-style", "--colors", "1"], 2, "`colours` must be 2 to 64, not 1"),
        (["kit", "PHOTO", "--no-style", "--brush", "0"], 2, "`brush_mm` must be 0.5 to 20"),
        (["kit", "PHOTO", "--no-style", "--size", "a9"], 2, "`size` must be one of"),
        (["kit", "PHOTO", "--no-style", "--preset", "pster"], 2, "Did you mean `poster`"),
        (["kit", "PHOTO", "--no-style", "--set", "print.titel=x"], 2, "Did you mean `title`"),
        (["kit", "PHOTO", "--no-style", "--set", "x"], 2, "--set takes table.key=value"),
        (["kit", "PHOTO", "--no-style", "--engine", "gatys"], 2, "--no-style does not go with --engine"),
        (["kit", "PHOTO", "--no-style", "--art", "PHOTO"], 2, "--no-style does not go with --art"),
        (["kit", "--from", "no.toml"], 2, "--from takes a kit's kit.toml"),
        (["kit", "PHOTO", "--no-style", "-o", "FULL"], 6, "may be yours"),
        (["kit", "PHOTO", "--no-style", "--size", "a0", "--brush", "0.5"], 5, "Use --brush"),
        (["stylise", "PHOTO", "-o", "x.jpg"], 2, "name of a PNG file"),
        (["stylise", "PHOTO", "-o", "PHOTO"], 6, "is there already. Use --force"),
        (["stylise", "PHOTO", "-o", "x.png", "--long-side", "5"], 2, "--long-side must be 16 to 4096"),
        (["stylise", "PHOTO", "-o", "x.png"], 2, "no artwork"),
        (["stylise", "PHOTO"], 2, "no artwork"),
        (
            ["stylise", "PHOTO", "--art", "PHOTO", "--start", "nosie"],
            2,
            "--start takes matched, content, noise",
        ),
        (["stylise", "PHOTO", "-o", "x.png", "--gif"], 2, "--gif goes with --history"),
        (["kit", "PHOTO", "--no-style", "--quality", "draft"], 2, "--quality is for the engine gatys"),
        (["kit", "PHOTO", "--no-style", "--protect", "PHOTO"], 2, "cannot protect"),
        (["palette", "PHOTO", "-o", "PHOTO"], 6, "is there already. Use --force"),
        (["explain", "PHOTO", "--network", "vgg11"], 2, "--network must be vgg19 or vgg16"),
        (["explain", "PHOTO", "--weights-input", "bgr"], 2, "--weights-input must be one of auto, caffe"),
        (["explain", "PHOTO", "--weights", "no.onnx", "-o", "x.html"], 7, "no.onnx cannot be read"),
        (["explain", "PHOTO", "--layer", "relu9_9", "-o", "x.html"], 2, "relu9_9"),
        (["explain", "PHOTO", "-o", "PHOTO"], 6, "is there already"),
        (["palette", "PHOTO", "-o", "x.tif"], 2, "name of a PNG file"),
        (["samples", "PHOTO"], 6, "photo.png"),
    ],
)
def test_an_error_is_one_sentence_with_its_exit_code(
    arguments: list[str], code: int, message: str, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = photo.parent / "full"
    full.mkdir()
    (full / "kit.pdf").write_text("mine")
    names = {"PHOTO": str(photo), "FULL": str(full)}
    ended, out, err = run([names.get(argument, argument) for argument in arguments], capsys)
    assert message in one_sentence(err)
    assert ended == code
    assert out == ""
    assert sorted(path.name for path in photo.parent.iterdir()) == ["full", "photo.png"]


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["kit", "--colour", "12"], capsys)
    assert code == 2
    assert "No such option" in err


def test_what_nobody_expected_asks_for_a_report(
    photo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> KitSettings:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("pbn.cli.options.settings_from", broken)
    code, _, err = run(["kit", photo, "--no-style"], capsys)
    assert code == app.UNEXPECTED
    assert "ZeroDivisionError: a fault" in one_sentence(err)
    with pytest.raises(ZeroDivisionError):
        main(["kit", str(photo), "--no-style", "-v"])


def test_an_error_keeps_to_one_line(
    photo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> KitSettings:
        raise LayoutError("two\nlines")

    monkeypatch.setattr("pbn.cli.options.settings_from", broken)
    code, _, err = run(["kit", photo, "--no-style"], capsys)
    assert (code, one_sentence(err)) == (5, "Error: two lines")


def test_samples_are_written_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["samples", tmp_path / "s"], capsys)
    assert code == 0
    assert "pbn kit" in out
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert {"chelsea.png", "coffee.png", "astronaut.png", "rocket.jpg", "SOURCES.md"} <= names
    assert len([name for name in names if name.endswith(".jpg")]) >= 4
    code, _, err = run(["samples", tmp_path / "s"], capsys)
    assert code == 6
    assert "--force" in one_sentence(err)
    assert run(["samples", tmp_path / "s", "--force", "-q"], capsys)[:2] == (0, "")


def test_the_start_is_quick_and_light(tmp_path: Path) -> None:
    """Help needs neither the numerical libraries nor the picture's; a count, not a clock."""
    probe = (
        "import json, sys\nfrom pbn.cli import main\n"
        "try:\n main(['kit', '--help'])\nexcept SystemExit:\n pass\n"
        "print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert not loaded & {
        "torch",
        "sklearn",
        "scipy",
        "cv2",
        "numpy",
        "PIL",
        "skimage",
        "shapely",
        "reportlab",
    }


def test_a_kit_is_made_on_one_thread_unless_others_are_asked_for(photo: Path, tmp_path: Path) -> None:
    """A second one of numpy's or OpenCV's mostly waits; told by the libraries, as they run."""
    probe = (
        "import json, sys\nfrom pbn.cli import main\n"
        "try:\n main()\nexcept SystemExit:\n pass\n"
        "import cv2, os, threadpoolctl\n"
        "blas = [p['num_threads'] for p in threadpoolctl.threadpool_info() if p['user_api'] == 'blas']\n"
        "print(json.dumps([max(blas), cv2.getNumThreads(), os.environ['GOMP_SPINCOUNT']]))"
    )
    asked = {"OPENBLAS_NUM_THREADS": "2", "OPENCV_FOR_THREADS_NUM": "2", "GOMP_SPINCOUNT": "7"}
    command = [sys.executable, "-c", probe, "kit", str(photo), "--no-style", "-o", "kit", "--force", "-q"]
    without = {name: value for name, value in os.environ.items() if name not in {*asked, "OMP_NUM_THREADS"}}
    for environment, expected in ((without, [1, 1, "2000"]), (without | asked, [2, 2, "7"])):
        ran = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
        )
        assert json.loads(ran.stdout.splitlines()[-1]) == expected


def test_the_module_runs_as_the_command_does(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pbn", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"pbn {__version__}\n"


def test_a_kit_is_painted_with_the_paints_of_a_file(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paints = tmp_path / "paints.csv"
    paints.write_text("name,hex\nPaper,#ffffff\nInk,#000000\nRust,#c0392b\nSea,#2b6a7b\n")
    kit = tmp_path / "own"
    arguments = ["kit", str(photo), "--no-style", "--paints", str(paints), "-o", str(kit), "-q"]
    ended, _, err = run(arguments, capsys)
    assert (ended, err) == (0, "")
    used = {paint["hex"] for paint in json.loads((kit / "palette.json").read_text())["paints"]}
    assert used <= {"#ffffff", "#000000", "#c0392b", "#2b6a7b"}
