"""From a photo and artworks to a kit, and from a kit to its files: the stages in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any

import numpy as np
from PIL import Image as Pillow

from pbn import __version__, registry
from pbn.cache import Cache, key, stylized_from_bytes, stylized_to_bytes
from pbn.core import papers
from pbn.core.curves import scaled
from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.merge import merge
from pbn.core.place import place
from pbn.core.quantize import quantize
from pbn.core.segment import segment
from pbn.core.sheet import Sheet
from pbn.core.simplify import simplify
from pbn.core.smooth import smooth
from pbn.core.trace import trace
from pbn.core.values import ArcGraph, Image, Kit, Mixing, Palette, RegionMap, StylizedImage
from pbn.core.wording import words_of
from pbn.errors import LayoutError, SettingsError
from pbn.outputs import encode_png
from pbn.plain import dumps
from pbn.progress import Progress, Step, silent
from pbn.report import facts, palette_table
from pbn.settings import KitSettings

PX_PER_BRUSH = 4.8
"""Working pixels across the brush: enough for a fair border, few enough to be quick.

A little under 5, because the least raster disc that holds the brush is then 5 pixels wide.
"""

NUMBER_MM = (2.3, 1.5)
"""Room for two digits of 5 pt with a little air, which every region has."""

LEAST_PX, MOST_PX = 400, 4000
"""Limits of the working raster's long side."""

LEAST_PX_PER_BRUSH = 3.0
"""Below this a raster cannot say whether the brush fits."""

LEAST_STYLE_PX, MOST_STYLE_PX = 128, 512
"""Limits of the stylisation's long side; the kit throws away what is finer than two to the brush."""

MOST_ART_PX = 2048
"""An artwork's long side is read at no more than this; the engine makes it smaller still."""

PREVIEW_PX = 1600
"""The long side of ``preview.png``."""

LEAST_PT = 5.0
"""The smallest type in which a number can be read at arm's length."""

NUMBER_AIR_MM = 0.15
"""Between a number and the middle of a border."""

KIT_FILES = (
    "stylised.png",
    "preview.svg",
    "outline.svg",
    "preview.png",
    "kit.pdf",
    "palette.json",
    "report.json",
    "kit.toml",
)
"""The names of a kit's files."""

NO_CACHE = Cache(None)


def make_kit(
    photo: Image,
    artworks: Sequence[Image] = (),
    settings: KitSettings | None = None,
    *,
    protect: Image | None = None,
    cache: Cache = NO_CACHE,
    progress: Progress = silent,
) -> Kit:
    """Make a kit of a photo in the manner of artworks.

    Parameters
    ----------
    photo
        What is painted, of any size.
    artworks
        The style images; none with the engine "none", else one or more.
    settings
        By default every setting's default.
    protect
        A mask: where it is white the photo stays as it is, by its grey between.
    cache
        Where stylised images are kept; by default nowhere.
    progress
        Told of every stage as it begins and ends; may raise `pbn.errors.Cancelled`.

    Raises
    ------
    PbnError
        When the settings do not go together, or the picture cannot be painted so.

    Notes
    -----
    All after the stylisation is the same to the last bit whatever the machine's threads.
    """
    settings = settings or KitSettings()
    aspect = photo.width / photo.height
    size_px, mm_per_px = working_raster(settings, aspect)
    stylized = stylise(photo, artworks, settings, protect=protect, cache=cache, progress=progress)
    with _one_thread():
        regions, source = make_regions(stylized, settings, aspect, progress=progress)
        graph = _borders(regions, settings.brush_mm, mm_per_px, progress)
        with _stage("place", progress):
            labels = place(
                graph,
                [str(paint + 1) for paint in regions.paint.tolist()],
                least_pt=LEAST_PT,
                clearance_mm=NUMBER_AIR_MM,
            )
        with _stage("recipes", progress):
            mixing = _mixing(settings, regions.palette)
        with _stage("report", progress):
            told = facts(settings, regions, graph, labels, source)
    shown = _at_most(photo, max(size_px))
    return Kit(shown, stylized, regions, graph, labels, settings.table(), told, __version__, mixing)


