from __future__ import annotations

import numpy as np
import pytest

from pbn.core.runs import corners
from pbn.core.strokes import Rows, Stroke, net_of, rows_of
from pbn.core.trace import trace
from pbn.core.values import F64
from tests.helpers.maps import region_map


def _rows(*counts: int) -> Rows:
    first = np.cumsum([0, *counts[:-1]])
    return rows_of(
        tuple(Stroke(np.arange(a, a + n), closed=False) for a, n in zip(first, counts, strict=True))
    )


def _bent(degrees: float, arm: int = 30, slope: float = 0.0) -> F64:
    """Two arms of points a pixel apart, the second turned, from (0, 0); the corner is point ``arm``."""
    angle = np.where(np.arange(2 * arm) < arm, slope, slope + np.radians(degrees))
    return np.concatenate(
        [np.zeros((1, 2)), np.cumsum(np.stack([np.cos(angle), np.sin(angle)], axis=1), axis=0)]
    )


@pytest.mark.parametrize("degrees", [-120, -90, -45, 40, 60, 90, 135])
@pytest.mark.parametrize("slope", [0.0, 0.4, 2.0])
def test_a_corner_is_where_its_arms_meet(degrees: float, slope: float) -> None:
    points = _bent(degrees, slope=slope)
    found = corners(points, _rows(len(points)))
    assert found.at.tolist() == [30]
    assert np.allclose(found.place, points[[30]], atol=1e-3)


@pytest.mark.parametrize("degrees", [0, 5, 15])
def test_a_slight_turn_is_no_corner(degrees: float) -> None:
    points = _bent(degrees)
    assert len(corners(points, _rows(len(points))).at) == 0


def test_a_blunt_corner_is_sharpened() -> None:
    points = np.delete(_bent(90), 30, axis=0)
    found = corners(points, _rows(len(points)))
    assert len(found.at) == 1
    assert np.allclose(found.place, [(30, 0)], atol=0.3)


def test_no_corner_is_made_of_two_strokes() -> None:
    points = _bent(90)
    assert len(corners(points, _rows(31, 30)).at) == 0


def test_a_closed_stroke_has_each_corner_once() -> None:
    index = np.zeros((40, 40), np.uint8)
    index[10:30, 10:30] = 1
    net = net_of(trace(region_map(index)))
    rows = rows_of(net.strokes)
    found = corners(net.place[rows.index], rows)
    assert sorted(map(tuple, found.place.round(6).tolist())) == [(10, 10), (10, 30), (30, 10), (30, 30)]
    assert rows.inner[found.at].all()


def test_an_arc_has_no_corners() -> None:
    angle = np.linspace(0, 2 * np.pi, 157)[:-1]
    points = 25 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows = rows_of((Stroke(np.arange(156), closed=True),))
    assert len(corners(points[rows.index], rows).at) == 0
