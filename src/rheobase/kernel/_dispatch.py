"""Choose between the compiled kernel and its plain twin."""

from __future__ import annotations

import os
from typing import Any

LANES = 16

if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
    from rheobase.kernel.bobet_stein import second_order as _second_order
    from rheobase.kernel.cable import advance as _advance
    from rheobase.kernel.contraction import contract as _contract
    from rheobase.kernel.drive import drive_modes as _drive_modes
    from rheobase.kernel.eigen import eigen as _eigen
    from rheobase.kernel.lanes import take_lanes as _take_lanes
    from rheobase.kernel.nodes import lay_nodes as _lay_nodes
    from rheobase.kernel.nodes import step_nodes as _step_nodes
    from rheobase.kernel.rounds import first_starts as _first_starts
    from rheobase.kernel.rounds import learn as _learn
    from rheobase.kernel.rounds import propose as _propose
    from rheobase.kernel.units import unit_forces as _unit_forces
else:  # vector values cannot be interpreted; the numpy twin says the same, slowly
    from rheobase.kernel.bobet_stein_numpy import second_order as _second_order
    from rheobase.kernel.cable_numpy import advance as _advance
    from rheobase.kernel.contraction_numpy import contract as _contract
    from rheobase.kernel.drive_numpy import drive_modes as _drive_modes
    from rheobase.kernel.eigen_numpy import eigen as _eigen
    from rheobase.kernel.lanes_numpy import take_lanes as _take_lanes
    from rheobase.kernel.nodes_numpy import lay_nodes as _lay_nodes
    from rheobase.kernel.nodes_numpy import step_nodes as _step_nodes
    from rheobase.kernel.rounds_numpy import first_starts as _first_starts
    from rheobase.kernel.rounds_numpy import learn as _learn
    from rheobase.kernel.rounds_numpy import propose as _propose
    from rheobase.kernel.units_numpy import unit_forces as _unit_forces

advance: Any = _advance
contract: Any = _contract
drive_modes: Any = _drive_modes
eigen: Any = _eigen
first_starts: Any = _first_starts
lay_nodes: Any = _lay_nodes
learn: Any = _learn
propose: Any = _propose
second_order: Any = _second_order
step_nodes: Any = _step_nodes
take_lanes: Any = _take_lanes
unit_forces: Any = _unit_forces

__all__ = [
    "LANES",
    "advance",
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
