"""The window: a sun, hills, a river and a tree in leaded glass with the light behind it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from samples.paint._colour import F32, U8, blend, paint, paints, ramp, srgb
from samples.paint._field import Sheet, fractal, line, rise, scatter, smooth_noise

RATIO = 0.8
_SUN = (800.0, 380.0)
_LIMBS = (
    (225, 1060, 245, 760, 58, 46), (245, 770, 215, 560, 46, 34), (215, 580, 290, 400, 32, 24),
    (290, 420, 420, 250, 24, 15), (235, 650, 110, 470, 26, 18), (110, 480, 60, 300, 18, 11),
    (280, 430, 230, 220, 20, 12), (340, 350, 520, 330, 16, 9),
    (225, 600, 390, 520, 20, 12), (230, 240, 130, 110, 12, 8), (420, 260, 440, 100, 14, 8),
)  # fmt: skip
_SORTS = (
    ("#fff0a0", "#ffd257", "#ff9d3f", "#f0605a", "#b05bb4", "#5a6fd0", "#2a4fb4", "#1b2f86"),  # sky
    ("#fff6c8",),  # sun
    ("#ffb02e", "#ff8a24", "#ffc64a"),  # ring
    ("#7b4fb0", "#9a63c0", "#5c47a8", "#c46aa6"),  # far hills
    ("#2b5fb0", "#3f80b8", "#2f4f9c", "#6a62c0"),  # hills
    ("#1d7f86", "#2aa08a", "#1f6a9a", "#58b078"),  # near hills
    ("#9fe3ee", "#ffe3a0", "#6fcbe6", "#bdeee4"),  # water
    ("#2a7fd4", "#1f5fc0", "#3fa0e0", "#2347a4"),  # water
    ("#2f9a3f", "#7fbf35", "#1f7a4a", "#d8d040", "#e8484a", "#f08a34"),  # meadow
    ("#c9262f", "#e8542a", "#f28a2a", "#f6b93a", "#a51d45", "#7fae32"),  # leaves
    ("#4a2418", "#6b3420", "#8a4a26", "#3a1c2a"),  # wood
)
"""The sheets of glass that each zone is cut from."""


@dataclass(frozen=True)
class _Panes:
    """Pieces of glass: their ``seeds`` (n, 2), four ``lots`` (n, 4) each, and each pixel's ``piece``."""

    seeds: F32
    lots: F32
    piece: NDArray[np.int64]


def picture(rng: np.random.Generator, sheet: Sheet) -> U8:
    """(H, W, 3) uint8."""
    zone = _zones(rng, sheet)
    panes = _cut(rng, sheet, zone)
    colour = _coloured(sheet, zone, panes)
    edge = _seams(panes.piece)
    away = (distance_transform_edt(~edge) / sheet.unit).astype(np.float32)
    return srgb(_leaded(rng, sheet, _lit_glass(rng, sheet, colour, panes.piece, away), zone, away))


def _zones(rng: np.random.Generator, sheet: Sheet) -> F32:
    """(H, W) 0 sky rays, 1 sun, 2 its ring, 3-5 hills, 6-7 river, 8 meadow, 9 leaves, 10 wood."""
    x, y = sheet.grid()
    away = np.hypot(x - _SUN[0], y - _SUN[1])
    zone = np.select([away < 92, away < 128], [1, 2], 0).astype(np.float32)
    hills = (
        line(rng, x, 500, 30, 420),
        line(rng, x, 585, 26, 380) + 40 * np.sin(x / 190),
        line(rng, x, 680, 22, 420),
    )
    for number, edge in enumerate(hills):
        zone[y > edge] = 3 + number
    bend = 800 + 190 * np.sin((y - 560) / 95) * rise(y, 600, 800) - 0.35 * (y - 640)
    wide = 16 + 0.6 * np.clip(y - 610, 0, None)
    river = (np.abs(x - bend) < wide) & (y > 628)
    zone[river] = np.where(np.sin((x - bend) / wide * 4.5 + y / 60) > 0, 6, 7)[river]
    meadow = y > line(rng, x, 900, 16, 300) + 60 * np.sin(x / 240 + 2.2)
    zone[meadow] = 8
    crown = fractal(rng, sheet, 170, octaves=3)
    leaves = np.minimum(
        np.hypot((x - 230) / 330, (y - 250) / 235), np.hypot((x - 420) / 200, (y - 300) / 190)
    )
    zone[(leaves < 1 + 0.1 * crown)] = 9
    zone[_wood(x, y)] = 10
    return zone


