"""Self-contained pages: pictures as data, style and script inline, nothing fetched."""

from __future__ import annotations

import base64
import io
from html import escape

from PIL import Image as Pillow

from pbn.core.values import Image

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
img { max-width: 100%; image-rendering: auto; }
figure { display: inline-block; margin: 0 .5rem .75rem 0; vertical-align: top; }
figcaption { font-size: .8rem; }
.small img { image-rendering: pixelated; }
.row { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
.row > * { flex: 1 1 20rem; min-width: 0; }
button, input { font: inherit; }
input[type=range] { width: 100%; }
svg { max-width: 100%; height: auto; background: #fff; }
"""


def png(image: Image) -> bytes:
    """The picture as a PNG file, without any metadata."""
    out = io.BytesIO()
    Pillow.fromarray(image.pixels).save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def uri(image: Image) -> str:
    """The picture as a data address."""
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()


def figure(image: Image, caption: str, width: int | None = None) -> str:
    """A picture with its caption, shown ``width`` CSS pixels wide."""
    wide = f' width="{width}"' if width else ""
    text = escape(caption)
    return f'<figure><img src="{uri(image)}" alt="{text}"{wide}><figcaption>{text}</figcaption></figure>'


def page(title: str, body: str, script: str = "") -> str:
    """A whole page; ``body`` and ``script`` are inserted as they are."""
    scripted = f"<script>{script}</script>\n" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{body}\n{scripted}</body>\n</html>\n"
    )
