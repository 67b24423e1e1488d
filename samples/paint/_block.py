"""A printing block: flat shapes, ink lines that swell and thin, and the grain of wood and paper."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline

from samples.paint._colour import F32, U8, oklab, srgb
from samples.paint._field import LONG_SIDE, Sheet, fractal, smooth_noise

_OVER = 2
_SHIFT = 4

Curve = NDArray[np.float64]
"""(n, 2) points in units."""


def curve(knots: ArrayLike, count: int = 240) -> Curve:
    """(count, 2): a smooth curve through ``knots`` (n, 2), evenly by chord length."""
    points = np.asarray(knots, np.float64)
    chord = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    spline = make_interp_spline(chord, points, k=min(3, len(points) - 1))
    smooth: Curve = spline(np.linspace(0, chord[-1], count))
    return smooth


class Block:
    """A sheet that is printed on: ``ink`` (H, W, 3) uint8, sRGB, twice the artwork's size."""

    def __init__(self, sheet: Sheet, ground: F32) -> None:
        self.sheet = sheet
        self.scale = sheet.unit * _OVER
        big = cv2.resize(ground, (sheet.width * _OVER, sheet.height * _OVER), interpolation=cv2.INTER_LINEAR)
        self.ink: U8 = srgb(big)

    def _pixels(self, points: ArrayLike) -> NDArray[np.int32]:
        return np.asarray(np.rint(np.asarray(points, np.float64) * self.scale * 2**_SHIFT), np.int32)

    def fill(self, outline: Curve, lab: F32) -> None:
        """A flat shape."""
        cv2.fillPoly(self.ink, [self._pixels(outline)], srgb(lab).tolist(), cv2.LINE_AA, _SHIFT)

    def grade(self, outline: Curve, lab: F32) -> None:
        """A shape printed with a wiped block (bokashi): ``lab`` (H, W, 3) shows through it."""
        mask = np.zeros(self.ink.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self._pixels(outline)], 255, cv2.LINE_AA, _SHIFT)
        share = mask[..., None].astype(np.float32) / 255
        big = srgb(cv2.resize(lab, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)).astype(np.float32)
        self.ink = np.rint(self.ink * (1 - share) + big * share).astype(np.uint8)

    def line(self, path: Curve, width: float | NDArray[np.float64], lab: F32) -> None:
        """A cut line; ``width`` in units, one or one a point."""
        widths = np.broadcast_to(np.asarray(width, np.float64), (len(path),))
        normal = np.gradient(path, axis=0) @ np.array([[0, 1], [-1, 0]])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        side = normal * widths[:, None] / 2
        self.fill(np.concatenate([path + side, (path - side)[::-1]]), lab)

    def dots(self, centres: Curve, radii: ArrayLike, lab: F32) -> None:
        """Round dots."""
        colour = srgb(lab).tolist()
        size = np.rint(np.asarray(radii, np.float64) * self.scale * 2**_SHIFT).astype(int)
        for (cx, cy), r in zip(self._pixels(centres).tolist(), size.tolist(), strict=True):
            cv2.circle(self.ink, (cx, cy), r, colour, -1, cv2.LINE_AA, _SHIFT)

    def printed(self, rng: np.random.Generator, paper: F32, *, grain: float = 1.0) -> U8:
        """(H, W, 3) uint8: the print with wood grain, the marks of the baren and paper fibres."""
        sheet = self.sheet
        small = cv2.resize(self.ink, (sheet.width, sheet.height), interpolation=cv2.INTER_AREA)
        lab = oklab(small)
        inked = np.clip(np.linalg.norm(lab - paper, axis=2) / 0.3, 0, 1)
        lab[..., 0] += (
            np.float32(grain)
            * inked
            * (0.016 * _rings(rng, sheet) + 0.009 * fractal(rng, sheet, 26, octaves=3))
        )
        wear = np.clip(smooth_noise(rng, sheet, 5.5, stretch=1.6) - 1.25, 0, 1.4) * inked
        lab += (np.float32(0.11 * grain) * wear)[..., None] * (paper - lab)
        lab[..., 0] += np.float32(0.008) * smooth_noise(rng, sheet, 7) + _fibres(rng, sheet)
        return srgb(lab)


def _rings(rng: np.random.Generator, sheet: Sheet) -> F32:
    """(H, W) the year rings of a plank, running along x."""
    _, y = sheet.grid()
    bent = y + 26 * smooth_noise(rng, sheet, 240, stretch=3) + 2.5 * smooth_noise(rng, sheet, 30, stretch=9)
    return (np.sin(bent / 2.6) + 0.6 * np.sin(bent / 1.27 + 1)).astype(np.float32)


def _fibres(rng: np.random.Generator, sheet: Sheet) -> F32:
    """(H, W) lightness of short bent threads in the paper."""
    layer = np.zeros((sheet.height, sheet.width), np.float32)
    for _ in range(420):
        start = rng.uniform(0, 1, 2) * [LONG_SIDE, sheet.tall]
        turn = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.35, 8))
        path = start + np.cumsum(np.stack([np.cos(turn), np.sin(turn)], axis=1) * rng.uniform(2, 6), axis=0)
        points = np.rint(path * sheet.unit * 16).astype(np.int32)
        cv2.polylines(layer, [points], False, float(rng.normal(0.0, 0.03)), 1, cv2.LINE_8, 4)  # noqa: FBT003
    return layer
