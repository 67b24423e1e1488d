"""What the network sees in a photo, as one self-contained page: for teachers and the curious."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import torch
from numpy.typing import NDArray

from pbn.core.values import Image
from pbn.progress import Progress, Step, silent
from pbn.stylize import _losses, _page, _pixels
from pbn.stylize._layers import check, layers
from pbn.stylize._vgg import Encoder
from pbn.stylize._weights import load
from pbn.stylize.gatys import Gatys

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
_PATCHES = 9
_GRAM_PX = 256
_STOPS = np.array([(13, 8, 135), (126, 3, 168), (204, 71, 120), (248, 149, 64), (240, 249, 33)], np.float64)
"""Dark violet to yellow, after matplotlib's plasma: even in lightness, and told apart by the colour-blind."""

Floats = NDArray[np.float32]


def explain(
    photo: Image,
    others: Sequence[Image] = (),
    *,
    wanted: Sequence[str] = LAYERS,
    units: int = 4,
    long_side_px: int = 160,
    steps: int = 20,
    network: str = "vgg19",
    weights: str = "",
    weights_input: str = "auto",
    seed: int = 0,
    progress: Progress = silent,
) -> str:
    """A page (HTML) on what ``wanted`` layers make of ``photo``.

    For each layer: the maps of the ``units`` that are most excited, the nine patches of ``photo`` and
    ``others`` that excite each of them most, the Gram matrix as a heat map, and the picture made anew from
    noise, once from the layer's features and once from the Gram matrices up to it.

    Raises
    ------
    SettingsError, MissingWeightsError
        When a layer does not exist, or there are no weights.
    """
    check(network, tuple(wanted), "--layer")
    pictures = [_pixels.resized(p, _pixels.fitted(p.width, p.height, long_side_px)) for p in (photo, *others)]
    encoder = Encoder(load(network, weights, weights_input), wanted, winograd=False)
    seen = [_features(encoder, picture, wanted) for picture in pictures]
    made = {
        "network": network,
        "weights": weights,
        "weights_input": weights_input,
        "steps": steps,
        "preview_every": 0,
    }
    parts = [_introduction(pictures[0], network)]
    for done, layer in enumerate(wanted):
        progress(Step("explain", done / len(wanted), layer))
        maps = [each[layer] for each in seen]
        parts.append(f"<h2>{escape(layer)}</h2>")
        parts.append(_about(maps[0], layer, network))
        parts += [_unit(int(unit), layer, maps, pictures, network) for unit in strongest(maps[0], units)]
        parts.append(_made_anew(pictures[0], layer, made, seed) + _gram_figure(maps[0]))
    progress(Step("explain", 1.0, "written"))
    return _page.page("What the network sees", "\n".join(parts))


def _introduction(photo: Image, network: str) -> str:
    return (
        f"<p>{escape(network)} looks at this picture through layers of small filters. Early layers answer to "
        "colours and edges, later ones to strokes, textures and things. Style transfer keeps the answers of "
        "a late layer (content) and takes over how often filters answer together (style: the Gram "
        "matrix).</p>"
        + _page.figure(photo, "the picture", 320)
        + "<p>For each layer: where its most excited "
        "units answer in the picture, violet for not at all and yellow for most; beside each, the patches of "
        "the pictures given that excite it most, in per cent of the first. Below, the picture made anew from "
        "noise, once from all answers of the layer and once from its Gram matrices; and the Gram matrix, "
        "bright where two units answer at the same places.</p>"
    )


def _about(maps: Floats, layer: str, network: str) -> str:
    size, step, _ = field(layer, network)
    return (
        f"<p>{len(maps)} units, each {maps.shape[2]} x {maps.shape[1]}: one value every {step} px, "
        f"which looks at {size} x {size} px of the picture.</p>"
    )


def _features(encoder: Encoder, picture: Image, wanted: Sequence[str]) -> dict[str, Floats]:
    with torch.no_grad():
        found = encoder.features(_pixels.to_tensor(_pixels.to_pixels(picture), "cpu"), wanted)
    return {name: features[0].contiguous().numpy() for name, features in found.items()}


