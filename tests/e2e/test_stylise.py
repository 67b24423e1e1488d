"""``pbn stylise`` in its own process: stopped, killed, taken up again, and the same to the byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.styling import artwork, photo

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there"),
]

STEPS = 36


def _command(folder: Path) -> list[str]:
    for name, picture in (("photo.png", photo()), ("art.png", artwork())):
        Image.fromarray(picture.pixels).save(folder / name)
    command = [sys.executable, "-m", "pbn", "stylise", "photo.png", "--art", "art.png", "-o", "s.png"]
    command += ["--long-side", "64", "--set", f"gatys.steps={STEPS}", "--set", "gatys.scales=2"]
    return [*command, "--history", "way", "--gif", "-v"]


def _run(
    folder: Path, hash_seed: int, stop: int = 0, by: signal.Signals = signal.SIGINT
) -> tuple[int, Sequence[str]]:
    """The exit code and the lines on stderr; at step ``stop`` the signal ``by`` is sent."""
    environment = {
        **os.environ,
        "PBN_CACHE_DIR": str(folder / "cache"),
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": str(hash_seed),
    }
    lines: list[str] = []
    with subprocess.Popen(
        _command(folder),
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            lines.append(line)
            if f"step {stop} of" in line:
                running.send_signal(by)
                stop = 0
        return running.wait(timeout=60), lines


def _steps(lines: Sequence[str]) -> list[int]:
    return [int(line.split("step ")[1].split()[0]) for line in lines if "step " in line and " of " in line]


def _made(folder: Path) -> dict[str, bytes]:
    paths = [folder / "s.png", *sorted((folder / "way").rglob("*.*"))]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_killed_and_stopped_it_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    unbroken.mkdir()
    broken.mkdir()
    code, lines = _run(unbroken, 1)
    assert (code, _steps(lines)) == (0, list(range(1, STEPS + 1)))

    code, lines = _run(broken, 2, stop=14, by=signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert not (broken / "s.png").exists()

    code, lines = _run(broken, 3, stop=22)
    assert code == 130
    assert _steps(lines)[0] in range(
        11, 15
    )  # a checkpoint every ten steps, and no step twice but those after
    assert _steps(lines)[-1] <= 23  # stopped within a step
    assert lines[-1].startswith("Error: Stopped")
    assert "The same command goes on" in lines[-1]
    assert not any("Traceback" in line for line in lines)
    assert not (broken / "s.png").exists()

    code, rest = _run(broken, 4)
    assert code == 0
    assert _steps(rest)[0] - _steps(lines)[-1] in (1, 2)  # 2 where it was stopped before it could say so
    assert _made(broken) == _made(unbroken)
    assert not [path for path in tmp_path.rglob("*") if "part" in path.name]
