"""One way through the network and back, for pictures of one size; its memory is kept for the next.

Written by hand instead of left to autograd: what is not needed on the way back is not kept (before a
pooling, neither a convolution's result nor its ReLU's; of any other, one of the two), gradients take
turns in two buffers, ReLUs and their gradients are done while a result is written, and a Gram matrix's
gradient is added where it belongs by one matrix product.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from pbn.stylize import _maps, _winograd
from pbn.stylize._maps import Map, Winners


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """One convolution: ``weight`` (out, in, 3, 3), or its Winograd form (36, in, out) where ``wide``."""

    weight: Tensor
    bias: Tensor
    wide: bool

    @property
    def channels(self) -> tuple[int, int]:
        """Channels in and out."""
        if self.wide:
            return self.weight.shape[1], self.weight.shape[2]
        return self.weight.shape[1], self.weight.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A convolution ``conv``, its ``relu``, and the pooling behind it, if any, by their names."""

    conv: str
    relu: str
    pool: str | None
    kernel: Kernel


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """What one stage leaves behind: of its maps, those that are wanted or that the way back needs."""

    plain: Map | None
    full: Map | None
    pooled: Map | None
    won: Winners | None

    @property
    def out(self) -> Map:
        """What the next stage is given."""
        made = self.full if self.pooled is None else self.pooled
        assert made is not None  # a stage without pooling keeps its ReLU's
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """The loss's gradient at one layer: by its ``features`` (1, D, h, w), by its ``gram`` (D, D).

    The matrix is that of all positions but a ``rim`` (`pbn.stylize._maps.Map.edges`).
    """

    features: Tensor | None
    gram: Tensor | None
    rim: int = 0


