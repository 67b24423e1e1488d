"""Drawing small regions that matter as large as they must be to be painted."""

from __future__ import annotations

import numpy as np

from pbn.core.adjacency import I64, in_margin, neighbours, stats, with_margin
from pbn.core.paintable import Mask, Need, broad, cost_of_loss, deepest_of, depth
from pbn.core.segment import patches
from pbn.core.stamps import Stamps, carried, kept, stamps
from pbn.core.values import F32, F64, I32

_LEFT = 0.75
"""Share of its pixels that must be left of a region: a bead of a cable too thin to paint says nothing."""


def enlarge(ids: I32, paint: I32, colours: F32, paints: F64, need: Need) -> tuple[I32, I32, Stamps]:
    """Let small regions that matter grow until they fit, as map makers draw a house larger than it is.

    An unfit region is given a disc for brush and number about its deepest pixel where that costs the
    picture less than losing the region would, most worth first; never at the cost of what a fit
    region must keep, or of another region so enlarged. A line so thin that little but the disc would be
    left of it is not.

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
    listed = np.flatnonzero(loose)
    middles = need.round_number.inside(deepest_of(listed, d, ids, n)[unfit], ids.shape)
    if not len(middles):
        return ids, paint, had
    at = need.round_number.about(middles, ids.shape[1])
    worth = _worth(ids, paint, colours, paints, unfit, at, listed)
    worth = np.where(_lasts(ids, unfit, at, listed, need), worth, 0)
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


def _worth(ids: I32, paint: I32, colours: F32, paints: F64, unfit: I64, at: I64, listed: I64) -> F64:
    """(m,): what it saves to paint the pixels ``at`` (m, k) like unfit regions, so that none is lost.

    ``listed`` are the pixels of all unfit regions.
    """
    pixels, shade = colours.reshape(-1, 3), paints.astype(np.float32)[paint]
    before, after = shade.take(ids.take(at), axis=0), shade.take(unfit, axis=0)[:, None]
    added = (before - after) * (2 * pixels.take(at, axis=0) - before - after)  # squares less squares before
    padded, width = with_margin(ids), ids.shape[1]
    here, there = neighbours(in_margin(listed, width), padded.take, width + 2, len(paint))
    s = stats(ids.take(listed), pixels.take(listed, axis=0), len(paint))
    loss = cost_of_loss(s.area, s.mean, paint, paints, here, there)
    worth: F64 = loss[unfit] - added.reshape(len(at), -1).sum(axis=1)
    return worth


def _lasts(ids: I32, unfit: I64, at: I64, listed: I64, need: Need) -> Mask:
    """(m,): whether most of a region is broad enough to stay, or lies in its disc ``at`` (m, k)."""
    stays = broad(ids, need.narrowest_px).ravel()
    stays[at[ids.take(at) == unfit[:, None]]] = True
    own = ids.take(listed)
    left: Mask = np.bincount(own, stays.take(listed)) >= _LEFT * np.bincount(own)
    return left[unfit]
