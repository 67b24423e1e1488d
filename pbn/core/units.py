"""Millimetres, printer's points and pixels: the only 25.4 and 72 in the program."""

MM_PER_INCH = 25.4
PT_PER_INCH = 72.0
MM_PER_PT = MM_PER_INCH / PT_PER_INCH

STEPS_PER_MM = 1000
"""Borders are kept, and written, to this fraction of a millimetre."""


def mm_from_pt(pt: float) -> float:
    """Millimetres of a length in points.

    >>> round(mm_from_pt(72), 3)
    25.4
    """
    return pt * MM_PER_PT


def pt_from_mm(mm: float) -> float:
    """Points of a length in millimetres."""
    return mm / MM_PER_PT
