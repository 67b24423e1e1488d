"""Kits beside other programs' on the same pictures, in one run, held against the bars; Markdown.

    PYTHON tests/benchmarks/peers.py PICTURE... --bench DIR --home DIR --pbn 'BIN/pbn'
        [--borders 'CMD {image}'] [--megapixels 1,1,4]
        [--peers fast-pbn,strokemap,paintify] [--peer NAME='CMD {image} {out} {k}']

``PYTHON`` is that of the bench's own environment (``tests/benchmarks/peers.sh`` sets it up and calls
this); ``--bench`` holds its ``run.py``, ``measure.py`` and ``kit.py``. Pictures are brought to so many
megapixels, the last figure standing for all further ones. Each program runs on one thread; user CPU
is of the whole command and its children. A further peer (``--peer``) leaves a flat ``preview.png`` of
its paints in ``{out}``. ``--borders`` prints for each page what smoothing did to our borders
(``tests.benchmarks.borders --json``, which needs our own Python).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps

PAINTS = 24
PAGES = {"a4": "a4", "40x50": "40x50cm"}
"""A page's name in the bench, and as ``--size``."""

THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "OPENCV", "RAYON")}
PAINTIFY = (
    "{home}/paintify/bin/paintify {image} -o {out} -d hard -c {k} --max-size 10000 "
    "--max-regions 1000000 --min-region-size {least}"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took; ``error`` is empty where it went well."""

    user_s: float
    peak_mb: float
    error: str = ""


@dataclass(slots=True)
class Result:
    """A program's result on one picture: what it took, and the bench's measures for each page."""

    who: str
    picture: str
    megapixels: float
    taken: dict[str, Taken] = field(default_factory=dict)
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)
    accents: dict[str, tuple[int, int]] = field(default_factory=dict)
    borders: list[dict[str, float]] = field(default_factory=list)


def run(command: Sequence[str], out: Path, timeout_s: float) -> Taken:
    """Run a command on one thread; its output goes to a file."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    log = out.with_suffix(".log")
    started = time.monotonic()
    with log.open("w") as file:
        process = subprocess.Popen(
            command, env={**os.environ, **THREADS}, stdout=file, stderr=file, start_new_session=True
        )
        peak_kb = 0  # of its own: what wait4 tells begins with this process's, from which it is forked
        while True:
            with contextlib.suppress(OSError):
                told = Path(f"/proc/{process.pid}/status").read_text()
                peak_kb = max(peak_kb, *map(int, re.findall(r"VmHWM:\s*(\d+)", told)), 0)
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - started > timeout_s:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.02)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    error = "" if code == 0 else f"exit code {code}: {log.read_text(errors='replace')[-200:]}"
    return Taken(used.ru_utime, (peak_kb or used.ru_maxrss) / 1000, error)


