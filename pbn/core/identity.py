"""What a kit is called: a short name that follows from what is painted, the same on every machine."""

from __future__ import annotations

import hashlib

import numpy as np

from pbn.core.values import Kit

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing that is read for something else."""


def kit_id(kit: Kit) -> str:
    """Eight letters and digits in two groups, such as ``7K2M-Q0XD``: one in 10 ** 12 are alike.

    It follows from the regions, their paints and the size, not from how the sheets look.
    """
    digest = hashlib.sha256()
    digest.update(repr([paint.rgb for paint in kit.palette.paints]).encode())
    digest.update(repr([round(side, 3) for side in kit.size_mm]).encode())
    digest.update(repr(kit.regions.ids.shape).encode())
    digest.update(np.ascontiguousarray(kit.regions.ids, "<i4").tobytes())
    digest.update(np.ascontiguousarray(kit.regions.paint, "<i4").tobytes())
    number = int.from_bytes(digest.digest()[:5])
    text = "".join(_LETTERS[number >> 5 * k & 31] for k in reversed(range(8)))
    return f"{text[:4]}-{text[4:]}"
