"""Trouble files, each read in a process of its own kind: limits on time and memory, and no noise.

Made here, so that they are always there; and all of the corpus's, where there is one, held to its
table of what each must get.
"""

from __future__ import annotations

import csv
import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="no getrusage"),
]

MOST_SECONDS = 20.0
MOST_MEGABYTES = 1500.0

READER = """
import json, resource, sys, time
from pathlib import Path
from pbn.errors import InputImageError
from pbn.files import read_picture

unit = 1 if sys.platform == "darwin" else 1024
for name in json.load(sys.stdin):
    start = time.process_time()
    try:
        image = read_picture(Path(name))
        got, said = [image.width, image.height], ""
    except InputImageError as error:
        got, said = None, str(error)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    print(json.dumps([got, said, time.process_time() - start, megabytes]), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """The size read, or what was said; CPU seconds, and the process's peak memory so far."""

    size: tuple[int, int] | None
    said: str
    seconds: float
    megabytes: float


def read_all(paths: Sequence[Path], **environment: str) -> list[Outcome]:
    """Read pictures one after the other in one process; it must end well and say nothing."""
    run = subprocess.run(
        [sys.executable, "-X", "dev", "-c", READER],
        input=json.dumps([str(p) for p in paths]),
        capture_output=True,
        text=True,
        check=False,
        env=environment or None,
    )
    assert (run.returncode, run.stderr) == (0, "")
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    return [Outcome(tuple(size) if size else None, said, *rest) for size, said, *rest in rows]


def assert_within_limits(outcomes: Sequence[Outcome]) -> None:
    assert max(o.seconds for o in outcomes) < MOST_SECONDS
    assert max(o.megabytes for o in outcomes) < MOST_MEGABYTES
    for outcome in outcomes:
        assert outcome.size or (outcome.said.endswith(".") and "\n" not in outcome.said)


# Made here


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, colour_type: int, data: bytes, *before: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saved(form: str, size: tuple[int, int] = (320, 240), **options: object) -> bytes:
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    PillowImage.fromarray(noise).save(out, form, **options)
    return out.getvalue()


def claiming(form: str, width: int, height: int) -> bytes:
    """A small picture whose header claims another size."""
    small = saved(form, (32, 32))
    if form == "GIF":
        return small.replace(struct.pack("<HH", 32, 32), struct.pack("<HH", width, height))
    if form == "BMP":
        return small.replace(struct.pack("<ii", 32, 32), struct.pack("<ii", width, height))
    if form == "TIFF":
        for tag, claimed in ((256, width), (257, height)):
            entry = struct.pack("<HHI", tag, 4, 1) + struct.pack("<I", 32)
            short = struct.pack("<HHI", tag, 3, 1) + struct.pack("<HH", 32, 0)
            small = small.replace(short, entry).replace(entry, entry[:8] + struct.pack("<I", claimed))
        return small
    return small.replace(struct.pack(">HH", 32, 32), struct.pack(">HH", height, width))


def text_bomb() -> bytes:
    """A compressed text of 200 MB, and a profile as large."""
    deflated = zlib.compress(bytes(200_000_000), 9)
    pixels = zlib.compress((b"\0" + bytes(96)) * 32)
    return png(32, 32, 2, pixels, chunk(b"iCCP", b"p\0\0" + deflated), chunk(b"zTXt", b"t\0\0" + deflated))


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\nshowpage\n%%EOF\n"

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.jpg": (lambda: b"", "is empty"),
    "one byte.jpg": (lambda: b"\xff", "no picture that can be read"),
    "text.jpg": (lambda: b"I am not a picture.\n" * 20, "no picture that can be read"),
    "markup.svg": (lambda: b"<?xml version='1.0'?>\n<svg width='9' height='9'/>", "an SVG drawing"),
    "eps.eps": (lambda: EPS, "a PostScript drawing"),
    "eps.png": (lambda: EPS, "a PostScript drawing"),
    "document.pdf": (lambda: b"%PDF-1.7\n%%EOF", "a PDF document"),
    "archive.jpg": (lambda: b"PK\3\4" + bytes(99), "a ZIP archive"),
    "icon.ico": (lambda: saved("ICO", (64, 64)), "no picture that can be read"),
    "grey map.pgm": (lambda: saved("PPM"), "no picture that can be read"),
    "start only.jpg": (lambda: b"\xff\xd8\xff", "begins like JPEG"),
    "half.jpg": (lambda: saved("JPEG")[:9000], "damaged or cut short"),
    "half.png": (lambda: saved("PNG")[:9000], "damaged or cut short"),
    "half.webp": (lambda: saved("WEBP")[:9000], "damaged or cut short"),
    "half.tif": (lambda: saved("TIFF", compression="tiff_lzw")[:9000], ""),
    "half.gif": (lambda: saved("GIF")[:9000], "damaged or cut short"),
    "half.bmp": (lambda: saved("BMP")[:9000], "damaged or cut short"),
    "half.avif": (lambda: saved("AVIF", speed=10)[:9000], ""),
    "no width.png": (lambda: png(0, 9, 2, b""), "begins like PNG"),
    "dot.png": (lambda: png(1, 1, 2, zlib.compress(bytes(4))), "1 x 1 px; each side"),
    "thread.png": (lambda: png(9000, 20, 0, zlib.compress(bytes(9001 * 20))), "at most 20 times the other"),
    "81 MP of nothing.png": (lambda: png(9000, 9000, 6, b""), "most of it is missing"),
    "81 MP of nothing.jpg": (lambda: claiming("JPEG", 9000, 9000), "most of it is missing"),
    "81 MP of nothing.gif": (lambda: claiming("GIF", 9000, 9000), ""),
    "81 MP of nothing.bmp": (lambda: claiming("BMP", 9000, 9000), ""),
    "81 MP of nothing.tif": (lambda: claiming("TIFF", 9000, 9000), ""),
    "4 GP.png": (lambda: png(65535, 65535, 2, b""), "at most 120 megapixels"),
    "4 GP.jpg": (lambda: claiming("JPEG", 65500, 65500), "at most 120 megapixels"),
    "4 GP.gif": (lambda: claiming("GIF", 65535, 65535), "at most 120 megapixels"),
    "4 GP.bmp": (lambda: claiming("BMP", 65535, 65535), "at most 120 megapixels"),
    "4 GP.tif": (lambda: claiming("TIFF", 65535, 65535), "at most 120 megapixels"),
    "text of 200 MB.png": (text_bomb, "damaged or cut short"),
}  # fmt: skip

