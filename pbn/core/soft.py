"""Corners, curls and notches that only the map has and the picture has not, and their evening out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.chains import springs
from pbn.core.colour import din99o_of
from pbn.core.ragged import I64
from pbn.core.runs import Corners
from pbn.core.sorting import distinct
from pbn.core.strokes import Net, Rows
from pbn.core.values import F32, F64, Image

_SIDE = 1.5
"""Pixels to either side of a border at which the picture is looked at."""

_LEG = np.arange(2, 9)
"""Points from a corner by which its legs are judged; its tip itself is blurred in any photo."""

_TURNS, _EDGES = np.radians((95, 110)), (7.0, 16.0)
"""What edge (DIN99o) the picture must have along both legs of a corner that turns so far.

Little will do for what man has made, whose corners are right angles or wider; what is sharper still is
mostly the gap between two hairs or twigs.
"""

_LONG = 24
"""Points of an arm that is straight by no chance: half the edge will do."""

_CORNER_REACH, _CORNER_PX = 8, 3.5
"""Points to either side of a false corner that are evened out, and over how many pixels at its tip."""

_CURL_REACH, _CURL_PX = 12, 6.0
"""The same for a curl; a hook in a sky is some pixels high."""

_NOTCH_REACH, _NOTCH_PX = 10, 5.0
"""The same for a notch at a junction."""

_WINDOW, _CURL = 8, np.radians(60)
"""A border curls where it turns so far within so many points to either side."""

_FAINT = 1.5
"""DIN99o: where the picture differs by no more across a border, its course is a matter of grain."""

_ISLAND = 100
"""Points of a stroke; a shorter one is evened out less, as it would shrink."""

_NOTCH, _ARM = 6, 18
"""Points to either side of a junction that it may draw to itself, and by which a border's way is told."""

_OFF, _BENT, _WINDS = 1.0, np.radians(25), 0.9
"""Pixels that it draws it at least; how far the border may turn there all the same, and pixels that its
arms may bend."""

MOST_PX = 4.0
"""No point moves farther than this."""

_MOST_SHARE = 0.005
"""Of the picture: what all of them together may sweep over. Where it would be more, as in a meadow of
thousands of thorns, all move less."""


