"""A plain VGG: convolutions, ReLUs and poolings, with frozen weights and named layers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d, relu

from pbn.stylize import _winograd
from pbn.stylize._layers import layers
from pbn.stylize._weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class _Kernel:
    """One convolution, ready to run: ``wide`` is its Winograd form, where that is used."""

    weight: Tensor
    bias: Tensor
    wide: Tensor | None


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
        Convolve wide layers by `_winograd`: faster, and four times the weights' memory.
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
        self._order = known[: max(known.index(name) for name in wanted) + 1]
        self._pool = max_pool2d if pooling == "max" else avg_pool2d
        self._mean = torch.tensor(weights.mean, device=device).view(1, 3, 1, 1)
        self._kernels = {
            name: _prepare(*weights.convolution(name), winograd=winograd, device=device)
            for name in self._order
            if name.startswith("conv")
        }

    def features(self, picture: Tensor, wanted: Collection[str]) -> dict[str, Tensor]:
        """The wanted layers of a picture (1, 3, H, W), RGB in 0..1; each (1, D, h, w)."""
        x = (picture - self._mean).contiguous(memory_format=torch.channels_last)
        found: dict[str, Tensor] = {}
        for name in self._order:
            x = self._apply(name, x)
            if name in wanted:
                found[name] = x
                if len(found) == len(set(wanted)):
                    break
        return found

    def _apply(self, name: str, x: Tensor) -> Tensor:
        if name.startswith("relu"):
            return relu(x)
        if name.startswith("pool"):
            return self._pool(x, 2) if min(x.shape[2:]) > 1 else x
        kernel = self._kernels[name]
        if kernel.wide is None:
            return conv2d(x, kernel.weight, kernel.bias, padding=1)
        return _winograd.convolve(x, kernel.wide, kernel.bias)


def _prepare(weight: Tensor, bias: Tensor, *, winograd: bool, device: str) -> _Kernel:
    weight, bias = weight.to(device), bias.to(device)
    if winograd and _winograd.suits(weight):
        return _Kernel(weight.new_empty(0), bias, _winograd.transformed(weight))
    return _Kernel(weight.contiguous(memory_format=torch.channels_last), bias, None)
