"""Moonrise: a dusk sky in swirls of thick paint over hills, a lake and a field of gold."""

from __future__ import annotations

import numpy as np

from samples.paint._brush import Brush, Canvas, cover, dabs
from samples.paint._colour import F32, U8, blend, paint, paints, ramp
from samples.paint._field import Sheet, along, fractal, line, rise, scatter, smooth_noise

RATIO = 0.78
MOON = (905.0, 235.0)
_HOUSES = ((505.0, 612.0, 46.0), (566.0, 606.0, 40.0), (618.0, 615.0, 54.0), (684.0, 608.0, 38.0))
_STARS = (
    (150.0, 95.0, 15.0), (395.0, 62.0, 12.0), (330.0, 255.0, 11.0), (570.0, 118.0, 16.0),
    (655.0, 305.0, 11.0), (1130.0, 80.0, 14.0), (1195.0, 330.0, 13.0), (740.0, 60.0, 10.0),
    (60.0, 330.0, 11.0),
)  # fmt: skip


def picture(rng: np.random.Generator, sheet: Sheet) -> U8:
    """(H, W, 3) uint8."""
    x, y = sheet.grid()
    edges = _ridges(rng, x)
    zone = sum(((y > edge).astype(np.float32) for edge in edges), np.zeros_like(x))
    colour, angle = _sky(rng, sheet, x, y)
    _land(rng, sheet, colour, angle, zone, edges)
    canvas = Canvas(sheet, np.broadcast_to(paint("#3d3355"), (sheet.height * 2, sheet.width * 2, 3)))
    for width, length, spacing in ((34.0, 150.0, 20.0), (21.0, 110.0, 13.0), (14.0, 78.0, 13.5)):
        brush = Brush(width, length, light=0.04, hue=0.02, streak=0.03)
        cover(
            canvas,
            rng,
            brush,
            scatter(rng, sheet, spacing, margin=20),
            angle=angle,
            colour=colour,
            within=zone,
        )
    _lights(canvas, rng)
    _village(canvas, rng)
    _poplars(canvas, rng)
    return canvas.lit(1.05)


def _ridges(rng: np.random.Generator, x: F32) -> list[F32]:
    far = line(rng, x, 520, 22, 380) - 46 * np.exp(-(((x - 300) / 190) ** 2))
    near = line(rng, x, 590, 14, 300) + 22 * np.sin(x / 210)
    lake = np.full_like(x, 642)
    shore = line(rng, x, 775, 12, 420) - 60 * rise(x, 620, 0)
    return [far, near, lake, shore.astype(np.float32)]


def _sky(rng: np.random.Generator, sheet: Sheet, x: F32, y: F32) -> tuple[F32, F32]:
    night = paints("#16245e", "#2145a0", "#3d78c4", "#8db8cf", "#f0c27a", "#ee8a4a", "#d95d4f")
    wander = 46 * fractal(rng, sheet, 300, octaves=3, stretch=1.6)
    colour = ramp(y + wander, [0, 150, 290, 390, 462, 520, 580], night)
    stream, swirl = _streams(rng, sheet, x, y)
    bands = np.sin(stream / 15.0)
    cool = ramp(bands, [-1, -0.3, 0.4, 1], paints("#111b50", "#2a50b4", "#5fa3d4", "#c9e0cf"))
    colour = blend(colour, cool, 0.62 * rise(y, 470, 300) * (0.55 + 0.45 * swirl))
    far = np.hypot(x - MOON[0], y - MOON[1])
    rings = ramp(np.sin(far / 9.5) * 0.5 + 0.5, [0, 1], paints("#e8b93e", "#fff0b0"))
    colour = blend(colour, rings, 0.95 * rise(far, 190, 62))
    for cx, cy, size in _STARS:
        away = np.hypot(x - cx, y - cy) + 5 * np.sin(stream)
        glow = ramp(away / size, [0.6, 1.5, 2.6], paints("#fff3b8", "#f1d06a", "#9cc4cf"))
        colour = blend(colour, glow, 0.95 * rise(away / size, 3.1, 1.3))
    return colour, (along(stream) + 0.22 * swirl).astype(np.float32)


def _streams(rng: np.random.Generator, sheet: Sheet, x: F32, y: F32) -> tuple[F32, F32]:
    """The stream function of the sky, whose level lines are the strokes, and where it swirls."""
    stream = y + 52 * smooth_noise(rng, sheet, 210, stretch=1.9)
    swirl = np.zeros_like(x)
    eddies = ((400, 205, 165, 1.0), (*MOON, 215, 1.3), (640, 385, 90, 0.7), (1165, 190, 95, 0.7))
    halos = tuple((cx, cy, 2.7 * size, 1.2) for cx, cy, size in _STARS)
    for cx, cy, reach, power in (*eddies, *halos):
        away = np.hypot((x - cx) / 1.15, y - cy)
        share = np.clip(power * np.exp(-((away / reach) ** 2)), 0, 1)
        stream = stream * (1 - share) + share * (away + 40)
        swirl = np.maximum(swirl, share)
    return stream.astype(np.float32), swirl


