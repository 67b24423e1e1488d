"""One event, many listeners: how long stages tell what they are doing.

A stage calls ``progress(Step(...))``. The terminal's bar, a page's stream and a batch worker are
listeners. To stop the work a listener raises :class:`pbn.errors.Cancelled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pbn.core.values import Image, Loss


@dataclass(frozen=True, slots=True)
class Step:
    """How far a stage has come.

    ``fraction`` runs from 0 to 1 within the stage; ``detail`` is a short text for people
    ("step 12 of 30, loss 0.41, 384 px"); ``preview`` is the picture so far, where there is one, and
    ``loss`` the terms of a style transfer's step.
    """

    stage: str
    fraction: float
    detail: str = ""
    preview: Image | None = None
    loss: Loss | None = None


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Listen to nothing."""


@contextmanager
def stage(name: str, progress: Progress) -> Iterator[None]:
    """Tell that a stage begins and, unless it fails, that it is done."""
    progress(Step(name, 0.0))
    yield
    progress(Step(name, 1.0))
