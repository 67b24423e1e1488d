from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import color

from pbn.core.colour import delta_e_2000, din99o_from_lab, lab_from_rgb, rgb_from_lab
from pbn.core.values import F32, U8

# Sharma, Wu, Dalal 2005, table 1: two CIELAB colours and their CIEDE2000.
SHARMA = (
    (50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425),
    (50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615),
    (50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412),
    (50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669),
    (50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461),
    (50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065),
    (50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492),
    (50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977),
    (50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030),
    (50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
)


@pytest.mark.parametrize("row", SHARMA)
def test_ciede2000_agrees_with_the_published_pairs(row: tuple[float, ...]) -> None:
    first, second = np.array(row[:3]), np.array(row[3:6])
    assert float(delta_e_2000(first, second)) == pytest.approx(row[6], abs=1e-4)
    assert float(delta_e_2000(second, first)) == pytest.approx(row[6], abs=1e-4)


def _colours(seed: int, n: int) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (n, 3), dtype=np.uint8)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_ciede2000_agrees_with_scikit_image(seed: int) -> None:
    first, second = lab_from_rgb(_colours(seed, 64)), lab_from_rgb(_colours(seed + 1, 64))
    wide = delta_e_2000(first.astype(float), second.astype(float))
    theirs = color.deltaE_ciede2000(first, second)  # type: ignore[no-untyped-call]
    assert np.allclose(wide, theirs, atol=1e-3)
    narrow = delta_e_2000(first, second)
    assert narrow.dtype == np.float32
    assert np.allclose(narrow, wide, atol=2e-3)


def test_ciede2000_broadcasts_and_is_zero_at_home() -> None:
    lab = lab_from_rgb(_colours(3, 5))
    table = delta_e_2000(lab[:, None], lab[None])
    assert table.shape == (5, 5)
    assert np.all(np.diag(table) == 0)
    assert np.allclose(table, table.T, atol=1e-4)


def test_every_grey_and_the_corners_of_the_cube_come_back() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    corners = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], np.uint8)
    for rgb in (grey, corners):
        assert np.array_equal(rgb_from_lab(lab_from_rgb(rgb)), rgb)
    assert np.abs(lab_from_rgb(grey)[:, 1:]).max() < 1e-3


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_lab_goes_round_and_agrees_with_scikit_image(seed: int) -> None:
    rgb = _colours(seed, 200).reshape(10, 20, 3)
    lab = lab_from_rgb(rgb)
    assert lab.dtype == np.float32
    assert np.array_equal(rgb_from_lab(lab), rgb)
    assert np.abs(lab - color.rgb2lab(rgb)).max() < 0.02  # their white is rounded to three digits


def test_colours_beyond_srgb_are_clipped() -> None:
    assert rgb_from_lab([120.0, 0.0, 0.0]).tolist() == [255, 255, 255]
    assert rgb_from_lab([-5.0, 0.0, 0.0]).tolist() == [0, 0, 0]


def _sheet(seed: int = 5, n: int = 4000) -> F32:
    return lab_from_rgb(_colours(seed, n))


def test_din99o_follows_lightness_and_keeps_greys_grey() -> None:
    lab = np.zeros((101, 3), np.float32)
    lab[:, 0] = np.arange(101)
    out = din99o_from_lab(lab)
    assert np.all(np.diff(out[:, 0]) > 0)
    assert np.abs(out[:, 1:]).max() == 0
    assert out[0, 0] == 0
    assert abs(float(out[100, 0]) - 100) < 0.1


def test_din99o_follows_chroma_along_each_hue() -> None:
    for hue in np.radians(np.arange(0, 360, 15)):
        chroma = np.arange(0, 120, 2.0)
        lab = np.stack([np.full(60, 50.0), chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
        out = din99o_from_lab(lab.astype(np.float32))
        assert np.all(np.diff(np.hypot(out[:, 1], out[:, 2])) > 0)


def test_din99o_comes_near_ciede2000() -> None:
    lab = _sheet()
    near = lab + np.random.default_rng(6).normal(0, 3, lab.shape).astype(np.float32)
    for other in (near, _sheet(7)):
        plain = np.sqrt(((din99o_from_lab(lab) - din99o_from_lab(other)) ** 2).sum(axis=1))
        assert np.corrcoef(plain, delta_e_2000(lab, other))[0, 1] > 0.95