def _wood(x: F32, y: F32) -> NDArray[np.bool_]:
    tree = np.zeros(x.shape, bool)
    for x0, y0, x1, y1, w0, w1 in _LIMBS:
        t = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
        tree |= np.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0)) < (w0 + (w1 - w0) * t) * 0.82
    return tree


def _cut(rng: np.random.Generator, sheet: Sheet, zone: F32) -> _Panes:
    """Cut the plane into pieces of glass, none of which crosses a zone's border.

    The plane is bent before the nearest seed is sought, a different way in each zone: rays and
    rings about the sun, long panes in the water, leaf shapes in the tree.
    """
    x, y = sheet.grid()
    piece = np.zeros(zone.shape, np.int64)
    seeds: list[F32] = []
    count = 0
    for number in range(11):
        here = zone == number
        across, down, spacing = _bent(rng, sheet, x, y, number)
        marks = np.stack([across, down], axis=2)
        chosen = scatter(rng, sheet, spacing)
        lots = np.concatenate([rng.random((len(chosen), 1)), rng.normal(0, 1, (len(chosen), 3))], axis=1)
        chosen = np.concatenate([chosen, lots], axis=1).astype(np.float32)
        chosen = chosen[sheet.at(zone, chosen) == number]
        if number == 1 or not len(chosen):
            chosen = np.array([[*_SUN, 0, 0, 0, 0]], np.float32)
        nearest = cKDTree(sheet.at(marks, chosen)).query(marks[here])[1]
        piece[here] = nearest + count
        count += len(chosen)
        seeds.append(chosen)
    together = np.concatenate(seeds)
    return _Panes(together[:, :2], together[:, 2:], piece)


def _bent(
    rng: np.random.Generator, sheet: Sheet, x: F32, y: F32, number: int
) -> tuple[NDArray[np.floating], NDArray[np.floating], float]:
    sway = 16 * smooth_noise(rng, sheet, 130)
    if number in (0, 1, 2):
        turn = np.arctan2(y - _SUN[1], x - _SUN[0])
        away = np.hypot(x - _SUN[0], y - _SUN[1])
        if number == 2:
            return np.cos(turn) * 200, np.sin(turn) * 200, 42.0
        return turn * 400 + 1.2 * sway, np.log(away / 90) * 165 + sway, 84.0
    if number in (3, 4, 5):
        return x * 0.7 + sway, (y + 0.18 * x) * 1.1 + sway, 62.0
    if number in (6, 7):
        return x * 0.55 + sway, y * 1.5, 52.0
    if number == 8:
        return x * 1.5 + 0.6 * y + sway, y * 0.55, 46.0
    if number == 9:
        return (x + y) * 0.62 + sway, (y - x) * 0.95 + sway, 43.0
    return x + sway, y * 0.35, 70.0


