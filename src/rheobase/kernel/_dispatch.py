"""Choose between the compiled kernel and its plain twin."""

from __future__ import annotations

import os
from typing import Any

LANES = 16

if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
    from rheobase.kernel.cable import advance as _advance
    from rheobase.kernel.contraction import contract as _contract
else:  # vector values cannot be interpreted; the numpy twin says the same, slowly
    from rheobase.kernel.cable_numpy import advance as _advance
    from rheobase.kernel.contraction_numpy import contract as _contract

advance: Any = _advance
contract: Any = _contract

__all__ = ["LANES", "advance", "contract"]
