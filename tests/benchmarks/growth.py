"""How the time of a kit grows: with the photo's megapixels, and with the paper.

    python -m tests.benchmarks.growth FOLDER [--corpus DIR] [--tries 3]

Photos, as JPEG and as PNG, with 1 and with 16 megapixels, at the same paper and brush: whole
`pbn kit --no-style` may together take as much longer as decoding the files does, and 20 % more. Then A4,
A3 and A2 at the same brush: no more than linear in area. User CPU of one thread, the least of ``--tries``
runs, in turn.

The kits of one photo in two sizes have a few regions more or less, by chance, which in a kit of a second is
as much as decoding a JPEG takes: hence several photos, and their sum.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.benchmarks.kits import PBN, PHOTOS, took

IN_CORPUS = 3
"""One in so many of a corpus's photos."""

MEGAPIXELS = (1, 16)
MOST_SHARE = 1.2
GRAIN = 3.0
"""Grey levels (standard deviation)."""

FORMATS: dict[str, dict[str, Any]] = {"jpg": {"quality": 92}, "png": {"compress_level": 6}}
PAPERS = {"a4": 1, "a3": 2, "a2": 4}
"""Papers and their areas, in A4."""

_DECODE = "import sys; from PIL import Image; Image.open(sys.argv[1]).load()"


def photos_of(sample: Path, folder: Path) -> dict[tuple[str, int], Path]:
    """The sample in each format with so many megapixels; the smaller ones are made from the largest.

    A camera's picture has grain, which is most of what a decoder reads; an enlarged one is given it.
    """
    made = {}
    with Image.open(sample) as image:
        scale = (max(MEGAPIXELS) * 1e6 / (image.width * image.height)) ** 0.5
        size = round(image.width * scale), round(image.height * scale)
        enlarged = np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    grain = np.random.default_rng(0).normal(0, GRAIN, enlarged.shape).astype(np.float32)
    whole = Image.fromarray(np.clip(enlarged + grain, 0, 255).astype(np.uint8))
    for megapixels in MEGAPIXELS:
        share = (megapixels / max(MEGAPIXELS)) ** 0.5
        size = round(whole.width * share), round(whole.height * share)
        smaller = whole.resize(size, Image.Resampling.LANCZOS)
        for ending, options in FORMATS.items():
            made[ending, megapixels] = path = folder / f"{sample.stem}-{megapixels}mp.{ending}"
            smaller.save(path, **options)
    return made


def least(commands: Sequence[Sequence[str | Path]], tries: int) -> list[float]:
    """The least user CPU of each command, all of them in turn."""
    taken = [[took(command).user_s for command in commands] for _ in range(tries)]
    return [min(times) for times in zip(*taken, strict=True)]


def kit(photo: Path, size: str, folder: Path) -> tuple[str | Path, ...]:
    """The command that makes a kit of the photo."""
    return PBN, "kit", photo, "--no-style", "--size", size, "-o", folder / "kit", "--force", "--quiet"


def by_megapixels(samples: Sequence[Path], folder: Path, tries: int) -> None:
    """Print what more megapixels take, beside what decoding them does: each photo, and all together."""
    print("| photo | file | kit of 1, of 16 MP, s | more | decoding 1, 16 MP, s | more |")
    print("|---|---|---|---|---|---|")
    total = {ending: np.zeros(4) for ending in FORMATS}
    for sample in samples:
        photos = photos_of(sample, folder)
        for ending in FORMATS:
            pair = [photos[ending, megapixels] for megapixels in MEGAPIXELS]
            kits = [kit(photo, "a4", folder) for photo in pair]
            decoding = [(sys.executable, "-c", _DECODE, photo) for photo in pair]
            times = np.array(least([*kits, *decoding], tries))
            total[ending] += times
            print(_growth(sample.stem, ending, times), flush=True)
    print("\n| photos | file | kits of 1, of 16 MP, s | more | decoding 1, 16 MP, s | more | share | |")
    print("|---|---|---|---|---|---|---|---|")
    for ending, times in total.items():
        share = (times[1] - times[0]) / (times[3] - times[2])
        told = "met" if share <= MOST_SHARE else "MISSED"
        print(f"{_growth(str(len(samples)), ending, times)} {share:.2f} | {told} |", flush=True)


def _growth(name: str, ending: str, times: NDArray[np.floating]) -> str:
    small, large, first, whole = times.tolist()
    kits = f"{small:.2f}, {large:.2f} | {large - small:.2f}"
    return f"| {name} | {ending} | {kits} | {first:.2f}, {whole:.2f} | {whole - first:.2f} |"


def by_area(photo: Path, folder: Path, tries: int) -> None:
    """Print what larger papers take."""
    times = least([kit(photo, size, folder) for size in PAPERS], tries)
    print("\n| paper | area, in A4 | kit, s | times A4's | |\n|---|---|---|---|---|")
    for (size, area), time in zip(PAPERS.items(), times, strict=True):
        share = time / times[0]
        print(
            f"| {size} | {area} | {time:.2f} | {share:.2f} | {'met' if share <= area else 'MISSED'} |",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--tries", type=int, default=3)
    options = parser.parse_args()
    took((PBN, "samples", options.folder / "pictures", "--force", "--quiet"))
    samples = [options.folder / "pictures" / photo for photo in PHOTOS]
    if options.corpus:
        photos = [path for path in (options.corpus / "photos").iterdir() if path.suffix in (".jpg", ".png")]
        samples += sorted(photos)[::IN_CORPUS]
    folder = options.folder / "growth"
    folder.mkdir(parents=True, exist_ok=True)
    print("Growth, brush 2 mm: acceptance 3.\n")
    by_megapixels(samples, folder, options.tries)
    by_area(samples[0], folder, options.tries)


if __name__ == "__main__":
    main()
