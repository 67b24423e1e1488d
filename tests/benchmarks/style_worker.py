"""What is measured inside one process: pastiche or ours, a task at a time; `style.py` starts it.

    python tests/benchmarks/style_worker.py TASK JSON

Prints one line of JSON. Each task runs in a process of its own, so that memory and start-up are its own too.
"""

from __future__ import annotations

import functools
import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as Pillow

Facts = dict[str, Any]


def peak_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << (20 if sys.platform == "darwin" else 10)
    )


def least(evaluate: Callable[[], object], tries: int) -> tuple[float, float]:
    """The shortest time of several, wall and CPU; the first, which warms up, is not counted."""
    evaluate()
    wall, cpu = [], []
    for _ in range(tries):
        begun = time.perf_counter(), time.process_time()
        evaluate()
        wall.append(time.perf_counter() - begun[0])
        cpu.append(time.process_time() - begun[1])
    return min(wall), min(cpu)


def once(make: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What is made, and its seconds by either clock."""
    begun = time.perf_counter(), time.process_time()
    made = make()
    return made, {"wall": time.perf_counter() - begun[0], "cpu": time.process_time() - begun[1]}


def pastiche_step(photo: str, art: str, size: int, tries: int, out: str) -> Facts:
    """One loss and gradient of pastiche as it is, then 20 of its steps for the memory."""
    from pastiche import pastiche

    ready: dict[str, float] = {}
    read = pastiche.VGG19.from_quantized_bin

    def timed(*given: Any, **named: Any) -> Any:
        network, seconds = once(lambda: read(*given, **named))
        ready.update(seconds)
        return network

    pastiche.VGG19.from_quantized_bin = timed
    artist = pastiche.PasticheArtist(photo, [art], size=size, device="cpu")

    def evaluate() -> float:
        artist.pastiche.grad = None
        loss = artist._calc_loss()
        loss.backward()
        return float(loss)

    wall, cpu = least(evaluate, tries)
    loss = evaluate()
    np.save(out, artist.pastiche.grad.flip(1).numpy() * 255)  # it has BGR in 0..255, we RGB in 0..1
    for _ in range(20):
        artist.draw()
    return {"wall": wall, "cpu": cpu, "loss": loss, "ready": ready}


def _as_pastiche(path: str, size: int | None = None, pixels: int | None = None) -> Any:
    """A picture as pastiche reads and shrinks it."""
    from pbn.core.values import Image

    picture = Pillow.open(path).convert("RGB")
    width, height = picture.size
    if size is not None:
        wide = width > height
        width, height = (size, round(size / width * height)) if wide else (round(size / height * width), size)
    elif pixels is not None:
        lower = round((pixels * height / width) ** 0.5)
        width, height = round(width / height * lower), lower
    return Image(np.array(picture.resize((width, height), Pillow.Resampling.BILINEAR)))


def our_step(photo: str, art: str, size: int, tries: int, out: str, convolution: str) -> Facts:
    """The same of ours, on the same pixels."""
    from pbn.stylize import _objective, _optimise, _pixels, _recipes, _vgg, _weights

    content = _as_pastiche(photo, size)
    style = _as_pastiche(art, pixels=content.width * content.height)
    recipe = _recipes.RECIPES["classic"]
    wanted = *recipe.content_layers, *recipe.style_layers

    def encoder() -> _vgg.Encoder:
        return _vgg.Encoder(_weights.vgg19(), wanted, winograd=convolution == "winograd")

    network, ready = once(encoder)
    x, a = (_pixels.to_tensor(_pixels.to_pixels(picture), "cpu") for picture in (content, style))
    targets = _objective.style_targets(network, [(1, a)], recipe)
    objective = _objective.Objective(
        network, recipe, recipe.alpha, _objective.content_targets(network, x, recipe), targets
    )
    wall, cpu = least(lambda: objective(x), tries)
    terms, gradient = objective(x)
    np.save(out, gradient.numpy())
    descent = _optimise.make("lbfgs", memory=recipe.memory, first_step=recipe.first_step, rate=1)
    for _ in range(20):
        x = descent.next(x, objective(x)[1])
    return {"wall": wall, "cpu": cpu, "loss": terms.total, "ready": ready}


def pastiche_descent(pairs: list[tuple[str, str]], size: int, evaluations: int) -> Facts:
    """Its loss at each evaluation, from the photo by L-BFGS, as it is by default."""
    from pastiche import pastiche

    # the same network for every pair: reading it takes seconds, which is measured elsewhere
    pastiche.VGG19.from_quantized_bin = functools.cache(pastiche.VGG19.from_quantized_bin)
    found = []
    for photo, art in pairs:
        artist, losses = pastiche.PasticheArtist(photo, [art], size=size, device="cpu"), []
        for _ in range(evaluations):
            artist.draw()
            losses.append(artist.loss)
        found.append(losses)
    return {"losses": found}


def our_descent(
    pairs: list[tuple[str, str]], size: int, ways: dict[str, dict[str, Any]], convolution: str = "auto"
) -> Facts:
    """Ours, classic, in several ways; and how far the artwork's colours are from the photo's.

    Of each evaluation: what all of them up to it cost, one of the whole size being 1 and a coarser one
    its share of the pixels; its loss; and whether it was of the whole size.
    """
    from pbn.progress import silent
    from pbn.stylize import _pixels
    from pbn.stylize.gatys import Gatys

    torch_mb, pixels_in = peak_mb(), 0
    found: dict[str, list[list[tuple[float, float, bool]]]] = {way: [] for way in ways}
    apart = []
    for photo, art in pairs:
        content = _as_pastiche(photo, size)
        style = _as_pastiche(art, pixels=content.width * content.height)
        for way, options in ways.items():
            engine = Gatys(recipe="classic", convolution=convolution, preview_every=0, **options)  # type: ignore[arg-type]
            made = engine.stylize(content, [style], long_side_px=size, strength=0.8, seed=0, progress=silent)
            costs = np.cumsum([(loss.scale_px / size) ** 2 for loss in made.losses])
            found[way].append(
                [
                    (float(cost), loss.total, loss.scale_px == size)
                    for cost, loss in zip(costs, made.losses, strict=True)
                ]
            )
        pixels, model = _pixels.to_pixels(content), _pixels.to_pixels(style)
        apart.append(float(np.abs(_pixels.matched(pixels, model) - pixels).mean() * 255))
        pixels_in = content.width * content.height
    return {"descents": found, "apart": apart, "torch_mb": torch_mb, "pixels": pixels_in}


def sizes(pairs: list[tuple[str, str]], longs: list[int]) -> Facts:
    """The default's loss at the end, at several sizes."""
    from pbn.files import read_picture
    from pbn.progress import silent
    from pbn.stylize.gatys import Gatys

    found = []
    for photo, art in pairs:
        content, style = read_picture(Path(photo)), read_picture(Path(art))
        made = (
            Gatys(preview_every=0).stylize(
                content, [style], long_side_px=long, strength=0.8, seed=0, progress=silent
            )
            for long in longs
        )
        found.append([each.losses[-1].total for each in made])
    return {"losses": found}


def cancel(photo: str, art: str, size: int) -> Facts:
    """Seconds from asking to stop, in the middle of a step, to having stopped; and a step's seconds."""
    from pbn.errors import Cancelled
    from pbn.files import read_picture
    from pbn.progress import Step
    from pbn.stylize.gatys import Gatys

    content, style = read_picture(Path(photo)), read_picture(Path(art))
    asked = threading.Event()
    times: list[float] = []

    def told(step: Step) -> None:
        times.append(time.perf_counter())
        if asked.is_set():
            raise Cancelled
        if len(times) == 6:
            threading.Timer(0.3 * (times[-1] - times[-2]), ask).start()

    asked_at: list[float] = []

    def ask() -> None:
        asked_at.append(time.perf_counter())
        asked.set()

    try:
        Gatys(preview_every=0).stylize(
            content, [style], long_side_px=size, strength=0.8, seed=0, progress=told
        )
    except Cancelled:
        stopped = time.perf_counter()
    return {"step": float(np.median(np.diff(times))), "stopped": stopped - asked_at[0]}


TASKS: dict[str, Callable[..., Facts]] = {
    task.__name__: task for task in (pastiche_step, our_step, pastiche_descent, our_descent, sizes, cancel)
}

if __name__ == "__main__":
    given = json.loads(sys.argv[2])
    torch.set_num_threads(given.pop("threads"))
    sys.stdout.write(json.dumps(TASKS[sys.argv[1]](**given) | {"mb": peak_mb()}) + "\n")
