"""The frog node of Frankenhaeuser and Huxley (1964) in McNeal's fibre (1976), as Reilly's SENN uses it.

Sodium, potassium and the unspecific current follow the constant-field equation, so they are not linear in the
potential. There are no reference thresholds for this fibre in the reference file.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.nerve.model import Array, Current, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._curved import curved_current
from rheobase.nerve.models._rates import linoid
from rheobase.nerve.models.sweeney import above_zero
from rheobase.tables import row

_REST_MV = -70.0
_FARADAY_C, _GAS_J_PER_K, _ZERO_K = 96485.33, 8.314463, 273.15
_Pair = tuple[Array, Array]


def _rates(make: Callable[[Array], _Pair]) -> Callable[[Array, float], _Pair]:
    def at(v_mV: Array, temperature_C: float) -> _Pair:
        alpha, beta = make(np.clip(v_mV, -400.0, 400.0) - _REST_MV)
        warmth = 3.0 ** ((temperature_C - 20.0) / 10.0)
        return warmth * alpha, warmth * beta

    return at


_GATES = (
    Gate(name="m", rates=_rates(lambda u: (linoid(0.36, 3.0, u - 22.0), linoid(0.4, 20.0, 13.0 - u)))),
    Gate(name="h", rates=_rates(lambda u: (linoid(0.1, 6.0, -10.0 - u), 4.5 / (1.0 + np.exp((45.0 - u) / 10.0))))),
    Gate(name="n", rates=_rates(lambda u: (linoid(0.02, 10.0, u - 35.0), linoid(0.05, 10.0, 10.0 - u)))),
    Gate(name="p", rates=_rates(lambda u: (linoid(0.006, 10.0, u - 40.0), linoid(0.09, 20.0, -25.0 - u)))),
)


def _constant_field(outside: str, inside: str) -> Callable[[Array, float], Array]:
    """Current density (mA/cm2) through a permeability of 1 cm/s."""

    def flow(v_mV: Array, temperature_C: float) -> Array:
        p = row("fibres.frankenhaeuser_huxley")
        per_V = _FARADAY_C / (_GAS_J_PER_K * (temperature_C + _ZERO_K))
        x = np.asarray(v_mV, dtype=float) * 1e-3 * per_V
        x = np.where(np.abs(x) < 1e-9, 1e-9, x)
        mol_per_cm3 = (p[outside] - p[inside] * np.exp(x)) * 1e-6
        return 1e3 * _FARADAY_C * x * mol_per_cm3 / -np.expm1(x)

    return flow


_SODIUM, _SODIUM_GATES = curved_current("sodium", ("m", "m", "h"), _REST_MV, _constant_field("na_out_mM", "na_in_mM"))
_OTHER, _OTHER_GATES = curved_current("unspecific", ("p", "p"), _REST_MV, _constant_field("na_out_mM", "na_in_mM"))
_POTASSIUM, _POTASSIUM_GATES = curved_current("potassium", ("n", "n"), _REST_MV, _constant_field("k_out_mM", "k_in_mM"))


class FrankenhaeuserHuxley(FibreModel):
    """Four gates, three constant-field currents and a leak; 20 C is its own temperature."""

    __slots__ = ()
    name = "frankenhaeuser_huxley"
    rest_mV = _REST_MV
    cable = "insulated"
    capacitance_uF_per_cm2 = 2.0
    rho_axial_ohm_cm = 110.0
    node_length_um = 2.5
    gates = (*_GATES, *_SODIUM_GATES, *_OTHER_GATES, *_POTASSIUM_GATES)
    rows = ("fibres.frankenhaeuser_huxley",)

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Each constant-field current as its two halves, and the leak."""
        leak_mV = row("fibres.frankenhaeuser_huxley")["leak_mV"]
        return (*_SODIUM, *_OTHER, *_POTASSIUM, Current(name="leak", gates=(), reversal_mV=leak_mV))

    def internodes(self, diameter_um: Array) -> Internodes:
        """Nodes every hundred diameters, 0.7 diameters thick."""
        d, p = above_zero(diameter_um), row("fibres.frankenhaeuser_huxley")
        permeabilities = [p[f"{name}_cm_per_s"] for name in ("sodium", "unspecific", "potassium")]
        through = [value for value in permeabilities for _ in range(2)]
        leak = [p["leak_S_per_cm2"]]
        return single_cable(d, p["axon_over_fibre"] * d, p["length_over_diameter"] * d, [*through, *leak])


MODEL = FrankenhaeuserHuxley()
