"""Where strokes end: their nodes move to where they run, so that no border has a hook at its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.chains import Chains
from pbn.core.sorting import distinct
from pbn.core.strokes import Net
from pbn.core.values import F64

_JOIN = 0.5
"""How far a node may move to where the strokes that end on it run."""

_FRAME = 1.0
"""How far one on the frame may; a line that leaves through the side of a pixel began in its middle."""

_APART = 0.35
"""How much of the way to the next node it may move."""

_BETWEEN = 0.6
"""How much of the way to the next point of the stroke that passes it a node may move."""

_THROUGH, _FIXED = 1e2, 1e6
"""Weights of the stroke that passes a node and of the frame, against those that end there."""

_STAYS = 0.05
"""Weight of the place that a node has."""

_GAP = 0.4
"""Pixels that the last point of a stroke keeps from its node."""


def joined(net: Net, chains: Chains, line: F64, place: F64, narrow: F64) -> F64:
    """Move nodes to where the strokes that end on them run, along the stroke or frame that passes.

    That is where the strokes' tangents come nearest to meeting, by least squares.

    Parameters
    ----------
    line : (m, 2)
        The smoothed rows, their ends free.
    place : (n, 2)
        The points' places without those ends.
    narrow : (n,)
        Each point's share of how far it may move.

    Returns
    -------
    (n, 2)
    """
    rows, frame = chains.rows, on_frame(net)
    nodes = distinct(rows.index[chains.ends & ~rows.closed[rows.stroke]])
    move = _to_meet(net, chains, line, place)[nodes]
    far = np.minimum(_APART * _alone(net), _between(chains, line, place))
    far = np.minimum(far, np.where(frame, _FRAME, _JOIN))[nodes] * narrow[nodes]
    move *= np.minimum(1, far / np.maximum(np.hypot(*move.T), 1e-9))[:, None]
    moved = place.copy()
    moved[nodes] += np.where(frame[nodes, None], move * _along_frame(net)[nodes], move)
    return _spaced(chains, chains.headings(line), moved)


def _to_meet(net: Net, chains: Chains, line: F64, place: F64) -> F64:
    """(n, 2): from each point's place to where the tangents of what ends and passes there come nearest."""
    rows, n, frame = chains.rows, len(place), np.flatnonzero(on_frame(net))
    ends = np.flatnonzero(chains.ends & ~rows.closed[rows.stroke])
    passing = np.flatnonzero(rows.inner & np.isin(rows.index, rows.index[ends]))
    number = np.concatenate([rows.index[ends], rows.index[passing], frame])
    start = np.concatenate([line[ends], line[passing], net.place[frame]])
    heading = chains.headings(line)
    ux, uy = np.concatenate([heading[ends], heading[passing], _along_frame(net)[frame]]).T
    weight = np.repeat([1.0, _THROUGH, _FIXED], [len(ends), len(passing), len(frame)])
    away = start - place[number]
    off = ux * away[:, 1] - uy * away[:, 0]
    parts = (uy * uy, ux * uy, ux * ux, uy * off, ux * off)
    sums = [np.bincount(number, weight * part, n) for part in parts]
    xx, xy, yy, x, y = np.stack(sums) + np.array([_STAYS, 0, _STAYS, 0, 0])[:, None]
    move: F64 = np.stack([xy * y - yy * x, xx * y - xy * x], axis=1) / (xx * yy - xy * xy)[:, None]
    return move


def _spaced(chains: Chains, heading: F64, place: F64) -> F64:
    """Points next to nodes moved back where they came too near, or went past."""
    place = place.copy()
    rows = chains.rows
    for ends, forward in ((chains.start, -1), (chains.end, 1)):
        end = ends[rows.inner[ends - forward] & ~rows.closed[rows.stroke[ends]]]
        node, last = rows.index[end], rows.index[end - forward]
        along = heading[end] * forward
        gap = ((place[node] - place[last]) * along).sum(axis=1)
        place[last] -= np.maximum(0, _GAP - gap)[:, None] * along
    return place


def _between(chains: Chains, line: F64, place: F64) -> F64:
    """(n,): how far nodes may move along what passes them without passing its next points."""
    inner = np.flatnonzero(chains.rows.inner)
    step = np.hypot(*np.diff(line, axis=0).T)
    between = np.full(len(place), np.inf)
    between[chains.rows.index[inner]] = _BETWEEN * np.minimum(step[inner - 1], step[inner])
    return between


def _alone(net: Net) -> F64:
    """(n,): how far each node is from the nearest to which an arc leads."""
    first, last = np.array([(arc[0], arc[-1]) for arc in net.arcs]).T
    away = np.hypot(*(net.place[first] - net.place[last]).T)
    away[first == last] = np.inf
    alone = np.full(len(net.place), np.inf)
    np.minimum.at(alone, np.concatenate([first, last]), np.tile(away, 2))
    return alone


def on_frame(net: Net) -> NDArray[np.bool_]:
    """(n,): points on the frame, but for its corners."""
    low, high = net.place.min(axis=0), net.place.max(axis=0)
    sides: NDArray[np.bool_] = ((net.place == low) | (net.place == high)).sum(axis=1) == 1
    return sides & net.fixed


def _along_frame(net: Net) -> F64:
    """(n, 2): for points on the frame their side's direction."""
    upright = (net.place[:, :1] == net.place[:, 0].min()) | (net.place[:, :1] == net.place[:, 0].max())
    return np.where(upright, (0.0, 1.0), (1.0, 0.0))
