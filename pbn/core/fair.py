"""The fairest lines within a corridor about the staircases of a net's strokes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbn.core.banded import Pentadiagonal
from pbn.core.runs import Runs
from pbn.core.strokes import Net, Rows, rows_of
from pbn.core.values import F64

_STIFFNESS = 20.0
"""Weight of squared second differences against squared displacement."""

_ROUNDS = 6
"""Of smoothing and going back into the corridor (ADMM with a weight of 1)."""

_ACROSS = 0.34
"""How far a border may leave the middle of a pixel edge, in pixels, towards the middles of the pixels.

Those are 0.5 away; so few pixels change sides.
"""

_ALONG = 0.5
"""How far a point may slide along its border."""

_NODE = 0.45
"""How far a node may move; two of them may be a pixel apart."""

_LEAST_ACROSS = 0.1

_HARD = 1e6
"""Weight of what must stay in its place."""

_REACH = 2.0
"""Farther than this no point moves."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What no border may enter: in each region a disc, and a box about ``middle`` of ``half`` sides."""

    centre: F64
    radius: F64
    middle: F64
    half: F64


class Fairing:
    """All strokes of a net, made ready to be smoothed.

    Parameters
    ----------
    net
        From `pbn.core.strokes.net_of`.
    kept
        Of each region.
    """

    def __init__(self, net: Net, kept: Kept) -> None:
        self.net, self.rows = net, rows_of(net.strokes)
        self.runs = Runs(net.place[self.rows.index], self.rows)
        self.corners = self.runs.corners()
        self.room = _Room(net, kept)

    def place(self, narrow: F64, blunt: NDArray[np.bool_]) -> tuple[F64, NDArray[np.bool_]]:
        """Smooth them.

        Parameters
        ----------
        narrow : (n,)
            The corridor's share at each point.
        blunt : (n,)
            Points that are to be no corners.

        Returns
        -------
        (n, 2), (n,)
            The points' places, and which are corners.
        """
        net, rows = self.net, self.rows
        origin, corner = net.place.copy(), np.zeros(len(net.place), np.bool_)
        if not len(rows.index):
            return origin, corner
        sharp = ~blunt[rows.index[self.corners.at]]
        numbers = rows.index[self.corners.at[sharp]]
        origin[numbers], corner[numbers] = self.corners.place[sharp], True
        wanted = self.runs.straightened(np.flatnonzero(corner[rows.index]))
        wanted[corner[rows.index]] = origin[rows.index[corner[rows.index]]]
        sliding = _on_frame(net)
        solver = _Solver(rows, corner, sliding)
        place = solver(origin, wanted, origin)
        corridor = _Corridor(net, origin, solver.headings(place), narrow, corner, sliding)
        within, debt = self.room.leave(corridor.nearest(place)), np.zeros_like(place)
        for _ in range(_ROUNDS - 1):
            place = solver(within, wanted, within - debt)
            within = self.room.leave(corridor.nearest(place + debt))
            debt += place - within
        return self.room.leave(corridor.ended(place)), corner


class _Solver:
    """Whittaker smoothing of all rows at once: one banded system, factored once.

    Each row is a chain of springs that bend freely at corners; its ends stay, but those on the frame.
    """

    def __init__(self, rows: Rows, corner: NDArray[np.bool_], sliding: NDArray[np.bool_]) -> None:
        self.rows, m = rows, len(rows.index)
        start = np.flatnonzero(np.diff(rows.stroke, prepend=-1))
        end = np.append(start[1:], m) - 1
        ends = np.zeros(m, np.bool_)
        ends[start] = ends[end] = True
        self.solved = rows.inner | (ends & sliding[rows.index])
        self.hard = (ends & ~self.solved) | corner[rows.index]
        weight = np.where(self.hard, _HARD, 2.0)
        bend = np.zeros(m)
        bend[~(ends | corner[rows.index])] = _STIFFNESS
        middle = weight + 4 * bend
        middle[:-1] += bend[1:]
        middle[1:] += bend[:-1]
        self.system = Pentadiagonal(middle, -2 * (bend[:-1] + bend[1:]), bend[1:-1])

    def __call__(self, place: F64, wanted: F64, near: F64) -> F64:
        """Every point's place: smooth along its row, near what is ``wanted`` (m, 2) and ``near`` (n, 2)."""
        index = self.rows.index
        right = np.where(self.hard[:, None], _HARD * place[index], wanted + near[index])
        solved = self.system.solve(right)
        out = place.copy()
        out[index[self.solved]] = solved[self.solved]
        return out

    def headings(self, place: F64) -> F64:
        """(n, 2): unit direction of the row through each point; zero where there is none."""
        index, inner = self.rows.index, np.flatnonzero(self.rows.inner)
        step = place[index[inner + 1]] - place[index[inner - 1]]
        out = np.zeros_like(place)
        out[index[inner]] = step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        return out


