"""From a stylised picture to the map that is painted: simplify, palette, quantize, segment, merge.

A `Draft` is all that is the same in every palette, so that further palette sizes begin there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor

import cv2
import numpy as np
from PIL import Image as Pillow

from pbn import __version__
from pbn.cache import Cache, key
from pbn.core.flow import along_strokes
from pbn.core.merge import merge
from pbn.core.quantize import quantize
from pbn.core.segment import patches as patches_of
from pbn.core.segment import segment
from pbn.core.simplify import simplify, simplify_strokes
from pbn.core.values import F32, U8, Image, Palette, RegionMap, StylizedImage
from pbn.detail import at_size
from pbn.palette._auto import Curve, choose_size
from pbn.palette.paints import OwnPaints
from pbn.progress import Progress, silent, stage
from pbn.raster import number_px, style_px, working_raster
from pbn.settings import KitSettings

STROKE_BRUSHES = 2.5
"""How far the strokes of a stylised picture are drawn out to either side at strength 1, in brushes."""

MOST_TIMES_PHOTO = 1.2
"""Regions of a stylised picture, against those of its photo at the same settings."""

FEWEST_BRUSHES = 12.0
"""A photo of few flat shapes would leave no artwork to be seen: a stylised picture may have at least
one region for each square of so many brushes."""


_SKETCHED = 2.0
"""Discs of the brush that the least patch of a sketch holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A picture at the working raster, ready to be painted in any palette.

    ``source`` is what the regions stand for, ``calm`` the same without what is finer than the brush;
    both are of one size. ``brush_px`` and ``number_px`` are what every region has room for. ``detail``
    (H, W) is how much each pixel counts, None where all count the same.
    """

    source: Image
    calm: Image
    brush_px: float
    number_px: tuple[float, float]
    detail: F32 | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A palette, how many paints it was to have, and the curve from which that was seen, if it was."""

    palette: Palette
    asked: int
    curve: Curve = ()


def draft(
    stylized: StylizedImage,
    settings: KitSettings,
    aspect: float,
    *,
    detail: F32 | None = None,
    progress: Progress = silent,
) -> Draft:
    """Bring a picture to the working raster, its strokes drawn out where it is stylised.

    ``detail`` is that of `pbn.detail.detail_of`, of the photo from which the picture was made.

    Raises
    ------
    LayoutError
        When size, brush and ``aspect`` do not go together.
    """
    size_px, mm_per_px = working_raster(settings, aspect)
    brush_px = settings.brush_mm / mm_per_px
    with stage("simplify", progress):
        picture = stylized.image
        simplified = simplify
        if settings.engine != "none":
            simplified = simplify_strokes
            brush = brush_px * picture.width / size_px[0]
            length = STROKE_BRUSHES * settings.strength * brush
            picture = along_strokes(picture, length_px=length, brush_px=brush)
        calm = simplified(picture, size_px=size_px, brush_px=brush_px)
        room = number_px(mm_per_px, settings.number_pt)
        source, weight = (
            resized(stylized.image, size_px),
            None if detail is None else at_size(detail, size_px),
        )
        return Draft(source, calm, brush_px, room, weight)


def choose_paints(drafted: Draft, settings: KitSettings, *, progress: Progress = silent) -> Chosen:
    """The paints for a draft, as many as are asked for or as the picture is worth.

    Raises
    ------
    PaletteError
        As the palette source.
    """
    with stage("palette", progress):
        source, asked = settings.palette_source(), settings.colours
        curve: Curve = ()
        if asked == "auto":
            asked, curve = choose_size(drafted.calm, source, seed=settings.seed)
        palette = source.choose(drafted.calm, asked, seed=settings.seed, detail=drafted.detail)
        return Chosen(palette, asked, curve)


def paint(
    drafted: Draft, palette: Palette, *, most: int | None = None, progress: Progress = silent
) -> RegionMap:
    """The map to paint in a palette, of at most ``most`` regions."""
    calm, brush_px = drafted.calm, drafted.brush_px
    with stage("quantize", progress):
        indexed = quantize(calm, palette, brush_px=brush_px)
    with stage("segment", progress):
        patches = segment(indexed)
    with stage("merge", progress):
        return merge(
            patches,
            calm,
            brush_px=brush_px,
            number_px=drafted.number_px,
            target_regions=most,
            detail=drafted.detail,
            source=drafted.source,
        )


