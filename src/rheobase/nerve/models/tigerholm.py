"""The C-nociceptor of Tigerholm et al. (2014), unmyelinated: sodium and potassium move inside and around the axon.

Rates and constants were read from the model definitions of PyFibers 0.13, with whose thresholds they agree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from rheobase.nerve.membrane import Flow, Membrane
from rheobase.nerve.model import Array, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._ions import after_in_shell, after_inside, balance, nernst_mV
from rheobase.nerve.models._rates import sigmoid
from rheobase.nerve.models.sweeney import above_zero
from rheobase.nerve.programme import sqrt
from rheobase.tables import Row, row

_REST_MV = -55.0
_Kinetics = Callable[[Array, float], tuple[Array, Array]]


def _warm(factor: float, reference_C: float, make: Callable[[Array], tuple[Array, Array]], *, rates: bool) -> _Kinetics:
    """Steady state and time constant from rates, or as they are, faster by a factor for each 10 C."""

    def kinetics(v_mV: Array, temperature_C: float) -> tuple[Array, Array]:
        first, second = make(np.clip(np.asarray(v_mV, dtype=float), -250.0, 250.0))
        speed = factor ** ((temperature_C - reference_C) / 10.0)
        if rates:
            return first / (first + second), 1.0 / (speed * (first + second))
        return first, second / speed

    return kinetics


def _bell(v: Array, centre_mV: float, width_mV: float) -> Array:
    return np.exp(-((v - centre_mV) ** 2) / (2.0 * width_mV**2))


def _na18_s_rates(v: Array) -> Array:
    return 0.001 * (5.4203 * sigmoid(v + 79.816, -16.269) + 5.0757 * sigmoid(v + 15.968, 11.542))


def _na18_u_rates(v: Array) -> Array:
    return 0.0002 * (2.0434 * sigmoid(v + 67.499, -19.51) + 1.9952 * sigmoid(v + 30.963, 14.792))


def _kdr(v: Array) -> tuple[Array, Array]:
    above = 0.16 + 0.8 * np.exp(-0.0267 * (v + 11.0))
    below = 1000.0 * (0.000688 + 1.0 / (np.exp((v + 75.2) / 6.5) + np.exp(-(v - 131.5) / 34.8)))
    return sigmoid(v + 25.0, 15.4), np.where(v < -31.0, below, above)


def _hcn(cold: tuple[float, float], warm: tuple[float, float]) -> Callable[[Array], tuple[Array, Array]]:
    def make(v: Array) -> tuple[Array, Array]:
        above = cold[0] + cold[1] * np.exp(-(v + 25.0) / 20.0)
        below = warm[0] + warm[1] * np.exp((v + 240.0) / 50.0)
        return sigmoid(v + 87.2, -9.7), np.where(v < -70.0, below, above)

    return make


_RATES: dict[str, tuple[float, float, Callable[[Array], tuple[Array, Array]]]] = {
    "na17_m": (2.5, 21.0, lambda v: (15.5 * sigmoid(v - 5.0, 12.08), 35.2 * sigmoid(v + 72.7, -16.7))),
    "na17_h": (
        2.5, 21.0,
        lambda v: (0.38685 * sigmoid(v + 122.35, -15.29), -0.00283 + 2.00283 * sigmoid(v + 5.5266, 12.70195)),
    ),
    "na17_s": (
        2.5, 21.0,
        lambda v: (0.00003 + 0.00092 * sigmoid(v + 93.9, -16.6), 132.05 - 132.05 * sigmoid(v - 384.9, -28.5)),
    ),
    "na18_m": (
        2.5, 22.0,
        lambda v: (2.85 - 2.839 * sigmoid(v - 1.159, -13.95), 7.6205 * sigmoid(v + 46.463, -8.8289)),
    ),
    "na19_m": (2.5, 21.0, lambda v: (1.032 * sigmoid(v + 6.99, 14.87115), 5.79 * sigmoid(v + 130.4, -22.9))),
    "na19_h": (
        2.5, 21.0,
        lambda v: (0.06435 * sigmoid(v + 73.26415, -3.71928), 0.13496 * sigmoid(v + 10.27853, 9.09334)),
    ),
    "na19_s": (2.5, 21.0, lambda v: (1.6e-7 * np.exp(-v / 12.0), 0.0005 * sigmoid(v + 32.0, 23.0))),
}  # fmt: skip

_STEADY: dict[str, tuple[float, float, Callable[[Array], tuple[Array, Array]]]] = {
    "na18_h": (2.5, 22.0, lambda v: (sigmoid(v + 32.2, -4.0), 1.218 + 42.043 * _bell(v, -38.1, 15.19))),
    "na18_s": (2.5, 22.0, lambda v: (sigmoid(v + 45.0, -8.0), 1.0 / _na18_s_rates(v))),
    "na18_u": (2.5, 22.0, lambda v: (sigmoid(v + 51.0, -8.0), 1.0 / _na18_u_rates(v))),
    "kdr_n": (3.3, 22.0, _kdr),
    "ka_m": (3.3, 23.0, lambda v: (sigmoid(v - 9.6, 16.4) ** 4, 0.25 + 10.04 * _bell(v, -24.67, 34.8))),
    "ka_h": (3.3, 23.0, lambda v: (sigmoid(v + 34.9, -4.6), np.maximum(5.0, 20.0 + 50.0 * _bell(v, -40.0, 40.0)))),
    "km_slow": (3.3, 21.0, lambda v: (sigmoid(v + 30.0, 6.0), np.where(v < -60.0, 219.0, 13.0 * v + 1000.0))),
    "km_fast": (
        3.3, 21.0,
        lambda v: (
            sigmoid(v + 30.0, 6.0),
            1.0 / (0.00395 * (np.exp((v + 30.0) / 40.0) + np.exp(-(v + 30.0) / 20.0))),
        ),
    ),
    "hcn_slow": (3.0, 22.0, _hcn((300.0, 542.0), (2500.0, 100.0))),
    "hcn_fast": (3.0, 22.0, _hcn((140.0, 50.0), (250.0, 12.0))),
}  # fmt: skip


def _currents(here: Any, p: Row) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Slope and offset (`Flow`) of the sodium and the potassium current, without what balances them at rest."""
    ena = nernst_mV(here.na_out, here.na_in, 1, here.temperature_C)
    ek = nernst_mV(here.k_out, here.k_in, 1, here.temperature_C)
    both = 0.25 * p["hcn_S_per_cm2"] * (here.hcn_slow + here.hcn_fast)
    g_na = (
        p["na17_S_per_cm2"] * (here.na17_m**3 * here.na17_h * here.na17_s)
        + p["na18_S_per_cm2"] * (here.na18_m**3 * here.na18_h * here.na18_s * here.na18_u)
        + p["na19_S_per_cm2"] * (here.na19_m * here.na19_h * here.na19_s)
        + both
    )
    ratio = p["kna_half_mM"] / here.na_in
    kna = p["kna_open"] / (1.0 + ratio**3 * sqrt(ratio))
    g_k = (
        p["kdr_S_per_cm2"] * here.kdr_n**4
        + p["ka_S_per_cm2"] * (here.ka_m * here.ka_h)
        + p["km_S_per_cm2"] * (0.25 * here.km_slow + 0.75 * here.km_fast)
        + p["kna_S_per_cm2"] * kna
        + both
    )
    bound = here.na_in + 8.0
    outside = 1.0 + 1.0 / here.k_out
    turn = 1.62 / (1.0 + (6.7 / bound) ** 3) + 1.0 / (1.0 + (67.6 / bound) ** 3)
    pump = p["pump_mA_per_cm2"] * turn / (outside * outside)
    return (g_na, g_na * ena - 1.5 * pump), (g_k, g_k * ek + pump)


