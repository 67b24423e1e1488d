"""What a region must hold to be painted, and giving it that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pbn.core.adjacency import contacts, stats
from pbn.core.segment import patches
from pbn.core.values import F32, F64, I32, U8

Mask = NDArray[np.bool_]

Numbers = NDArray[np.int64]

Offsets = NDArray[np.int64]
"""(m, 2) rows and columns from a pixel."""

_ALL, _NOT_LAST, _NOT_FIRST = slice(None), slice(None, -1), slice(1, None)
_NEIGHBOURS = (
    ((_NOT_LAST, _ALL), (_NOT_FIRST, _ALL)),
    ((_ALL, _NOT_LAST), (_ALL, _NOT_FIRST)),
    ((_NOT_LAST, _NOT_LAST), (_NOT_FIRST, _NOT_FIRST)),
    ((_NOT_LAST, _NOT_FIRST), (_NOT_FIRST, _NOT_LAST)),
)
"""The four ways in which two pixels of a map can be 8-neighbours, as pairs of views."""

_AIR = 0.6
"""Pixels by which a number's box is wider in the map than it need be in the end."""

_AIR_ABOVE = 0.25
"""The same for its height: none for a brush of 2 mm, but a finer one leaves a number just its height."""

_LAST_RESORT = np.float32(1e6)
"""More than any two colours differ."""


@dataclass(frozen=True, slots=True)
class Need:
    """What every region holds, in pixels: a disc for the brush, and room for its number.

    Room is a disc round the number's box, which smoothing can keep as it is, or the box itself with
    half a pixel to either side, for what smoothing takes from its corners.
    """

    disc_px: float
    number_px: tuple[float, float] = (0.0, 0.0)

    @property
    def brush(self) -> Offsets:
        """The pixels that the brush's disc touches."""
        return _disc(self.disc_px / 2)

    @property
    def round_number(self) -> Offsets:
        """The pixels that a disc round the number and no less than the brush's touches."""
        return _disc(max(self.disc_px, float(np.hypot(*self.number_px))) / 2)

    @property
    def number(self) -> Offsets:
        """The pixels of the number's box."""
        width, height = self.number_px
        return _box((max(1, math.ceil(width + _AIR)), max(1, math.ceil(height + _AIR_ABOVE))))


def depth(ids: I32) -> F32:
    """(H, W): the radius of the largest disc round each pixel's middle that stays in its region.

    The frame bounds regions too. Exact along rows and columns; else some hundredths or, far inside, 2 % out.
    """
    inner = _alike(_numbered(ids), _box((3, 3))).astype(np.uint8)
    far = cv2.distanceTransform(inner, cv2.DIST_L2, cv2.DIST_MASK_5)
    return far.astype(np.float32) + np.float32(0.5)


