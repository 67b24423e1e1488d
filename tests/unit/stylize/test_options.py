"""Every option on the real VGG-19 at 64 px: ignored, its test fails; and the picture differs as it means.

What an option does to the loss itself is in `test_objective`, what a recipe is in `test_recipes`.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
import torch

from pbn.core.values import Image
from pbn.stylize import _maps, _pixels, _winograd
from pbn.stylize.gatys import Gatys
from tests.helpers.styling import (
    FIVE,
    apart,
    artwork,
    content_by_hand,
    content_error,
    floats,
    gram_error,
    inside,
    layers_of,
    made,
    photo,
    style_by_hand,
    tv_by_hand,
)

pytestmark = pytest.mark.usefixtures("vgg19_once")

ART = artwork()
GREY = Image(np.full((48, 64, 3), 128, np.uint8))
NOISE = Image(np.random.default_rng(8).integers(40, 216, (48, 64, 3), np.uint8))

HERE = {
    "quality", "steps", "pooling", "content_layers", "content_weights", "style_layers", "style_weights",
    "layer_weights", "content_loss", "style_loss", "tv_loss", "self_normalised", "alpha", "beta", "gamma",
    "start", "noise", "optimiser", "rate", "memory", "first_step", "art_weights", "art_scale", "keep_colours",
    "scales", "rim", "convolution", "threads", "preview_every",
}  # fmt: skip
ELSEWHERE = {
    "recipe": "test_recipes",
    "network": "test_weights",
    "weights": "test_weights",
    "weights_input": "test_weights",
    "device": "test_gatys",
}


def test_no_option_is_forgotten() -> None:
    assert {f.name for f in fields(Gatys)} == HERE | set(ELSEWHERE)


def test_the_page_on_stylising_names_every_option_and_choice() -> None:
    page = (Path(__file__).parents[3] / "docs" / "stylising.md").read_text("utf-8")
    named = set(re.findall(r"`(?:gatys\.)?([\w/^+-]+)`", page))
    hints = get_type_hints(Gatys)
    for entry in fields(Gatys):
        assert entry.name in named
        parts = (hints[entry.name], *get_args(hints[entry.name]))
        choices = {choice for part in parts if get_origin(part) is Literal for choice in get_args(part)}
        assert choices - {"auto", "off", "image", "cuda", "cpu", "mps"} <= named, entry.name


def _steps(*options: dict[str, Any], steps: int = 8) -> list[Any]:
    return [made({"steps": steps} | each) for each in options]


def test_quality_and_steps_are_how_long_it_paints() -> None:
    asked = [Gatys(quality=quality).posed().steps for quality in ("draft", "normal", "fine")]
    assert asked == [12, 30, 75]
    run = made({"steps": None, "quality": "draft"})
    assert len(run.losses) == 12
    more = made({"steps": 20, "quality": "draft"})
    assert len(more.losses) == 20
    assert more.losses[-1].total < run.losses[-1].total


def test_each_pooling_makes_anew_what_is_seen_through_it() -> None:
    alone = {"content_layers": ("pool3",), "style_layers": (), "alpha": 1.0, "gamma": 0.0, "start": "image"}
    runs = [made(alone | {"pooling": p, "steps": 8}, start_image=NOISE) for p in ("max", "avg")]
    for pooling, mine, other in (("max", 0, 1), ("avg", 1, 0)):
        target = layers_of(photo(), ["pool3"], pooling=pooling)["pool3"]
        errors = [
            content_by_hand("relative", layers_of(run, ["pool3"], pooling=pooling)["pool3"], target)
            for run in runs
        ]
        assert errors[mine] < 0.8 * errors[other]


def test_content_layers_are_where_the_photo_stays() -> None:
    only = {"alpha": 1.0, "beta": 0.01, "gamma": 0.0, "start": "image"}
    early, late = (
        made(only | {"content_layers": (layer,), "steps": 8}, start_image=NOISE)
        for layer in ("relu1_2", "relu4_2")
    )
    assert content_error(early, "relu1_2") < 0.2 * content_error(late, "relu1_2")
    assert apart(early, photo()) < 0.8 * apart(late, photo())  # deep layers leave pixels free


def test_content_weights_choose_among_layers() -> None:
    both = {"alpha": 1.0, "content_layers": ("relu1_2", "relu4_2")}
    one = made({"alpha": 1.0, "content_layers": ("relu1_2",)})
    assert apart(made(both | {"content_weights": (1.0, 0.0)}), one) < 0.1
    first, second = _steps(both | {"content_weights": (9.0, 1.0)}, both | {"content_weights": (1.0, 9.0)})
    assert content_error(first, "relu1_2") < content_error(second, "relu1_2")


def test_style_layers_are_what_becomes_the_artworks() -> None:
    first, last = _steps(
        {"style_layers": ("relu1_1",), "start": "content"}, {"style_layers": ("relu4_1",), "start": "content"}
    )
    assert gram_error(first, "relu1_1", ART) < 0.5 * gram_error(last, "relu1_1", ART)
    assert gram_error(last, "relu4_1", ART) < 0.8 * gram_error(first, "relu4_1", ART)


def test_style_weights_choose_among_layers() -> None:
    begun = {"start": "content"}
    nearly = made(begun | {"style_weights": (1.0, 0.0, 0.0, 0.0, 0.0)})
    assert apart(nearly, made(begun | {"style_layers": ("relu1_1",)})) < 0.1
    early, late = _steps(
        begun | {"style_weights": (1.0, 0.0, 0.0, 0.1, 0.0)},
        begun | {"style_weights": (0.01, 0.0, 0.0, 1.0, 0.0)},
    )
    assert gram_error(early, "relu1_1", ART) < gram_error(late, "relu1_1", ART)
    assert gram_error(late, "relu4_1", ART) < gram_error(early, "relu4_1", ART)


def test_layer_weights_move_the_weight_to_the_middle_or_the_front() -> None:
    begun = {"start": "content", "alpha": 0.0, "gamma": 0.0}
    middle, front = _steps(begun | {"layer_weights": "middle-heavy"}, begun | {"layer_weights": "1/C^2"})
    assert gram_error(middle, "relu3_1", ART) < gram_error(front, "relu3_1", ART)
    assert gram_error(front, "relu1_1", ART) < gram_error(middle, "relu1_1", ART)


def test_a_rim_does_not_count() -> None:
    """Each is the nearer to the artwork's Gram matrix of the positions that count for it."""
    begun = {"start": "content", "style_layers": ("relu3_1",), "alpha": 0.0, "gamma": 0.0}
    runs = _steps(begun | {"rim": 0}, begun | {"rim": 2}, steps=12)
    for rim, mine, other in ((0, 0, 1), (2, 1, 0)):
        seen = [inside(layers_of(p, ["relu3_1"])["relu3_1"], rim) for p in (*runs, ART)]
        errors = [style_by_hand("relative", features, seen[2]) for features in seen[:2]]
        assert errors[mine] < errors[other]


