from __future__ import annotations

import json
import struct
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbn.core.colour import delta_e_2000, lab_from_rgb
from pbn.core.values import Image, Paint, Palette
from pbn.errors import PaletteError
from pbn.palette._bases import MOST_PARTS, common_acrylics, mixing_for, paints_to_mix
from pbn.palette._files import MOST_BYTES, MOST_PAINTS, FilePaint, read_paints
from pbn.palette._histogram import histogram
from pbn.palette.kmeans import KMeans
from pbn.palette.paints import OwnPaints, best_of, cost_of
from tests.helpers.maps import picture

WHITE, RED, BLUE = (255, 255, 255), (192, 57, 43), (20, 40, 160)


def _ase(*blocks: bytes) -> bytes:
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def _ase_colour(name: str, model: bytes, *values: float) -> bytes:
    text = (name + "\0").encode("utf-16-be")
    body = struct.pack(">H", len(text) // 2) + text + model + struct.pack(f">{len(values)}fH", *values, 2)
    return struct.pack(">HI", 1, len(body)) + body


def _aco(version: int, *colours: tuple[int, tuple[int, int, int, int], str]) -> bytes:
    data = struct.pack(">HH", version, len(colours))
    for space, words, name in colours:
        data += struct.pack(">H4H", space, *words)
        if version == 2:
            text = (name + "\0").encode("utf-16-be")
            data += struct.pack(">I", len(text) // 2) + text
    return data


ASE = _ase(
    struct.pack(">HI", 0xC001, 6) + struct.pack(">H", 2) + "G\0".encode("utf-16-be"),
    _ase_colour("White", b"Gray", 1.0),
    _ase_colour("Signal red", b"RGB ", *(c / 255 for c in RED)),
    _ase_colour("Grey", b"LAB ", 0.5, 0.0, 0.0),
    _ase_colour("Cyan", b"CMYK", 1.0, 0.0, 0.0, 0.0),
    struct.pack(">HI", 0xC002, 0),
)
ACO_COLOURS = (
    (0, (65535, 65535, 65535, 0), "White"),
    (0, (192 * 257, 57 * 257, 43 * 257, 0), "Signal red"),
    (7, (5000, 0, 65536 - 2000, 0), "Slate"),
    (2, (65535, 65535, 65535, 0), "Black"),
    (8, (10000, 0, 0, 0), "Paper"),
    (1, (0, 65535, 65535, 0), "Pure red"),
)
ACO = _aco(1, *ACO_COLOURS) + _aco(2, *ACO_COLOURS)
GPL = b"GIMP Palette\nName: Mine\nColumns: 3\n# a remark\n255 255 255\tWhite\n192  57  43 Signal red\n"
CSV = b"number,name,hex\n70.951,White,#ffffff\n70.926,Signal red,#C0392B\n"
JSON = json.dumps(
    {"paints": [{"number": 1, "name": "White", "hex": "#fff"}, {"name": "Signal red", "rgb": RED}]}
).encode()
FILES = {"a.csv": CSV, "a.gpl": GPL, "a.ase": ASE, "a.aco": ACO, "a.json": JSON}


def _read(folder: Path, name: str, data: bytes) -> tuple[FilePaint, ...]:
    path = folder / name
    path.write_bytes(data)
    return read_paints(path)


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_names_and_colours(tmp_path: Path, name: str) -> None:
    white, red, *_ = _read(tmp_path, name, FILES[name])
    assert (white.name, white.rgb) == ("White", WHITE)
    assert (red.name, red.rgb) == ("Signal red", RED)


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    for name, data in FILES.items():
        assert _read(tmp_path, "b.txt", data) == _read(tmp_path, name, data)


def test_adobe_colour_models(tmp_path: Path) -> None:
    _, _, grey, cyan = _read(tmp_path, "a.ase", ASE)
    assert (grey.rgb, cyan.rgb) == ((119, 119, 119), (0, 255, 255))
    _, _, slate, black, paper, pure = _read(tmp_path, "a.aco", ACO)
    assert (black.rgb, paper.rgb, pure.rgb) == ((0, 0, 0), WHITE, (255, 0, 0))
    assert slate.rgb[2] > slate.rgb[0]


def test_photoshop_files_of_the_first_version_have_no_names(tmp_path: Path) -> None:
    paints = _read(tmp_path, "a.aco", _aco(1, *ACO_COLOURS))
    assert [p.rgb for p in paints] == [p.rgb for p in _read(tmp_path, "b.aco", ACO)]
    assert {p.name for p in paints} == {""}


@pytest.mark.parametrize(
    "text",
    [
        "name;r;g;b\nRed;192;57;43\n",
        "Name\tR\tG\tB\nRed\t192\t57\t43\n",
        "\ufeffname,colour\nRed,c0392b\n",
        "# a remark\n\nname,L,a,b\nRed,44.7,52.9,39.2\n\n",
    ],
)
def test_dialects_of_csv(tmp_path: Path, text: str) -> None:
    (red,) = _read(tmp_path, "a.csv", text.encode())
    assert red.name == "Red"
    assert np.abs(np.array(red.rgb) - RED).max() <= 1


def test_other_encodings_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        (paint,) = _read(tmp_path, "a.csv", "name,hex\nGrün,#00ff00\n".encode(encoding))
        assert paint.name == "Grün"


def test_a_measured_paint_has_its_colour_from_its_spectrum(tmp_path: Path) -> None:
    nm = list(range(400, 701, 20))
    measured = {
        "name": "Grey",
        "reflectance": [0.2] * 16,
        "tint": {"white_parts": 2, "reflectance": [0.5] * 16},
    }
    (paint,) = _read(tmp_path, "a.json", json.dumps({"wavelengths_nm": nm, "paints": [measured]}).encode())
    assert paint.reflectance == pytest.approx((0.2,) * 36)
    assert len(set(paint.rgb)) == 1
    assert paint.tint_reflectance == pytest.approx((0.5,) * 36)
    assert paint.white_parts == 2


def _sentence(folder: Path, name: str, data: bytes) -> str:
    """What reading says, or nothing where it goes well and gives paints fit for a kit."""
    try:
        paints = _read(folder, name, data)
    except PaletteError as error:
        return str(error)
    assert paints
    assert all(0 <= c <= 255 for p in paints for c in p.rgb)
    assert all(p.label.isprintable() for p in paints)
    return ""


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_short_anywhere_is_read_or_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    said = [_sentence(tmp_path, name, FILES[name][:end]) for end in range(len(FILES[name]))]
    assert all(name in text for text in said if text)
    assert not any("\n" in text for text in said)
    assert any(said)


HEADS = (
    b"",
    b"ASEF\0\1\0\0\0\0\0\2\0\1",
    b"\0\1",
    b"\0\2",
    b"[",
    b"GIMP Palette\n",
    b"name,hex\n",
    b'{"paints": [',
    b"l,a,b\n",
    b'"name",r,g,b\n"',
)


@given(st.sampled_from(HEADS), st.binary(max_size=200))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_there_is_no_traceback(tmp_path: Path, head: bytes, data: bytes) -> None:
    assert "\n" not in _sentence(tmp_path, "x.bin", head + data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "its first line names no column"),
        (b"name,hex\n", "it has no paint"),
        (b"name,hex\nRed,reddish\n", "line 2: 'reddish' is no colour"),
        (b"name,r,g,b\nRed,1,2,999\n", "line 2: a channel must be 0 to 255, not '999'"),
        (b"name,r,g,b\nRed,nan,2,3\n", "must be 0 to 255, not 'nan'"),
        (b"name,r,g,b\nRed,1\n", "has no colour"),
        (b'name,hex\n"Red,#ff0000\n', "unexpected end of data"),
        (b"[" * 100_000, "damaged JSON"),
        (b'{"paints": [{"hex": "#fff", "tint": {"hex": "#fff", "white_parts": -1}}]}', "white_parts must be"),
        (b'{"paints": [{"reflectance": [0.5]}]}', "wavelengths_nm"),
        (b'{"paints": [{"rgb": [1e999, 0, 0]}]}', "must be 0 to 255"),
        (b'{"paints": [{"rgb": [true, 0, 0]}]}', "must be 0 to 255"),
        (b'{"paints": 7}', "no list"),
        (b"name,hex\n" + b"x,#ffffff\n" * (MOST_PAINTS + 1), "more than 4096"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text"),
        (_ase(_ase_colour("X", b"HSB ", 0, 0, 0)), "unknown colour model"),
        (_ase(_ase_colour("X", b"RGB ", float("nan"), 0, 0)), "must be"),
        (b"ASEF\0\1\0\0\xff\xff\xff\xff", "ends too early"),
        (_aco(2)[:2] + b"\xff\xff", "ends too early"),
        (_aco(1, (9, (0, 0, 0, 0), "")), "unknown colour space 9"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(PaletteError) as caught:
        _read(tmp_path, "mine.csv", data)
    assert says in str(caught.value)
    assert "Use CSV" in str(caught.value)


def test_a_file_too_large_or_absent_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PaletteError, match="larger than 4 MB"):
        _read(tmp_path, "a.csv", b"#" * (MOST_BYTES + 1))
    with pytest.raises(PaletteError, match="cannot be read"):
        read_paints(tmp_path / "absent.csv")
    with pytest.raises(PaletteError, match="not a file"):
        read_paints(tmp_path)


def test_names_are_made_fit_for_a_legend(tmp_path: Path) -> None:
    (paint,) = _read(tmp_path, "a.csv", b'name,hex\n"\x1b[31mRed\n  oxide' + b"x" * 200 + b'",#ff0000\n')
    assert paint.name.startswith("[31mRed oxide")
    assert len(paint.name) == 80


def _image(name: str = "coffee") -> Image:
    return Image(picture(name).pixels[::6, ::6].copy())


def _own(folder: Path, count: int, seed: int = 0) -> OwnPaints:
    rgb = np.random.default_rng(seed).integers(0, 256, (count, 3))
    rows = (f"7{k},Paint {k},#{r:02x}{g:02x}{b:02x}" for k, (r, g, b) in enumerate(rgb.tolist()))
    path = folder / "own.csv"
    path.write_text("number,name,hex\n" + "\n".join(rows))
    return OwnPaints(str(path))


def test_only_own_paints_with_their_names_are_in_the_kit(tmp_path: Path) -> None:
    source = _own(tmp_path, 90)
    owned = {(paint.rgb, paint.label) for paint in source.paints()}
    palette = source.choose(_image(), 12, seed=0)
    assert len(palette) == 12
    assert {(p.rgb, p.name) for p in palette.paints} <= owned
    assert palette.paints[0].name.startswith("7")
    assert palette == source.choose(_image(), 12, seed=9)


def test_names_are_the_same_in_every_kit(tmp_path: Path) -> None:
    source = _own(tmp_path, 40)
    names: dict[tuple[int, int, int], set[str]] = {}
    for name in ("coffee", "rocket", "chelsea"):
        for paint in source.choose(_image(name), 16, seed=0).paints:
            names.setdefault(paint.rgb, set()).add(paint.name)
    assert {len(said) for said in names.values()} == {1}


@pytest.mark.parametrize("seed", range(6))
def test_the_best_few_are_chosen_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    paints = lab_from_rgb(rng.integers(0, 256, (11, 3), np.uint8))
    lab, weight = histogram(_image("astronaut"))

    def cost(chosen: list[int]) -> float:
        d = np.stack([delta_e_2000(lab, paints[k]) ** 2 for k in chosen])
        return float(d.min(axis=0) @ weight)

    least = min(cost(list(some)) for some in combinations(range(11), 4))
    assert cost(best_of(paints, lab, weight, 4, [], 0.0)) <= 1.02 * least


def test_together_is_better_than_the_nearest_to_a_free_palette(tmp_path: Path) -> None:
    source, image = _own(tmp_path, 60, seed=3), _image("chelsea")
    free = KMeans().choose(image, 8, seed=0)
    own = lab_from_rgb(np.array([paint.rgb for paint in source.paints()], np.uint8))
    after = [int(delta_e_2000(own, colour).argmin()) for colour in lab_from_rgb(free.rgb)]
    lab, weight = histogram(image)
    nearest = float(np.min([delta_e_2000(lab, own[k]) for k in after], axis=0) @ weight)
    cost = cost_of(image, source.choose(image, 8, seed=0), free)
    assert cost.own < nearest
    assert cost.extra > 0


def test_paints_to_keep_are_found_by_number_name_and_colour(tmp_path: Path) -> None:
    source = _own(tmp_path, 60)
    third = source.paints()[3]
    keep = ("70", "paint 2", "#{:02x}{:02x}{:02x}".format(*third.rgb))
    palette = OwnPaints(source.file, keep).choose(_image(), 6, seed=0)
    assert len(palette) == 6
    assert {"70 Paint 0", "72 Paint 2", "73 Paint 3"} <= {p.name for p in palette.paints}
    with pytest.raises(PaletteError, match="'ochre'"):
        OwnPaints(source.file, ("ochre",)).choose(_image(), 6, seed=0)
    with pytest.raises(PaletteError, match="only 2"):
        OwnPaints(source.file, keep).choose(_image(), 2, seed=0)


def test_chosen_paints_are_as_far_apart_as_asked_for(tmp_path: Path) -> None:
    palette = OwnPaints(_own(tmp_path, 300).file, least_delta_e=15).choose(_image("astronaut"), 24, seed=0)
    lab = lab_from_rgb(palette.rgb)
    gaps = delta_e_2000(lab[:, None], lab[None]) + np.where(np.eye(len(lab)) > 0, np.inf, 0)
    assert gaps.min() >= 15


def test_thousands_of_paints_are_no_trouble(tmp_path: Path) -> None:
    many, few = _own(tmp_path, 3000), KMeans().choose(_image(), 8, seed=0)
    assert cost_of(_image(), many.choose(_image(), 8, seed=0), few).extra < 2


def test_the_common_acrylics_are_there_and_can_be_mixed() -> None:
    paints = common_acrylics()
    assert len(paints) == 12
    assert len({paint.label for paint in paints}) == 12
    assert paints_to_mix() == paints


def test_a_base_set_of_one_paint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("name,hex\nRed,#ff0000\n")
    with pytest.raises(PaletteError, match=r"one\.csv.* 1 paints"):
        paints_to_mix(str(tmp_path / "one.csv"))


def test_a_kits_paints_get_recipes_of_paints_by_name() -> None:
    palette = Palette((Paint(1, (250, 249, 240)), Paint(2, (132, 149, 204)), Paint(3, (40, 40, 60))))
    made = mixing_for(palette)
    names = [paint.name for paint in made.base]
    assert [paint.number for paint in made.base] == list(range(1, 13))
    assert len(made.recipes) == 3
    for recipe in made.recipes:
        assert sum(n for _, n in recipe.parts) <= MOST_PARTS
        assert {name for name, _ in recipe.parts} <= set(names)
    assert made.recipes[1].parts == (("PW6 Titanium White", 4), ("PB29 Ultramarine Blue", 1))
    assert "estimates" in made.source


def test_recipes_from_a_file_say_where_they_are_a_guess(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("name,hex\nWhite,#ffffff\nRed,#c01020\nBlack,#202020\n")
    made = mixing_for(Palette((Paint(1, (192, 16, 32)),)), str(file))
    assert made.recipes[0].text == "1 Red"
    assert made.source == (
        "The 3 paints of mine.csv. Where it does not say what a paint becomes in white, the recipe is a"
        " first guess."
    )
