"""A small legend beside the picture on its own sheet: numbers, colours and names, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from pbn.core.entries import entries
from pbn.core.metrics import is_ambiguous, text_width
from pbn.core.pages import INK, shortened
from pbn.core.papers import CELL_MM, Paper
from pbn.core.sheet import Align, Layer, Mark, Swatch, Text, Weight
from pbn.core.values import Kit

NUMBER_MM, SWATCH_MM = 6.0, (8.5, 3.8)
NUMBER_PT, NAME_PT = 8.5, 6.0


def legend_layer(kit: Kit, paper: Paper) -> Layer:
    """The legend in the room that `pbn.core.papers.Paper.with_legend` keeps: column by column, or by row."""
    wide, high = CELL_MM
    marks: list[Mark] = []
    listed = entries(kit)
    down = paper.beside_mm[0] > 0
    along = paper.box_mm[1] if down else paper.box_mm[0]
    most = max(1, int(along / (high if down else wide)))
    for k, entry in enumerate(listed):
        far, near = divmod(k, most)
        column, row = (far, near) if down else (near, far)
        x0, y0 = paper.legend_at
        marks += _entry(
            entry.label,
            entry.paint.rgb,
            entry.paint.name or entry.paint.hex,
            x0 + column * wide,
            y0 + row * high,
        )
    return Layer("Legend", tuple(marks))


def _entry(label: str, rgb: tuple[int, int, int], name: str, x: float, y: float) -> Iterator[Mark]:
    middle = y + CELL_MM[1] / 2
    size = NUMBER_PT * min(1.0, (NUMBER_MM - 1) / text_width(label, NUMBER_PT))
    yield Text(
        label,
        x + NUMBER_MM - 1,
        middle + 1.1,
        size,
        INK,
        Align.END,
        Weight.BOLD,
        underline=is_ambiguous(label),
        role="legend-number",
    )
    yield Swatch(x + NUMBER_MM, middle - SWATCH_MM[1] / 2, *SWATCH_MM, rgb)
    words_x = x + NUMBER_MM + SWATCH_MM[0] + 1
    room = CELL_MM[0] - (words_x - x) - 1
    yield Text(shortened(name, room, NAME_PT), words_x, middle + 0.75, NAME_PT, INK)
