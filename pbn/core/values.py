"""The values that travel from stage to stage.

All are frozen; those that hold arrays compare by identity. Each is checked once, where it is
made, and its arrays are read-only from then on, so that no stage checks again. Rasters are
[row, column]; geometry is (x, y) with pixel corners on integers, y downwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

Scalar = TypeVar("Scalar", bound=np.generic)

_F64 = np.dtype(np.float64)

OUTSIDE = -1
"""The region beyond the frame."""


def _frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    array.flags.writeable = False
    return array


def _require(condition: bool, what: str) -> None:  # noqa: FBT001 - an assertion that -O keeps
    if not condition:
        raise ValueError(what)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Image:
    """A picture: ``pixels`` (H, W, 3) uint8, sRGB, upright, never another colour space."""

    pixels: U8

    def __post_init__(self) -> None:
        p = self.pixels
        _require(
            p.dtype == np.uint8 and p.ndim == 3 and p.shape[2] == 3,
            f"pixels must be (H, W, 3) uint8, not {p.shape} {p.dtype}",
        )
        _require(p.shape[0] > 0 and p.shape[1] > 0, "a picture has at least one pixel")
        object.__setattr__(self, "pixels", _frozen(np.ascontiguousarray(p)))

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class Loss:
    """One step's terms as they enter the total; ``scale_px`` is the long side they were taken at."""

    step: int
    content: float
    style: float
    tv: float
    total: float
    scale_px: int


@dataclass(frozen=True, slots=True, eq=False)
class StylizedImage:
    """What an engine made of a photo: size in the engine's pixels, the content image's aspect."""

    image: Image
    engine: str
    seed: int
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Paint:
    """One paint: the ``number`` printed in its regions, its sRGB colour, a name where it has one."""

    number: int
    rgb: tuple[int, int, int]
    name: str = ""

    def __post_init__(self) -> None:
        _require(self.number >= 1, f"paints are numbered from 1, not {self.number}")
        _require(
            [0 <= c <= 255 for c in self.rgb] == [True] * 3,
            f"rgb must be three of 0..255, not {self.rgb}",
        )

    @property
    def hex(self) -> str:
        """The colour as ``#rrggbb``."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)


@dataclass(frozen=True, slots=True)
class Palette:
    """Paints numbered 1..n without gaps, light to dark. Paint *i* (from 0) has number *i* + 1."""

    paints: tuple[Paint, ...]

    def __post_init__(self) -> None:
        _require(len(self.paints) >= 1, "a palette has at least one paint")
        _require(
            [p.number for p in self.paints] == list(range(1, len(self.paints) + 1)),
            "paints must be numbered 1..n in order",
        )

    def __len__(self) -> int:
        return len(self.paints)

    @property
    def rgb(self) -> U8:
        """(n, 3) uint8."""
        return np.array([p.rgb for p in self.paints], np.uint8)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Whole parts of up to three paints, the mix's colour, and how far it is from the one wanted."""

    parts: tuple[tuple[str, int], ...]
    rgb: tuple[int, int, int]
    delta_e: float

    @property
    def text(self) -> str:
        """One line for people, most parts first."""
        return " + ".join(f"{n} {name}" for name, n in sorted(self.parts, key=lambda p: -p[1]))


@dataclass(frozen=True, slots=True)
class Mixing:
    """How a kit's paints are mixed: from which paints, and the recipe of each paint in its order.

    ``base`` are the paints to mix from, numbered in the order of their file; a recipe names them by
    their names. ``source`` says what they are and where their colours come from, in a sentence.
    """

    base: tuple[Paint, ...]
    recipes: tuple[Recipe, ...]
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class IndexedImage:
    """``index`` (H, W) uint8: the paint, counted from 0, of each pixel."""

    index: U8
    palette: Palette

    def __post_init__(self) -> None:
        _require(
            self.index.dtype == np.uint8 and self.index.ndim == 2 and self.index.size > 0,
            "index must be (H, W) uint8",
        )
        _require(int(self.index.max()) < len(self.palette), "every index must be in the palette")
        object.__setattr__(self, "index", _frozen(np.ascontiguousarray(self.index)))


