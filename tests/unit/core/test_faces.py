"""Faces where there are some, and none where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from pbn.core.faces import faces
from pbn.core.values import Image
from tests.helpers.maps import picture


def test_a_face_is_found_where_it_is() -> None:
    (face,) = faces(picture("astronaut"))
    assert face.x * 512 == pytest.approx(222, abs=25)
    assert face.y * 512 == pytest.approx(115, abs=25)
    assert 0.15 < face.side < 0.3


def test_where_it_is_does_not_depend_on_the_photos_size() -> None:
    wide = np.pad(picture("astronaut").pixels, ((0, 0), (300, 0), (0, 0)), mode="edge")
    (face,) = faces(Image(wide))
    assert face.x * 812 == pytest.approx(522, abs=30)
    assert face.y * 812 == pytest.approx(115, abs=30)


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_what_is_no_face_is_not_taken_for_one(name: str) -> None:
    assert faces(picture(name)) == ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (900, 20, 3)])
def test_any_shape_is_looked_at(shape: tuple[int, ...]) -> None:
    assert faces(Image(np.full(shape, 120, np.uint8))) == ()