class Pass:
    """The network over pictures (1, 3, height, width); see the module.

    Parameters
    ----------
    stages
        From the first to the one that holds the deepest wanted layer.
    wanted
        The layers that will be asked for, as features or as Gram matrices.
    average
        Pool by the mean instead of the maximum.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        wanted: Collection[str],
        size: tuple[int, int],
        mean: Tensor,
        *,
        average: bool,
    ) -> None:
        self._stages, self._wanted, self._mean, self._average = stages, frozenset(wanted), mean, average
        self._framed = any(stage.kernel.wide for stage in stages)
        self._device = str(mean.device)
        self._ways = _winograd.ways(self._device)
        self._kept: list[_Kept] = []
        self._sizes: list[tuple[int, int]] = []
        for stage in stages:
            self._sizes.append(size)
            self._kept.append(self._room_for(stage, size))
            size = self._kept[-1].out.height, self._kept[-1].out.width
        each = [(size, max(s.kernel.channels)) for s, size in zip(stages, self._sizes, strict=True)]
        self._most = max(prod(_maps.shape(*size, c, framed=self._framed)) for size, c in each)
        self._buffers = [torch.empty(0, device=self._device)] * 2
        room = max(_winograd.room(size[1], c) for size, c in each)
        self._rooms = torch.empty(room, device=self._device), torch.empty(room, device=self._device)

    def _room_for(self, stage: Stage, size: tuple[int, int]) -> _Kept:
        outer = stage.kernel.channels[1]
        pools = stage.pool is not None and min(size) > 1
        plain = self._new(size, outer) if stage.conv in self._wanted else None
        if not pools:
            return _Kept(plain, self._new(size, outer), None, None)
        full = self._new(size, outer) if self._average or plain or stage.relu in self._wanted else None
        pooled = self._new((size[0] // 2, size[1] // 2), outer)
        return _Kept(plain, full, pooled, None if self._average else _maps.winners(pooled))

    def _new(self, size: tuple[int, int], channels: int) -> Map:
        return _maps.new(*size, channels, framed=self._framed, device=self._device)

    def _spare(self, which: int, size: tuple[int, int], channels: int) -> Map:
        """A map in one of the two buffers, which are made when they are first needed."""
        if not len(self._buffers[which]):
            self._buffers[which] = torch.empty(self._most, device=self._device)
        return _maps.mapped(self._buffers[which], *size, channels, framed=self._framed)

    def forward(self, picture: Tensor, wanted: Collection[str]) -> dict[str, Map]:
        """The wanted layers' maps; they change with the next call."""
        found: dict[str, Map] = {}
        x = (picture - self._mean).contiguous(memory_format=torch.channels_last)
        source: Map | None = None
        for stage, kept, size in zip(self._stages, self._kept, self._sizes, strict=True):
            self._run(stage, kept, source, x, size)
            for name, made in self._named(stage, kept):
                if made is not None and name in wanted:
                    found[name] = made
            if len(found) == len(set(wanted)):
                break
            source = kept.out
        return found

    def _named(self, stage: Stage, kept: _Kept) -> list[tuple[str, Map | None]]:
        pooled = kept.out if stage.pool is not None else None
        return [(stage.conv, kept.plain), (stage.relu, kept.full), (stage.pool or "", pooled)]

    def _run(self, stage: Stage, kept: _Kept, source: Map | None, x: Tensor, size: tuple[int, int]) -> None:
        """One stage; the ReLU is done after the pooling where nobody asks for it before, to the same end."""
        full = kept.full or self._spare(0, size, stage.kernel.channels[1])
        if kept.plain is None:
            self._convolve(stage.kernel, source, x, full, relu=kept.full is not None)
        else:
            self._convolve(stage.kernel, source, x, kept.plain, relu=False)
            torch.clamp_min(kept.plain.buffer, 0, out=full.buffer)
        if kept.pooled is None:
            return
        if kept.won is None:
            _maps.avg_pool(full, kept.pooled, self._rooms[0])
        else:
            _maps.max_pool(full, kept.pooled, kept.won, self._rooms[0])
        if kept.full is None:
            kept.pooled.inner.clamp_min_(0)

    def _convolve(self, kernel: Kernel, source: Map | None, x: Tensor, into: Map, *, relu: bool) -> None:
        if not kernel.wide:
            made = conv2d(x if source is None else source.picture, kernel.weight, kernel.bias, padding=1)
            _write(made[0].permute(1, 2, 0), into.inner, relu=relu)
            return
        assert source is not None  # the first kernel, from three channels, is never wide
        tiles = into.tiles
        _winograd.convolve(
            source,
            kernel.weight,
            kernel.bias,
            self._ways[0],
            lambda values, strip: _write(values, tiles[strip], relu=relu),
            self._rooms,
        )
        into.clear()

    def backward(self, slopes: Mapping[str, Slopes]) -> Tensor:
        """The gradient (1, 3, height, width) by the picture last gone through with `forward`."""
        last = max(i for i, s in enumerate(self._stages) if {s.conv, s.relu, s.pool} & slopes.keys())
        out = self._kept[last].out
        turn, slope, masked = 0, self._spare(0, (out.height, out.width), out.buffer.shape[2]), False
        slope.inner.zero_()
        for i in range(last, -1, -1):
            if self._kept[i].pooled is not None:
                turn = 1 - turn
                slope, masked = self._unpooled(i, slope, slopes, turn, masked=masked)
            self._through_relu(i, slope, slopes, masked=masked)
            if i > 0:
                seen, turn = self._seen(i - 1, slopes), 1 - turn
                slope, masked = self._adjoint(i, slope, seen, turn), seen is not None
        return self._to_picture(slope)

    def _seen(self, i: int, slopes: Mapping[str, Slopes]) -> Map | None:
        """The ReLU that a gradient at the end of a stage goes through at once, with nothing added before."""
        stage, kept = self._stages[i], self._kept[i]
        if kept.pooled is not None and kept.full is not None:
            return None
        if stage.pool in slopes or (kept.pooled is None and stage.relu in slopes):
            return None
        return kept.out

    def _unpooled(
        self, i: int, slope: Map, slopes: Mapping[str, Slopes], turn: int, *, masked: bool
    ) -> tuple[Map, bool]:
        """Back through a pooling, and through the ReLU where that came after it; and whether it has."""
        stage, kept, size = self._stages[i], self._kept[i], self._sizes[i]
        assert kept.pooled is not None  # or there is nothing to go back through
        _add(slope, kept.pooled, slopes.get(stage.pool or ""))
        if kept.full is None and not masked:
            _write_seen(slope.buffer, slope.buffer, kept.pooled.buffer)
        into = self._spare(turn, size, slope.buffer.shape[2])
        if kept.won is None:
            _maps.avg_pool_back(slope, into)
        else:
            _maps.max_pool_back(slope, kept.won, into, self._rooms[0])
        return into, kept.full is None

    def _through_relu(self, i: int, slope: Map, slopes: Mapping[str, Slopes], *, masked: bool) -> None:
        """Add what the loss gives at the ReLU and at the convolution, and go through the ReLU between."""
        stage, kept = self._stages[i], self._kept[i]
        if kept.full is not None:
            _add(slope, kept.full, slopes.get(stage.relu))
            if kept.pooled is None:  # too small to pool: the pooling's name means the same map
                _add(slope, kept.full, slopes.get(stage.pool or ""))
            if not masked:
                _write_seen(slope.buffer, slope.buffer, kept.full.buffer)
        if kept.plain is not None:
            _add(slope, kept.plain, slopes.get(stage.conv))

    def _adjoint(self, i: int, slope: Map, seen: Map | None, turn: int) -> Map:
        """The gradient by what a convolution was given; through the ReLU ``seen`` that made it, if any."""
        kernel, source = self._stages[i].kernel, self._kept[i - 1].out
        into = self._spare(turn, (source.height, source.width), kernel.channels[0])
        if not kernel.wide:
            made = _direct_adjoint(slope, source, kernel.weight)
            _write_seen(made, into.inner, None if seen is None else seen.inner)
            return into
        tiles, through = into.tiles, None if seen is None else seen.tiles
        _winograd.convolve(
            slope,
            kernel.weight.transpose(1, 2),
            None,
            self._ways[1],
            lambda made, strip: _write_seen(made, tiles[strip], None if through is None else through[strip]),
            self._rooms,
        )
        into.clear()
        return into

    def _to_picture(self, slope: Map) -> Tensor:
        """The first convolution's gradient: the same kernels turned by half a circle."""
        turned = self._stages[0].kernel.weight.flip(2, 3).transpose(0, 1)
        turned = turned.contiguous(memory_format=torch.channels_last)
        given = slope.buffer.permute(2, 0, 1)[None]
        made = conv2d(given, turned, padding=0 if self._framed else 1)
        return made[..., : slope.height, : slope.width].contiguous()