@dataclass(frozen=True, slots=True, eq=False)
class RegionMap:
    """A partition of the picture: ``ids`` (H, W) int32 in 0..n-1, ``paint`` (n,) int32 from 0.

    Regions are 4-connected and neighbours differ in paint; `pbn.core.segment` makes it so.
    """

    ids: I32
    paint: I32
    palette: Palette

    def __post_init__(self) -> None:
        _require(
            self.ids.dtype == np.int32 and self.ids.ndim == 2 and self.ids.size > 0,
            "ids must be (H, W) int32",
        )
        _require(self.paint.dtype == np.int32 and self.paint.ndim == 1, "paint must be (n,) int32")
        _require(
            int(self.ids.min()) >= 0 and int(self.ids.max()) == len(self.paint) - 1,
            "ids must run from 0 to n - 1",
        )
        _require(
            int(self.paint.min()) >= 0 and int(self.paint.max()) < len(self.palette),
            "every paint must be in the palette",
        )
        object.__setattr__(self, "ids", _frozen(np.ascontiguousarray(self.ids)))
        object.__setattr__(self, "paint", _frozen(np.ascontiguousarray(self.paint)))

    def __len__(self) -> int:
        return len(self.paint)

    @property
    def area_px(self) -> NDArray[np.int64]:
        """(n,) pixels of each region."""
        return np.bincount(self.ids.ravel(), minlength=len(self.paint))


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """A border between two nodes (or a closed one): ``points`` (N, 2) float64 x, y.

    Walking along the points with y downwards, region ``left`` lies on the left hand and ``right``
    on the right; `OUTSIDE` is beyond the frame. In a graph of degree 1 the points are a
    polyline; in one of degree 3 they are N = 3 k + 1 control points of k cubic Beziers.
    """

    points: F64
    left: int
    right: int

    def __post_init__(self) -> None:
        points = self.points  # there are thousands of arcs
        if points.dtype != _F64 or points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
            raise ValueError("points must be (N >= 2, 2) float64")
        if not points.flags.c_contiguous:
            points = np.ascontiguousarray(points)
            object.__setattr__(self, "points", points)
        points.setflags(write=False)


Ring = tuple[int, ...]
"""Signed arc numbers, head to tail: ``a`` is arc a forwards, ``~a`` is arc a backwards."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ArcGraph:
    """Every border exactly once, and how regions are put together from them.

    ``rings[r]`` are region r's rings, the outer one first, then its holes. ``width`` and
    ``height`` are the picture's, in the same unit as the points.
    """

    arcs: tuple[Arc, ...]
    rings: tuple[tuple[Ring, ...], ...]
    width: float
    height: float
    degree: int = 1

    def __post_init__(self) -> None:
        _require(self.degree in (1, 3), f"degree must be 1 or 3, not {self.degree}")
        _require(
            all((len(a.points) - 1) % self.degree == 0 for a in self.arcs), "points do not fit the degree"
        )


@dataclass(frozen=True, slots=True)
class Label:
    """A printed number: ``text`` with the middle of its box at ``anchor_mm``, ``size_pt`` of type.

    ``clearance_mm`` is the radius of the free circle at the anchor. With ``leader_mm`` the number
    stands outside its region, and the lead line runs from there to the first point given, which is
    in the region.
    """

    region: int
    text: str
    anchor_mm: tuple[float, float]
    clearance_mm: float
    size_pt: float
    leader_mm: tuple[tuple[float, float], tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """Enough to draw every sheet again.

    ``graph`` is in millimetres of the painted picture, degree 3. ``settings`` is the plain table
    of every setting (`pbn.settings.KitSettings.table`), ``facts`` what the report says, ``mixing``
    the recipes of the paints, or None where the paints are the painter's own, ``logo`` the seller's.
    """

    photo: Image
    stylized: StylizedImage
    regions: RegionMap
    graph: ArcGraph
    labels: tuple[Label, ...]
    settings: Mapping[str, Any]
    facts: Mapping[str, Any]
    version: str
    mixing: Mixing | None = None
    logo: Image | None = None

    @property
    def palette(self) -> Palette:
        """The paints of the regions."""
        return self.regions.palette

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the painted picture."""
        return self.graph.width, self.graph.height
