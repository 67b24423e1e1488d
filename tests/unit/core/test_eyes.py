from __future__ import annotations

import numpy as np
import pytest

from pbn.core.eyes import put_back_eyes
from pbn.core.paintable import Need
from pbn.core.segment import patches
from pbn.core.values import F32, I32, Image, Paint, Palette
from tests.helpers.maps import fits

SKIN, LID, IRIS = (222, 190, 168), (150, 112, 92), (70, 45, 30)
HAIR = (60, 45, 35)
NEED = Need(4.9, (6.0, 3.6))
PAINTS = Palette((Paint(1, SKIN), Paint(2, LID), Paint(3, HAIR)))
LEFT, RIGHT = (48, 42), (72, 42)


def _face(*eyes: tuple[int, int]) -> Image:
    """A face of 120 x 120 with eyes of 9 x 5 about these places, x and y; hair on top."""
    pixels = np.full((120, 120, 3), SKIN, np.uint8)
    pixels[:12] = HAIR
    for x, y in eyes:
        pixels[y - 2 : y + 3, x - 4 : x + 5] = LID
        pixels[y - 2 : y + 3, x - 2 : x + 3] = IRIS
    return Image(pixels)


def _bell(most: float = 12.0) -> F32:
    y, x = np.mgrid[:120, :120]
    near = np.exp(-(((x - 60) / 27) ** 2 + ((y - 54) / 31) ** 2) / 2)
    return np.asarray(most**near, np.float32)


def _without_eyes() -> tuple[I32, I32]:
    index = np.zeros((120, 120), np.int32)
    index[:12] = 2
    return patches(index)


def _painted(ids: I32, paint: I32, place: tuple[int, int]) -> int:
    return int(paint[ids[place[1], place[0]]])


def test_both_eyes_are_given_back_dark_and_wide_enough() -> None:
    ids, paint = put_back_eyes(*_without_eyes(), NEED, _face(LEFT, RIGHT), _bell(), PAINTS)
    assert [_painted(ids, paint, eye) for eye in (LEFT, RIGHT)] == [2, 2]
    assert len(paint) == 4
    assert fits(ids, NEED, len(paint)).all()


def test_an_eye_that_is_there_has_its_fellow() -> None:
    index = np.zeros((120, 120), np.int32)
    index[:12] = 2
    index[40:45, 44:53] = 2
    ids, paint = put_back_eyes(*patches(index), NEED, _face(LEFT, RIGHT), _bell(), PAINTS)
    assert [_painted(ids, paint, eye) for eye in (LEFT, RIGHT)] == [2, 2]


@pytest.mark.parametrize(
    "eyes",
    [
        (LEFT,),  # one is no pair
        ((48, 42), (72, 60)),  # askew
        ((48, 80), (72, 80)),  # below the middle: nostrils, a mouth's corners
        ((30, 42), (34, 42)),  # on one side
    ],
)
def test_what_is_no_pair_of_eyes_is_left(eyes: tuple[tuple[int, int], ...]) -> None:
    ids, paint = _without_eyes()
    assert put_back_eyes(ids, paint, NEED, _face(*eyes), _bell(), PAINTS)[0] is ids


@pytest.mark.parametrize("most", [None, 1.0, 4.0])
def test_without_a_face_nothing_changes(most: float | None) -> None:
    ids, paint = _without_eyes()
    weight = None if most is None else _bell(most)
    assert put_back_eyes(ids, paint, NEED, _face(LEFT, RIGHT), weight, PAINTS) == (ids, paint)


def test_eyes_that_are_painted_well_stay() -> None:
    index = np.zeros((120, 120), np.int32)
    index[:12] = 2
    for x, y in (LEFT, RIGHT):
        index[y - 2 : y + 3, x - 4 : x + 5] = 1
        index[y - 2 : y + 3, x - 2 : x + 3] = 2
    ids, paint = patches(index)
    assert put_back_eyes(ids, paint, NEED, _face(LEFT, RIGHT), _bell(), PAINTS)[0] is ids
