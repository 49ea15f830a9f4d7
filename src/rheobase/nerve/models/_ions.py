"""Ions whose concentrations move: Nernst potentials, the volume inside an axon, the thin shell around it.

Everything works on numbers, arrays and symbols. Currents in mA/cm2, outward positive; concentrations in mM.
"""

from __future__ import annotations

import math
from typing import Any

from rheobase.nerve.programme import held, log
from rheobase.tables import row

FARADAY_C, GAS_J_PER_K, ZERO_K = 96485.33212, 8.31446261815324, 273.15
PER_UM = 1e4  # mA/cm2 over C/mol and um, in mM/ms


def nernst_mV(outside_mM: Any, inside_mM: Any, charge: int, temperature_C: float) -> Any:
    """Potential at which an ion is in balance.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(nernst_mV(np.array(154.0), 11.4, 1, 37.0)), 2)
    69.58
    """
    return 1e3 * GAS_J_PER_K * (temperature_C + ZERO_K) / (charge * FARADAY_C) * log(outside_mM / inside_mM)


def after_inside(inside_mM: Any, current: Any, per_um: Any, charge: int, dt_ms: float) -> Any:
    """Concentration inside after a step; `per_um` is surface over volume, 4 over the diameter of a cylinder.

    Examples
    --------
    >>> round(float(after_inside(10.0, -1.0, 4.0, 1, 1.0)), 3)
    10.415
    """
    return _possible(inside_mM - (PER_UM * dt_ms / (charge * FARADAY_C)) * (current * per_um))


def after_in_shell(
    outside_mM: Any, current: Any, shell_um: float, bath_mM: float, exchange_m_per_s: float, dt_ms: float
) -> Any:
    """Concentration in a shell around the axon after a step, by the exact solution for a constant current.

    The shell has the volume of its thickness times the membrane and exchanges with a bath.

    Examples
    --------
    >>> [round(float(after_in_shell(start, 0.0, 0.03, 5.6, 1e-7, 1e9)), 3) for start in (5.6, 9.0)]
    [5.6, 5.6]
    """
    speed = 0.1 * exchange_m_per_s  # m/s to cm/ms
    share = -math.expm1(-speed * PER_UM / shell_um * dt_ms)
    return _possible(outside_mM + share * (bath_mM + current * (1.0 / (FARADAY_C * speed)) - outside_mM))


def _possible(concentration_mM: Any) -> Any:
    """Keep absurd currents from emptying a space: a Nernst potential needs something on both sides."""
    limits = row("c_fibres.limits")
    return held(concentration_mM, limits["least_mM"], limits["most_mM"])


def balance(slope: float, offset: float, reversal_mV: float, rest_mV: float) -> tuple[float, float]:
    """Leak conductance (S/cm2) that stops a net current at rest; if it would be negative, a constant current instead.

    Examples
    --------
    >>> balance(0.0, -0.125, 70.0, -55.0), balance(0.0, 0.125, 70.0, -55.0)
    ((0.001, 0.0), (0.0, 0.125))
    """
    net = slope * rest_mV - offset
    leak = -net / (rest_mV - reversal_mV)
    return (leak, 0.0) if leak >= 0.0 else (0.0, -net)