def test_a_larger_normalisation_of_content_keeps_more_of_it() -> None:
    """half-sum, mean and hwd weigh the same squares by 1/2, 1/N and 1/(4 N)."""
    runs = _steps(
        *({"style_loss": "mean", "beta": 1e-5, "alpha": 1.0, "gamma": 0.0, "content_loss": loss}
          for loss in ("half-sum", "mean", "hwd")),
        steps=10,
    )  # fmt: skip
    away = [content_error(run) for run in runs]
    assert away[0] < 0.8 * away[1] < 0.8 * away[2]


def test_style_losses_weigh_layers_by_their_size_or_all_alike() -> None:
    """Squares of Gram entries grow with depth's activations; relative errors do not."""
    begun = {"start": "content", "alpha": 0.0, "gamma": 0.0}
    square, alike = _steps(begun | {"style_loss": "mean"}, begun | {"style_loss": "relative"})
    assert gram_error(alike, "relu1_1", ART) < gram_error(square, "relu1_1", ART)


@pytest.mark.parametrize("tv", ["l1-mean", "l1-sum", "l2-mean", "l2-sum"])
def test_total_variation_alone_goes_down_its_own_slope(tv: str) -> None:
    """One plain step of pure TV, by hand: l1 moves every pixel alike, l2 the large jumps most."""
    alone = {"alpha": 0.0, "beta": 0.0, "gamma": 1.0, "tv_loss": tv, "optimiser": "gd", "rate": 0.03}
    run = made(alone | {"start": "image", "steps": 2}, start_image=NOISE)
    x = torch.from_numpy(floats(NOISE) / 255).requires_grad_()
    steps = [x[:, 1:] - x[:, :-1], x[1:] - x[:-1]]
    powers = [step.abs() if tv.startswith("l1") else step.square() for step in steps]
    total = sum((p.sum() if tv.endswith("sum") else p.mean() for p in powers), start=torch.zeros(()))
    (slope,) = torch.autograd.grad(total, x)
    wanted = (x.detach() - 0.03 * slope / slope.std()).clamp(0, 1).numpy() * 255
    assert np.abs(floats(run) - wanted).max() <= 0.51
    assert tv_by_hand(tv, run) < tv_by_hand(tv, NOISE)


