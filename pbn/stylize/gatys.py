"""Style transfer by optimisation, after Gatys, Ecker and Bethge (2015, 2016); loads torch when it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from pbn.cache import Cache
from pbn.core.values import Image, StylizedImage
from pbn.errors import SettingsError
from pbn.progress import Progress
from pbn.stylize._options import check, option
from pbn.stylize._recipes import RECIPES, Recipe

_EFFORT = {"draft": 0.4, "normal": 1.0, "fine": 2.5}


@dataclass(frozen=True, slots=True)
class Gatys:
    """The engine's options; what is None is as the recipe says.

    Raises
    ------
    SettingsError
        When a value is out of its limits, or two do not go together.
    """

    recipe: Literal["kit", "classic", "gatys2015", "coursera", "report", "notebook"] = option(
        "kit", "Preset of network, layers, losses, start and optimiser."
    )
    quality: Literal["draft", "normal", "fine"] = option(
        "normal", "How many of the recipe's steps: 0.4, 1 or 2.5 times."
    )
    steps: int | None = option(None, "Steps, one loss and gradient each; in place of quality's.", 1, 100_000)
    network: Literal["vgg19", "vgg16"] | None = option(None, "The network whose features are compared.")
    weights: str = option("", "A file of weights for the network; empty for the known ones.")
    weights_input: Literal["auto", "caffe", "rgb255", "torchvision"] = option(
        "auto", "What the weights were trained on: BGR or RGB of 0..255 less a mean, or torchvision's RGB."
    )
    pooling: Literal["max", "avg"] | None = option(None, "How the network halves its maps.")
    content_layers: tuple[str, ...] | None = option(None, "Layers whose features stay the photo's.")
    content_weights: tuple[float, ...] | None = option(None, "A weight for each content layer.", 0, 1e12)
    style_layers: tuple[str, ...] | None = option(None, "Layers whose Gram matrices become the artwork's.")
    style_weights: tuple[float, ...] | None = option(None, "A weight for each style layer.", 0, 1e12)
    layer_weights: Literal["uniform", "middle-heavy", "1/C^2"] | None = option(
        None, "Preset of style_weights."
    )
    rim: int | None = option(
        None,
        "Positions next to each style layer's edge that do not count, so that no frame is painted.",
        0,
        8,
    )
    content_loss: Literal["mean", "half-sum", "hwd", "relative"] | None = option(
        None, "Content's normalisation."
    )
    style_loss: Literal["gatys", "hwd", "2hwc", "mean", "relative"] | None = option(
        None, "Style's normalisation."
    )
    tv_loss: Literal["vector-level", "l1-mean", "l1-sum", "l2-mean", "l2-sum"] | None = option(
        None, "Total variation's form."
    )
    self_normalised: bool | None = option(None, "Divide each term by its own value: weights are shares.")
    alpha: float | None = option(None, "Content weight at strength 0.8.", 0, 1e12)
    beta: float | None = option(None, "Style weight.", 0, 1e12)
    gamma: float | None = option(None, "Total variation weight.", 0, 1e12)
    start: Literal["matched", "content", "noise", "content+noise", "image"] | None = option(
        None, "Where to begin: matched is the photo with the artwork's colour statistics."
    )
    noise: float | None = option(
        None, "The noise of a start: uniform, up to this either way; 1 is white to black.", 0, 1
    )
    optimiser: Literal["lbfgs", "adam", "gd"] | None = option(
        None, "The way down: L-BFGS, Adam or gradient steps."
    )
    rate: float | None = option(None, "Step size of adam and gd; 1 is white to black.", 1e-6, 1)
    memory: int | None = option(None, "Pairs that lbfgs remembers.", 1, 200)
    first_step: float | None = option(
        None, "Mean change of the first step of lbfgs, in grey levels.", 0.01, 64
    )
    art_weights: tuple[float, ...] = option((), "A weight for each artwork; equal when empty.", 0, 1e6)
    art_scale: float = option(1.0, "Size of the artwork's strokes relative to the picture.", 0.1, 4)
    keep_colours: Literal["off", "luminance", "match"] = option(
        "off", "Keep the photo's colours: only the lightness is painted, or the artwork is recoloured first."
    )
    scales: int = option(0, "Sizes from coarse to fine, each twice the last; 0 adds one beyond 512 px.", 0, 6)
    device: Literal["auto", "cpu", "cuda", "mps"] = option("auto", "Where to compute.")
    convolution: Literal["auto", "winograd", "direct"] = option(
        "auto", "winograd is faster and takes more memory."
    )
    threads: int = option(0, "CPU threads; 0 for as many as torch has been told.", 0, 1024)
    preview_every: int = option(5, "Steps between pictures shown on the way; 0 for none.", 0, 10_000)

    def __post_init__(self) -> None:
        check(self, "gatys")
        self.posed()

    def posed(self) -> Recipe:
        """The recipe with this engine's options in place of its own."""
        base = RECIPES[self.recipe]
        names = [f.name for f in fields(Recipe)]
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        given.setdefault("steps", max(1, round(base.steps * _EFFORT[self.quality])))
        for part in ("content", "style"):
            if f"{part}_layers" in given:
                given.setdefault(f"{part}_weights", ())
        if "layer_weights" in given:
            given.setdefault("style_weights", ())
        return replace(base, **given)

    def stylize(
        self,
        photo: Image,
        artworks: Sequence[Image],
        *,
        long_side_px: int,
        strength: float,
        seed: int,
        progress: Progress,
        protect: Image | None = None,
        start_image: Image | None = None,
        checkpoints: Cache | None = None,
    ) -> StylizedImage:
        """Paint ``photo`` in the manner of ``artworks``; see `pbn.stylize._base.StylizeEngine`.

        Parameters
        ----------
        protect
            A mask, of any size: where it is white the photo stays as it is, where black it is
            painted, and by its grey between.
        start_image
            The picture to begin with, for the start ``image``.
        checkpoints
            Where an unfinished run is kept. The same call goes on from there, to the same result.

        Raises
        ------
        SettingsError, MissingWeightsError
            When it cannot be done as asked.
        """
        if not artworks:
            raise SettingsError(
                "The gatys engine needs an artwork, and got none. Use --art ARTWORK, or --no-style."
            )
        if self.art_weights and (len(self.art_weights) != len(artworks) or sum(self.art_weights) <= 0):
            raise SettingsError(
                f"`gatys.art_weights` must be one weight for each of {len(artworks)} artworks, not all 0, "
                f"and is {list(self.art_weights)}. Example: --art A --art B --art-weight 0.7,0.3."
            )
        if self.posed().start == "image" and start_image is None:
            raise SettingsError(
                "`gatys.start` is image, and no start image is given. Use `pbn stylise --start PICTURE`."
            )
        if not 0 <= strength <= 1:
            raise SettingsError(f"`strength` must be 0 to 1, not {strength:g}.")
        from pbn.stylize._session import Job, run  # torch is loaded here, and no sooner

        return run(
            Job(self, photo, tuple(artworks), long_side_px, strength, seed, protect, start_image),
            progress,
            checkpoints,
        )


ENGINE = Gatys