class Bench:
    """The measuring modules, the programs, and the pictures."""

    def __init__(self, options: argparse.Namespace) -> None:
        sys.path.insert(0, str(options.bench))
        os.environ["PBN_BENCH_HOME"] = str(options.home)
        self.programs = importlib.import_module("run").PEERS
        self.measure, self.kit = importlib.import_module("measure"), importlib.import_module("kit")
        self.options = options
        self.folder = Path(options.home) / "kits"
        self.further = dict(peer.split("=", 1) for peer in options.peer)

    def picture(self, path: Path, megapixels: float) -> Path:
        """The picture upright, in sRGB, of so many megapixels, so that every program gets the same."""
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        if profile := image.info.get("icc_profile"):  # other programs take its numbers for sRGB's
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB")) or image
        scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = round(image.width * scale), round(image.height * scale)
        self.folder.mkdir(parents=True, exist_ok=True)
        made = self.folder / f"{path.stem}-{megapixels:g}mp.png"
        image.resize(size, Image.Resampling.LANCZOS).save(made, compress_level=1, icc_profile=None)
        return made

    def own(self, picture: Path, megapixels: float) -> Result:
        """Our kits on every page."""
        result = Result("pbn", picture.stem, megapixels)
        for page in PAGES:
            result.taken[page], kit = self.make(picture, page)
            if not result.taken[page].error:
                result.measures[page] = self.kit.measure_kit(str(kit), str(picture))
                result.accents[page] = self.accents(picture, kit)
        if self.options.borders:
            command = shlex.split(self.options.borders.format(image=picture))
            told = subprocess.run(command, env={**os.environ, **THREADS}, check=True, stdout=subprocess.PIPE)
            result.borders = [json.loads(one) for one in told.stdout.splitlines()]
        return result

    def make(self, picture: Path, page: str, *more: str) -> tuple[Taken, Path]:
        """One kit of ours, and its folder."""
        out = self.folder / picture.stem / f"pbn-{page}{'-'.join(more)}"
        command = [*shlex.split(self.options.pbn), "kit", str(picture), "--no-style", "--no-cache", "--quiet"]
        command += ["--colours", str(PAINTS), "--size", PAGES[page], "-o", str(out / "kit"), *more]
        return run(command, out, self.options.timeout), out / "kit"

    def peer(self, name: str, picture: Path, megapixels: float) -> Result:
        """Another program's result; it knows no page."""
        out = self.folder / picture.stem / name
        out.mkdir(parents=True, exist_ok=True)
        with Image.open(picture) as image:
            least = round(64 * image.width * image.height / 1e6)
        result = Result(name, picture.stem, megapixels)
        read: Callable[..., dict[str, Any]]
        if name in self.programs:
            prepare, read = self.programs[name]
            command = prepare(str(picture), str(out), PAINTS, least)
            kept = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
        else:
            text = PAINTIFY if name == "paintify" else self.further[name]
            values = {"image": picture, "out": out, "k": PAINTS, "least": least, "home": self.options.home}
            command, kept = shlex.split(text.format(**values)), {}
            read = self.paintify if name == "paintify" else self.flat
        taken = self._with_files(command, out, kept)
        result.taken = dict.fromkeys(PAGES, taken)
        if not taken.error:
            got = read(str(out), str(picture))
            told = self.measure.measure(
                got["rgb"], got["labels"], str(picture), least, got.get("svg_paths"), got.get("svg_scale", 1)
            )
            result.measures = dict.fromkeys(PAGES, told)
        return result

    def _with_files(self, command: Sequence[str], out: Path, kept: dict[str, bytes]) -> Taken:
        """Run a program whose settings lie in its folder as files."""
        folder = out.with_name(f"{out.name}-in")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, data in kept.items():
            (folder / name).write_bytes(data)
        moved = [part.replace(str(out / "cfg.json"), str(folder / "cfg.json")) for part in command]
        return run(moved, out, self.options.timeout)

    def flat(self, out: str, picture: str) -> dict[str, Any]:
        """A result given as ``preview.png``, without numbers."""
        with Image.open(picture) as image, Image.open(Path(out) / "preview.png") as preview:
            rgb = preview.convert("RGB").resize(image.size, Image.Resampling.NEAREST)
        return {"rgb": np.asarray(rgb), "labels": []}

    def paintify(self, out: str, picture: str) -> dict[str, Any]:
        """The paintify package's result: its preview has lines and digits, so fields are filled anew.

        ``outline.svg`` has a line for each pixel edge; ``manifest.json`` a paint and a place in each field.
        """
        cv2 = importlib.import_module("cv2")
        svg = (Path(out) / "outline.svg").read_text()
        told = json.loads((Path(out) / "manifest.json").read_text())
        width, height = told["image_size"]["width"], told["image_size"]["height"]
        open_ = np.ones((2 * height + 1, 2 * width + 1), np.uint8)  # pixels at odd places, edges between
        edges = re.findall(r'<line x1="(\d+)" y1="(\d+)" x2="(\d+)" y2="(\d+)"', svg)
        for x1, y1, x2, y2 in np.array(edges, np.int64) * 2:
            open_[y1 : y2 + 1, x1 : x2 + 1] = 0
        _, fields = cv2.connectedComponents(open_, connectivity=4)
        fields = fields[1::2, 1::2]
        paint = {p["index"]: p["rgb"] for p in told["palette"]}
        shade = np.zeros((int(fields.max()) + 1, 3), np.uint8)
        for region in told["regions"]:
            shade[fields[region["label"]["y"], region["label"]["x"]]] = paint[region["palette_index"]]
        size = float(re.findall(r'font-size="([\d.]+)"', svg)[0])
        labels = []
        for x, y, text in re.findall(r'<text x="([\d.]+)" y="([\d.]+)">(\d+)<', svg):
            half, rise = 0.556 * size * len(text) / 2, size * self.measure.DIGIT / 2
            labels.append((float(x) - half, float(y) - rise, float(x) + half, float(y) + rise, text))
        rgb, _ = self.measure.snap(shade[fields], list(paint.values()))  # fields without a region
        return {"rgb": rgb, "labels": labels}

    def accents(self, picture: Path, kit: Path) -> tuple[int, int]:
        """How many areas of the picture stand out, and how many of them are painted nearly so.

        An area is connected, has at least 0.1 % of the picture, and is 20 Delta E from the median of
        its surroundings; it is painted when the paints over it are within 12 on average.
        """
        cv2, color = importlib.import_module("cv2"), importlib.import_module("skimage.color")
        with Image.open(picture) as image:
            scale = 500 / max(image.size)
            size = round(image.width * scale), round(image.height * scale)
            small = np.asarray(image.resize(size, Image.Resampling.LANCZOS))
        svg = re.sub(r'(\s(?:width|height)="[\d.]+)mm"', r'\1"', (kit / "preview.svg").read_text())
        filled = cv2.resize(self.measure.svg_fill(svg, *size), size, interpolation=cv2.INTER_NEAREST)
        painted = color.rgb2lab(filled / 255)
        wanted, around = (
            color.rgb2lab(p / 255)
            for p in (small, np.stack([cv2.medianBlur(c, 101) for c in cv2.split(small)], 2))
        )
        apart = (color.deltaE_ciede2000(wanted, around) >= 20).astype(np.uint8)
        opened = cv2.morphologyEx(apart, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, ids, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
        areas = [ids == k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] >= 0.001 * ids.size]
        missed = [
            float(color.deltaE_ciede2000(wanted[m].mean(axis=0), painted[m].mean(axis=0))) > 12 for m in areas
        ]
        return len(areas), len(areas) - sum(missed)


