"""Hatchings stay in their box and differ from each other."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core.hatching import hatching
from pbn.core.hues import FAMILIES

BOX = (10.0, 20.0, 12.0, 7.0)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_hatching_fills_its_box_and_no_more(family: str) -> None:
    points = np.concatenate([curve.points for curve in hatching(BOX, family, 1.3)])
    low, high = points.min(axis=0), points.max(axis=0)
    assert (low >= np.array(BOX[:2]) - 1e-9).all()
    assert (high <= np.array(BOX[:2]) + BOX[2:] + 1e-9).all()
    assert (high - low >= np.array(BOX[2:]) - 2.1 * 1.3).all()


def test_no_two_families_are_hatched_alike() -> None:
    drawn = {f: sorted(c.points.round(6).tobytes() for c in hatching(BOX, f, 1.3)) for f in FAMILIES}
    for a in FAMILIES:
        for b in FAMILIES:
            assert a == b or drawn[a] != drawn[b]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("box", [(0.0, 0.0, 0.4, 9.0), (0.0, 0.0, 9.0, 0.4)])
def test_a_narrow_box_still_has_something(family: str, box: tuple[float, float, float, float]) -> None:
    assert hatching(box, family, 1.3)
