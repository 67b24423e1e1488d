"""The loss of a picture: its terms, their weights, and its gradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from pbn.stylize import _losses
from pbn.stylize._pass import Slopes
from pbn.stylize._recipes import Recipe
from pbn.stylize._vgg import Encoder


@dataclass(frozen=True, slots=True)
class Terms:
    """What each term adds to the total."""

    content: float
    style: float
    tv: float
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Shield:
    """What is kept as it is: ``photo`` (1, 3, H, W), where ``keep`` (1, 1, H, W) in 0..1 says so."""

    photo: Tensor
    keep: Tensor

    def over(self, picture: Tensor) -> Tensor:
        """The photo laid over the picture; the gradient is damped where it covers."""
        return picture + self.keep * (self.photo - picture)


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """alpha J_content + beta J_style + gamma J_tv, posed by a recipe, for one size of picture."""

    encoder: Encoder
    recipe: Recipe
    alpha: float
    content: Mapping[str, Tensor]
    style: Mapping[str, Tensor]
    shield: Shield | None = None

    def __call__(self, picture: Tensor) -> tuple[Terms, Tensor]:
        """The terms, and the gradient (1, 3, H, W) of their total.

        Autograd sees the losses alone: leaves are the picture, for its total variation, the features
        and the Gram matrices. The network's own way back is `Encoder.gradient`.
        """
        seen = picture.detach() if self.shield is None else self.shield.over(picture.detach())
        leaf = seen.detach().requires_grad_()
        made = self.encoder.maps(seen, {*self.content, *self.style})
        features = {name: made[name].picture.detach().requires_grad_() for name in self.content}
        rim = self.recipe.rim
        grams = {name: made[name].gram(rim).requires_grad_() for name in self.style}
        content, style, tv = self._weighted(leaf, features, grams)
        total = content + style + tv
        first, *rest = torch.autograd.grad(total, [leaf, *features.values(), *grams.values()])
        by_features = dict(zip(features, rest, strict=False))
        by_gram = dict(zip(grams, rest[len(features) :], strict=True))
        slopes = {name: Slopes(by_features.get(name), by_gram.get(name), rim) for name in made}
        gradient = first + self.encoder.gradient(slopes)
        if self.shield is not None:
            gradient *= 1 - self.shield.keep
        parts = [float(part.detach()) for part in (content, style, tv, total)]
        return Terms(parts[0], parts[1], parts[2], parts[3]), gradient.contiguous()

    def _weighted(
        self, picture: Tensor, features: Mapping[str, Tensor], grams: Mapping[str, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        recipe = self.recipe
        terms = (
            (self.alpha, content_term(features, self.content, recipe)),
            (recipe.beta, style_term(grams, self.style, recipe)),
            (recipe.gamma, _losses.TV[recipe.tv_loss](picture)),
        )
        if recipe.self_normalised:
            terms = tuple((weight, _losses.share(term)) for weight, term in terms)  # type: ignore[assignment]
        content, style, tv = (weight * term for weight, term in terms)
        return content, style, tv


def content_term(features: Mapping[str, Tensor], targets: Mapping[str, Tensor], recipe: Recipe) -> Tensor:
    """J_content: the content layers' distances, by their weights."""
    compare, shares = _losses.CONTENT[recipe.content_loss], recipe.content_shares
    return _total([shares[name] * compare(features[name], target) for name, target in targets.items()])


def style_term(grams: Mapping[str, Tensor], targets: Mapping[str, Tensor], recipe: Recipe) -> Tensor:
    """J_style: the distances of the Gram matrices, by their weights lambda_l."""
    compare, shares = _losses.STYLE[recipe.style_loss], recipe.style_shares
    return _total([shares[name] * compare(grams[name], target) for name, target in targets.items()])


def _total(terms: list[Tensor]) -> Tensor:
    return torch.stack(terms).sum() if terms else torch.zeros(())


def content_targets(encoder: Encoder, photo: Tensor, recipe: Recipe) -> dict[str, Tensor]:
    """The photo's features at the content layers."""
    if not recipe.content_layers:
        return {}
    return encoder.features(photo, recipe.content_layers)


def style_targets(
    encoder: Encoder, artworks: list[tuple[float, Tensor]], recipe: Recipe
) -> dict[str, Tensor]:
    """The artworks' Gram matrices at the style layers, averaged by the artworks' weights.

    Weighing the matrices instead of the losses gives the same gradient for squared distances and
    costs nothing a step.
    """
    if not recipe.style_layers:
        return {}
    result: dict[str, Tensor] = {}
    for weight, artwork in artworks:
        made = encoder.maps(artwork, recipe.style_layers)
        for name in recipe.style_layers:
            before = result.get(name, torch.zeros((), device=artwork.device))
            result[name] = before + weight * made[name].gram(recipe.rim)
    return result
