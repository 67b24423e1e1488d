"""The breaker: a wave in the manner of a colour woodcut, Prussian blues on cream paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.paint._block import Block, Curve, curve
from samples.paint._colour import F32, U8, blend, paint, paints, ramp
from samples.paint._field import LONG_SIDE, Sheet, fractal

RATIO = 0.7
_PAPER, _FOAM, _KEY = "#f3e6c8", "#fbf3df", "#17294f"
_BLUES = ("#1b3a70", "#f6ecd4", "#2f5f97", "#7fa9bd", "#16305f", "#e9e2cc", "#3d74a6", "#1d4380")


@dataclass(frozen=True)
class _Wave:
    """A breaker between its hollow ``face`` and its ``back``, both from the foot to the tip."""

    face: Curve
    back: Curve

    def layer(self, t: float) -> Curve:
        """The line a share ``t`` of the way from the face to the back."""
        return self.face * (1 - t) + self.back * t


def picture(rng: np.random.Generator, sheet: Sheet) -> U8:
    """(H, W, 3) uint8."""
    paper, key = paint(_PAPER), paint(_KEY)
    block = Block(sheet, _sky(rng, sheet))
    _sun(block)
    _clouds(block, rng)
    _mountain(block, sheet)
    _swells(block, rng, 640, 4, far=True)
    great = _Wave(
        curve(
            [
                (1010, 960),
                (800, 832),
                (640, 742),
                (520, 636),
                (455, 520),
                (452, 415),
                (512, 330),
                (610, 300),
                (702, 330),
                (752, 402),
            ]
        ),
        curve(
            [
                (-260, 960),
                (-120, 640),
                (20, 400),
                (170, 228),
                (330, 120),
                (480, 78),
                (620, 104),
                (722, 190),
                (764, 300),
                (757, 404),
            ]
        ),
    )
    _body(block, rng, great)
    _crest(block, rng, great, start=0.36)
    _swells(block, rng, 742, 3, far=False)
    small = _Wave(great.face * 0.31 + [838, 640], great.back * 0.31 + [838, 640])
    _body(block, rng, small, stripes=9, size=0.55)
    _crest(block, rng, small, start=0.34, size=0.42)
    _swells(block, rng, 838, 2, far=False)
    _spray(block, rng, key)
    return block.printed(rng, paper)


def _sky(rng: np.random.Generator, sheet: Sheet) -> F32:
    x, y = sheet.grid()
    base = ramp(
        y,
        [0, 60, 190, 330, 520, 640],
        paints("#15305f", "#3f6690", "#adb7a8", "#e2cfa4", "#eebf8c", "#f0d9b4"),
    )
    glow = np.exp(-((np.hypot(x - 1010, y - 330) / 300) ** 2))
    return blend(
        base, np.broadcast_to(paint("#f6dc9c"), base.shape), 0.75 * glow + 0.04 * fractal(rng, sheet, 90)
    )


def _sun(block: Block) -> None:
    _, y = block.sheet.grid()
    turn = np.linspace(0, 2 * np.pi, 200)
    disc = np.stack([1010 + 92 * np.cos(turn), 330 + 92 * np.sin(turn)], axis=1)
    block.grade(disc, ramp(y, [235, 330, 425], paints("#d2382c", "#e2603a", "#f0a35e")))


def _clouds(block: Block, rng: np.random.Generator) -> None:
    """Bands of mist with round ends, outlined on the lower side."""
    for cx, cy, half, thick in (
        (1050, 392, 250, 17),
        (890, 432, 150, 12),
        (1190, 470, 190, 15),
        (1160, 150, 170, 13),
        (900, 182, 95, 9),
    ):
        t = np.linspace(-1, 1, 160)
        edge = thick * np.sqrt(np.clip(1 - np.abs(t) ** 6, 0, 1)) * (1 + 0.3 * np.sin(5 * t + cx))
        top = np.stack([cx + half * t, cy - edge * 0.8 + 5 * np.sin(7 * t + cy)], axis=1)
        under = np.stack([cx + half * t, cy + edge * 0.55], axis=1)
        block.fill(np.concatenate([top, under[::-1]]), paint("#f7ead0"))
        block.line(under, 2.6 * (1 - t**4) + 0.3, paint("#a9b3a8"))


def _mountain(block: Block, sheet: Sheet) -> None:
    _, y = sheet.grid()
    left = curve([(820, 652), (930, 600), (1010, 545), (1062, 506)], 80)
    right = curve([(1094, 508), (1150, 556), (1230, 606), (1330, 652)], 80)
    outline = np.concatenate([left, right])
    block.grade(outline, ramp(y, [505, 560, 650], paints("#31558a", "#5f86a6", "#b8c1b0")))
    notch = np.array(
        [
            (1130, 540),
            (1116, 568),
            (1104, 548),
            (1090, 590),
            (1076, 552),
            (1060, 580),
            (1048, 545),
            (1030, 560),
            (1022, 536),
        ]
    )
    block.fill(np.concatenate([left[62:], right[:24], notch.astype(float)]), paint(_FOAM))
    for side in (left, right):
        block.line(side, 2.4, paint(_KEY))


def _body(
    block: Block, rng: np.random.Generator, wave: _Wave, *, stripes: int = 17, size: float = 1.0
) -> None:
    """The wave's stripes, which run up the face and over, each drawn out thin towards the tip."""
    cuts = np.concatenate([[0], np.cumsum(rng.uniform(0.6, 1.5, stripes))])
    cuts = cuts / cuts[-1]
    for i in range(len(cuts) - 1):
        low, high = wave.layer(cuts[i]), wave.layer(cuts[i + 1])
        block.fill(np.concatenate([low, high[::-1]]), paint(_BLUES[i % len(_BLUES)]))
    s = np.linspace(0, 1, len(wave.face))
    for i, cut in enumerate(cuts):
        swell = size * 3.4 * np.sin(np.pi * np.clip(s * 1.05, 0, 1)) ** 0.5 + 0.5
        block.line(wave.layer(cut), swell if i in (0, len(cuts) - 1) else swell * 0.55, paint(_KEY))
        if i < len(cuts) - 1 and i % 2 == 0 and size == 1:
            _hatching(block, rng, wave, cut, cuts[i + 1])


