"""User CPU and memory of whole `pbn` commands, start-up and all files included, as tables.

    python -m tests.benchmarks.kits FOLDER [--corpus DIR]     FOLDER takes samples and kits

One thread each; peak memory is that of the largest process. Stylised kits are beside the plain photo's;
with a corpus, flat photos are among them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

PBN = Path(sys.executable).with_name("pbn")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "OPENCV")}

PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
SIZES = ("a4", "40x50cm")
STYLED = (("chelsea.png", "glass.jpg"), ("rocket.jpg", "wave.jpg"))
FLAT = (
    ("flat_desert_rgba.png", "hokusai_great_wave.jpg"),
    ("highkey_white_interior.jpg", "vermeer_pearl_earring.jpg"),
    ("mono_cameraman_L.png", "kandinsky_composition_vii.jpg"),
)
MOST_TIMES = 1.2
"""Regions of a stylised kit against the plain photo's."""

PALETTES, TRIES = (24, 48), 3
"""Sizes that a slider goes to; the least of so many tries counts, after one in which all is imported."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took."""

    user_s: float
    peak_mb: float


def took(command: Sequence[str | Path]) -> Run:
    """Run a command with one thread; stop when it fails."""
    process = subprocess.Popen(command, env={**os.environ, **ONE_THREAD})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Run(used.ru_utime, used.ru_maxrss / unit)


def run(*arguments: str | Path) -> Run:
    """Run `pbn`."""
    return took([PBN, *arguments])


def row(name: str, size: str, kit: Path, taken: Run) -> str:
    """One line of the table."""
    told = json.loads((kit / "report.json").read_text(encoding="utf-8"))
    figures = f"{taken.user_s:.1f} | {taken.peak_mb:.0f} | {told['paints']} | {told['regions']}"
    return f"| {name} | {size} | {figures} |"


def session(photo: Path) -> None:
    """Print what one more palette size and a preview take once a picture is loaded, and that size's kit."""
    from pbn import KitSettings
    from pbn.core.values import Image
    from pbn.files import read_picture
    from pbn.pipeline import make_files, make_kit
    from pbn.raster import photo_px
    from pbn.session import Session

    def taken(work: Callable[[], object]) -> float:
        started = process_time()
        work()
        return process_time() - started

    def once(settings: KitSettings) -> tuple[float, float, float]:
        def read() -> Image:
            return read_picture(photo, long_side_px=photo_px(settings))

        kit = taken(lambda: make_files(make_kit(read(), settings=settings)))
        loaded = Session(read(), settings=settings)
        loaded.choice(16), loaded.preview(16)
        return kit, taken(loaded.choice), taken(loaded.preview)

    for colours in PALETTES:
        settings = KitSettings(size="40x50cm", engine="none", colours=colours)
        tries = [once(settings) for _ in range(TRIES + 1)][1:]
        kit, size, preview = (min(seconds) for seconds in zip(*tries, strict=True))
        figures = f"{kit:.2f} | {size:.2f} | {size / kit:.2f} | {preview:.3f}"
        print(f"| {photo.name} | {colours} | {figures} |", flush=True)


def regions_of(kit: Path) -> int:
    """How many regions a kit's report says."""
    told: int = json.loads((kit / "report.json").read_text(encoding="utf-8"))["regions"]
    return told


def made(folder: Path, name: str, *options: str | Path) -> tuple[Path, Run]:
    """Run `pbn kit` into a folder of its own."""
    kit = folder / name
    return kit, run("kit", *options, "-o", kit, "--force", "--quiet", "--no-cache")


def plain_kits(folder: Path) -> None:
    """Print what kits without style take."""
    print("| kit | size | user CPU s | peak MB | paints | regions |\n|---|---|---|---|---|---|")
    for photo in PHOTOS:
        for size in SIZES:
            options = (folder / "pictures" / photo, "--no-style", "--size", size)
            print(row(photo, size, *made(folder, f"{Path(photo).stem}-{size}", *options)), flush=True)


def styled_kits(folder: Path, corpus: Path | None) -> None:
    """Print what stylised kits take, and their regions beside those of the photos: bar 10."""
    pictures, times = folder / "pictures", []
    pairs = [(pictures / photo, pictures / art) for photo, art in STYLED]
    if corpus:
        pairs += [(corpus / "photos" / photo, corpus / "artworks" / art) for photo, art in FLAT]
    print("\n| kit | size | user CPU s | peak MB | paints | regions | of the photo | times |")
    print("|---|---|---|---|---|---|---|---|")
    for photo, art in pairs:
        for size in SIZES:
            plain, _ = made(folder, f"{photo.stem}-{size}", photo, "--no-style", "--size", size)
            name, options = f"{photo.stem}-{art.stem}-{size}", (photo, "--art", art, "--size", size)
            kit, taken = made(folder, name, *options)
            times.append(regions_of(kit) / regions_of(plain))
            told = row(f"{photo.name} after {art.name}", size, kit, taken)
            print(f"{told} {regions_of(plain)} | {times[-1]:.2f} |", flush=True)
    above = sum(t > MOST_TIMES for t in times)
    print(f"\nBar 10: {above} of {len(times)} have more than {MOST_TIMES} times the plain photo's regions.")


def sessions(folder: Path) -> None:
    """Print what sliders take: bar 8."""
    print("\nBar 8: one more palette size at most 0.33 of a kit, a preview under 0.15 s; 40 x 50 cm.\n")
    print("| picture | paints | kit without start-up, s | one more size, s | share | preview, s |")
    print("|---|---|---|---|---|---|", flush=True)
    for photo in PHOTOS:
        command = (sys.executable, "-m", "tests.benchmarks.kits", "--session", folder / "pictures" / photo)
        took(command)


def smoothed(folder: Path) -> None:
    """Print what smoothing does to borders: bar 3."""
    print("\nBar 3: pixels repainted by smoothing at most 1 %, borders moved at most 0.6 px.\n", flush=True)
    photos = [folder / "pictures" / photo for photo in PHOTOS]
    took((sys.executable, "-m", "tests.benchmarks.borders", *photos))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--session", type=Path, metavar="PHOTO", help="that photo's line of bar 8 alone")
    options = parser.parse_args()
    if options.session:
        session(options.session)
        return
    folder = options.folder or parser.error("say in which folder")
    started = run("--version")
    run("samples", folder / "pictures", "--force", "--quiet")
    print(f"Start-up (pbn --version): {started.user_s:.2f} s, {started.peak_mb:.0f} MB\n")
    plain_kits(folder)
    styled_kits(folder, options.corpus)
    smoothed(folder)
    sessions(folder)


if __name__ == "__main__":
    main()
