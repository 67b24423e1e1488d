from __future__ import annotations

import gc

import numpy as np

from pbn.core.once import once
from pbn.core.values import F32, Image


def test_a_picture_is_looked_at_once_while_it_lives() -> None:
    seen: list[float] = []

    @once
    def mean(image: Image) -> float:
        seen.append(float(image.pixels.mean()))
        return seen[-1]

    for value in (10, 20):
        image = Image(np.full((2, 3, 3), value, np.uint8))
        assert mean(image) == mean(image) == value
        del image
        gc.collect()
    assert seen == [10, 20]


def test_other_arguments_are_looked_at_anew() -> None:
    calls: list[F32 | None] = []

    @once
    def asked(image: Image, detail: F32 | None = None) -> int:
        calls.append(detail)
        return len(calls)

    image, detail = Image(np.zeros((2, 3, 3), np.uint8)), np.ones((2, 3), np.float32)
    assert [asked(image), asked(image), asked(image, detail), asked(image, detail), asked(image)] == [
        1,
        1,
        2,
        2,
        3,
    ]
