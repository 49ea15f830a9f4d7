"""What follows from fibres that fire."""

from rheobase.effect.sensation import (
    EVENTS,
    Band,
    Criterion,
    Sensation,
    assess_sensation,
    band_of,
    criterion,
    event_mA,
    lowest_mA,
    perceived_intensity,
)
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
    "EVENTS",
    "Band",
    "Body",
    "Criterion",
    "Library",
    "Sensation",
    "assess_sensation",
    "band_of",
    "body_thresholds_mA",
    "conductivity_ends",
    "criterion",
    "draw_bodies",
    "event_mA",
    "fat_knots_mm",
    "fibres_under",
    "lowest_mA",
    "make_library",
    "middle_body",
    "pad_grids",
    "perceived_intensity",
]
