from __future__ import annotations

import numpy as np
import pytest

from pbn.core.faint import without_faint
from pbn.core.paintable import Need
from pbn.core.values import F32, F64, I32

PAINTS: F64 = np.array([[0.0, 0, 0], [20.0, 0, 0], [6.0, 0, 0], [40.0, 0, 0]])
NEED = Need(4.9)


def _patch(side: int, shown: float, ground: float = 0.0) -> tuple[I32, F32]:
    """A square patch in a picture that is ``ground`` and, in the patch, ``shown``."""
    ids = np.zeros((48, 48), np.int32)
    ids[20 : 20 + side, 20 : 20 + side] = 1
    colours = np.zeros((48, 48, 3), np.float32)
    colours[..., 0] = np.where(ids == 1, shown, ground)
    return ids, colours


@pytest.mark.parametrize(
    ("shown", "ground", "stays"), [(20, 0, True), (12, 0, True), (11, 4, False), (7, 0, False)]
)
def test_a_patch_goes_that_the_picture_hardly_shows(shown: float, ground: float, stays: bool) -> None:  # noqa: FBT001
    """However near its paint is: what is about it is off as well."""
    ids, colours = _patch(6, shown, ground)
    after, paint = without_faint(ids, np.array([0, 1], np.int32), colours, PAINTS, NEED)
    assert paint.tolist() == ([0, 1] if stays else [0])
    assert np.array_equal(after, ids) == stays


def test_a_tone_of_some_size_stays() -> None:
    ids, colours = _patch(24, 7)
    after, _ = without_faint(ids, np.array([0, 1], np.int32), colours, PAINTS, NEED)
    assert after is ids


def test_a_patch_that_is_painted_hardly_otherwise_stays() -> None:
    ids, colours = _patch(6, 2)
    after, _ = without_faint(ids, np.array([0, 2], np.int32), colours, PAINTS, NEED)
    assert after is ids


def test_what_a_patch_parted_becomes_one() -> None:
    ids = np.repeat(np.array([[0, 1, 2]], np.int32), (16, 6, 16), axis=1).repeat(6, axis=0)
    colours = np.zeros((6, 38, 3), np.float32)
    after, paint = without_faint(ids, np.array([0, 1, 0], np.int32), colours, PAINTS, NEED)
    assert paint.tolist() == [0]
    assert not after.any()


def test_beside_the_frame_it_is_told_by_what_is_inside() -> None:
    ids, colours = _patch(6, 7)
    ids, colours = ids[20:, 20:].copy(), colours[20:, 20:].copy()
    assert without_faint(ids, np.array([0, 1], np.int32), colours, PAINTS, NEED)[1].tolist() == [0]


def test_a_picture_of_nothing_but_faint_patches_stays() -> None:
    ids = np.repeat(np.array([[0, 1]], np.int32), 6, axis=1).repeat(6, axis=0)
    colours = np.full((6, 12, 3), 10, np.float32)
    after, _ = without_faint(ids, np.array([0, 1], np.int32), colours, PAINTS, NEED)
    assert after is ids
