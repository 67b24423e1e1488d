"""The ways down reach the bottom, and go on from a kept state as if nothing had happened."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pbn.stylize import _optimise

SCALES = torch.tensor([1.0, 10.0, 0.1, 3.0]).view(1, 1, 2, 2)
GOAL = torch.tensor([0.2, 0.5, 0.7, 0.4]).view(1, 1, 2, 2)


def _slope(x: Tensor) -> Tensor:
    return SCALES * (x - GOAL)


def _made(name: str) -> _optimise.Optimiser:
    return _optimise.make(name, memory=5, first_step=4.0, rate=0.02)


def _walk(optimiser: _optimise.Optimiser, x: Tensor, steps: int) -> Tensor:
    for _ in range(steps):
        x = optimiser.next(x, _slope(x))
    return x


@pytest.mark.parametrize(
    ("name", "steps", "near"), [("lbfgs", 20, 1e-4), ("adam", 300, 0.05), ("gd", 300, 0.15)]
)
def test_a_bowl_is_walked_to_its_bottom(name: str, steps: int, near: float) -> None:
    assert float((_walk(_made(name), torch.zeros(1, 1, 2, 2), steps) - GOAL).abs().max()) < near


def test_the_first_step_of_lbfgs_is_in_grey_levels() -> None:
    for weight in (1e-6, 1.0, 1e6):
        x = torch.zeros(1, 1, 2, 2)
        moved = _made("lbfgs").next(x, weight * _slope(x)) - x
        assert float(moved.abs().mean()) == pytest.approx(4 / 255, rel=1e-4)


@pytest.mark.parametrize("name", ["lbfgs", "adam", "gd"])
def test_a_kept_state_goes_on_exactly(name: str) -> None:
    optimiser = _made(name)
    middle = _walk(optimiser, torch.zeros(1, 1, 2, 2), 4)
    kept = optimiser.state()
    end = _walk(optimiser, middle, 4)
    other = _made(name)
    other.restore(kept)
    assert torch.equal(_walk(other, middle, 4), end)


@pytest.mark.parametrize("name", ["adam", "gd"])
def test_forgetting_halves_the_step(name: str) -> None:
    x = torch.full((1, 1, 2, 2), 0.9)
    steps = []
    optimiser = _made(name)
    for _ in range(2):
        steps.append(float((optimiser.next(x, _slope(x)) - x).abs().mean()))
        optimiser.forget()
    assert steps[1] == pytest.approx(steps[0] / 2, rel=1e-3)


def test_spreading_is_symmetric_positive_definite_and_favours_wide_changes() -> None:
    basis = torch.eye(60).view(60, 1, 5, 12)
    matrix = _optimise.spread(basis).view(60, 60)
    torch.testing.assert_close(matrix, matrix.T)
    assert float(torch.linalg.eigvalsh(matrix).min()) >= 1 - 1e-5
    even, chequered = torch.ones(1, 1, 30, 30), torch.tensor([[1.0, -1], [-1, 1]]).repeat(15, 15)[None, None]
    wide, fine = (_optimise.spread(x)[..., 12:18, 12:18].abs().mean() for x in (even, chequered))
    assert float(wide) == pytest.approx(3)
    assert float(fine) < 1.1