def smaller(drafted: Draft, long_side_px: int) -> Draft:
    """A draft made small, for previews; the brush shrinks with it."""
    calm = drafted.calm
    scale = min(1.0, long_side_px / max(calm.width, calm.height))
    size_px = max(1, round(calm.width * scale)), max(1, round(calm.height * scale))
    pixels = cv2.resize(calm.pixels, size_px, interpolation=cv2.INTER_AREA)
    small = Image(np.asarray(pixels, np.uint8))
    detail = None if drafted.detail is None else at_size(drafted.detail, size_px)
    width, height = drafted.number_px
    return Draft(small, small, scale * drafted.brush_px, (scale * width, scale * height), detail)


def sketch(drafted: Draft, palette: Palette) -> U8:
    """The paint (H, W) of each pixel about as `paint` would have it, many times as quick.

    Patches that are smaller than `_SKETCHED` brushes go to what is nearest to them.
    """
    index = quantize(drafted.calm, palette, brush_px=drafted.brush_px).index
    least = _SKETCHED * np.pi / 4 * drafted.brush_px**2
    for _ in range(2):
        ids, _ = patches_of(index)
        gone = (np.bincount(ids.ravel()) < least)[ids]
        if gone.all() or not gone.any():
            break
        _, owner = cv2.distanceTransformWithLabels(
            gone.astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
        )
        paints = np.zeros(int(owner.max()) + 1, np.uint8)
        paints[owner[~gone]] = index[~gone]
        index = paints[owner]
    return index


def most_regions(
    photo: Image,
    settings: KitSettings,
    *,
    detail: F32 | None = None,
    cache: Cache,
    progress: Progress = silent,
) -> int | None:
    """How many regions the kit may have: None for as many as the picture asks for.

    A stylised picture is full of strokes, each of which would be a region; it gets no more than it may
    have, and no more than `MOST_TIMES_PHOTO` of what the plain photo has at the same settings.

    Parameters
    ----------
    photo
        The photo, stylised or not.
    detail
        As for `draft`.
    cache
        Where the photo's count is kept.
    """
    if settings.engine == "none":
        return settings.regions or None
    with stage("count", progress):
        count = _plain_count(photo, settings, detail, cache)
    size_px, mm_per_px = working_raster(settings, photo.width / photo.height)
    square_px = (FEWEST_BRUSHES * settings.brush_mm / mm_per_px) ** 2
    most = max(floor(MOST_TIMES_PHOTO * count), round(size_px[0] * size_px[1] / square_px))
    return min(most, settings.regions or most)


def _plain_count(photo: Image, settings: KitSettings, detail: F32 | None, cache: Cache) -> int:
    """How many regions the photo has without a style; the key is all that decides it."""
    plain, aspect = replace(settings, engine="none"), photo.width / photo.height
    source, (size_px, mm_per_px) = plain.palette_source(), working_raster(plain, aspect)
    owned = source.paints() if isinstance(source, OwnPaints) else ()  # a file's paints may change
    asked = (plain.colours, plain.seed, plain.regions, plain.brush_mm, plain.number_pt)
    name = key(__version__, photo.pixels, detail, size_px, mm_per_px, source, owned, asked)
    if (kept := cache.get("count", name)) is not None:
        return int(kept)
    px = style_px(plain, size_px, mm_per_px)
    same = plain.stylize_engine().stylize(
        photo, (), long_side_px=px, strength=0.0, seed=plain.seed, progress=silent
    )
    drafted = draft(same, plain, aspect, detail=detail)
    palette = choose_paints(drafted, plain).palette
    count = len(paint(drafted, palette, most=plain.regions or None))
    cache.put("count", name, str(count).encode())
    return count


def resized(image: Image, size_px: tuple[int, int]) -> Image:
    """The picture in another size (width, height)."""
    return Image(np.asarray(Pillow.fromarray(image.pixels).resize(size_px, Pillow.Resampling.BICUBIC)).copy())