def test_shares_are_free_of_the_normalisations() -> None:
    """Divided by itself, a term's factor cancels: the pictures are the same."""
    shares = {"self_normalised": True, "optimiser": "gd", "rate": 0.02, "alpha": 1.0, "gamma": 0.3}
    one = made(shares | {"content_loss": "mean", "style_loss": "mean", "tv_loss": "l1-sum"})
    other = made(shares | {"content_loss": "half-sum", "style_loss": "gatys", "tv_loss": "l1-sum"})
    assert apart(one, other) < 0.05
    plain = [
        made({**shares, "self_normalised": False, "content_loss": loss, "style_loss": "mean"})
        for loss in ("mean", "half-sum")
    ]
    assert apart(*plain) > 0.5


def test_each_terms_weight_pulls_its_way() -> None:
    usual, content, style, smooth = _steps({}, {"alpha": 2.5}, {"beta": 0.02}, {"gamma": 30.0})
    assert content_error(content) < 0.7 * content_error(usual)
    assert gram_error(style, "relu3_1", ART) > 1.2 * gram_error(usual, "relu3_1", ART)
    assert tv_by_hand("l1-mean", smooth) < 0.7 * tv_by_hand("l1-mean", usual)


def test_starts_stand_where_they_say() -> None:
    noisy = {"noise": 0.2, "steps": 1}
    content, both, noise, matched, given = (
        made({"steps": 1, "start": start} | noisy, start_image=NOISE)
        for start in ("content", "content+noise", "noise", "matched", "image")
    )
    assert np.array_equal(content.image.pixels, photo().pixels)
    off = floats(both) - floats(photo())
    inside = (floats(photo()) > 52) & (floats(photo()) < 203)
    assert np.abs(off).max() <= 0.2 * 255 + 1
    assert off[inside].std() == pytest.approx(0.2 * 255 / 3**0.5, rel=0.05)
    assert abs(off[inside].mean()) < 2
    assert floats(noise).min() >= 0.3 * 255 - 1
    assert floats(noise).max() <= 0.7 * 255 + 1
    assert floats(noise).std() == pytest.approx(0.2 * 255 / 3**0.5, rel=0.05)
    assert np.array_equal(given.image.pixels, NOISE.pixels)
    assert np.abs(floats(matched).mean((0, 1)) - floats(artwork()).mean((0, 1))).max() < 8
    away = [apart(picture, photo()) for picture in (content, both, noise)]
    assert away[0] == 0 < away[1] < away[2]


@pytest.mark.parametrize("amount", [0.05, 0.3])
def test_noise_reaches_as_far_as_it_says(amount: float) -> None:
    off = floats(made({"start": "noise", "noise": amount, "steps": 1})) - 127.5
    assert np.abs(off).max() == pytest.approx(amount * 255, abs=1.5)


def _first_step(options: dict[str, Any]) -> Any:
    begun, stepped = (made({"start": "image", "steps": n} | options, start_image=GREY) for n in (1, 2))
    return floats(stepped) - floats(begun)


@pytest.mark.parametrize("rate", [0.02, 0.06])
def test_a_step_is_as_large_as_its_optimiser_says(rate: float) -> None:
    adam = np.abs(_first_step({"optimiser": "adam", "rate": rate}))
    assert np.median(adam) == pytest.approx(rate * 255, abs=0.51)
    assert adam.max() <= rate * 255 + 0.51
    descent = _first_step({"optimiser": "gd", "rate": rate})
    assert (descent**2).mean() ** 0.5 == pytest.approx(rate * 255, rel=0.1)
    assert np.abs(descent).max() > 1.5 * rate * 255


