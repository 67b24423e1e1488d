"""Birches in October: a wood laid on with the palette knife, gold leaves and blue shade."""

from __future__ import annotations

import numpy as np

from samples.paint._brush import Brush, Canvas, cover, dabs
from samples.paint._colour import F32, U8, blend, paint, paints, ramp
from samples.paint._field import LONG_SIDE, Sheet, fractal, line, rise, scatter

RATIO = 0.8
_FAR = (
    (60, 15),
    (215, 13),
    (300, 17),
    (432, 14),
    (520, 18),
    (735, 16),
    (800, 13),
    (905, 18),
    (1010, 14),
    (1190, 16),
)
_NEAR = ((140, 44, 0.05), (378, 36, -0.04), (985, 40, 0.03), (1120, 54, -0.07), (640, 26, 0.015))


def picture(rng: np.random.Generator, sheet: Sheet) -> U8:
    """(H, W, 3) uint8."""
    colour, angle = _wood(rng, sheet)
    canvas = Canvas(sheet, np.broadcast_to(paint("#7a4a3a"), (sheet.height * 2, sheet.width * 2, 3)))
    for width, length, spacing in ((52.0, 92.0, 31.0), (34.0, 62.0, 20.0)):
        knife = Brush(
            width,
            length,
            light=0.045,
            hue=0.026,
            streak=0.024,
            ragged=0.14,
            wobble=0.35,
            blunt=True,
            dry=0.02,
        )
        cover(canvas, rng, knife, scatter(rng, sheet, spacing, margin=20), angle=angle, colour=colour)
    for foot, wide in _FAR:
        _trunk(
            canvas,
            rng,
            foot,
            wide,
            rng.normal(0, 0.025),
            700 + 3 * wide,
            paints("#5b5a96", "#9a97c4", "#e3cfc4"),
        )
    _leaves(canvas, rng, 1500, (12.0, 30.0), low=600)
    for foot, wide, lean in _NEAR:
        _trunk(canvas, rng, foot, wide, lean, 770 + 3.2 * wide, paints("#55588f", "#c9c6dc", "#fff4df"))
    _leaves(canvas, rng, 1900, (15.0, 38.0), low=400)
    _floor(canvas, rng)
    return canvas.lit(1.15)


def _wood(rng: np.random.Generator, sheet: Sheet) -> tuple[F32, F32]:
    x, y = sheet.grid()
    patch = fractal(rng, sheet, 190, octaves=4, stretch=1.1)
    light = np.exp(-(((x - 660) / 330) ** 2 + ((y - 470) / 270) ** 2))
    tone = 1.5 * light + 0.42 * patch - 0.45
    colour = ramp(
        tone,
        [-1.1, -0.55, -0.1, 0.3, 0.7, 1.1],
        paints("#2b2f6e", "#3f5f86", "#8a5a4a", "#e0852c", "#f7bf3f", "#fff0b4"),
    )
    sky = rise(patch + 0.9 * light, 0.75, 1.5) * rise(y, 480, 260)
    colour = blend(colour, np.broadcast_to(paint("#8fc4e0"), colour.shape), 0.85 * sky)
    ground = line(rng, x, 690, 14, 330)
    floor = ramp(
        0.9 * patch + 1.2 * np.exp(-(((x - 660) / 300) ** 2)) - 0.3,
        [-1.2, -0.5, 0.1, 0.7, 1.3],
        paints("#2f2a66", "#6a3560", "#b5482e", "#ec8f2e", "#fbd25f"),
    )
    path_mid = 660 + 90 * np.sin((y - 690) / 95)
    path = np.abs(x - path_mid) < 16 + 0.62 * (y - 690)
    trail = ramp(
        patch + 0.8 * rise(y, 960, 700), [-1, 0, 1, 1.8], paints("#5f5aa8", "#9c84c0", "#f0b69a", "#fde6b8")
    )
    floor = np.where(path[..., None], trail, floor)
    colour = np.where((y > ground)[..., None], floor, colour).astype(np.float32)
    angle = np.where(y > ground, 0.12 * patch, np.pi / 2 + 0.9 * patch).astype(np.float32)
    return colour, angle


