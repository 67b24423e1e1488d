"""Style transfer beside the pastiche package: ``python tests/benchmarks/style.py [--sizes 256,384]``.

Prints one table: seconds of one loss and gradient with pastiche's own layers and weights, how far its loss
and ours differ, peak memory of each process, and the classic objective after equal evaluations. Every
number is taken in this run, on this machine, with --threads threads each; pastiche runs as it is, in a
process of its own. Needs two pictures: --photo and --art.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

_COMMON = """
import json, resource, sys, time
import numpy as np, torch
from PIL import Image, ImageOps
photo, art, size, threads, tries = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
torch.set_num_threads(threads)
def best(evaluate):
    evaluate()
    taken = []
    for _ in range(tries):
        start = time.perf_counter(); evaluate(); taken.append(time.perf_counter() - start)
    return min(taken)
def tell(**facts):
    print(json.dumps(facts | {"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""

_PASTICHE = (
    _COMMON
    + """
from pastiche.pastiche import PasticheArtist
start = time.perf_counter()
artist = PasticheArtist(photo, [art], size=size, device="cpu")
ready = time.perf_counter() - start
def evaluate():
    artist.pastiche.grad = None
    loss = artist._calc_loss(); loss.backward()
    return float(loss)
seconds = best(evaluate)
first = evaluate()
np.save(sys.argv[6], artist.pastiche.grad.flip(1).numpy() * 255)
for _ in range(20): artist.draw()
tell(seconds=seconds, loss=first, after=artist._calc_loss().item(), ready=ready)
"""
)

_OURS = (
    _COMMON
    + """
from pbn.core.values import Image as Picture
from pbn.progress import silent
from pbn.stylize import _objective, _pixels, _recipes, _vgg, _weights
from pbn.stylize.gatys import Gatys
convolution = sys.argv[7]
def bilinear(path, wide=None, pixels=None):
    im = Image.open(path).convert("RGB"); w, h = im.size
    if wide: w, h = (wide, round(wide / w * h)) if w > h else (round(wide / h * w), wide)
    else: h2 = round((pixels * h / w) ** .5); w, h = round(w / h * h2), h2
    return Picture(np.array(im.resize((w, h), Image.BILINEAR)))
content = bilinear(photo, size)
style = bilinear(art, pixels=content.width * content.height)
start = time.perf_counter(); weights = _weights.vgg19(); ready = time.perf_counter() - start
recipe = _recipes.RECIPES["classic"]
wanted = *recipe.content_layers, *recipe.style_layers
encoder = _vgg.Encoder(weights, wanted, winograd=convolution == "winograd")
x, a = (_pixels.to_tensor(_pixels.to_pixels(p), "cpu") for p in (content, style))
targets = _objective.content_targets(encoder, x, recipe), _objective.style_targets(encoder, [(1, a)], recipe)
objective = _objective.Objective(encoder, recipe, recipe.alpha, *targets)
seconds = best(lambda: objective(x))
terms, gradient = objective(x)
np.save(sys.argv[6], gradient.numpy())
after = {}
for begin in ("content", "matched"):
    made = Gatys(recipe="classic", start=begin, steps=22, convolution=convolution, art_scale=1.0).stylize(
        content, [style], long_side_px=size, strength=0.8, seed=0, progress=silent)
    after[begin] = [loss.total for loss in made.losses]
tell(seconds=seconds, loss=terms.total, after=after["content"][-1], matched=after["matched"], ready=ready)
"""
)


def _run(code: str, arguments: list[str], threads: int) -> dict[str, Any]:
    held = os.environ | {
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments], env=held, stdout=subprocess.PIPE, check=True
    )
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def _row(options: argparse.Namespace, size: int, folder: Path) -> str:
    import numpy as np

    common = [options.photo, options.art, str(size), str(options.threads), str(options.tries)]
    theirs = _run(_PASTICHE, [*common, str(folder / "theirs.npy")], options.threads)
    ours = {
        way: _run(_OURS, [*common, str(folder / f"{way}.npy"), way], options.threads)
        for way in ("winograd", "direct")
    }
    fast = ours["winograd"]
    slope = np.load(folder / "theirs.npy")
    off = float(np.linalg.norm(np.load(folder / "winograd.npy") - slope) / np.linalg.norm(slope))
    reached = next((n for n, total in enumerate(fast["matched"], 1) if total <= theirs["after"]), None)
    slow = ours["direct"]
    cells = [
        size,
        f"{theirs['seconds']:.2f}",
        f"{fast['seconds']:.2f} ({theirs['seconds'] / fast['seconds']:.2f}x)",
        f"{slow['seconds']:.2f} ({theirs['seconds'] / slow['seconds']:.2f}x)",
        f"{abs(fast['loss'] / theirs['loss'] - 1):.1e}",
        f"{off:.1e}",
        *(each["mb"] for each in (theirs, fast, slow)),
        f"{theirs['after']:.4g}",
        f"{fast['after']:.4g}",
        reached or "> 22",
        f"{theirs['ready']:.2f} / {fast['ready']:.2f}",
    ]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Print the table as Markdown."""
    from tempfile import TemporaryDirectory

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photo", required=True)
    parser.add_argument("--art", required=True)
    parser.add_argument("--sizes", default="256,384")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tries", type=int, default=5)
    options = parser.parse_args()
    write = sys.stdout.write
    write(
        "| long side | pastiche, s | ours, Winograd | ours, direct | loss off | gradient off | MB pastiche "
        "| MB Winograd | MB direct | pastiche's loss after 22 | ours from the photo "
        "| evaluations to it, matched "
        "| weights ready, s |\n" + "|---" * 13 + "|\n"
    )
    with TemporaryDirectory() as folder:
        for size in options.sizes.split(","):
            write(_row(options, int(size), Path(folder)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
