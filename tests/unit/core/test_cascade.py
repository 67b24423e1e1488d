"""A cascade made by hand, and the one that is carried along held against scikit-image's reading of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import lbp_frontal_face_cascade_filename
from skimage.feature import Cascade as Peer

from pbn.core.cascade import Cascade, Stage, read_cascade
from tests.helpers.maps import picture

_NO_DARKER = np.where(np.arange(256) == 255, 1, -1).astype(np.float32)[None]


def spots(*blocks: tuple[int, int, int, int]) -> Cascade:
    """Finds windows whose every named block is the darkest of the nine of which it is the first's middle."""
    stage = Stage(np.array(blocks), _NO_DARKER.repeat(len(blocks), axis=0), len(blocks) - 0.5)
    return Cascade((stage,) * 6, 6)


def dark_spot(row: int, column: int, side: int, height: int = 30, width: int = 40) -> np.ndarray:
    """A white page with a dark square."""
    page = np.full((height, width), 255, np.uint8)
    page[row : row + side, column : column + side] = 0
    return page


def strictly(page: np.ndarray, *, most_px: int = 8) -> set[tuple[int, ...]]:
    """Windows round something dark; on bare paper all nine blocks are alike, which is no darker either."""
    found = spots((0, 0, 2, 2)).windows(page, 6, most_px, 1.5)
    return {tuple(w) for w in found.tolist() if page[w[0] : w[0] + w[2], w[1] : w[1] + w[2]].min() < 255}


def test_a_window_is_found_whose_middle_block_is_darkest() -> None:
    assert (8, 13, 6) in strictly(dark_spot(10, 15, 2))
    assert (10, 13, 6) not in strictly(dark_spot(10, 15, 2))


def test_a_larger_window_is_found_by_larger_blocks() -> None:
    found = spots((0, 0, 2, 2)).windows(dark_spot(12, 16, 4), 12, 13, 1.5)
    assert [8, 12, 12] in found.tolist()


def test_windows_lie_within_the_picture() -> None:
    page = np.full((30, 40), 9, np.uint8)
    row, column, side = spots((0, 0, 2, 2)).windows(page, 6, 30, 1.3).T
    assert (row + side <= 30).all()
    assert (column + side <= 40).all()
    assert set(side.tolist()) == {6, 7, 10, 13, 17, 22, 28}


def test_every_stage_must_be_content() -> None:
    content = Stage(np.array([(0, 0, 2, 2)]), _NO_DARKER, -2)
    never = Stage(np.array([(0, 0, 2, 2)]), _NO_DARKER, 2)
    page = np.full((20, 20), 9, np.uint8)
    assert len(Cascade((content,) * 6, 6).windows(page, 6, 7, 1.5))
    for k in range(6):
        stages = [content] * 6
        stages[k] = never
        assert len(Cascade(tuple(stages), 6).windows(page, 6, 7, 1.5)) == 0


def test_a_picture_too_small_has_no_windows() -> None:
    assert spots((0, 0, 2, 2)).windows(np.zeros((5, 90), np.uint8), 6, 7, 1.5).shape == (0, 3)


@pytest.mark.parametrize(("name", "least"), [("astronaut", 10), ("chelsea", 0)])
def test_the_same_is_found_as_by_scikit_image(name: str, least: int) -> None:
    """Its sums are in single precision, so that it finds a window more or less where blocks are alike."""
    path = lbp_frontal_face_cascade_filename()  # type: ignore[no-untyped-call]
    small = cv2.resize(picture(name).pixels, (200, 200), interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    ours = {tuple(window) for window in read_cascade(Path(path)).windows(grey, 28, 200, 1.1).tolist()}
    found = Peer(path).detect_multi_scale(
        grey.astype(np.float64),
        1.1,
        1.0,
        (28, 28),
        (200, 200),
        min_neighbor_number=1,
        intersection_score_threshold=2,
    )
    theirs = {(window["r"], window["c"], window["width"]) for window in found}
    assert len(ours & theirs) >= least
    assert len(ours ^ theirs) <= 1