def _hatching(block: Block, rng: np.random.Generator, wave: _Wave, low: float, high: float) -> None:
    """Fine lines within a stripe."""
    for share in (0.28, 0.52, 0.76):
        first, last = int(rng.uniform(0, 60)), int(rng.uniform(130, 225))
        path = wave.layer(low + share * (high - low))[first:last]
        thin = 1.5 * np.sin(np.linspace(0, np.pi, len(path))) + 0.2
        block.line(path, thin, paint("#a9c6cc" if rng.random() < 0.6 else _KEY))


def _finger(
    rng: np.random.Generator, root: NDArray[np.float64], angle: float, length: float, curl: float
) -> tuple[Curve, NDArray[np.float64]]:
    """A claw of foam: circles along a curling path, ever smaller."""
    t = np.linspace(0, 1, 26)
    turn = angle + curl * t**1.4
    path = root + np.cumsum(np.stack([np.cos(turn), np.sin(turn)], axis=1), axis=0) * (length / 26)
    return path, length * (0.15 * (1 - t) ** 0.7 + 0.02)


def _claw(
    rng: np.random.Generator,
    root: NDArray[np.float64],
    angle: float,
    length: float,
    curl: float,
    depth: int = 2,
) -> list[tuple[Curve, NDArray[np.float64]]]:
    """A finger with smaller fingers on its outer side."""
    path, radii = _finger(rng, root, angle, length, curl)
    parts = [(path, radii)]
    if depth:
        for at in (0.3, 0.5, 0.7):
            i = int(at * 26)
            aside = angle + curl * at**1.4 - np.sign(curl) * rng.uniform(0.35, 0.75)
            parts += _claw(rng, path[i], aside, length * rng.uniform(0.42, 0.55), curl * 1.15, depth - 1)
    return parts


def _crest(block: Block, rng: np.random.Generator, wave: _Wave, *, start: float, size: float = 1.0) -> None:
    """Foam along the back, from ``start`` to the tip, its claws reaching out and down."""
    points, s = wave.back, np.linspace(0, 1, len(wave.back))
    heading = np.unwrap(np.arctan2(*np.gradient(points, axis=0).T[::-1]))
    hand = np.sign(heading[-20] - heading[60])
    _lace(block, rng, wave, start, size)
    for inset, reach, count in ((0.30, 58, 15), (0.17, 74, 19), (0.07, 92, 24)):
        for at in np.linspace(start + 0.3 * inset, 0.99, count):
            i = int(at * (len(s) - 1))
            depth = inset * (1 - at) ** 0.3
            root = points[i] * (1 - depth) + wave.face[i] * depth
            out = heading[i] - hand * rng.uniform(0.35, 0.95)
            length = size * reach * (0.55 + 0.75 * at) * rng.uniform(0.75, 1.2)
            _foam(block, _claw(rng, root, out, length, hand * rng.uniform(1.5, 2.5)), size)


