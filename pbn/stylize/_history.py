"""What happened on the way: losses as a table and a plot, pictures as a page and a GIF.

A `History` is a listener like the terminal's bar: give it to ``progress``, then call `finish`.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from pbn.core.values import Image, Loss
from pbn.outputs import write_atomic
from pbn.progress import Progress, Step, silent
from pbn.stylize import _page

TERMS = ("content", "style", "tv", "total")
_COLOURS = {"content": "#0072b2", "style": "#d55e00", "tv": "#009e73", "total": "#000000"}
_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 572, 28, 352
_LINE = 15
"""Between the names of two curves."""

_DECADES = 6
"""At most so many powers of ten below the largest value are drawn."""


class History:
    """Keeps each step's loss and every picture shown, in ``folder``; passes all on to ``beside``.

    Pictures are written to ``folder/frames`` as they come, so that a run that is stopped and taken up
    again has them all; a run that starts at step 1 removes what an earlier one left there.
    """

    def __init__(self, folder: Path, beside: Progress = silent) -> None:
        self._folder, self._beside = folder, beside
        self._losses: list[Loss] = []

    def __call__(self, step: Step) -> None:
        """Listen."""
        if step.loss is not None:
            if step.loss.step == 1:
                self._clear()
            self._losses.append(step.loss)
            if step.preview is not None:
                frames = self._folder / "frames"
                frames.mkdir(parents=True, exist_ok=True)
                write_atomic(frames / f"step-{step.loss.step:06d}.png", _page.png(step.preview))
        self._beside(step)

    def _clear(self) -> None:
        for path in (self._folder / "frames").glob("step-*.png"):
            path.unlink()

    def finish(self, losses: Sequence[Loss] = (), *, gif: bool = False) -> list[Path]:
        """Write ``history.csv``, ``losses.svg``, ``evolution.html`` and, if asked, ``evolution.gif``.

        Parameters
        ----------
        losses
            The result's, which include those from before an interruption; without, those heard of.
        """
        told = list(losses) or self._losses
        frames = self._frames()
        files = {
            "history.csv": table(told).encode(),
            "losses.svg": plot(told).encode(),
            "evolution.html": evolution(told, frames).encode(),
        }
        if gif and frames:
            files["evolution.gif"] = animation([image for _, image in frames])
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomic(self._folder / name, content)
        return [self._folder / name for name in files]

    def _frames(self) -> list[tuple[int, Image]]:
        found = sorted((self._folder / "frames").glob("step-*.png"))
        return [(int(path.stem[5:]), _read(path)) for path in found]


def _read(path: Path) -> Image:
    with Pillow.open(path) as opened:
        return Image(np.array(opened.convert("RGB")))


def table(losses: Sequence[Loss]) -> str:
    """The losses as CSV: step, size and terms, with every digit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["step", "scale_px", *TERMS])
    for loss in losses:
        writer.writerow([loss.step, loss.scale_px, *(repr(getattr(loss, term)) for term in TERMS)])
    return out.getvalue()


def plot(losses: Sequence[Loss]) -> str:
    """The losses as SVG on log axes, one curve a term, with a line where the size changes."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" font-family="sans-serif" font-size="12">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    )
    if not losses:
        return head + f'<text x="{_LEFT}" y="40">no steps</text></svg>\n'
    low, high = _limits(losses)
    last = max(2, losses[-1].step)
    parts = [head, *_grid(low, high, last), *_scales(losses, last)]
    parts += [_curve(losses, term, low, high, last) for term in TERMS]
    parts += _names(losses[-1], low, high)
    return "\n".join(parts) + "\n</svg>\n"


def _limits(losses: Sequence[Loss]) -> tuple[int, int]:
    values = [v for loss in losses for term in TERMS if (v := getattr(loss, term)) > 0]
    if not values:
        return -1, 0
    high = math.floor(math.log10(max(values))) + 1
    return max(math.floor(math.log10(min(values))), high - _DECADES), high


def across(step: int, last: int) -> float:
    """Where a step lies on the plot's x axis."""
    return _LEFT + (_RIGHT - _LEFT) * math.log10(max(1, step)) / math.log10(last)


def _up(value: float, low: int, high: int) -> float:
    share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
    return _BOTTOM - (_BOTTOM - _TOP) * share


def _grid(low: int, high: int, last: int) -> list[str]:
    parts = []
    for power in range(low, high + 1):
        y = _up(10.0**power, low, high)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_number(power)}</text>')
    ticks = [n for power in range(6) for n in (10**power, 2 * 10**power, 5 * 10**power) if n <= last]
    for step in ticks:
        x = across(step, last)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_BOTTOM}" stroke="#eee"/>')
        parts.append(f'<text x="{x:.1f}" y="{_BOTTOM + 18}" text-anchor="middle">{step}</text>')
    parts.append(f'<text x="{(_LEFT + _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">step</text>')
    parts.append(
        f'<text transform="translate(14 {(_TOP + _BOTTOM) / 2}) rotate(-90)" text-anchor="middle">loss</text>'
    )
    return parts


def _number(power: int) -> str:
    """A power of ten, in digits where they are few."""
    if -4 <= power <= 4:
        return f"{10.0**power:g}"
    return f'10<tspan dy="-5" font-size="9">{power}</tspan>'


