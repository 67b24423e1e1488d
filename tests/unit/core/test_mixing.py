from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.mixing import (
    MUCH_WHITE,
    WAVELENGTHS_NM,
    BaseSet,
    base_set,
    lab_from_reflectance,
    mixed,
    ratio,
    recipes,
    reflectance_from_rgb,
    reflected,
    resampled,
    rgb_from_reflectance,
)
from pbn.core.values import F64
from pbn.palette._bases import common_acrylics, mixing_set_of

BANDS = len(WAVELENGTHS_NM)


def _parts(base: BaseSet, **parts: int) -> F64:
    """Parts by the start of a paint's label, such as ``PW6=3``."""
    row = np.zeros(len(base))
    for code, n in parts.items():
        (k,) = [i for i, name in enumerate(base.names) if name.replace(":", "").split()[0] == code]
        row[k] = n
    return row


def _flat(*levels: float) -> F64:
    return np.array([[level] * BANDS for level in levels])


def _greys() -> BaseSet:
    return base_set(["white", "grey", "black"], _flat(0.9, 0.3, 0.04), [None] * 3, [1] * 3)


def test_a_perfect_white_is_white_and_nothing_is_black() -> None:
    assert rgb_from_reflectance(_flat(1.0, 0.0)).tolist() == [[255] * 3, [0] * 3]


def test_level_spectra_are_greys_of_their_luminance() -> None:
    lab = lab_from_reflectance(_flat(0.1842))
    assert lab[0].tolist() == pytest.approx([50, 0, 0], abs=0.05)


def test_the_observer_has_the_white_of_d65() -> None:
    """A narrow band's share of X, Y and Z against CIE 15: green light is mostly Y."""
    green = np.where(WAVELENGTHS_NM == 550, 1.0, 0.0)
    red = np.where(WAVELENGTHS_NM == 650, 1.0, 0.0)
    assert lab_from_reflectance(green)[1] < -50
    assert lab_from_reflectance(red)[1] > 10


@given(st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_every_colour_has_a_spectrum_of_that_colour(rgb: tuple[int, int, int]) -> None:
    spectrum = np.array(reflectance_from_rgb(rgb))
    assert ((spectrum >= 0) & (spectrum <= 1)).all()
    wanted = lab_from_rgb(np.clip(np.array(rgb), 10, 253).astype(np.uint8))
    assert float(delta_e_2000(lab_from_reflectance(spectrum), wanted)) < 2.5


def test_a_grey_has_a_level_spectrum() -> None:
    spectrum = np.array(reflectance_from_rgb((119, 119, 119)))
    assert np.ptp(spectrum) < 0.002


@given(st.floats(0.001, 0.99), st.floats(0, 0.04))
def test_ratio_and_reflected_are_each_others_inverse(inner: float, surface: float) -> None:
    reflectance = np.array([surface + (1 - surface) * max(inner, 0.003)])
    assert reflected(ratio(reflectance, surface), surface)[0] == pytest.approx(reflectance[0])


def test_kubelka_and_munk_by_hand() -> None:
    assert ratio(np.array([0.5]))[0] == pytest.approx(0.25)
    assert reflected(np.array([0.25]))[0] == pytest.approx(0.5)


def test_resampling_keeps_a_level_and_a_slope() -> None:
    nm = np.arange(400.0, 701.0, 2.3)
    assert resampled(nm, np.full(len(nm), 0.4)) == pytest.approx(np.full(BANDS, 0.4))
    inside = (WAVELENGTHS_NM > 405) & (WAVELENGTHS_NM < 690)
    assert resampled(nm, nm / 1000)[inside] == pytest.approx(WAVELENGTHS_NM[inside] / 1000)


def test_a_paint_alone_is_its_masstone_and_its_tint_is_met() -> None:
    white, red = np.full(BANDS, 0.9), np.linspace(0.05, 0.7, BANDS)
    scatters = np.linspace(0.1, 0.4, BANDS)
    tint = reflected((scatters * ratio(red, 0.03) + 3 * ratio(white, 0.03)) / (scatters + 3), 0.03)
    base = base_set(["white", "red"], np.stack([white, red]), [None, tint], [1, 3])
    assert mixed(base, np.array([0, 2])) == pytest.approx(red)
    assert mixed(base, np.array([3, 1])) == pytest.approx(tint, abs=0.01)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(2, 4))
def test_only_proportions_matter(a: int, b: int, c: int, times: int) -> None:
    parts = np.array([a, b, c], float)
    assert mixed(_greys(), parts * times) == pytest.approx(mixed(_greys(), parts))


def test_more_white_is_lighter() -> None:
    base = mixing_set_of(common_acrylics())
    for code in ("PBk7", "PB29", "PR254", "PY42"):
        light = [lab_from_reflectance(mixed(base, _parts(base, PW6=n, **{code: 1})))[0] for n in range(9)]
        assert np.all(np.diff(light) > 0)


