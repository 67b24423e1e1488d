"""Maps, pictures and palettes to try the stages of `pbn.core` on."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from skimage import data

from pbn.core.paintable import Mask, Need, alike, numbered
from pbn.core.quantize import quantize
from pbn.core.segment import patches, segment
from pbn.core.simplify import simplify
from pbn.core.values import F32, F64, I32, U8, Image, Paint, Palette, RegionMap
from pbn.palette.kmeans import KMeans

SHAPES = ("blobs", "checkers", "stripes", "plain", "row", "column", "noise", "rings", "diagonal", "hairs")
"""Kinds of `random_index`."""

PICTURES = ("astronaut", "coffee", "chelsea", "rocket")
"""Pictures that scikit-image carries."""


THREE_PAINTS: F64 = np.array([[0.0, 0, 0], [10.0, 0, 0], [50.0, 0, 0]])
"""Colours of paints of which the first two are near each other."""


def colours_of(ids: I32, paint: I32) -> F32:
    """The picture (H, W, 3) that a map in `THREE_PAINTS` is."""
    return THREE_PAINTS[paint[ids]].astype(np.float32)


def island(side: int, ground: int = 20) -> I32:
    """A map (H, W) of a square, region 1, in the middle of a larger one."""
    ids = np.zeros((ground, ground), np.int32)
    at = (ground - side) // 2
    ids[at : at + side, at : at + side] = 1
    return ids


def paints(k: int) -> Palette:
    """``k`` unlike paints, light to dark."""
    level = np.linspace(250, 5, k).round().astype(int).tolist()
    return Palette(tuple(Paint(i + 1, (v, max(v - 37 * i % 60, 0), v)) for i, v in enumerate(level)))


def random_index(seed: int, shape: str | None = None, *, most_px: int = 80) -> tuple[U8, int]:
    """A map (H, W) of up to a handful of paints, no side longer than ``most_px``, and how many there are."""
    rng = np.random.default_rng(seed)
    shape = shape or ("blobs" if seed % 3 else SHAPES[seed // 3 % len(SHAPES)])
    most = min(most_px, 80 if shape in ("blobs", "rings", "hairs") else 40)
    h, w = (int(v) for v in rng.integers(min(20, most // 2), most + 1, 2))
    if shape == "row":
        h = int(rng.integers(1, 4))
    if shape == "column":
        w = int(rng.integers(1, 4))
    k = int(rng.integers(2, 9))
    y, x = np.mgrid[:h, :w]
    period = int(rng.integers(1, 9))
    if shape in ("blobs", "row", "column"):
        sigma = rng.uniform(0.7, 4, k)
        fields = [ndimage.gaussian_filter(rng.standard_normal((h, w)), float(s)) for s in sigma]
        index = np.argmax([f / max(float(f.std()), 1e-9) for f in fields], axis=0)
    elif shape == "checkers":
        index = (y // period + x // period) % 2
    elif shape == "stripes":
        index = (x if rng.integers(2) else y) // period % k
    elif shape == "plain":
        index = np.zeros((h, w), int)
    elif shape == "noise":
        index = rng.integers(0, k, (h, w))
    elif shape == "rings":
        index = np.hypot(y - h / 2, x - w / 2).astype(int) // period % k
    elif shape == "diagonal":
        index = (x + (1 if rng.integers(2) else -1) * y) // period % k
    else:  # hairs: thin lines across a plain ground
        index = np.zeros((h, w), int)
        for _ in range(6):
            dx, dy, x0, y0 = rng.uniform(-1, 1), rng.uniform(-1, 1), w * rng.random(), h * rng.random()
            index[np.abs(dx * (x - x0) + dy * (y - y0)) < rng.uniform(0.3, 2)] = rng.integers(k)
    return index.astype(np.uint8), k


def region_map(index: U8 | I32, k: int | None = None) -> RegionMap:
    """The patches of a map of paints."""
    ids, value = patches(index)
    return RegionMap(ids, value, paints(k or int(index.max()) + 1))


def painted(index: U8, palette: Palette, seed: int = 0, noise: float = 12.0) -> Image:
    """The picture that a map of paints shows, with some noise on it."""
    rng = np.random.default_rng(seed)
    shown = palette.rgb[index].astype(np.float64) + rng.normal(0, noise, (*index.shape, 3))
    return Image(np.clip(shown, 0, 255).astype(np.uint8))


def picture(name: str) -> Image:
    """One of `PICTURES`, in full."""
    return Image(getattr(data, name)())


def working(name: str, long_side_px: int, brush_px: float, colours: int = 12) -> tuple[RegionMap, Image]:
    """The regions and the working raster of a picture, before merging."""
    image = picture(name)
    scale = long_side_px / max(image.width, image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = simplify(image, size_px=size, brush_px=brush_px)
    palette = KMeans().choose(small, colours, seed=0)
    return segment(quantize(small, palette, brush_px=brush_px)), small


def fits(ids: I32, need: Need, n: int) -> Mask:
    """(n,): which regions of a map (H, W) hold what is needed about some pixels' middles, all looked at."""
    values, brush, number = numbered(ids), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    brush[ids[alike(values, need.brush)]] = True
    number[ids[alike(values, need.number) | alike(values, need.round_number)]] = True
    fit: Mask = brush & number
    return fit
