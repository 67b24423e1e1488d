"""How the program's files look: sizes, habits that are not wanted, addresses and paths."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, FunctionNode, functions, modules, named, parsed, tracked

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

BLIND_FOR_A_REASON = {"pbn/cli/app.py": 1}
"""Blind handlers a file may have. The command's main has the last catch: a sentence, no traceback."""

LONG_FOR_A_REASON: dict[str, str] = {}
"""``file::function`` of each function above `LONGEST_FUNCTION` lines, and why it is one function."""

OWN = modules("pbn", "tests", "samples")
PROGRAM = modules("pbn")


def body_lines(function: FunctionNode) -> int:
    """Lines of a function from its ``def`` to its end, less its docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def test_the_sources_are_found() -> None:
    assert {"pbn/core/values.py", "tests/architecture/test_sources.py"} <= {named(path) for path in OWN}


@pytest.mark.parametrize("path", modules("pbn", "samples"), ids=named)
def test_no_module_is_longer_than_it_may_be(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_long_functions_have_a_stated_reason() -> None:
    long = {
        f"{named(path)}::{function.name}"
        for path in OWN
        for function in functions(parsed(path))
        if body_lines(function) > LONGEST_FUNCTION
    }
    assert long == set(LONG_FOR_A_REASON)


def test_a_docstring_does_not_count_as_length() -> None:
    source = 'def f():\n    """One\n\n    Two\n    """\n    return 1\n'
    (function,) = functions(ast.parse(source))
    assert body_lines(function) == 2


def _prints(tree: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def _blind_excepts(tree: ast.Module) -> list[int]:
    blind = {"Exception", "BaseException"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or blind & {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)})
    ]


def _reraises(tree: ast.Module, line: int) -> bool:
    """Whether the handler on ``line`` ends in a bare ``raise``: it cleans up and hides nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.lineno == line:
            last = node.body[-1]
            return isinstance(last, ast.Raise) and last.exc is None
    return False


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_nothing_prints_and_nothing_is_caught_blindly(path: Path) -> None:
    tree = parsed(path)
    assert _prints(tree) == []
    hiding = [line for line in _blind_excepts(tree) if not _reraises(tree, line)]
    assert len(hiding) == BLIND_FOR_A_REASON.get(named(path), 0), hiding


def test_the_blind_are_seen() -> None:
    tree = ast.parse("try:\n    print(1)\nexcept (OSError, Exception):\n    pass\n")
    assert (_prints(tree), _blind_excepts(tree)) == ([2], [3])
    assert not _reraises(tree, 3)


CONVERSIONS = {25.4, 72, 1 / 25.4, 2.54, 0.0254}


def _numbers(path: Path) -> set[float]:
    """The numbers written in a file's code; comments and texts are not code."""
    code = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    found = {t.string for t in code if t.type == tokenize.NUMBER}
    return {float(ast.literal_eval(text)) for text in found if not text.lower().endswith("j")}


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_only_units_converts_units(path: Path) -> None:
    if named(path) == "pbn/core/units.py":
        assert {25.4, 72.0} <= _numbers(path)
    else:
        assert not CONVERSIONS & _numbers(path)


TEXT = {".py", ".toml", ".txt", ".md", ".sh", ".cfg", ".in", ".csv", ".json", ".html", ".js", ".css", ""}
# Built from pieces, so that this file does not hold what it looks for.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"\b(?:files\.)?python" + r"hosted\.org",
            r"\bpypi" + r"\.org",
            r"\bregistry\.npm" + r"js\.org",
            r"\bdeb" + r"\.debian\.org",
            r"\bdownload\.py" + r"torch\.org/whl",
            r"(?<![\w.~-])/(?:home|Users|root|work)/" + r"[\w.]",
            r"\bfile" + r"://",
            r"--find-" + r"links",
        ]
    )
)


def test_no_registry_address_or_local_path_is_tracked() -> None:
    texts = [path for path in tracked() if path.suffix in TEXT]
    assert len(texts) > 20
    found = {named(path): FORBIDDEN.findall(path.read_text(encoding="utf-8")) for path in texts}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    "text", ["https://py" + "pi.org/simple", " /ho" + "me/me/photo.jpg", "fi" + "le:///x"]
)
def test_addresses_and_paths_are_seen(text: str) -> None:
    assert FORBIDDEN.search(text)


TOP_LEVEL = {
    "pbn", "tests", "samples", "docs", "requirements", ".ci", "pyproject.toml", "README.md", "Makefile",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", ".gitignore", ".gitattributes",
}  # fmt: skip


def test_the_top_level_stays_small() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL
