"""Paint-by-numbers kits from a photo and an artwork.

The public names are loaded when they are first used, so that ``import pbn`` is light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pbn.core.values import Image, Kit
    from pbn.pipeline import make_kit
    from pbn.settings import KitSettings

__version__ = "0.1.0"
__all__ = ["Image", "Kit", "KitSettings", "__version__", "make_kit"]

_HOMES = {
    "Image": "pbn.core.values",
    "Kit": "pbn.core.values",
    "KitSettings": "pbn.settings",
    "make_kit": "pbn.pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
