"""One stylisation from pictures to picture: prepare, descend scale by scale, finish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from pbn import cache
from pbn.core.values import Image, Loss, StylizedImage
from pbn.progress import Progress, Step
from pbn.stylize import _machine, _objective, _optimise, _pixels
from pbn.stylize._descent import Journey, descend, packed, unpacked
from pbn.stylize._recipes import Recipe
from pbn.stylize._vgg import Encoder
from pbn.stylize._weights import Weights, load

if TYPE_CHECKING:
    from pbn.stylize.gatys import Gatys

STAGE = "unfinished"
"""The cache's stage that holds checkpoints."""

CHECKPOINT_EVERY = 10
"""Steps between checkpoints, against a crash; one is written at once when a run is stopped."""

_PURE = 0.5
"""From this strength on the style is the artwork's alone; below it is mixed with the photo's own."""

NOISY = ("noise", "content+noise")
"""Starts with chance in them."""

_COARSE_BEYOND = 512
"""Long sides beyond this begin at half size."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """All that decides the result."""

    engine: Gatys
    photo: Image
    artworks: tuple[Image, ...]
    long_side_px: int
    strength: float
    seed: int
    protect: Image | None
    start_image: Image | None

    def key(self, weights: Weights) -> str:
        """The name of this job's checkpoint."""
        return cache.key("gatys 2", self, weights.digest, torch.get_num_threads())


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Photo and artworks at one size, with colours as they are to be compared: (H, W, 3) in 0..1."""

    photo: _pixels.Pixels
    artworks: tuple[_pixels.Pixels, ...]
    keep: _pixels.Pixels | None


def run(job: Job, progress: Progress, checkpoints: cache.Cache | None) -> StylizedImage:
    """Do a job; at strength 0 that is the photo itself."""
    size = _pixels.fitted(job.photo.width, job.photo.height, job.long_side_px)
    plain = _pixels.resized(job.photo, size)
    if job.strength == 0:
        progress(Step("stylise", 1.0, f"strength 0, {job.long_side_px} px", plain))
        return StylizedImage(plain, "gatys", job.seed)
    with _machine.threads(job.engine.threads):
        session = _session(job, size, progress, checkpoints)
        picture = _walk(session)
    return StylizedImage(session.finished(picture), "gatys", job.seed, tuple(session.journey_losses))


@dataclass(slots=True)
class _Session:
    """A job under way: what stays the same, and the last moment that may be gone on from."""

    job: Job
    recipe: Recipe
    encoder: Encoder
    device: str
    scales: list[tuple[tuple[int, int], int]]
    progress: Progress
    checkpoints: cache.Cache | None
    key: str
    moment: Callable[[], bytes] | None = None
    journey_losses: list[Loss] = field(default_factory=list)

    def finished(self, picture: Tensor) -> Image:
        """The picture in 8 bits, with protection and kept colours."""
        pixels = _pixels.from_tensor(picture)
        size = pixels.shape[1], pixels.shape[0]
        keep = _mask(self.job, size)
        if self.job.engine.keep_colours == "luminance":
            colours = _pixels.to_pixels(_pixels.resized(self.job.photo, size))
            pixels = _pixels.recoloured(pixels.clip(0, 1), colours)
        if keep is not None:
            photo = _pixels.to_pixels(_pixels.resized(self.job.photo, size))
            pixels = pixels.clip(0, 1) + keep * (photo - pixels.clip(0, 1))
        return _pixels.to_image(pixels)

    def save(self) -> None:
        """Write a checkpoint of the last moment."""
        if self.checkpoints is not None and self.moment is not None:
            self.checkpoints.put(STAGE, self.key, self.moment())

    def close(self) -> None:
        """Forget the checkpoint: the job is done."""
        if self.checkpoints is not None:
            self.checkpoints.put(STAGE, self.key, b"")


def _session(
    job: Job, size: tuple[int, int], progress: Progress, checkpoints: cache.Cache | None
) -> _Session:
    engine, recipe = job.engine, job.engine.posed()
    device = _machine.chosen_device(engine.device)
    pixels = size[0] * size[1]
    _machine.check_memory(pixels, max(size), memory=recipe.memory, device=device)
    weights = load(recipe.network, engine.weights, engine.weights_input)
    winograd = _machine.use_winograd(engine.convolution, device, pixels, recipe.memory)
    wanted = {*recipe.content_layers, *recipe.style_layers}
    encoder = Encoder(weights, wanted, pooling=recipe.pooling, winograd=winograd, device=device)
    scales = _scales(size, engine.scales, recipe.steps)
    return _Session(job, recipe, encoder, device, scales, progress, checkpoints, job.key(weights))


def _scales(size: tuple[int, int], asked: int, steps: int) -> list[tuple[tuple[int, int], int]]:
    """Sizes from coarse to fine with their steps, which add up to ``steps``."""
    count = asked or (2 if max(size) > _COARSE_BEYOND else 1)
    count = min(count, steps)
    sizes = [(max(1, size[0] >> back), max(1, size[1] >> back)) for back in range(count - 1, -1, -1)]
    shares = [steps // count + (1 if i < steps % count else 0) for i in range(count)]
    return list(zip(sizes, shares, strict=True))


def _walk(session: _Session) -> Tensor:
    """Descend through the scales, from the checkpoint where there is one."""
    journey, state = _resumed(session)
    try:
        while True:
            size, _ = session.scales[journey.stage]
            optimiser = _optimiser(session.recipe, state)
            target = posed(session, size)
            until = sum(steps for _, steps in session.scales[: journey.stage + 1])
            descend(target, optimiser, journey, until, _teller(session, optimiser))
            session.journey_losses = journey.losses
            if journey.stage == len(session.scales) - 1:
                break
            journey, state = _enlarged(session, journey), None
    except BaseException:
        session.save()
        raise
    session.close()
    return journey.good


def _resumed(session: _Session) -> tuple[Journey, dict[str, Tensor] | None]:
    kept = session.checkpoints.get(STAGE, session.key) if session.checkpoints is not None else None
    if kept:
        return unpacked(kept, session.device)
    first = _started(session, 0)
    return Journey(first, first), None


def _started(session: _Session, stage: int) -> Tensor:
    size, _ = session.scales[stage]
    return _pixels.to_tensor(start(session.job, session.recipe, prepared(session.job, size)), session.device)


def _enlarged(session: _Session, journey: Journey) -> Journey:
    """Go on at the next size: its own start with the change so far, so that a photo's detail is not lost.

    From noise the picture itself is enlarged: one size's noise is not another's.
    """
    (width, height), _ = session.scales[journey.stage + 1]
    noisy = session.recipe.start in NOISY
    made = journey.good if noisy else journey.good - _started(session, journey.stage)
    larger = interpolate(made, (height, width), mode="bicubic", align_corners=False)
    if not noisy:
        larger = larger + _started(session, journey.stage + 1)
    return replace(journey, picture=larger, good=larger, stage=journey.stage + 1)


def _optimiser(recipe: Recipe, state: dict[str, Tensor] | None) -> _optimise.Optimiser:
    made = _optimise.make(
        recipe.optimiser, memory=recipe.memory, first_step=recipe.first_step, rate=recipe.rate
    )
    if state is not None:
        made.restore(state)
    return made


def _teller(session: _Session, optimiser: _optimise.Optimiser) -> Callable[[Journey, Loss], None]:
    """Keep the moment between two steps, then tell the listener, who may stop us."""
    work = [steps * size[0] * size[1] for size, steps in session.scales]
    steps = session.recipe.steps
    every = session.job.engine.preview_every

    def told(journey: Journey, loss: Loss) -> None:
        moment = replace(journey, losses=list(journey.losses)), optimiser.state()
        session.moment = lambda: packed(*moment)
        if journey.step % CHECKPOINT_EVERY == 0:
            session.save()
        before = sum(s for _, s in session.scales[: journey.stage])
        share = (journey.step - before) / session.scales[journey.stage][1]
        done = (sum(work[: journey.stage]) + share * work[journey.stage]) / sum(work)
        shown = every and (journey.step == 1 or journey.step % every == 0 or journey.step == steps)
        preview = session.finished(journey.good) if shown else None
        detail = f"step {journey.step} of {steps}, loss {loss.total:.3g}, {loss.scale_px} px"
        session.progress(Step("stylise", min(1.0, done), detail, preview, loss))

    return told


def prepared(job: Job, size: tuple[int, int]) -> Pictures:
    """The pictures at one size (w, h), their colours treated as ``keep_colours`` says."""
    photo = _pixels.to_pixels(_pixels.resized(job.photo, size))
    count = size[0] * size[1] * job.engine.art_scale**2
    artworks = [_pixels.to_pixels(_pixels.resized(a, _area(a, count))) for a in job.artworks]
    if job.engine.keep_colours == "match":
        artworks = [_pixels.matched(a, photo).clip(0, 1) for a in artworks]
    if job.engine.keep_colours == "luminance":
        photo = _pixels.luminance(photo)
        artworks = [_as_light(_pixels.luminance(a), photo) for a in artworks]
    return Pictures(photo, tuple(artworks), _mask(job, size))


def _area(image: Image, pixels: float) -> tuple[int, int]:
    scale = (pixels / (image.width * image.height)) ** 0.5
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _as_light(greys: _pixels.Pixels, model: _pixels.Pixels) -> _pixels.Pixels:
    """Greys with the mean and deviation of the model's: Gatys et al. (2016), section 5.1."""
    result: _pixels.Pixels = (greys - greys.mean()) * (
        model.std() / max(float(greys.std()), 1 / 255)
    ) + model.mean()
    return result.clip(0, 1)


