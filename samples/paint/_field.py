"""Smooth chance, and the fields that brushes follow.

Pictures are composed in units: an artwork is 1280 units long, whatever its size in pixels, so that
a small proof shows the same composition. Fields are (H, W) arrays on the artwork's pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Floats = NDArray[np.floating]

LONG_SIDE = 1280.0
"""The long side of every artwork in units."""


@dataclass(frozen=True)
class Sheet:
    """The size of an artwork: ``width`` in pixels, its long side, and height over width."""

    width: int
    ratio: float

    @property
    def height(self) -> int:
        """The height in pixels."""
        return round(self.width * self.ratio)

    @property
    def unit(self) -> float:
        """Pixels per unit."""
        return self.width / LONG_SIDE

    @property
    def tall(self) -> float:
        """The height in units, before it is rounded to pixels."""
        return LONG_SIDE * self.ratio

    def grid(self) -> tuple[F32, F32]:
        """Coordinates x and y of each pixel's middle in units, (H, W) each."""
        x = (np.arange(self.width, dtype=np.float32) + 0.5) / np.float32(self.unit)
        y = (np.arange(self.height, dtype=np.float32) + 0.5) / np.float32(self.unit)
        across, down = np.meshgrid(x, y)
        return across, down

    def at(self, field: F32, points: Floats) -> F32:
        """``field`` (H, W) or (H, W, c) at ``points`` (..., 2) in units, the nearest pixel's."""
        col = np.clip((points[..., 0] * self.unit).astype(np.int64), 0, self.width - 1)
        row = np.clip((points[..., 1] * self.unit).astype(np.int64), 0, self.height - 1)
        values: F32 = field[row, col]
        return values


def smooth_noise(rng: np.random.Generator, sheet: Sheet, cell: float, *, stretch: float = 1.0) -> F32:
    """(H, W) noise of mean 0 and deviation about 1, features about ``cell`` units (x: times ``stretch``)."""
    rows = max(2, round(sheet.tall / cell)) + 3
    cols = max(2, round(LONG_SIDE / (cell * stretch))) + 3
    grid = rng.normal(0.0, 1.0, (rows, cols)).astype(np.float32)
    big = cv2.resize(grid, (sheet.width, sheet.height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(big, np.float32) * np.float32(1.35)


def fractal(
    rng: np.random.Generator, sheet: Sheet, cell: float, *, octaves: int = 4, stretch: float = 1.0
) -> F32:
    """(H, W) noise of ``octaves`` scales, each half as large and half as strong as the one before."""
    total = np.zeros((sheet.height, sheet.width), np.float32)
    for octave in range(octaves):
        total += smooth_noise(rng, sheet, cell / 2**octave, stretch=stretch) * np.float32(0.5**octave)
    return total / np.float32(1.2)


def along(field: F32) -> F32:
    """(H, W) angles of the level lines of ``field``."""
    gy, gx = np.gradient(field)
    return np.asarray(np.arctan2(gx, -gy), np.float32)


def line(rng: np.random.Generator, x: F32, height: float, sway: float, cell: float) -> F32:
    """A ridge line: y in units at ``x``, wandering by ``sway`` about ``height``."""
    total = np.zeros_like(x)
    for octave in range(4):
        knots = np.arange(-1, LONG_SIDE / (cell / 2**octave) + 3)
        values = rng.normal(0.0, 1.0, len(knots))
        t = np.clip(x / (cell / 2**octave), 0, len(knots) - 3)
        i = t.astype(np.int64)
        f = t - i
        ease = f * f * (3 - 2 * f)
        total += (values[i] * (1 - ease) + values[i + 1] * ease).astype(np.float32) * np.float32(0.45**octave)
    return (height + sway * total).astype(np.float32)


def rise(value: Floats, low: float, high: float) -> F32:
    """0 below ``low``, 1 above ``high``, an even S between (``low`` may be the larger)."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def scatter(rng: np.random.Generator, sheet: Sheet, spacing: float, *, margin: float = 0.0) -> F32:
    """(n, 2) points in units, about one in each square of ``spacing``, in shuffled order."""
    xs = np.arange(-margin, LONG_SIDE + margin, spacing)
    ys = np.arange(-margin, sheet.tall + margin, spacing)
    across, down = np.meshgrid(xs, ys)
    points = np.stack([across.ravel(), down.ravel()], axis=1) + rng.uniform(0, spacing, (across.size, 2))
    return np.asarray(rng.permutation(points), np.float32)
