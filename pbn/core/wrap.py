"""The sides of a canvas that is stretched over bars: what is painted on them, where cloth is folded.

All lengths are mm. The bars are half as deep as the cloth beyond the picture is wide: the inner half
is the side that is seen and painted, the outer half goes behind the bars and is stapled there. The
side goes on with the picture mirrored at its edge, so that a border runs round it without a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import Polygon

from pbn.core.curves import flatten, polygons
from pbn.core.drawing import SEAM_MM, Place, number, tint
from pbn.core.metrics import number_box
from pbn.core.pages import borders_style, number_grey
from pbn.core.papers import Paper
from pbn.core.shapes import dashes
from pbn.core.sheet import Align, Box, Colour, Curve, Layer, Mark, Path, Text
from pbn.core.values import F64, OUTSIDE, Kit, Label
from pbn.core.wording import Wording

SEEN = 0.5
"""The part of the cloth beyond the picture that is on the bars' sides."""

STAPLES = 0.75
"""Where the staples go, as a part of the cloth beyond the picture."""

TOUCHING_MM = 0.8
"""A picture that ends so near to the canvas's edge goes on round it."""

SIZES = (1.4, 1.2, 1.0)
AIR_MM = 0.15
"""Sizes of the sides' numbers to try, by the kit's least, and what is kept free round them."""

TOLERANCE_MM = 0.01
FOLD_GREY: Colour = (120, 120, 120)
FOLD_MM, DASH_MM, DOT_MM = 0.15, (3.0, 2.0), (0.6, 1.8)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the picture: the strip of it that is mirrored, and the way there.

    ``axis`` is 0 where x is mirrored; ``at`` is the edge's place on that axis. The strip is x0, y0,
    x1, y1 in the picture's own mm.
    """

    axis: int
    at: float
    strip: tuple[float, float, float, float]

    def mirrored(self, points: F64) -> F64:
        turned = points.copy()
        turned[:, self.axis] = 2 * self.at - turned[:, self.axis]
        return turned


def sides_layer(
    kit: Kit, paper: Paper, place: Place, *, numbered: bool = True, light: float | None = None
) -> Layer:
    """The picture's outline mirrored on the sides that it touches, over tints where ``light`` is given."""
    marks: list[Mark] = []
    areas = polygons(kit.graph, TOLERANCE_MM)
    for side in _sides(kit, paper, place):
        pieces = [
            (int(region), part)
            for region, piece in enumerate(shapely.clip_by_rect(areas, *side.strip))
            for part in shapely.get_parts(piece)
            if part.area > 0
        ]
        if light is not None:
            marks += (_tinted(kit, side, place, region, piece, light) for region, piece in pieces)
        marks += _borders(kit, side, place)
        if numbered:
            marks += _numbers(kit, side, place, pieces)
    return Layer("Sides", tuple(marks))


def fold_marks(paper: Paper, words: Wording) -> Iterator[Mark]:
    """Where the cloth is folded, at the picture's edge and behind the bars, and where it is stapled."""
    wrap = paper.wrap_mm
    x, y, width, height = _grown(paper, 0.0)
    right, low = x + width, y + height
    ends = [((at, out), (at, edge)) for at in (x, right) for out, edge in ((y - wrap, y), (low + wrap, low))]
    ends += [
        ((out, at), (edge, at)) for at in (y, low) for out, edge in ((x - wrap, x), (right + wrap, right))
    ]
    edges = [line for start, end in ends for line in dashes(start, end, *DASH_MM)]
    back = _around(_grown(paper, SEEN * wrap), DASH_MM)
    yield Path((*edges, *back), FOLD_GREY, FOLD_MM, role="fold")
    yield Path(_around(_grown(paper, STAPLES * wrap), DOT_MM), FOLD_GREY, FOLD_MM, role="staples")
    for told, part in (("fold", SEEN), ("staples", STAPLES)):
        yield Text(words(f"wrap.{told}"), x + width / 2, y - part * wrap - 0.8, 6, FOLD_GREY, Align.MIDDLE)


