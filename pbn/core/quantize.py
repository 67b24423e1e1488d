"""Picture and palette to the paint of each pixel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pbn.core.colour import din99o_from_lab, din99o_of, lab_from_rgb
from pbn.core.sorting import first_of
from pbn.core.values import F32, U8, Image, IndexedImage, Palette

_AT_ONCE = 1 << 13
"""Pixels that are compared with all paints at a time, so as to stay in the processor's cache."""

_NEIGHBOURS = 3.0
"""What a pixel of another paint in the 3 x 3 window costs, in squared DIN99o: about a Delta E of 1.5."""


def quantize(image: Image, palette: Palette, *, brush_px: float) -> IndexedImage:
    """Give each pixel the paint that is nearest, the neighbours' wishes counted in.

    Twice over, each pixel takes the paint of least squared DIN99o distance plus a little for each
    neighbour of another paint, over windows that grow with the brush: less confetti for the
    later stages at no cost to edges.
    """
    colours = din99o_of(image)
    paints = din99o_from_lab(lab_from_rgb(palette.rgb))
    side = 3 if brush_px < 8 else 5
    window = np.ones((side, side), np.uint8)
    nearest = _nearest(colours, paints)
    index, due = nearest, cv2.dilate(nearest, window) != cv2.erode(nearest, window)
    for _ in range(2):
        after = _agreed(colours, paints, nearest, index, side, np.flatnonzero(due))
        due = cv2.dilate((after != index).view(np.uint8), window)
        index = after
    return IndexedImage(index, palette)


def _nearest(colours: F32, paints: F32) -> U8:
    """(H, W): the nearest paint of each colour, the first among equals."""
    flat = colours.reshape(-1, 3)
    chosen = np.zeros(len(flat), np.uint8)
    weights = np.hstack([-2 * paints, (paints**2).sum(axis=1)[:, None]])
    some = np.ones((4, _AT_ONCE), np.float32)
    for start in range(0, len(flat), _AT_ONCE):
        part = flat[start : start + _AT_ONCE]
        some[:3, : len(part)] = part.T
        distance = weights @ some[:, : len(part)]  # squared, less the colour's own square
        chosen[start : start + len(part)] = first_of(distance == distance.min(axis=0))
    return chosen.reshape(colours.shape[:2])


def _agreed(colours: F32, paints: F32, nearest: U8, index: U8, side: int, due: NDArray[np.int64]) -> U8:
    """The cheapest paint of each pixel, where a neighbour's vote counts for its paint.

    Only pixels that are ``due`` (flat): where a whole window is of one paint, or as it was the last
    time, nothing changes. Elsewhere it is one of the window's paints, or the nearest.
    """
    after = index.copy()
    padded = np.pad(index, side // 2, mode="edge")
    width, step = index.shape[1], padded.shape[1]
    offsets = [dy * step + dx for dy in range(side) for dx in range(side)]
    for start in range(0, len(due), _AT_ONCE):
        at = due[start : start + _AT_ONCE]
        corner = at + at // width * (step - width)
        near = np.empty((1 + len(offsets), len(at)), np.uint8)
        near[0] = nearest.ravel().take(at)
        for row, offset in zip(near[1:], offsets, strict=True):
            padded.ravel().take(corner + offset, out=row, mode="clip")
        there = np.ascontiguousarray(colours.reshape(-1, 3).take(at, axis=0).T)
        after.ravel()[at] = _cheapest(there, paints, near)
    return after


def _cheapest(colours: F32, paints: F32, near: U8) -> U8:
    """Of colours (3, n) the cheapest among ``near`` (m, n), the first among equals; all rows but one vote.

    Each round looks at the next paint of those in a window, as long as there is one.
    """
    share = np.float32(_NEIGHBOURS * 9 / (len(near) - 1))
    planes = np.ascontiguousarray(paints.T)
    at, chosen = np.arange(near.shape[1]), np.zeros(near.shape[1], np.uint8)
    best = np.full(near.shape[1], np.inf, np.float32)
    paint, last = near.min(axis=0), near.max(axis=0)
    while True:
        votes = (near[1:] == paint).view(np.uint8).sum(axis=0, dtype=np.uint8)
        x, y, z = colours - planes.take(paint, axis=1)
        cost = x * x + y * y + z * z - share * votes
        better = np.flatnonzero(cost < best)
        chosen[at.take(better)] = paint.take(better)
        more = np.flatnonzero(paint < last)
        if not len(more):
            return chosen
        best = np.minimum(best, cost).take(more)
        at, last, beyond = at.take(more), last.take(more), paint.take(more) + np.uint8(1)
        colours, near = colours.take(more, axis=1), near.take(more, axis=1)
        paint = (near - beyond).min(axis=0) + beyond  # what is below wraps round and is above
