"""A canvas, and brushes that leave bristle marks and relief on it.

A stroke is a path along the orientation field (Hertzmann, "Painterly Rendering with Curved Brush
Strokes of Multiple Sizes", 1998), drawn as a bundle of bristles: each has its own shade, length and
height of paint. The height is kept beside the colour and lit at the end, as in Hertzmann's "Fast
Paint Texture" (2002), which is what makes ridges of paint out of flat lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.paint._colour import F32, U8, shaken, srgb
from samples.paint._field import Floats, Sheet

_OVER = 2
"""Strokes are drawn at twice the artwork's size and reduced, which smooths their edges."""
_KNOTS = 12
"""Points along a stroke."""
_SHIFT = 3
"""Fractional bits of the coordinates handed to OpenCV."""


@dataclass(frozen=True)
class Brush:
    """A brush and the hand that leads it; lengths in units.

    ``light`` and ``hue`` are how far a stroke's colour strays (OKLab), ``streak`` how far a bristle
    strays from its stroke; ``dry`` is the share of bristles that leave nothing; ``ragged`` the share
    of the stroke's length within which bristles set on and lift off; ``body`` the paint's thickness.
    """

    width: float
    length: float
    light: float = 0.035
    hue: float = 0.018
    streak: float = 0.03
    dry: float = 0.06
    ragged: float = 0.3
    body: float = 1.0
    wobble: float = 0.12
    blunt: bool = False


class Canvas:
    """Wet paint: ``coat`` (H, W, 4) uint8, sRGB and the height of the paint."""

    def __init__(self, sheet: Sheet, ground: F32) -> None:
        self.sheet = sheet
        self.scale = sheet.unit * _OVER
        self.coat: U8 = np.zeros((sheet.height * _OVER, sheet.width * _OVER, 4), np.uint8)
        self.coat[..., :3] = srgb(ground)
        self.coat[..., 3] = 60

    def lit(self, relief: float = 1.0, *, weave: float = 0.0, gloss: float = 0.1) -> U8:
        """The dry painting, (H, W, 3) uint8, lit from the upper left."""
        height = self.coat[..., 3].astype(np.float32)
        if weave:
            rows, cols = np.indices(height.shape, dtype=np.float32)
            step = np.float32(2 * np.pi / (3.6 * self.scale))
            height += np.float32(14 * weave) * np.sin(cols * step) * np.sin(rows * step)
        height = cv2.GaussianBlur(height, (0, 0), max(0.55 * self.scale, 0.4)) * np.float32(self.scale)
        slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8)
        slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / 8)
        facing = np.tanh((slope_x * 0.6 + slope_y * 0.8) * np.float32(relief / 42.0))
        colour = self.coat[..., :3].astype(np.float32) * (1 + 0.34 * facing)[..., None]
        colour += (np.clip(facing - 0.35, 0, 1) ** 2 * np.float32(255 * gloss))[..., None]
        small = cv2.resize(colour, (self.sheet.width, self.sheet.height), interpolation=cv2.INTER_AREA)
        return np.clip(np.rint(small), 0, 255).astype(np.uint8)

    def stroke(self, rng: np.random.Generator, brush: Brush, paths: F32, lab: F32) -> None:
        """Draw a stroke of colour ``lab`` (n, 3) along each of ``paths`` (n, k, 2), in order.

        How many bristles there are depends on the artwork's size, so that their chance is a stream
        of its own; what is painted afterwards is the same at any size.
        """
        rng = rng.spawn(1)[0]
        bristles = int(np.clip(round(brush.width * self.scale / 2.6), 3, 22))
        for first in range(0, len(paths), 256):
            some = slice(first, first + 256)
            self._bundle(rng, brush, paths[some], lab[some], bristles)

    def _bundle(self, rng: np.random.Generator, brush: Brush, paths: F32, lab: F32, bristles: int) -> None:
        n, knots = paths.shape[:2]
        offsets = np.linspace(-1, 1, bristles) + rng.normal(0, 0.5 / bristles, (n, bristles))
        lines = np.rint(_spread(paths, offsets, brush) * self.scale * 2**_SHIFT).astype(np.int32)
        shade = shaken(rng, lab, brush.light, brush.hue)
        streaks = shaken(
            rng, np.repeat(shade[:, None], bristles, 1).reshape(-1, 3), brush.streak, brush.streak * 0.4
        )
        loaded = np.concatenate(
            [srgb(streaks).reshape(n, bristles, 3), _thickness(rng, offsets, brush)[..., None]], axis=2
        ).tolist()
        reach = brush.ragged * knots
        starts = np.minimum(rng.exponential(reach / 4, (n, bristles)), knots / 2 - 1).astype(int)
        ends = knots - np.minimum(rng.exponential(reach / 2, (n, bristles)), knots / 2 - 1).astype(int)
        wet = rng.random((n, bristles)) >= brush.dry
        pen = max(1, round(brush.width * self.scale / bristles * 1.45))
        for i in range(n):
            for j in rng.permutation(bristles):
                if wet[i, j]:
                    piece = lines[i, j, starts[i, j] : ends[i, j]]
                    cv2.polylines(self.coat, [piece], False, loaded[i][j], pen, cv2.LINE_8, _SHIFT)  # noqa: FBT003


