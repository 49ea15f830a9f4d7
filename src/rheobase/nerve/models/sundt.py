"""The C fibre of Sundt, Gamper and Jaffe (2015), unmyelinated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.nerve.model import Array, Current, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._rates import linoid
from rheobase.nerve.models.sweeney import above_zero
from rheobase.tables import row

_C_PER_MOL, _J_PER_MOL_K, _ZERO_K = 9.648e4, 8.315, 273.16  # as in the published potassium channel


def _warmth(temperature_C: float) -> float:
    return 3.0 ** ((temperature_C - 30.0) / 10.0)


def _m(v: Array, t: float) -> tuple[Array, Array]:
    x = v + 65.0 - 6.0
    return _warmth(t) * linoid(0.32, 4.0, x - 13.1), _warmth(t) * linoid(0.28, 5.0, 40.1 - x)


def _h(v: Array, t: float) -> tuple[Array, Array]:
    y = v + 65.0 + 6.0
    return _warmth(t) * 0.128 * np.exp((17.0 - y) / 18.0), _warmth(t) * 4.0 / (1.0 + np.exp((40.0 - y) / 5.0))


def _borg_graham(
    zeta: float, half_mV: float, gamma: float, rate_per_ms: float
) -> Callable[[Array, float], tuple[Array, Array]]:
    def kinetics(v: Array, temperature_C: float) -> tuple[Array, Array]:
        k = np.exp(1e-3 * zeta * (v - half_mV) * _C_PER_MOL / (_J_PER_MOL_K * (_ZERO_K + temperature_C)))
        return 1.0 / (1.0 + k), k**gamma / (_warmth(temperature_C) * rate_per_ms * (1.0 + k))

    return kinetics


class Sundt(FibreModel):
    """Sodium and delayed rectifier."""

    __slots__ = ()
    name = "sundt"
    rest_mV = -60.0
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.0
    rho_axial_ohm_cm = 100.0
    gates = (
        Gate(name="m", rates=_m),
        Gate(name="h", rates=_h),
        Gate(name="n", kinetics=_borg_graham(-5.0, -32.0, 0.4, 0.03)),
        Gate(name="l", kinetics=_borg_graham(2.0, -61.0, 1.0, 0.001)),
    )
    rows = ("fibres.sundt", "fibres.unmyelinated")

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Sodium, potassium and leak."""
        p = row("fibres.sundt")
        return (
            Current(name="sodium", gates=("m", "m", "m", "h"), reversal_mV=p["sodium_mV"]),
            Current(name="potassium", gates=("n", "n", "n", "l"), reversal_mV=p["potassium_mV"]),
            Current(name="leak", gates=(), reversal_mV=p["leak_mV"]),
        )

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d, p = above_zero(diameter_um), row("fibres.sundt")
        g = [p["sodium_S_per_cm2"], p["potassium_S_per_cm2"], p["leak_S_per_cm2"]]
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), g)


MODEL = Sundt()
