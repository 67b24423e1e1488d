from __future__ import annotations

import numpy as np
import pytest

from pbn.core.lost import put_back_lost
from pbn.core.paintable import Mask, Need
from pbn.core.values import F32, F64, I32
from tests.helpers.maps import fits

PAINTS: F64 = np.array([[0.0, 0, 0], [50.0, 0, 0], [60.0, 0, 0]])
NEED = Need(4.9, (5.6, 3.7))
PLAIN = np.zeros((48, 64), np.int32), np.zeros(1, np.int32)


def _picture(*boxes: tuple[int, int, int, int], shown: float = 52.0) -> F32:
    """A picture that is as `PLAIN` paints it but for boxes: x, y, width, height."""
    colours = np.zeros((48, 64, 3), np.float32)
    for x, y, w, h in boxes:
        colours[y : y + h, x : x + w, 0] = shown
    return colours


def _put_back(colours: F32, spared: Mask | None = None) -> tuple[I32, I32]:
    return put_back_lost(*PLAIN, colours, PAINTS, NEED, np.zeros((48, 64), np.bool_), spared)


@pytest.mark.parametrize("box", [(20, 16, 16, 4), (20, 16, 4, 16), (21, 15, 12, 12), (0, 0, 16, 5)])
def test_what_is_lost_is_given_back_where_it_was_and_can_be_painted(box: tuple[int, int, int, int]) -> None:
    ids, paint = _put_back(_picture(box))
    x, y, w, h = box
    assert paint.tolist().count(1) == 1
    assert (paint[ids][y : y + h, x : x + w] == 1).mean() > 0.8
    assert fits(ids, NEED, len(paint))[paint == 1].all()


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param([(20, 16, 4, 4)], id="bead"),
        pytest.param([(0, 20, 64, 1)], id="line"),
        pytest.param([(20, 16, 8, 8), (0, 20, 64, 1), (24, 0, 1, 48), (28, 0, 1, 48)], id="net"),
    ],
)
def test_nothing_is_given_back_of_beads_lines_and_nets(boxes: list[tuple[int, int, int, int]]) -> None:
    assert _put_back(_picture(*boxes))[0] is PLAIN[0]


def test_what_is_painted_nearly_right_stays_as_it_is() -> None:
    assert _put_back(_picture((20, 16, 16, 12), shown=15))[0] is PLAIN[0]


def test_nothing_is_given_back_where_that_is_spared() -> None:
    spared = np.ones((48, 64), np.bool_)
    assert _put_back(_picture((20, 16, 16, 12)), spared)[0] is PLAIN[0]


def test_without_a_nearer_paint_nothing_is_changed() -> None:
    colours = _picture((20, 16, 16, 12), shown=24)
    assert _put_back(colours)[0] is PLAIN[0]


def test_no_patch_is_drawn_over_what_others_need() -> None:
    keep = np.zeros((48, 64), np.bool_)
    keep[20:24, 30:34] = True
    assert put_back_lost(*PLAIN, _picture((20, 16, 16, 12)), PAINTS, NEED, keep)[0] is PLAIN[0]
