"""Drawing small regions that matter as large as they must be to be painted."""

from __future__ import annotations

import numpy as np

from pbn.core.adjacency import I64, contacts, stats
from pbn.core.paintable import Need, cost_of_loss, deepest_of, depth
from pbn.core.segment import patches
from pbn.core.stamps import Stamps, carried, kept, stamps
from pbn.core.values import F32, F64, I32

_OWN = 0.5
"""Share of a region's pixels that its disc must cover: a bead of a cable too thin for it says nothing."""


def enlarge(ids: I32, paint: I32, colours: F32, paints: F64, need: Need) -> tuple[I32, I32, Stamps]:
    """Let small regions that matter grow until they fit, as map makers draw a house larger than it is.

    An unfit region is given a disc for brush and number about its deepest pixel where that costs the
    picture less than losing the region would, most worth first; never at the cost of what a fit
    region must keep, or of another region so enlarged. Nor is one of which a disc is but a part.

    Returns
    -------
    ids, paint, stamps
        The map, and where its regions have room; those that do not fit have none.
    """
    n = len(paint)
    d = depth(ids)
    had = stamps(ids, d, need, n)
    unfit = np.flatnonzero(~had.fit)
    loose = ~had.fit.take(ids)
    middles = deepest_of(np.flatnonzero(loose), d, ids, n)[unfit]
    middles = need.round_number.inside(middles, ids.shape)
    if not len(middles):
        return ids, paint, had
    at = need.round_number.about(middles, ids.shape[1])
    worth = _worth(ids, paint, colours, paints, unfit, at)
    grown, busy = ids.copy().ravel(), (kept(had, need, ids.shape) & ~loose).ravel()
    places = had.at.copy()
    for k in np.argsort(-worth, kind="stable").tolist():
        if worth[k] <= 0:
            break
        if not busy[at[k]].any():
            busy[at[k]] = True
            grown[at[k]] = unfit[k]
            places[0, unfit[k]] = middles[k]
    ids, paint = patches(paint.take(grown).reshape(ids.shape))
    return ids, paint, carried(Stamps(places, had.depth), ids, need, len(paint))


def _worth(ids: I32, paint: I32, colours: F32, paints: F64, unfit: I64, at: I64) -> F64:
    """(m,): what it saves to paint the pixels ``at`` (m, k) like unfit regions, so that none is lost."""
    pixels, owner = colours.reshape(-1, 3)[at], ids.ravel()[at]
    added = ((pixels - paints[paint[unfit]][:, None]) ** 2 - (pixels - paints[paint[owner]]) ** 2).sum(axis=2)
    here, there, _ = contacts(ids).both_ways()
    s = stats(ids, colours, len(paint))
    loss = cost_of_loss(s.area, s.mean, paint, paints, here, there)
    own = owner == unfit[:, None]
    worth: F64 = loss[unfit] - np.where(own, 0, added).sum(axis=1)
    return np.where(own.sum(axis=1) >= _OWN * s.area[unfit], worth, 0)
