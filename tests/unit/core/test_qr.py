from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from pbn.core.qr import QUIET, qr_path
from pbn.core.sheet import Layer, Sheet
from pbn.export.png import Png

LINK = "https://example.org/kit/7K2M-Q0XD?order=2026-0117"


@pytest.mark.parametrize("text", ["7K2M-Q0XD", LINK, "Größe: 40 × 50 cm"])
def test_the_code_is_read_back_from_the_drawn_page(text: str) -> None:
    sheet = Sheet("s", 40, 40, (Layer("l", (qr_path(text, 5, 5, 30),)),))
    drawn = np.asarray(Pillow.open(BytesIO(Png(dpi=300).render([sheet], title=""))).convert("L"))
    assert cv2.QRCodeDetector().detectAndDecode(drawn)[0] == text


def test_the_code_fills_its_square_but_for_the_quiet_zone() -> None:
    points = np.concatenate([curve.points for curve in qr_path(LINK, 10, 20, 30).curves])
    modules = round(30 / np.abs(np.diff(qr_path(LINK, 10, 20, 30).curves[0].points[1:3, 1]))[0])
    quiet = QUIET * 30 / modules
    assert points.min(axis=0) == pytest.approx([10 + quiet, 20 + quiet])
    assert points.max(axis=0) == pytest.approx([40 - quiet, 50 - quiet])
