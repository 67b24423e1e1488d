from __future__ import annotations

import numpy as np
import pytest

from pbn.core.fair import Fairing, Kept
from pbn.core.strokes import Net, net_of
from pbn.core.trace import trace
from pbn.core.values import F64
from tests.helpers.maps import region_map


def _disc_net() -> Net:
    y, x = np.mgrid[:40, :40]
    return net_of(trace(region_map((np.hypot(y - 19.5, x - 19.5) < 8).astype(np.uint8))))


def _nothing(regions: int) -> Kept:
    zero = np.zeros((regions, 2))
    return Kept(zero, np.zeros(regions), zero, zero)


def _placed(net: Net, kept: Kept, narrow: float = 1.0) -> F64:
    n = len(net.place)
    return Fairing(net, kept).place(np.full(n, narrow), np.zeros(n, np.bool_))[0]


def test_no_point_goes_far() -> None:
    net = _disc_net()
    away = np.hypot(*(_placed(net, _nothing(2)) - net.place).T)
    assert 0.1 < away.max() < 0.7


def test_a_corridor_of_no_width_leaves_all_as_it_is() -> None:
    net = _disc_net()
    assert np.array_equal(_placed(net, _nothing(2), 0.0), net.place)


@pytest.mark.parametrize("narrow", [0.0, 1.0])
def test_discs_and_boxes_push_borders_out(narrow: float) -> None:
    net = _disc_net()
    middle = np.array([(20.0, 20.0)] * 2)
    round_one = Kept(middle, np.array([0, 8.5]), middle, np.zeros((2, 2)))
    stroke = net.strokes[0].points
    assert np.hypot(*(_placed(net, _nothing(2), narrow)[stroke] - 20).T).min() < 8.1
    assert np.hypot(*(_placed(net, round_one, narrow)[stroke] - 20).T).min() >= 8.5 - 1e-9
    square = Kept(middle, np.zeros(2), middle, np.array([(0, 0), (6.5, 6.0)]))
    away = np.abs(_placed(net, square, narrow)[stroke] - 20)
    assert not (away < np.array((6.5, 6.0)) - 1e-9).all(axis=1).any()


def test_corners_that_must_go_are_rounded() -> None:
    index = np.zeros((40, 40), np.uint8)
    index[10:30, 10:30] = 1
    net = net_of(trace(region_map(index)))
    n = len(net.place)
    fairing = Fairing(net, _nothing(2))
    sharp, corner = fairing.place(np.ones(n), np.zeros(n, np.bool_))
    assert corner.sum() == 4
    assert np.abs(np.abs(sharp[corner] - 20) - 10).max() < 1e-6
    blunt, none = fairing.place(np.ones(n), corner)
    assert not none.any()
    assert np.hypot(*(blunt[net.strokes[0].points] - 20).T).max() < np.hypot(10, 10) - 0.3


def test_ends_slide_along_the_frame_and_the_frames_corners_stay() -> None:
    y, x = np.mgrid[:40, :60]
    net = net_of(trace(region_map((y - 15.2 > 0.25 * x).astype(np.uint8))))
    place = _placed(net, _nothing(2))
    ends = net.strokes[0].points[[0, -1]]
    assert np.all(place[ends, 0] == net.place[ends, 0])
    assert np.all(np.abs(place[ends, 1] - net.place[ends, 1]) <= 0.45)
    assert np.abs(place[ends, 1] - net.place[ends, 1]).max() > 0.01
    corners = np.isin(net.place, (0, 40, 60)).all(axis=1)
    assert corners.sum() == 4
    assert np.array_equal(place[corners], net.place[corners])
