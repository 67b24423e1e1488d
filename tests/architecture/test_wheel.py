"""The wheel holds what the program needs when there is no checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pbn
from tests.architecture.sources import ROOT, modules, named


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without asking any registry."""
    out = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; build_wheel({str(out)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, capture_output=True, check=True)
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_code_fonts_presets_samples_and_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.name == f"pbn_kit-{pbn.__version__}-py3-none-any.whl"
    assert {named(path) for path in modules("pbn")} <= set(names)
    assert "pbn/py.typed" in names
    data = [
        path
        for folder in ("fonts", "presets", "texts")
        for path in (ROOT / "pbn" / folder).iterdir()
        if path.is_file()
    ]
    assert {named(path) for path in data} <= set(names)
    assert [name for name in names if name.startswith("pbn/fonts/") and name.endswith(".ttf")]
    assert [name for name in names if name.startswith("pbn/fonts/") and "OFL" in name]
    assert [name for name in names if name.startswith("pbn/presets/") and name.endswith(".toml")]
    artworks = [path for path in (ROOT / "samples" / "artworks").iterdir() if path.is_file()]
    assert len(artworks) >= 3
    assert {f"pbn/_samples/{path.name}" for path in artworks} <= set(names)
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"pbn", f"pbn_kit-{pbn.__version__}.dist-info"}


def test_the_command_is_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        entry = archive.read(f"pbn_kit-{pbn.__version__}.dist-info/entry_points.txt").decode()
    assert "pbn = pbn.cli:main" in entry