def make_files(
    kit: Kit, origin: Mapping[str, Any] | None = None, *, progress: Progress = silent
) -> dict[str, bytes]:
    """A kit's files by name; the same kit and origin give the same bytes.

    Parameters
    ----------
    kit
        What `make_kit` made.
    origin
        What ``kit.toml`` says of the pictures' files (`pbn.origin.Sources.table`).
    progress
        As for `make_kit`.

    Raises
    ------
    LayoutError, ExportError
        When something does not fit its paper or format.
    """
    done: dict[str, bytes] = {}
    with _one_thread(), _stage("export", progress):
        renderers = _renderers(kit, origin or {})
        for name, render in renderers.items():
            progress(Step("export", len(done) / len(renderers), name))
            done[name] = render()
    return done


def stylise(
    photo: Image,
    artworks: Sequence[Image],
    settings: KitSettings,
    *,
    long_side_px: int | None = None,
    protect: Image | None = None,
    start_image: Image | None = None,
    fresh: bool = False,
    cache: Cache = NO_CACHE,
    progress: Progress = silent,
) -> StylizedImage:
    """The first stage alone; what the cache holds is not made again.

    Parameters
    ----------
    long_side_px
        Of the result; by default what size and brush ask for (`style_px`).
    start_image
        The picture to begin with, where the engine's start is "image".
    fresh
        Paint it even when the cache holds it, so that the steps are told.
    photo, artworks, settings, protect, cache, progress
        As for `make_kit`.

    Raises
    ------
    SettingsError
        When the engine needs an artwork and there is none, or cannot do what is asked.
    """
    plain = settings.engine == "none"
    if not plain and not artworks:
        raise SettingsError(
            "There is no artwork to paint in the manner of. Give one with --art, or use --no-style."
        )
    engine = settings.stylize_engine()
    px = long_side_px or style_px(settings, *working_raster(settings, photo.width / photo.height))
    strength, seed = settings.strength, settings.seed
    given = [None if picture is None else picture.pixels for picture in (protect, start_image)]
    name = key(__version__, engine, photo.pixels, [a.pixels for a in artworks], *given, px, strength, seed)
    with _stage("stylise", progress):
        if not plain and not fresh and (kept := cache.get("stylise", name)) is not None:
            return stylized_from_bytes(kept)
        extras = _extras(engine, settings.engine, protect, start_image, None if plain else cache)
        made: StylizedImage = engine.stylize(
            photo, artworks, long_side_px=px, strength=strength, seed=seed, progress=progress, **extras
        )
        if not plain:
            cache.put("stylise", name, stylized_to_bytes(made))
        return made


def _extras(
    engine: Any, name: str, protect: Image | None, start_image: Image | None, checkpoints: Cache | None
) -> dict[str, Any]:
    """What only some engines take, by what their method says."""
    taken = signature(engine.stylize).parameters
    if protect is not None and "protect" not in taken:
        raise SettingsError(f"The engine {name} cannot protect parts of the photo. Leave out --protect.")
    given = {"protect": protect, "start_image": start_image, "checkpoints": checkpoints}
    return {key: value for key, value in given.items() if key in taken and value is not None}


