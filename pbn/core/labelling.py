"""What is printed in the regions of a paint: its number, a letter, or a letter for its hue and a rank."""

from __future__ import annotations

from collections import Counter

from pbn.core.hues import families
from pbn.core.values import Kit, Palette

LETTERS = "ABCDEFGHJKLMNPRSTUVXYZ"
"""Without I and O, which are like digits, Q, which is like O, and W, which is M upside down."""


def label_texts(palette: Palette, style: str = "numbers") -> tuple[str, ...]:
    """What is printed for each paint, light to dark; no two alike.

    Letters go from A to Z and then from AA on. Families have the letter of the paint's hue
    (`pbn.core.hues.FAMILIES`) and its rank in the family, 1 the lightest: ``G3``; after 9 letters go
    on, so that a label has two signs. Dots have their
    number, which keeps its place.
    """
    if style == "letters":
        return tuple(map(_letters, range(len(palette))))
    if style == "families":
        rank: Counter[str] = Counter()
        found = []
        for letter in families(palette):
            rank[letter] += 1
            found.append(letter + _rank(rank[letter]))
        return tuple(found)
    return tuple(str(paint.number) for paint in palette.paints)


def _rank(k: int) -> str:
    return str(k) if k <= 9 else _letters(k - 10)


def label_style(kit: Kit) -> str:
    """The style of a kit's labels."""
    return str(kit.settings.get("print", {}).get("labels", "numbers"))


def kit_label_texts(kit: Kit) -> tuple[str, ...]:
    """What is printed for each paint of a kit."""
    return label_texts(kit.palette, label_style(kit))


def _letters(k: int) -> str:
    more, last = divmod(k, len(LETTERS))
    return (_letters(more - 1) if more else "") + LETTERS[last]
