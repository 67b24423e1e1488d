"""The pages that are as large as the painting: the numbered outline on its paper or canvas."""

from __future__ import annotations

from pbn.core.drawing import Place, borders_layer, numbers_layer, regions
from pbn.core.page_beside import legend_layer
from pbn.core.pages import order_of, print_option, title_of
from pbn.core.papers import Paper
from pbn.core.shapes import corner_lines
from pbn.core.sheet import Align, Box, Colour, Layer, Mark, Path, Sheet, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import Kit
from pbn.core.wording import words_of
from pbn.core.wrap import fold_marks, sides_layer

CROP_MM, CROP_GAP_MM, CROP_WIDTH_MM = 5.0, 2.0, 0.15
"""Length of a crop mark, its distance from the corner, and its width."""

GHOST = 0.26
"""Of a paint's colour in the ghost's tints; the rest is white, on which numbers stay clear."""

CROP_GREY: Colour = (60, 60, 60)


def outline_sheet(kit: Kit, paper: Paper) -> Sheet:
    """The numbered outline in the middle of its paper."""
    place = picture_place(kit, paper)
    return _sheet(kit, paper, "outline", borders_layer(kit, place), numbers_layer(kit, place))


def clean_sheet(kit: Kit, paper: Paper) -> Sheet:
    """The outline without its numbers, to transfer or to paint without help."""
    return _sheet(kit, paper, "clean", borders_layer(kit, picture_place(kit, paper)))


def ghost_sheet(kit: Kit, paper: Paper) -> Sheet:
    """The numbered outline over light tints of the paints."""
    place = picture_place(kit, paper)
    tints = Layer("Tints", tuple(regions(kit, place, light=GHOST)))
    return _sheet(kit, paper, "ghost", tints, borders_layer(kit, place), numbers_layer(kit, place))


def drawing_box(kit: Kit, paper: Paper) -> Box:
    """What tiles are cut from: the whole canvas, or on paper the picture alone."""
    if paper.canvas:
        return paper.margin_mm, paper.margin_mm, *paper.cloth_mm
    place = picture_place(kit, paper)
    return place.x_mm, place.y_mm, *kit.size_mm


def picture_place(kit: Kit, paper: Paper) -> Place:
    """Where the picture stands: in the middle of its paper's or canvas's box."""
    (width, height), (wide, high) = kit.size_mm, paper.box_mm
    corner = paper.margin_mm + paper.wrap_mm
    return Place(corner + (wide - width) / 2, corner + (high - height) / 2)


def _sheet(kit: Kit, paper: Paper, name: str, *layers: Layer) -> Sheet:
    """The layers with a footer, and with a canvas's crop marks, in the margin."""
    words = words_of(kit)
    marks: list[Mark] = [_footer(kit, paper)]
    if paper.wrap_mm:
        marks += fold_marks(paper, words)
        if print_option(kit, "sides", "mirror") == "mirror":
            light = GHOST if name == "ghost" else None
            place, numbered = picture_place(kit, paper), name != "clean"
            layers = (*layers, sides_layer(kit, paper, place, numbered=numbered, light=light))
    trim = drawing_box(kit, paper) if paper.canvas else None
    if trim:
        marks += [
            Path(lines, CROP_GREY, CROP_WIDTH_MM, role="crop")
            for lines in corner_lines(trim, CROP_GAP_MM, CROP_MM)
        ]
    if any(paper.beside_mm):
        layers = (*layers, legend_layer(kit, paper))
    layers = (*layers, Layer("Marks", tuple(marks)))
    return Sheet(words(f"page.{name}"), paper.width_mm, paper.height_mm, layers, trim)


def _footer(kit: Kit, paper: Paper) -> Text:
    """Words, and the order if there is one: on this page a digit is a paint's number, whoever reads it."""
    title, order = title_of(kit), order_of(kit)
    named = title if title and not any(c.isdigit() for c in title) else words_of(kit)("kit.title")
    size = 6.0
    return Text(
        "  ·  ".join(filter(None, (named, order))),
        paper.width_mm / 2,
        paper.height_mm - paper.margin_mm / 2 + mm_from_pt(size) * 0.3,
        size,
        (140, 140, 140),
        Align.MIDDLE,
    )
