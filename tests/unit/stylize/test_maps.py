"""Framed maps and their poolings, beside torch's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, max_pool2d

from pbn.stylize import _losses, _maps


def _map(x: Tensor, *, framed: bool) -> _maps.Map:
    _, channels, height, width = x.shape
    made = _maps.new(height, width, channels, framed=framed, device="cpu")
    made.inner.copy_(x[0].permute(1, 2, 0))
    return made


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize("strip", [1, 1000])
@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("size", [(8, 8), (7, 9), (2, 3)])
def test_poolings_and_gradients(*, framed: bool, strip: int, average: bool, size: tuple[int, int]) -> None:
    chance = torch.Generator().manual_seed(0)
    # few values, so that there are ties, which the first must win
    x = torch.randint(0, 3, (1, 5, *size), generator=chance).float().requires_grad_()
    want = (avg_pool2d if average else max_pool2d)(x, 2)
    slope = torch.randn(want.shape, generator=chance)
    (by_x,) = torch.autograd.grad(want, x, slope)
    source, room = _map(x.detach(), framed=framed), torch.empty(strip)
    into, given = (_map(v, framed=framed) for v in (torch.zeros_like(want), slope))
    back = _map(torch.full_like(x, 7.0), framed=framed)
    if average:
        _maps.avg_pool(source, into, room)
        _maps.avg_pool_back(given, back)
    else:
        won = _maps.winners(into)
        _maps.max_pool(source, into, won, room)
        _maps.max_pool_back(given, won, back, room)
    torch.testing.assert_close(into.picture, want.detach())
    torch.testing.assert_close(back.picture, by_x)


def test_a_frame_changes_no_gram_matrix() -> None:
    x = torch.randn(1, 3, 5, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(_map(x, framed=True).gram(), _losses.gram(x))


@pytest.mark.parametrize(("rim", "left"), [(1, (7, 8)), (2, (5, 6)), (3, (9, 10))])
def test_a_rim_does_not_count(rim: int, left: tuple[int, int]) -> None:
    """Of 9 x 10 values; a rim of 3 would leave 3 x 4, and is not taken."""
    x = torch.randn(1, 3, 9, 10, generator=torch.Generator().manual_seed(0))
    made, cut = _map(x, framed=True), (9 - left[0]) // 2
    inner = x[..., cut : 9 - cut, cut : 10 - cut]
    assert made.positions(rim) == left[0] * left[1]
    torch.testing.assert_close(made.gram(rim), _losses.gram(inner))


def test_what_lay_in_the_storage_does_not_show_in_the_frame() -> None:
    made = _maps.mapped(torch.full((1000,), 9.0), 5, 6, 3, framed=True)
    made.inner.zero_()
    assert not made.buffer.any()
    assert made.tiles.shape == (2, 4, 2, 4, 3)
