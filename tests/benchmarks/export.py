"""What writing a kit's files takes beside making the kit, at 500, 3,000 and 10,000 regions.

    python tests/benchmarks/export.py [REGIONS ...]     user CPU seconds, one thread; megabytes

The kits are made of drawn mosaics by the whole pipeline. ``kit.pdf`` has its usual pages.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar, get_args

for _name in ("OMP", "OPENBLAS", "MKL", "OPENCV"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")

import numpy as np  # noqa: E402 - threads are set before libraries that count them
from scipy.spatial import cKDTree  # noqa: E402

from pbn import KitSettings, make_kit  # noqa: E402
from pbn.core.values import U8, Image, Kit  # noqa: E402
from pbn.pipeline import renderers  # noqa: E402
from pbn.printing import PrintSettings  # noqa: E402
from pbn.settings import FormatName  # noqa: E402

SIZES = {500: "a4", 3000: "50x60cm", 10000: "100x120cm"}
"""Regions that are aimed at, and a painting that has room for them under a brush of 2 mm."""

USUAL = ("kit.pdf", "outline.svg", "preview.svg", "preview.png")
MORE = ("outline.png", "plotter.svg", "outline.dxf")
"""What every kit has, and what is written when it is asked for; pictures at `DPI` dots per inch."""

DPI = 150
COLOURS = 24
PX = 1600

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken:
    """What one file took."""

    user_s: float
    mb: float


def mosaic(cells: int) -> Image:
    """A picture of so many cells round random points, neighbours in different colours mostly."""
    rng = np.random.default_rng(cells)
    height, width = PX * 5 // 4, PX
    points = rng.random((cells, 2)) * (height, width)
    colours: U8 = rng.integers(0, 256, (COLOURS, 3), dtype=np.uint8)
    rows, columns = np.mgrid[:height, :width]
    nearest = cKDTree(points).query(np.stack([rows, columns], axis=-1))[1]
    pixels: U8 = colours[np.arange(cells) % COLOURS][nearest]
    return Image(pixels)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and its user CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    made = work()
    return made, resource.getrusage(resource.RUSAGE_SELF).ru_utime - before


def settings(regions: int, dpi: int = 0) -> KitSettings:
    """All formats."""
    size, formats = SIZES[regions], get_args(FormatName)
    return KitSettings(
        engine="none", size=size, colours=COLOURS, formats=formats, print=PrintSettings(dpi=dpi)
    )


def measured(kit: Kit, finer: KitSettings) -> dict[str, Taken]:
    """Each file by name."""
    usual, more = renderers(kit, {}), renderers(replace(kit, settings=finer.table()), {})
    found = {}
    for name, render in [(n, usual[n]) for n in USUAL] + [(n, more[n]) for n in MORE]:
        data, seconds = timed(render)
        found[name] = Taken(seconds, len(data) / 1e6)
    return found


def main(wanted: list[int]) -> None:
    """Print a table with a row for each size."""
    files = (*USUAL, *MORE)
    head = ["regions", "painting", "making, s", *files, "usual files / making", "all / making"]
    print(f"| {' | '.join(head)} |\n{'|---' * len(head)}|")
    for regions in wanted or SIZES:
        picture, asked = mosaic(round(regions * 1.1)), settings(regions)
        kit, making = timed(partial(make_kit, picture, settings=asked))
        found = measured(kit, settings(regions, DPI))
        cells = [f"{t.user_s:.2f} s, {t.mb:.2f} MB" for t in found.values()]
        shares = [sum(found[name].user_s for name in names) / making for names in (USUAL, files)]
        row = [f"{len(kit.regions):,}", asked.size, f"{making:.1f}", *cells, *(f"{v:.2f}" for v in shares)]
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
