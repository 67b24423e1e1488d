"""What a kit must reach: figures of its report against limits, so that a seller can gate on them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pbn.errors import SettingsError, UnmetError
from pbn.plain import near
from pbn.report import DIFFICULTIES

_AT_LEAST, _AT_MOST = ">=", "<="

FIGURES = {
    "min_label_pt": _AT_LEAST,
    "median_label_pt": _AT_LEAST,
    "min_circle_mm": _AT_LEAST,
    "min_region_mm2": _AT_LEAST,
    "median_region_mm2": _AT_LEAST,
    "min_paint_delta_e_2000": _AT_LEAST,
    "lead_lines": _AT_MOST,
    "fidelity_delta_e_2000": _AT_MOST,
    "regions": _AT_MOST,
    "paints": _AT_MOST,
    "border_mm": _AT_MOST,
    "hours": _AT_MOST,
    "difficulty": _AT_MOST,
}
"""The figures of ``report.json`` that can be required, and what ``=`` means for each."""

_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    _AT_LEAST: operator.ge,
    _AT_MOST: operator.le,
    "==": operator.eq,
}
_WORDS = {_AT_LEAST: "at least ", _AT_MOST: "at most ", "==": ""}
_FORM = re.compile(r"\s*(\w+)\s*(>=|<=|==|=)\s*(\S+)\s*")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A limit for one figure; a difficulty is its place in `pbn.report.DIFFICULTIES`."""

    figure: str
    relation: str
    value: float

    def unmet(self, facts: Mapping[str, Any]) -> str:
        """What is wrong, for a sentence; empty where the kit is as required."""
        found = facts[self.figure]
        if found is not None and _RELATIONS[self.relation](_number(found), self.value):
            return ""
        wanted = DIFFICULTIES[int(self.value)] if self.figure == "difficulty" else f"{self.value:g}"
        shown = "unknown" if found is None else found
        return f"{self.figure} is {shown} and must be {_WORDS[self.relation]}{wanted}"


def parse(text: str) -> Requirement:
    """Read ``figure>=value``, ``figure<=value``, ``figure==value`` or ``figure=value``.

    A single ``=`` means at least where more is better, at most where less is (`FIGURES`).

    Raises
    ------
    SettingsError
        When it is none of these, the figure unknown or the value no number.

    Examples
    --------
    >>> parse("min_label_pt=5")
    Requirement(figure='min_label_pt', relation='>=', value=5.0)
    """
    form = _FORM.fullmatch(text)
    if not form:
        raise SettingsError(f"--require takes a figure and a limit, not {text!r}. Example: min_label_pt=6.")
    figure, relation, value = form.groups()
    if figure not in FIGURES:
        raise SettingsError(
            f"There is no figure {figure!r} to require.{near(figure, FIGURES)} Known: {', '.join(FIGURES)}."
        )
    try:
        number = float(DIFFICULTIES.index(value)) if figure == "difficulty" else float(value)
    except ValueError:
        kind = f"one of {', '.join(DIFFICULTIES)}" if figure == "difficulty" else "a number"
        raise SettingsError(f"--require {figure} takes {kind}, not {value!r}.") from None
    return Requirement(figure, FIGURES[figure] if relation == "=" else relation, number)


def check(requirements: Iterable[Requirement], facts: Mapping[str, Any]) -> None:
    """Hold a kit's facts against what is required.

    Raises
    ------
    UnmetError
        With all that is not met.
    """
    if unmet := [said for r in requirements if (said := r.unmet(facts))]:
        raise UnmetError(
            f"The kit was made, but {'; '.join(unmet)}. Try another --size, --brush or --colours, or accept"
            " it as it is."
        )


def _number(found: Any) -> float:
    return float(DIFFICULTIES.index(found)) if isinstance(found, str) else float(found)