def _trunk(
    canvas: Canvas, rng: np.random.Generator, foot: float, wide: float, lean: float, base: float, bark: F32
) -> None:
    """A stem of knife strokes drawn across it, shaded from left to right, with its black scars."""
    step = wide * 0.34
    up = np.arange(base, -40, -step)
    middle = foot + lean * (base - up) + 0.16 * wide * np.sin(up / 90 + foot)
    girth = wide * (0.72 + 0.28 * up / base)
    for share, tint in ((-0.34, 0.0), (0.02, 1.0), (0.33, 2.0)):
        points = np.stack([middle + share * girth, up + rng.normal(0, 2, len(up))], axis=1).astype(np.float32)
        lab = ramp(np.full(len(up), tint) + rng.normal(0, 0.25, len(up)), [0, 1, 2], bark)
        knife = Brush(
            wide * 0.5, wide * 0.62, light=0.03, hue=0.012, ragged=0.1, blunt=True, dry=0.03, body=1.25
        )
        dabs(canvas, rng, knife, points, np.pi / 2 + lean + rng.normal(0, 0.16, len(up)), lab)
    scars = rng.random(len(up)) < 0.3
    at = np.stack([middle + rng.uniform(-0.38, 0.38, len(up)) * girth, up], axis=1)[scars].astype(np.float32)
    mark = Brush(max(4.0, wide * 0.15), wide * 0.5, light=0.03, ragged=0.4, body=1.3)
    dabs(canvas, rng, mark, at, rng.normal(0.0, 0.16, len(at)), np.repeat(paint("#211c38")[None], len(at), 0))


def _leaves(
    canvas: Canvas, rng: np.random.Generator, count: int, size: tuple[float, float], *, low: float
) -> None:
    """Daubs of foliage in clusters, thick above and thinning downwards."""
    heart = np.stack([rng.uniform(0, LONG_SIDE, 34), low * rng.random(34) ** 1.7 - 20], axis=1)
    keep = np.abs(heart[:, 0] - 660) > 190 * (heart[:, 1] > 130)
    heart = heart[keep]
    points = heart[rng.integers(0, len(heart), count)] + rng.normal(0, 1, (count, 2)) * [66, 40]
    tone = (
        rng.normal(0, 0.55, count) + 1.1 * np.exp(-(((points[:, 0] - 660) / 330) ** 2)) - points[:, 1] / 900
    )
    lab = ramp(
        tone, [-1.2, -0.5, 0.1, 0.6, 1.2], paints("#6b2440", "#b8402a", "#e5832a", "#f6b733", "#ffe98a")
    )
    green = rng.random(count) < 0.1
    lab[green] = ramp(tone[green], [-1, 1], paints("#2f6f5a", "#b9c44a"))
    daub = Brush(size[0], size[1], light=0.04, hue=0.02, streak=0.035, ragged=0.45, dry=0.1, body=1.3)
    dabs(canvas, rng, daub, points.astype(np.float32), rng.uniform(-0.9, 0.9, count) + 0.5, lab)


def _floor(canvas: Canvas, rng: np.random.Generator) -> None:
    """Long shadows of the stems, and fallen leaves."""
    for foot, wide, lean in _NEAR:
        base = 770 + 3.2 * wide
        t = np.linspace(0, 1, 16)
        side = 1 if foot > 660 else -1
        points = np.stack([foot + side * 150 * t, base + 120 * t], axis=1).astype(np.float32)
        lab = np.repeat(paint("#4a4494")[None], 16, 0)
        dabs(
            canvas,
            rng,
            Brush(wide * 0.5, wide * 1.1, ragged=0.2),
            points,
            np.full(16, 0.5 * side + lean),
            lab,
        )
    count = 230
    points = np.stack(
        [rng.uniform(0, LONG_SIDE, count), 730 + 320 * rng.random(count) ** 0.8], axis=1
    ).astype(np.float32)
    lab = ramp(rng.random(count), [0, 0.4, 0.7, 1], paints("#b53a2c", "#ea8a2c", "#f8c443", "#ffe99a"))
    dabs(canvas, rng, Brush(10, 26, ragged=0.5, dry=0.15), points, rng.normal(0.1, 0.3, count), lab)
