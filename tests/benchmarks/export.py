"""What writing a kit's files takes beside making the kit, at 500, 3,000 and 10,000 regions.

    python tests/benchmarks/export.py [REGIONS ...]     user CPU seconds, one thread; megabytes

The kits are made of drawn mosaics by the whole pipeline. ``kit.pdf`` has its usual pages.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
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

FILES = ("kit.pdf", "outline.svg", "preview.svg", "preview.png", "outline.png", "plotter.svg", "outline.dxf")
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


def settings(regions: int) -> KitSettings:
    """All formats, pictures at 150 dpi."""
    formats = get_args(FormatName)
    return KitSettings(
        engine="none", size=SIZES[regions], colours=COLOURS, formats=formats, print=PrintSettings(dpi=150)
    )


def measured(kit: Kit) -> dict[str, Taken]:
    """Each file by name."""
    render, found = renderers(kit, {}), {}
    for name in FILES:
        data, seconds = timed(render[name])
        found[name] = Taken(seconds, len(data) / 1e6)
    return found


def main(wanted: list[int]) -> None:
    """Print a table with a row for each size."""
    print("| regions | painting | making the kit, s | " + " | ".join(FILES) + " | all / making |")
    print("|---" * (len(FILES) + 4) + "|")
    for regions in wanted or SIZES:
        picture, asked = mosaic(round(regions * 1.05)), settings(regions)
        kit, making = timed(lambda picture=picture, asked=asked: make_kit(picture, settings=asked))  # type: ignore[misc]
        found = measured(kit)
        cells = [f"{t.user_s:.2f} s, {t.mb:.2f} MB" for t in found.values()]
        ratio = sum(t.user_s for t in found.values()) / making
        row = [f"{len(kit.regions):,}", asked.size, f"{making:.1f}", *cells, f"{ratio:.2f}"]
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