def working_raster(settings: KitSettings, aspect: float) -> tuple[tuple[int, int], float]:
    """Width and height in pixels that size and brush ask for, and millimetres to a pixel.

    The long side is up to a sixteenth shorter than asked for where whole pixels then come nearer to
    the aspect.

    Raises
    ------
    LayoutError
        When the brush is too fine for the size, or too coarse for the picture's short side.
    """
    width_mm, height_mm = papers.painted_size(papers.parse(settings.size), aspect)
    long_mm, short_mm = max(width_mm, height_mm), min(width_mm, height_mm)
    if short_mm < 3 * settings.brush_mm:
        raise LayoutError(
            f"The painting is {short_mm:.0f} mm on its short side, "
            f"too little for a {settings.brush_mm:g} mm brush. "
            "Use a larger --size or a finer --brush."
        )
    asked = min(MOST_PX, max(LEAST_PX, round(PX_PER_BRUSH * long_mm / settings.brush_mm)))
    if settings.brush_mm * asked / long_mm < LEAST_PX_PER_BRUSH:
        raise LayoutError(
            f"A {settings.brush_mm:g} mm brush is too fine for a painting of {long_mm:.0f} mm. "
            f"Use --brush {LEAST_PX_PER_BRUSH * long_mm / MOST_PX + 0.05:.1f} or more, or a smaller --size."
        )
    long_px = min(
        range(asked, asked - asked // 16 - 1, -1),
        key=lambda n: abs(round(n * short_mm / long_mm) / n - short_mm / long_mm),
    )
    short_px = round(long_px * short_mm / long_mm)
    return ((long_px, short_px) if aspect >= 1 else (short_px, long_px)), long_mm / long_px


def style_px(settings: KitSettings, size_px: tuple[int, int], mm_per_px: float) -> int:
    """The long side to stylise at; without a style it is the working raster's."""
    if settings.engine == "none":
        return max(size_px)
    return round(min(MOST_STYLE_PX, max(LEAST_STYLE_PX, 2 * max(size_px) * mm_per_px / settings.brush_mm)))


def photo_px(settings: KitSettings) -> int:
    """The long side at which a photo need be read, whatever its aspect."""
    box = papers.parse(settings.size).box_mm
    wanted = PX_PER_BRUSH * max(box) / settings.brush_mm * 17 / 16
    return round(min(MOST_PX * 17 / 16, max(wanted, LEAST_PX * 2)))


def make_regions(
    stylized: StylizedImage, settings: KitSettings, aspect: float, *, progress: Progress = silent
) -> tuple[RegionMap, Image]:
    """The map to paint, and the picture it stands for at the same size."""
    size_px, mm_per_px = working_raster(settings, aspect)
    brush_px = settings.brush_mm / mm_per_px
    with _stage("simplify", progress):
        source = _resized(stylized.image, size_px)
        calm = simplify(stylized.image, size_px=size_px, brush_px=brush_px)
    with _stage("palette", progress):
        palette = settings.palette_source().choose(calm, settings.colours, seed=settings.seed)
    with _stage("quantize", progress):
        indexed = quantize(calm, palette, brush_px=brush_px)
    with _stage("segment", progress):
        patches = segment(indexed)
    with _stage("merge", progress):
        number_px = (NUMBER_MM[0] / mm_per_px, NUMBER_MM[1] / mm_per_px)
        target = settings.regions or None
        merged = merge(patches, calm, brush_px=brush_px, number_px=number_px, target_regions=target)
        return merged, source


def _borders(regions: RegionMap, brush_mm: float, mm_per_px: float, progress: Progress) -> ArcGraph:
    """The map's borders as curves in millimetres."""
    with _stage("trace", progress):
        graph = trace(regions)
    with _stage("smooth", progress):
        number_px = (NUMBER_MM[0] / mm_per_px, NUMBER_MM[1] / mm_per_px)
        return scaled(smooth(graph, brush_px=brush_mm / mm_per_px, number_px=number_px), mm_per_px)


def _mixing(settings: KitSettings, palette: Palette) -> Mixing | None:
    """The recipes of the kit's paints, if they are wanted."""
    from pbn.palette._bases import mixing_for  # reads paint files, which a kit without recipes does not

    return None if settings.mixing_file is None else mixing_for(palette, settings.mixing_file)


@contextmanager
def _stage(name: str, progress: Progress) -> Iterator[None]:
    progress(Step(name, 0.0))
    yield
    progress(Step(name, 1.0))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order: threads of numerical libraries would change last bits."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _resized(image: Image, size_px: tuple[int, int]) -> Image:
    return Image(np.asarray(Pillow.fromarray(image.pixels).resize(size_px, Pillow.Resampling.BICUBIC)).copy())


def _at_most(image: Image, long_side_px: int) -> Image:
    scale = long_side_px / max(image.width, image.height)
    if scale >= 1:
        return image
    return _resized(image, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _renderers(kit: Kit, origin: Mapping[str, Any]) -> dict[str, Callable[[], bytes]]:
    """How each file of a kit is made, in the order of making."""
    title = str(kit.settings["print"]["title"]) or words_of(kit)("kit.title")

    def render(exporter: str, *sheets: Sheet, **options: Any) -> bytes:
        made: bytes = registry.make("export", exporter, options).render(sheets, title=title)
        return made

    return {
        "stylised.png": lambda: encode_png(kit.stylized.image),
        "preview.svg": lambda: render("svg", preview_picture(kit)),
        "outline.svg": lambda: render("svg", outline_picture(kit)),
        "preview.png": lambda: render("png", preview_picture(kit), long_side_px=PREVIEW_PX, oversample=2),
        "kit.pdf": lambda: render("pdf", *kit_sheets(kit), language=words_of(kit).language),
        "palette.json": lambda: _json(palette_table(kit)),
        "report.json": lambda: _json({"version": kit.version, **kit.facts}),
        "kit.toml": lambda: dumps({"version": kit.version, **kit.settings, **origin}).encode(),
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
