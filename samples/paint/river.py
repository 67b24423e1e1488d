"""Evening on the river: sunset in dots of pure colour that mix in the eye.

After the divisionists: no colour is mixed on the palette. Each dot takes one tube colour; which one
is drawn by lot, so that the dots around it average to the colour seen, and every eighth dot is its
complement.
"""

from __future__ import annotations

import numpy as np

from samples.paint._brush import Brush, Canvas, dabs
from samples.paint._colour import F32, U8, blend, paint, paints, ramp
from samples.paint._field import LONG_SIDE, Sheet, fractal, line, rise, scatter, smooth_noise

RATIO = 0.74
_SUN = (770.0, 372.0)
_SHORE = 470.0
_TUBES = paints(
    "#fff6d0", "#ffe27a", "#fcc23c", "#f6933a", "#ea5f3c", "#d63a4e", "#e77fa0", "#f4bfc4",
    "#b76bb0", "#7a4fa6", "#4a3f9c", "#2b49a8", "#2f7fce", "#79b9e2", "#c3e0e6", "#2f9c9c",
    "#2c8152", "#6fae4a", "#b6c94a", "#1d4a57", "#231f56", "#6b2a4d", "#a5562f",
)  # fmt: skip


def picture(rng: np.random.Generator, sheet: Sheet) -> U8:
    """(H, W, 3) uint8."""
    colour, angle = _evening(rng, sheet)
    canvas = Canvas(sheet, np.broadcast_to(paint("#b79a94"), (sheet.height * 2, sheet.width * 2, 3)))
    wash = Brush(30, 44, light=0.02, hue=0.01, streak=0.02, body=0.5)
    _dots(canvas, rng, wash, scatter(rng, sheet, 17, margin=20), colour, angle, loose=0.0)
    for size, spacing, loose in ((14.5, 10.5, 0.075), (11.5, 9.2, 0.06), (9.0, 9.6, 0.045)):
        dab = Brush(size, size * 0.72, light=0.012, hue=0.006, streak=0.018, dry=0, ragged=0.0, body=1.3)
        _dots(canvas, rng, dab, scatter(rng, sheet, spacing, margin=10), colour, angle, loose=loose)
    return canvas.lit(0.95, weave=0.5)


def _dots(
    canvas: Canvas,
    rng: np.random.Generator,
    brush: Brush,
    points: F32,
    colour: F32,
    angle: F32,
    *,
    loose: float,
) -> None:
    """Dabs at ``points``; with ``loose`` each is a tube colour near the one seen, else the colour itself."""
    seen = canvas.sheet.at(colour, points)
    lab = _tubes(rng, seen, loose) if loose else seen
    turn = canvas.sheet.at(angle, points) + rng.normal(0, 0.35, len(points))
    dabs(canvas, rng, brush, points, turn, lab)


def _tubes(rng: np.random.Generator, seen: F32, loose: float) -> F32:
    """(n, 3) a tube colour for each colour seen (n, 3), half mixed with it to keep the drawing."""
    sought = seen + rng.normal(0, 1, seen.shape) * np.array([0.6, 1.0, 1.0]) * loose
    sought[:, 1:] *= 1.18
    contrary = rng.random(len(seen)) < 0.12
    sought[contrary, 1:] *= -0.9
    weight = np.array([1.5, 1.0, 1.0])
    gap = (((sought[:, None] - _TUBES[None]) * weight) ** 2).sum(2)
    mixed = 0.55 * _TUBES[gap.argmin(1)] + 0.45 * sought
    mixed[:, 0] = 0.5 * mixed[:, 0] + 0.5 * sought[:, 0]
    return np.asarray(mixed, np.float32)


def _evening(rng: np.random.Generator, sheet: Sheet) -> tuple[F32, F32]:
    """What the painter saw, and the way the dabs lie."""
    x, y = sheet.grid()
    drift = fractal(rng, sheet, 260, octaves=4, stretch=2.6)
    colour = _sky(x, y, drift)
    angle = (0.25 * drift).astype(np.float32)
    _far_bank(rng, sheet, colour)
    water = y > _SHORE
    colour[water] = _river(rng, sheet, colour)[water]
    angle[water] = 0.0
    for paint_in in (_poplars, _boat, _near_bank, _tree):
        paint_in(rng, sheet, colour, angle)
    return colour, angle


