from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans as Reference

from pbn.core.values import F64
from pbn.palette._histogram import histogram
from pbn.palette._lloyd import cluster
from tests.helpers.maps import PICTURES, picture


def _loss(points: F64, weight: F64, centres: F64) -> float:
    return float(weight @ ((points[:, None] - centres) ** 2).sum(axis=2).min(axis=1))


def _clustered(points: F64, weight: F64, k: int, rng: np.random.Generator, *, runs: int) -> F64:
    """The run with the least weighted sum of squared distances."""
    return cluster(points, weight, k, rng, runs=runs, cost=partial(_loss, points, weight))


def _reference(points: F64, weight: F64, k: int) -> F64:
    model = Reference(k, n_init=3, random_state=0, tol=1e-3)
    model.fit(points, sample_weight=weight)
    return np.asarray(model.cluster_centers_, np.float64)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("k", [2, 8, 24])
def test_serves_pictures_as_well_as_scikit_learn(name: str, k: int) -> None:
    lab, weight = histogram(picture(name))
    points = lab.astype(np.float64)
    ours = _clustered(points, weight, k, np.random.default_rng(0), runs=3)
    assert _loss(points, weight, ours) <= 1.04 * _loss(points, weight, _reference(points, weight, k))


def test_no_worse_than_scikit_learn_over_random_points() -> None:
    ratios = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        points, weight = rng.normal(0, 30, (400, 3)), rng.exponential(1, 400) + 1e-3
        ours = _clustered(points, weight, 12, rng, runs=3)
        ratios.append(_loss(points, weight, ours) / _loss(points, weight, _reference(points, weight, 12)))
    assert np.mean(ratios) < 1.01
    assert max(ratios) < 1.08


def test_clusters_that_stand_apart_are_found_at_their_weighted_means() -> None:
    points = np.array([[0, 0, 0], [3, 0, 0], [100, 0, 0], [100, 8, 0], [0, 100, 0]], np.float64)
    weight = np.array([1, 2, 1, 3, 1], np.float64)
    found = _clustered(points, weight, 3, np.random.default_rng(0), runs=5)
    assert np.allclose(sorted(found.tolist()), [[0, 100, 0], [2, 0, 0], [100, 6, 0]])


@given(st.integers(0, 2**32 - 1), st.integers(1, 15))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_each_centre_is_the_mean_of_what_is_nearest_to_it(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    points, weight = rng.normal(0, 10, (60, 3)), rng.uniform(0.1, 1, 60)
    centres = _clustered(points, weight, k, np.random.default_rng(seed), runs=1)
    again = _clustered(points, weight, k, np.random.default_rng(seed), runs=1)
    assert np.array_equal(centres, again)
    own = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    for c in range(k):
        mean = np.average(points[own == c], axis=0, weights=weight[own == c])
        assert np.abs(mean - centres[c]).max() < 1.5


def test_more_runs_are_never_worse() -> None:
    rng = np.random.default_rng(3)
    points, weight = rng.normal(0, 10, (300, 3)), np.ones(300)
    losses = [
        _loss(
            points,
            weight,
            _clustered(points, weight, 10, np.random.default_rng(1), runs=n),
        )
        for n in (1, 4, 16)
    ]
    assert losses == sorted(losses, reverse=True)


def test_the_best_run_is_that_of_the_least_cost() -> None:
    points, weight = np.random.default_rng(3).normal(0, 10, (300, 3)), np.ones(300)
    runs: list[float] = []

    def backwards(centres: F64) -> float:
        runs.append(_loss(points, weight, centres))
        return -runs[-1]

    chosen = cluster(points, weight, 10, np.random.default_rng(1), runs=6, cost=backwards)
    assert len(runs) == 6
    assert _loss(points, weight, chosen) == max(runs) > min(runs)
