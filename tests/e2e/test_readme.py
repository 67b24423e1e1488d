"""What the README promises can be typed as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.main import get_command

from pbn.cli.app import program
from pbn.settings import presets

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.e2e
def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    rows, columns = np.mgrid[:300, :400]
    pixels = np.stack([columns * 255 // 400, rows * 255 // 300, np.full_like(rows, 90)], axis=2)
    Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    told = re.fullmatch(r"(\d+) paints, (\d+) regions\n", capsys.readouterr().out)
    assert told
    assert 2 <= int(told[1]) <= 12
    assert int(told[2]) >= int(told[1])
    named = set(re.findall(r"`([a-z]+\.(?:pdf|svg|png|json|toml))`", README.split("## What is in a kit")[1]))
    assert {path.name for path in (tmp_path / "kit").iterdir()} == named


def test_every_option_and_command_it_names_exists() -> None:
    commands = get_command(program()).commands  # type: ignore[attr-defined]
    options = {flag for parameter in commands["kit"].params for flag in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) <= options | {"--help"}
    assert set(re.findall(r"`pbn ([a-z]+)", README)) <= set(commands)


def test_it_names_every_preset() -> None:
    (row,) = re.findall(r"\| `--preset NAME` \|(.*?)\|", README)
    assert sorted(re.findall(r"`([a-z-]+)`", row)) == sorted(presets())


def test_its_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name