def _sky(x: F32, y: F32, drift: F32) -> F32:
    high = ramp(
        y + 34 * drift,
        [0, 110, 220, 300, 370, 430, 480],
        paints("#4f6fc0", "#86a5d8", "#cfc3dc", "#f3bfb4", "#f8c07a", "#fbd98a", "#f7b878"),
    )
    clouds = rise(drift + 0.55 * np.sin(y / 44 + x / 520), 0.35, 1.15) * rise(y, 430, 330)
    lit = ramp(y + 0.12 * np.abs(x - _SUN[0]), [60, 210, 380], paints("#b9a1d0", "#f2a0a0", "#ff9a55"))
    sky = blend(high, lit, 0.8 * clouds)
    away = np.hypot(x - _SUN[0], y - _SUN[1])
    glow = ramp(
        away,
        [0, 46, 52, 110, 210, 330],
        paints("#fffdf0", "#fff8cf", "#ffe98c", "#ffd468", "#fbb25e", "#f6a884"),
    )
    return blend(sky, glow, rise(away, 400, 60))


def _far_bank(rng: np.random.Generator, sheet: Sheet, colour: F32) -> None:
    x, y = sheet.grid()
    hills = line(rng, x, 425, 14, 330)
    woods = line(rng, x, 452, 9, 90)
    haze = rise(np.abs(x - _SUN[0]), 60, 420)[..., None]
    for edge, near, far in ((hills, "#f0a070", "#8d86c4"), (woods, "#c0705c", "#4b5aa0")):
        here = (y > edge) & (y <= _SHORE)
        colour[here] = (paint(near) * (1 - haze) + paint(far) * haze)[here]


def _river(rng: np.random.Generator, sheet: Sheet, colour: F32) -> F32:
    """The sky upside down, broken by ripples, darker and bluer towards the viewer."""
    x, y = sheet.grid()
    ripple = smooth_noise(rng, sheet, 9, stretch=9) + smooth_noise(rng, sheet, 22, stretch=6)
    mirror = np.stack([x + 3 * ripple, 2 * _SHORE - y + 7 * ripple], axis=2)
    water = sheet.at(colour, np.clip(mirror, 0, LONG_SIDE - 1).astype(np.float32))
    depth = rise(y, _SHORE, 900)
    water = blend(water, np.broadcast_to(paint("#2c4f9e"), water.shape), 0.18 + 0.42 * depth + 0.1 * ripple)
    wide = 30 + 0.22 * (y - _SHORE)
    path = np.exp(-(((x - _SUN[0]) / wide) ** 2)) * rise(ripple, -0.7, 0.9)
    return blend(water, np.broadcast_to(paint("#ffdf7e"), water.shape), 0.95 * path)


def _poplars(rng: np.random.Generator, sheet: Sheet, colour: F32, angle: F32) -> None:
    """A row of poplars on the far bank, right, and their reflections."""
    x, y = sheet.grid()
    leaf = fractal(rng, sheet, 38, octaves=3)
    for foot, tall, wide in (
        (1010, 250, 22),
        (1064, 300, 25),
        (1118, 270, 23),
        (1172, 345, 28),
        (1234, 310, 27),
        (930, 130, 17),
    ):
        for flip in (1, -1):
            up = (_SHORE - y) * flip / (tall if flip > 0 else tall * 0.9)
            sway = 0.0 if flip > 0 else 7 * np.sin(y / 9.0)
            body = wide * np.sin(3.14 * np.clip(up, 0, 1) ** 0.6) ** 0.75 * (1 + 0.16 * leaf)
            side = (x - foot + sway) / wide
            here = (np.abs(side) * wide < body) & (up > 0) & (up < 1)
            tone = ramp(
                -side + 0.4 * leaf, [-0.9, -0.2, 0.4, 1.0], paints("#26386f", "#2f6a62", "#7f9c48", "#f3b04c")
            )
            if flip < 0:
                tone = blend(tone, np.broadcast_to(paint("#3b55a0"), tone.shape), np.full_like(x, 0.45))
            colour[here] = tone[here]
            if flip > 0:
                angle[here] = np.pi / 2


