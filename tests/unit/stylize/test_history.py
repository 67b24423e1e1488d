"""The record of a run: every digit, every picture, and pages that need nothing else."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image as Pillow

from pbn.core.values import Image, Loss
from pbn.progress import Step
from pbn.stylize import _history

LOSSES = tuple(Loss(n, 1 / n, 3 / n, 0.1 if n > 1 else 0.0, 4 / n, 32 if n < 4 else 64) for n in range(1, 7))


def _grey(level: int) -> Image:
    return Image(np.full((4, 6, 3), level, np.uint8))


def _run(folder: Path, first: int = 1) -> _history.History:
    history = _history.History(folder)
    for loss in LOSSES[first - 1 :]:
        history(
            Step(
                "stylise", loss.step / 6, preview=_grey(loss.step * 20) if loss.step % 2 else None, loss=loss
            )
        )
    return history


def test_the_table_reads_back_to_the_last_digit() -> None:
    rows = list(csv.DictReader(io.StringIO(_history.table(LOSSES))))
    assert [float(row["total"]) for row in rows] == [loss.total for loss in LOSSES]
    assert [row["scale_px"] for row in rows] == ["32"] * 3 + ["64"] * 3


def test_the_plot_has_a_curve_a_term_and_a_line_a_scale() -> None:
    drawn = ElementTree.fromstring(_history.plot(LOSSES))
    lines = {
        line.get("class"): (line.get("points") or "").split() for line in drawn.findall(".//{*}polyline")
    }
    assert set(lines) == {"content", "style", "tv", "total"}
    assert (len(lines["total"]), len(lines["tv"])) == (6, 5)  # zero has no logarithm
    heights = [float(point.split(",")[1]) for point in lines["total"]]
    assert heights == sorted(heights)  # y grows downwards
    assert sum(path.get("class") == "scale" for path in drawn.findall(".//{*}path")) == 2


def test_a_plot_of_nothing_is_still_a_picture() -> None:
    ElementTree.fromstring(_history.plot(()))


def test_everything_is_written_and_the_page_needs_nothing_else(tmp_path: Path) -> None:
    written = _run(tmp_path).finish(gif=True)
    assert sorted(p.name for p in written) == ["evolution.gif", "evolution.html", "history.csv", "losses.svg"]
    page = (tmp_path / "evolution.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 3
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    with Pillow.open(tmp_path / "evolution.gif") as gif:
        assert getattr(gif, "n_frames", 1) == 3


def test_a_run_taken_up_again_keeps_its_pictures_and_a_new_one_does_not(tmp_path: Path) -> None:
    _run(tmp_path)
    _run(tmp_path, first=5)
    assert len(list((tmp_path / "frames").iterdir())) == 3
    history = _history.History(tmp_path)
    history(Step("stylise", 0.1, preview=_grey(1), loss=LOSSES[0]))
    assert len(list((tmp_path / "frames").iterdir())) == 1