class _Corridor:
    """Where points may be: about their origin, so far across their row, and so far along it."""

    def __init__(
        self,
        net: Net,
        origin: F64,
        heading: F64,
        narrow: F64,
        corner: NDArray[np.bool_],
        sliding: NDArray[np.bool_],
    ) -> None:
        whole = net.place == np.floor(net.place)
        node = whole.all(axis=1)
        heading = np.where(sliding[:, None], _along_frame(net), heading)
        self.origin, self.along = origin, heading
        self.across = np.stack([-heading[:, 1], heading[:, 0]], axis=1)
        # an upright edge has pixels to its left and right: its middle's x is whole
        facing = np.abs(np.where(whole[:, 0], self.across[:, 0], self.across[:, 1]))
        stays = (net.fixed & ~sliding) | corner
        limit = np.where(node, _NODE, np.maximum(_ACROSS * facing, _LEAST_ACROSS))
        self.far_across = np.where(stays | sliding, 0, limit * narrow)
        self.far_along = np.where(stays, 0, np.where(sliding, _NODE, _ALONG) * narrow)

    def nearest(self, place: F64) -> F64:
        """Points moved into the corridor."""
        away = place - self.origin
        across = np.clip((away * self.across).sum(axis=1), -self.far_across, self.far_across)
        along = np.clip((away * self.along).sum(axis=1), -self.far_along, self.far_along)
        moved: F64 = self.origin + across[:, None] * self.across + along[:, None] * self.along
        return moved

    def ended(self, place: F64) -> F64:
        """Smooth points as they are, but for those that may not move across at all: they are moved back."""
        return np.where(self.far_across[:, None] == 0, self.nearest(place), place)


class _Room:
    """Discs and boxes of regions, and the points that might enter them."""

    def __init__(self, net: Net, kept: Kept) -> None:
        free = ~net.fixed[net.point]
        point, region = net.point[free], net.region[free]
        away = net.place[point] - kept.centre[region]
        disc = np.hypot(*away.T) < kept.radius[region] + _REACH
        deep = kept.half[region] - np.abs(net.place[point] - kept.middle[region])
        box = (deep > -_REACH).all(axis=1) & (kept.half[region] > 0).all(axis=1)
        self.disc_point, self.centre = point[disc], kept.centre[region[disc]]
        self.radius = kept.radius[region[disc]]
        self.box_point, self.middle, self.half = (
            point[box],
            kept.middle[region[box]],
            kept.half[region[box]],
        )

    def leave(self, place: F64) -> F64:
        """Points pushed out of the discs and boxes of the regions that they bound, the shortest way."""
        place = place.copy()
        away = place[self.disc_point] - self.centre
        far = np.hypot(*away.T)
        inside = far < self.radius
        push = (self.radius[inside] / np.maximum(far[inside], 1e-9))[:, None]
        place[self.disc_point[inside]] = self.centre[inside] + away[inside] * push
        away = place[self.box_point] - self.middle
        deep = self.half - np.abs(away)
        inside = (deep > 0).all(axis=1)
        axis = deep[inside].argmin(axis=1)
        k = np.arange(len(axis))
        push = np.where(away[inside][k, axis] < 0, -1, 1) * deep[inside][k, axis]
        place[self.box_point[inside], axis] += push
        return place


def _on_frame(net: Net) -> NDArray[np.bool_]:
    """(n,): points on the frame, but for its corners."""
    low, high = net.place.min(axis=0), net.place.max(axis=0)
    sides: NDArray[np.bool_] = ((net.place == low) | (net.place == high)).sum(axis=1) == 1
    return sides & net.fixed


def _along_frame(net: Net) -> F64:
    """(n, 2): for points on the frame their side's direction."""
    upright = (net.place[:, :1] == net.place[:, 0].min()) | (net.place[:, :1] == net.place[:, 0].max())
    return np.where(upright, (0.0, 1.0), (1.0, 0.0))
