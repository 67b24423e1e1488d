"""From a photo and artworks to a kit, and from a kit to its files: the stages in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache as once
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from pbn import __version__, registry
from pbn.cache import Cache, key, stylized_from_bytes, stylized_to_bytes
from pbn.core.curves import on_grid, scaled
from pbn.core.labelling import label_texts
from pbn.core.layout import kit_sheets, outline_picture, preview_picture
from pbn.core.pen import pen_sheet
from pbn.core.place import place
from pbn.core.sheet import Sheet
from pbn.core.smooth import smooth
from pbn.core.trace import trace
from pbn.core.units import STEPS_PER_MM
from pbn.core.values import F32, ArcGraph, Image, Kit, Mixing, Palette, RegionMap, StylizedImage
from pbn.core.wording import words_of
from pbn.detail import detail_of, mask_of
from pbn.encode import encode_png
from pbn.errors import SettingsError
from pbn.files import read_picture
from pbn.framing import WHOLE, Window, between_bars, crop_window, cropped, painted_aspect
from pbn.painting import Chosen, Draft, choose_paints, draft, most_regions, paint, resized
from pbn.plain import dumps
from pbn.progress import Progress, Step, silent, stage
from pbn.raster import number_px, style_px, working_raster
from pbn.report import facts, palette_table
from pbn.settings import KitSettings

MOST_ART_PX = 2048
"""An artwork's long side is read at no more than this; the engine makes it smaller still."""

LOGO_PX = 1000
"""A logo is read at no more than this: 500 dpi on a cover."""

PREVIEW_PX = 1600
"""The long side of ``preview.png``."""

MOST_TIMES = 1.8
"""The largest number as a multiple of the least."""

NUMBER_AIR_MM = 0.15
"""Between a number and the middle of a border."""

NO_CACHE = Cache(None)


def kit_files(settings: KitSettings) -> tuple[str, ...]:
    """The names of the files of a kit that is made with these settings."""
    of = {
        "pdf": ("kit.pdf",),
        "svg": ("preview.svg", "outline.svg"),
        "png": ("preview.png", "outline.png") if settings.print.dpi else ("preview.png",),
        "dxf": ("outline.dxf",),
        "plotter": ("plotter.svg",),
    }
    drawn = [name for written in dict.fromkeys(settings.formats) for name in of[written]]
    return ("stylised.png", *drawn, "palette.json", "report.json", "kit.toml")


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
    _logo(settings)  # a file that is none is best known before the long work
    ready = prepare(photo, artworks, settings, protect=protect, cache=cache, progress=progress)
    painted = paint_prepared(ready, settings, cache=cache, progress=progress)
    return kit_of(ready, painted, settings, progress=progress)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All of a kit that is the same with more or fewer paints.

    ``photo`` is in its frame and so is ``stylized``; ``window`` is the part of the photo that is left,
    and ``detail`` how much each part of it counts.
    """

    photo: Image
    stylized: StylizedImage
    drafted: Draft
    detail: F32 | None
    window: Window
    mm_per_px: float


def prepare(
    photo: Image,
    artworks: Sequence[Image],
    settings: KitSettings,
    *,
    protect: Image | None = None,
    cache: Cache = NO_CACHE,
    progress: Progress = silent,
) -> Prepared:
    """Frame and stylise a photo and bring it to the raster that is painted; parameters as for `make_kit`."""
    aspect, window = painted_aspect(settings, photo), crop_window(settings, photo)
    _, mm_per_px = working_raster(settings, aspect)
    mask = mask_of(photo, settings)
    photo, protect = cropped(photo, window), protect and cropped(protect, window)
    stylized = stylise(photo, artworks, settings, protect=protect, cache=cache, progress=progress)
    with _one_thread():
        photo = between_bars(photo, settings, aspect)
        stylized = replace(stylized, image=between_bars(stylized.image, settings, aspect))
        framed = mask and between_bars(cropped(mask, window), settings, aspect)
        detail = detail_of(photo, settings, framed)
        drafted = draft(stylized, settings, aspect, detail=detail, progress=progress)
    return Prepared(photo, stylized, drafted, detail, window, mm_per_px)


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A prepared picture in its paints: which were chosen, the map, and how many regions it might have."""

    chosen: Chosen
    regions: RegionMap
    most: int | None


def paint_prepared(
    ready: Prepared, settings: KitSettings, *, cache: Cache = NO_CACHE, progress: Progress = silent
) -> Painted:
    """Paint a prepared picture; ``settings`` may differ in ``colours`` from those of `prepare`."""
    with _one_thread():
        most = most_regions(ready.photo, settings, detail=ready.detail, cache=cache, progress=progress)
        chosen = choose_paints(ready.drafted, settings, progress=progress)
        return Painted(chosen, paint(ready.drafted, chosen.palette, most=most, progress=progress), most)


