"""Each recipe on the network: its numbers as they were published, and its loss brought down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pbn.errors import MissingWeightsError
from pbn.stylize._layers import convolutions
from pbn.stylize._recipes import RECIPES
from pbn.stylize._weight_files import write_npz
from pbn.stylize._weights import Weights, load, shapes
from pbn.stylize.gatys import Gatys
from tests.helpers.styling import (
    FIVE,
    Floats,
    apart,
    artwork,
    content_by_hand,
    floats,
    layers_of,
    load_once,
    made,
    photo,
    style_by_hand,
    tv_by_hand,
)

pytestmark = pytest.mark.usefixtures("vgg19_once")

ART = artwork()
START = artwork(2, (90, 190, 230))

PUBLISHED: dict[str, dict[str, Any]] = {
    "kit": {
        "content": ("relative", {"relu4_2": 1}, 0.02),
        "style": ("relative", dict(zip(FIVE, (5 / 24, 4 / 24, 4 / 24, 7 / 24, 4 / 24), strict=True)), 1),
        "tv": ("vector-level", 1),
    },
    "classic": {
        "content": ("mean", {"relu4_2": 1}, 0.01),
        "style": (
            "mean",
            {name: 1 / d**2 for name, d in zip(FIVE, (64, 128, 256, 512, 512), strict=True)},
            10,
        ),
    },
    "gatys2015": {
        "content": ("half-sum", {"relu4_2": 1}, 1),
        "style": ("gatys", dict.fromkeys(FIVE, 0.2), 1e3),
        "pooling": "avg",
    },
    "coursera": {
        "content": ("hwd", {"relu5_4": 1}, 10),
        "style": ("hwd", dict(zip(FIVE, (0.1, 0.2, 0.4, 0.2, 0.1), strict=True)), 40),
    },
    "report": {
        "content": ("mean", {"relu4_2": 1}, 1),
        "style": ("2hwc", dict.fromkeys(FIVE, 0.2), 1e5),
    },
    "notebook": {
        "content": ("mean", {"conv3_1": 1}, 1.5),
        "style": ("mean", dict.fromkeys(convolutions("vgg16"), 1 / 13), 10),
        "tv": ("l1-sum", 0.3),
        "network": "vgg16",
    },
}
"""Each term's normalisation, its layers with their weights, and its own weight, typed by hand."""


@pytest.fixture(scope="module")
def vgg16(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of VGG-16's shapes, drawn by chance as an untrained network is."""
    chance = np.random.default_rng(0)
    kernels = [
        (chance.normal(0, (2 / (9 * s[1])) ** 0.5, s).astype(np.float32), np.zeros(s[0], np.float32))
        for s in shapes("vgg16").values()
    ]
    path = tmp_path_factory.mktemp("weights") / "vgg16.npz"
    write_npz(path, convolutions("vgg16"), kernels, "caffe")
    return path


def _options(name: str, vgg16: Path) -> dict[str, Any]:
    return {"recipe": name} | ({"weights": str(vgg16)} if name == "notebook" else {})


def _by_hand(name: str, weights: Weights) -> tuple[float, float, float]:
    told = PUBLISHED[name]
    (content, at, alpha), (style, over, beta) = told["content"], told["style"]
    form, gamma = told.get("tv", ("l1-mean", 0))

    def seen(picture: Any) -> dict[str, Floats]:
        return layers_of(picture, [*at, *over], pooling=told.get("pooling", "max"), weights=weights)

    mine, target, model = seen(START), seen(photo()), seen(ART)
    return (
        alpha * sum(w * content_by_hand(content, mine[n], target[n]) for n, w in at.items()),
        beta * sum(w * style_by_hand(style, mine[n], model[n]) for n, w in over.items()),
        gamma * tv_by_hand(form, START),
    )


def test_every_recipe_is_here() -> None:
    assert set(PUBLISHED) == set(RECIPES)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_recipes_loss_is_as_published(name: str, vgg16: Path) -> None:
    network = PUBLISHED[name].get("network", "vgg19")
    weights = load(network, str(vgg16)) if network == "vgg16" else load_once("vgg19")
    plainly = _options(name, vgg16) | {"start": "image", "steps": 1, "self_normalised": False}
    (loss,) = made(plainly, artworks=[ART], start_image=START).losses
    assert (loss.content, loss.style, loss.tv) == pytest.approx(_by_hand(name, weights), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "start", "optimiser", "steps"),
    [
        ("kit", "matched", "lbfgs", 30),
        ("classic", "content", "lbfgs", 100),
        ("gatys2015", "noise", "lbfgs", 200),
        ("coursera", "content+noise", "adam", 200),
        ("report", "content", "adam", 200),
        ("notebook", "noise", "gd", 120),
    ],
)
def test_a_recipes_way_down(name: str, start: str, optimiser: str, steps: int) -> None:
    recipe = Gatys(recipe=name).posed()  # type: ignore[arg-type]
    assert (recipe.start, recipe.optimiser, recipe.steps) == (start, optimiser, steps)
    assert recipe.self_normalised == (name == "notebook")


@pytest.mark.parametrize("name", sorted(set(RECIPES) - {"notebook"}))
def test_a_recipe_brings_its_loss_down(name: str) -> None:
    losses = made({"recipe": name, "steps": 6}).losses
    assert losses[-1].total < losses[0].total


def test_the_notebooks_shares_bring_the_style_down(vgg16: Path) -> None:
    options = _options("notebook", vgg16) | {"start": "image"}
    run = made(options | {"steps": 6}, start_image=START)
    for loss in run.losses:
        assert (loss.content, loss.style, loss.tv) == pytest.approx((1.5, 10, 0.3), rel=1e-5)
    plain = options | {"self_normalised": False, "steps": 1}
    before, after = (made(plain, start_image=image).losses[0] for image in (START, run.image))
    assert after.style < 0.9 * before.style


def test_adams_first_step_in_coursera_is_its_rate() -> None:
    options = {"recipe": "coursera", "start": "image"}
    begun, stepped = (made(options | {"steps": n}, start_image=START) for n in (1, 2))
    moved = np.abs(floats(stepped) - floats(begun))
    inside = (floats(begun) > 5) & (floats(begun) < 250)
    assert np.median(moved[inside]) == pytest.approx(0.01 * 255, abs=0.5)


def test_weights_in_a_file_are_used_as_they_say(vgg16: Path) -> None:
    options = _options("notebook", vgg16)
    run = made(options)
    assert apart(run, made(options | {"weights_input": "torchvision"})) > 0.02
    with pytest.raises(MissingWeightsError, match="not vgg19"):
        made({"network": "vgg19", "weights": str(vgg16)})


@pytest.mark.parametrize("ratio", [1e-1, 1e-3, 1e-5])
def test_alpha_to_beta_as_in_the_literature(ratio: float) -> None:
    options = {"recipe": "gatys2015", "alpha": ratio * 1e3, "beta": 1e3, "start": "content", "steps": 5}
    style = [loss.style for loss in made(options).losses]
    assert style[-1] < style[0]