def strongest(maps: Floats, count: int) -> NDArray[np.int64]:
    """The units whose maps (D, h, w) have the largest mean, largest first; ties to the lowest."""
    order: NDArray[np.int64] = np.argsort(-maps.mean((1, 2)), kind="stable")[:count]
    return order


def field(layer: str, network: str) -> tuple[int, int, float]:
    """How many pixels a value of the layer looks at, how far apart values are, the middle of the first."""
    size, step, middle = 1, 1, 0.5
    for name in layers(network)[: layers(network).index(layer) + 1]:
        if name.startswith("conv"):
            size += 2 * step
        elif name.startswith("pool"):
            size, middle, step = size + step, middle + step / 2, 2 * step
    return size, step, middle


def places(maps: Sequence[Floats], unit: int, count: int, apart: int) -> list[tuple[int, int, int]]:
    """Where (picture, row, column) a unit is most excited, at least ``apart`` values from each other."""
    found: list[tuple[int, int, int]] = []
    left = [m[unit].astype(np.float64) for m in maps]
    while len(found) < count:
        best = max(range(len(left)), key=lambda i: (left[i].max(), -i))
        row, column = divmod(int(left[best].argmax()), left[best].shape[1])
        if not left[best][row, column] > 0:
            break
        found.append((best, row, column))
        left[best][
            max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1
        ] = -np.inf
    return found


def _unit(unit: int, layer: str, maps: Sequence[Floats], pictures: Sequence[Image], network: str) -> str:
    size, step, middle = field(layer, network)
    size = min(size, 96)
    figures = [_page.figure(heat(maps[0][unit]), f"unit {unit}", 200)]
    found = places(maps, unit, _PATCHES, max(1, size // (3 * step)))
    values = [float(maps[picture][unit][row, column]) for picture, row, column in found]
    for (picture, row, column), value in zip(found, values, strict=True):
        patch = _cut(pictures[picture], middle + row * step, middle + column * step, size)
        figures.append(_page.figure(patch, f"{100 * value / values[0]:.0f} %", 80))
    return f'<div class="small">{"".join(figures)}</div>'


def _cut(picture: Image, y: float, x: float, size: int) -> Image:
    """The square about (x, y), moved into the picture; smaller only where the picture is."""
    top, left = (
        max(0, min(round(middle - size / 2), length - size))
        for middle, length in ((y, picture.height), (x, picture.width))
    )
    return Image(picture.pixels[top : top + size, left : left + size].copy())


def heat(values: NDArray[np.floating]) -> Image:
    """Values (h, w) as colours, from the least (violet) to the greatest (yellow)."""
    low, high = float(values.min()), float(values.max())
    share = (values.astype(np.float64) - low) / max(high - low, 1e-30) * (len(_STOPS) - 1)
    at = share.astype(int).clip(0, len(_STOPS) - 2)
    colours = _STOPS[at] + (share - at)[..., None] * (_STOPS[at + 1] - _STOPS[at])
    return Image((colours + 0.5).astype(np.uint8))


def _gram_figure(maps: Floats) -> str:
    gram = _losses.gram(torch.from_numpy(maps[None])).numpy()
    order = strongest(maps, _GRAM_PX)
    shown = heat(np.log1p(gram[np.ix_(order, order)].clip(0)))
    return _page.figure(shown, f"Gram matrix of the {len(order)} most excited units, log scale", 256)


def _made_anew(photo: Image, layer: str, options: dict[str, object], seed: int) -> str:
    """The picture from noise: from its content at the layer, and from its style up to the layer."""
    known = (*LAYERS, layer) if layer not in LAYERS else LAYERS[: LAYERS.index(layer) + 1]
    ways = {
        f"from the features of {layer}": {"content_layers": (layer,), "style_layers": (), "gamma": 0.1},
        f"from the Gram matrices up to {layer}": {"content_layers": (), "style_layers": known, "gamma": 0.1},
    }
    side = max(photo.width, photo.height)
    figures = []
    for caption, way in ways.items():
        engine = Gatys(**{**options, **way, "start": "noise", "noise": 0.2})  # type: ignore[arg-type]
        made = engine.stylize(photo, [photo], long_side_px=side, strength=0.8, seed=seed, progress=silent)
        figures.append(_page.figure(made.image, caption, 256))
    return "".join(figures)
