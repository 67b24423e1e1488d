"""Rows of points as chains of springs: how stiff they may be, and the smooth lines they take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pbn.core.banded import Pentadiagonal
from pbn.core.ragged import I64
from pbn.core.strokes import Rows
from pbn.core.values import F64

_SCALES = (2.0, 3.0, 4.5, 6.8, 10.0, 15.0, 23.0, 34.0)
"""Pixels over which a border may be evened out: fourth roots of stiffness against displacement."""

_SLACK, _MOST_SLACK = 0.03, 0.3
"""So far beyond the corridor, for each pixel of the scale and at most, an evened line may be and still
be taken for the border's."""

_SPREAD = 2.0
"""Where it is farther, the border is less stiff within so many of that scale."""

_ACROSS = 0.5
"""How far a border may leave the middle of a pixel edge, in pixels, towards the middles of the pixels.

No pixel's middle changes sides then, and whatever line or arc the edges stand for is within.
"""

_WINDING = 0.5
"""The share of that where a border winds: what rounds its bends goes beyond, and would repaint pixels."""

_NODE = 0.45
"""How far a node may move across the stroke that passes it; two of them may be a pixel apart."""

_LEAST_ACROSS = 0.1

_HARD = 1e10
"""Weight of what must stay in its place, far above any stiffness."""


_ALL = slice(None)


def springs(stiff: F64, weight: F64 | float) -> Pentadiagonal:
    """Squared second differences, each as ``stiff`` (m,) as its middle point, against squared displacement.

    Where it is nought a point is a joint, or the end of what lies end to end.
    """
    middle = weight + 4 * stiff
    middle[:-1] += stiff[1:]
    middle[1:] += stiff[:-1]
    return Pentadiagonal(middle, -2 * (stiff[:-1] + stiff[1:]), stiff[1:-1])


class Chains:
    """All rows, as chains that bend freely at corners and at their ends.

    Parameters
    ----------
    rows
        How the points lie.
    edges : (m, 2)
        Their places on the raster: middles of pixel edges, and nodes.
    corner : (m,)
        Points that stay in their places.
    """

    def __init__(self, rows: Rows, edges: F64, corner: NDArray[np.bool_]) -> None:
        self.rows, self.corner, m = rows, corner, len(rows.index)
        start = np.flatnonzero(np.diff(rows.stroke, prepend=-1))
        self.start, self.end = start, np.append(start[1:], m) - 1
        self.ends = np.zeros(m, np.bool_)
        self.ends[self.start] = self.ends[self.end] = True
        self.stops = self.ends | corner
        self.home = self._home()
        self.upright = edges[:, 0] == np.floor(edges[:, 0])
        self.node = self.upright & (edges[:, 1] == np.floor(edges[:, 1]))

    def _home(self) -> NDArray[np.int64]:
        """(m,): of what closed rows repeat, the first place; of all else its own."""
        rows, inner = self.rows, np.flatnonzero(self.rows.inner)
        home = np.zeros(int(rows.index.max(initial=0)) + 1, np.int64)
        home[rows.index[inner]] = inner
        return np.where(rows.closed[rows.stroke], home[rows.index], np.arange(len(rows.index)))

    def system(self, stiff: F64 | float, weight: float, some: I64 | slice = _ALL) -> Pentadiagonal:
        """Whittaker smoothing of the rows: squared second differences against squared displacement.

        Of all points, or of some, which must be whole pieces from stop to stop.
        """
        return springs(np.where(self.stops[some], 0, stiff), np.where(self.corner[some], _HARD, weight))

    def evened(self, system: Pentadiagonal, wanted: F64, points: F64, some: I64 | slice = _ALL) -> F64:
        """The smooth line (m, 2) near what is ``wanted``, through the corners among the ``points``."""
        corner = np.flatnonzero(self.corner[some])
        wanted = wanted.copy()
        wanted[corner] = _HARD * points[corner]
        return system.solve(wanted)

    def headings(self, line: F64) -> F64:
        """(m, 2): unit directions of a line at its points."""
        step = np.empty_like(line)
        step[1:-1] = line[2:] - line[:-2]
        step[self.start] = line[self.start + 1] - line[self.start]
        step[self.end] = line[self.end] - line[self.end - 1]
        step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
        return step

    def limit(self, heading: F64, stiff: F64 | None = None, some: I64 | slice = _ALL) -> F64:
        """(m,): how far across its row each point may be moved; less where it is hardly ``stiff``."""
        # an upright edge has pixels to its left and right
        facing = np.abs(np.where(self.upright[some], heading[:, 1], heading[:, 0]))
        if stiff is not None:
            facing = np.where(stiff > _SCALES[0] ** 4, facing, _WINDING * facing)
        return np.where(self.node[some], _NODE, np.maximum(_ACROSS * facing, _LEAST_ACROSS))

    def stiffness(self, points: F64) -> F64:
        """(m,): as stiff as the corridor lets the rows be, round each point.

        So long borders that are straight or bend evenly come out so, however long the steps of their
        staircases are, and borders that wind are followed.
        """
        stiff, bends = np.full(len(points), _SCALES[0] ** 4), np.zeros(len(points), np.bool_)
        for scale in _SCALES[1:]:
            some = self._pieces(~bends)
            if not len(some):
                break
            line = self.evened(self.system(scale**4, 1.0, some), points[some], points[some], some)
            heading = np.zeros_like(line)
            heading[1:-1] = line[2:] - line[:-2]  # what that is at stops does not matter
            heading /= np.maximum(np.hypot(heading[:, 0], heading[:, 1]), 1e-9)[:, None]
            (x, y), (ux, uy) = (points[some] - line).T, heading.T
            out = np.abs(x * uy - y * ux) > self.limit(heading, some=some) + min(_SLACK * scale, _MOST_SLACK)
            far = some[out]
            bends = (bends | self._near(far[~self.stops[far]], int(_SPREAD * scale)))[self.home]
            stiff[~bends] = scale**4
        return stiff

    def _pieces(self, some: NDArray[np.bool_]) -> I64:
        """The places of all pieces, from stop to stop, of which some points between are among these."""
        piece = np.cumsum(self.stops)
        live = np.zeros(len(self.start) + int(self.corner.sum()) + len(self.end) + 1, np.bool_)
        live[piece[some & ~self.stops]] = True
        return np.flatnonzero(live[piece] | (self.stops & live[piece - 1]))

    def _near(self, at: I64, reach: int) -> NDArray[np.bool_]:
        """(m,): points within ``reach`` of those at some places, no corner and no end between them."""
        m, stop = len(self.stops), np.flatnonzero(self.stops)
        after = np.searchsorted(stop, at)
        low, high = np.maximum(at - reach, stop[after - 1]), np.minimum(at + reach, stop[after])
        covered = np.bincount(low, minlength=m + 1) - np.bincount(high + 1, minlength=m + 1)
        near: NDArray[np.bool_] = np.cumsum(covered)[:m] > 0
        return near