def _coloured(sheet: Sheet, zone: F32, panes: _Panes) -> F32:
    """(H, W, 3): each piece cut from one sheet of glass, chosen by its zone and place."""
    seeds, lots, piece = panes.seeds, panes.lots, panes.piece
    own = sheet.at(zone, seeds).astype(int)
    lab = np.zeros((len(seeds), 3), np.float32)
    for number, codes in enumerate(_SORTS):
        mine = own == number
        chosen = paints(*codes)[(lots[mine, 0] * len(codes)).astype(int)]
        if number == 0:
            away = np.hypot(*(seeds[mine] - np.array(_SUN, np.float32)).T) + 45 * lots[mine, 1]
            chosen = ramp(away, np.linspace(120, 720, len(codes)), paints(*codes))
        lab[mine] = chosen
    lab += lots[:, 1:] * np.array([0.03, 0.014, 0.014], np.float32)
    x, y = sheet.grid()
    colour = lab[piece]
    sky = zone == 0
    away = np.hypot(x - _SUN[0], y - _SUN[1])
    rays = ramp(away, np.linspace(110, 760, 8), paints(*_SORTS[0]))
    tint = lots[:, 1:] * np.array([0.045, 0.04, 0.04], np.float32)
    colour[sky] = (0.8 * rays + 0.2 * colour + tint[piece])[sky]
    return colour


def _seams(piece: NDArray[np.int64]) -> NDArray[np.bool_]:
    seam = np.zeros(piece.shape, bool)
    seam[:, 1:] |= piece[:, 1:] != piece[:, :-1]
    seam[1:] |= piece[1:] != piece[:-1]
    return seam


def _lit_glass(
    rng: np.random.Generator, sheet: Sheet, colour: F32, piece: NDArray[np.int64], away: F32
) -> F32:
    """Light from behind: bright in a pane's middle and near the sun, streaked, with seeds of air."""
    x, y = sheet.grid()
    streak = fractal(rng, sheet, 26, octaves=3, stretch=6)
    cloud = fractal(rng, sheet, 70, octaves=4)
    hand = rng.random(int(piece.max()) + 1)[piece]
    lab = colour.copy()
    lab[..., 0] += 0.022 * np.where(hand > 0.5, streak, cloud) + 0.02 * cloud
    lab[..., 0] += 0.1 * rise(away, 2, 17) - 0.085
    far = np.hypot(x - _SUN[0], y - _SUN[1])
    lab[..., 0] += 0.075 * np.exp(-((far / 330) ** 2)) - 0.1 * rise(far, 430, 980)
    lab[..., 1:] *= (1.06 + 0.1 * rise(away, 16, 3))[..., None]
    bubbles = rise(smooth_noise(rng, sheet, 5.5), 2.3, 2.9)
    lab[..., 0] += 0.07 * bubbles
    return lab


def _leaded(rng: np.random.Generator, sheet: Sheet, glass: F32, zone: F32, away: F32) -> F32:
    """The cames: dark, rounded, lit along their upper left; thicker where one zone meets another."""
    border = (distance_transform_edt(~_seams(zone.astype(np.int64))) / sheet.unit).astype(np.float32)
    sway = 1 + 0.16 * smooth_noise(rng, sheet, 24)
    half = np.where(border < 9, 5.6, 3.5) * sway
    inside = np.minimum(away, border) / half
    profile = np.sqrt(np.clip(1 - inside**2, 0, 1)).astype(np.float32)
    soft = cv2.GaussianBlur(profile, (0, 0), max(1.1 * sheet.unit, 0.3))
    slope = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8) + cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
    lead = np.broadcast_to(paint("#15141c"), glass.shape).copy()
    lead[..., 0] += np.clip(0.09 * slope * sheet.unit * 8 + 0.014 * smooth_noise(rng, sheet, 6), -0.06, 0.3)
    bloom = np.asarray(cv2.GaussianBlur(glass, (0, 0), 9 * sheet.unit), np.float32)
    lead = blend(lead, bloom, 0.1 + 0.22 * np.clip(bloom[..., 0] - 0.72, 0, 1) / 0.28)
    cover = rise(inside, 1.12, 0.9)
    shade = glass.copy()
    shade[..., 0] -= 0.12 * rise(inside, 2.2, 1.0)
    return blend(shade, lead, cover)