def deepest(ids: I32, n: int) -> tuple[F64, F64]:
    """Each region's largest disc about a pixel's middle: centres (n, 2) x, y, and radii (n,)."""
    d = depth(ids)
    at = _deepest(np.arange(ids.size), d, ids, n)
    centres = np.stack([at % ids.shape[1], at // ids.shape[1]], axis=1) + 0.5
    return centres, d.ravel()[at].astype(np.float64)


def fits(ids: I32, need: Need, n: int) -> Mask:
    """(n,): which regions hold what is needed about some pixels' middles."""
    brush, number = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    numbered = _numbered(ids)
    brush[ids[_alike(numbered, need.brush)]] = True
    number[ids[_alike(numbered, need.number) | _alike(numbered, need.round_number)]] = True
    return brush & number


def holds(mask: U8, need: Need) -> bool:
    """Whether a region, given as a mask of its bounds, holds what is needed."""
    if mask.sum() < len(need.brush) or not _eroded(mask, need.brush).any():
        return False
    return bool(_eroded(mask, need.number).any() or _eroded(mask, need.round_number).any())


def _numbered(ids: I32) -> NDArray[Any]:
    """Region numbers from one in a type that OpenCV's morphology takes."""
    few = int(ids.max()) < np.iinfo(np.uint16).max
    return (ids + 1).astype(np.uint16 if few else np.float32)


def _alike(numbered: NDArray[Any], offsets: Offsets) -> Mask:
    """(H, W): whether all pixels at ``offsets`` from a pixel are in one region, and in the picture."""
    same: Mask = _eroded(numbered, offsets) == cv2.dilate(numbered, _kernel(offsets))
    return same


def _eroded(value: NDArray[Any], offsets: Offsets) -> NDArray[Any]:
    """The least value at ``offsets`` from each pixel; nought outside the picture."""
    return np.asarray(cv2.erode(value, _kernel(offsets), borderType=cv2.BORDER_CONSTANT, borderValue=0))


def _kernel(offsets: Offsets) -> U8:
    reach = int(np.abs(offsets).max())
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    kernel[offsets[:, 0] + reach, offsets[:, 1] + reach] = 1
    return kernel


def seeds(ids: I32, need: Need, n: int) -> Mask:
    """(H, W): for each region the pixels that it must keep so as to fit.

    Of the places that will do, each takes the deepest for its middle.
    """
    return _seeds(ids, depth(ids), need, n)[0]


def _seeds(ids: I32, d: F32, need: Need, n: int) -> tuple[Mask, Mask]:
    """What to keep (H, W), and which regions (n,) fit."""
    keep, numbered = np.zeros(ids.shape, np.bool_), _numbered(ids)
    round_number, places = _places(ids, numbered, d, need.round_number, n)
    _stamp(keep, places, need.round_number)
    held = []
    for offsets in (need.brush, need.number):
        has, places = _places(ids, numbered, d, offsets, n)
        _stamp(keep, places[~round_number[has]], offsets)
        held.append(has)
    return keep, held[0] & (held[1] | round_number)


def _places(
    ids: I32, numbered: NDArray[Any], d: F32, offsets: Offsets, n: int
) -> tuple[Mask, NDArray[np.int64]]:
    """Which of n regions hold the pixels at ``offsets``, and for each that does its deepest such place."""
    alike = _alike(numbered, offsets)
    roomy = d * alike
    peaks = (cv2.dilate(roomy, np.ones((3, 3), np.uint8)) == roomy) & alike  # about them all is one region
    centres = _deepest(np.flatnonzero(peaks), d, ids, n)
    has: Mask = centres < d.size
    return has, centres[has]


def enlarge(ids: I32, paint: I32, colours: F32, paints: F64, need: Need) -> tuple[I32, I32]:
    """Let small regions that matter grow until they fit, as map makers draw a house larger than it is.

    An unfit region is given a disc for brush and number about its deepest pixel where that costs the
    picture less than losing the region would, most worth first; never at the cost of what a fit
    region must keep, or of another region so enlarged.
    """
    n = len(paint)
    d = depth(ids)
    taken, fit = _seeds(ids, d, need, n)
    unfit = np.flatnonzero(~fit)
    loose = ~fit.take(ids)
    taken &= ~loose
    middles = _deepest(np.flatnonzero(loose), d, ids, n)[unfit]
    at = _inside(middles, need.round_number, ids.shape)
    pixels = colours.reshape(-1, 3)[at]
    owner = ids.ravel()[at]
    added = ((pixels - paints[paint[unfit]][:, None]) ** 2 - (pixels - paints[paint[owner]]) ** 2).sum(axis=2)
    here, there, _ = contacts(ids).both_ways()
    s = stats(ids, colours, n)
    loss = cost_of_loss(s.area, s.mean, paint, paints, here, there)
    worth = loss[unfit] - np.where(owner == unfit[:, None], 0, added).sum(axis=1)
    grown, busy = ids.copy().ravel(), taken.ravel()
    for k in np.argsort(-worth, kind="stable").tolist():
        if worth[k] <= 0:
            break
        if not busy[at[k]].any():
            busy[at[k]] = True
            grown[at[k]] = unfit[k]
    return patches(paint[grown.reshape(ids.shape)])


def _inside(centres: NDArray[np.int64], offsets: Offsets, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """(m, k) flat pixels at ``offsets`` from each centre, moved into the picture where they stick out."""
    h, w = shape
    (top, left), (bottom, right) = offsets.min(axis=0), offsets.max(axis=0)
    row = np.clip(centres // w, -top, max(h - 1 - bottom, -top))
    col = np.clip(centres % w, -left, max(w - 1 - right, -left))
    row, col = row[:, None] + offsets[:, 0], col[:, None] + offsets[:, 1]
    at: NDArray[np.int64] = np.minimum(row, h - 1) * w + np.minimum(col, w - 1)
    return at


def cost_of_loss(area: F64, mean: F64, paint: I32, paints: F64, here: Numbers, there: Numbers) -> F64:
    """(n,): what it costs the picture to paint a region like the neighbour that suits it best.

    Region ``here[k]`` borders on region ``there[k]``; what has no neighbour costs infinitely much.
    """
    own = area * ((mean - paints[paint]) ** 2).sum(axis=1)
    other = area[here] * ((mean[here] - paints[paint[there]]) ** 2).sum(axis=1) - own[here]
    loss = np.full(len(paint), np.inf)
    np.minimum.at(loss, here, other)
    return loss


def opened(mask: Mask, need: Need) -> Mask:
    """What of a mask (H, W) the brush's disc covers from within."""
    inner = _eroded(mask.astype(np.uint8), need.brush)
    return np.asarray(cv2.dilate(inner, _kernel(need.brush)) > 0)


def with_room(mask: Mask, need: Need) -> Mask:
    """A mask (H, W) with room for brush and number about its deepest pixel; an empty one stays so."""
    far = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    middle = np.array([int(far.argmax())])
    room = mask.copy()
    if far.ravel()[middle[0]] > 0:
        room.ravel()[_inside(middle, need.round_number, mask.shape)] = True
    return room


def trim(ids: I32, paint: I32, colours: F32, paints: F64, width_px: int) -> I32:
    """Give away what is narrower than ``width_px`` (odd): whiskers, slivers and necks.

    A pixel stays when a square of that side that lies in its region covers it, or nearly does (so
    that corners stay). The rest goes to another neighbour, where there is one.
    """
    kernel = np.ones((width_px, width_px), np.uint8)
    wide = cv2.dilate(_alike(_numbered(ids), _box((width_px, width_px))).astype(np.uint8), kernel) > 0
    for _ in range(width_px // 2):
        grown = wide.copy()
        for one, other in _NEIGHBOURS:
            same = ids[one] == ids[other]
            grown[one] |= wide[other] & same
            grown[other] |= wide[one] & same
        wide = grown
    return flood(ids, ~wide, paint, colours, paints, leaving=True) if wide.any() else ids


def flood(ids: I32, free: Mask, paint: I32, colours: F32, paints: F64, *, leaving: bool = False) -> I32:
    """Share out the ``free`` pixels (H, W) among the regions that reach them from the rest.

    Wave by wave: a free pixel beside taken ones goes to the one whose paint is nearest to it. With
    ``leaving`` its own region is the last that it goes to. At least one pixel must be taken.
    """
    h, w = ids.shape
    step = w + 2
    padded = np.full((h + 2, step), -1, np.int32)
    padded[1:-1, 1:-1] = np.where(free, -1, ids)
    row, col = np.nonzero(free)
    shade = paints.astype(np.float32)[paint]
    was = ids[row, col] if leaving else None
    share_out(padded.ravel(), step, (row + 1) * step + col + 1, colours[row, col], shade, was)
    return padded[1:-1, 1:-1].copy()


def share_out(flat: I32, step: int, todo: Numbers, colour: F32, shade: F32, was: I32 | None = None) -> None:
    """Let the pixels ``todo`` of a flat map, -1 there and outside, be taken by what reaches them.

    Parameters
    ----------
    flat
        The map with a margin, in rows of ``step``; written to.
    todo, colour
        Places in it, and the picture's colours (m, 3) there.
    shade
        Colour of each region's paint.
    was
        Of each pixel the region that is the last it goes to.
    """
    while len(todo):
        best = np.full(len(todo), np.inf, np.float32)
        owner = np.full(len(todo), -1, np.int32)
        for offset in (-step, -1, 1, step):
            near = flat[todo + offset]
            reached = np.flatnonzero(near >= 0)
            cost = ((colour[reached] - shade[near[reached]]) ** 2).sum(axis=1)
            if was is not None:
                cost[near[reached] == was[reached]] += _LAST_RESORT
            better = reached[cost < best[reached]]
            best[reached] = np.minimum(best[reached], cost)
            owner[better] = near[better]
        taken = owner >= 0
        flat[todo[taken]] = owner[taken]
        todo, colour = todo[~taken], colour[~taken]
        was = None if was is None else was[~taken]


def _deepest(at: Numbers, d: F32, ids: I32, n: int) -> NDArray[np.int64]:
    """Of the flat places ``at`` each region's deepest, the first among equals; past the end if none."""
    own, deep = ids.ravel()[at], d.ravel()[at]
    top = np.zeros(n, np.float32)
    np.maximum.at(top, own, deep)
    first = np.full(n, d.size, np.int64)
    best = deep == top[own]
    np.minimum.at(first, own[best], at[best])
    return first


@cache
def _disc(radius: float) -> Offsets:
    """Offsets (m, 2) row, column of the pixels that a disc about a pixel's middle touches."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    near = np.hypot(np.maximum(np.abs(y) - 0.5, 0), np.maximum(np.abs(x) - 0.5, 0)) < radius - 1e-3
    return np.argwhere(near).astype(np.int64) - reach


@cache
def _box(size: tuple[int, int]) -> Offsets:
    """Offsets (m, 2) row, column of a box (width, height) about a pixel."""
    y, x = np.mgrid[: size[1], : size[0]]
    return np.stack([y.ravel() - size[1] // 2, x.ravel() - size[0] // 2], axis=1).astype(np.int64)


def _stamp(mask: Mask, centres: NDArray[np.int64], offsets: Offsets) -> None:
    h, w = mask.shape
    row = (centres // w)[:, None] + offsets[None, :, 0]
    col = (centres % w)[:, None] + offsets[None, :, 1]
    mask[np.clip(row, 0, h - 1), np.clip(col, 0, w - 1)] = True
