"""Readers of weight files: torchvision's state dict, Keras .h5, ONNX, .npz; and the one download.

None of them runs what it reads: state dicts are loaded with ``weights_only=True``, the others
hold numbers alone.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import numpy as np
import torch
from numpy.typing import NDArray

from pbn.errors import MissingWeightsError
from pbn.outputs import write_atomic
from pbn.progress import Progress, Step
from pbn.stylize import _onnx

KNOWN = {"88682ab5": "rgb255", "397923af": "torchvision", "dcbb9e9d": "torchvision"}
"""What the official files were trained on, by the first digits of their sha256."""

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Kernels (out, in, 3, 3) and biases, first to last; what they were trained on, where known."""

    convolutions: list[_onnx.Kernel]
    source: str | None
    digest: str


def read_file(path: Path) -> Found:
    """Read a file of weights, by its suffix: .pth and .pt, .h5, .onnx, .npz.

    Raises
    ------
    MissingWeightsError
        When it is absent, unknown or broken.
    """
    readers = {
        ".pth": _state_dict,
        ".pt": _state_dict,
        ".onnx": _onnx.convolutions,
        ".h5": _keras,
        ".hdf5": _keras,
    }
    suffix = path.suffix.lower()
    if suffix not in (*readers, ".npz"):
        raise MissingWeightsError(
            f"Weights cannot be read from {path.name!r}. Use a .pth, .h5, .onnx or .npz file."
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MissingWeightsError(
            f"The weights {path} cannot be read: {error.strerror}. Give a file that can."
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    if suffix == ".npz":
        return _npz(content, digest, path)
    try:
        kernels = readers[suffix](content)
    except (UnpicklingError, RuntimeError, zipfile.BadZipFile, EOFError, OSError, KeyError) as error:
        reason = str(error).partition("\n")[0]
        raise MissingWeightsError(
            f"The weights {path} are not a whole {suffix} file ({reason}). Fetch them again."
        ) from None
    source = "caffe" if suffix in (".h5", ".hdf5") else KNOWN.get(digest[:8])
    return Found(kernels, source, digest)


def _state_dict(content: bytes) -> list[_onnx.Kernel]:
    table = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    numbers = sorted(int(m[1]) for key in table if (m := re.fullmatch(r"features\.(\d+)\.weight", key)))
    return [
        (_floats(table[f"features.{n}.weight"].numpy()), _floats(table[f"features.{n}.bias"].numpy()))
        for n in numbers
    ]


def _keras(content: bytes) -> list[_onnx.Kernel]:
    try:
        import h5py  # an extra
    except ImportError:
        raise MissingWeightsError(
            "Keras .h5 weights are read with h5py, which is not installed. "
            "Install it: pip install 'pbn-kit[keras]'."
        ) from None
    found: dict[str, dict[int, NDArray[np.float32]]] = {}

    def look(name: str, node: Any) -> None:
        layer = re.search(r"block\d_conv\d", name)
        if layer and isinstance(node, h5py.Dataset):
            found.setdefault(layer[0], {})[node.ndim] = _floats(node[()])

    with h5py.File(io.BytesIO(content), "r") as file:
        file.visititems(look)
    return [
        (np.ascontiguousarray(found[name][4].transpose(3, 2, 0, 1)), found[name][1]) for name in sorted(found)
    ]


def _npz(content: bytes, digest: str, path: Path) -> Found:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as table:
            names = sorted(key[: -len(".weight")] for key in table if re.fullmatch(r"conv\d_\d\.weight", key))
            kernels = [(_floats(table[f"{n}.weight"]), _floats(table[f"{n}.bias"])) for n in names]
            source = str(table["input"]) if "input" in table else None
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MissingWeightsError(
            f"The weights {path} are not a .npz with conv1_1.weight, conv1_1.bias and so on ({error}). "
            "Give another file."
        ) from None
    return Found(kernels, source, digest)


def _floats(array: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, np.float32)


def write_npz(path: Path, names: tuple[str, ...], kernels: list[_onnx.Kernel], source: str) -> None:
    """Write convolutions so that `read_file` knows them again, with their input."""
    table = {f"{name}.weight": kernel for name, (kernel, _) in zip(names, kernels, strict=True)}
    table |= {f"{name}.bias": bias for name, (_, bias) in zip(names, kernels, strict=True)}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, input=np.array(source), **table)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, out.getvalue())


def official_url(network: str) -> str:
    """Where torchvision's official weights are; for VGG-16 those of Simonyan and Zisserman themselves.

    Raises
    ------
    MissingWeightsError
        When there are none for this network, or torchvision does not work here.
    """
    if network != "vgg16":
        raise MissingWeightsError(f"There is nothing to fetch for {network!r}. Use: pbn weights get vgg16.")
    try:
        from torchvision.models import VGG16_Weights
    except (ImportError, RuntimeError) as error:
        raise MissingWeightsError(
            f"torchvision does not work beside this torch ({error}). Give --weights FILE."
        ) from None
    return str(VGG16_Weights.IMAGENET1K_FEATURES.url)


def download(url: str, progress: Progress) -> bytes:
    """The file at ``url``, its hash checked against the digits in its name (``name-88682ab5.pth``).

    Raises
    ------
    MissingWeightsError
        When it cannot be had or is not the right one.
    """
    parts: list[bytes] = []
    try:
        with urlopen(url, timeout=60) as response:  # the caller's or torchvision's address
            total = int(response.headers.get("Content-Length") or 0)
            while part := response.read(_MEGABYTE):
                parts.append(part)
                progress(
                    Step(
                        "fetch",
                        min(1.0, len(parts) * _MEGABYTE / total) if total else 0.0,
                        f"{len(parts)} MB",
                    )
                )
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(error, HTTPError):
            error.close()
        raise MissingWeightsError(
            f"The weights cannot be fetched from {url} ({reason}). "
            "Try again with a network, or give a file: --weights FILE."
        ) from None
    content = b"".join(parts)
    digits = re.search(r"-([0-9a-f]{8,})\.", url)
    if digits is None or not hashlib.sha256(content).hexdigest().startswith(digits[1]):
        raise MissingWeightsError(f"What came from {url} is not the file it should be. Fetch it again.")
    return content
