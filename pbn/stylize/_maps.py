"""One layer's values in memory, framed so that tiles can be cut without copies; and its poolings.

Values lie channels last. A frame of zeros, one wide and up to a multiple of the tile, stands around a
framed map: a convolution then needs no padded copy, and as zeros add nothing to a Gram matrix, the
whole buffer may be multiplied as it lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pbn.stylize import _losses

TILE = 4
"""The side of the tiles that `pbn.stylize._winograd` makes at a time."""

TIE = 1e-6
"""A value wins a pooling by more than this share of the map's largest ones over an earlier one.

Where a picture is flat all four are equal, and the first one wins; without this, rounding would decide, and
the gradient of an enlarged photo be off by 2.5e-2 (`pbn.stylize._winograd`).
"""


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Values (height, width, channels) within ``buffer`` (rows, columns, channels)."""

    buffer: Tensor
    height: int
    width: int
    framed: bool

    @property
    def inner(self) -> Tensor:
        """The values alone, (height, width, channels)."""
        return self.buffer[1 : self.height + 1, 1 : self.width + 1] if self.framed else self.buffer

    @property
    def picture(self) -> Tensor:
        """The values as torch has them, (1, channels, height, width)."""
        return self.inner.permute(2, 0, 1)[None]

    @property
    def tiles(self) -> Tensor:
        """A framed map in whole tiles, (tile rows, 4, tile columns, 4, channels)."""
        within = self.buffer[1:-1, 1:-1]
        rows, cols, channels = within.shape
        line, step, _ = within.stride()
        return within.as_strided(
            (rows // TILE, TILE, cols // TILE, TILE, channels),
            (TILE * line, line, TILE * step, step, 1),
        )

    @property
    def flat(self) -> Tensor:
        """All of the buffer, frame included, (positions, channels)."""
        return self.buffer.view(-1, self.buffer.shape[2])

    def edges(self, rim: int) -> tuple[Tensor, ...]:
        """The positions less than ``rim`` from the picture's edge: four parts of `inner` that share none.

        There are none in a map so small that they would be most of it.
        """
        if not rim or min(self.height, self.width) <= 4 * rim:
            return ()
        whole, middle = self.inner, self.inner[rim:-rim]
        return whole[:rim], whole[-rim:], middle[:, :rim], middle[:, -rim:]

    def positions(self, rim: int) -> int:
        """How many positions are left without `edges`."""
        return self.height * self.width - sum(edge.shape[0] * edge.shape[1] for edge in self.edges(rim))

    def gram(self, rim: int = 0) -> Tensor:
        """The Gram matrix (D, D) of all but `edges`; see `pbn.stylize._losses.gram`."""
        count = self.positions(rim)
        whole = _losses.gram_of(self.flat, count)
        if edges := self.edges(rim):
            whole -= _losses.gram_of(torch.cat([edge.flatten(0, 1) for edge in edges]), count)
        return whole

    def clear(self) -> None:
        """Set what is not a value to zero."""
        if self.framed:
            self.buffer[0].zero_()
            self.buffer[self.height + 1 :].zero_()
            self.buffer[:, 0].zero_()
            self.buffer[:, self.width + 1 :].zero_()


def shape(height: int, width: int, channels: int, *, framed: bool) -> tuple[int, int, int]:
    """The shape of a map's buffer."""
    if not framed:
        return height, width, channels
    return TILE * -(-height // TILE) + 2, TILE * -(-width // TILE) + 2, channels


def mapped(storage: Tensor, height: int, width: int, channels: int, *, framed: bool) -> Map:
    """A map at the beginning of ``storage`` (n,), its frame cleared and its values as they are."""
    rows, cols, _ = shape(height, width, channels, framed=framed)
    made = Map(
        storage[: rows * cols * channels].view(rows, cols, channels),
        height,
        width,
        framed,
    )
    made.clear()
    return made


def new(height: int, width: int, channels: int, *, framed: bool, device: str) -> Map:
    """A map in memory of its own."""
    size = shape(height, width, channels, framed=framed)
    return mapped(
        torch.empty(size[0] * size[1] * size[2], device=device), height, width, channels, framed=framed
    )


@dataclass(frozen=True, slots=True, eq=False)
class Winners:
    """Which of each two by two values was the greatest; the first one of equals, up to `TIE`.

    ``right`` (2 h, w, C) is where the right one of a pair won, ``lower`` (h, w, C) where the lower pair did.
    """

    right: Tensor
    lower: Tensor


def _halves(source: Map, rows: int, cols: int) -> tuple[Tensor, Tensor]:
    whole = source.inner[: 2 * rows, : 2 * cols]
    return whole[:, 0::2], whole[:, 1::2]


def winners(like: Map) -> Winners:
    """Room for the winners of a pooling that makes ``like``."""
    height, width, channels = like.height, like.width, like.buffer.shape[2]
    device = like.buffer.device
    return Winners(
        torch.empty(2 * height, width, channels, dtype=torch.bool, device=device),
        torch.empty(height, width, channels, dtype=torch.bool, device=device),
    )


def max_pool(source: Map, into: Map, won: Winners, room: Tensor) -> None:
    """The greatest of each two by two values; odd last rows and columns are left out.

    Parameters
    ----------
    room
        (n,) for temporaries; the work is done in strips that fit.
    """
    left, right = _halves(source, into.height, into.width)
    slack = TIE * source.inner[::4, ::4].amax()
    for top, bottom in _strips(into, room):
        two = slice(2 * top, 2 * bottom)
        made = into.inner[top:bottom]
        wider = torch.add(left[two], slack, out=_room(room, left[two]))
        torch.gt(right[two], wider, out=won.right[two])
        torch.maximum(left[two], right[two], out=wider)
        torch.add(wider[0::2], slack, out=made)
        torch.gt(wider[1::2], made, out=won.lower[top:bottom])
        torch.maximum(wider[0::2], wider[1::2], out=made)


def max_pool_back(slope: Map, won: Winners, into: Map, room: Tensor) -> None:
    """The gradient of `max_pool`: each winner's is that of the pooled value, the others' zero."""
    _clear_odd(into, slope)
    left, right = _halves(into, slope.height, slope.width)
    for top, bottom in _strips(slope, room):
        two = slice(2 * top, 2 * bottom)
        wider, given = _room(room, left[two]), slope.inner[top:bottom]
        torch.mul(given, won.lower[top:bottom], out=wider[1::2])
        torch.sub(given, wider[1::2], out=wider[0::2])
        torch.mul(wider, won.right[two], out=right[two])
        torch.sub(wider, right[two], out=left[two])


def avg_pool(source: Map, into: Map, room: Tensor) -> None:
    """The mean of each two by two values; odd last rows and columns are left out."""
    left, right = _halves(source, into.height, into.width)
    for top, bottom in _strips(into, room):
        two = slice(2 * top, 2 * bottom)
        wider = torch.add(left[two], right[two], out=_room(room, left[two]))
        torch.add(wider[0::2], wider[1::2], out=into.inner[top:bottom])
    into.inner.mul_(0.25)


def avg_pool_back(slope: Map, into: Map) -> None:
    """The gradient of `avg_pool`."""
    _clear_odd(into, slope)
    for half in _halves(into, slope.height, slope.width):
        for row in (0, 1):
            torch.mul(slope.inner, 0.25, out=half[row::2])


def _clear_odd(whole: Map, pooled: Map) -> None:
    whole.inner[2 * pooled.height :].zero_()
    whole.inner[:, 2 * pooled.width :].zero_()


def _strips(pooled: Map, room: Tensor) -> list[tuple[int, int]]:
    step = max(1, len(room) // (2 * pooled.width * pooled.buffer.shape[2]))
    return [(top, min(top + step, pooled.height)) for top in range(0, pooled.height, step)]


def _room(room: Tensor, like: Tensor) -> Tensor:
    if like.numel() > len(room):  # a single row that is longer than all of it
        return like.new_empty(like.shape)
    return room[: like.numel()].view(like.shape)