def _mask(job: Job, size: tuple[int, int]) -> _pixels.Pixels | None:
    if job.protect is None:
        return None
    return _pixels.luminance(_pixels.to_pixels(_pixels.resized(job.protect, size)))[..., :1]


def purity(strength: float) -> float:
    """How much of the style is the artwork's and not the photo's own."""
    return min(1.0, strength / _PURE)


def start(job: Job, recipe: Recipe, pictures: Pictures) -> _pixels.Pixels:
    """The picture to begin with."""
    photo = pictures.photo
    size = photo.shape[1], photo.shape[0]
    if recipe.start == "image" and job.start_image is not None:
        return _pixels.to_pixels(_pixels.resized(job.start_image, size))
    if recipe.start == "matched":
        shares = zip(_art_shares(job), pictures.artworks, strict=True)
        like = sum((share * _pixels.matched(photo, a) for share, a in shares), np.zeros_like(photo))
        return photo + purity(job.strength) * (like.clip(0, 1) - photo)
    if recipe.start == "content":
        return photo
    rng = np.random.default_rng([job.seed, *b"stylise"])
    noise = rng.uniform(-recipe.noise, recipe.noise, photo.shape)
    return ((photo if recipe.start == "content+noise" else 0.5) + noise).clip(0, 1)


def _art_shares(job: Job) -> list[float]:
    weights = job.engine.art_weights or (1.0,) * len(job.artworks)
    return [weight / sum(weights) for weight in weights]


def posed(session: _Session, size: tuple[int, int]) -> _objective.Objective:
    """The loss at one size."""
    job, recipe, encoder = session.job, session.recipe, session.encoder
    pictures = prepared(job, size)
    photo = _pixels.to_tensor(pictures.photo, session.device)
    pure = purity(job.strength)
    mixed = [
        (pure * share, _pixels.to_tensor(a, session.device))
        for share, a in zip(_art_shares(job), pictures.artworks, strict=True)
    ]
    if pure < 1:
        mixed.append((1 - pure, photo))
    style = _objective.style_targets(encoder, mixed, recipe)
    content = _objective.content_targets(encoder, photo, recipe)
    shield = None
    if pictures.keep is not None:
        keep = torch.from_numpy(pictures.keep.transpose(2, 0, 1)[None].astype(np.float32)).to(session.device)
        shield = _objective.Shield(photo, keep)
    return _objective.Objective(encoder, recipe, recipe.alpha_at(job.strength), content, style, shield)
