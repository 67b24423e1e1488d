"""Winograd's convolution is a convolution, and its gradient is the gradient."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d

from pbn.stylize import _maps, _winograd


def _made(inner: int, outer: int, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    chance = torch.Generator().manual_seed(0)
    x = torch.randn(1, inner, height, width, generator=chance)
    weight = torch.randn(outer, inner, 3, 3, generator=chance) / (3 * inner**0.5)
    return x, weight, torch.randn(outer, generator=chance)


def _framed(x: Tensor) -> _maps.Map:
    _, channels, height, width = x.shape
    made = _maps.new(height, width, channels, framed=True, device="cpu")
    made.inner.copy_(x[0].permute(1, 2, 0))
    return made


def _convolved(x: Tensor, kernels: Tensor, bias: Tensor | None, way: int) -> Tensor:
    def deliver(values: Tensor, strip: slice) -> None:
        into.tiles[strip].copy_(values)

    into = _maps.new(x.shape[2], x.shape[3], kernels.shape[2], framed=True, device="cpu")
    room = _winograd.room(x.shape[3], max(kernels.shape[1:]))
    _winograd.convolve(
        _framed(x),
        kernels,
        bias,
        _winograd.ways("cpu")[way],
        deliver,
        (torch.empty(room), torch.empty(room)),
    )
    return into.picture


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (5, 9), (16, 13), (1, 40), (33, 2)])
def test_values_and_gradients_are_the_direct_ones(size: tuple[int, int]) -> None:
    x, weight, bias = _made(5, 7, *size)
    kernels = _winograd.transformed(weight)
    got, want = _convolved(x, kernels, bias, 0), conv2d(x, weight, bias, padding=1)
    torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-5)
    slope = torch.randn(want.shape, generator=torch.Generator().manual_seed(1))
    mine = _convolved(slope, kernels.transpose(1, 2), None, 1)
    torch.testing.assert_close(mine, conv_transpose2d(slope, weight, padding=1), rtol=1e-5, atol=1e-5)


def test_strips_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x, weight, bias = _made(6, 4, 30, 22)
    kernels = _winograd.transformed(weight)
    whole = _convolved(x, kernels, bias, 0)
    monkeypatch.setattr(_winograd, "STRIP_FLOATS", 1)
    torch.testing.assert_close(_convolved(x, kernels, bias, 0), whole, rtol=1e-5, atol=1e-5)


def test_only_wide_layers_suit() -> None:
    assert _winograd.suits(torch.zeros(128, 128, 3, 3))
    assert _winograd.suits(torch.zeros(128, 64, 3, 3))
    assert not _winograd.suits(torch.zeros(64, 3, 3, 3))
