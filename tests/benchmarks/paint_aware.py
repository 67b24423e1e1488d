"""What the default recipe's total variation does for painting, on six pairs, as a Markdown table.

    python -m tests.benchmarks.paint_aware FOLDER [--corpus DIR] [--set KEY=VALUE ...]

For a 40 cm canvas, a 3 mm brush and 24 paints: regions and the area-weighted median region of the default
beside the same without total variation (gamma 0), both merged by contrast alone, without the bound that a
kit's regions have; the share of pixels whose paint the merging changes; and |G - A|^2 / |A|^2 of each style
layer's Gram matrix against the artwork's. FOLDER keeps the stylised pictures, so that a second run is short.
--set changes the recipe's fields for both, to try others.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pbn.cache import Cache
from pbn.core.quantize import quantize
from pbn.core.values import Image, StylizedImage
from pbn.files import read_picture
from pbn.painting import choose_paints, draft, paint
from pbn.pipeline import stylise
from pbn.settings import KitSettings
from pbn.stylize import _objective, _pixels, _vgg, _weights
from pbn.stylize._recipes import RECIPES
from tests.benchmarks.style import pictures, table, verdict

SETTINGS = KitSettings(size="40x40cm", brush_mm=3.0, colours=24)


@dataclass(frozen=True, slots=True)
class Painted:
    """What a stylised picture comes to when it is painted."""

    regions: int
    median_mm2: float
    overruled: float


def painted(made: StylizedImage, aspect: float) -> Painted:
    """Merge a stylised picture's regions by contrast."""
    drafted = draft(made, SETTINGS, aspect)
    palette = choose_paints(drafted, SETTINGS).palette
    wanted = palette.rgb[quantize(drafted.calm, palette, brush_px=drafted.brush_px).index]
    regions = paint(drafted, palette)
    given = regions.palette.rgb[regions.paint[regions.ids]]
    areas = np.sort(np.bincount(regions.ids.ravel()))
    median = areas[np.searchsorted(np.cumsum(areas), areas.sum() / 2)]
    mm2 = median * (SETTINGS.brush_mm / drafted.brush_px) ** 2
    return Painted(len(areas), float(mm2), float((wanted != given).any(2).mean()))


def gram_errors(encoder: _vgg.Encoder, made: Image, art: Image) -> list[float]:
    """|G - A|^2 / |A|^2 at relu1_1 to relu5_1, the artwork at the picture's pixel count."""
    recipe = RECIPES["kit"]
    scale = (made.width * made.height / (art.width * art.height)) ** 0.5
    shrunk = _pixels.resized(art, (round(art.width * scale), round(art.height * scale)))
    mine, theirs = (
        _objective.style_targets(encoder, [(1.0, _pixels.to_tensor(_pixels.to_pixels(p), "cpu"))], recipe)
        for p in (made, shrunk)
    )
    return [
        float((mine[name] - theirs[name]).square().sum() / theirs[name].square().sum())
        for name in recipe.style_layers
    ]


def rows(pairs: tuple[tuple[str, str], ...], cache: Cache, changed: dict[str, Any]) -> Iterator[list[Any]]:
    """One row a pair."""
    encoder = _vgg.Encoder(_weights.vgg19(), RECIPES["kit"].style_layers)
    for names in pairs:
        photo, art = (read_picture(Path(name)) for name in names)
        made = []
        for gamma in ({}, {"gamma": 0.0}):
            settings = replace(SETTINGS, options={"gatys": changed | gamma})
            made.append(stylise(photo, [art], settings, cache=cache))
        tv, without = (painted(each, photo.width / photo.height) for each in made)
        errors = gram_errors(encoder, made[0].image, art)
        fewer, larger = tv.regions / without.regions, tv.median_mm2 / without.median_mm2
        yield [
            " x ".join(Path(name).stem for name in names),
            f"{tv.regions} / {without.regions}",
            f"{fewer:.2f}",
            f"{tv.median_mm2:.0f} / {without.median_mm2:.0f}",
            f"{larger:.2f}",
            f"{tv.overruled:.1%}",
            *(f"{error:.3f}" for error in errors),
            verdict(
                good=fewer <= 0.9
                and larger >= 1.3
                and tv.overruled < 0.1
                and max(errors[:4]) <= 0.05
                and errors[4] <= 0.16
            ),
        ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--set", action="append", default=[], dest="changed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", default="1,2,3,4,5,6", help="their numbers")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    changed = {key: float(value) for key, value in (each.split("=") for each in asked.changed)}
    if "steps" in changed:
        changed["steps"] = int(changed["steps"])
    head = (
        "pair | regions, default / without TV | ratio | median region, mm2 | ratio | overruled "
        "| relu1_1 | relu2_1 | relu3_1 | relu4_1 | relu5_1 | in the bars"
    )
    known = pictures(asked.folder, asked.corpus)
    pairs = tuple(known[int(number) - 1] for number in asked.pairs.split(","))
    for line in table(head, rows(pairs, Cache(asked.folder / "cache"), changed)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
