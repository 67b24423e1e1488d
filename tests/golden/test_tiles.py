"""A poster of tiles, read back from the PDF and joined at its marks, is the one-page drawing."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
import pikepdf
import pytest

from pbn.core.layout import kit_sheets
from pbn.core.values import F64, U8
from pbn.export.pdf import Pdf
from tests.golden.pages import RENDERERS, STEP, worst
from tests.helpers.assembly import MM, PageDrawing, drawings, positions
from tests.helpers.kits import sample_kit

EXACT_MM = 0.2
DPI = 254
SLACK_PX = 2
"""Of a tenth of a millimetre each."""

ALIKE = {"pdfium": 80, "poppler": STEP["poppler"]}
"""A line that falls on two rows of pixels is so much lighter than on one; a missing one is off by 105."""

POSTERS = {
    "canvas on a5": ("20x28cm", 20 / 28, "a5"),
    "a3 on letter": ("a3", 1.4, "letter"),
    "wide canvas on a5": ("50x20cm", 2.0, "a5"),
}


@cache
def posters(name: str) -> tuple[bytes, bytes]:
    """The outline on one page, and on the tiles after their map."""
    size, aspect, tile = POSTERS[name]
    kits = (
        sample_kit(7, 9, paints=24, size=size, aspect=aspect, pages=("outline",), tile=paper)
        for paper in ("", tile)
    )
    one, many = (Pdf().render(kit_sheets(kit), title=name) for kit in kits)
    return one, many


def columns_of(data: bytes) -> int:
    """From the bookmarks of the first row: Outline A1, Outline A2."""
    with pikepdf.open(BytesIO(data)) as pdf, pdf.open_outline() as outline:
        return sum(str(item.title).split()[-1].startswith("A") for item in outline.root[1:])


@cache
def read_back(name: str) -> tuple[PageDrawing, list[PageDrawing], F64]:
    """The one page, the tiles, and where each tile's sheet lies on the page."""
    one, many = posters(name)
    (page,), (_, *tiles) = drawings(one), drawings(many)
    corner = np.array(page.trim[:2])
    if corner[0] == 0:  # on paper the picture alone is cut up
        corner = np.min([path.min(axis=0) for path in page.paths["Borders"]], axis=0)
    return page, tiles, positions(tiles, columns_of(many)) + corner


@pytest.mark.parametrize("name", POSTERS)
def test_every_border_of_the_tiles_lies_on_the_drawing_s_and_none_is_missing(name: str) -> None:
    page, tiles, at = read_back(name)
    wanted = page.paths["Borders"]
    starts = np.array([path[0] for path in wanted])
    seen = set()
    for tile, place in zip(tiles, at, strict=True):
        for path in tile.paths["Borders"]:
            near = np.flatnonzero(np.hypot(*(starts - path[0] - place).T) < EXACT_MM)
            off = {k: np.abs(wanted[k] - path - place).max() for k in near if wanted[k].shape == path.shape}
            assert off
            assert min(off.values()) <= EXACT_MM / 4
            seen.add(min(off, key=lambda k: off[k]))
    assert seen == set(range(len(wanted)))


@pytest.mark.parametrize("name", POSTERS)
def test_every_number_of_the_drawing_is_on_a_tile_in_its_place(name: str) -> None:
    page, tiles, at = read_back(name)
    found = [
        (code, x + place[0], y + place[1])
        for tile, place in zip(tiles, at, strict=True)
        for code, x, y in tile.texts["Numbers"]
    ]
    for code, x, y in page.texts["Numbers"]:
        assert any(c == code and np.hypot(fx - x, fy - y) <= EXACT_MM for c, fx, fy in found)
    for code, x, y in found:
        assert any(c == code and np.hypot(fx - x, fy - y) <= EXACT_MM for c, fx, fy in page.texts["Numbers"])


def assembled(name: str, renderer: str) -> tuple[U8, U8]:
    """The one page as a renderer draws it, and the tiles cut at their trim and laid on a blank one."""
    one, many = posters(name)
    page, tiles, at = read_back(name)
    whole = RENDERERS[renderer](one, 0, DPI)
    joined = np.full_like(whole, 255)
    for k, (tile, place) in enumerate(zip(tiles, at, strict=True)):
        pixels = RENDERERS[renderer](many, k + 1, DPI)
        left, top, right, low = (round(v * DPI / 25.4) for v in tile.trim)
        x, y = (round(v * DPI / 25.4) for v in place + tile.trim[:2])
        part = pixels[top:low, left:right]
        under = joined[y : y + part.shape[0], x : x + part.shape[1]]
        under[:] = np.minimum(under, part)  # where they overlap, what either shows: a shift would show twice
    left, top, right, low = (round(v * DPI / 25.4) for v in _drawing_box(page))
    inner = np.s_[top + 5 : low - 5, left + 5 : right - 5]
    return whole[inner], joined[inner]


def _drawing_box(page: PageDrawing) -> F64:
    points = np.concatenate(page.paths["Borders"])
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("name", ["canvas on a5", "a3 on letter"])
def test_the_joined_tiles_look_like_the_drawing(name: str, renderer: str) -> None:
    whole, joined = assembled(name, renderer)
    assert worst(joined, whole, SLACK_PX) <= ALIKE[renderer]
    assert worst(np.roll(joined, 5, axis=1), whole, SLACK_PX) > ALIKE[renderer]


@pytest.mark.parametrize("name", POSTERS)
def test_every_tile_says_its_place_and_has_a_true_decimetre(name: str) -> None:
    _, many = posters(name)
    with pikepdf.open(BytesIO(many)) as pdf, pdf.open_outline() as outline:
        names = [str(item.title).split()[-1] for item in outline.root[1:]]
        sizes = {tuple(float(v) * MM for v in page.mediabox) for page in pdf.pages}
    assert len(set(names)) == len(names) > 1
    assert len(sizes) == 1
    for tile in drawings(many)[1:]:
        lengths = [
            float(np.ptp(path[:, 0]))
            for path in tile.paths["Tile"]
            if len(path) == 2 and not np.ptp(path[:, 1])
        ]
        assert max(lengths) == pytest.approx(100, abs=0.02)
        reach = np.concatenate(tile.paths["Tile"])
        assert reach.min() > 3.99
        assert (reach < np.array(next(iter(sizes))[2:]) - 3.99).all()