def _names(end: Loss, low: int, high: int) -> list[str]:
    """Each curve's name beside its end, moved down where two would meet."""
    ends = sorted((_up(getattr(end, term), low, high), term) for term in TERMS if getattr(end, term) > 0)
    parts, room = [], float(_TOP)
    for place, (y, term) in enumerate(ends):
        below = _LINE * (len(ends) - 1 - place)
        at = min(max(y + 4, room), _BOTTOM - below)
        room = at + _LINE
        parts.append(f'<text x="{_RIGHT + 8}" y="{at:.1f}" fill="{_COLOURS[term]}">{term}</text>')
    return parts


def _scales(losses: Sequence[Loss], last: int) -> list[str]:
    parts = []
    for before, loss in zip((None, *losses), losses, strict=False):
        if before is None or before.scale_px != loss.scale_px:
            x = across(loss.step, last)
            parts.append(
                f'<path class="scale" d="M{x:.1f} {_TOP}V{_BOTTOM}" stroke="#888" stroke-dasharray="4 3"/>'
            )
            parts.append(f'<text x="{x:.1f}" y="{_TOP - 8}" fill="#555">{loss.scale_px} px</text>')
    return parts


def _curve(losses: Sequence[Loss], term: str, low: int, high: int, last: int) -> str:
    points = [
        f"{across(loss.step, last):.1f},{_up(getattr(loss, term), low, high):.1f}"
        for loss in losses
        if getattr(loss, term) > 0
    ]
    look = f'class="{term}" fill="none" stroke="{_COLOURS[term]}" stroke-width="2"'
    return f'<polyline {look} points="{" ".join(points)}"/>'


_SCRIPT = """
const frames = JSON.parse(document.getElementById('frames').textContent);
const picture = document.getElementById('picture'), slider = document.getElementById('slider');
const label = document.getElementById('label'), play = document.getElementById('play');
const svg = document.querySelector('svg');
const mark = document.createElementNS('http://www.w3.org/2000/svg', 'line');
mark.setAttribute('stroke', '#cc79a7'); mark.setAttribute('stroke-width', '2');
if (svg) svg.append(mark);
let timer = null;
function show(i) {
  const frame = frames[i];
  picture.src = frame.src; picture.alt = 'Step ' + frame.step; label.textContent = frame.text;
  slider.value = i;
  const ends = {x1: frame.x, x2: frame.x, y1: TOP, y2: BOTTOM};
  for (const [name, value] of Object.entries(ends)) mark.setAttribute(name, value);
}
function stop() { clearInterval(timer); timer = null; play.textContent = 'Play'; }
function start() {
  if (+slider.value === frames.length - 1) show(0);
  play.textContent = 'Pause';
  timer = setInterval(() => +slider.value < frames.length - 1 ? show(+slider.value + 1) : stop(), 400);
}
play.onclick = () => timer ? stop() : start();
slider.oninput = () => { stop(); show(+slider.value); };
if (frames.length) show(frames.length - 1); else play.disabled = slider.disabled = true;
"""


_MEANING = (
    "<b>content</b>: how far from what the photo shows; <b>style</b>: how far from the artwork's manner; "
    "<b>tv</b>: how restless the picture is; <b>total</b>: what is brought down. Less is better."
)


def _told(step: int, loss: Loss | None) -> str:
    """What stands under a picture."""
    if loss is None:
        return f"Step {step}"
    return f"Step {step}: " + ", ".join(f"{term} {getattr(loss, term):.3g}" for term in TERMS)


def evolution(losses: Sequence[Loss], frames: Sequence[tuple[int, Image]]) -> str:
    """One self-contained page: the pictures under a slider with a play button, beside the curves."""
    last = max(2, losses[-1].step) if losses else 2
    at = {loss.step: loss for loss in losses}
    table = [
        {
            "step": step,
            "src": _page.uri(image),
            "x": round(across(step, last), 1),
            "text": _told(step, at.get(step)),
        }
        for step, image in frames
    ]
    body = (
        '<div class="row"><div><img id="picture" alt="" style="width:100%">'
        f'<p><input id="slider" type="range" min="0" max="{max(0, len(frames) - 1)}" value="0" '
        'aria-label="Step"></p>'
        '<p><button id="play" type="button">Play</button> <span id="label" role="status"></span></p></div>'
        f"<div>{plot(losses)}<p>{_MEANING}</p></div></div>\n"
        f'<script type="application/json" id="frames">{json.dumps(table)}</script>'
    )
    script = _SCRIPT.replace("TOP", str(_TOP)).replace("BOTTOM", str(_BOTTOM))
    return _page.page("How the picture came about", body, script)


def animation(images: Sequence[Image]) -> bytes:
    """The pictures as an endless GIF, the last one shown for two seconds."""
    size = images[-1].width, images[-1].height
    pictures = [Pillow.fromarray(image.pixels).resize(size, Pillow.Resampling.LANCZOS) for image in images]
    palettes = [picture.quantize(256, method=Pillow.Quantize.MEDIANCUT) for picture in pictures]
    out = io.BytesIO()
    times = [250] * (len(palettes) - 1) + [2000]
    palettes[0].save(
        out, "GIF", save_all=True, append_images=palettes[1:], duration=times, loop=0, optimize=False
    )
    return out.getvalue()
