"""The engine on the real VGG-19 at 64 px: every option does what it says."""

from __future__ import annotations

import functools
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pbn.cache import Cache
from pbn.core.values import Image, StylizedImage
from pbn.errors import Cancelled, MissingWeightsError, PbnError, SettingsError
from pbn.progress import Progress, Step, silent
from pbn.stylize import _descent, _machine, _objective, _optimise, _session, _weights
from pbn.stylize._layers import convolutions
from pbn.stylize._recipes import RECIPES
from pbn.stylize._weight_files import write_npz
from pbn.stylize._weights import shapes
from pbn.stylize.gatys import Gatys

_load_once = functools.cache(_weights.load)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread, and the real weights read once for all tests."""
    monkeypatch.setattr(_session, "load", _load_once)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _photo() -> Image:
    """A red disc on a blue to green ground."""
    y, x = np.mgrid[0:48, 0:64] / 48
    disc = (x - 0.6) ** 2 + (y - 0.5) ** 2 < 0.08
    pixels = np.stack([np.where(disc, 220, 40), 60 + 120 * y, np.where(disc, 50, 200 - 80 * x)], 2)
    return Image(pixels.astype(np.uint8))


def _artwork(seed: int = 1, colours: tuple[int, int, int] = (200, 160, 40)) -> Image:
    """Slanting strokes in one colour and its opposite."""
    y, x = np.mgrid[0:56, 0:56]
    waves = np.sin((x + (3 - 2 * seed) * y) / 2.5) + np.random.default_rng(seed).normal(0, 0.3, (56, 56))
    pixels = 128 + 0.5 * np.sign(waves)[..., None] * (np.array(colours) - 128.0) + 20 * waves[..., None]
    return Image(pixels.clip(0, 255).astype(np.uint8))


def _made(
    options: dict[str, Any] | None = None,
    *,
    strength: float = 0.8,
    seed: int = 0,
    side: int = 64,
    artworks: tuple[Image, ...] = (),
    progress: Progress = silent,
    **extra: Any,
) -> StylizedImage:
    settings: dict[str, Any] = {"steps": 3, "convolution": "direct", "preview_every": 0} | (options or {})
    engine = Gatys(**settings)
    return engine.stylize(
        _photo(),
        artworks or (_artwork(),),
        long_side_px=side,
        strength=strength,
        seed=seed,
        progress=progress,
        **extra,
    )


def _pixels(image: Image) -> NDArray[np.float64]:
    return image.pixels.astype(np.float64)


def _apart(a: StylizedImage, b: StylizedImage) -> float:
    return float(np.abs(_pixels(a.image) - _pixels(b.image)).mean())


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "recipe": ({}, {"recipe": "classic"}),
    "quality": ({"steps": None, "quality": "draft"}, {"steps": None, "quality": "normal"}),
    "steps": ({}, {"steps": 5}),
    "pooling": ({}, {"pooling": "avg"}),
    "content_layers": ({}, {"content_layers": ("relu2_1",)}),
    "content_weights": ({}, {"content_weights": (9.0,)}),
    "style_layers": ({}, {"style_layers": ("relu1_1", "relu2_2")}),
    "style_weights": ({}, {"style_weights": (1.0, 0.0, 0.0, 0.0, 0.0)}),
    "layer_weights": ({}, {"layer_weights": "middle-heavy"}),
    "content_loss": ({}, {"content_loss": "mean"}),
    "style_loss": ({}, {"style_loss": "mean"}),
    "tv_loss": ({}, {"tv_loss": "l2-sum"}),
    "self_normalised": ({}, {"self_normalised": True}),
    "alpha": ({}, {"alpha": 10.0}),
    "beta": ({}, {"beta": 0.01}),
    "gamma": ({}, {"gamma": 50.0}),
    "start": ({}, {"start": "content"}),
    "noise": ({"start": "noise", "noise": 0.1}, {"start": "noise", "noise": 0.4}),
    "optimiser": ({}, {"optimiser": "adam", "rate": 0.02}),
    "rate": ({"optimiser": "gd", "rate": 0.02}, {"optimiser": "gd", "rate": 0.05}),
    "memory": ({"steps": 7, "memory": 1}, {"steps": 7, "memory": 9}),
    "first_step": ({}, {"first_step": 1.0}),
    "art_scale": ({}, {"art_scale": 2.0}),
    "keep_colours": ({}, {"keep_colours": "luminance"}),
    "scales": ({}, {"scales": 2}),
}
ELSEWHERE = {
    "network",
    "weights",
    "weights_input",
    "art_weights",
    "device",
    "convolution",
    "threads",
    "preview_every",
}


def test_every_option_is_tested() -> None:
    assert {f.name for f in fields(Gatys)} == set(CHANGES) | ELSEWHERE


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_an_option_changes_the_picture(name: str) -> None:
    before, after = CHANGES[name]
    assert _apart(_made(before), _made(after)) > 0.02


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
        _made({"art_weights": (1.0, 2.0)})
    with pytest.raises(SettingsError, match="no start image"):
        _made({"start": "image"})
    with pytest.raises(SettingsError, match="0 to 1, not 2"):
        _made(strength=2)
    with pytest.raises(SettingsError, match="needs an artwork"):
        Gatys().stylize(_photo(), [], long_side_px=64, strength=1, seed=0, progress=silent)


def test_the_loss_falls_and_each_step_is_told() -> None:
    heard: list[Step] = []
    made = _made({"steps": 6, "preview_every": 3}, progress=heard.append)
    totals = [loss.total for loss in made.losses]
    assert [loss.step for loss in made.losses] == [1, 2, 3, 4, 5, 6]
    assert totals[-1] < 0.7 * totals[0]
    assert all(
        loss.total == pytest.approx(loss.content + loss.style + loss.tv, rel=1e-5) for loss in made.losses
    )
    assert [step.preview is not None for step in heard] == [True, False, True, False, False, True]
    assert heard[-1].fraction == 1.0
    assert heard[1].detail.startswith("step 2 of 6, loss 0.")
    assert heard[-1].preview is not None
    assert np.array_equal(heard[-1].preview.pixels, made.image.pixels)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    noisy = {"start": "content+noise", "noise": 0.2}
    first, again, other = (_made(noisy, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.image.pixels, again.image.pixels)
    assert _apart(first, other) > 1


def test_strength_runs_from_the_photo_to_the_artwork() -> None:
    photo = _pixels(_photo())
    made = [_made({"steps": 8}, strength=s) for s in (0.0, 0.2, 0.5, 1.0)]
    away = [float(np.abs(_pixels(m.image) - photo).mean()) for m in made]
    assert away[0] == 0
    assert away == sorted(away)
    assert away[3] > 2 * away[1]


def test_the_matched_start_has_the_artworks_colours() -> None:
    job = _session.Job(Gatys(), _photo(), (_artwork(),), 64, 0.8, 0, None, None)
    pictures = _session.prepared(job, (64, 48))
    begun = _session.start(job, RECIPES["kit"], pictures).reshape(-1, 3)
    art = pictures.artworks[0].reshape(-1, 3)
    assert np.abs(begun.mean(0) - art.mean(0)).max() < 0.03


def test_a_start_image_is_begun_with() -> None:
    black = Image(np.zeros((9, 12, 3), np.uint8))
    made = _made({"start": "image", "steps": 1}, start_image=black)
    assert int(made.image.pixels.max()) == 0


def test_several_artworks_count_by_their_weights() -> None:
    one, two = _artwork(), _artwork(2, (30, 60, 230))
    alone = _made(artworks=(one,))
    nearly = _made({"art_weights": (1.0, 0.0)}, artworks=(one, two))
    evenly = _made(artworks=(one, two))
    mostly = _made({"art_weights": (0.1, 0.9)}, artworks=(one, two))
    assert _apart(alone, nearly) < 0.1
    assert 1 < _apart(alone, evenly) < _apart(alone, mostly)


def test_kept_colours_are_the_photos() -> None:
    photo = _pixels(_photo())
    tint = photo - photo.mean(2, keepdims=True)

    def off(made: StylizedImage) -> float:
        got = _pixels(made.image)
        return float(np.abs(got - got.mean(2, keepdims=True) - tint).mean())

    taken, kept, near = (_made({"keep_colours": k}) for k in ("off", "luminance", "match"))
    assert off(kept) < 0.5 * off(taken)
    assert np.abs(_pixels(near.image).mean((0, 1)) - photo.mean((0, 1))).max() < 8


def test_a_mask_keeps_the_photo_by_its_grey() -> None:
    mask = np.zeros((48, 64, 3), np.uint8)
    mask[:, :20], mask[:, 20:40] = 255, 128
    made = _made({"steps": 5}, protect=Image(mask))
    off = np.abs(_pixels(made.image) - _pixels(_photo())).mean((0, 2))
    assert off[:20].max() <= 1
    assert off[20:40].mean() < 0.75 * off[40:].mean()
    assert off[40:].mean() > 5


@pytest.mark.parametrize("name", sorted(set(RECIPES) - {"notebook"}))
def test_recipes_bring_their_loss_down(name: str) -> None:
    made = _made({"recipe": name, "steps": 6})
    assert made.losses[-1].total < made.losses[0].total


def test_the_notebook_recipe_runs_on_vgg16_by_shares(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    kernels = [
        (chance.normal(0, (2 / (9 * s[1])) ** 0.5, s).astype(np.float32), np.zeros(s[0], np.float32))
        for s in shapes("vgg16").values()
    ]
    write_npz(tmp_path / "w.npz", convolutions("vgg16"), kernels, "caffe")
    options = {"recipe": "notebook", "weights": str(tmp_path / "w.npz")}
    made = _made(options)
    assert [round(v, 4) for v in (made.losses[0].content, made.losses[0].style, made.losses[0].tv)] == [
        1.5,
        10,
        0.3,
    ]
    assert _apart(made, _made(options | {"weights_input": "torchvision"})) > 0.02
    with pytest.raises(MissingWeightsError, match="not vgg19"):
        _made({"network": "vgg19", "weights": str(tmp_path / "w.npz")})


@pytest.mark.parametrize("ratio", [1e-1, 1e-3, 1e-5])
def test_alpha_to_beta_as_in_the_literature(ratio: float) -> None:
    made = _made({"recipe": "gatys2015", "alpha": ratio * 1e3, "beta": 1e3, "start": "content", "steps": 5})
    style = [loss.style for loss in made.losses]
    assert style[-1] < style[0]


def test_winograd_and_direct_agree() -> None:
    fast, slow = (_made({"convolution": c, "steps": 2}) for c in ("winograd", "direct"))
    assert fast.losses[0].total == pytest.approx(slow.losses[0].total, rel=1e-5)
    assert _apart(fast, slow) < 0.5


def test_threads_are_set_and_set_back() -> None:
    during: list[int] = []
    _made({"threads": 2}, progress=lambda step: during.append(torch.get_num_threads()))
    assert set(during) == {2}
    assert torch.get_num_threads() == 1


def test_a_device_that_is_not_there_is_refused() -> None:
    for name, there in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())):
        if not there:
            with pytest.raises(SettingsError, match=rf"no {name} device.*--device auto"):
                _made({"device": name})
    assert _machine.chosen_device("cpu") == "cpu"


def test_a_size_that_does_not_fit_is_refused_with_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_machine, "free_bytes", lambda device: 2e9)
    with pytest.raises(SettingsError, match=r"Use a long side of 7[0-9][0-9] px at most"):
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
    unbroken = _made(options)
    cache = Cache(tmp_path)
    for stop in (_Stop(3, error), _Stop(3, error)):
        with pytest.raises(error):
            _made(options, progress=stop, checkpoints=cache)
    rest = _Stop(100, error)
    continued = _made(options, progress=rest, checkpoints=cache)
    assert rest.heard == 1
    assert np.array_equal(continued.image.pixels, unbroken.image.pixels)
    assert continued.losses == unbroken.losses
    fresh = _Stop(100, error)
    _made(options, progress=fresh, checkpoints=cache)
    assert fresh.heard == 7  # a finished run leaves nothing to go on from


def test_another_job_does_not_go_on_from_it(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        _made(progress=_Stop(2, Cancelled), checkpoints=Cache(tmp_path))
    other = _Stop(100, Cancelled)
    _made({"gamma": 2.0}, progress=other, checkpoints=Cache(tmp_path))
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
    made = _made({"steps": 6})
    assert [loss.step for loss in made.losses] == [1, 2, 4, 5, 6]
    assert made.losses[-1].total < made.losses[1].total


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
    made = Gatys(steps=2).stylize(thin, [_artwork()], long_side_px=64, strength=0.8, seed=0, progress=silent)
    assert max(made.image.width, made.image.height) == 64
    assert all(math.isfinite(loss.total) for loss in made.losses)


def test_losses_are_alike_at_all_sizes() -> None:
    first = [_made({"steps": 1}, side=side).losses[0].total for side in (64, 96)]
    assert first[0] == pytest.approx(first[1], rel=0.25)