def kit_of(ready: Prepared, painted: Painted, settings: KitSettings, *, progress: Progress = silent) -> Kit:
    """The kit of a painted picture: its borders, numbers, recipes and report."""
    drafted, regions = ready.drafted, painted.regions
    with _one_thread():
        graph = _borders(regions, drafted.calm, settings, ready.mm_per_px, progress)
        with stage("place", progress):
            texts = label_texts(regions.palette, settings.print.labels)
            labels = place(
                graph,
                [texts[number] for number in regions.paint.tolist()],
                least_pt=settings.number_pt,
                most_pt=settings.number_pt * MOST_TIMES,
                clearance_mm=NUMBER_AIR_MM,
                repeat_mm=settings.repeat_mm or None,
            )
        with stage("recipes", progress):
            mixing = _mixing(settings, regions.palette)
        with stage("report", progress):
            told = facts(settings, drafted, painted.chosen, regions, graph, labels, painted.most)
            told["crop"] = None if ready.window == WHOLE else [round(part, 4) for part in ready.window]
    shown = ready.stylized.image
    if ready.stylized.engine != "none":  # else that is the photo, and in its size
        shown = _at_most(ready.photo, max(drafted.calm.width, drafted.calm.height))
    table, logo = settings.table(), _logo(settings)
    return Kit(shown, ready.stylized, regions, graph, labels, table, told, __version__, mixing, logo)


def _logo(settings: KitSettings) -> Image | None:
    """The seller's picture for the cover, if there is one."""
    name = settings.print.logo
    return read_picture(Path(name), long_side_px=LOGO_PX) if name else None


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
    with _one_thread(), stage("export", progress):
        wanted = renderers(kit, origin or {})
        for name, render in wanted.items():
            progress(Step("export", len(done) / len(wanted), name))
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
    with stage("stylise", progress):
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


def _borders(
    regions: RegionMap, image: Image, settings: KitSettings, mm_per_px: float, progress: Progress
) -> ArcGraph:
    """The map's borders as curves in millimetres; ``image`` is what was painted, of the map's size."""
    with stage("trace", progress):
        graph = trace(regions)
    with stage("smooth", progress):
        room = number_px(mm_per_px, settings.number_pt)
        smoothed = smooth(graph, brush_px=settings.brush_mm / mm_per_px, number_px=room, image=image)
        return on_grid(scaled(smoothed, mm_per_px), STEPS_PER_MM)


def _mixing(settings: KitSettings, palette: Palette) -> Mixing | None:
    """The recipes of the kit's paints, if they are wanted."""
    from pbn.palette._bases import mixing_for  # reads paint files, which a kit without recipes does not

    return None if settings.mixing_file is None else mixing_for(palette, settings.mixing_file)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order: threads of numerical libraries would change last bits."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _at_most(image: Image, long_side_px: int) -> Image:
    scale = long_side_px / max(image.width, image.height)
    if scale >= 1:
        return image
    return resized(image, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def renderers(kit: Kit, origin: Mapping[str, Any]) -> dict[str, Callable[[], bytes]]:
    """How each file of a kit is made, by name, in the order of making."""
    title = str(kit.settings["print"]["title"]) or words_of(kit)("kit.title")

    def render(exporter: str, *sheets: Sheet, **options: Any) -> bytes:
        made: bytes = registry.make("export", exporter, options).render(sheets, title=title)
        return made

    preview, outline = (once(partial(picture, kit)) for picture in (preview_picture, outline_picture))
    made: dict[str, Callable[[], bytes]] = {
        "stylised.png": lambda: encode_png(kit.stylized.image),
        "preview.svg": lambda: render("svg", preview()),
        "outline.svg": lambda: render("svg", outline()),
        "plotter.svg": lambda: render("svg", pen_sheet(outline())),
        "outline.dxf": lambda: render("dxf", pen_sheet(outline())),
        "preview.png": lambda: render("png", preview(), **_resolution(kit)),
        "outline.png": lambda: render("png", outline(), **_resolution(kit)),
        "kit.pdf": lambda: render("pdf", *kit_sheets(kit), language=words_of(kit).language),
        "palette.json": lambda: _json(palette_table(kit)),
        "report.json": lambda: _json({"version": kit.version, **kit.facts}),
        "kit.toml": lambda: dumps({"version": kit.version, **kit.settings, **origin}).encode(),
    }
    wanted = kit_files(KitSettings.from_table(kit.settings))
    return {name: render for name, render in made.items() if name in wanted}


def _resolution(kit: Kit) -> dict[str, Any]:
    """How fine pictures are drawn."""
    dpi = int(kit.settings["print"]["dpi"])
    return {"dpi": float(dpi)} if dpi else {"long_side_px": PREVIEW_PX, "oversample": 2}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