HEAD = (
    "| picture | program | user CPU s | MB | regions | mean Delta E | without number | numbers crossing "
    "| least pt | median pt | under 2 mm | kinks per 100 mm | closest paints |\n" + "|---" * 13 + "|"
)


def line(result: Result) -> str:
    """A row of the table; where two figures stand, they are for A4 and for 40 x 50 cm."""
    bad = next((t.error for t in result.taken.values() if t.error), "")
    if bad:
        return f"| {result.picture} | {result.who} | {' '.join(bad.split())[:120]} |"
    m = list(result.measures.values())
    taken = list(result.taken.values())
    own = result.who == "pbn"
    pages = list(PAGES)

    def pair(values: Sequence[Any], form: str = "{}") -> str:
        texts = [form.format(v) if v is not None else "-" for v in values]
        return texts[0] if len(set(texts)) == 1 else " / ".join(texts)

    cells = [
        result.picture,
        result.who,
        pair([t.user_s for t in taken], "{:.1f}"),
        pair([t.peak_mb for t in taken], "{:.0f}"),
        pair([v["regions"] for v in m]),
        pair([v["de00_mean"] for v in m], "{:.2f}"),
        pair([v["unlabelled"] if own else f"{100 * (1 - v['labeled_frac']):.1f} %" for v in m]),
        pair(
            [
                v["numbers_outside"] if own else f"{100 * v.get('labels_crossing_border_frac', 0):.0f} %"
                for v in m
            ]
        ),
        pair([v.get("number_pt_min" if own else f"label_pt_min_{p}") for p, v in zip(pages, m, strict=True)]),
        pair(
            [
                v.get("number_pt_median" if own else f"label_pt_median_{p}")
                for p, v in zip(pages, m, strict=True)
            ]
        ),
        pair(
            [
                100 * v["below_brush_frac" if own else f"thin2mm_frac_{p}"]
                for p, v in zip(pages, m, strict=True)
            ],
            "{:.1f} %",
        ),
        pair([v.get("kinks_per_100mm") for v in m]),
        pair([v["paint_de_min" if own else "palette_min_de"] for v in m]),
    ]
    return f"| {' | '.join(map(str, cells))} |"


