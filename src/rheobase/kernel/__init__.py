"""Compiled inner loops: arrays in, arrays out. The only place that imports numba."""

from rheobase.kernel._dispatch import (
    LANES,
    advance,
    contract,
    drive_modes,
    eigen,
    first_starts,
    lay_nodes,
    learn,
    propose,
    second_order,
    step_nodes,
    take_lanes,
    unit_forces,
)
from rheobase.kernel.memory import aligned, aligned_empty, aligned_parts
from rheobase.kernel.operations import OPERATIONS, PLACES

__all__ = [
    "LANES",
    "OPERATIONS",
    "PLACES",
    "advance",
    "aligned",
    "aligned_empty",
    "aligned_parts",
    "contract",
    "drive_modes",
    "eigen",
    "first_starts",
    "lay_nodes",
    "learn",
    "propose",
    "second_order",
    "step_nodes",
    "take_lanes",
    "unit_forces",
]
