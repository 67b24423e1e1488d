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

from pbn.stylize import _objective
from pbn.stylize._layers import layers
from pbn.stylize._recipes import RECIPES, Recipe
from pbn.stylize._vgg import Encoder
from pbn.stylize._weights import Weights
from tests.helpers.styling import (
    FIVE,
    Floats,
    artwork,
    content_by_hand,
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
        weight * style_by_hand(how["style_loss"], seen[name], model[name])
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


def _in_double(network: str) -> Weights:
    """Weights of the network's shapes in double, so that small differences can be taken."""
    weights = load_once("vgg19")
    kept = {
        name: (kernel.double(), bias.double())
        for name, (kernel, bias) in weights.kernels.items()
        if network == "vgg19" or not name.endswith("_4")
    }
    return Weights(network, kept, weights.mean, "")


def _posed(recipe: Recipe) -> _objective.Objective:
    """A loss in double between two pictures of noise, a part of it half protected."""
    encoder = Encoder(
        _in_double(recipe.network),
        {*recipe.content_layers, *recipe.style_layers},
        pooling=recipe.pooling,
        winograd=False,
    )
    chance = torch.Generator().manual_seed(4)
    like, model = (torch.rand(1, 3, 24, 32, generator=chance, dtype=torch.float64) for _ in range(2))
    keep = torch.zeros(1, 1, 24, 32, dtype=torch.float64)
    keep[..., :8] = 0.5
    return _objective.Objective(
        encoder,
        recipe,
        recipe.alpha,
        _objective.content_targets(encoder, like, recipe),
        _objective.style_targets(encoder, [(1.0, model)], recipe),
        _objective.Shield(like, keep),
    )


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_the_gradient_is_the_slope_of_the_terms(name: str) -> None:
    recipe = RECIPES[name]
    chance = torch.Generator().manual_seed(5)
    x, way = (torch.rand(1, 3, 24, 32, generator=chance, dtype=torch.float64) for _ in range(2))
    step = 1e-6 * (way - 0.5)
    plain = _posed(replace(recipe, self_normalised=False))
    below, here, above = (plain(x + sign * step)[0] for sign in (-1, 0, 1))
    slopes = {term: getattr(above, term) - getattr(below, term) for term in ("content", "style", "tv")}
    if recipe.self_normalised:  # a share slopes like the logarithm of its term
        weights = {"content": recipe.alpha, "style": recipe.beta, "tv": recipe.gamma}
        slopes = {term: weights[term] * slope / getattr(here, term) for term, slope in slopes.items()}
    _, gradient = _posed(recipe)(x)
    assert float((gradient * 2 * step).sum()) == pytest.approx(sum(slopes.values()), rel=1e-3)
