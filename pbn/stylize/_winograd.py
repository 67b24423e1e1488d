"""3 x 3 convolutions with a quarter of the products: Winograd's F(4 x 4, 3 x 3) in plain torch.

Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016), equation 14 with the
points 0, 1, -1, 2, -2 and infinity. Two departures: the separable transforms are one matrix
product each (36 x 36 and 16 x 36, which is where a CPU is fast), and the gradient is the exact
adjoint of the forward path, so that one set of transformed kernels serves both.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.functional import pad

NARROWEST = 128
"""Layers with fewer channels than this on either side are as fast done directly."""

STRIP_FLOATS = 2 << 20
"""The largest temporary, in floats. Measured: 192 px at 128 channels 4 times faster than in one piece."""

_BT = (
    (4.0, 0.0, -5.0, 0.0, 1.0, 0.0),
    (0.0, -4.0, -4.0, 1.0, 1.0, 0.0),
    (0.0, 4.0, -4.0, -1.0, 1.0, 0.0),
    (0.0, -2.0, -1.0, 2.0, 1.0, 0.0),
    (0.0, 2.0, -1.0, -2.0, 1.0, 0.0),
    (0.0, 4.0, 0.0, -5.0, 0.0, 1.0),
)
_G = (
    (1 / 4, 0.0, 0.0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0.0, 0.0, 1.0),
)
_AT = (
    (1.0, 1.0, 1.0, 1.0, 1.0, 0.0),
    (0.0, 1.0, -1.0, 2.0, -2.0, 0.0),
    (0.0, 1.0, 1.0, 4.0, 4.0, 0.0),
    (0.0, 1.0, -1.0, 8.0, -8.0, 1.0),
)


def suits(weight: Tensor) -> bool:
    """Whether a layer with this (out, in, 3, 3) kernel gains from `convolve`."""
    return min(weight.shape[:2]) >= NARROWEST


def transformed(weight: Tensor) -> Tensor:
    """The kernels (out, in, 3, 3) as (36, in, out), taken in float64: U = G g G^T."""
    g = torch.tensor(_G, dtype=torch.float64, device=weight.device)
    both = torch.kron(g, g).to(weight.dtype)
    out, inner = weight.shape[:2]
    return (both @ weight.permute(2, 3, 1, 0).reshape(9, inner * out)).view(36, inner, out)


def convolve(x: Tensor, kernels: Tensor, bias: Tensor) -> Tensor:
    """Convolve with padding 1 and stride 1; differentiable in ``x`` alone.

    Parameters
    ----------
    x
        (1, in, H, W), of any memory format.
    kernels
        (36, in, out), from `transformed`.
    bias
        (out,).

    Returns
    -------
    Tensor
        (1, out, H, W), channels last; equal to ``conv2d(x, weight, bias, padding=1)`` but for
        rounding (about 1e-5 of the largest value).
    """
    return cast(Tensor, _Convolution.apply(x, kernels, bias))


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, kernels: Tensor, bias: Tensor) -> Tensor:
        ctx.kernels, ctx.size = kernels, x.shape[2:]
        return _forward(x, kernels, bias)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        return _adjoint(grad, ctx.kernels), None, None


def _forward(x: Tensor, kernels: Tensor, bias: Tensor) -> Tensor:
    _, inner, height, width = x.shape
    outer = kernels.shape[2]
    rows, cols = _tiles(height), _tiles(width)
    padded = pad(x, (1, 4 * cols + 1 - width, 1, 4 * rows + 1 - height)).permute(0, 2, 3, 1)[0].contiguous()
    whole = x.new_empty(rows, 4, cols, 4, outer)
    into, out_of, line = _both(_BT, x), _both(_AT, x), padded.stride(0)
    for top, n in _strips(rows, cols, max(inner, outer)):
        pieces = padded[4 * top :].as_strided((6, 6, n, cols, inner), (line, inner, 4 * line, 4 * inner, 1))
        values = into @ pieces.reshape(36, n * cols * inner)
        products = torch.bmm(values.view(36, n * cols, inner), kernels)
        out = (out_of @ products.view(36, -1)).view(4, 4, n, cols, outer)
        torch.add(out.permute(2, 0, 3, 1, 4), bias, out=whole[top : top + n])
    return whole.view(4 * rows, 4 * cols, outer)[:height, :width].permute(2, 0, 1)[None]


def _adjoint(grad: Tensor, kernels: Tensor) -> Tensor:
    _, outer, height, width = grad.shape
    inner = kernels.shape[1]
    rows, cols = _tiles(height), _tiles(width)
    padded = pad(grad, (0, 4 * cols - width, 0, 4 * rows - height)).permute(0, 2, 3, 1)[0].contiguous()
    whole = grad.new_zeros(rows + 1, 4, cols + 1, 4, inner)
    into, out_of = _both(_AT, grad).T, _both(_BT, grad).T
    for top, n in _strips(rows, cols, max(inner, outer)):
        pieces = padded[4 * top : 4 * (top + n)].view(n, 4, cols, 4, outer).permute(1, 3, 0, 2, 4)
        values = into @ pieces.reshape(16, n * cols * outer)
        products = torch.bmm(values.view(36, n * cols, outer), kernels.transpose(1, 2))
        _add_tiles(whole[top : top + n + 1], (out_of @ products.view(36, -1)).view(6, 6, n, cols, inner))
    flat = whole.view(4 * rows + 4, 4 * cols + 4, inner)
    return flat[1 : height + 1, 1 : width + 1].permute(2, 0, 1)[None]


def _add_tiles(whole: Tensor, tiles: Tensor) -> None:
    """Add (6, 6, n, cols, C) tiles, which overlap by two, to ``whole`` (n + 1, 4, cols + 1, 4, C)."""
    n, cols = tiles.shape[2:4]
    for down, high in ((0, slice(0, 4)), (1, slice(4, 6))):
        for right, wide in ((0, slice(0, 4)), (1, slice(4, 6))):
            part = tiles[high, wide].permute(2, 0, 3, 1, 4)
            whole[down : down + n, : part.shape[1], right : right + cols, : part.shape[3]] += part


def _strips(rows: int, cols: int, channels: int) -> list[tuple[int, int]]:
    """Rows of tiles, (first, how many), whose temporaries fit the CPU's cache and its allocator's arena."""
    n = max(1, STRIP_FLOATS // (36 * cols * channels))
    return [(top, min(n, rows - top)) for top in range(0, rows, n)]


def _tiles(length: int) -> int:
    return -(-length // 4)


def _both(matrix: tuple[tuple[float, ...], ...], like: Tensor) -> Tensor:
    one = torch.tensor(matrix, dtype=like.dtype, device=like.device)
    return torch.kron(one, one)