def _lace(block: Block, rng: np.random.Generator, wave: _Wave, start: float, size: float) -> None:
    """The broken water under the claws: a band of foam whose inner edge hangs down in scallops."""
    i = np.arange(int(start * len(wave.back)), len(wave.back))
    s = np.linspace(0, 1, len(i))
    for grow, tint in ((0.012, _KEY), (0.0, _FOAM)):
        drop = (0.16 + 0.13 * np.abs(np.sin(s * 24)) + 0.07 * np.sin(s * 53 + 1)) * np.minimum(
            1, 5 * s
        ) + grow
        inner = wave.back[i] * (1 - drop[:, None]) + wave.face[i] * drop[:, None]
        block.fill(np.concatenate([wave.back[i], inner[::-1]]), paint(tint))
    where = rng.choice(i, 70)
    sunk = rng.uniform(0.03, 0.2, 70)[:, None]
    block.dots(
        wave.back[where] * (1 - sunk) + wave.face[where] * sunk,
        size * rng.uniform(2, 7, 70),
        paint("#8fb6c8"),
    )


def _foam(block: Block, parts: list[tuple[Curve, NDArray[np.float64]]], size: float = 1.0) -> None:
    """One claw with a contour round the whole of it and a shadow within."""
    for grow, tint in ((0.7 + 1.2 * size, _KEY), (0.0, _FOAM)):
        for path, radii in parts:
            block.dots(path, radii + grow, paint(tint))
    for path, radii in parts:
        if radii[0] > 5 * size:
            block.dots(path[2:16] + radii[2:16, None] * [0.1, 0.42], radii[2:16] * 0.42, paint("#a8c6cf"))


def _swells(block: Block, rng: np.random.Generator, level: float, rows: int, *, far: bool) -> None:
    """Rows of low waves, each a graded band under a line, with caps of foam on the near ones."""
    _, y = block.sheet.grid()
    x = np.linspace(-20, LONG_SIDE + 20, 300)
    for row in range(rows):
        base = level + row * (26 if far else 44)
        rough = 7 if far else 15
        crest = (
            base
            + rough * np.sin(x / (62 + 14 * row) + rng.uniform(0, 6))
            + rough * 0.7 * np.sin(x / 141 + rng.uniform(0, 6))
        )
        top = np.stack([x, crest], axis=1)
        tone = paints("#8fb0b4", "#4d7ca2", "#2b568c") if far else paints("#6f9fb9", "#2a5a94", "#173565")
        bottom = np.array([(LONG_SIDE + 20, 960.0), (-20.0, 960.0)])
        block.grade(np.concatenate([top, bottom]), ramp(y, [base - 12, base + 22, base + 62], tone))
        block.line(top, 2.6, paint(_KEY))
        for drop in (9, 17, 27) if not far else (9,):
            first = int(rng.uniform(0, 60))
            for a in range(first, 280, 70):
                path = (top + np.array([0, drop]))[a : a + int(rng.uniform(24, 56))]
                block.line(
                    path,
                    2.6 * np.sin(np.linspace(0, np.pi, len(path))) + 0.2,
                    paint(_FOAM if drop != 17 else "#9fc1cb"),
                )
        if not far:
            _caps(block, rng, top)


def _caps(block: Block, rng: np.random.Generator, top: Curve) -> None:
    peaks = np.flatnonzero((top[1:-1, 1] < top[:-2, 1]) & (top[1:-1, 1] <= top[2:, 1])) + 1
    for i in peaks:
        for step in (-9, -5, -1, 3, 7):
            j = int(np.clip(i + step, 0, len(top) - 1))
            _foam(block, _claw(rng, top[j] + [0, 4], rng.uniform(-0.5, 0.5), rng.uniform(20, 34), 1.5, 1))


def _spray(block: Block, rng: np.random.Generator, key: F32) -> None:
    """Flecks thrown off the crest, denser near it."""
    count = 230
    turn = rng.uniform(-2.3, 1.15, count)
    away = 250 + 26 * rng.exponential(1.7, count)
    centres = np.stack([560 + 1.12 * away * np.cos(turn), 300 + away * np.sin(turn)], axis=1)
    radii = rng.gamma(3.0, 1.1, count).clip(1.4, 7)
    block.dots(centres, radii + 1.1, key)
    block.dots(centres, radii, paint(_FOAM))
