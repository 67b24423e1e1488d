from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.sheet import Align, Curve, Layer, Mark, Path, Picture, Sheet, Swatch, Text
from pbn.core.values import Image
from pbn.errors import ExportError
from pbn.export import png
from pbn.export.png import Png
from tests.helpers.kits import sample_kit

BLUE, RED = (30, 60, 200), (220, 30, 40)


def drawn(*marks: Mark, size: tuple[float, float] = (20, 10), **options: Any) -> np.ndarray[Any, Any]:
    sheet = Sheet("s", *size, (Layer("l", marks),))
    return pixels(Png(**{"dpi": 254, **options}).render([sheet], title="T"))


def pixels(data: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Pillow.open(BytesIO(data)))


def box(x: float, y: float, width: float, height: float) -> Curve:
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return Curve(np.array(corners, np.float64), cubic=False, closed=True)


def test_it_is_as_large_as_its_dpi_says_and_says_it() -> None:
    data = Png(dpi=254).render([Sheet("s", 20, 10, ())], title="T")
    assert pixels(data).shape == (100, 200, 3)
    assert Pillow.open(BytesIO(data)).info["dpi"] == pytest.approx((254, 254), abs=0.1)


@pytest.mark.parametrize("long_side", [333, 1600])
def test_a_long_side_can_be_asked_for(long_side: int) -> None:
    made = pixels(Png(long_side_px=long_side).render([preview_picture(sample_kit())], title="T"))
    assert max(made.shape) == long_side


def test_what_is_too_large_is_refused_with_a_dpi_that_fits() -> None:
    sheet = Sheet("s", 1300, 1300, ())
    with pytest.raises(ExportError, match="dpi or less") as caught:
        Png(dpi=600).render([sheet], title="T")
    fits = int(str(caught.value).split("Use ")[1].split(" ")[0])
    assert (fits / 25.4 * 1300) ** 2 <= png.MOST_PIXELS < ((fits + 1) / 25.4 * 1300) ** 2


@pytest.mark.parametrize(
    "sheet", [outline_picture(sample_kit()), *kit_sheets(sample_kit())], ids=lambda s: s.name
)
def test_a_large_picture_is_drawn_in_bands_and_looks_the_same(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pixels(Png(dpi=60).render([sheet], title="T")).astype(int)
    monkeypatch.setattr(png, "BAND_PIXELS", 400_000)
    bands = pixels(Png(dpi=60).render([sheet], title="T")).astype(int)
    assert np.abs(bands - whole).max() <= 60
    assert (np.abs(bands - whole).max(axis=2) > 0).mean() < 1e-3


def test_shapes_lie_where_they_should_to_a_third_of_a_pixel() -> None:
    made = drawn(Path((box(5, 2, 10, 4),), fill=BLUE)).astype(float)
    ink = (255 - made[..., 0]) / (255 - BLUE[0])
    rows, columns = ink.sum(axis=1).max(), ink.sum(axis=0).max()
    assert columns == pytest.approx(40, abs=0.7)
    assert rows == pytest.approx(100, abs=0.7)
    middle = (ink * np.arange(200)).sum() / ink.sum() + 0.5, (ink.T * np.arange(100)).sum() / ink.sum() + 0.5
    assert middle == pytest.approx((100, 40), abs=0.35)


def test_a_hole_shows_what_is_under_it() -> None:
    made = drawn(Path((box(2, 2, 16, 6), box(8, 4, 4, 2)), fill=BLUE))
    assert tuple(made[50, 100]) == (255, 255, 255)
    assert tuple(made[30, 50]) == BLUE


def test_no_page_shows_between_neighbours() -> None:
    slope = np.array([(9.0, 0.0), (11.3, 10.0)])
    left = Curve(np.concatenate([[(0, 0)], slope, [(0, 10)]]), cubic=False, closed=True)
    right = Curve(np.concatenate([slope[::-1], [(20, 0), (20, 10)][::1]]), cubic=False, closed=True)
    made = drawn(Path((left,), fill=BLUE), Path((right,), fill=BLUE)).astype(int)
    assert np.abs(made - BLUE).max() == 0


def test_the_preview_has_no_colour_that_is_not_a_mixture_of_paints() -> None:
    kit = sample_kit()
    made = pixels(Png(long_side_px=900).render([preview_picture(kit)], title="T")).reshape(-1, 3)
    assert (made.astype(int) <= kit.palette.rgb.max(axis=0)).all()
    plain = (made[:, None] == kit.palette.rgb[None]).all(axis=2).any(axis=1)
    assert plain.mean() > 0.97


@pytest.mark.parametrize(("align", "middle"), [(Align.START, 110), (Align.MIDDLE, 100), (Align.END, 90)])
def test_text_stands_on_its_baseline(align: Align, middle: float) -> None:
    made = drawn(Text("88", 10, 6, 4.36, align=align)).astype(float)
    ink = 255 - made[..., 0]
    rows = np.flatnonzero(ink.max(axis=1) > 100)
    assert rows[-1] == pytest.approx(59.5, abs=1)
    assert rows[0] == pytest.approx(60 - 0.75 * 15.4, abs=1.2)
    assert (ink * np.arange(200)).sum() / ink.sum() == pytest.approx(middle, abs=1.5)


def test_an_underline_is_drawn() -> None:
    text = {"x_mm": 10.0, "y_mm": 5.0, "size_pt": 12.0, "align": Align.MIDDLE}
    plain, marked = (drawn(Text("6", underline=u, **text)) for u in (False, True))  # type: ignore[arg-type]
    changed = np.flatnonzero((plain != marked).any(axis=(1, 2)))
    assert 50 < changed.min() <= changed.max() < 60


def test_what_reaches_over_the_edge_is_cut_off() -> None:
    photo = Image(np.full((4, 4, 3), 9, np.uint8))
    marks = Text("123", 0, 1, 12, align=Align.MIDDLE), Picture(photo, -2, -2, 5, 5), Swatch(18, 8, 9, 9, RED)
    made = drawn(*marks, Picture(photo, 19, 1, 5, 5))
    assert tuple(made[0, 0]) == (9, 9, 9)
    assert tuple(made[-1, -1]) == RED


def test_lines_are_as_wide_as_they_say() -> None:
    line = Curve(np.array([(1.0, 5.0), (19.0, 5.0)]), cubic=False)
    made = drawn(Path((line,), (0, 0, 0), 0.5)).astype(float)
    assert ((255 - made[:, 100, 0]) / 255).sum() == pytest.approx(5, abs=0.5)


def test_the_outline_shows_its_numbers_and_borders() -> None:
    made = pixels(Png(dpi=200).render([outline_picture(sample_kit())], title="T"))
    assert 0.005 < (made < 200).mean() < 0.05