@pytest.mark.parametrize("levels", [2.0, 9.0])
def test_the_first_step_of_lbfgs_is_in_grey_levels(levels: float) -> None:
    assert np.abs(_first_step({"first_step": levels})).mean() == pytest.approx(levels, abs=0.3)


def test_memory_matters_from_the_second_pair_on() -> None:
    """The third proposal is the first that has two pairs to remember, and the fourth loss is its."""
    short, long = (made({"steps": 9, "memory": n}).losses for n in (1, 9))
    assert [loss.total for loss in short[:3]] == [loss.total for loss in long[:3]]
    assert short[3].total != long[3].total


def test_lbfgs_goes_further_than_adam_and_plain_steps() -> None:
    ends = [
        made({"steps": 20, "optimiser": name, "rate": 0.02}).losses[-1].total
        for name in ("lbfgs", "adam", "gd")
    ]
    assert ends[0] < min(ends[1:])


def test_artworks_count_by_their_weights() -> None:
    one, two = artwork(), artwork(2, (30, 60, 230))
    alone = made(artworks=[one])
    nearly = made({"art_weights": (1.0, 0.0)}, artworks=[one, two])
    turned = made({"art_weights": (3.0, 7.0)}, artworks=[two, one])
    mostly = made({"art_weights": (0.7, 0.3)}, artworks=[one, two])
    assert apart(alone, nearly) < 0.1
    assert apart(turned, mostly) < 0.1
    shares = [made({"art_weights": (w, 1 - w), "steps": 20}, artworks=[one, two]) for w in (0.9, 0.5, 0.1)]
    errors = [[gram_error(run, "relu2_1", art) for run in shares] for art in (one, two)]
    assert errors[0] == sorted(errors[0])
    assert errors[1] == sorted(errors[1], reverse=True)


def test_the_scale_of_the_artwork_is_the_size_of_its_strokes() -> None:
    once, twice = (_pixels.resized(ART, (64 * n, 48 * n)) for n in (1, 2))
    strokes = {"content_layers": (), "start": "content", "gamma": 0.0, "steps": 12}
    fine, broad = (made(strokes | {"art_scale": scale}) for scale in (1.0, 2.0))
    for layer in ("relu2_1", "relu3_1"):
        assert gram_error(fine, layer, once) < gram_error(fine, layer, twice)
        assert gram_error(broad, layer, twice) < gram_error(broad, layer, once)
    assert tv_by_hand("l1-mean", broad) < 0.9 * tv_by_hand("l1-mean", fine)


def _tints(picture: Any) -> Any:
    """R and B less the luminance, as YIQ keeps colours."""
    pixels = floats(picture)
    return pixels[..., ::2] - (pixels @ _pixels.LUMA)[..., None]


def test_luminance_alone_is_painted_where_colours_are_kept() -> None:
    taken, kept = (made({"keep_colours": how, "steps": 6}) for how in ("off", "luminance"))
    pixels = floats(kept)
    inside = (pixels.min(2) > 0) & (pixels.max(2) < 255)
    assert inside.mean() > 0.5
    assert np.abs(_tints(kept) - _tints(photo()))[inside].max() <= 1.5
    assert np.abs(_tints(taken) - _tints(photo())).mean() > 10
    light = pixels @ _pixels.LUMA - floats(photo()) @ _pixels.LUMA
    assert np.abs(light).mean() > 5


def test_a_matched_artwork_brings_the_photos_colours() -> None:
    taken, near = (made({"keep_colours": how, "steps": 8}) for how in ("off", "match"))
    flat, model, free = (floats(p).reshape(-1, 3) for p in (near, photo(), taken))
    assert np.abs(flat.mean(0) - model.mean(0)).max() < 8
    assert (
        np.abs(np.cov(flat.T) - np.cov(model.T)).max() < 0.5 * np.abs(np.cov(free.T) - np.cov(model.T)).max()
    )
    recoloured = _pixels.to_image(_pixels.matched(_pixels.to_pixels(ART), _pixels.to_pixels(photo())))
    assert gram_error(near, "relu2_1", recoloured) < gram_error(taken, "relu2_1", recoloured)


