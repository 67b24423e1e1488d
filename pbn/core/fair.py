"""The fairest lines within a corridor about the staircases of a net's strokes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbn.core.chains import Chains
from pbn.core.ends import joined
from pbn.core.ragged import I64
from pbn.core.runs import corners
from pbn.core.soft import MOST_PX, backed, evened, false_corners
from pbn.core.strokes import Net, rows_of
from pbn.core.values import F64, Image

_ROUNDS = 4
"""Of smoothing and going back into the corridor (ADMM with a weight of 1)."""

_ALONG = 0.5
"""How far a point may slide along its border."""

_REACH = MOST_PX + 1.0
"""Farther than this no point moves."""

_BESIDE = 0.7
"""Pixels about a box in which the line through two points may cut its corner."""


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
    image
        The picture; where it has no edge corners are rounded and curls evened out. By default none are.
    """

    def __init__(self, net: Net, kept: Kept, image: Image | None = None) -> None:
        self.net, self.rows = net, rows_of(net.strokes)
        self.corners = corners(net.place[self.rows.index], self.rows)
        self.origin, self.room = net.place, _Room(net, kept)
        if image is not None and len(self.rows.index):
            false = false_corners(self.corners, net, self.rows, image)
            even = evened(net, self.rows, self.corners, false, image)
            back = backed(self.rows, self.room.boxed(even) & (even != net.place).any(axis=1))
            self.origin = even + back[:, None] * (net.place - even)
            self.corners = self.corners.some(~false)
        self.inner = np.flatnonzero(self.rows.inner)
        self.at = np.full(len(net.place), -1)  # of each point, in the rows
        self.at[self.rows.index[self.inner]] = self.inner

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
        origin = net.place + narrow[:, None] * (self.origin - net.place)
        corner = np.zeros(len(net.place), np.bool_)
        if not len(rows.index):
            return origin, corner
        sharp = ~blunt[rows.index[self.corners.at]]
        numbers = rows.index[self.corners.at[sharp]]
        origin[numbers], corner[numbers] = self.corners.place[sharp], True
        chains = Chains(rows, net.place[rows.index], corner[rows.index])
        line = self._line(chains, origin, narrow[rows.index])
        place = joined(net, chains, line, self._placed(line, origin), narrow)
        self.room.leave(place, np.arange(len(place)))
        return place, corner

    def _line(self, chains: Chains, origin: F64, narrow: F64) -> F64:
        """(m, 2): the rows' points smoothed; what smoothing takes off bends is given back first (twicing)."""
        points = origin[self.rows.index]
        stiff = chains.stiffness(points)
        wanted = 2 * points - chains.evened(chains.system(stiff, 1.0), points, points)
        system = chains.system(stiff, 2.0)
        line = chains.evened(system, wanted + points, points)
        corridor = _Corridor(chains, points, line, narrow, stiff)
        within, debt = self._clear(corridor.nearest(line), chains), np.zeros_like(line)
        for _ in range(_ROUNDS - 1):
            line = chains.evened(system, wanted + within - debt, points)
            within = self._clear(corridor.nearest(line + debt), chains)
            debt += line - within
        return corridor.ended(line)

    def _placed(self, line: F64, origin: F64) -> F64:
        """(n, 2): the points' places on a line (m, 2); nodes on which strokes only end stay."""
        place = origin.copy()
        place[self.rows.index[self.inner]] = line[self.inner]
        return place

    def _clear(self, line: F64, chains: Chains) -> F64:
        """A line's points out of the discs and boxes, the same wherever a row repeats them; ends are free."""
        clear = line.copy()
        self.room.leave(clear, self.at)
        clear = clear[chains.home]
        clear[chains.ends] = line[chains.ends]
        return clear


class _Corridor:
    """Where points may be: so far across their row from their origin, and so far along it; ends anywhere."""

    def __init__(self, chains: Chains, points: F64, line: F64, narrow: F64, stiff: F64) -> None:
        self.points, self.ends, self.heading = points, chains.ends, chains.headings(line)
        share = np.where(chains.corner, 0.0, narrow)
        self.far_across, self.far_along = share * chains.limit(self.heading, stiff), share * _ALONG

    def nearest(self, line: F64) -> F64:
        """Points moved into the corridor."""
        return self._moved(line, self.far_across)

    def ended(self, line: F64) -> F64:
        """Points as smooth as they are across their row, but for those that may not move at all."""
        return self._moved(line, np.where(self.far_across == 0, 0, np.inf))

    def _moved(self, line: F64, far_across: F64) -> F64:
        (x, y), (ux, uy) = (line - self.points).T, self.heading.T
        along = np.clip(ux * x + uy * y, -self.far_along, self.far_along)
        across = np.clip(ux * y - uy * x, -far_across, far_across)
        moved: F64 = self.points + np.stack([along * ux - across * uy, along * uy + across * ux], axis=1)
        moved[self.ends] = line[self.ends]
        return moved


class _Room:
    """Discs and boxes of regions, and the points that might enter them."""

    def __init__(self, net: Net, kept: Kept) -> None:
        free = ~net.fixed[net.point]
        point, region = net.point[free], net.region[free]
        (x, y), (cx, cy) = net.place.T, kept.centre.T
        dx, dy = x[point] - cx[region], y[point] - cy[region]
        disc = dx * dx + dy * dy < ((kept.radius + _REACH) ** 2)[region]
        self.disc_point, disc_region = point[disc], region[disc]
        self.centre, self.radius = kept.centre[disc_region], kept.radius[disc_region]
        boxed = kept.half.min(axis=1)[region] > 0
        point, region = point[boxed], region[boxed]
        deep = kept.half[region] - np.abs(net.place[point] - kept.middle[region])
        box = (deep > -_REACH).all(axis=1)
        self.box_point, self.middle, self.half = point[box], kept.middle[region[box]], kept.half[region[box]]

    def boxed(self, place: F64) -> NDArray[np.bool_]:
        """(n,): points in boxes of regions that they bound, or so near that a line to the next might be."""
        deep = self.half + _BESIDE - np.abs(place[self.box_point] - self.middle)
        inside = np.zeros(len(place), np.bool_)
        inside[self.box_point[(deep > 0).all(axis=1)]] = True
        return inside

    def leave(self, place: F64, at: I64) -> None:
        """Push points, of which number k is at ``at[k]``, out of discs and boxes of regions that they bound.

        The shortest way, in place.
        """
        point = at[self.disc_point]
        away = place[point] - self.centre
        far = np.hypot(*away.T)
        inside = far < self.radius
        push = (self.radius[inside] / np.maximum(far[inside], 1e-9))[:, None]
        place[point[inside]] = self.centre[inside] + away[inside] * push
        point = at[self.box_point]
        away = place[point] - self.middle
        deep = self.half - np.abs(away)
        inside = (deep > 0).all(axis=1)
        axis = deep[inside].argmin(axis=1)
        k = np.arange(len(axis))
        push = np.where(away[inside][k, axis] < 0, -1, 1) * deep[inside][k, axis]
        place[point[inside], axis] += push
