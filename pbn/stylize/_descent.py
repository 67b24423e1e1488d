"""The loop: evaluate, tell, step; takes back a step that went wrong, and can be left and resumed."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor

from pbn.core.values import Loss
from pbn.errors import PbnError
from pbn.stylize._objective import Terms
from pbn.stylize._optimise import Optimiser, State

WORSE = 4.0
"""A total this many times the last one is a step gone wrong, and is taken back."""

RETRIES = 8
"""So often in a row is a step taken back and halved before we give up."""


@dataclass(slots=True)
class Journey:
    """Where a descent stands: the only thing in here that changes.

    ``picture`` is the next to be evaluated; ``good`` the last one that was, and was no mistake.
    """

    picture: Tensor
    good: Tensor
    step: int = 0
    stage: int = 0
    failures: int = 0
    losses: list[Loss] = field(default_factory=list)


Evaluate = Callable[[Tensor], tuple[Terms, Tensor]]
Told = Callable[[Journey, Loss], None]


def descend(objective: Evaluate, optimiser: Optimiser, journey: Journey, steps: int, told: Told) -> None:
    """Bring ``objective`` down until ``journey.step`` is ``steps``; ``journey.good`` is the result.

    Each step is one loss and gradient. ``told`` hears of each after it is done, and may raise to
    stop; the journey and the optimiser then stand between two steps.

    Raises
    ------
    PbnError
        When the loss is not a finite number and smaller steps do not help.
    """
    scale = max(journey.picture.shape[2:])
    while journey.step < steps:
        terms, gradient = objective(journey.picture)
        journey.step += 1
        if _went_wrong(terms, gradient, journey, scale):
            _take_back(journey, optimiser)
            continue
        journey.failures = 0
        journey.good = journey.picture
        loss = Loss(journey.step, terms.content, terms.style, terms.tv, terms.total, scale)
        journey.losses.append(loss)
        journey.picture = optimiser.next(journey.picture, gradient)
        told(journey, loss)


def _went_wrong(terms: Terms, gradient: Tensor, journey: Journey, scale: int) -> bool:
    if not math.isfinite(terms.total) or not bool(torch.isfinite(gradient).all()):
        return True
    last = journey.losses[-1] if journey.losses else None
    return last is not None and last.scale_px == scale and terms.total > WORSE * last.total


def _take_back(journey: Journey, optimiser: Optimiser) -> None:
    journey.failures += 1
    if journey.failures > RETRIES or journey.picture is journey.good:
        raise PbnError(
            f"The loss is not a finite number at step {journey.step}, whatever the step's size. "
            "Use smaller weights (alpha, beta, gamma) or the recipe kit."
        )
    optimiser.forget()
    journey.picture = journey.good + (journey.picture - journey.good).nan_to_num(0, 0, 0) / 4


def packed(journey: Journey, state: State) -> bytes:
    """A checkpoint: everything that `unpacked` needs to go on to the same result."""
    out = io.BytesIO()
    table = {
        "picture": journey.picture,
        "good": journey.good,
        "at": [journey.stage, journey.step, journey.failures],
        "losses": [asdict(loss) for loss in journey.losses],
        "optimiser": state,
    }
    torch.save(table, out)
    return out.getvalue()


def unpacked(data: bytes, device: str) -> tuple[Journey, State]:
    """Undo `packed`: the journey and the optimiser's state."""
    table = torch.load(io.BytesIO(data), weights_only=True, map_location=device)
    stage, step, failures = table["at"]
    losses = [Loss(**loss) for loss in table["losses"]]
    return Journey(table["picture"], table["good"], step, stage, failures, losses), table["optimiser"]
