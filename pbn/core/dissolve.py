"""Dissolving the regions that hold too little to be painted.

Regions only grow here, so one that is fit stays fit: after the first look at the whole map, what a
round costs depends on the pixels of unfit regions alone.
"""

from __future__ import annotations

import numpy as np

from pbn.core.adjacency import I64, in_margin, neighbours, with_margin
from pbn.core.paintable import Mask, Need, cost_of_loss, share_out
from pbn.core.segment import united
from pbn.core.stamps import Stamps, carried, looked
from pbn.core.values import F32, F64, I32


def dissolve_unpaintable(
    ids: I32, paint: I32, colours: F32, paints: F64, need: Need, had: Stamps
) -> tuple[I32, I32, Stamps]:
    """Give the pixels of regions that do not fit to their neighbours, until every region fits.

    In each round those regions go whose loss costs least among their unfit neighbours, so that the
    others may grow on them; each pixel goes to that neighbour region, of those that reach it,
    whose paint suits it best. Neighbours that then share a paint become one.

    Parameters
    ----------
    ids, paint
        Map (H, W) of the 4-connected patches of equal paint, and their paints (n,).
    colours, paints
        Picture (H, W, 3) and paints (k, 3) in a space where squared distance is the error.
    need
        What a region must hold.
    had
        Where regions are known to have room for that; of all others it is looked for.

    Returns
    -------
    ids, paint, stamps
        The regions that are left, in their order, and where they have room.
    """
    if had.fit.all():
        return ids, paint, had
    growing = _Growing(ids, paint, colours, paints, need, had)
    while growing.unfit.any() and growing.alive > 1:
        growing.dissolve()
    ids, paint = growing.result()
    return ids, paint, carried(growing.stamps, ids, need, len(paint))


class _Growing:
    """A map whose regions are dissolved into each other; numbers of regions stay, ``root`` says who is one.

    ``at`` lists the pixels of unfit regions, as places in the map with a margin of one pixel.
    """

    def __init__(self, ids: I32, paint: I32, colours: F32, paints: F64, need: Need, had: Stamps) -> None:
        n = len(paint)
        self.unfit, self.alive = ~had.fit, n
        self.stamps, self._need = had, need
        self._paint, self._paints = paint, paints
        self._shade = paints.astype(np.float32)[paint]
        self._padded = with_margin(ids)
        self._flat, self._step = self._padded.ravel(), ids.shape[1] + 2
        self._root = np.append(np.arange(n, dtype=np.int32), np.int32(-1))  # -1 is its own
        at = np.flatnonzero(self.unfit.take(ids))
        self._at = in_margin(at, ids.shape[1])
        self._colour = colours.reshape(-1, 3).take(at, axis=0)
        self._area, self._sums = np.zeros(n), np.zeros((n, 3))  # of unfit regions; others need none
        self._gone = np.zeros(n, np.bool_)
        self._look(self.unfit)
        self._count(self._at, self._colour)

    def result(self) -> tuple[I32, I32]:
        """The regions that are left, numbered as before without gaps, and their paints."""
        left = ~self._gone & (self._root[:-1] == np.arange(len(self._paint)))
        number = (np.cumsum(left) - 1).astype(np.int32)
        return number[self._root[:-1]].take(self._padded[1:-1, 1:-1]), self._paint[left]

    def dissolve(self) -> None:
        """One round."""
        own = self._region_of(self._at)
        goes = self._to_dissolve()
        freed = goes[own]
        at = self._at[freed]
        self._flat[at] = -1
        share_out(self._flat, self._step, at, self._colour[freed], self._shade)
        self._forget(goes)
        self._count(at, self._colour[freed])
        self._look(self._unite(at))

    def _to_dissolve(self) -> Mask:
        """Unfit regions that are cheaper to lose than any unfit neighbour; never all of the map."""
        here, there = self._pairs(self._at)
        area = np.maximum(self._area, 1)
        cost = cost_of_loss(self._area, self._sums / area[:, None], self._paint, self._paints, here, there)
        loss = cost / np.sqrt(area)
        rival = np.full(len(loss), np.inf)
        np.minimum.at(rival, here, loss[there])
        goes: Mask = self.unfit & (loss < rival)
        if not goes.any():
            goes[np.argmin(loss)] = True
        if np.count_nonzero(goes) == self.alive:
            goes[np.argmax(self._area)] = False
        return goes

    def _pairs(self, at: I64) -> tuple[I64, I64]:
        """Each pair of a region whose pixels are ``at`` with a neighbour."""
        return neighbours(at, self._region_of, self._step, len(self._paint))

    def _forget(self, goes: Mask) -> None:
        self._area[goes], self._sums[goes], self.unfit[goes], self._gone[goes] = 0, 0, False, True
        self.alive -= int(np.count_nonzero(goes))

    def _count(self, at: I64, colour: F32) -> None:
        """Count pixels where they are now."""
        owner, n = self._region_of(at), len(self._paint)
        self._area += np.bincount(owner, minlength=n)
        for c in range(3):
            self._sums[:, c] += np.bincount(owner, colour[:, c], minlength=n)

    def _unite(self, at: I64) -> Mask:
        """Make one of neighbours of one paint about the pixels ``at``; (n,) which regions have grown."""
        own, n = self._region_of(at), len(self._paint)
        here, there = self._pairs(at)
        same = self._paint[here] == self._paint[there]
        root = united(n, here[same].astype(np.int32), there[same].astype(np.int32))
        joins = np.flatnonzero(root != np.arange(n))
        into = root[joins]
        np.add.at(self._area, into, self._area[joins])
        np.add.at(self._sums, into, self._sums[joins])
        np.logical_and.at(self.unfit, into, self.unfit[joins])
        self._area[joins], self._sums[joins], self.unfit[joins] = 0, 0, False
        self.alive -= len(joins)
        self._root[:-1] = root[self._root[:-1]]
        grown = np.zeros(n, np.bool_)
        grown[self._root[own]] = True
        return grown

    def _look(self, among: Mask) -> None:
        """Find which unfit regions ``among`` these (n,) fit now, and list the pixels of the others."""
        own = self._region_of(self._at)
        due = self._at[(among & self.unfit)[own]]
        self.stamps = looked(self.stamps, due, self._region_of, self._step, self._need)
        self.unfit &= ~self.stamps.fit
        left = self.unfit[own]
        self._at, self._colour = self._at[left], self._colour[left]

    def _region_of(self, at: I64) -> I32:
        return self._root.take(self._flat.take(at, mode="clip"))
