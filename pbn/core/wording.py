"""What the pages say, in the painter's language: the one place where a page's words come from.

The texts stand in ``pbn/texts/<language>.toml``, a table for each part of the kit. A page asks for
them by key: ``words("cover.size")``, ``words("legend.count", n=24)``. A new text goes into every
catalogue; a test compares their keys and placeholders, and holds every character against the face
that is printed with.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pbn.core.values import Kit
from pbn.errors import SettingsError

DEFAULT = "en"

_LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])
"""Territories whose paper is US Letter (Unicode CLDR, supplemental measurement data, paperSize)."""

_TAG = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of a language, and how numbers are written where it is spoken.

    >>> words = wording("de")
    >>> words("legend.regions", n=2), words.number(12.5, 1)
    ('2 Felder', '12,5')
    """

    language: str
    texts: Mapping[str, Any]
    decimal: str = "."
    zero_is_one: bool = False

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, such as ``legend.title``, with its placeholders filled in.

        Whole numbers are written as they are and others with the language's decimal sign. Of an
        entry with singular and plural the number ``n`` decides which.
        """
        table, _, name = key.rpartition(".")
        entry = (self.texts[table] if table else self.texts)[name]
        if isinstance(entry, Mapping):
            entry = entry["one" if values["n"] == 1 or (values["n"] == 0 and self.zero_is_one) else "other"]
        written: str = entry.format_map({k: self._written(v) for k, v in values.items()})
        return written

    def number(self, value: float, digits: int = 1, *, whole: bool = False) -> str:
        """A number rounded to ``digits`` places; with ``whole`` the zeros at its end are left out."""
        text = f"{value:.{digits}f}"
        if whole and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", self.decimal)

    def mm(self, value: float) -> str:
        """A length in millimetres: ``2,5 mm``."""
        return self("units.mm", value=self.number(value, 2, whole=True))

    def percent(self, share: float) -> str:
        """A share of 1 in per cent: ``12 %``, and below 9.95 with a tenth, ``1,2 %``."""
        percent = 100 * share
        return self("units.percent", value=self.number(percent, 0 if percent >= 9.95 else 1))

    def _written(self, value: Any) -> str:
        return self.number(value, 2, whole=True) if isinstance(value, float) else str(value)


def languages() -> tuple[str, ...]:
    """The languages there are texts in, sorted by code."""
    found = (path.name for path in files("pbn").joinpath("texts").iterdir())
    return tuple(sorted(name[:-5] for name in found if name.endswith(".toml")))


def parse(tag: str) -> tuple[str, str]:
    """Language and territory of a tag such as ``de`` or ``en-US``; the territory may be empty.

    Raises
    ------
    SettingsError
        When it is no such tag, or there are no texts in the language.
    """
    match = _TAG.fullmatch(tag.strip())
    if not match or match[1].lower() not in languages():
        raise SettingsError(
            f"`language` must be one of {', '.join(languages())}, "
            f"with a territory if you like (en-US), not {tag!r}."
        )
    return match[1].lower(), (match[2] or "").upper()


def paper(tag: str) -> str:
    """The everyday paper where a language is spoken.

    >>> paper("de"), paper("en"), paper("en-US"), paper("fr-CA")
    ('a4', 'a4', 'letter', 'letter')
    """
    return "letter" if parse(tag)[1] in _LETTER else "a4"


@cache
def wording(tag: str = DEFAULT) -> Wording:
    """The texts and number signs of a language tag; errors as `parse`."""
    language, territory = parse(tag)
    texts = tomllib.loads(files("pbn").joinpath("texts", f"{language}.toml").read_text("utf-8"))
    numbers = texts["numbers"]
    decimal = numbers.get("decimal_in", {}).get(territory, numbers["decimal"])
    return Wording(language, texts, decimal, numbers.get("zero_is_one", False))


def words_of(kit: Kit) -> Wording:
    """What the pages of a kit say."""
    return wording(str(kit.settings.get("print", {}).get("language", DEFAULT)))
