"""How many paints a picture is worth: the knee of its fidelity curve."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pbn.core.values import Image
from pbn.palette._base import PaletteSource
from pbn.palette._histogram import fidelity

SIZES = (4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48)
"""Palette sizes that are tried."""

WORTH = 0.05
"""Mean CIEDE2000 that one more paint has to win: twenty more would win a whole Delta E."""

RULE = f"the last of {SIZES[0]} to {SIZES[-1]} paints at which each one more wins {WORTH:g} mean Delta E 2000"
"""The rule in words, for the report."""

Curve = tuple[tuple[int, float], ...]
"""Paints in the palette, and the mean CIEDE2000 of the picture to them before any merging."""

_LONG_SIDE_PX = 400


def choose_size(
    image: Image, source: PaletteSource, *, seed: int = 0, sizes: Sequence[int] = SIZES
) -> tuple[int, Curve]:
    """The size of palette at the knee of the picture's fidelity curve, and the curve.

    The picture is painted in palettes of ``sizes``. The curve's lower convex hull evens out the
    chance in each; its knee is the last size that each paint since the one before it has won
    `WORTH`. A picture that has fewer colours ends the curve early.

    Parameters
    ----------
    image
        The picture that will be painted; looked at no larger than needs be.
    source
        Where the paints come from.
    seed
        As for the source.

    Returns
    -------
    n, curve
        The size, and the size and mean CIEDE2000 of each palette that was made.
    """
    step = -(-max(image.width, image.height) // _LONG_SIDE_PX)
    small = Image(image.pixels[::step, ::step].copy())
    curve: dict[int, float] = {}
    for asked in sizes:
        palette = source.choose(small, asked, seed=seed)
        curve.setdefault(len(palette), round(fidelity(small, palette), 4))
        if len(palette) < asked:
            break
    points = tuple(sorted(curve.items()))
    return max(2, knee(points)), points


def knee(curve: Curve) -> int:
    """The last size on the lower convex hull whose paints were each worth `WORTH`; else the first.

    >>> knee(((8, 5.0), (16, 3.0), (24, 2.8)))
    16
    """
    hull = _lower_hull(curve)
    best = hull[0][0]
    for (n, e), (more, less) in pairwise(hull):
        if (e - less) / (more - n) < WORTH:
            break
        best = more
    return best


def _lower_hull(curve: Curve) -> list[tuple[int, float]]:
    """The lower half of Andrew's monotone chain."""
    hull: list[tuple[int, float]] = []
    for n, e in curve:
        while len(hull) > 1:
            (n1, e1), (n2, e2) = hull[-2:]
            if (n2 - n1) * (e - e1) > (e2 - e1) * (n - n1):
                break
            hull.pop()
        hull.append((n, e))
    return hull
