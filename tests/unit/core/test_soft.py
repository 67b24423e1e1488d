from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.runs import corners
from pbn.core.soft import MOST_PX, backed, evened, false_corners
from pbn.core.strokes import net_of, rows_of
from pbn.core.trace import trace
from pbn.core.values import U8, Image
from tests.helpers.maps import region_map

Shape = NDArray[np.bool_]


def _box(side: int = 24) -> Shape:
    """A square with room about it."""
    box = np.zeros((side + 80, side + 80), np.bool_)
    box[15:-65, 15:-65] = True
    return box


def _spike() -> Shape:
    """A triangle that ends in a point of about 50 degrees."""
    y, x = np.mgrid[:60, :60]
    spike: Shape = (y > 12) & (y < 31) & (np.abs(x - 29.5) < 0.45 * (y - 12))
    return spike


def _shaded(shape: Shape, step: int, ground: int = 120) -> Image:
    grey: U8 = np.where(shape, ground + step, ground).astype(np.uint8)
    return Image(np.repeat(grey[:, :, None], 3, axis=2))


def _judged(shape: Shape, image: Image) -> tuple[list[bool], NDArray[np.float64]]:
    """Whether each corner of the shape is false, from its top down, and how far the points then move."""
    net = net_of(trace(region_map(shape.astype(np.uint8))))
    rows = rows_of(net.strokes)
    found = corners(net.place[rows.index], rows)
    false = false_corners(found, net, rows, image)
    place = evened(net, rows, found, false, image)
    return false[np.argsort(found.place[:, 1])].tolist(), np.hypot(*(place - net.place).T)


def test_a_corner_that_the_picture_has_is_kept() -> None:
    false, moved = _judged(_box(), _shaded(_box(), 60))
    assert false == [False] * 4
    assert moved.max() == 0


def test_a_corner_where_the_picture_is_even_is_false() -> None:
    false, moved = _judged(_box(), _shaded(_box(), 0))
    assert false == [True] * 4
    assert 1 < moved.max() <= MOST_PX


def test_one_leg_without_an_edge_makes_a_corner_false() -> None:
    """The picture's edge goes on beyond the map's corners at the box's right side."""
    wide = _box(20)
    wide[15:-65, 30:] = True
    false, _ = _judged(_box(20), _shaded(wide, 60))
    assert sorted(false) == [False, False, True, True]


def test_what_is_sharper_than_a_right_angle_needs_more_of_an_edge() -> None:
    assert _judged(_box(), _shaded(_box(), 25))[0] == [False] * 4
    assert [_judged(_spike(), _shaded(_spike(), step))[0][0] for step in (25, 120)] == [True, False]


def test_a_picture_full_of_false_corners_is_evened_within_a_share_of_it() -> None:
    """Of the same spike in a larger picture more of the corner goes."""
    spike = np.pad(_spike()[10:33, 17:43], 1)
    alone = np.pad(spike, 60)
    near, far = (_judged(shape, _shaded(shape, 3))[1] for shape in (spike, alone))
    assert 0 < near.sum() <= 0.005 * spike.size * 1.01
    assert near.max() < 0.8 * far.max()


def test_points_far_from_false_corners_stay() -> None:
    """The picture is as dark as it is even beside the border, but for one corner of the box."""
    box = _box(40)
    patch = np.zeros_like(box)
    patch[:30, :30] = True
    false, moved = _judged(box, _shaded(box & ~patch, 60))
    assert false.count(True) == 1
    net = net_of(trace(region_map(box.astype(np.uint8))))
    assert np.hypot(*(net.place[moved > 0] - 15).T).max() < 10


def _hook() -> Shape:
    """A level border with a hook: it goes up, back, and on."""
    below = np.zeros((160, 120), np.bool_)
    below[80:] = True
    below[74:80, 50:66] = True
    below[78:80, 62:66] = False
    return below


def _turns_back(shape: Shape, image: Image) -> bool:
    net = net_of(trace(region_map(shape.astype(np.uint8))))
    rows = rows_of(net.strokes)
    found = corners(net.place[rows.index], rows)
    place = evened(net, rows, found, false_corners(found, net, rows, image), image)
    along = np.diff(place[rows.index, 0])
    return bool(along.min() < 0 < along.max())


def test_a_hook_is_evened_out_where_the_picture_has_next_to_no_edge() -> None:
    assert not _turns_back(_hook(), _shaded(_hook(), 2))
    assert _turns_back(_hook(), _shaded(_hook(), 60))


def test_an_island_hardly_shrinks() -> None:
    y, x = np.mgrid[:40, :40]
    net = net_of(trace(region_map((np.hypot(y - 19.5, x - 19.5) < 8).astype(np.uint8))))
    rows = rows_of(net.strokes)
    none = corners(net.place[rows.index], rows)
    place = evened(
        net, rows, none, np.zeros(len(none.at), np.bool_), Image(np.full((40, 40, 3), 99, np.uint8))
    )
    assert np.hypot(*(place[rows.index[rows.inner]] - 20).T).min() > 7


def test_a_border_runs_straight_past_anothers_end() -> None:
    """An upright border is drawn two pixels aside where a level one ends on it."""
    index = np.zeros((60, 60), np.uint8)
    index[:, 30:] = 1
    index[30:, 30:] = 2
    shades = np.array([80, 160, 180], np.uint8)[index]
    for row, first in enumerate((29, 28, 28, 28, 28, 28, 28, 29), start=26):
        index[row, first:30] = 1 if row < 30 else 2
    net = net_of(trace(region_map(index)))
    rows = rows_of(net.strokes)
    found = corners(net.place[rows.index], rows)
    image = Image(np.repeat(shades[:, :, None], 3, axis=2))
    place = evened(net, rows, found, false_corners(found, net, rows, image), image)
    node = np.flatnonzero((net.place == (28, 30)).all(axis=1))
    assert place[node, 0] > 28.7


def test_points_go_back_with_those_beside_them() -> None:
    net = net_of(trace(region_map(_box().astype(np.uint8))))
    rows = rows_of(net.strokes)
    some = np.zeros(len(net.place), np.bool_)
    some[rows.index[rows.inner][40]] = True
    back = backed(rows, some)
    assert back[some] == 1
    away = np.hypot(*(net.place - net.place[some]).T)
    assert back[(away > 0) & (away < 5)].min() > 0.5
    assert back[away > 9].max() == 0