def bars(
    own: Sequence[Result], peers: Sequence[Result], fidelity: Sequence[tuple[str, int, float, float]]
) -> str:
    """Our worst figure against each bar that a kit's files tell."""
    m = [v for r in own for v in r.measures.values()]
    regions = sum(v["regions"] for v in m)
    missed = sum(v["unlabelled"] + v["numbers_outside"] + v["numbers_overlapping"] for v in m)
    leads, least = sum(v["leads"] for v in m), min(v["number_pt_min"] for v in m)
    median = min(v["number_pt_median"] for v in m)
    thin = sum(v["below_brush_frac"] > 0 for v in m)
    kinks = max(v["kinks_per_100mm"] for v in m)
    closest = min(v["paint_de_min"] for v in m)
    areas = [a for r in own for a in r.accents.values()]
    all_accents, kept = (sum(a[i] for a in areas) for i in (0, 1))
    memory = max(t.peak_mb for r in own for t in r.taken.values())
    rows = [
        ("1", "numbers missing, outside or overlapping", missed, missed == 0),
        ("1", "least, and least median, type in pt", f"{least}, {median}", least >= 4.995 and median >= 7),
        ("1", "lead lines, of all regions", f"{leads} of {regions}", leads <= 0.005 * regions),
        ("2", "kits with a region under the brush", thin, thin == 0),
        ("3", "most kinks per 100 mm", kinks, kinks <= 4),
        ("5", "closest two paints", closest, closest >= 5),
        ("6", "areas that stand out, painted so", f"{kept} of {all_accents}", kept == all_accents),
        ("9", "most memory, MB", f"{memory:.0f}", memory < 600),
    ]
    if smoothed := [b for r in own for b in r.borders]:
        share, far = (max(b[name] for b in smoothed) for name in ("repainted", "moved_px"))
        rows.append(("3", "most pixels repainted by smoothing", f"{100 * share:.2f} %", share <= 0.01))
        rows.append(("3", "most that borders move on average, px", f"{far:.2f}", far <= 0.6))
    if fidelity:
        shares = [ours / theirs for _, _, ours, theirs in fidelity]
        mean, worst = sum(shares) / len(shares), max(shares)
        text = f"{mean:.3f} on average, {worst:.3f} at worst"
        rows.append(("4", "Delta E of strokemap's at its regions", text, mean <= 0.92 and worst <= 1))
    theirs = {
        r.picture: r.taken["a4"].user_s for r in peers if r.who == "strokemap" and not r.taken["a4"].error
    }
    for large, bar in ((False, 0.5), (True, 0.15)):
        shares = [
            t.user_s / theirs[r.picture]
            for r in own
            if r.picture in theirs and (r.megapixels >= 3) == large
            for t in r.taken.values()
        ]
        if shares:
            size = "4 MP" if large else "1 MP"
            rows.append(("7", f"most CPU of strokemap's, {size}", f"{max(shares):.3f}", max(shares) <= bar))
    written = [
        f"| {n} | {what} | {figure} | {'met' if ok else 'MISSED'} |"
        for n, what, figure, ok in sorted(rows, key=lambda r: r[0])
    ]
    return "\n".join(["| bar | what | ours | |\n|---|---|---|---|", *written])


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--pbn", required=True)
    parser.add_argument("--borders", default="")
    parser.add_argument("--megapixels", default="1")
    parser.add_argument("--peers", default="fast-pbn,strokemap,paintify")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=CMD")
    parser.add_argument("--timeout", type=float, default=300)
    bench = Bench(options := parser.parse_args())
    sizes = [float(v) for v in options.megapixels.split(",")]
    names = [*filter(None, options.peers.split(",")), *bench.further]
    own, peers, fidelity = [], [], []
    print(HEAD, flush=True)
    for k, path in enumerate(options.pictures):
        megapixels = sizes[min(k, len(sizes) - 1)]
        picture = bench.picture(path, megapixels)
        own.append(bench.own(picture, megapixels))
        print(line(own[-1]), flush=True)
        for name in names:
            peers.append(result := bench.peer(name, picture, megapixels))
            print(line(result), flush=True)
            if name == "strokemap" and result.measures and megapixels < 3:
                told = result.measures["40x50"]
                _, kit = bench.make(picture, "40x50", "--regions", str(told["regions"]))
                ours = bench.kit.measure_kit(str(kit), str(picture))
                fidelity.append((picture.stem, told["regions"], ours["de00_mean"], told["de00_mean"]))
    print("\n| picture, 40 x 50 cm | regions at most | ours | strokemap |\n|---|---|---|---|")
    for name, regions, ours_e, theirs_e in fidelity:
        print(f"| {name} | {regions} | {ours_e:.2f} | {theirs_e:.2f} |")
    print("\n" + bars(own, peers, fidelity))


if __name__ == "__main__":
    main()
