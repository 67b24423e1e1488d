from __future__ import annotations

import numpy as np
import pytest

from pbn.core.enlarge import enlarge
from pbn.core.paintable import Need
from tests.helpers.maps import THREE_PAINTS, colours_of, fits, island


@pytest.mark.parametrize(("side", "need"), [(4, Need(4.9)), (5, Need(4.9, (5.6, 3.7)))])
def test_a_small_region_that_matters_grows_until_it_fits(side: int, need: Need) -> None:
    """Also where it already holds one of brush and number, and only lacks the other."""
    ids, paint = island(side), np.array([0, 2], np.int32)
    after, left, held = enlarge(ids, paint, colours_of(ids, paint), THREE_PAINTS, need)
    assert left.tolist() == [0, 2]
    assert held.fit.all()
    assert fits(after, need, 2).all()
    assert after[ids == 1].all()


def test_a_faint_speck_does_not_grow() -> None:
    ids, paint = island(2), np.array([0, 1], np.int32)
    after, left, held = enlarge(ids, paint, colours_of(ids, paint), THREE_PAINTS, Need(4.9))
    assert left.tolist() == [0, 1]
    assert held.fit.tolist() == [True, False]
    assert np.array_equal(after, ids)


@pytest.mark.parametrize(("length", "width", "grows"), [(6, 3, True), (16, 2, False), (16, 3, True)])
def test_a_line_too_thin_to_stay_does_not_become_a_bead(length: int, width: int, grows: bool) -> None:  # noqa: FBT001
    """Of a cable that the brush cannot follow nothing is left; a tripod's leg nearly as wide as it stays."""
    paint, need = np.array([0, 2], np.int32), Need(4.9)
    ids = np.zeros((24, 24), np.int32)
    ids[10 : 10 + width, 4 : 4 + length] = 1
    after, _, held = enlarge(ids, paint, colours_of(ids, paint), THREE_PAINTS, need)
    assert held.fit.tolist() == [True, grows]
    assert np.array_equal(after, ids) != grows


def test_enlarging_in_a_picture_smaller_than_the_brush_ends() -> None:
    ids = np.array([[0, 1], [2, 3]], np.int32)
    paint = np.array([0, 2, 2, 0], np.int32)
    after, *_ = enlarge(ids, paint, colours_of(ids, paint), THREE_PAINTS, Need(9.0))
    assert after.shape == ids.shape
