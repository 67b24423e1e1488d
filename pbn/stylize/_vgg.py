"""A plain VGG: convolutions, ReLUs and poolings, with frozen weights and named layers."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from pbn.stylize import _winograd
from pbn.stylize._layers import layers
from pbn.stylize._maps import Map
from pbn.stylize._pass import Kernel, Pass, Slopes, Stage
from pbn.stylize._weights import Weights


class Encoder:
    """The network up to its deepest wanted layer; see Simonyan and Zisserman (2014).

    Parameters
    ----------
    weights
        From `pbn.stylize._weights`; they are never trained, and take no gradient.
    wanted
        Names of layers that will be asked for.
    pooling
        ``max`` as the network was trained, or ``avg`` as Gatys et al. prefer.
    winograd
        Convolve by `_winograd`: faster, and four times the weights' memory.
    device
        A torch device's name.
    """

    def __init__(
        self,
        weights: Weights,
        wanted: Collection[str],
        *,
        pooling: str = "max",
        winograd: bool = True,
        device: str = "cpu",
    ) -> None:
        known = layers(weights.network)
        order = known[: max(known.index(name) for name in wanted) + 1]
        self._wanted, self._average = frozenset(wanted), pooling == "avg"
        self._mean = torch.tensor(weights.mean, device=device).view(1, 3, 1, 1)
        self._stages = [
            Stage(
                name,
                name.replace("conv", "relu"),
                _pool_after(name, known),
                _prepare(*weights.convolution(name), winograd=winograd, device=device),
            )
            for name in order
            if name.startswith("conv")
        ]
        self._pass: tuple[tuple[int, int], Pass] | None = None

    def features(self, picture: Tensor, wanted: Collection[str]) -> dict[str, Tensor]:
        """The wanted layers of a picture (1, 3, H, W), RGB in 0..1; each (1, D, h, w)."""
        return {name: made.picture.clone() for name, made in self.maps(picture, wanted).items()}

    def maps(self, picture: Tensor, wanted: Collection[str]) -> dict[str, Map]:
        """The same without copies: they hold until the next call."""
        size = (picture.shape[2], picture.shape[3])
        if self._pass is None or self._pass[0] != size:
            self._pass = None  # the old one's memory is free before the new one takes its own
            self._pass = size, Pass(self._stages, self._wanted, size, self._mean, average=self._average)
        with torch.no_grad():
            return self._pass[1].forward(picture, wanted)

    def gradient(self, slopes: dict[str, Slopes]) -> Tensor:
        """The gradient by the picture that `maps` was last given, from the loss's gradient by layer."""
        assert self._pass is not None  # the slopes are of maps
        with torch.no_grad():
            return self._pass[1].backward(slopes)


def _pool_after(conv: str, known: tuple[str, ...]) -> str | None:
    name = known[known.index(conv) + 2]
    return name if name.startswith("pool") else None


def _prepare(weight: Tensor, bias: Tensor, *, winograd: bool, device: str) -> Kernel:
    weight, bias = weight.to(device), bias.to(device)
    if winograd and _winograd.suits(weight):
        return Kernel(_winograd.transformed(weight), bias, wide=True)
    return Kernel(weight.contiguous(memory_format=torch.channels_last), bias, wide=False)