ACCEPTED: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {
    "really a jpeg.png": (lambda: saved("JPEG"), (320, 240)),
    "really a png": (lambda: saved("PNG"), (320, 240)),
    "ünï cödé '\"\n.JPG": (lambda: saved("JPEG"), (320, 240)),
    "and then some.jpg": (lambda: saved("JPEG") + b"\0trailing" * 999, (320, 240)),
    "108 MP.png": (lambda: png(12000, 9000, 0, zlib.compress(bytes(12001 * 9000))), (12000, 9000)),
}


def test_made_trouble(tmp_path: Path) -> None:
    made = {name: make for name, (make, _) in {**REFUSED, **ACCEPTED}.items()}
    for name, make in made.items():
        (tmp_path / name).write_bytes(make())
    outcomes = dict(zip(made, read_all([tmp_path / name for name in made]), strict=True))
    assert_within_limits(list(outcomes.values()))
    wrong = [n for n, (_, words) in REFUSED.items() if outcomes[n].size or words not in outcomes[n].said]
    wrong += [n for n, (_, size) in ACCEPTED.items() if outcomes[n].size != size]
    assert {n: outcomes[n] for n in wrong} == {}


def test_no_interpreter_is_started(tmp_path: Path) -> None:
    """A Ghostscript that tells on us stands first in the path."""
    for name in ("gs", "gswin32c", "gswin64c"):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\n: > '{tmp_path}/started'\n", encoding="utf-8")
        script.chmod(0o755)
    (tmp_path / "eps.png").write_bytes(EPS)
    assert read_all([tmp_path / "eps.png"], PATH=str(tmp_path))[0].size is None
    assert not (tmp_path / "started").exists()


# The corpus


def test_every_trouble_file_of_the_corpus(corpus: Path | None) -> None:
    table = corpus / "hostile" / "EXPECT.csv" if corpus else Path("no corpus")
    rows = []
    if table.is_file():
        with table.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    outcomes = read_all([table.parent / row["file"] for row in rows])
    assert len(outcomes) == len(rows)
    if outcomes:
        assert_within_limits(outcomes)
    wrong = [f"{row['file']}: {o}" for row, o in zip(rows, outcomes, strict=True) if not as_expected(row, o)]
    assert wrong == []


def as_expected(row: dict[str, str], outcome: Outcome) -> bool:
    """Whether a row of EXPECT.csv got what it must; a picture that is read has the size stated."""
    if outcome.size is None:
        return row["expected"] != "accept"
    size = tuple(int(row[c]) for c in ("upright_width", "upright_height") if row[c])
    return row["expected"] != "refuse" and size in ((), outcome.size)


@pytest.mark.parametrize(
    ("expected", "size", "got", "right"),
    [
        ("accept", "", None, False),
        ("refuse", "", (9, 9), False),
        ("accept", "9", (9, 8), False),
        ("either", "9", (9, 8), False),
        ("accept", "9", (9, 9), True),
        ("refuse", "", None, True),
        ("either", "9", None, True),
    ],
)
def test_the_table_is_taken_at_its_word(
    expected: str,
    size: str,
    got: tuple[int, int] | None,
    right: bool,  # noqa: FBT001
) -> None:
    row = {"expected": expected, "upright_width": size, "upright_height": size}
    assert as_expected(row, Outcome(got, "", 0, 0)) is right
