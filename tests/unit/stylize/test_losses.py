"""Each named normalisation against numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from pbn.stylize import _losses

F = torch.tensor([[[[1.0, 2.0]], [[0.0, -1.0]]]])  # D = 2, H = 1, W = 2
C = torch.tensor([[[[0.0, 2.0]], [[1.0, 1.0]]]])  # differences 1, 0, -1, -2: squares add up to 6


def test_gram_is_the_products_of_maps_per_position() -> None:
    # by hand: rows (1, 2) and (0, -1): 5, -2, 1, over 2 positions
    torch.testing.assert_close(_losses.gram(F), torch.tensor([[2.5, -1.0], [-1.0, 0.5]]))


@pytest.mark.parametrize(
    ("name", "value"), [("mean", 6 / 4), ("half-sum", 3.0), ("hwd", 6 / 16), ("relative", 6 / 6)]
)
def test_content(name: str, value: float) -> None:
    assert float(_losses.CONTENT[name](F, C)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "value"),
    # Gram of C: rows (0, 2) and (1, 1): 4, 2, 2 over 2: 2, 1, 1. Differences .5, -2, -2, -.5: 8.5
    [("gatys", 8.5 / 16), ("hwd", 8.5 / 16), ("2hwc", 8.5 / 16), ("mean", 8.5 / 4), ("relative", 8.5 / 7)],
)
def test_style(name: str, value: float) -> None:
    assert float(_losses.STYLE[name](_losses.gram(F), _losses.gram(C))) == pytest.approx(value)


def test_gatys_style_is_the_published_formula_on_undivided_matrices() -> None:
    raw = [p[0].flatten(1) @ p[0].flatten(1).T for p in (F, C)]
    published = ((raw[0] - raw[1]) ** 2).sum() / (4 * 2**2 * (1 * 2) ** 2)
    assert float(_losses.STYLE["gatys"](_losses.gram(F), _losses.gram(C))) == pytest.approx(float(published))


P = torch.tensor([[[[0.0, 1.0, 3.0], [2.0, 2.0, 0.0]]]])  # across 1, 2, 0, -2; down 2, 1, -3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("l1-mean", 5 / 4 + 6 / 3),
        ("l1-sum", 11.0),
        ("l2-mean", 9 / 4 + 14 / 3),
        ("l2-sum", 23.0),
    ],
)
def test_total_variation(name: str, value: float) -> None:
    assert float(_losses.TV[name](P)) == pytest.approx(value)


@pytest.mark.parametrize("name", sorted(_losses.TV))
def test_total_variation_of_one_row_is_finite(name: str) -> None:
    assert math.isfinite(float(_losses.TV[name](torch.rand(1, 3, 1, 5))))


def test_a_share_is_one_and_slopes_like_the_logarithm() -> None:
    x = torch.tensor(4.0, requires_grad=True)
    term = _losses.share(x**2)
    (slope,) = torch.autograd.grad(term, x)
    assert (float(term.detach()), float(slope)) == pytest.approx((1.0, 2 / 4))


def _smooth() -> list[tuple[str, Callable[[Tensor], Tensor]]]:
    target = torch.rand(1, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    gram = _losses.gram(target)
    content = [(f"content {n}", lambda x, f=f: f(x, target)) for n, f in _losses.CONTENT.items()]
    style = [(f"style {n}", lambda x, f=f: f(_losses.gram(x), gram)) for n, f in _losses.STYLE.items()]
    return [*content, *style, *((f"tv {n}", f) for n, f in _losses.TV.items())]


@pytest.mark.parametrize(("name", "loss"), _smooth(), ids=[name for name, _ in _smooth()])
def test_gradients(name: str, loss: Callable[[Tensor], Tensor]) -> None:
    x = torch.rand(1, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert torch.autograd.gradcheck(loss, x.requires_grad_()), name