def test_paints_mix_as_every_child_knows() -> None:
    base = mixing_set_of(common_acrylics())

    def lab(**parts: int) -> list[float]:
        return [float(v) for v in lab_from_reflectance(mixed(base, _parts(base, **parts)))]

    assert lab(PY3=3, PB153=1)[1] < -20  # yellow and blue: green
    assert lab(PY74=2, PR254=1)[1] > 20  # yellow and red: orange
    assert lab(PY74=2, PR254=1)[2] > 20
    assert abs(lab(PW6=3, PBk7=1)[1]) < 4  # white and black: grey
    purple = lab(PR122=1, PB29=1, PW6=3)
    assert purple[1] > 5 > -5 > purple[2]


def test_the_common_acrylics_meet_their_own_colours_and_tints() -> None:
    base = mixing_set_of(common_acrylics())
    for k, paint in enumerate(common_acrylics()):
        alone = np.eye(len(base))[k]
        far = delta_e_2000(
            lab_from_reflectance(mixed(base, alone)), lab_from_rgb(np.array(paint.rgb, np.uint8))
        )
        assert float(far) < 2
        if paint.tint_rgb:
            tint = lab_from_reflectance(mixed(base, alone + paint.white_parts * np.eye(len(base))[0]))
            assert float(delta_e_2000(tint, lab_from_rgb(np.array(paint.tint_rgb, np.uint8)))) < 5


def test_a_recipe_finds_the_mix_that_made_the_colour() -> None:
    base = mixing_set_of(common_acrylics())
    target = lab_from_reflectance(mixed(base, _parts(base, PW6=3, PB29=2, PR122=1)))
    (found,) = recipes(target[None], base)
    assert dict(found.parts) == {
        "PW6 Titanium White": 3,
        "PB29 Ultramarine Blue": 2,
        "PR122 Quinacridone Magenta": 1,
    }
    assert found.delta_e < 0.1
    assert found.text.startswith("3 PW6 Titanium White + 2 PB29")


def test_a_paint_that_is_the_colour_is_used_alone() -> None:
    base = mixing_set_of(common_acrylics())
    targets = lab_from_reflectance(mixed(base, np.eye(len(base))))
    for name, recipe in zip(base.names, recipes(targets, base), strict=True):
        assert recipe.parts == ((name, 1),)


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=4), st.integers(1, 8))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_recipes_are_whole_parts_in_lowest_terms(rgb: list[tuple[int, int, int]], most: int) -> None:
    base = mixing_set_of(common_acrylics())
    found = recipes(lab_from_rgb(np.array(rgb, np.uint8)), base, most)
    assert len(found) == len(rgb)
    for wanted, recipe in zip(rgb, found, strict=True):
        parts = [n for _, n in recipe.parts]
        assert 1 <= len(parts) <= 3
        assert (
            sum(parts) <= most or parts == [1] or (max(parts) in MUCH_WHITE and sum(parts) - max(parts) <= 3)
        )
        assert np.gcd.reduce(parts) == 1
        mix = mixed(base, _row(base, recipe.parts))
        far = delta_e_2000(lab_from_reflectance(mix), lab_from_rgb(np.array(wanted, np.uint8)))
        assert recipe.delta_e == pytest.approx(float(far), abs=0.02)


def _row(base: BaseSet, parts: Sequence[tuple[str, int]]) -> F64:
    row = np.zeros(len(base))
    for name, n in parts:
        row[base.names.index(name)] = n
    return row


def test_more_parts_never_come_out_worse_by_more_than_their_price() -> None:
    base, rng = mixing_set_of(common_acrylics()), np.random.default_rng(0)
    targets = lab_from_rgb(rng.integers(0, 256, (40, 3), np.uint8))
    few, many = recipes(targets, base, 3), recipes(targets, base, 8)
    assert np.mean([r.delta_e for r in many]) < np.mean([r.delta_e for r in few])


def test_pale_paints_that_are_told_apart_have_recipes_that_differ() -> None:
    """Off-white and light beige take a part of colour in much white; eight parts were white alone."""
    base = mixing_set_of(common_acrylics())
    pale = np.array([[253, 254, 248], [246, 244, 226], [221, 221, 199]], np.uint8)
    found = recipes(lab_from_rgb(pale), base, 8)
    assert len({recipe.parts for recipe in found}) == 3
    assert max(recipe.delta_e for recipe in found) < 5
    white = [n for recipe in found for name, n in recipe.parts if name.startswith("PW6")]
    assert max(white) in MUCH_WHITE


@pytest.mark.parametrize("most", [0, 13])
def test_an_odd_number_of_parts_is_refused(most: int) -> None:
    with pytest.raises(ValueError, match=str(most)):
        recipes(np.zeros((1, 3)), _greys(), most)


