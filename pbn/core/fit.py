"""Dense smooth polylines to few cubic Beziers."""

from __future__ import annotations

import numpy as np

from pbn.core.ragged import I64, parts, places, starts
from pbn.core.values import F64

_LONGEST = 32
"""Most points that one Bezier stands for."""


def fit_beziers(lines: list[F64], tangents: list[F64], tolerance: float) -> list[F64]:
    """Replace each polyline by cubic Beziers through some of its points, in its tangents' directions.

    Parameters
    ----------
    lines : list of (N, 2)
        Points at about equal distances.
    tangents : list of (N, 2)
        Direction of the curve at each point, of any length. Curves that share a point and its
        tangent go through it without a corner.
    tolerance
        Beziers are halved until no point is farther than this from its place on them, or until
        they stand for one step.

    Returns
    -------
    list of (3 k + 1, 2)
        Control points, ends kept.
    """
    points, direction = np.concatenate(lines), _unit(np.concatenate(tangents))
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    first = np.cumsum([0, *(len(line) for line in lines[:-1])])
    start, end = _blocks(first, np.array([len(line) for line in lines]))
    done_start, done_end = [], []
    while len(start):
        fine = _errors(points, direction, run, start, end, tolerance) <= tolerance
        done_start.append(start[fine])
        done_end.append(end[fine])
        start, end = start[~fine], end[~fine]
        middle = (start + end) // 2
        start, end = np.concatenate([start, middle]), np.concatenate([middle, end])
    start, end = np.concatenate(done_start), np.concatenate(done_end)
    order = np.argsort(start, kind="stable")
    start, end = start[order], end[order]
    control = _controls(points, direction, run, start, end)
    count = np.diff(np.append(np.searchsorted(start, first), len(start)))
    which = np.repeat(np.arange(len(count)), count)
    chains = np.empty((3 * len(start) + len(count), 2))
    at = 3 * np.arange(len(start)) + which
    for k in range(4):
        chains[at + k] = control[:, k]
    return parts(chains, starts(3 * count + 1))


def straight_beziers(line: F64) -> F64:
    """One straight Bezier for each step of a polyline (N, 2): control points (3 N - 2, 2)."""
    step = np.diff(line, axis=0)
    out = np.empty((3 * len(step) + 1, 2))
    out[::3] = line
    out[1::3], out[2::3] = line[:-1] + step / 3, line[1:] - step / 3
    return out


def _unit(v: F64) -> F64:
    return v / np.maximum(np.hypot(v[:, 0], v[:, 1]), 1e-12)[:, None]


def _blocks(first: I64, count: I64) -> tuple[I64, I64]:
    """Cut each line into equal blocks of at most `_LONGEST` steps."""
    steps = count - 1
    pieces = -(-steps // _LONGEST)
    which = np.repeat(np.arange(len(first)), pieces)
    k = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start = first[which] + k * steps[which] // pieces[which]
    end = first[which] + (k + 1) * steps[which] // pieces[which]
    return start, end


def _controls(points: F64, direction: F64, run: F64, start: I64, end: I64) -> F64:
    """(m, 4, 2): handles a third of the length run, along the tangents (a cubic Hermite)."""
    third = ((run[end] - run[start]) / 3)[:, None]
    p, q = points[start], points[end]
    return np.stack([p, p + direction[start] * third, q - direction[end] * third, q], axis=1)


def _errors(points: F64, direction: F64, run: F64, start: I64, end: I64, enough: float) -> F64:
    """Farthest that a point between lies from its place, by length run, on each Bezier.

    Where one of a few points is farther than ``enough``, the farthest of those.
    """
    worst = np.zeros(len(start))
    for quarter in (2, 1, 3):
        near = np.flatnonzero(worst <= enough)
        at = start[near] + (end[near] - start[near]) * quarter // 4
        away = _away(points, direction, run, start[near], end[near], at)
        worst[near] = np.maximum(worst[near], away)
    some = np.flatnonzero((worst <= enough) & (end - start > 4))
    if len(some):
        inner = end[some] - start[some] - 1
        first, last = np.repeat(start[some], inner), np.repeat(end[some], inner)
        away = _away(points, direction, run, first, last, first + 1 + places(inner))
        worst[some] = np.maximum.reduceat(away, starts(inner))
    return worst


def _away(points: F64, direction: F64, run: F64, start: I64, end: I64, at: I64) -> F64:
    """(k,): how far points lie from their places on the Beziers (cubic Hermites) from start to end."""
    begin = run[start]
    length = run[end] - begin
    t = (run[at] - begin) / np.maximum(length, 1e-12)
    u = 1 - t
    p, q = u * u * (1 + 2 * t), t * t * (3 - 2 * t)
    leaving, arriving = u * u * t * length, u * t * t * length
    off = [
        p * place[start] + q * place[end] + leaving * along[start] - arriving * along[end] - place[at]
        for place, along in zip(points.T, direction.T, strict=True)
    ]
    away: F64 = np.hypot(*off)
    return away
