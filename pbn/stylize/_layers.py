"""The layers of the VGG networks by name; knows no torch."""

from __future__ import annotations

from pbn.errors import SettingsError

BLOCKS = {"vgg19": (2, 2, 4, 4, 4), "vgg16": (2, 2, 3, 3, 3)}
"""How many convolutions each of the five blocks has (Simonyan and Zisserman 2014, table 1, D and E)."""

WIDTHS = (64, 128, 256, 512, 512)
"""The channels of each block."""


def convolutions(network: str) -> tuple[str, ...]:
    """The convolutions' names, first to last: ``conv1_1`` to ``conv5_4``."""
    return tuple(f"conv{b}_{c}" for b, n in enumerate(BLOCKS[network], 1) for c in range(1, n + 1))


def layers(network: str) -> tuple[str, ...]:
    """Every layer's name in the order of computation: ``conv1_1``, ``relu1_1``, ... ``pool5``."""
    names: list[str] = []
    for block, count in enumerate(BLOCKS[network], 1):
        for number in range(1, count + 1):
            names += [f"conv{block}_{number}", f"relu{block}_{number}"]
        names.append(f"pool{block}")
    return tuple(names)


def channels(layer: str) -> int:
    """How many feature maps a layer has."""
    return WIDTHS[int(layer[4]) - 1]


def check(network: str, names: tuple[str, ...], option: str) -> None:
    """Raise `SettingsError` unless ``names`` are layers of the network."""
    known = layers(network)
    for name in names:
        if name not in known:
            raise SettingsError(
                f"`{option}`: {network} has no layer {name!r}. "
                f"Use names like conv3_1 and relu3_1, up to {known[-2]}."
            )
