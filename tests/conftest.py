"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

# A shell starts what runs in the background deaf to Ctrl-C, and programs pass that on; tests must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def corpus() -> Path | None:
    """The folder of photos, artworks and trouble files beside the checkout, where there is one."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("PBN_CORPUS", beside))
    return folder if folder.is_dir() else None


@pytest.fixture
def vgg19_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread for torch, and the real weights read once for all tests of a process."""
    import torch

    from pbn.stylize import _session
    from tests.helpers import styling

    monkeypatch.setattr(_session, "load", styling.load_once)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
