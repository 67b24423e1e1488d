"""A cascade of boosted classifiers over local binary patterns, which finds in a picture what it was taught.

Zhang et al., "Face Detection Based on Multi-Block LBP Representation", 2007. A *pattern* is a block of
pixels against the eight about it: a bit for each that is no darker. A *stage* adds up what the patterns
of a window vote for and turns the window away when that is too little; what no stage turns away is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from pbn.core.values import F32, I32, U8

I64 = NDArray[np.int64]

_FIRST = (1, 4)
"""The stages that turn most away for what they cost are asked first: they leave one window in ten."""

_AROUND = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
"""Row and column, in blocks, of the eight about the middle one, that of the highest bit first."""

_SLACK = 1e-5
"""So much below its threshold a stage lets a window pass: votes are summed in single precision."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Patterns and what they vote for.

    ``blocks`` (k, 4) are x, y, width and height of each pattern's first block in a window, ``votes``
    (k, 256) what it votes for by its bits, ``least`` the sum below which a window is turned away.
    """

    blocks: I64
    votes: F32
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """Stages that look at windows of ``side_px``, and at larger ones with their blocks as much larger."""

    stages: tuple[Stage, ...]
    side_px: int

    def windows(self, grey: U8, least_px: int, most_px: int, fineness: float) -> I64:
        """Find the windows that no stage turns away.

        Parameters
        ----------
        grey : (H, W)
            The picture.
        least_px, most_px
            Sides of the windows that are tried, each ``fineness`` times as large as the one before. They
            lie as far apart as a pixel is when the window is brought to the cascade's own size.

        Returns
        -------
        (n, 3)
            Row, column and side in px; small windows first, then row by row.
        """
        first, most = (log(side / self.side_px) / log(fineness) for side in (least_px, most_px))
        scales = np.float32(fineness) ** np.arange(max(0.0, first), most, dtype=np.float32)
        sums = np.asarray(cv2.integral(grey), np.int32)
        found = [self._likely(sums, float(scale)) for scale in scales]
        scale = np.repeat(np.arange(len(scales)), [len(begin) for begin in found])
        begin = np.concatenate([np.empty(0, np.int64), *found])
        for stage in (stage for k, stage in enumerate(self.stages) if k not in _FIRST):
            passed = _votes(stage, sums, begin, scale, scales) >= stage.least
            begin, scale = begin[passed], scale[passed]
        row, column = np.divmod(begin, sums.shape[1])
        return np.stack([row, column, (self.side_px * scales).astype(np.int64)[scale]], axis=1)

    def _likely(self, sums: I32, scale: float) -> I64:
        """Where in the sums those windows of one size begin that the first stages let pass."""
        step, side = round(scale), int(self.side_px * scale)
        down, across = (max(0, ceil((length - 1 - side) / step)) for length in sums.shape)
        passed = np.ones((down, across), np.bool_)
        for stage in (self.stages[k] for k in _FIRST):
            votes = np.zeros_like(passed, np.float32)
            for (x, y, w, h), vote in zip(_scaled(stage, scale).tolist(), stage.votes, strict=True):
                strips = sums[:, w:] - sums[:, :-w]
                blocks = strips[h:] - strips[:-h]
                row, pixel = blocks.strides
                nine = as_strided(
                    blocks[y:, x:], (3, 3, down, across), (h * row, w * pixel, step * row, step * pixel)
                )
                votes += vote.take(_pattern(nine))
            passed &= votes >= stage.least
        rows, columns = np.nonzero(passed)
        begin: I64 = (rows * sums.shape[1] + columns) * step
        return begin


def _scaled(stage: Stage, scale: float) -> I64:
    """The stage's blocks in a window so many times as large."""
    return (stage.blocks.astype(np.float32) * np.float32(scale)).astype(np.int64)


def _votes(stage: Stage, sums: I32, begin: I64, scale: I64, scales: F32) -> F32:
    """The sum of a stage's votes for each window, by where it begins in the sums and which its scale is."""
    votes = np.zeros(len(begin), np.float32)
    sized = np.stack([_scaled(stage, float(s)) for s in scales], axis=-1)
    times = np.arange(4)[:, None]
    for (x, y, w, h), vote in zip(sized, stage.votes, strict=True):
        corners = ((y + times * h) * sums.shape[1])[:, None] + (x + times * w)
        strips = np.diff(sums.take(corners.take(scale, -1) + begin, mode="clip"), axis=1)
        votes += vote.take(_pattern(np.diff(strips, axis=0)))
    return votes


def _pattern(blocks: I32) -> U8:
    """The bits of nine blocks' sums (3, 3, ...)."""
    bits = np.zeros(blocks.shape[2:], np.uint8)
    for row, column in _AROUND:
        bits <<= 1
        bits |= blocks[row, column] >= blocks[1, 1]
    return bits


def read_cascade(path: Path) -> Cascade:
    """Read a cascade of stumps over such patterns, from OpenCV's XML."""
    (root,) = ElementTree.parse(path).getroot()
    blocks = np.array([_numbers(entry, "rect") for entry in _all(root, "features")], np.int64)
    stages = []
    for stage in _all(root, "stages"):
        stumps = _all(stage, "weakClassifiers")
        nodes = np.array([_numbers(stump, "internalNodes") for stump in stumps], np.int64)
        leaves = np.array([_numbers(stump, "leafValues") for stump in stumps], np.float32)
        left = np.unpackbits(nodes[:, 3:].astype("<i4").view(np.uint8), axis=1, bitorder="little")
        votes = np.where(left, leaves[:, :1], leaves[:, 1:])
        least = _numbers(stage, "stageThreshold")[0] - _SLACK
        stages.append(Stage(blocks[nodes[:, 2]], votes, least))
    return Cascade(tuple(stages), int(_numbers(root, "width")[0]))


def _all(entry: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return list(entry.find(name) or ())


def _numbers(entry: ElementTree.Element, name: str) -> list[float]:
    return [float(number) for number in entry.findtext(name, "").split()]
