"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path | None:
    """The folder of photos, artworks and trouble files beside the checkout, where there is one."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("PBN_CORPUS", beside))
    return folder if folder.is_dir() else None