def _direct_adjoint(slope: Map, source: Map, weight: Tensor) -> Tensor:
    made: Tensor = torch.ops.aten.convolution_backward(
        slope.picture,
        source.picture,
        weight,
        bias_sizes=None,
        stride=[1, 1],
        padding=[1, 1],
        dilation=[1, 1],
        transposed=False,
        output_padding=[0, 0],
        groups=1,
        output_mask=[True, False, False],
    )[0]
    return made[0].permute(1, 2, 0)


def _write(values: Tensor, into: Tensor, *, relu: bool) -> None:
    if relu:
        torch.clamp_min(values, 0, out=into)
    else:
        into.copy_(values)


def _write_seen(values: Tensor, into: Tensor, seen: Tensor | None) -> None:
    if seen is None:
        into.copy_(values)
    else:
        torch.ops.aten.threshold_backward.grad_input(values, seen, 0, grad_input=into)


def _add(slope: Map, made: Map, given: Slopes | None) -> None:
    """Add the loss's gradient at a layer; a Gram matrix G = A^T A / n gives A (dG + dG^T) / n."""
    if given is None:
        return
    if given.features is not None:
        slope.inner.add_(given.features[0].permute(1, 2, 0))
    if given.gram is not None:
        both = (given.gram + given.gram.T) / made.positions(given.rim)
        slope.flat.addmm_(made.flat, both)
        for edge, seen in zip(slope.edges(given.rim), made.edges(given.rim), strict=True):
            edge.sub_(seen @ both)