# Against measured mixes, where they are beside the checkout.


@dataclass(frozen=True)
class Measured:
    """Paints and their tints with white: the mean of three readings each."""

    names: list[str]
    masstones: F64
    tints: list[F64 | None]
    white_parts: list[float]


def _readings(path: Path) -> list[tuple[str, F64, dict[str, float]]]:
    first, *rest = json.loads(path.read_text("utf-8"))
    nm = np.array(first["values"])
    return [
        (x["name"], resampled(nm, np.array(x["reflectance"]) / 100), x.get("components", {})) for x in rest
    ]


def _measured(folder: Path) -> list[tuple[Measured, Measured]]:
    """The first readings, and the mean of the others; nothing where there are none."""
    if not (folder / "mix1.json").is_file():
        return []
    mass: dict[str, list[F64]] = {}
    tint: dict[str, list[F64]] = {}
    white: dict[str, float] = {}
    for name, spectrum, _ in _readings(folder / "masstone.json"):
        mass.setdefault(name, []).append(spectrum)
    for _, spectrum, components in _readings(folder / "mix1.json"):
        (name,) = set(components) - {"white"}
        tint.setdefault(name, []).append(spectrum)
        white[name] = components["white"] / components[name]
    sets = [
        Measured(
            list(mass),
            np.array([np.mean(mass[name][taken], axis=0) for name in mass]),
            [np.mean(tint[name][taken], axis=0) if name in tint else None for name in mass],
            [white.get(name, 1.0) for name in mass],
        )
        for taken in (slice(0, 1), slice(1, None))
    ]
    return [(sets[0], sets[1])]


MEASURED = _measured(Path(__file__).resolve().parents[4] / "shared" / "paints")


def _as_colours(measured: Measured) -> BaseSet:
    """The same set as if only its colours were known."""

    def smooth(spectrum: F64) -> F64:
        r, g, b = (int(c) for c in rgb_from_reflectance(spectrum))
        return np.array(reflectance_from_rgb((r, g, b)))

    return base_set(
        measured.names,
        np.array([smooth(spectrum) for spectrum in measured.masstones]),
        [None if tint is None else smooth(tint) for tint in measured.tints],
        measured.white_parts,
    )


def _tint_errors(measured: Measured, base: BaseSet) -> F64:
    white = measured.names.index("white")
    found = []
    for k, tint in enumerate(measured.tints):
        if tint is not None:
            parts = np.eye(len(base))[k] + measured.white_parts[k] * np.eye(len(base))[white]
            found.append(delta_e_2000(lab_from_reflectance(mixed(base, parts)), lab_from_reflectance(tint)))
    return np.array(found, np.float64)


@pytest.mark.parametrize(("first", "others"), MEASURED)
def test_two_constants_describe_readings_they_were_not_fitted_to(first: Measured, others: Measured) -> None:
    """Twelve paints in white: mean 0.2, at most 1.2, where readings differ by 0.1 among themselves."""
    base = base_set(first.names, first.masstones, first.tints, first.white_parts)
    errors = _tint_errors(others, base)
    assert errors.mean() < 0.5
    assert errors.max() < 2


@pytest.mark.parametrize(("first", "others"), MEASURED)
def test_colours_alone_describe_measured_mixes_nearly_as_well(first: Measured, others: Measured) -> None:
    """Mean 1.0."""
    assert _tint_errors(others, _as_colours(first)).mean() < 1.5


@pytest.mark.parametrize(("first", "others"), MEASURED)
def test_without_tints_recipes_are_a_first_guess(first: Measured, others: Measured) -> None:
    """Mean 14 over the same mixes predicted from the paints alone: tinting strength must be told."""
    guess = base_set(first.names, first.masstones, [None] * len(first.names), first.white_parts)
    assert 5 < _tint_errors(others, guess).mean() < 16


@pytest.mark.parametrize(("measured", "_others"), MEASURED)
def test_colours_alone_mix_as_spectra_do(measured: Measured, _others: Measured) -> None:
    """Pairs in 2 : 1 to 1 : 2, with and without white: mean 2.6 apart."""
    spectra = base_set(measured.names, measured.masstones, measured.tints, measured.white_parts)
    colours, n = _as_colours(measured), len(measured.names)
    eye, white = np.eye(n), measured.names.index("white")
    parts = np.array(
        [
            a * eye[i] + b * eye[j] + w * eye[white]
            for i in range(n)
            for j in range(i)
            if white not in (i, j)
            for a, b, w in ((1, 1, 0), (1, 2, 0), (2, 1, 0), (1, 1, 1), (1, 1, 4))
        ]
    )
    apart = delta_e_2000(
        lab_from_reflectance(mixed(spectra, parts)), lab_from_reflectance(mixed(colours, parts))
    )
    assert float(apart.mean()) < 3
