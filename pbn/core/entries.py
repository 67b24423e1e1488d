"""What a kit says of each paint: its share of the picture, its regions, how much of it is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pbn.core.colour import lab_from_rgb
from pbn.core.labelling import kit_label_texts
from pbn.core.values import Kit, Paint, Recipe

ML_PER_M2 = 250.0
"""Our assumption: two coats, each a tenth of a millimetre when wet, and a fifth left in pot and brush."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A paint, what is printed in its regions, its CIELAB (D65), and how much there is of it.

    ``share`` is of the area (of 1), ``ml`` in millilitres; ``aids`` is whether the legend also says the
    colour in words and in hatching.
    """

    paint: Paint
    label: str
    lab: tuple[float, float, float]
    share: float
    regions: int
    ml: float
    recipe: Recipe | None
    aids: bool = False


def ml_per_m2(kit: Kit) -> float:
    """Millilitres of paint that a square metre takes, all told."""
    return float(kit.settings.get("print", {}).get("ml_per_m2", ML_PER_M2))


def entries(kit: Kit) -> list[Entry]:
    """One of each paint, in the order of their numbers, light to dark."""
    area = np.bincount(kit.regions.paint, kit.regions.area_px, minlength=len(kit.palette))
    count = np.bincount(kit.regions.paint, minlength=len(kit.palette))
    share = area / area.sum()
    width, height = kit.size_mm
    whole = width * height * 1e-6 * ml_per_m2(kit)
    lab = lab_from_rgb(kit.palette.rgb)
    labels = kit_label_texts(kit)
    aids = bool(kit.settings.get("print", {}).get("colour_aids", False))
    recipes = kit.mixing.recipes if kit.mixing else (None,) * len(kit.palette)
    return [
        Entry(
            paint,
            labels[k],
            (float(lab[k, 0]), float(lab[k, 1]), float(lab[k, 2])),
            float(share[k]),
            int(count[k]),
            whole * float(share[k]),
            recipes[k],
            aids,
        )
        for k, paint in enumerate(kit.palette.paints)
    ]
