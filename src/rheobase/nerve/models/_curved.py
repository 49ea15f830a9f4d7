"""Currents that are not linear in the potential, told to the kernel as two that are.

About the last potential v0 a current flows as f(v0) + f'(v0) (v - v0). Two ohmic currents with reversals at +K and -K
from rest and table-given conductances p and q say exactly the same when p + q = f' and K (p - q) = f' v0 - f. The two
conductances are gates without memory: steady state the value, time constant nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.nerve.model import Array, Current, Gate

_REVERSAL_MV = 100.0
_SLOPE_STEP_MV = 0.01


def curved_current(
    name: str, gates: tuple[str, ...], rest_mV: float, flow: Callable[[Array, float], Array]
) -> tuple[tuple[Current, Current], tuple[Gate, Gate]]:
    """Make the two currents and two gates that stand for one curved current.

    Parameters
    ----------
    name : str
        Name of the current.
    gates : tuple of str
        Gates it is multiplied by.
    rest_mV : float
        Nominal rest of the model, above and below which the two reversals lie.
    flow : callable
        ``(v_mV, temperature_C) -> mA/cm2`` for a permeability or conductance of 1 and open gates.

    Examples
    --------
    >>> currents, made = curved_current("k", ("n", "n"), -70.0, lambda v, t: 0.5 * (v + 80.0))
    >>> up, down = (g.steady_and_tau(np.array([-60.0]), 20.0)[0][0] for g in made)
    >>> round(float(up + down), 6), round(float(up * (-60 - 30) + down * (-60 + 170)), 6)
    (0.5, 10.0)
    """

    def half(sign: float) -> Callable[[Array, float], tuple[Array, Array]]:
        def kinetics(v_mV: Array, temperature_C: float) -> tuple[Array, Array]:
            v = np.asarray(v_mV, dtype=float)
            step = _SLOPE_STEP_MV
            slope = (flow(v + step, temperature_C) - flow(v - step, temperature_C)) / (2 * step)
            level = slope * (v - rest_mV) - flow(v, temperature_C)
            return (slope + sign * level / _REVERSAL_MV) / 2.0, np.zeros_like(v)

        return kinetics

    names = (f"{name}_up", f"{name}_down")
    made = tuple(Gate(name=n, kinetics=half(s)) for n, s in zip(names, (1.0, -1.0), strict=True))
    currents = tuple(
        Current(name=n, gates=(*gates, n), reversal_mV=rest_mV + s * _REVERSAL_MV)
        for n, s in zip(names, (1.0, -1.0), strict=True)
    )
    return (currents[0], currents[1]), (made[0], made[1])
