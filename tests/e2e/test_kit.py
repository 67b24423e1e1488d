"""The whole path in its own process, as a user runs it: same bytes, clean stops, the real VGG-19."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

FILES = {
    "kit.pdf",
    "outline.svg",
    "preview.svg",
    "preview.png",
    "stylised.png",
    "palette.json",
    "report.json",
    "kit.toml",
}
SMALL = ("--size", "120x90mm", "--brush", "5", "--colours", "8")
STYLED = (*SMALL, "--set", "gatys.steps=3", "--seed", "7")

pytestmark = pytest.mark.e2e


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Hills, a sky with a gradient and a sun."""
    rows, columns = np.mgrid[:150, :200]
    pixels = np.zeros((150, 200, 3), np.uint8)
    pixels[...] = np.stack([90 + rows // 2, 130 + rows // 2, 230 - rows // 3], axis=-1)
    pixels[rows > 90 + 20 * np.sin(columns / 25)] = (50, 120, 60)
    pixels[rows > 120 + 10 * np.cos(columns / 15)] = (90, 60, 30)
    pixels[(rows - 40) ** 2 + (columns - 140) ** 2 < 22**2] = (250, 220, 80)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def art(tmp_path: Path) -> Path:
    """Stripes of warm paint."""
    rows, columns = np.mgrid[:160, :160]
    wave = np.sin((rows + 12 * np.sin(columns / 9)) / 4) > 0
    pixels = np.where(wave[..., None], (200, 80, 30), (40, 30, 90)).astype(np.uint8)
    path = tmp_path / "art.png"
    Image.fromarray(pixels).save(path)
    return path


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PBN_CACHE_DIR": str(tmp_path / "cache"), **more}


def pbn(
    arguments: Sequence[str | Path], tmp_path: Path, cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pbn", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd or tmp_path,
        env=environment(tmp_path, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_kit_from_a_photo_is_the_same_everywhere(photo: Path, tmp_path: Path) -> None:
    one = pbn(["kit", photo.name, "--no-style", *SMALL], tmp_path, PYTHONHASHSEED="1", OMP_NUM_THREADS="1")
    assert (one.returncode, one.stderr) == (0, "")
    made = contents(tmp_path / "photo-kit")
    assert set(made) == FILES
    assert "Kit: photo-kit" in one.stdout
    assert "regions" in one.stdout

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    two = pbn(["kit", photo, "--no-style", *SMALL, "-o", "k", "-q"], tmp_path, elsewhere, **other)
    assert (two.returncode, two.stdout, two.stderr) == (0, "", "")
    assert contents(elsewhere / "k") == made

    three = pbn(["kit", "--from", elsewhere / "k" / "kit.toml", "-o", "again"], tmp_path)
    assert three.returncode == 0, three.stderr
    assert contents(tmp_path / "again") == made


def test_a_kit_is_replaced_only_when_asked(photo: Path, tmp_path: Path) -> None:
    first: list[str | Path] = ["kit", photo, "--no-style", *SMALL, "-o", "k"]
    assert pbn(first, tmp_path).returncode == 0
    refused = pbn(first, tmp_path)
    assert refused.returncode == 6
    assert "--force" in refused.stderr
    before = contents(tmp_path / "k")
    assert pbn([*first, "--force", "--colours", "4"], tmp_path).returncode == 0
    assert contents(tmp_path / "k") != before


def test_a_stylised_kit_with_the_real_network(photo: Path, art: Path, tmp_path: Path) -> None:
    one = pbn(["kit", photo, "--art", art, *STYLED, "-o", "k", "-v"], tmp_path)
    assert one.returncode == 0, one.stderr
    assert "step 3 of 3" in one.stderr
    made = contents(tmp_path / "k")
    assert set(made) == FILES
    plain = pbn(["kit", photo, "--no-style", *SMALL, "-o", "plain"], tmp_path)
    assert plain.returncode == 0
    assert contents(tmp_path / "plain")["stylised.png"] != made["stylised.png"]

    again = pbn(["kit", "--from", "k/kit.toml", "-o", "again", "--no-cache"], tmp_path)
    assert again.returncode == 0, again.stderr
    assert contents(tmp_path / "again") == made

    fewer = pbn(["kit", "--from", "k/kit.toml", "--colours", "4", "-o", "fewer", "-v"], tmp_path)
    assert fewer.returncode == 0, fewer.stderr
    assert "step" not in fewer.stderr
    assert contents(tmp_path / "fewer")["stylised.png"] == made["stylised.png"]
    assert json.loads(contents(tmp_path / "fewer")["report.json"])["paints"] <= 4


def test_a_changed_photo_is_not_taken_for_the_old_one(photo: Path, tmp_path: Path) -> None:
    assert pbn(["kit", photo, "--no-style", *SMALL, "-o", "k"], tmp_path).returncode == 0
    Image.new("RGB", (80, 60), (200, 10, 10)).save(photo)
    refused = pbn(["kit", "--from", "k/kit.toml", "-o", "again"], tmp_path)
    assert refused.returncode == 3
    assert "has changed since" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_changed_paints_are_not_taken_for_the_old_ones(photo: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("number,name,hex\n3,Sky,#4060ff\n5,Sun,#f0e040\n9,Night,#101020\n")
    made = pbn(["kit", photo, "--no-style", *SMALL, "--paints", own, "-o", "k"], tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Your paints come within Delta E" in made.stdout
    assert "own.csv" in (tmp_path / "k" / "kit.toml").read_text(encoding="utf-8")
    again = pbn(["kit", "--from", "k/kit.toml", "-o", "again"], tmp_path)
    assert again.returncode == 0, again.stderr
    assert contents(tmp_path / "again") == contents(tmp_path / "k")
    own.write_text("name,hex\nGrey,#808080\n")
    refused = pbn(["kit", "--from", "k/kit.toml", "-o", "other"], tmp_path)
    assert refused.returncode == 3
    assert "own.csv is not the file from which the kit was made" in refused.stderr
    named = pbn(["kit", "--from", "k/kit.toml", "--paints", own, "-o", "other"], tmp_path)
    assert named.returncode == 0, named.stderr


def test_a_kit_that_is_not_as_required_is_made_and_says_so(photo: Path, tmp_path: Path) -> None:
    made = pbn(["kit", photo, "--no-style", *SMALL, "-o", "k", "--require", "min_label_pt=20"], tmp_path)
    assert made.returncode == 8
    assert "must be at least 20" in made.stderr
    assert set(contents(tmp_path / "k")) == FILES
    unknown = pbn(["kit", photo, "--no-style", "-o", "x", "--require", "beauty=20"], tmp_path)
    assert unknown.returncode == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_ctrl_c_leaves_nothing_half_written(photo: Path, art: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pbn", "kit", str(photo), "--art", str(art), *SMALL, "-o", "k", "-v"]
    command += ["--set", "gatys.steps=2000"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "step 2 of" in line:
                running.send_signal(signal.SIGINT)
                break
        rest = running.stderr.read()
        assert running.wait(timeout=60) == 130
    assert "Traceback" not in rest
    assert rest.strip().splitlines()[-1].startswith("Error: Stopped")
    assert {path.name for path in tmp_path.iterdir()} <= {"photo.png", "art.png", "cache"}


def test_stylise_alone(photo: Path, art: Path, tmp_path: Path) -> None:
    ran = pbn(
        ["stylise", photo, "--art", art, "-o", "s.png", "--long-side", "96", "--set", "gatys.steps=2"],
        tmp_path,
    )
    assert ran.returncode == 0, ran.stderr
    with Image.open(tmp_path / "s.png") as picture:
        assert picture.size == (96, 72)


def test_palettes_side_by_side(photo: Path, tmp_path: Path) -> None:
    ran = pbn(["palette", photo, *SMALL[:4]], tmp_path)
    assert ran.returncode == 0, ran.stderr
    with Image.open(tmp_path / "photo-palettes.png") as picture:
        assert min(picture.size) > 1000
    assert ran.stdout.count("mean Delta E") == 6


def test_doctor_says_what_is_there(tmp_path: Path) -> None:
    ran = pbn(["doctor"], tmp_path)
    assert ran.returncode == 0
    assert "VGG-19: ready" in ran.stdout
    assert "VGG-16: not fetched; pbn weights get vgg16" in ran.stdout
    assert "torch" in ran.stdout
