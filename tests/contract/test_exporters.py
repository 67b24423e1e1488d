"""What every format promises, whichever are registered."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from pbn import registry
from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.sheet import Box, Curve, Layer, Path, Sheet, Swatch
from pbn.core.values import U8
from pbn.errors import ExportError, SettingsError
from tests.helpers.kits import sample_kit

FORMATS = registry.names("export")
ONE_SHEET = ("dxf", "png", "svg")
STARTS = {"dxf": b"  0\nSECTION", "pdf": b"%PDF-", "png": b"\x89PNG", "svg": b"<?xml"}

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


@pytest.mark.parametrize("name", ["pdf", "png"])
def test_a_layer_s_window_hides_what_lies_outside_it(name: str) -> None:
    line = Path((Curve(np.array([[0.0, 10.0], [40.0, 10.0]]), cubic=False),), (0, 0, 0), 4.0)
    square = Swatch(0, 14, 40, 6, (0, 0, 0), None)

    def dark(clip: Box | None) -> NDArray[np.bool]:
        page = Sheet("s", 40, 20, (Layer("l", (line, square), clip), Layer("m", ())))
        return drawn(name, exporter(name).render([page], title="")) < 128

    whole, part = dark(None), dark((10, 0, 15, 20))
    height, width = whole.shape
    left, right = round(width * 10 / 40), round(width * 25 / 40)
    assert whole[height // 2].all()
    assert not part[:, : left - 1].any()
    assert not part[:, right + 1 :].any()
    np.testing.assert_array_equal(part[:, left + 1 : right - 1], whole[:, left + 1 : right - 1])


def drawn(name: str, data: bytes) -> U8:
    """A one-sheet file as grey pixels."""
    if name == "pdf":
        document = pypdfium2.PdfDocument(data)
        try:
            return np.asarray(document[0].render(scale=4, grayscale=True).to_pil().convert("L"))
        finally:
            document.close()
    return np.asarray(Pillow.open(BytesIO(data)).convert("L"))
