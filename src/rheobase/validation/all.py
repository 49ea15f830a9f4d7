"""The built-in comparisons, in the order in which they are printed."""

from __future__ import annotations

from rheobase.validation import (
    conductivities,
    endings,
    far_ends,
    fibres,
    fields,
    limb_field,
    limb_physics,
    pad_field,
    population,
    recipe,
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
    limb_physics,
    pad_field,
    trunks,
    endings,
    surface_tables,
    conductivities,
    thickness,
    time_constants,
    widths,
    recipe,
    population,
    far_ends,
    tissues,
)
COMPARISONS = tuple(m.COMPARISON for m in _MODULES)
