"""What a region must hold to be painted, and how pixels that are given away are shared out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pbn.core.adjacency import in_margin, with_margin
from pbn.core.compete import AROUND
from pbn.core.values import F32, F64, I32, U8

Mask = NDArray[np.bool_]

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Pixels about a pixel: ``offsets`` (m, 2) in rows and columns, and the same as OpenCV's ``kernel``."""

    offsets: Numbers
    kernel: U8

    def __len__(self) -> int:
        return len(self.offsets)

    def about(self, middles: Numbers, width: int) -> Numbers:
        """(m, k): its pixels about each of m middles, all as flat places in a map of this width."""
        pixels: Numbers = middles[:, None] + (self.offsets[:, 0] * width + self.offsets[:, 1])
        return pixels

    def inside(self, middles: Numbers, size: tuple[int, ...]) -> Numbers:
        """(m,): the middles, flat places in a map (H, W), moved so that it is inside; (0,) if none is."""
        h, w = size
        (top, left), (bottom, right) = -self.offsets.min(axis=0), self.offsets.max(axis=0)
        if top + bottom >= h or left + right >= w:
            return middles[:0]
        row, col = np.divmod(middles, w)
        moved: Numbers = row.clip(top, h - 1 - bottom) * w + col.clip(left, w - 1 - right)
        return moved


_AIR = 0.6
"""Pixels by which a number's box is wider in the map than it need be in the end."""

_AIR_ABOVE = 0.25
"""The same for its height: none for a brush of 2 mm, but a finer one leaves a number just its height."""

