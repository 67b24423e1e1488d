"""The network's way back, written by hand, beside autograd of a plain network with the real weights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d, relu

from pbn.stylize import _losses, _objective, _vgg, _weights
from pbn.stylize._layers import layers
from pbn.stylize._recipes import RECIPES, Recipe

_EVERY_KIND = replace(
    RECIPES["classic"],
    content_layers=("conv2_2", "pool2", "relu1_2"),
    style_layers=("conv1_1", "relu1_2", "conv2_1", "pool2", "pool1", "relu2_2", "relu3_1"),
    layer_weights="uniform",
    rim=1,
    gamma=0.3,
)


def _plain(weights: _weights.Weights, x: Tensor, wanted: Collection[str], pooling: str) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    x = x - torch.tensor(weights.mean).view(1, 3, 1, 1)
    pool = avg_pool2d if pooling == "avg" else max_pool2d
    for name in layers(weights.network)[:21]:
        if name.startswith("conv"):
            x = conv2d(x, *weights.convolution(name), padding=1)
        elif name.startswith("relu"):
            x = relu(x)
        elif min(x.shape[2:]) > 1:
            x = pool(x, 2)
        if name in wanted:
            found[name] = x
    return found


def _inner(x: Tensor, rim: int) -> Tensor:
    return x[..., rim:-rim, rim:-rim] if rim and min(x.shape[2:]) > 4 * rim else x


def _by_autograd(
    weights: _weights.Weights, recipe: Recipe, x: Tensor, photo: Tensor, art: Tensor
) -> tuple[float, Tensor]:
    wanted = {*recipe.content_layers, *recipe.style_layers}
    leaf = x.clone().requires_grad_()
    mine, theirs, style = (_plain(weights, p, wanted, recipe.pooling) for p in (leaf, photo, art))
    total = (
        recipe.alpha * _objective.content_term(mine, {n: theirs[n] for n in recipe.content_layers}, recipe)
        + recipe.beta
        * _objective.style_term(
            {n: _losses.gram(_inner(mine[n], recipe.rim)) for n in recipe.style_layers},
            {n: _losses.gram(_inner(style[n], recipe.rim)) for n in recipe.style_layers},
            recipe,
        )
        + recipe.gamma * _losses.TV[recipe.tv_loss](leaf)
    )
    (slope,) = torch.autograd.grad(total, leaf)
    return float(total.detach()), slope


@pytest.mark.parametrize("winograd", [True, False])
@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("size", [(32, 40), (27, 18), (1, 21), (3, 20)])
@pytest.mark.parametrize(
    "recipe", [replace(RECIPES["kit"], content_layers=("relu3_2",), style_layers=("relu1_1", "relu2_1",
                "relu3_1"), style_weights=()), _EVERY_KIND], ids=["few", "every kind"],
)  # fmt: skip
def test_loss_and_gradient_are_autograds(
    *, winograd: bool, pooling: str, size: tuple[int, int], recipe: Recipe
) -> None:
    recipe = replace(recipe, pooling=pooling)
    weights, chance = _weights.vgg19(), torch.Generator().manual_seed(0)
    x, photo = (torch.rand(1, 3, *size, generator=chance) for _ in range(2))
    art = torch.rand(1, 3, 30, 24, generator=chance)
    total, slope = _by_autograd(weights, recipe, x, photo, art)
    wanted = {*recipe.content_layers, *recipe.style_layers}
    encoder = _vgg.Encoder(weights, wanted, pooling=pooling, winograd=winograd)
    style = _objective.style_targets(encoder, [(1.0, art)], recipe)
    content = _objective.content_targets(encoder, photo, recipe)
    objective = _objective.Objective(encoder, recipe, recipe.alpha, content, style)
    for _ in range(2):  # what the first one left in memory must not show in the second
        terms, mine = objective(x)
        assert terms.total == pytest.approx(total, rel=2e-5)
        assert float((mine - slope).norm() / slope.norm()) < 2e-3


def test_where_a_picture_is_flat_both_convolutions_have_one_gradient() -> None:
    """Equal values meet in every pooling there; rounding must not decide which of them wins."""
    chance = torch.Generator().manual_seed(0)
    patches = torch.rand(1, 3, 4, 5, generator=chance)
    x = patches.repeat_interleave(24, 2).repeat_interleave(24, 3)
    art = torch.rand(1, 3, 30, 24, generator=chance)
    recipe, weights = replace(RECIPES["classic"], content_layers=(), start="noise"), _weights.vgg19()
    slopes = []
    for winograd in (True, False):
        encoder = _vgg.Encoder(weights, recipe.style_layers, winograd=winograd)
        style = _objective.style_targets(encoder, [(1.0, art)], recipe)
        slopes.append(_objective.Objective(encoder, recipe, recipe.alpha, {}, style)(x)[1])
    assert float((slopes[0] - slopes[1]).norm() / slopes[1].norm()) < 5e-3
