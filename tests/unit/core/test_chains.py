from __future__ import annotations

import numpy as np
import pytest

from pbn.core.chains import Chains
from pbn.core.strokes import net_of, rows_of
from pbn.core.trace import trace
from pbn.core.values import F64
from tests.helpers.maps import region_map


def _border(index: np.typing.NDArray[np.bool_]) -> tuple[Chains, F64]:
    """The chains of a map's borders, and their points."""
    net = net_of(trace(region_map(index.astype(np.uint8))))
    rows = rows_of(net.strokes)
    points = net.place[rows.index]
    return Chains(rows, points, np.zeros(len(points), np.bool_)), points


def _half(slope: float) -> tuple[Chains, F64]:
    y, x = np.mgrid[:90, :120]
    return _border(y - 20.3 > slope * x)


@pytest.mark.parametrize("slope", [0.0, 0.03, 0.11, 0.4, 0.5])
def test_a_straight_border_is_as_stiff_as_can_be(slope: float) -> None:
    chains, points = _half(slope)
    stiff = chains.stiffness(points)
    assert (stiff == stiff.max()).all()
    assert stiff[0] > 1e6


def test_borders_are_less_stiff_where_they_bend_more() -> None:
    y, x = np.mgrid[:200, :200]
    median = [
        float(np.median(chains.stiffness(points)))
        for chains, points in (_border(np.hypot(x - 99.5, y - 99.5) < radius) for radius in (5, 15, 80))
    ]
    assert 16 <= median[0] < median[1] < median[2] < 1e6


def test_a_straight_border_stays_stiff_away_from_a_bend() -> None:
    y, x = np.mgrid[:200, :400]
    chains, points = _border(y > 100 + 30 * np.exp(-(((x - 330) / 6.0) ** 2)))
    stiff = chains.stiffness(points)
    assert (stiff[points[:, 0] < 180] == stiff.max()).all()
    assert stiff[np.abs(points[:, 0] - 330) < 3].max() < 1e-3 * stiff.max()


def test_a_line_goes_through_its_corners_and_bends_there_only() -> None:
    net = net_of(trace(region_map((np.add.outer(np.arange(60), np.zeros(60)) > 30).astype(np.uint8))))
    rows = rows_of(net.strokes)
    points = net.place[rows.index].copy()
    corner = np.zeros(len(points), np.bool_)
    corner[30] = True
    wanted = points + np.stack([np.zeros(len(points)), 0.2 * np.abs(np.arange(len(points)) - 30.0)], axis=1)
    chains = Chains(rows, points, corner)
    line = chains.evened(chains.system(1e6, 1.0), wanted, points)
    assert np.allclose(line[30], points[30], atol=1e-6)
    assert np.allclose(line[:, 1], wanted[:, 1], atol=1e-3)


def test_headings_are_of_length_one_and_no_row_looks_at_the_next() -> None:
    index = np.zeros((40, 60), np.bool_)
    index[:, 20:] = True
    index[:, 40:] = False
    chains, points = _border(index)
    heading = chains.headings(points)
    assert np.allclose(np.hypot(*heading.T), 1)
    assert np.allclose(np.abs(heading[:, 1]), 1)
