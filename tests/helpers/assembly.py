"""Tiles read back from a finished PDF and joined at their registration marks.

Nothing here knows how the tiles were made: positions come from the page's drawing operators, through
pikepdf, and pixels from a renderer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pikepdf

from pbn.core.values import F64

MM = 25.4 / 72


@dataclass(frozen=True)
class PageDrawing:
    """What a page draws, in mm from its upper left corner: subpaths by layer, and text by its bytes."""

    paths: dict[str, list[F64]]
    texts: dict[str, list[tuple[bytes, float, float]]]
    trim: tuple[float, float, float, float]

    @property
    def registers(self) -> F64:
        """(n, 2) centres of the registration marks: circles of four curves, 3 mm wide."""
        found = [
            points.mean(axis=0)
            for points in (p[[0, 3, 6, 9]] for p in self.paths.get("Tile", []) if len(p) == 13)
            if abs(np.ptp(points[:, 0]) - 3) < 0.05
        ]
        return np.array(found).reshape(-1, 2)

    def beside(self, side: str) -> F64:
        """Marks in one margin, in the order in which they stand along it."""
        left, top, right, low = self.trim
        marks = self.registers
        x, y = marks.T
        outside = {"top": y < top, "low": y > low, "left": x < left, "right": x > right}
        kept: F64 = marks[outside[side]]
        return np.asarray(kept[np.argsort(kept[:, 0 if side in ("top", "low") else 1])])


def drawings(data: bytes) -> list[PageDrawing]:
    """Every page of a PDF."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return [_drawing(page) for page in pdf.pages]


def positions(tiles: Sequence[PageDrawing], columns: int) -> F64:
    """(n, 2): where each tile's sheet lies on the drawing, its windows joined at the marks."""
    at = np.zeros((len(tiles), 2))
    for k, tile in enumerate(tiles):
        if k == 0:
            at[0] = -np.array(tile.trim[:2])
        elif k % columns:
            side = "top" if len(tile.beside("top")) else "low"
            at[k] = at[k - 1] + tiles[k - 1].beside(side)[-1] - tile.beside(side)[0]
        else:
            above = k - columns
            at[k] = at[above] + tiles[above].beside("right")[-1] - tile.beside("right")[0]
    return at


def _drawing(page: pikepdf.Page) -> PageDrawing:
    names = {key: str(group.Name) for key, group in page.obj.Resources.get("/Properties", {}).items()}
    height = float(page.mediabox[3])
    paths: dict[str, list[F64]] = {}
    texts: dict[str, list[tuple[bytes, float, float]]] = {}
    layer, marked = "", []
    matrix, stack = np.eye(3), []
    points: list[tuple[float, float]] = []
    text = np.eye(3)

    def placed(*xy: tuple[float, float]) -> F64:
        mapped = np.column_stack([np.array(xy), np.ones(len(xy))]) @ matrix
        return np.asarray((mapped[:, :2] * (1, -1) + (0, height)) * MM)

    def finish() -> None:
        nonlocal points
        if points:
            paths.setdefault(layer, []).append(placed(*points))
        points = []

    for instruction in pikepdf.parse_content_stream(page):
        op, values = str(instruction.operator), list(instruction.operands)
        if op == "q":
            stack.append(matrix)
        elif op == "Q":
            matrix = stack.pop()
        elif op == "cm":
            matrix = _matrix(values) @ matrix
        elif op in ("BDC", "BMC"):
            finish()
            marked.append(layer)
            layer = names.get(str(values[1]), "") if str(values[0]) == "/OC" else layer
        elif op == "EMC":
            finish()
            layer = marked.pop()
        elif op == "m":
            finish()
            points = [(float(values[0]), float(values[1]))]
        elif op in ("l", "c"):
            numbers = [float(v) for v in values]
            points += zip(numbers[::2], numbers[1::2], strict=True)
        elif op in ("S", "f*", "B*", "f", "n", "BT"):
            finish()
        elif op == "Tm":
            text = _matrix(values)
        elif op == "Tj":
            x, y = placed((text[2, 0], text[2, 1]))[0]
            texts.setdefault(layer, []).append((bytes(values[0]), float(x), float(y)))
    box = [float(v) * MM for v in page.trimbox]
    trim = box[0], height * MM - box[3], box[2], height * MM - box[1]
    return PageDrawing(paths, texts, trim)


def _matrix(values: Sequence[object]) -> F64:
    a, b, c, d, e, f = (float(str(v)) for v in values)
    return np.array([[a, b, 0], [c, d, 0], [e, f, 1]])
