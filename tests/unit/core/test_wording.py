"""The catalogues against each other, against the face, and on the pages they are for."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import combinations
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from pbn.core import wording
from pbn.core.layout import kit_sheets
from pbn.core.metrics import PRINTABLE, text_width
from pbn.core.sheet import Align, Path, Picture, Sheet, Swatch, Text
from pbn.core.units import mm_from_pt
from pbn.core.values import Kit
from pbn.core.vision import confused_pairs
from pbn.core.wording import Wording, languages, paper
from pbn.errors import SettingsError
from pbn.settings import KitSettings
from tests.helpers.kits import sample_kit

SIZES = ("a5", "a4", "letter", "60x80cm")


def leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def said(language: str) -> dict[str, str]:
    """All that is printed: the numbers' table holds settings."""
    texts = {k: v for k, v in wording.wording(language).texts.items() if k != "numbers"}
    return dict(leaves(texts))


def placeholders(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_there_are_english_and_five_more() -> None:
    assert set(languages()) >= {"en", "de", "fr", "es", "it", "nl"}


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_says_the_same_things(language: str) -> None:
    english, other = said("en"), said(language)
    assert list(other) == list(english)
    for key, text in other.items():
        wanted = placeholders(english[key])
        assert placeholders(text) == wanted, key
        assert text == text.strip() != "", key


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("face", ["Regular", "Bold"])
def test_every_character_can_be_printed(language: str, face: str) -> None:
    font = TTFont(str(files("pbn").joinpath("fonts", f"B612-{face}.ttf")))
    used = set("".join(said(language).values()))
    assert used <= {chr(code) for code in font.getBestCmap()}
    assert used <= PRINTABLE


def test_translations_are_not_left_in_english() -> None:
    english = said("en")
    for language in set(languages()) - {"en"}:
        same = [k for k, v in said(language).items() if v == english[k] and not k.startswith("units.")]
        assert len(same) <= 0.1 * len(english), (language, same)


def box(text: Text) -> tuple[float, float, float, float]:
    width, size = text_width(text.text, text.size_pt), mm_from_pt(text.size_pt)
    left = text.x_mm - {Align.START: 0.0, Align.MIDDLE: 0.5, Align.END: 1.0}[text.align] * width
    return left, text.y_mm - 0.75 * size, left + width, text.y_mm + 0.2 * size


def marks(sheet: Sheet, of: type[Any]) -> list[Any]:
    return [m for layer in sheet.layers for m in layer.marks if isinstance(m, of)]


def meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("aspect", [0.66, 1.5])
def test_no_text_leaves_its_page_or_meets_another(language: str, size: str, aspect: float) -> None:
    kit = sample_kit(6, 6, paints=24, size=size, aspect=aspect, language=language)
    kit = type(kit)(**{f: getattr(kit, f) for f in kit.__slots__} | {"facts": {**kit.facts, "hours": 1234}})
    for sheet in kit_sheets(kit):
        texts = [text for text in marks(sheet, Text) if text.role != "number"]
        for text in texts:
            left, top, right, bottom = box(text)
            assert left >= 5, text
            assert right <= sheet.width_mm - 5, text
            assert top >= 2, text
            assert bottom <= sheet.height_mm - 2, text
        assert not [text for text in texts if text.text.endswith("…")]
        for a, b in combinations(texts, 2):
            assert not meet(box(a), box(b)), (a, b)
        for text in texts:
            for picture in marks(sheet, Picture):
                x, y = picture.x_mm, picture.y_mm
                edges = (x, y, x + picture.width_mm, y + picture.height_mm)
                assert not meet(box(text), edges), text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("larger", [1.0, 1.4])
def test_colours_are_said_in_words_and_hatched_where_that_is_asked_for(language: str, larger: float) -> None:
    plain = sample_kit(6, 6, paints=24, language=language)
    aided = sample_kit(6, 6, paints=24, language=language, colour_aids=True, larger_type=larger)
    words = wording.wording(language)

    def legend(kit: Kit) -> list[Sheet]:
        return [s for s in kit_sheets(kit) if any(t.role == "legend-number" for t in marks(s, Text))]

    names = {words(f"colour.{key}") for key in words.texts["colour"]}
    said = [t.text for s in legend(aided) for t in marks(s, Text)]
    assert sum(any(name in text for name in names) for text in said) >= 24
    hatchings = [p for s in legend(aided) for p in marks(s, Path) if p.role == "hatching"]
    assert len(hatchings) == 24
    assert not [p for s in legend(plain) for p in marks(s, Path) if p.role == "hatching"]
    warned = words("legend.confused", pairs="").split("  ")[0][:20]
    assert any(text.startswith(warned) for text in said) == bool(confused_pairs(aided.palette))
    for sheet in legend(aided):
        texts = marks(sheet, Text)
        assert all(box(t)[0] >= 3 and box(t)[2] <= sheet.width_mm - 3 for t in texts)
        assert not [(a, b) for a, b in combinations(texts, 2) if meet(box(a), box(b))]
        for swatch in marks(sheet, Swatch):
            x, y = swatch.x_mm, swatch.y_mm
            edges = (x, y, x + swatch.width_mm, y + swatch.height_mm)
            assert not [t for t in texts if meet(box(t), edges)]


@pytest.mark.parametrize("language", languages())
def test_captions_are_no_wider_than_their_pictures(language: str) -> None:
    cover = kit_sheets(sample_kit(size="a5", language=language))[0]
    words = wording.wording(language)
    for text in marks(cover, Text):
        if text.text[:6] in (words("cover.photo")[:6], words("cover.styled")[:6]):
            widths = [p.width_mm for p in marks(cover, Picture)]
            assert text_width(text.text, text.size_pt) <= max(widths) + 0.01


@pytest.mark.parametrize(
    ("tag", "shown"), [("en", "2.5 mm"), ("de", "2,5 mm"), ("de-CH", "2.5 mm"), ("es-MX", "2.5 mm")]
)
def test_numbers_have_the_signs_of_their_place(tag: str, shown: str) -> None:
    assert wording.wording(tag).mm(2.5) == shown


def test_numbers_and_plurals() -> None:
    words, french = wording.wording("en"), wording.wording("fr")
    assert [words.number(v, 1, whole=True) for v in (2.0, 2.04, 2.05, 12.5, 100)] == [
        "2",
        "2",
        "2",
        "12.5",
        "100",
    ]
    assert [words("legend.regions", n=n) for n in (0, 1, 2)] == ["0 regions", "1 region", "2 regions"]
    assert [french("legend.regions", n=n) for n in (0, 1, 2)] == ["0 zone", "1 zone", "2 zones"]
    assert [words.percent(v) for v in (0.0994, 0.0996, 1.0)] == ["9.9 %", "10 %", "100 %"]


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        wording.wording("en")("legend.part", n=1)
    with pytest.raises(KeyError):
        Wording("en", {"legend": {}})("legend.nothing")


@pytest.mark.parametrize("tag", ["", "xx", "deu", "de-", "de-CHE", "dé", "en-1A"])
def test_an_unknown_language_is_named_with_those_there_are(tag: str) -> None:
    with pytest.raises(SettingsError, match=r"de, en, es, fr, it, nl"):
        wording.parse(tag)


def test_the_usual_paper_goes_with_the_place_unless_a_size_is_given() -> None:
    assert [paper(tag) for tag in ("en", "de-AT", "en-us", "fr_CA")] == ["a4", "a4", "letter", "letter"]

    def size(**table: Any) -> str:
        return KitSettings.from_table({"engine": "none", **table}).size

    assert size() == "a4"
    assert size(print={"language": "en-US"}) == "letter"
    assert size(print={"language": "en-US"}, size="a3") == "a3"
    with pytest.raises(SettingsError, match="language"):
        size(print={"language": "klingon"})
