"""The page on what the network sees."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from pbn.core.values import Image
from pbn.errors import SettingsError
from pbn.stylize import _explain


def test_fields_of_view_are_those_of_the_filters() -> None:
    # by hand: 3 x 3 filters add 2 steps, a pooling adds one step and doubles it
    assert _explain.field("conv1_1", "vgg19") == (3, 1, 0.5)
    assert _explain.field("relu1_2", "vgg19") == (5, 1, 0.5)
    assert _explain.field("pool1", "vgg19") == (6, 2, 1.0)
    assert _explain.field("relu2_1", "vgg19") == (10, 2, 1.0)


def test_places_are_the_greatest_and_apart() -> None:
    one, two = np.zeros((1, 4, 4), np.float32), np.zeros((1, 4, 4), np.float32)
    one[0, 0, 0], one[0, 0, 1], one[0, 3, 3], two[0, 2, 2] = 9, 8, 3, 5
    assert _explain.places([one, two], 0, 9, 1) == [(0, 0, 0), (1, 2, 2), (0, 3, 3)]


def test_the_strongest_come_first_and_ties_go_to_the_lowest() -> None:
    maps = np.array([1, 3, 3, 2], np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    assert _explain.strongest(maps, 3).tolist() == [1, 2, 3]


def test_heat_runs_from_violet_to_yellow() -> None:
    assert _explain.heat(np.array([[0.0, 5.0]])).pixels.tolist() == [[[13, 8, 135], [240, 249, 33]]]


def test_the_page_is_whole_and_needs_nothing_else() -> None:
    torch.set_num_threads(1)
    photo = Image(np.random.default_rng(0).integers(0, 256, (40, 48, 3), np.uint8))
    page = _explain.explain(photo, [photo], wanted=("relu1_1", "conv2_2"), units=2, long_side_px=48, steps=2)
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["relu1_1", "conv2_2"]
    # the photo; per layer two units of a map and nine patches, two reconstructions and the Gram matrix
    assert page.count("<figure>") == 1 + 2 * (2 * 10 + 3)
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    with pytest.raises(SettingsError, match=r"--layer.*no layer 'relu7_1'"):
        _explain.explain(photo, wanted=("relu7_1",))
