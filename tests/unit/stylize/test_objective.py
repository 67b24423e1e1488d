"""The whole loss on the real VGG-19 against the published formulas, worked out a second time by hand.

The run begins with a known picture and does one step, so that the loss told is that picture's.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d, relu

from pbn.stylize import _losses, _objective
from pbn.stylize._layers import layers
from pbn.stylize._recipes import RECIPES, Recipe
from pbn.stylize._vgg import Encoder
from pbn.stylize._weights import Weights
from tests.helpers.styling import (
    FIVE,
    Floats,
    artwork,
    content_by_hand,
    inside,
    layers_of,
    load_once,
    made,
    photo,
    style_by_hand,
    tv_by_hand,
)

pytestmark = pytest.mark.usefixtures("vgg19_once")

ART = artwork()
"""As large as the photo, so that nothing is resized."""

START = artwork(2, (90, 190, 230))

UNLIKE_ANY: dict[str, Any] = {
    "pooling": "max",
    "content_layers": ("relu4_2",),
    "content_weights": (1.0,),
    "style_layers": FIVE,
    "style_weights": (0.2,) * 5,
    "content_loss": "mean",
    "style_loss": "mean",
    "tv_loss": "l1-mean",
    "alpha": 0.5,
    "beta": 20.0,
    "gamma": 3.0,
    "rim": 0,
}
"""The options to start from; every case below changes some."""


@functools.cache
def _features(pooling: str) -> tuple[dict[str, Floats], ...]:
    """All layers of the start, the artwork and the photo."""
    return tuple(layers_of(p, layers("vgg19"), pooling=pooling) for p in (START, ART, photo()))


def _by_hand(how: Mapping[str, Any]) -> tuple[float, float, float]:
    seen, model, target = _features(how["pooling"])
    content = sum(
        weight * content_by_hand(how["content_loss"], seen[name], target[name])
        for name, weight in zip(how["content_layers"], how["content_weights"], strict=True)
    )
    style = sum(
        weight * style_by_hand(how["style_loss"], *(inside(f[name], how["rim"]) for f in (seen, model)))
        for name, weight in zip(how["style_layers"], how["style_weights"], strict=True)
    )
    return how["alpha"] * content, how["beta"] * style, how["gamma"] * tv_by_hand(how["tv_loss"], START)


def _told(options: Mapping[str, Any]) -> tuple[float, float, float]:
    run = made({**options, "start": "image", "steps": 1}, artworks=[ART], start_image=START)
    (loss,) = run.losses
    assert np.array_equal(run.image.pixels, START.pixels)
    assert loss.total == pytest.approx(loss.content + loss.style + loss.tv, rel=1e-5)
    return loss.content, loss.style, loss.tv


CASES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "avg": {"pooling": "avg"},
    "content layers": {"content_layers": ("conv2_2", "relu3_1", "pool3"), "content_weights": (0.5, 0.3, 0.2)},
    "content layer": {"content_layers": ("conv5_4",)},
    "content weights": {"content_layers": ("relu2_1", "relu4_1"), "content_weights": (4.0, 0.25)},
    "style layers": {"style_layers": ("conv1_2", "relu3_4", "pool4"), "style_weights": (1.0, 2.0, 3.0)},
    "style weights": {"style_weights": (5.0, 0.0, 1.0, 0.1, 7.0)},
    "no content": {"content_layers": (), "content_weights": ()},
    "no style": {"style_layers": (), "style_weights": ()},
    **{f"content {n}": {"content_loss": n} for n in ("half-sum", "hwd", "relative")},
    **{f"style {n}": {"style_loss": n} for n in ("gatys", "hwd", "2hwc", "relative")},
    **{f"tv {n}": {"tv_loss": n} for n in ("l1-sum", "l2-mean", "l2-sum")},
    "alpha": {"alpha": 7.0},
    "beta": {"beta": 0.01},
    "gamma": {"gamma": 11.0},
    "rim": {"rim": 1},
    "wider rim": {"rim": 2},
}


@pytest.mark.parametrize("name", CASES)
def test_the_loss_is_the_formulas(name: str) -> None:
    how = UNLIKE_ANY | CASES[name]
    assert _told(how) == pytest.approx(_by_hand(how), rel=1e-4)


@pytest.mark.parametrize(
    ("preset", "weights"),
    [
        ("uniform", (0.2,) * 5),
        ("middle-heavy", (0.1, 0.2, 0.4, 0.2, 0.1)),
        ("1/C^2", (1 / 64**2, 1 / 128**2, 1 / 256**2, 1 / 512**2, 1 / 512**2)),
    ],
)
def test_layer_weights_by_their_presets(preset: str, weights: tuple[float, ...]) -> None:
    asked = {name: value for name, value in UNLIKE_ANY.items() if name != "style_weights"}
    assert _told(asked | {"layer_weights": preset}) == pytest.approx(
        _by_hand(UNLIKE_ANY | {"style_weights": weights}), rel=1e-4
    )


def test_several_content_layers_count_alike_unless_told_otherwise() -> None:
    layers = ("relu2_2", "relu3_2", "relu4_2")
    asked = {name: value for name, value in UNLIKE_ANY.items() if name != "content_weights"}
    assert _told(asked | {"content_layers": layers}) == pytest.approx(
        _by_hand(UNLIKE_ANY | {"content_layers": layers, "content_weights": (1 / 3,) * 3}), rel=1e-4
    )


def test_self_normalised_terms_are_their_weights() -> None:
    assert _told(UNLIKE_ANY | {"self_normalised": True}) == pytest.approx((0.5, 20, 3), rel=1e-5)


@pytest.mark.parametrize("strength", [0.55, 0.8, 1.0])
def test_strength_is_ten_to_the_minus_two_of_content(strength: float) -> None:
    options = UNLIKE_ANY | {"start": "image", "steps": 1}
    (loss,) = made(options, strength=strength, artworks=[ART], start_image=START).losses
    content, style, tv = _by_hand(UNLIKE_ANY | {"alpha": 0.5 * 10 ** (2 * (0.8 - strength))})
    assert (loss.content, loss.style, loss.tv) == pytest.approx((content, style, tv), rel=1e-4)


def _maps(recipe: Recipe, x: Tensor) -> dict[str, Tensor]:
    """Every layer of the network to autograd, in double: what `Encoder` does by hand."""
    weights, found = load_once("vgg19"), {}
    x = x - torch.tensor(weights.mean, dtype=x.dtype).view(1, 3, 1, 1)
    for name in layers(recipe.network):
        if name.startswith("conv"):
            kernel, bias = (part.double() for part in weights.kernels[name])
            x = conv2d(x, kernel, bias, padding=1)
        elif name.startswith("relu"):
            x = relu(x)
        else:
            x = max_pool2d(x, 2) if recipe.pooling == "max" else avg_pool2d(x, 2)
        found[name] = x
    return found


def _slope(recipe: Recipe, x: Tensor, photo: Tensor, art: Tensor, keep: Tensor) -> Tensor:
    """The gradient of the whole loss, by autograd."""
    free = x.clone().requires_grad_()
    seen = free + keep * (photo - free)
    mine, theirs, model = (_maps(recipe, picture) for picture in (seen, photo, art))
    r = recipe.rim
    inner = [
        {n: m[n][..., r:-r, r:-r] if r and min(m[n].shape[2:]) > 4 * r else m[n] for n in recipe.style_layers}
        for m in (mine, model)
    ]
    grams = [{name: _losses.gram(features) for name, features in each.items()} for each in inner]
    content = {name: theirs[name] for name in recipe.content_layers}
    terms = [
        _objective.content_term(mine, content, recipe),
        _objective.style_term(grams[0], grams[1], recipe),
        _losses.TV[recipe.tv_loss](seen),
    ]
    if recipe.self_normalised:
        terms = [term / term.detach() for term in terms]
    weights = (recipe.alpha, recipe.beta, recipe.gamma)
    total = torch.stack([weight * term for weight, term in zip(weights, terms, strict=True)]).sum()
    (slope,) = torch.autograd.grad(total, free)
    return slope


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_the_gradient_is_autograds(name: str) -> None:
    """All layers of each recipe, under a mask that half protects a part."""
    recipe, nineteen = replace(RECIPES[name], rim=1 if name == "kit" else 0), load_once("vgg19")
    chance = torch.Generator().manual_seed(5)
    x, photo, art = (torch.rand(1, 3, 32, 48, generator=chance, dtype=torch.float64) for _ in range(3))
    keep = torch.zeros(1, 1, 32, 48, dtype=torch.float64)
    keep[..., :8], keep[..., 8:16] = 1, 0.5
    wanted = {*recipe.content_layers, *recipe.style_layers}
    kernels = {n: k for n, k in nineteen.kernels.items() if n in layers(recipe.network)}
    encoder = Encoder(Weights(recipe.network, kernels, nineteen.mean, ""), wanted, pooling=recipe.pooling)
    objective = _objective.Objective(
        encoder,
        recipe,
        recipe.alpha,
        _objective.content_targets(encoder, photo.float(), recipe),
        _objective.style_targets(encoder, [(1.0, art.float())], recipe),
        _objective.Shield(photo.float(), keep.float()),
    )
    _, mine = objective(x.float())
    slope = _slope(recipe, x, photo, art, keep)
    assert not mine[..., :8].any()
    assert float((mine - slope).norm() / slope.norm()) < 2e-3
