"""PNG files, read back by Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from pbn.core.values import Image
from pbn.encode import encode_png
from tests.helpers.maps import picture


def chunks(png: bytes) -> list[bytes]:
    at, kinds = 8, []
    while at < len(png):
        kinds.append(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    return kinds


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("shape", [(20, 30), (1, 1), (7, 1), (1, 9)])
def test_the_pixels_come_back(shape: tuple[int, int], drawn: bool) -> None:  # noqa: FBT001 - a parameter
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    with Pillow.open(io.BytesIO(encode_png(Image(pixels), drawn=drawn))) as back:
        back.verify()
    with Pillow.open(io.BytesIO(encode_png(Image(pixels), drawn=drawn))) as back:
        assert back.mode == "RGB"
        assert (np.asarray(back) == pixels).all()


def test_it_says_how_large_it_prints_and_no_more() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    png = encode_png(Image(pixels), dpi=300)
    assert png == encode_png(Image(pixels.copy()), dpi=300)
    assert list(dict.fromkeys(chunks(png))) == [b"IHDR", b"sRGB", b"pHYs", b"IDAT", b"IEND"]
    assert list(dict.fromkeys(chunks(encode_png(Image(pixels))))) == [b"IHDR", b"sRGB", b"IDAT", b"IEND"]
    with Pillow.open(io.BytesIO(png)) as back:
        assert back.info["dpi"] == pytest.approx((300, 300), abs=0.02)


def test_a_photo_and_a_drawing_are_packed_each_in_its_own_way() -> None:
    photo = picture("chelsea")
    rows, columns = np.mgrid[:300, :400]
    rings = (np.hypot(rows - 150, columns - 200) // 12 % 5 * 50).astype(np.uint8)
    drawing = Image(np.stack([rings, 200 - rings, rings // 2], axis=2))
    assert len(encode_png(photo)) < 0.8 * len(encode_png(photo, drawn=True))
    assert len(encode_png(drawing, drawn=True)) < 0.8 * len(encode_png(drawing))
