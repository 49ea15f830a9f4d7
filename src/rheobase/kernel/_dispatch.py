"""Choose between the compiled kernel and its plain twin."""

from __future__ import annotations

import os
from typing import Any

LANES = 16

if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
    from rheobase.kernel.bobet_stein import second_order as _second_order
    from rheobase.kernel.cable import advance as _advance
    from rheobase.kernel.contraction import contract as _contract
    from rheobase.kernel.units import unit_forces as _unit_forces
else:  # vector values cannot be interpreted; the numpy twin says the same, slowly
    from rheobase.kernel.bobet_stein_numpy import second_order as _second_order
    from rheobase.kernel.cable_numpy import advance as _advance
    from rheobase.kernel.contraction_numpy import contract as _contract
    from rheobase.kernel.units_numpy import unit_forces as _unit_forces

advance: Any = _advance
contract: Any = _contract
second_order: Any = _second_order
unit_forces: Any = _unit_forces

__all__ = ["LANES", "advance", "contract", "second_order", "unit_forces"]
