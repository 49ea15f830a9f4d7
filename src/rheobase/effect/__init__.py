"""What follows from fibres that fire."""

from rheobase.effect.virtual import (
    Body,
    Library,
    body_thresholds_mA,
    conductivity_ends,
    draw_bodies,
    fat_knots_mm,
    fibres_under,
    make_library,
    middle_body,
    pad_grids,
)

__all__ = [
    "Body", "Library", "body_thresholds_mA", "conductivity_ends", "draw_bodies", "fat_knots_mm", "fibres_under",
    "make_library", "middle_body", "pad_grids",
]  # fmt: skip
