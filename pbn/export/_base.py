"""What an exporter is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pbn.core.sheet import Sheet


class Exporter(Protocol):
    """A frozen dataclass whose fields are the format's options."""

    def render(self, sheets: Sequence[Sheet], *, title: str) -> bytes:
        """The finished file. The same sheets and options give the same bytes.

        Raises `pbn.errors.ExportError` when the format cannot hold so many sheets.
        """
        ...