def _start(_: float) -> dict[str, float]:
    p = row("c_fibres.tigerholm")
    return {name: p[f"{name}_mM"] for name in ("na_in", "na_out", "k_in", "k_out")}


@lru_cache(maxsize=16)
def _balance(temperature_C: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Leak and constant current of sodium and of potassium that hold the fibre at its rest."""
    here = SimpleNamespace(temperature_C=temperature_C, **_start(temperature_C))
    for gate in _GATES:
        setattr(here, gate.name, float(gate.steady_and_tau(np.array(_REST_MV), temperature_C)[0]))
    reversal = [nernst_mV(getattr(here, f"{i}_out"), getattr(here, f"{i}_in"), 1, temperature_C) for i in ("na", "k")]
    currents = _currents(here, row("c_fibres.tigerholm"))
    sodium, potassium = (balance(*c, e, _REST_MV) for c, e in zip(currents, reversal, strict=True))
    return sodium, potassium


def _flow(here: Any) -> Flow:
    p, after, currents = row("c_fibres.tigerholm"), {}, {}
    conductance: Any = 0.0
    offset: Any = 0.0
    shell = (p["shell_um"], p["exchange_m_per_s"])
    parts = zip(("na", "k"), _currents(here, p), _balance(here.temperature_C), strict=True)
    for ion, (slope, rest), (leak, constant) in parts:
        inside, outside = getattr(here, f"{ion}_in"), getattr(here, f"{ion}_out")
        g = slope + leak
        j = rest - constant + (leak * nernst_mV(outside, inside, 1, here.temperature_C) if leak > 0 else 0.0)
        current = currents[{"na": "sodium", "k": "potassium"}[ion]] = g * here.v_mV - j
        after[f"{ion}_in"] = after_inside(inside, current, here.surface_per_um, 1, here.dt_ms)
        after[f"{ion}_out"] = after_in_shell(
            outside, current, shell[0], p[f"{ion}_out_mM"], shell[1], here.dt_ms
        )  # fmt: skip
        conductance, offset = conductance + g, offset + j
    return Flow(conductance=conductance, offset=offset, after=after, currents=currents)


_GATES = tuple(
    Gate(name=name, kinetics=_warm(factor, reference_C, make, rates=rates))
    for rates, group in ((True, _RATES), (False, _STEADY))
    for name, (factor, reference_C, make) in group.items()
)


class Tigerholm(FibreModel):
    """Three sodium, three potassium channels, HCN, sodium-activated potassium and a pump."""

    __slots__ = ()
    name = "tigerholm"
    rest_mV = _REST_MV
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.0
    rho_axial_ohm_cm = 35.4
    passive_ends = False
    gates = _GATES
    currents = ()
    membrane = Membrane(
        columns=(), start=_start, shape=lambda kinds: {"surface_per_um": 4.0 / kinds.fibre_um}, flow=_flow
    )
    rows = ("c_fibres.tigerholm", "fibres.unmyelinated")

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d = above_zero(diameter_um)
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), [])


MODEL = Tigerholm()