def _spread(paths: F32, offsets: NDArray[np.float64], brush: Brush) -> NDArray[np.float64]:
    """(n, bristles, k, 2) in units: the bristles beside their strokes' paths."""
    tangent = np.gradient(paths, axis=1)
    size = np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-6)
    normal = np.stack([-tangent[..., 1], tangent[..., 0]], axis=2) / size
    u = np.linspace(-1, 1, paths.shape[1])
    taper = np.ones_like(u) if brush.blunt else (1 - np.abs(u) ** 3.2) ** 0.5 * 0.75 + 0.25
    side = offsets[:, :, None] * taper * (brush.width / 2)
    spread: NDArray[np.float64] = paths[:, None] + side[..., None] * normal[:, None]
    return spread


def _thickness(rng: np.random.Generator, offsets: NDArray[np.float64], brush: Brush) -> NDArray[np.float64]:
    """(n, bristles) height of paint: ridges at a stroke's sides, furrows between its bristles."""
    base = rng.normal(110, 18, (len(offsets), 1))
    ridge = 34 * np.abs(offsets) ** 4
    furrow = rng.normal(0, 24, offsets.shape)
    return np.asarray(np.clip(60 + brush.body * (base - 60 + ridge + furrow), 1, 255))


def follow(sheet: Sheet, angle: F32, points: F32, length: float | F32, *, within: F32 | None = None) -> F32:
    """(n, k, 2) paths through ``points`` (n, 2) along ``angle`` (H, W), ``length`` units long.

    With ``within`` (H, W) a path does not leave the area of equal value in which it started.
    """
    half = _KNOTS // 2
    step = np.broadcast_to(np.asarray(length, np.float32), (len(points),)) / (_KNOTS - 1)
    first = sheet.at(angle, points)
    heading = np.stack([np.cos(first), np.sin(first)], axis=1)
    ahead = _walk(sheet, angle, points, heading, step, half, within)
    behind = _walk(sheet, angle, points, -heading, step, _KNOTS - 1 - half, within)
    return np.concatenate([behind[:, ::-1], points[:, None], ahead], axis=1).astype(np.float32)


def _walk(
    sheet: Sheet, angle: F32, points: F32, heading: F32, step: Floats, count: int, within: F32 | None
) -> F32:
    here, going, path = points.copy(), heading.copy(), []
    home = None if within is None else sheet.at(within, points)
    free = np.ones(len(points), bool)
    for _ in range(count):
        there = here + going * step[:, None]
        if within is not None:
            free &= sheet.at(within, there) == home
        here = np.where(free[:, None], there, here)
        turn = sheet.at(angle, here)
        onward = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        going = onward * np.where((onward * going).sum(1, keepdims=True) < 0, -1, 1)
        path.append(here)
    return np.stack(path, axis=1)


def cover(
    canvas: Canvas,
    rng: np.random.Generator,
    brush: Brush,
    points: F32,
    *,
    angle: F32,
    colour: F32,
    within: F32 | None = None,
) -> None:
    """A stroke through each of ``points``, along ``angle`` (H, W), of the ``colour`` (H, W, 3) there."""
    sheet = canvas.sheet
    length = (brush.length * rng.uniform(0.65, 1.3, len(points))).astype(np.float32)
    paths = follow(sheet, angle, points, length, within=within)
    tilt = rng.normal(0, brush.wobble, len(points))
    paths = _turned(paths, points, tilt)
    canvas.stroke(rng, brush, paths, sheet.at(colour, points))


def dabs(
    canvas: Canvas, rng: np.random.Generator, brush: Brush, points: Floats, angles: Floats, lab: F32
) -> None:
    """Straight strokes at ``points`` (n, 2), each with its own angle (n,) and colour (n, 3)."""
    t = np.linspace(-0.5, 0.5, 8)[None, :, None] * brush.length
    heading = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, None]
    canvas.stroke(rng, brush, (points[:, None] + t * heading).astype(np.float32), lab)


def _turned(paths: F32, centres: F32, by: NDArray[np.float64]) -> F32:
    cos, sin = np.cos(by)[:, None], np.sin(by)[:, None]
    x, y = paths[..., 0] - centres[:, None, 0], paths[..., 1] - centres[:, None, 1]
    out = np.stack([x * cos - y * sin + centres[:, None, 0], x * sin + y * cos + centres[:, None, 1]], axis=2)
    return out.astype(np.float32)
