"""3 x 3 convolutions with a quarter of the products: Winograd's F(4 x 4, 3 x 3) in plain torch.

Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016), equation 14, with the matrices
from the points 0, 1, -1, 2, 1/2 and infinity (Toom-Cook). They take 2 and -2; ours are closed under
p -> 1/p, so that the kernels of the gradient, which are the same ones turned by half a circle, are the
same transformed values in another order: one set serves both ways. Rounding is smaller by half too.

Two more departures: the separable transforms are one matrix product each (36 x 36 and 16 x 36, which
is where a CPU is fast), and tiles are cut from a map that has its frame of zeros already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

from pbn.stylize._maps import TILE, Map

NARROWEST = 64
"""Layers with fewer channels than this on either side, the first alone, go directly."""

STRIP_FLOATS = 1 << 21
"""The largest temporary, in floats, where a row of tiles is not larger.

Measured at 267 px, one loss and gradient: 1.48 times as fast as 1 << 18, 1.1 times as fast as 1 << 20;
twice or four times as large is slower.
"""

_POINTS = (0.0, 1.0, -1.0, 2.0, 0.5)
_INVERSE = (5, 1, 2, 4, 3, 0)
"""Where 1/p stands for each point p, infinity last."""

_ONES = 7
"""The pair of points (1, 1): a value there is added to all of a tile's results alike."""


def _nodes() -> list[float]:
    return [prod(p - q for q in _POINTS if q != p) for p in _POINTS]


def _from_results() -> Tensor:
    """A^T (4, 6)."""
    rows = [[p**i for p in _POINTS] + [1.0 if i == TILE - 1 else 0.0] for i in range(TILE)]
    return torch.tensor(rows, dtype=torch.float64)


def _of_kernel() -> Tensor:
    """G (6, 3)."""
    rows = [[p**k / n for k in range(3)] for p, n in zip(_POINTS, _nodes(), strict=True)]
    return torch.tensor([*rows, [0.0, 0.0, 1.0]], dtype=torch.float64)


def _of_tile() -> Tensor:
    """B^T (6, 6): row j has the coefficients of the product of x - q over the other points q."""
    rows = [[*_product(q for q in _POINTS if q != p), 0.0] for p in _POINTS]
    return torch.tensor([*rows, _product(_POINTS)], dtype=torch.float64)


def _product(roots: Iterable[float]) -> list[float]:
    made = [1.0]
    for root in roots:
        made = [low - root * high for low, high in zip([0.0, *made], [*made, 0.0], strict=True)]
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The two separable transforms as matrices: ``into`` (36, 36) of a tile, ``back`` (16, 36)."""

    into: Tensor
    back: Tensor


def ways(device: str) -> tuple[Ways, Ways]:
    """The transforms of a convolution, and of its gradient.

    Turning a kernel by half a circle makes p^2 g(1/p) of its value g(p): the point 1/p, times a factor
    that goes into B^T.
    """
    tile, results, nodes = _of_tile(), _from_results(), _nodes()
    turned, sent = torch.zeros_like(tile), torch.zeros_like(results)
    for j, to in enumerate(_INVERSE):
        if j == 0:
            factor = 1 / nodes[0]
        elif to == 0:
            factor = nodes[0]
        else:
            factor = _POINTS[j] ** 2 * nodes[to] / nodes[j]
        turned[to], sent[:, to] = factor * tile[j], results[:, j]
    return (
        Ways(_both(tile).to(device), _both(results).to(device)),
        Ways(_both(turned).to(device), _both(sent).to(device)),
    )


def _both(matrix: Tensor) -> Tensor:
    return torch.kron(matrix, matrix).float()


def suits(weight: Tensor) -> bool:
    """Whether a layer with this (out, in, 3, 3) kernel gains from `convolve`."""
    return min(weight.shape[:2]) >= NARROWEST


def transformed(weight: Tensor) -> Tensor:
    """The kernels (out, in, 3, 3) as (36, in, out): U = G g G^T."""
    g = _of_kernel().to(weight.device)
    both = torch.kron(g, g).to(weight.dtype)
    out, inner = weight.shape[:2]
    return (both @ weight.permute(2, 3, 1, 0).reshape(9, inner * out)).view(36, inner, out)


def room(width: int, channels: int) -> int:
    """The floats that `convolve` wants of each temporary, for a map of this width."""
    return max(STRIP_FLOATS, 36 * -(-width // TILE) * channels)


Deliver = Callable[[Tensor, slice], None]
"""Takes finished tiles (n, 4, columns, 4, out) to their rows of tiles."""


def convolve(
    source: Map,
    kernels: Tensor,
    bias: Tensor | None,
    way: Ways,
    deliver: Deliver,
    rooms: tuple[Tensor, Tensor],
) -> None:
    """Convolve with padding 1 and stride 1, a strip of tiles at a time.

    Parameters
    ----------
    source
        A framed map of ``in`` channels.
    kernels
        (36, in, out) from `transformed`; for the gradient with the last two axes changed about.
    bias
        (out,), or none for the gradient.
    way
        One of `ways`.
    rooms
        Two temporaries (n,) of `room` floats.

    Notes
    -----
    Equal to ``conv2d(x, weight, bias, padding=1)`` but for rounding (about 1e-5 of the largest value).
    """
    rows, cols = (length // TILE for length in source.buffer.shape[:2])
    inner, outer = kernels.shape[1:]
    line, step = source.buffer.stride()[:2]
    first, second = rooms
    for strip in _strips(rows, cols, max(inner, outer)):
        n = strip.stop - strip.start
        count = n * cols
        windows = source.buffer[TILE * strip.start :].as_strided(
            (6, 6, n, cols, inner),
            (line, step, TILE * line, TILE * step, 1),
            source.buffer.storage_offset() + TILE * strip.start * line,
        )
        pieces = first[: 36 * count * inner].view(6, 6, n, cols, inner).copy_(windows)
        values = torch.mm(
            way.into, pieces.view(36, -1), out=second[: 36 * count * inner].view(36, count * inner)
        )
        products = torch.bmm(
            values.view(36, count, inner), kernels, out=first[: 36 * count * outer].view(36, count, outer)
        )
        if bias is not None:
            products[_ONES] += bias
        made = torch.mm(way.back, products.view(36, -1), out=second[: 16 * count * outer].view(16, -1))
        deliver(made.view(TILE, TILE, n, cols, outer).permute(2, 0, 3, 1, 4), strip)


def _strips(rows: int, cols: int, channels: int) -> list[slice]:
    """Rows of tiles whose temporaries fit the CPU's cache, about as many in each strip."""
    most = max(1, STRIP_FLOATS // (36 * cols * channels))
    n = -(-rows // -(-rows // most))
    return [slice(top, min(top + n, rows)) for top in range(0, rows, n)]
