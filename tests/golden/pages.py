"""The pages that are kept, how they are rendered, and what counts as the same.

``python -m tests.golden.pages`` draws them anew after a change that is meant; look at them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image as Pillow
from scipy import ndimage

from pbn.core.layout import kit_sheets
from pbn.core.values import U8, Kit
from pbn.export.pdf import Pdf
from tests.helpers.kits import sample_kit

HERE = Path(__file__).parent
DPI = 200
STEP = {"pdfium": 40, "poppler": 125}
"""How far a pixel may lie outside what its neighbourhood had, of 255. PDFium drew the kept pages;
Poppler places letters of small text up to 1.2 pixels elsewhere. A missing digit is off by 145."""

KITS: Mapping[str, Callable[[], Kit]] = {
    "a5": lambda: sample_kit(6, 8, paints=14, size="a5", title="Dusk"),
    "letter": lambda: sample_kit(8, 6, paints=24, size="letter", aspect=1.5, mixed=True),
    "canvas": lambda: sample_kit(4, 5, paints=9, size="10x12cm", engine="none"),
    "tiled": lambda: sample_kit(
        6, 7, paints=20, size="20x24cm", aspect=20 / 24, pages=("outline",), tile="a5"
    ),
    "wrap": lambda: sample_kit(
        4, 5, paints=12, size="10x12cm", aspect=10 / 12, pages=("outline",), wrap_mm=38.0, title="Dusk"
    ),
    "hand": lambda: sample_kit(5, 6, paints=8, size="a5", mixed=True, pages=("guide", "recipes", "grid")),
}

SHOWN = {
    **{(name, page): page for name in ("a5", "letter", "canvas") for page in range(3)},
    ("tiled", 0): 0,
    ("tiled", 1): 1,
    ("tiled", 2): 4,
    ("wrap", 0): 0,
    ("hand", 0): 0,
    ("hand", 1): -2,
    ("hand", 2): -1,
}
"""The kept pages of each kit, by the number they are kept under, and where they are in the file."""


def pdfium(data: bytes, page: int, dpi: int = DPI) -> U8:
    """A page in grey by PDFium."""
    document = pypdfium2.PdfDocument(data)
    try:
        return np.asarray(document[page].render(scale=dpi / 72, grayscale=True).to_pil().convert("L"))
    finally:
        document.close()


def poppler(data: bytes, page: int, dpi: int = DPI) -> U8:
    """A page in grey by Poppler's command; it is no Python package, so a bare machine may lack it."""
    if not shutil.which("pdftoppm") and not os.environ.get("CI"):
        pytest.skip("pdftoppm is not installed (Debian's poppler-utils); where CI is set that is a failure")
    with tempfile.TemporaryDirectory() as folder:
        source, number = Path(folder) / "kit.pdf", str(page + 1)
        source.write_bytes(data)
        command = [
            "pdftoppm",
            "-r",
            str(dpi),
            "-gray",
            "-f",
            number,
            "-l",
            number,
            "-singlefile",
            str(source),
        ]
        subprocess.run([*command, f"{folder}/page"], check=True, capture_output=True)
        return np.asarray(Pillow.open(f"{folder}/page.pgm"))


RENDERERS = {"pdfium": pdfium, "poppler": poppler}
"""Both must draw alike."""


def kept(name: str, page: int) -> U8:
    """The page as it was looked at."""
    return np.asarray(Pillow.open(HERE / f"{name}-{page + 1}.png"))


def worst(drawn: U8, wanted: U8, slack_px: int = 1) -> int:
    """How far any pixel lies outside what is within a pixel or more of it in the other picture."""
    height, width = min(drawn.shape[0], wanted.shape[0]), min(drawn.shape[1], wanted.shape[1])
    assert np.abs(np.subtract(drawn.shape, wanted.shape)).max() <= 1, (drawn.shape, wanted.shape)
    pair = drawn[:height, :width].astype(int), wanted[:height, :width].astype(int)
    off = 0
    for a, b in (pair, pair[::-1]):
        low, high = (f(b, 2 * slack_px + 1) for f in (ndimage.minimum_filter, ndimage.maximum_filter))
        off = max(off, int((a - high).max()), int((low - a).max()))
    return off


@cache
def made(name: str) -> bytes:
    """The kit's PDF."""
    return Pdf().render(kit_sheets(KITS[name]()), title=name)


def drawn(name: str, page: int, renderer: str) -> U8:
    """A page to hold against the kept one, as a renderer draws it."""
    data, at = made(name), SHOWN[name, page]
    with pikepdf.open(BytesIO(data)) as pdf:
        return RENDERERS[renderer](data, range(len(pdf.pages))[at])


def _keep() -> None:
    for name, page in SHOWN:
        out = BytesIO()
        Pillow.fromarray(drawn(name, page, "pdfium")).save(out, "PNG", optimize=True)
        (HERE / f"{name}-{page + 1}.png").write_bytes(out.getvalue())


if __name__ == "__main__":
    _keep()
