"""Rattay and Aberham's warm Hodgkin-Huxley fibre (1993), unmyelinated.

The reference simulations read steady states and time constants off a table of 1 mV steps from -100 to 100 mV, held at
its ends; the same table is used here, so that thresholds compare.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.nerve.model import Array, Current, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._rates import linoid
from rheobase.nerve.models.sweeney import above_zero
from rheobase.tables import row

_GRID_MV = np.linspace(-100.0, 100.0, 201)
_FACTOR_PER_10_C, _REFERENCE_C = 2.24659524757, 6.3


def squid_m(u: Array) -> tuple[Array, Array]:
    """Opening and closing rate of sodium activation over the distance from rest (1/ms at 6.3 C)."""
    return linoid(0.1, 10.0, u - 25.0), 4.0 * np.exp(-u / 18.0)


def squid_h(u: Array) -> tuple[Array, Array]:
    """Rates of sodium inactivation."""
    return 0.07 * np.exp(-u / 20.0), 1.0 / (1.0 + np.exp((30.0 - u) / 10.0))


def squid_n(u: Array) -> tuple[Array, Array]:
    """Rates of potassium activation."""
    return linoid(0.01, 10.0, u - 10.0), 0.125 * np.exp(-u / 80.0)


def _tabled(rates: Callable[[Array], tuple[Array, Array]]) -> Callable[[Array, float], tuple[Array, Array]]:
    def kinetics(v: Array, temperature_C: float) -> tuple[Array, Array]:
        alpha, beta = rates(_GRID_MV + 70.0)
        q = _FACTOR_PER_10_C ** ((temperature_C - _REFERENCE_C) / 10.0)
        steady, tau = alpha / (alpha + beta), 1.0 / (q * (alpha + beta))
        return np.interp(v, _GRID_MV, steady), np.interp(v, _GRID_MV, tau)

    return kinetics


class RattayAberham(FibreModel):
    """Hodgkin-Huxley rates twelve times faster at 37 C."""

    __slots__ = ()
    name = "rattay_aberham"
    rest_mV = -70.0
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.0
    rho_axial_ohm_cm = 100.0
    gates = (
        Gate(name="m", kinetics=_tabled(squid_m)),
        Gate(name="h", kinetics=_tabled(squid_h)),
        Gate(name="n", kinetics=_tabled(squid_n)),
    )
    rows = ("fibres.rattay_aberham", "fibres.unmyelinated")

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Sodium, potassium and leak."""
        p = row("fibres.rattay_aberham")
        return (
            Current(name="sodium", gates=("m", "m", "m", "h"), reversal_mV=p["sodium_mV"]),
            Current(name="potassium", gates=("n",) * 4, reversal_mV=p["potassium_mV"]),
            Current(name="leak", gates=(), reversal_mV=p["leak_mV"]),
        )

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d, p = above_zero(diameter_um), row("fibres.rattay_aberham")
        g = [p["sodium_S_per_cm2"], p["potassium_S_per_cm2"], p["leak_S_per_cm2"]]
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), g)


MODEL = RattayAberham()
