"""The report: what was asked for, what was made and how well it can be painted, in words."""

from __future__ import annotations

from typing import Any

from pbn.core.identity import kit_id
from pbn.core.pages import INK, SOFT, Folio, brush_text, heading, hours_text, size_text
from pbn.core.sheet import Align, Layer, Mark, Sheet, Weight
from pbn.core.values import Kit
from pbn.core.wording import Wording, words_of

HEAD_MM, GROUP_MM, ROW_MM = 20.0, 11.0, 6.2
"""In the A4 design: the heading, a group's title, a row."""

COLUMN_MM, GAP_MM = 80.0, 12.0
"""Least width of a group, and between two beside one another."""

Rows = list[tuple[str, str]]


def report_sheet(kit: Kit, folio: Folio) -> Sheet:
    """Make the page: groups of rows, one below the other or, on a wide page, in two columns."""
    words = words_of(kit)
    marks = heading(folio, words("report.title"), words("report.kit", id=kit_id(kit), version=kit.version))
    groups = [(words(f"report.{name}"), rows(kit, words)) for name, rows in _GROUPS.items()]
    columns = 2 if folio.width >= folio.mm(2 * COLUMN_MM + GAP_MM) else 1
    width = (folio.width + folio.mm(GAP_MM)) / columns - folio.mm(GAP_MM)
    ends = [folio.top + folio.mm(HEAD_MM)] * columns
    for title, rows in groups:
        column = ends.index(min(ends))
        x = folio.left + column * (width + folio.mm(GAP_MM))
        marks += _group(folio, title, rows, (x, ends[column], width))
        ends[column] += folio.mm(GROUP_MM + ROW_MM * len(rows) + 4)
    return Sheet(
        words("page.report"), folio.paper.width_mm, folio.paper.height_mm, (Layer("Page", tuple(marks)),)
    )


def _group(folio: Folio, title: str, rows: Rows, box: tuple[float, float, float]) -> list[Mark]:
    x, y, width = box
    marks: list[Mark] = [folio.text(title, x, y + folio.mm(5), 10, weight=Weight.BOLD)]
    y += folio.mm(GROUP_MM - ROW_MM + 2)
    for name, value in rows:
        marks.append(folio.rule(x, y, x + width))
        base = y + folio.mm(4.3)
        marks.append(folio.text(name, x, base, 8.5, SOFT, within=0.62 * width))
        marks.append(folio.text(value, x + width, base, 8.5, INK, Align.END, within=0.36 * width))
        y += folio.mm(ROW_MM)
    return marks


def _painting(kit: Kit, words: Wording) -> Rows:
    facts = kit.facts
    rows = [
        (words("report.size"), size_text(kit)),
        (words("report.brush"), brush_text(kit)),
        (words("report.paints"), str(len(kit.palette))),
        (words("report.regions"), str(len(kit.regions))),
    ]
    if hours := hours_text(kit):
        rows.append((words("report.hours"), hours))
    if (difficulty := facts.get("difficulty")) is not None:
        rows.append((words("report.difficulty"), words(f"difficulty.{difficulty}")))
    return rows


def _regions(kit: Kit, words: Wording) -> Rows:
    facts = kit.facts
    rows = [
        (
            words(f"report.{key}"),
            words(f"units.{unit}", value=words.number(float(facts[key]) / by, digits)),
        )
        for key, unit, by, digits in (
            ("min_circle_mm", "mm", 1, 2),
            ("min_region_mm2", "mm2", 1, 1),
            ("median_region_mm2", "mm2", 1, 0),
            ("border_mm", "m", 1000, 1),
            ("min_label_pt", "pt", 1, 1),
            ("median_label_pt", "pt", 1, 1),
        )
        if facts.get(key) is not None
    ]
    if (leads := facts.get("lead_lines")) is not None:
        rows.append((words("report.lead_lines"), str(leads)))
    return rows


def _colours(kit: Kit, words: Wording) -> Rows:
    facts = kit.facts
    rows = []
    if (off := facts.get("fidelity_delta_e_2000")) is not None:
        rows.append((words("report.fidelity"), _delta(words, off)))
    if (closest := facts.get("closest_paints")) is not None:
        first, second = closest
        apart = _delta(words, facts["min_paint_delta_e_2000"])
        pair = words("report.pair", first=first, second=second, delta=apart)
        rows.append((words("report.closest"), pair))
    if kit.mixing:
        worst = max(recipe.delta_e for recipe in kit.mixing.recipes)
        rows.append((words("report.worst_recipe"), _delta(words, worst)))
    rows.append((words("report.engine"), str(kit.settings.get("engine", kit.stylized.engine))))
    rows.append((words("report.seed"), str(kit.settings.get("seed", kit.stylized.seed))))
    return rows


def _delta(words: Wording, value: Any) -> str:
    return words("units.delta", value=words.number(float(value), 1))


_GROUPS = {"painting": _painting, "all_regions": _regions, "colours": _colours}
