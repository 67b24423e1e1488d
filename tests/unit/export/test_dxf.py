"""What a DXF says to another reader: layers, millimetres, and the very curves."""

from __future__ import annotations

import builtins
import io
from typing import Any

import ezdxf
import numpy as np
import pytest
import shapely
from ezdxf import path as paths

from pbn.core.curves import flatten
from pbn.core.layout import outline_picture
from pbn.core.pen import pen_sheet
from pbn.core.sheet import Align, Layer, Sheet, Swatch, Text
from pbn.errors import ExportError
from pbn.export.dxf import Dxf
from tests.helpers.kits import sample_kit


def opened(sheet: Sheet, **options: Any) -> Any:
    document = ezdxf.read(io.StringIO(Dxf(**options).render([sheet], title="Dusk\n1").decode("cp1252")))  # type: ignore[attr-defined]
    assert document.audit().errors == []
    return document


def points(entity: Any, tolerance: float = 0.001) -> np.ndarray[Any, Any]:
    return np.array([(p.x, p.y) for p in paths.make_path(entity).flattening(tolerance)])


def test_it_is_in_millimetres_and_says_how_large_it_is() -> None:
    sheet = outline_picture(sample_kit())
    document = opened(sheet)
    assert document.header["$INSUNITS"] == 4
    assert document.header["$EXTMAX"][:2] == pytest.approx((sheet.width_mm, sheet.height_mm))
    assert document.header["$EXTMIN"][:2] == (0, 0)


def test_each_border_is_there_once_and_the_frame_on_its_own_layer() -> None:
    kit = sample_kit()
    space = opened(pen_sheet(outline_picture(kit))).modelspace()
    count = {name: len(space.query(f"*[layer=='{name}']")) for name in ("BORDERS", "FRAME", "NUMBERS")}
    outer = sum(-1 in (arc.left, arc.right) for arc in kit.graph.arcs)
    assert outer > 0
    assert (count["FRAME"], count["BORDERS"]) == (outer, len(kit.graph.arcs) - outer)
    assert count["NUMBERS"] >= len(kit.labels)


@pytest.mark.parametrize("flatten_mm", [0.0, 0.02])
def test_the_curves_are_the_sheets_own(flatten_mm: float) -> None:
    kit = sample_kit()
    document = opened(outline_picture(kit), flatten_mm=flatten_mm)
    drawn = [e for e in document.modelspace() if e.dxf.layer in ("BORDERS", "FRAME")]
    assert {e.dxftype() for e in drawn} == ({"LWPOLYLINE"} if flatten_mm else {"SPLINE", "LWPOLYLINE"})
    for entity, arc in zip(drawn, kit.graph.arcs, strict=True):
        wanted = flatten(arc.points, 0.001) * (1, -1) + (0, kit.graph.height)
        found = points(entity)
        apart = shapely.hausdorff_distance(
            shapely.LineString(found), shapely.LineString(wanted), densify=0.01
        )
        assert apart <= flatten_mm + 0.003
        assert found[[0, -1]] == pytest.approx(wanted[[0, -1]], abs=1e-4)


def test_a_circle_is_closed_and_round() -> None:
    kit = sample_kit()
    hole = len(kit.graph.arcs) - 1
    drawn = [e for e in opened(outline_picture(kit)).modelspace() if e.dxf.layer in ("BORDERS", "FRAME")]
    line = points(drawn[hole])
    middle = line[:-1].mean(axis=0)
    radii = np.hypot(*(line - middle).T)
    assert np.ptp(radii) < 0.02 * radii.mean()


def test_text_stands_where_it_should_and_swatches_are_rectangles() -> None:
    marks = (Text("12", 20, 5, 12, (255, 0, 16), Align.END), Swatch(2, 3, 4, 5, (1, 2, 3)))
    text, box = opened(Sheet("s", 40, 30, (Layer("Page", marks),))).modelspace()
    assert text.dxf.text == "12"
    assert (text.dxf.insert.x, text.dxf.insert.y) == pytest.approx(
        (20 - 2 * 0.65 * 12 * 25.4 / 72, 25), abs=1e-4
    )
    assert text.dxf.true_color == 0xFF0010
    assert text.dxf.layer == "PAGE"
    assert [tuple(p[:2]) for p in box.get_points()] == [(2, 27), (6, 27), (6, 22), (2, 22)]
    assert box.closed


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "ezdxf":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ExportError, match=r"pbn-kit\[dxf\]"):
        Dxf().render([Sheet("s", 9, 9, ())], title="T")
