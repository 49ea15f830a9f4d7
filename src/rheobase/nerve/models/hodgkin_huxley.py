"""The squid axon (Hodgkin and Huxley 1952), at 6.3 C unless warmed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.nerve.model import Array, Current, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models.rattay_aberham import squid_h, squid_m, squid_n
from rheobase.nerve.models.sweeney import above_zero
from rheobase.tables import row


def _warmed(rates: Callable[[Array], tuple[Array, Array]]) -> Callable[[Array, float], tuple[Array, Array]]:
    def at(v: Array, temperature_C: float) -> tuple[Array, Array]:
        alpha, beta = rates(np.clip(v, -300.0, 300.0) + 65.0)
        q = 3.0 ** ((temperature_C - 6.3) / 10.0)
        return q * alpha, q * beta

    return at


class HodgkinHuxley(FibreModel):
    """Sodium, potassium, leak; unmyelinated. Warmed to 37 C it hardly fires: use it near 6.3 C."""

    __slots__ = ()
    name = "hodgkin_huxley"
    rest_mV = -65.0
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.0
    rho_axial_ohm_cm = 35.4
    gates = (
        Gate(name="m", rates=_warmed(squid_m)),
        Gate(name="h", rates=_warmed(squid_h)),
        Gate(name="n", rates=_warmed(squid_n)),
    )
    rows = ("fibres.hodgkin_huxley", "fibres.unmyelinated")

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Sodium, potassium and leak, reversals from rest."""
        p = row("fibres.hodgkin_huxley")
        return (
            Current(name="sodium", gates=("m", "m", "m", "h"), reversal_mV=self.rest_mV + p["sodium_from_rest_mV"]),
            Current(name="potassium", gates=("n",) * 4, reversal_mV=self.rest_mV + p["potassium_from_rest_mV"]),
            Current(name="leak", gates=(), reversal_mV=self.rest_mV + p["leak_from_rest_mV"]),
        )

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d, p = above_zero(diameter_um), row("fibres.hodgkin_huxley")
        g = [p["sodium_S_per_cm2"], p["potassium_S_per_cm2"], p["leak_S_per_cm2"]]
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), g)


MODEL = HodgkinHuxley()
