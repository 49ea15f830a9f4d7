"""The built-in comparisons, in the order in which they are printed."""

from __future__ import annotations

from rheobase.validation import (
    conductivities,
    current_distance,
    endings,
    far_ends,
    fibres,
    fields,
    lead,
    limb_field,
    limb_physics,
    movement,
    muscle,
    pad_field,
    population,
    recipe,
    recovery,
    sites,
    surface_tables,
    thickness,
    time_constants,
    tissues,
    trunks,
    widths,
)

_MODULES = (
    fibres,
    limb_field,
    fields,
    lead,
    limb_physics,
    pad_field,
    trunks,
    endings,
    surface_tables,
    conductivities,
    thickness,
    time_constants,
    current_distance,
    recovery,
    widths,
    recipe,
    population,
    sites,
    far_ends,
    tissues,
    movement,
    muscle,
)
COMPARISONS = tuple(m.COMPARISON for m in _MODULES)