def _land(
    rng: np.random.Generator, sheet: Sheet, colour: F32, angle: F32, zone: F32, edges: list[F32]
) -> None:
    """Hills, lake and field, painted into ``colour`` and ``angle``."""
    x, y = sheet.grid()
    patch = fractal(rng, sheet, 150, octaves=3, stretch=1.8)
    hills = ramp(patch, [-1.6, -0.3, 0.7, 1.7], paints("#2b2a6b", "#4a4a9c", "#7a68ae", "#c98aa0"))
    fields = ramp(patch, [-1.5, -0.4, 0.5, 1.5], paints("#12304f", "#1f5a66", "#3f8a6c", "#a7b552"))
    water = _water(x, y, patch)
    furrow = np.arctan2(x - 760, y - 560) * 3.2
    gold = ramp(
        0.7 * patch + 1.1 * np.sin(furrow * 5.0) + 0.35,
        [-2.2, -0.9, 0.1, 1.1, 2.2],
        paints("#5a2f5e", "#a8552f", "#d98e2b", "#f1c04a", "#fbe9a1"),
    )
    dark = rise(y, 850, 1010) + 0.5 * rise(np.hypot(x - 180, y - 900), 260, 90)
    gold = blend(gold, np.broadcast_to(paint("#33296b"), gold.shape), 0.6 * dark)
    slope = 0.25 * np.sin(x / 180 + 1) + 0.1 * patch
    leaning = np.arctan2(y - 560, x - 760) + 0.12 * patch
    for value, area, way in (
        (1, hills, slope),
        (2, fields, slope * 1.3),
        (3, water, patch * 0.05),
        (4, gold, leaning),
    ):
        here = zone == value
        colour[here], angle[here] = area[here], way[here]
    rim = (zone == 1) & (y < edges[0] + 13)
    colour[rim] = paint("#f2a15e")


def _water(x: F32, y: F32, patch: F32) -> F32:
    water = ramp(y + 12 * patch, [640, 690, 740, 800], paints("#e59a62", "#8f83b8", "#3f63b0", "#1c2f74"))
    ripple = np.sin(y / 4.2 + 2.2 * patch)
    path = np.exp(-(((x - MOON[0]) / (42 + 0.55 * (y - 640))) ** 2)) * (0.55 + 0.6 * ripple)
    return blend(water, np.broadcast_to(paint("#ffe48c"), water.shape), path)


def _lights(canvas: Canvas, rng: np.random.Generator) -> None:
    """The moon's disc and the stars: rings of short, loaded dabs, the brightest paint last."""
    _halo(canvas, rng, (*MOON, 58.0), paints("#f7d667", "#fff3bd", "#fffbe6"))
    for cx, cy, size in _STARS:
        _halo(canvas, rng, (cx, cy, 0.62 * size), paints("#f7df86", "#fff2b4", "#fffbe4"))


def _halo(canvas: Canvas, rng: np.random.Generator, light: tuple[float, float, float], tints: F32) -> None:
    cx, cy, size = light
    for share, tint in zip((1.0, 0.66, 0.3), tints, strict=True):
        radius = size * share
        for ring in np.arange(radius, 0, -9.0):
            count = max(3, round(2 * np.pi * ring / 20))
            turn = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, 6.3)
            points = np.stack([cx + ring * np.cos(turn), cy + ring * np.sin(turn)], axis=1)
            brush = Brush(11, 24, light=0.02, hue=0.012, body=1.5)
            dabs(
                canvas,
                rng,
                brush,
                points.astype(np.float32),
                turn + np.pi / 2,
                np.repeat(tint[None], count, 0),
            )


def _village(canvas: Canvas, rng: np.random.Generator) -> None:
    for cx, cy, size in _HOUSES:
        lit, shade, roof = paints("#f0c89a", "#5d5aa0", "#b5443c")
        flat = Brush(size * 0.55, size * 0.75, blunt=True, ragged=0.05)
        middle = np.array([[cx, cy]], np.float32)
        dabs(canvas, rng, flat, middle, np.full(1, np.pi / 2), shade[None])
        dabs(canvas, rng, flat, middle + np.array([size * 0.42, 2]), np.full(1, np.pi / 2), lit[None])
        for side, tone in ((-0.16, roof * 0.8), (0.2, roof), (0.5, roof * 1.12)):
            slope = Brush(size * 0.24, size * 0.72, ragged=0.1, body=1.4)
            dabs(
                canvas,
                rng,
                slope,
                middle + np.array([size * side, -size * 0.48]),
                np.full(1, -0.5),
                tone[None],
            )
        pane = Brush(size * 0.17, size * 0.24, blunt=True, ragged=0, body=1.8, dry=0)
        for dx in (-0.08, 0.42):
            dabs(
                canvas,
                rng,
                pane,
                middle + np.array([size * dx, size * 0.06]),
                np.full(1, np.pi / 2),
                paint("#ffd95c")[None],
            )


def _poplars(canvas: Canvas, rng: np.random.Generator) -> None:
    """Two dark trees on the left, flames of short strokes from the foot up."""
    for foot, base, tall, wide in ((128.0, 935.0, 640.0, 62.0), (236.0, 950.0, 430.0, 46.0)):
        up = np.sort(rng.random(620))
        belly = np.sin(np.pi * np.clip(up, 0.02, 1) ** 0.72) ** 0.8 + 0.08
        aside = rng.uniform(-1, 1, len(up))
        bend = 16 * np.sin(up * 5)
        points = np.stack([foot + bend + aside * wide * belly, base - up * tall], axis=1).astype(np.float32)
        angles = -np.pi / 2 - 0.5 * aside + 0.3 * np.sin(up * 16) + rng.normal(0, 0.14, len(up))
        tone = 0.5 * aside + 0.25 * rng.normal(0, 1, len(up))
        lab = ramp(tone, [-0.8, -0.2, 0.3, 0.8], paints("#0d1c3a", "#123a3f", "#1d5a45", "#7d8f3f"))
        dabs(canvas, rng, Brush(13, 62, light=0.03, streak=0.04, body=1.2), points, angles, lab)