def test_a_mask_keeps_the_photo_by_its_grey() -> None:
    mask = np.zeros((48, 64, 3), np.uint8)
    mask[:, :20], mask[:, 20:40] = 255, 128
    run = made({"steps": 5}, protect=Image(mask))
    off = np.abs(floats(run) - floats(photo())).mean((0, 2))
    assert np.array_equal(run.image.pixels[:, :20], photo().pixels[:, :20])
    assert off[20:40].mean() < 0.75 * off[40:].mean()
    assert off[40:].mean() > 5
    everything = made({"steps": 3}, protect=Image(np.full((9, 12, 3), 255, np.uint8)))
    assert np.array_equal(everything.image.pixels, photo().pixels)


def test_strength_is_one_dial_from_the_photo_to_the_artwork() -> None:
    runs = [made({"steps": 24}, strength=strength) for strength in (0.0, 0.2, 0.5, 0.8)]
    away = [content_error(run) for run in runs]
    assert away[0] == 0
    assert away == sorted(away)
    assert len(set(away)) == len(away)
    style = [gram_error(run, "relu4_1", ART) for run in runs]
    assert style == sorted(style, reverse=True)
    most = made({"steps": 24}, strength=1.0)  # at 64 px there is little left to give up
    assert content_error(most) > 0.95 * away[-1]
    assert gram_error(most, "relu4_1", ART) < 1.05 * style[-1]


def test_scales_run_from_coarse_to_fine() -> None:
    run = made({"scales": 3, "steps": 8})
    assert [loss.scale_px for loss in run.losses] == [16, 16, 16, 32, 32, 32, 64, 64]
    assert [loss.step for loss in run.losses] == list(range(1, 9))
    assert (run.image.width, run.image.height) == (64, 48)
    assert apart(run, made({"steps": 8})) > 1


def test_a_larger_scale_begins_with_the_photos_own_detail() -> None:
    one_each: dict[str, Any] = {"scales": 2, "steps": 2}  # only the starts are evaluated: nothing changes yet
    plain = made({**one_each, "start": "content"})
    assert np.array_equal(plain.image.pixels, photo().pixels)
    rough = made({**one_each, "start": "noise", "noise": 0.5}).image.pixels.astype(float)
    fine = made({"steps": 1, "start": "noise", "noise": 0.5}).image.pixels.astype(float)
    assert np.abs(np.diff(rough, axis=1)).mean() < 0.7 * np.abs(np.diff(fine, axis=1)).mean()


def test_convolutions_agree_and_are_the_ones_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = _winograd.convolve

    def counted(source: _maps.Map, *rest: Any) -> None:
        calls.append(source.buffer.shape[2])
        real(source, *rest)

    monkeypatch.setattr(_winograd, "convolve", counted)
    slow = made({"convolution": "direct", "steps": 2})
    assert not calls
    fast = made({"convolution": "winograd", "steps": 2})
    assert min(calls) >= 64
    assert fast.losses[0].total == pytest.approx(slow.losses[0].total, rel=1e-5)
    assert apart(fast, slow) < 0.5


def test_threads_are_set_and_set_back() -> None:
    during: list[int] = []
    made({"threads": 2}, progress=lambda step: during.append(torch.get_num_threads()))
    assert set(during) == {2}
    assert torch.get_num_threads() == 1


def test_previews_come_as_often_as_asked() -> None:
    for every, shown in ((0, []), (2, [1, 2, 4, 5]), (5, [1, 5])):
        heard: list[int] = []

        def told(step: Any, heard: list[int] = heard) -> None:
            if step.preview is not None:
                heard.append(step.loss.step)

        made({"steps": 5, "preview_every": every}, progress=told)
        assert heard == shown


@pytest.mark.parametrize("layer", ["conv2_2", "relu2_2", "pool3", "relu3_3", "conv4_2"])
def test_any_layer_by_its_name(layer: str) -> None:
    run = made({"style_layers": (layer,), "content_layers": (), "gamma": 0.0, "start": "content", "steps": 6})
    plain = made({"steps": 1, "start": "content"})
    assert gram_error(run, layer, ART) < 0.7 * gram_error(plain, layer, ART)


def test_the_five_layers_of_the_artwork_all_come_near() -> None:
    """The default recipe carries palette and strokes: every layer's error falls."""
    begun, ended = made({"steps": 1, "start": "content"}), made({"steps": 12})
    for layer in FIVE:
        assert gram_error(ended, layer, artwork()) < 0.6 * gram_error(begun, layer, artwork())
