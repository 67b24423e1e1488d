"""``python -m samples.paint [FOLDER] [NAME ...]``: paint the artworks, all of them or those named."""

from __future__ import annotations

import sys
from pathlib import Path

from samples.paint import ARTWORKS, jpeg


def main(arguments: list[str]) -> int:
    """Write the artworks to a folder, ``samples/artworks`` unless told."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parents[1] / "artworks"
    names = arguments[1:] or sorted(ARTWORKS)
    unknown = sorted(set(names) - set(ARTWORKS))
    if unknown:
        sys.stderr.write(
            f"no artwork is called {', '.join(unknown)}; there are {', '.join(sorted(ARTWORKS))}\n"
        )
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = folder / f"{name}.jpg"
        path.write_bytes(jpeg(name))
        sys.stdout.write(f"{path}  {path.stat().st_size // 1024} KiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
