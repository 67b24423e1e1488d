"""What the machine has: devices, free memory, threads."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from pbn.errors import SettingsError

_FIXED = 150e6
"""Kernels and temporaries of any size of picture, bytes, torch itself not counted.

Measured like the next two by ``python tests/benchmarks/style.py --only memory``: the peak of a process
less what it had when torch was loaded, 256 to 768 px: Winograd 358, 656 and 1030 MB at 49, 197 and 442
thousand pixels, direct 252, 536 and 1051 MB.
"""

_KERNELS = 210e6
"""The kernels' Winograd forms up to relu5_1 take this much more, bytes."""

_PER_PIXEL = 2300.0
"""Maps, gradients and temporaries, bytes per pixel; measured 1,520 to 2,100."""


def chosen_device(asked: str) -> str:
    """The torch device for ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises
    ------
    SettingsError
        When it is not there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of an absent driver when it is only asked
        there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if asked == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[asked]:
        found = ", ".join(name for name, is_there in there.items() if is_there)
        raise SettingsError(f"There is no {asked} device here. Use --device auto, or one of: {found}.")
    return asked


def free_bytes(device: str) -> float:
    """Memory that may still be taken; infinite where the system does not say."""
    if device == "cuda":
        return float(torch.cuda.mem_get_info()[0])
    return min(_of_system(), _of_group())


def _of_system() -> float:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return float("inf")
    found = [float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    return found[0] if found else float("inf")


def _of_group() -> float:
    """What a control group (version 2) leaves, as containers have one."""
    group = Path("/sys/fs/cgroup")
    try:
        most, used = ((group / name).read_text("ascii").strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return float("inf")
    return float("inf") if most == "max" else float(most) - float(used)


def needed_bytes(pixels: int, *, memory: int, winograd: bool) -> float:
    """What a step takes at most, with ``memory`` pairs of L-BFGS."""
    return _FIXED + pixels * (_PER_PIXEL + 24 * (memory + 2)) + (_KERNELS if winograd else 0)


def use_winograd(asked: str, device: str, pixels: int, memory: int) -> bool:
    """Whether wide layers go by Winograd: on a CPU, where its memory is free; or as asked."""
    if asked != "auto":
        return asked == "winograd"
    return device == "cpu" and needed_bytes(pixels, memory=memory, winograd=True) < free_bytes(device)


def check_memory(pixels: int, long_side: int, *, memory: int, device: str) -> None:
    """Refuse a size that does not fit, and say which one does.

    Raises
    ------
    SettingsError
        When less memory is free than a step without Winograd takes.
    """
    free, needed = free_bytes(device), needed_bytes(pixels, memory=memory, winograd=False)
    if needed <= free:
        return
    fits = int(long_side * (max(0.0, free - _FIXED) / (needed - _FIXED)) ** 0.5) // 8 * 8
    raise SettingsError(
        f"A stylisation of {long_side} px needs about {needed / 1e9:.1f} GB of memory, "
        f"and {free / 1e9:.1f} GB are free. "
        + (
            f"Use a long side of {fits} px at most."
            if fits >= 32
            else "Close other programs, or use --engine none."
        )
    )


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Run with ``count`` threads, 0 for as many as torch has been told, and set them back after."""
    before = torch.get_num_threads()
    try:
        if count:
            torch.set_num_threads(count)
        yield
    finally:
        torch.set_num_threads(before)