def _boat(rng: np.random.Generator, sheet: Sheet, colour: F32, angle: F32) -> None:
    """A sailing boat left of the sun's path: the white that everything is measured by."""
    x, y = sheet.grid()
    cx, keel = 505.0, 592.0
    for flip in (1, -1):
        up = (keel - y) * flip
        bend = 0.0 if flip > 0 else 5 * np.sin(y / 6.0)
        across = x - cx + bend
        reach = 1.0 if flip > 0 else 0.8
        main = (up > 14) & (up < 265 * reach) & (across > 0) & (across < 112 * (1 - up / (265 * reach)))
        jib = (up > 18) & (up < 215 * reach) & (across < -5) & (across > -78 * (1 - up / (215 * reach)))
        hull = (up >= 0) & (up < 16) & (np.abs(across) < 66 + 0.9 * up)
        pale = 0.0 if flip > 0 else 0.5
        sea = np.broadcast_to(paint("#7d8cc0"), colour.shape)
        for shape, first, last in (
            (main, "#fff8e6", "#f4a27c"),
            (jib, "#e9a6b4", "#9a86cc"),
            (hull, "#7c2f4c", "#3b2a63"),
        ):
            tone = ramp(across, [-60, 85], paints(last, first))
            colour[shape] = blend(tone, sea, np.full_like(x, pale))[shape]


def _near_bank(rng: np.random.Generator, sheet: Sheet, colour: F32, angle: F32) -> None:
    """Grass in shadow, with light between the blades and flowers."""
    x, y = sheet.grid()
    edge = line(rng, x, 850, 13, 240) - 150 * rise(x, 560, 0) + 40 * rise(x, 500, 900)
    here = y > edge
    patch = fractal(rng, sheet, 95, octaves=3, stretch=2.0)
    grass = ramp(
        patch + 0.9 * rise(y - edge, 90, 0),
        [-1.2, -0.3, 0.5, 1.4],
        paints("#1f2f6b", "#23655f", "#5f9a44", "#dcc650"),
    )
    flowers = rise(smooth_noise(rng, sheet, 17), 1.55, 1.9)
    grass = blend(grass, np.broadcast_to(paint("#e8577a"), grass.shape), 0.9 * flowers)
    grass = blend(grass, np.broadcast_to(paint("#ffca62"), grass.shape), 0.8 * rise(y - edge, 16, 0))
    colour[here] = grass[here]
    angle[here] = (-np.pi / 2 + 0.5 * patch)[here]


def _tree(rng: np.random.Generator, sheet: Sheet, colour: F32, angle: F32) -> None:
    """A great tree on the left: violet trunk, blue shadow, a rim of fire towards the sun."""
    x, y = sheet.grid()
    leaf = fractal(rng, sheet, 110, octaves=4)
    for x0, y0, x1, y1, wide in (
        (168, 900, 190, 430, 30),
        (190, 520, 330, 300, 13),
        (188, 500, 70, 300, 14),
        (190, 430, 215, 190, 15),
    ):
        t = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
        off = np.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0)) / (wide * (1.25 - 0.6 * t))
        here = off < 1
        tone = ramp((x - x0 - t * (x1 - x0)) / wide, [-1, 0.1, 0.9], paints("#2a2160", "#6a3560", "#e8843f"))
        colour[here], angle[here] = tone[here], np.pi / 2
    for cx, cy, rx, ry in (
        (180, 160, 190, 135),
        (60, 250, 150, 110),
        (310, 250, 145, 95),
        (150, 330, 130, 70),
        (20, 110, 140, 120),
    ):
        far = np.hypot((x - cx) / rx, (y - cy) / ry)
        here = far < 1 + 0.17 * leaf
        light = (0.75 * (x - cx) / rx + 0.45 * (y - cy) / ry) * np.clip(far, 0, 1.2) + 0.32 * leaf
        tone = ramp(
            light, [-0.9, -0.35, 0.1, 0.5, 0.9], paints("#232a6c", "#244f6e", "#2f7f55", "#93aa45", "#fbb84e")
        )
        colour[here] = tone[here]
        angle[here] = (0.8 * leaf)[here]