def false_corners(corners: Corners, net: Net, rows: Rows, image: Image) -> NDArray[np.bool_]:
    """(k,): of which corners the picture lacks an edge on one leg at least.

    Parameters
    ----------
    corners
        Found in the rows.
    net, rows
        The points, and how they lie.
    image
        What was painted, of the map's size.
    """
    at = corners.at[:, None]
    legs = [_within(at + way * _LEG, at, rows) for way in (-1, 1)]
    looked = [(rows.index[leg], there) for leg, there in legs]
    edge = np.minimum(*(_mean(_contrast(net.place[point], image), there) for point, there in looked))
    tip = net.place[rows.index[corners.at]]
    (ax, ay), (bx, by) = ((_mean(net.place[point], there) - tip).T for point, there in looked)
    turn = np.pi - np.abs(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
    wanted = np.interp(turn, _TURNS, _EDGES) * np.where(corners.arm < _LONG, 1.0, 0.5)
    false: NDArray[np.bool_] = edge < wanted
    return false


def evened(net: Net, rows: Rows, corners: Corners, false: NDArray[np.bool_], image: Image) -> F64:
    """(n, 2): the net's points, evened out about the corners that are ``false`` (k,), in curls and notches.

    A curl is where a border winds though the picture has next to no edge: a hook in a sky. A notch is
    where another border's end has drawn a straight one to itself.
    """
    place = net.place.copy()
    points, edge = place[rows.index], _contrast(place, image)[rows.index]
    notched = _junctions(points, edge, net, rows)
    scale = np.maximum.reduce(
        (
            _CORNER_PX * _about(corners.at[false], _CORNER_REACH, rows),
            _CURL_PX * _curls(points, edge, rows),
            _NOTCH_PX * _about(notched, _NOTCH_REACH, rows),
        )
    )
    scale[_ends(rows)] = scale[corners.at[~false]] = 0
    bent = np.flatnonzero(scale)
    if not len(bent):
        return place
    some = distinct(np.concatenate([bent - 1, bent, bent + 1]))
    move = springs(scale[some] ** 4, 1.0).solve(points[some]) - points[some]
    move *= np.minimum(1, MOST_PX / np.maximum(np.hypot(*move.T), 1e-9))[:, None]
    inner = rows.inner[some]
    swept = float(np.hypot(*move[inner].T).sum())  # the points are a pixel apart
    move *= min(1.0, _MOST_SHARE * image.width * image.height / max(swept, 1e-9))
    place[rows.index[some[inner]]] += move[inner]
    return place


def backed(rows: Rows, points: NDArray[np.bool_]) -> F64:
    """(n,): how far each point must go back to its place, that these (n,) may and none has a kink."""
    back = np.zeros(len(points))
    back[rows.index] = _about(np.flatnonzero(points[rows.index] & rows.inner), _CORNER_REACH, rows)
    return back


def _curls(points: F64, edge: F64, rows: Rows) -> F64:
    """(m,): how much each point is to be evened out as part of a curl, at most 1."""
    begin = np.flatnonzero(np.diff(rows.stroke, prepend=-1))
    length = np.diff(np.append(begin, len(points)))
    at, first = np.arange(len(points)), np.repeat(begin, length)
    low = np.maximum(at - _WINDOW, first)
    high = np.minimum(at + _WINDOW, first + np.repeat(length, length) - 1)
    (ax, ay), (bx, by) = (points - points[low]).T, (points[high] - points).T
    turn = np.abs(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
    total = np.append(0, np.cumsum(edge))
    mean = (total[high + 1] - total[low]) / (high + 1 - low)
    curl = np.flatnonzero((turn > _CURL) & (mean < _FAINT))
    small = np.minimum(1, rows.count[rows.stroke] / _ISLAND)
    share: F64 = _about(curl, _CURL_REACH, rows) * small * (2 - mean / _FAINT).clip(0, 1)
    return share


def _junctions(points: F64, edge: F64, net: Net, rows: Rows) -> I64:
    """(k,): places where a border runs straight on past another's end, but for a notch right there."""
    node = (net.place == np.floor(net.place)).all(axis=1)
    at = np.flatnonzero(node[rows.index] & rows.inner)
    at = at[(at >= _ARM) & (at < len(points) - _ARM)]
    at = at[(rows.stroke[at - _ARM] == rows.stroke[at]) & (rows.stroke[at + _ARM] == rows.stroke[at])]
    a, b, c, d = (points[at + off] for off in (-_ARM, -_NOTCH, _NOTCH, _ARM))
    (ax, ay), (bx, by) = (b - a).T, (d - c).T
    turn = np.abs(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
    bulge = (b + c - a - d) * (_NOTCH**2 / (_ARM**2 - _NOTCH**2))  # twice that of the arms' own arc
    off = _off(points[at], b + bulge / 2, c + bulge / 2)
    half = (_NOTCH + _ARM) // 2
    winds = np.maximum(_off(points[at - half], a, b), _off(points[at + half], c, d))
    clear = np.minimum(*(edge[at[:, None] + way * _LEG].mean(axis=1) for way in (-1, 1)))
    notched: I64 = at[(turn < _BENT) & (off > _OFF) & (winds < _WINDS) & (clear > _EDGES[0])]
    return notched


def _off(point: F64, a: F64, b: F64) -> F64:
    """(k,): how far points (k, 2) are from the lines through two others."""
    (x, y), (ux, uy) = (point - a).T, (b - a).T
    off: F64 = np.abs(x * uy - y * ux) / np.maximum(np.hypot(ux, uy), 1e-9)
    return off


def _about(at: I64, reach: int, rows: Rows) -> F64:
    """(m,): 1 at some places in the rows, fading to 0 beyond ``reach`` points to either side."""
    off = np.arange(-reach, reach + 1)
    near, there = _within(at[:, None] + off, at[:, None], rows)
    fading = np.broadcast_to(1 - (off / (reach + 1)) ** 2, near.shape)
    share = np.zeros(int(rows.index.max(initial=-1)) + 1)
    np.maximum.at(share, rows.index[near[there]], fading[there])
    return share[rows.index]


def _within(places: I64, at: I64, rows: Rows) -> tuple[I64, NDArray[np.bool_]]:
    """Places in the rows, and whether they are in the row of the place ``at``; elsewhere that is given."""
    inside = places.clip(0, len(rows.index) - 1)
    there = rows.stroke[inside] == rows.stroke[at]
    return np.where(there, inside, at), there


def _mean(values: F64, there: NDArray[np.bool_]) -> F64:
    """(k,) or (k, 2): the means of those of the values (k, m) or (k, m, 2) that are there; nought of none."""
    weight = there / np.maximum(there.sum(axis=1), 1)[:, None]
    mean: F64 = np.einsum("km,km...->k...", weight, values)
    return mean


def _contrast(place: F64, image: Image) -> F64:
    """(k, m): how far (DIN99o) the picture differs from one side of a pixel edge to the other."""
    x, y = place[..., 0], place[..., 1]
    dx, dy = _SIDE * (x == np.floor(x)), _SIDE * (y == np.floor(y))
    colours = din99o_of(image)
    step = _at(x + dx, y + dy, colours) - _at(x - dx, y - dy, colours)
    contrast: F64 = np.sqrt((step.astype(np.float64) ** 2).sum(axis=-1))
    return contrast


def _at(x: F64, y: F64, colours: F32) -> F32:
    h, w = colours.shape[:2]
    column, row = (np.floor(v).astype(np.int64).clip(0, n - 1) for v, n in ((x, w), (y, h)))
    found: F32 = colours[row, column]
    return found


def _ends(rows: Rows) -> NDArray[np.bool_]:
    """(m,): where a row begins or ends."""
    changes = np.diff(rows.stroke) != 0
    ends: NDArray[np.bool_] = np.append(True, changes) | np.append(changes, True)
    return ends