_NARROW = 0.6
"""Necks and tails thinner than this share of the brush are cut."""

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
    def narrowest_px(self) -> int:
        """Necks and tails narrower than this odd number of pixels are cut."""
        return max(3, int(_NARROW * self.disc_px) // 2 * 2 + 1)

    @property
    def brush(self) -> Shape:
        """The pixels that the brush's disc touches."""
        return _disc(self.disc_px / 2)

    @property
    def round_number(self) -> Shape:
        """The pixels that a disc round the number and no less than the brush's touches."""
        return _disc(max(self.disc_px, float(np.hypot(*self.number_px))) / 2)

    @property
    def number(self) -> Shape:
        """The pixels of the number's box."""
        width, height = self.number_px
        return _box((max(1, math.ceil(width + _AIR)), max(1, math.ceil(height + _AIR_ABOVE))))


def depth(ids: I32) -> F32:
    """(H, W): the radius of the largest disc round each pixel's middle that stays in its region.

    The frame bounds regions too. Exact along rows and columns; else some hundredths or, far inside, 2 % out.
    """
    inner = alike(numbered(ids), _box((3, 3))).astype(np.uint8)
    far = cv2.distanceTransform(inner, cv2.DIST_L2, cv2.DIST_MASK_5)
    return far.astype(np.float32) + np.float32(0.5)


def deepest(ids: I32, n: int) -> tuple[F64, F64]:
    """Each region's largest disc about a pixel's middle: centres (n, 2) x, y, and radii (n,)."""
    d = depth(ids)
    at = deepest_of(np.arange(ids.size), d, ids, n)
    centres = np.stack([at % ids.shape[1], at // ids.shape[1]], axis=1) + 0.5
    return centres, d.ravel()[at].astype(np.float64)


def numbered(ids: I32) -> NDArray[Any]:
    """Region numbers from one in a type that OpenCV's morphology takes."""
    few = int(ids.max()) < np.iinfo(np.uint16).max
    return (ids + 1).astype(np.uint16 if few else np.float32)


def alike(values: NDArray[Any], shape: Shape) -> Mask:
    """(H, W): whether a shape about a pixel is in one region, of those `numbered`, and in the picture."""
    same: Mask = eroded(values, shape) == cv2.dilate(values, shape.kernel)
    return same


def eroded(value: NDArray[Any], shape: Shape) -> NDArray[Any]:
    """The least value in a shape about each pixel; nought outside the picture."""
    return np.asarray(cv2.erode(value, shape.kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0))


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
    inner = eroded(mask.astype(np.uint8), need.brush)
    return np.asarray(cv2.dilate(inner, need.brush.kernel) > 0)


def with_room(mask: Mask, need: Need) -> Mask:
    """A mask (H, W) with room for brush and number about its deepest pixel; an empty one stays so."""
    far = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    room = mask.copy()
    if far.any():
        disc = need.round_number
        middle = disc.inside(np.array([far.argmax()]), mask.shape)
        room.ravel()[disc.about(middle, mask.shape[1])] = True
    return room


def broad(ids: I32, width_px: int) -> Mask:
    """(H, W): what a square of side ``width_px`` (odd) covers that lies in one region."""
    square = _box((width_px, width_px))
    return np.asarray(cv2.dilate(alike(numbered(ids), square).astype(np.uint8), square.kernel) > 0)


def trim(ids: I32, paint: I32, colours: F32, paints: F64, width_px: int) -> I32:
    """Give away what is narrower than ``width_px`` (odd): whiskers, slivers and necks.

    A pixel stays when a square of that side that lies in its region covers it, or nearly does (so
    that corners stay). The rest goes to another neighbour, where there is one.
    """
    wide = broad(ids, width_px)
    if not wide.any():
        return ids
    flat, reached = with_margin(ids).ravel(), np.pad(wide, 1).ravel()
    at = in_margin(np.flatnonzero(~wide), ids.shape[1])
    near = at + np.array([[dy * (ids.shape[1] + 2) + dx] for dy, dx in AROUND])
    alike = flat.take(near) == flat.take(at)
    for _ in range(width_px // 2):
        reached[at] |= (reached.take(near) & alike).any(axis=0)
    free = ~reached.reshape(len(ids) + 2, -1)[1:-1, 1:-1]
    return flood(ids, free, paint, colours, paints, leaving=True)


def flood(ids: I32, free: Mask, paint: I32, colours: F32, paints: F64, *, leaving: bool = False) -> I32:
    """Share out the ``free`` pixels (H, W) among the regions that reach them from the rest.

    Wave by wave: a free pixel beside taken ones goes to the one whose paint is nearest to it. With
    ``leaving`` its own region is the last that it goes to. At least one pixel must be taken.
    """
    at, padded = np.flatnonzero(free), with_margin(ids)
    todo = in_margin(at, ids.shape[1])
    padded.ravel()[todo] = -1
    shade = paints.astype(np.float32)[paint]
    was = ids.take(at) if leaving else None
    share_out(padded.ravel(), padded.shape[1], todo, colours.reshape(-1, 3).take(at, axis=0), shade, was)
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
    colour, shade = np.ascontiguousarray(colour.T), np.ascontiguousarray(shade.T)
    while len(todo):
        best = np.full(len(todo), np.inf, np.float32)
        owner = np.full(len(todo), -1, np.int32)
        for offset in (-step, -1, 1, step):
            near = flat.take(todo + offset)
            reached = np.flatnonzero(near >= 0)
            near = near.take(reached)
            x, y, z = colour.take(reached, axis=1) - shade.take(near, axis=1)
            cost = x * x + y * y + z * z
            if was is not None:
                cost[near == was.take(reached)] += _LAST_RESORT
            better = np.flatnonzero(cost < best.take(reached))
            at = reached.take(better)
            best[at], owner[at] = cost.take(better), near.take(better)
        taken = owner >= 0
        flat[todo[taken]] = owner[taken]
        left = np.flatnonzero(~taken)
        todo, colour = todo.take(left), colour.take(left, axis=1)
        was = None if was is None else was.take(left)


def deepest_of(at: Numbers, d: F32, ids: I32, n: int) -> NDArray[np.int64]:
    """Of the flat places ``at`` each region's deepest, the first among equals; past the end if none."""
    own, deep = ids.ravel()[at], d.ravel()[at]
    top = np.zeros(n, np.float32)
    np.maximum.at(top, own, deep)
    first = np.full(n, d.size, np.int64)
    best = deep == top[own]
    np.minimum.at(first, own[best], at[best])
    return first


@cache
def _disc(radius: float) -> Shape:
    """The pixels that a disc about a pixel's middle touches."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    near = np.hypot(np.maximum(np.abs(y) - 0.5, 0), np.maximum(np.abs(x) - 0.5, 0)) < radius - 1e-3
    return _shape(np.argwhere(near).astype(np.int64) - reach)


@cache
def _box(size: tuple[int, int]) -> Shape:
    """A box (width, height) about a pixel."""
    y, x = np.mgrid[: size[1], : size[0]]
    return _shape(np.stack([y.ravel() - size[1] // 2, x.ravel() - size[0] // 2], axis=1).astype(np.int64))


def _shape(offsets: Numbers) -> Shape:
    reach = int(np.abs(offsets).max())
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    kernel[offsets[:, 0] + reach, offsets[:, 1] + reach] = 1
    return Shape(offsets, kernel)
