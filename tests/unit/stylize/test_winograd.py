"""Winograd's convolution is a convolution."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import conv2d

from pbn.stylize import _winograd


def _made(inner: int, outer: int, height: int, width: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(0)
    x = torch.randn(1, inner, height, width, generator=chance)
    weight = torch.randn(outer, inner, 3, 3, generator=chance) / (3 * inner**0.5)
    return x, weight, torch.randn(outer, generator=chance)


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (5, 9), (16, 13), (1, 40), (33, 2)])
def test_values_and_gradients_are_the_direct_ones(size: tuple[int, int]) -> None:
    x, weight, bias = _made(5, 7, *size)
    mine, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    got = _winograd.convolve(mine, _winograd.transformed(weight), bias)
    want = conv2d(theirs, weight, bias, padding=1)
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)
    slope = torch.randn(want.shape, generator=torch.Generator().manual_seed(1))
    (mine_slope,) = torch.autograd.grad(got, mine, slope)
    (theirs_slope,) = torch.autograd.grad(want, theirs, slope)
    torch.testing.assert_close(mine_slope, theirs_slope, rtol=1e-4, atol=1e-4)


def test_strips_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x, weight, bias = _made(6, 4, 30, 22)
    kernels = _winograd.transformed(weight)
    whole = _winograd.convolve(x, kernels, bias)
    monkeypatch.setattr(_winograd, "STRIP_FLOATS", 1)
    torch.testing.assert_close(_winograd.convolve(x, kernels, bias), whole, rtol=1e-5, atol=1e-5)


def test_gradcheck_in_double() -> None:
    x, weight, bias = (part.double() for part in _made(2, 3, 6, 5))
    kernels = _winograd.transformed(weight)
    assert torch.autograd.gradcheck(lambda p: _winograd.convolve(p, kernels, bias), x.requires_grad_())


def test_only_wide_layers_suit() -> None:
    assert _winograd.suits(torch.zeros(128, 128, 3, 3))
    assert not _winograd.suits(torch.zeros(128, 64, 3, 3))
