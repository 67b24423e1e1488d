"""What every format promises, whichever are registered."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from pbn import registry
from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.sheet import Sheet
from pbn.errors import ExportError, SettingsError
from tests.helpers.kits import sample_kit

FORMATS = registry.names("export")
ONE_SHEET = ("png", "svg")
STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG", "svg": b"<?xml"}

_MADE_ELSEWHERE = """
import hashlib
from pbn import registry
from pbn.core.layout import outline_picture
from tests.helpers.kits import sample_kit
data = registry.make("export", {name!r}, {{}}).render([outline_picture(sample_kit())], title="T")
print(hashlib.sha256(data).hexdigest())
"""


def exporter(name: str, **options: Any) -> Any:
    return registry.make("export", name, options)


def sheets() -> list[Sheet]:
    kit = sample_kit()
    return [outline_picture(kit), preview_picture(kit), *kit_sheets(kit)]


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_a_frozen_dataclass_with_defaults(name: str) -> None:
    engine = registry.load("export", name)
    assert is_dataclass(engine)
    made: Any = engine()
    with pytest.raises(AttributeError):
        setattr(made, fields(made)[0].name, None)
    with pytest.raises(SettingsError):
        exporter(name, nonsense=1)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("number", range(5))
def test_it_draws_every_kind_of_sheet_the_same_way_twice(name: str, number: int) -> None:
    sheet = sheets()[number]
    first, second = (exporter(name).render([sheet], title="Dusk & dawn <1>") for _ in range(2))
    assert first == second
    assert first.startswith(STARTS.get(name, b""))


@pytest.mark.parametrize("name", FORMATS)
def test_another_process_with_another_hash_seed_writes_the_same_bytes(name: str) -> None:
    made = {
        subprocess.run(
            [sys.executable, "-c", _MADE_ELSEWHERE.format(name=name)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_it_takes_many_sheets_or_says_why_not(name: str) -> None:
    many = sheets()
    if name in ONE_SHEET:
        with pytest.raises(ExportError, match=r"not 5\. .*PDF"):
            exporter(name).render(many, title="T")
        with pytest.raises(ExportError, match="not 0"):
            exporter(name).render([], title="T")
    else:
        assert len(exporter(name).render(many, title="T")) > len(exporter(name).render(many[:1], title="T"))


@pytest.mark.parametrize("name", FORMATS)
def test_it_draws_an_empty_sheet(name: str) -> None:
    assert exporter(name).render([Sheet("empty", 30.0, 20.0, ())], title="")
