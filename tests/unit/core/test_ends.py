from __future__ import annotations

import numpy as np
import pytest

from pbn.core.chains import Chains
from pbn.core.ends import joined
from pbn.core.fair import Fairing, Kept
from pbn.core.strokes import Net, net_of, rows_of
from pbn.core.trace import trace
from pbn.core.values import F64
from tests.helpers.maps import region_map


def _t_net(slope: float) -> Net:
    """A level border on which a slanting one ends from below."""
    y, x = np.mgrid[:80, :80]
    index = np.where(y < 40, 0, np.where(x + 0.5 - 40.7 > slope * (y + 0.5 - 40), 1, 2))
    return net_of(trace(region_map(index.astype(np.uint8))))


def _placed(net: Net) -> F64:
    zero = np.zeros((3, 2))
    n = len(net.place)
    return Fairing(net, Kept(zero, np.zeros(3), zero, zero)).place(np.ones(n), np.zeros(n, np.bool_))[0]


def _node(net: Net) -> int:
    """The number of the only node inside the frame."""
    inside = ((net.place > 0) & (net.place < 80)).all(axis=1) & (net.place == np.floor(net.place)).all(axis=1)
    return int(np.flatnonzero(inside)[0])


@pytest.mark.parametrize("slope", [0.0, 0.13, 0.4, -0.3])
def test_a_border_ends_on_another_without_a_hook(slope: float) -> None:
    net = _t_net(slope)
    place, node = _placed(net), _node(net)
    (stroke,) = (s for s in net.strokes if node in s.points[[0, -1]])
    line = place[stroke.points if stroke.points[0] == node else stroke.points[::-1]]
    along = (line[-1] - line[0]) / np.hypot(*(line[-1] - line[0]))
    assert np.abs((line - line[0]) @ np.array([-along[1], along[0]])).max() < 0.1
    assert place[node, 1] == pytest.approx(40, abs=1e-3)
    assert abs(place[node, 0] - 40.7) < 0.4
    assert np.hypot(*(line[1] - line[0])) >= 0.4 - 1e-9


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_no_node_goes_farther_than_it_may(share: float) -> None:
    net = _t_net(0.3)
    rows = rows_of(net.strokes)
    chains = Chains(rows, net.place[rows.index], np.zeros(len(rows.index), np.bool_))
    astray = net.place[rows.index] + np.where(chains.ends, 9.0, 0)[:, None]
    moved = joined(net, chains, astray, net.place, np.full(len(net.place), share))
    whole = (net.place == np.floor(net.place)).all(axis=1)
    away = np.hypot(*(moved - net.place).T)[whole]
    assert away.max() <= share * 1.0 + 1e-9
    assert share == 0 or away.max() > 0.1 * share
    frame = (net.place == 0) | (net.place == 80)
    assert np.array_equal(moved[frame], net.place[frame])
