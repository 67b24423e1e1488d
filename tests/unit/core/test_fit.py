from __future__ import annotations

import numpy as np
import pytest

from pbn.core.curves import flatten
from pbn.core.fit import fit_beziers, straight_beziers
from pbn.core.values import F64


def _circle(radius: float, turn: float, step: float = 0.5) -> tuple[F64, F64]:
    angle = np.linspace(0, turn, max(3, round(turn * radius / step)))
    return (
        radius * np.stack([np.cos(angle), np.sin(angle)], axis=1),
        np.stack([-np.sin(angle), np.cos(angle)], axis=1),
    )


@pytest.mark.parametrize("radius", [3.0, 10.0, 80.0])
def test_a_circle_is_met_within_the_tolerance_by_few_beziers(radius: float) -> None:
    points, tangents = _circle(radius, 2 * np.pi)
    (control,) = fit_beziers([points], [tangents], 0.05)
    flat = flatten(control, 0.001)
    assert np.abs(np.hypot(*flat.T) - radius).max() < 0.06
    assert len(control) // 3 <= max(8, len(points) // 16)
    assert np.array_equal(control[[0, -1]], points[[0, -1]])


def test_a_straight_line_needs_one_bezier_for_each_32_steps() -> None:
    points = np.stack([np.arange(65.0), np.zeros(65)], axis=1)
    (control,) = fit_beziers([points], [np.tile([1.0, 0.0], (65, 1))], 0.01)
    assert len(control) == 2 * 3 + 1
    assert np.all(control[:, 1] == 0)


def test_a_tighter_tolerance_takes_more_beziers() -> None:
    x = np.linspace(0, 20, 60)
    points = np.stack([x, np.sin(x)], axis=1)
    tangents = np.stack([np.ones(60), np.cos(x)], axis=1)
    lengths = [len(fit_beziers([points], [tangents], t)[0]) for t in (0.5, 0.05, 0.005)]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1]


def test_lines_are_fitted_each_for_itself() -> None:
    lines, tangents = zip(*[_circle(r, 2.0) for r in (4.0, 20.0, 9.0)], strict=True)
    together = fit_beziers(list(lines), list(tangents), 0.05)
    for line, tangent, control in zip(lines, tangents, together, strict=True):
        assert np.allclose(fit_beziers([line], [tangent], 0.05)[0], control)


def test_a_line_of_two_points_is_one_bezier() -> None:
    points = np.array([[0.0, 0.0], [3.0, 0.0]])
    (control,) = fit_beziers([points], [np.array([[1.0, 0.0], [1.0, 0.0]])], 0.05)
    assert control.tolist() == [[0, 0], [1, 0], [2, 0], [3, 0]]


def test_straight_beziers_flatten_to_the_line_they_were_made_of() -> None:
    line = np.random.default_rng(0).random((9, 2)) * 20
    control = straight_beziers(line)
    assert len(control) == 3 * 8 + 1
    assert np.array_equal(flatten(control, 0.01), line)
