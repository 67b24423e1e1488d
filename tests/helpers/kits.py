"""A kit made by hand: a grid of regions with curved borders, a hole and a lead line."""

from __future__ import annotations

from typing import Any

import numpy as np

from pbn.core import papers
from pbn.core.labelling import label_texts
from pbn.core.shapes import circle
from pbn.core.values import (
    Arc,
    ArcGraph,
    Image,
    Kit,
    Label,
    Mixing,
    Paint,
    Palette,
    Recipe,
    RegionMap,
    StylizedImage,
)

_PX = 12
"""Pixels across a cell of the region map."""


def sample_kit(
    columns: int = 3,
    rows: int = 3,
    *,
    paints: int = 6,
    size: str = "a4",
    aspect: float = 0.75,
    engine: str = "gatys",
    mixed: bool = False,
    **printed: Any,
) -> Kit:
    """A grid of cells, the middle one with a round hole that is a region with a lead line."""
    beside = papers.paints_beside(str(printed.get("legend", "page")), paints)
    width, height = papers.painted_size(papers.parse(size), aspect, beside)
    graph = grid_graph(columns, rows, width, height)
    regions = _regions(columns, rows, paints)
    photo = _photo(aspect)
    settings = {"size": size, "brush_mm": 2.0, "colours": paints, "print": printed}
    facts = {"paints": paints, "regions": len(regions), "hours": 7.6}
    labels = _labels(graph, regions, columns, rows, str(printed.get("labels", "numbers")))
    mixing = _mixing(regions.palette) if mixed else None
    return Kit(
        photo, StylizedImage(photo, engine, 0), regions, graph, labels, settings, facts, "0.1.0", mixing
    )


def _mixing(palette: Palette) -> Mixing:
    """One to three parts of three paints, as if they met every colour."""
    base = (
        Paint(1, (245, 245, 240), "PW6 Titanium White"),
        Paint(2, (40, 40, 160), "PB29 Ultramarine Blue"),
        Paint(3, (150, 40, 90), "PR122 Quinacridone Magenta"),
    )
    recipes = tuple(
        Recipe(tuple((paint.name, k + 1) for k, paint in enumerate(base[: 1 + n % 3])), (9, 9, 9), 1.5)
        for n in range(len(palette))
    )
    return Mixing(base, recipes, "Three paints made up for tests.")


def grid_graph(columns: int, rows: int, width: float, height: float) -> ArcGraph:
    """Cells in rows, each border bent one way or the other, the frame straight."""
    xs, ys = np.linspace(0, width, columns + 1), np.linspace(0, height, rows + 1)
    arcs: list[Arc] = []
    across: dict[tuple[int, int], int] = {}
    down: dict[tuple[int, int], int] = {}

    def cell(i: int, j: int) -> int:
        return j * columns + i if 0 <= i < columns and 0 <= j < rows else -1

    for j in range(rows + 1):
        for i in range(columns):
            bend = 0.0 if j in (0, rows) else (0.3 if (i + j) % 2 else -0.3) * height / rows
            points = _bent((xs[i], ys[j]), (xs[i + 1], ys[j]), (0.0, bend))
            across[i, j] = len(arcs)
            arcs.append(Arc(points, cell(i, j - 1), cell(i, j)))
    for i in range(columns + 1):
        for j in range(rows):
            bend = 0.0 if i in (0, columns) else (0.3 if (i + j) % 2 else -0.3) * width / columns
            points = _bent((xs[i], ys[j]), (xs[i], ys[j + 1]), (bend, 0.0))
            down[i, j] = len(arcs)
            arcs.append(Arc(points, cell(i, j), cell(i - 1, j)))
    rings: list[list[tuple[int, ...]]] = [
        [(across[i, j], down[i + 1, j], ~across[i, j + 1], ~down[i, j])]
        for j in range(rows)
        for i in range(columns)
    ]
    middle, hole = cell(columns // 2, rows // 2), columns * rows
    where = (xs[columns // 2] + xs[columns // 2 + 1]) / 2, (ys[rows // 2] + ys[rows // 2 + 1]) / 2
    hole_ring = circle(*where, 0.15 * min(width / columns, height / rows)).points
    rings[middle].append((len(arcs),))
    rings.append([(len(arcs),)])
    arcs.append(Arc(hole_ring, middle, hole))
    return ArcGraph(tuple(arcs), tuple(tuple(r) for r in rings), float(width), float(height), 3)


def _bent(
    start: tuple[float, float], end: tuple[float, float], bend: tuple[float, float]
) -> np.ndarray[Any, Any]:
    a, b, off = np.array(start), np.array(end), np.array(bend)
    return np.array([a, a + (b - a) / 3 + off, a + (b - a) * 2 / 3 - off / 2, b], np.float64)


def _regions(columns: int, rows: int, paints: int) -> RegionMap:
    cells = np.arange(columns * rows).reshape(rows, columns)
    ids = np.kron(cells, np.ones((_PX, _PX), int)).astype(np.int32)
    middle = ids == (rows // 2) * columns + columns // 2
    at = np.argwhere(middle).mean(axis=0)
    y, x = np.indices(ids.shape)
    ids[np.hypot(y - at[0], x - at[1]) < 0.15 * _PX] = columns * rows
    i, j = np.arange(columns * rows) % columns, np.arange(columns * rows) // columns
    paint = np.append((i + j * 2) % paints, paints - 1).astype(np.int32)
    return RegionMap(ids, paint, _palette(paints))


def _palette(paints: int) -> Palette:
    """Light to dark, round the colour circle."""
    turn, light = np.arange(paints) * 2.4, np.linspace(0.95, 0.25, paints)
    rgb = [
        tuple(int(255 * v * (0.72 + 0.28 * np.cos(t - k * 2.1))) for k in range(3))
        for t, v in zip(turn, light, strict=True)
    ]
    return Palette(tuple(Paint(k + 1, (c[0], c[1], c[2])) for k, c in enumerate(rgb)))


def _labels(graph: ArcGraph, regions: RegionMap, columns: int, rows: int, style: str) -> tuple[Label, ...]:
    texts = label_texts(regions.palette, style)
    wide, high = graph.width / columns, graph.height / rows
    labels = []
    for cell in range(columns * rows):
        x, y = (cell % columns + 0.5) * wide, (cell // columns + 0.5) * high
        y -= 0.25 * high if cell == (rows // 2) * columns + columns // 2 else 0.0
        text = texts[int(regions.paint[cell])]
        labels.append(Label(cell, text, (x, y), 2.0, 6.0))
    hole = columns * rows
    x, y = (columns // 2 + 0.5) * wide, (rows // 2 + 0.5) * high
    away = x + 0.3 * wide
    text = texts[int(regions.paint[hole])]
    labels.append(Label(hole, text, (away, y), 2.0, 5.0, ((x, y), (away - 1.6, y))))
    return tuple(labels)


def _photo(aspect: float) -> Image:
    """A soft gradient with a disc."""
    width, height = (round(240 * aspect), 240) if aspect < 1 else (240, round(240 / aspect))
    y, x = np.mgrid[0:height, 0:width]
    sky = np.stack([150 + x * 80 // width, 120 + y * 90 // height, 200 - y * 120 // height], axis=-1)
    sky[np.hypot(x - width * 0.6, y - height * 0.4) < 0.18 * min(width, height)] = (250, 220, 120)
    return Image(sky.astype(np.uint8))
