"""The engine as a whole: what it refuses, tells, keeps and goes on from; for options see `test_options`."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pbn.cache import Cache
from pbn.core.values import Image
from pbn.errors import Cancelled, PbnError, SettingsError
from pbn.progress import Step, silent
from pbn.stylize import _descent, _machine, _objective, _optimise
from pbn.stylize.gatys import Gatys
from tests.helpers.styling import apart, artwork, made, photo

pytestmark = pytest.mark.usefixtures("vgg19_once")


def test_importing_the_engine_loads_no_torch() -> None:
    code = "import sys; from pbn.stylize.gatys import Gatys; Gatys(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recipe": "soup"}, "gatys.recipe.*one of kit, classic"),
        ({"steps": 0}, "gatys.steps.*1 to 100000, not 0"),
        ({"alpha": math.nan}, "gatys.alpha.*not nan"),
        ({"content_layers": ["relu9_1"]}, "vgg19 has no layer 'relu9_1'"),
        ({"network": "vgg16", "content_layers": ["conv5_4"]}, "vgg16 has no layer 'conv5_4'"),
        ({"content_layers": [], "style_layers": []}, "both empty"),
        ({"style_weights": [1.0]}, "one weight for each of the 5 layers, not 1"),
        ({"layer_weights": "middle-heavy", "style_layers": ["relu1_1"]}, "five style layers, not 1"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Gatys(**options)


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(SettingsError, match="one weight for each of 1 artworks"):
        made({"art_weights": (1.0, 2.0)})
    with pytest.raises(SettingsError, match="no start image"):
        made({"start": "image"})
    with pytest.raises(SettingsError, match="0 to 1, not 2"):
        made(strength=2)
    with pytest.raises(SettingsError, match="needs an artwork"):
        Gatys().stylize(photo(), [], long_side_px=64, strength=1, seed=0, progress=silent)


def test_the_loss_falls_and_each_step_is_told() -> None:
    heard: list[Step] = []
    run = made({"steps": 6, "preview_every": 3}, progress=heard.append)
    totals = [loss.total for loss in run.losses]
    assert [loss.step for loss in run.losses] == [1, 2, 3, 4, 5, 6]
    assert totals[-1] < 0.7 * totals[0]
    assert all(
        loss.total == pytest.approx(loss.content + loss.style + loss.tv, rel=1e-5) for loss in run.losses
    )
    assert [step.preview is not None for step in heard] == [True, False, True, False, False, True]
    assert heard[-1].fraction == 1.0
    assert heard[1].detail.startswith("step 2 of 6, loss 0.")
    assert heard[-1].preview is not None
    assert np.array_equal(heard[-1].preview.pixels, run.image.pixels)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    noisy = {"start": "content+noise", "noise": 0.2}
    first, again, other = (made(noisy, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.image.pixels, again.image.pixels)
    assert apart(first, other) > 1


def test_a_device_that_is_not_there_is_refused() -> None:
    for name, there in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())):
        if not there:
            with pytest.raises(SettingsError, match=rf"no {name} device.*--device auto"):
                made({"device": name})
    assert _machine.chosen_device("cpu") == "cpu"


def test_a_size_that_does_not_fit_is_refused_with_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_machine, "free_bytes", lambda device: 2e9)
    with pytest.raises(SettingsError, match=r"Use a long side of [78][0-9][0-9] px at most"):
        _machine.check_memory(2048 * 2048, 2048, memory=20, device="cpu")
    assert _machine.use_winograd("auto", "cpu", 64 * 64, 20)
    assert not _machine.use_winograd("auto", "cpu", 2048 * 2048, 20)


class _Stop:
    """Stops after so many steps."""

    def __init__(self, after: int, error: type[BaseException]) -> None:
        self.after, self.error, self.heard = after, error, 0

    def __call__(self, step: Step) -> None:
        self.heard += 1
        if self.heard == self.after:
            raise self.error


@pytest.mark.parametrize(
    ("optimiser", "error"),
    [("lbfgs", KeyboardInterrupt), ("lbfgs", Cancelled), ("adam", Cancelled), ("gd", Cancelled)],
)
def test_interrupted_and_continued_equals_unbroken(
    tmp_path: Path, optimiser: str, error: type[BaseException]
) -> None:
    options = {"optimiser": optimiser, "rate": 0.02, "steps": 7, "scales": 2}
    unbroken = made(options)
    cache = Cache(tmp_path)
    for stop in (_Stop(3, error), _Stop(3, error)):
        with pytest.raises(error):
            made(options, progress=stop, checkpoints=cache)
    rest = _Stop(100, error)
    continued = made(options, progress=rest, checkpoints=cache)
    assert rest.heard == 1
    assert np.array_equal(continued.image.pixels, unbroken.image.pixels)
    assert continued.losses == unbroken.losses
    fresh = _Stop(100, error)
    made(options, progress=fresh, checkpoints=cache)
    assert fresh.heard == 7  # a finished run leaves nothing to go on from


def test_to_stop_takes_less_than_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[int] = []
    real = _objective.Objective.__call__

    def counted(self: _objective.Objective, picture: torch.Tensor) -> tuple[_objective.Terms, torch.Tensor]:
        evaluated.append(len(evaluated) + 1)
        return real(self, picture)

    monkeypatch.setattr(_objective.Objective, "__call__", counted)
    stop = _Stop(4, Cancelled)
    with pytest.raises(Cancelled):
        made({"steps": 9}, progress=stop)
    assert (stop.heard, evaluated) == (4, [1, 2, 3, 4])  # nothing is worked out after the listener has raised


def test_another_job_does_not_go_on_from_it(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        made(progress=_Stop(2, Cancelled), checkpoints=Cache(tmp_path))
    other = _Stop(100, Cancelled)
    made({"gamma": 2.0}, progress=other, checkpoints=Cache(tmp_path))
    assert other.heard == 3


def test_a_step_gone_wrong_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    real = _objective.Objective.__call__
    calls = []

    def broken_once(
        self: _objective.Objective, picture: torch.Tensor
    ) -> tuple[_objective.Terms, torch.Tensor]:
        terms, gradient = real(self, picture)
        calls.append(terms.total)
        return (terms, gradient * math.nan) if len(calls) == 3 else (terms, gradient)

    monkeypatch.setattr(_objective.Objective, "__call__", broken_once)
    run = made({"steps": 6})
    assert [loss.step for loss in run.losses] == [1, 2, 4, 5, 6]
    assert run.losses[-1].total < run.losses[1].total


def test_a_loss_that_is_never_finite_is_explained() -> None:
    journey = _descent.Journey(picture := torch.full((1, 3, 4, 4), math.nan), picture)

    def hopeless(seen: torch.Tensor) -> tuple[_objective.Terms, torch.Tensor]:
        return _objective.Terms(0, 0, 0, float(seen.sum())), seen

    way = _optimise.make("lbfgs", memory=5, first_step=4, rate=1)
    with pytest.raises(PbnError, match=r"not a finite number.*smaller weights"):
        _descent.descend(hopeless, way, journey, 5, lambda j, loss: None)


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (40, 3)])
def test_thin_photos(shape: tuple[int, int]) -> None:
    thin = Image(np.tile(np.arange(shape[1], dtype=np.uint8)[None, :, None], (shape[0], 1, 3)))
    made = Gatys(steps=2).stylize(thin, [artwork()], long_side_px=64, strength=0.8, seed=0, progress=silent)
    assert max(made.image.width, made.image.height) == 64
    assert all(math.isfinite(loss.total) for loss in made.losses)


def test_losses_are_alike_at_all_sizes() -> None:
    first = [made({"steps": 1}, side=side).losses[0].total for side in (64, 96)]
    assert first[0] == pytest.approx(first[1], rel=0.25)