def _grown(paper: Paper, by: float) -> Box:
    """The canvas's face, larger by so much on each side."""
    width, height = paper.box_mm
    corner = paper.margin_mm + paper.wrap_mm - by
    return corner, corner, width + 2 * by, height + 2 * by


def _around(box: Box, dash: tuple[float, float]) -> tuple[Curve, ...]:
    x, y, width, height = box
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return tuple(line for a, b in pairwise(corners) for line in dashes(a, b, *dash))


def _sides(kit: Kit, paper: Paper, place: Place) -> Iterator[_Side]:
    """The sides on which the picture comes to the canvas's edge."""
    width, height = kit.size_mm
    depth = SEEN * paper.wrap_mm
    x, y, face_width, face_height = _grown(paper, 0.0)
    if place.x_mm - x <= TOUCHING_MM:
        yield _Side(0, 0.0, (0.0, 0.0, depth, height))
    if x + face_width - place.x_mm - width <= TOUCHING_MM:
        yield _Side(0, width, (width - depth, 0.0, width, height))
    if place.y_mm - y <= TOUCHING_MM:
        yield _Side(1, 0.0, (0.0, 0.0, width, depth))
    if y + face_height - place.y_mm - height <= TOUCHING_MM:
        yield _Side(1, height, (0.0, height - depth, width, height))


def _borders(kit: Kit, side: _Side, place: Place) -> Iterator[Path]:
    """The inner borders within the strip, and the strip's own three further edges."""
    colour, thick = borders_style(kit)
    x0, y0, x1, y1 = side.strip
    for arc in kit.graph.arcs:
        low, high = arc.points.min(axis=0), arc.points.max(axis=0)
        if OUTSIDE in (arc.left, arc.right) or (low > (x1, y1)).any() or (high < (x0, y0)).any():
            continue
        line = shapely.clip_by_rect(shapely.LineString(flatten(arc.points, TOLERANCE_MM)), *side.strip)
        for part in shapely.get_parts(line):
            points = place(side.mirrored(np.asarray(shapely.get_coordinates(part), np.float64)))
            if len(points) > 1:
                yield Path((Curve(points, cubic=False),), colour, thick, role="side")
    frame = side.mirrored(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64))
    order = [k for k in range(4) if frame[k, side.axis] == side.at]
    first = next(k for k in range(4) if k in order and (k + 1) % 4 not in order)
    ring = place(frame[[(first + k) % 4 for k in range(4)]])
    yield Path((Curve(ring, cubic=False),), colour, thick, role="side")


def _tinted(kit: Kit, side: _Side, place: Place, region: int, piece: Polygon, light: float) -> Path:
    """A piece of a region in a tint of its paint."""
    rings = (piece.exterior, *piece.interiors)
    curves = tuple(
        Curve(place(side.mirrored(np.asarray(shapely.get_coordinates(ring)))), cubic=False, closed=True)
        for ring in rings
    )
    rgb = tint(kit.palette.paints[int(kit.regions.paint[region])].rgb, light)
    return Path(curves, rgb, SEAM_MM, rgb, "side-tint")


def _numbers(kit: Kit, side: _Side, place: Place, pieces: list[tuple[int, Polygon]]) -> Iterator[Text]:
    """A number in every piece of a region that has room for one."""
    least = float(kit.settings.get("number_pt", 5.0))
    sizes = [least * times for times in SIZES]
    text_of = {label.region: label.text for label in kit.labels}
    for region, piece in pieces:
        circle = shapely.maximum_inscribed_circle(piece, tolerance=0.05)
        centre, radius = shapely.get_coordinates(circle)[:1], float(shapely.length(circle))
        text = text_of[region]
        fits = (s for s in sizes if np.hypot(*number_box(text, s)) / 2 + AIR_MM <= radius)
        if size := next(fits, None):
            x, y = place(side.mirrored(centre))[0]
            label = Label(region, text, (float(x), float(y)), radius, size)
            yield replace(number(kit, label, Place(), number_grey(kit)), role="side-number")
