"""User CPU and memory of whole `pbn` commands, start-up and all files included, as a table.

    python tests/benchmarks/kits.py FOLDER     one thread each; FOLDER takes samples and kits

Peak memory is that of the largest process. Where another bench stands beside the checkout,
``make bench`` runs it too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time

PBN = Path(sys.executable).with_name("pbn")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "OPENCV")}

PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
SIZES = ("a4", "40x50cm")
STYLED = ("chelsea.png", "glass.jpg")


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took."""

    user_s: float
    peak_mb: float


def run(*arguments: str | Path) -> Run:
    """Run `pbn` with one thread and nothing cached; raise when it fails."""
    process = subprocess.Popen([PBN, *arguments], env={**os.environ, **ONE_THREAD})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"pbn {' '.join(map(str, arguments))}: exit code {process.returncode}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Run(used.ru_utime, used.ru_maxrss / unit)


def row(name: str, size: str, kit: Path, taken: Run) -> str:
    """One line of the table."""
    told = json.loads((kit / "report.json").read_text(encoding="utf-8"))
    figures = f"{taken.user_s:.1f} | {taken.peak_mb:.0f} | {told['paints']} | {told['regions']}"
    return f"| {name} | {size} | {figures} |"


def session(photo: Path) -> None:
    """Print what one more palette size and a preview take once a picture is loaded, and a whole kit."""
    from pbn import KitSettings
    from pbn.files import read_picture
    from pbn.pipeline import make_files, make_kit
    from pbn.raster import photo_px
    from pbn.session import Session

    settings = KitSettings(size="40x50cm", engine="none", colours=24)

    def taken(work: Callable[[], object]) -> float:
        started = process_time()
        work()
        return process_time() - started

    image = read_picture(photo, long_side_px=photo_px(settings))
    make_files(make_kit(image, settings=settings))  # what is imported on the way is start-up
    kit = taken(
        lambda: make_files(make_kit(read_picture(photo, long_side_px=photo_px(settings)), settings=settings))
    )
    loaded = Session(image, settings=settings)
    loaded.choice(24), loaded.preview(24)
    size, preview = taken(lambda: loaded.choice(16)), taken(lambda: loaded.preview(16))
    print(f"| {photo.name} | {kit:.2f} | {size:.2f} | {size / kit:.2f} | {preview:.3f} |")


def main(folder: Path) -> None:
    """Print the tables."""
    pictures = folder / "pictures"
    started = run("--version")
    run("samples", pictures, "--force", "--quiet")
    print(f"Start-up (pbn --version): {started.user_s:.2f} s, {started.peak_mb:.0f} MB\n")
    print("| kit | size | user CPU s | peak MB | paints | regions |\n|---|---|---|---|---|---|")
    for photo in PHOTOS:
        for size in SIZES:
            kit = folder / f"{Path(photo).stem}-{size}"
            taken = run(
                "kit", pictures / photo, "--no-style", "--size", size, "-o", kit, "--force", "--quiet"
            )
            print(row(photo, size, kit, taken), flush=True)
    photo, art = STYLED
    kit = folder / "styled"
    options = ("-o", kit, "--force", "--quiet", "--no-cache")
    taken = run("kit", pictures / photo, "--art", pictures / art, *options)
    print(row(f"{photo} after {art}", "a4", kit, taken))
    styled, plain = (
        json.loads((folder / name / "report.json").read_text(encoding="utf-8"))["regions"]
        for name in ("styled", f"{Path(photo).stem}-a4")
    )
    print(f"\nBar 10: {styled / plain:.2f} times the plain photo's regions; at most 1.2.\n")
    print("Bar 8: one more palette size at most 0.33 of a kit, a preview under 0.15 s; 40 x 50 cm.\n")
    print(
        "| picture | kit without start-up, s | one more size, s | share | preview, s |\n|---|---|---|---|---|"
    )
    sys.stdout.flush()
    for photo in PHOTOS:
        command = [sys.executable, __file__, "--session", str(pictures / photo)]
        subprocess.run(command, env={**os.environ, **ONE_THREAD}, check=True)


if __name__ == "__main__":
    if sys.argv[1] == "--session":
        session(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
