"""Small pictures to stylise, and the method worked out a second time, plainly, to compare with."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d, relu

from pbn.core.values import Image, StylizedImage
from pbn.progress import Progress, silent
from pbn.stylize import _weights
from pbn.stylize.gatys import Gatys

Floats = NDArray[np.float64]

FIVE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")

load_once = functools.cache(_weights.load)
"""Weights are read once for all tests of a process."""


def photo() -> Image:
    """A red disc on a blue to green ground, 64 x 48."""
    y, x = np.mgrid[0:48, 0:64] / 48
    disc = (x - 0.6) ** 2 + (y - 0.5) ** 2 < 0.08
    pixels = np.stack([np.where(disc, 220, 40), 60 + 120 * y, np.where(disc, 50, 200 - 80 * x)], 2)
    return Image(pixels.astype(np.uint8))


def artwork(
    seed: int = 1, colours: tuple[int, int, int] = (200, 160, 40), size: tuple[int, int] = (64, 48)
) -> Image:
    """Slanting strokes in one colour and its opposite, ``size`` (w, h); by default as large as `photo`."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    waves = np.sin((x + (3 - 2 * seed) * y) / 2.5) + np.random.default_rng(seed).normal(0, 0.3, x.shape)
    pixels = 128 + 0.5 * np.sign(waves)[..., None] * (np.array(colours) - 128.0) + 20 * waves[..., None]
    return Image(pixels.clip(0, 255).astype(np.uint8))


def made(
    options: Mapping[str, Any] | None = None,
    *,
    of: Image | None = None,
    strength: float = 0.8,
    seed: int = 0,
    side: int = 64,
    artworks: Sequence[Image] = (),
    progress: Progress = silent,
    **extra: Any,
) -> StylizedImage:
    """`photo` stylised by `artwork` in three steps, but for what is given."""
    settings: dict[str, Any] = {"steps": 3, "convolution": "direct", "preview_every": 0} | dict(options or {})
    return Gatys(**settings).stylize(
        of or photo(),
        list(artworks) or [artwork()],
        long_side_px=side,
        strength=strength,
        seed=seed,
        progress=progress,
        **extra,
    )


def floats(image: Image | StylizedImage) -> Floats:
    """(H, W, 3) in 0..255."""
    inner = image.image if isinstance(image, StylizedImage) else image
    return inner.pixels.astype(np.float64)


def apart(a: Image | StylizedImage, b: Image | StylizedImage) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(floats(a) - floats(b)).mean())


def layers_of(
    image: Image | StylizedImage,
    wanted: Sequence[str],
    *,
    pooling: str = "max",
    weights: _weights.Weights | None = None,
) -> dict[str, Floats]:
    """A picture's features (D, h, w) by a network written out plainly, without the program's encoder."""
    weights = weights or load_once("vgg19")
    mean = torch.tensor(weights.mean, dtype=torch.float64).view(1, 3, 1, 1)
    x = torch.from_numpy(floats(image).transpose(2, 0, 1)[None] / 255) - mean
    x, found = x.float(), {}
    for block in range(1, 6):
        for name in [n for n in weights.kernels if n.startswith(f"conv{block}_")]:
            found[name] = conv2d(x, *weights.kernels[name], padding=1)
            found[name.replace("conv", "relu")] = x = relu(found[name])
        x = max_pool2d(x, 2) if pooling == "max" else avg_pool2d(x, 2)
        found[f"pool{block}"] = x
        if all(name in found for name in wanted):
            break
    return {name: found[name][0].numpy().astype(np.float64) for name in wanted}


def inside(features: Floats, rim: int) -> Floats:
    """The features (D, h, w) without a rim, where that leaves most of them."""
    return features[:, rim:-rim, rim:-rim] if rim and min(features.shape[1:]) > 4 * rim else features


def gram(features: Floats) -> Floats:
    """G = A A^T of the features flattened to D x HW, undivided as it is published."""
    flat = features.reshape(len(features), -1)
    result: Floats = flat @ flat.T
    return result


def content_by_hand(loss: str, mine: Floats, target: Floats) -> float:
    """One layer's content loss, by the formula as it is published."""
    depth, height, width = mine.shape
    total = float(((mine - target) ** 2).sum())
    values: dict[str, float] = {
        "mean": total / mine.size,
        "half-sum": total / 2,
        "hwd": total / (4 * height * width * depth),
        "relative": total / float((target**2).sum()),
    }
    return values[loss]


def style_by_hand(loss: str, mine: Floats, target: Floats) -> float:
    """One layer's style loss, by the formula as it is published; for pictures of one size."""
    depth, height, width = mine.shape
    ours, theirs = gram(mine), gram(target)
    total = float(((ours - theirs) ** 2).sum())
    values: dict[str, float] = {
        "gatys": total / (4 * depth**2 * (height * width) ** 2),
        "hwd": total / (4 * depth**2 * (height * width) ** 2),
        "2hwc": total / (2 * height * width * depth) ** 2,
        "mean": total / (height * width) ** 2 / depth**2,
        "relative": total / float((theirs**2).sum()),
    }
    return values[loss]


def tv_by_hand(loss: str, image: Image | StylizedImage) -> float:
    """Total variation of a picture in 0..1."""
    picture = floats(image) / 255
    if loss == "vector-level":
        ends = [np.diff(picture, axis=axis, append=picture.take([-1], axis)) for axis in (0, 1)]
        lengths = np.sqrt(sum((end**2).sum(axis=2) for end in ends) + (2 / 255) ** 2) - 2 / 255
        return float(lengths.mean() * (max(picture.shape[:2]) / 256) ** 0.5)
    steps = [picture[:, 1:] - picture[:, :-1], picture[1:] - picture[:-1]]
    form, _, size = loss.partition("-")
    powers = [np.abs(step) if form == "l1" else step**2 for step in steps]
    return float(sum(p.sum() if size == "sum" else p.mean() for p in powers))


def content_error(picture: StylizedImage, layer: str = "relu4_2", of: Image | None = None) -> float:
    """|F - C|^2 / |C|^2 at a layer, against `photo`."""
    mine, target = (layers_of(p, [layer])[layer] for p in (picture, of or photo()))
    return content_by_hand("relative", mine, target)


def gram_error(picture: StylizedImage, layer: str, model: Image) -> float:
    """|G - A|^2 / |A|^2 of Gram matrices per position, for pictures of any size."""
    mine, target = (layers_of(p, [layer])[layer] for p in (picture, model))
    ours, theirs = (gram(f) / f[0].size for f in (mine, target))
    return float(((ours - theirs) ** 2).sum() / (theirs**2).sum())
