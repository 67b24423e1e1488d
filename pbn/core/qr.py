"""A QR code as marks (ISO/IEC 18004); segno works out which modules are dark."""

from __future__ import annotations

import numpy as np

from pbn.core.sheet import Curve, Path

QUIET = 4
"""Modules that must be left white round the code."""


def qr_path(text: str, x_mm: float, y_mm: float, side_mm: float) -> Path:
    """The code in a square, its quiet zone within it; runs of dark modules are one rectangle each."""
    import segno  # only few kits have a code, and it imports half of the web's modules

    matrix = np.array(segno.make(text, error="m", micro=False).matrix, np.uint8)
    module = side_mm / (len(matrix) + 2 * QUIET)
    curves = []
    for row, dark in enumerate(matrix):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], dark, [0]]).astype(np.int8)))
        for start, end in edges.reshape(-1, 2):
            left, right = (x_mm + (QUIET + at) * module for at in (start, end))
            top, low = (y_mm + (QUIET + at) * module for at in (row, row + 1))
            points = np.array([(left, top), (right, top), (right, low), (left, low)], np.float64)
            curves.append(Curve(points, cubic=False, closed=True))
    return Path(tuple(curves), fill=(0, 0, 0), role="qr")
