"""Picture and palette to the paint of each pixel."""

from __future__ import annotations

import cv2
import numpy as np

from pbn.core.colour import din99o_from_lab, lab_from_rgb
from pbn.core.values import F32, U8, Image, IndexedImage, Palette

_NEIGHBOURS = 3.0
"""What a pixel of another paint in the 3 x 3 window costs, in squared DIN99o: about a Delta E of 1.5."""


def quantize(image: Image, palette: Palette, *, brush_px: float) -> IndexedImage:
    """Give each pixel the paint that is nearest, the neighbours' wishes counted in.

    Twice over, each pixel takes the paint of least squared DIN99o distance plus a little for each
    neighbour of another paint, over windows that grow with the brush: less confetti for the
    later stages at no cost to edges.
    """
    colours = din99o_from_lab(lab_from_rgb(image.pixels))
    paints = din99o_from_lab(lab_from_rgb(palette.rgb))
    side = 3 if brush_px < 8 else 5
    index = _cheapest(colours, paints, None, side)
    for _ in range(2):
        index = _cheapest(colours, paints, index, side)
    return IndexedImage(index, palette)


def _cheapest(colours: F32, paints: F32, index: U8 | None, side: int) -> U8:
    """One paint at a time, so that the memory taken does not grow with the palette."""
    planes = [np.ascontiguousarray(colours[..., c]) for c in range(3)]
    best = np.full(colours.shape[:2], np.inf, np.float32)
    chosen = np.zeros(colours.shape[:2], np.uint8)
    for k, paint in enumerate(paints):
        cost = (planes[0] - paint[0]) ** 2 + (planes[1] - paint[1]) ** 2 + (planes[2] - paint[2]) ** 2
        if index is not None:
            votes = cv2.boxFilter(
                (index == k).astype(np.float32), -1, (side, side), borderType=cv2.BORDER_REPLICATE
            )
            cost -= np.float32(_NEIGHBOURS * 9) * votes
        better = cost < best
        chosen[better] = k
        np.minimum(best, cost, out=best)
    return chosen
