"""What smoothing does to the borders of kits without style: pixels repainted, and how far borders move.

    python -m tests.benchmarks.borders PICTURE... [--size a4] [--size 40x50cm] [--json]

A pixel of the working raster is repainted when its middle has another paint within the smoothed borders
than in the map of which they are the borders. How far they move is the mean distance of points on
them, a quarter of a pixel apart, from the pixel edges that they stand for.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pbn.core.curves import scaled
from pbn.core.trace import trace
from pbn.files import read_picture
from pbn.pipeline import make_kit
from pbn.raster import photo_px
from pbn.settings import KitSettings
from tests.helpers.repaint import moved, repainted

MOST_REPAINTED, MOST_MOVED_PX = 0.01, 0.6
SIZES = ("a4", "40x50cm")


@dataclass(frozen=True, slots=True)
class Smoothed:
    """What smoothing did to one kit: a share of its pixels, and a mean distance."""

    repainted: float
    moved_px: float


def smoothed(picture: Path, size: str) -> Smoothed:
    """Make the kit, and compare its borders with its map."""
    settings = KitSettings(size=size, engine="none", colours=24)
    kit = make_kit(read_picture(picture, long_side_px=photo_px(settings)), settings=settings)
    borders = scaled(kit.graph, kit.regions.ids.shape[1] / kit.graph.width)
    away = moved(trace(kit.regions), borders)
    return Smoothed(repainted(kit.regions, borders), float(away.mean()) if len(away) else 0.0)


def verdict(found: Sequence[Smoothed]) -> str:
    """The bar's two rows."""
    share, distance = max(f.repainted for f in found), max(f.moved_px for f in found)
    rows = (
        ("most pixels repainted by smoothing", f"{100 * share:.2f} %", share <= MOST_REPAINTED),
        ("farthest that borders move on average, px", f"{distance:.2f}", distance <= MOST_MOVED_PX),
    )
    return "\n".join(f"| 3 | {what} | {figure} | {'met' if ok else 'MISSED'} |" for what, figure, ok in rows)


def main() -> None:
    """Print a table, or one JSON object for each kit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--size", action="append")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.json:
        print("| picture | size | pixels repainted | borders moved, px |\n|---|---|---|---|")
    found = []
    for picture in options.pictures:
        for size in options.size or SIZES:
            found.append(one := smoothed(picture, size))
            if options.json:
                print(json.dumps(asdict(one)), flush=True)
            else:
                print(
                    f"| {picture.stem} | {size} | {100 * one.repainted:.2f} % | {one.moved_px:.2f} |",
                    flush=True,
                )
    if not options.json:
        print("\n| bar | what | ours | |\n|---|---|---|---|\n" + verdict(found))


if __name__ == "__main__":
    main()
