"""What the engine's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from pbn.stylize import _session
from tests.helpers import styling


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread, and the real weights read once for all tests."""
    monkeypatch.setattr(_session, "load", styling.load_once)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
