"""What holds of whole kits of pictures, from the photo to the numbers."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from pbn.core.curves import polygons
from pbn.core.leaders import boxes
from pbn.core.metrics import number_box
from pbn.core.smooth import crossing_arcs
from pbn.pipeline import make_files, make_kit
from pbn.settings import KitSettings
from tests.helpers.maps import PICTURES, picture

SETTINGS = KitSettings(engine="none", size="a5", colours=16)


@pytest.mark.parametrize("name", PICTURES)
def test_a_kit_of_a_picture_can_be_painted_and_read(name: str) -> None:
    kit = make_kit(picture(name), settings=SETTINGS)
    regions = polygons(kit.graph, 0.002)
    number = {k: str(paint + 1) for k, paint in enumerate(kit.regions.paint.tolist())}

    assert shapely.is_valid(regions).all()
    width, height = kit.size_mm
    assert float(shapely.area(regions).sum()) == pytest.approx(width * height, rel=1e-6)
    assert len(crossing_arcs(kit.graph)) == 0
    circles = shapely.length(shapely.maximum_inscribed_circle(regions, tolerance=0.002))
    assert 2 * float(circles.min()) >= 0.995 * SETTINGS.brush_mm
    assert float(shapely.area(regions).min()) >= np.pi / 4 * SETTINGS.brush_mm**2

    assert {label.region for label in kit.labels} == set(number)
    assert all(label.text == number[label.region] for label in kit.labels)
    assert min(label.size_pt for label in kit.labels) >= 5
    printed = boxes(
        np.array([label.anchor_mm for label in kit.labels]),
        np.array([number_box(label.text, label.size_pt) for label in kit.labels]),
    )
    home = [label.region for label in kit.labels if label.leader_mm is None]
    inside = [label.leader_mm is None for label in kit.labels]
    assert shapely.covers(regions[home], printed[inside]).all()
    a, b = shapely.STRtree(printed).query(printed, predicate="intersects")
    assert (a == b).all()
    assert len(home) >= 0.995 * len(kit.labels)


@pytest.mark.parametrize("name", PICTURES[::3])
def test_a_kit_of_a_picture_is_the_same_again_to_the_byte(name: str) -> None:
    once, again = (make_files(make_kit(picture(name), settings=SETTINGS)) for _ in range(2))
    assert once == again
