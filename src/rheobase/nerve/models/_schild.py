"""What the two membranes of Schild and colleagues (1994, 1997) share: all but their sodium channels and conductances.

Vagal afferent neurones, used as C fibres (Pelot et al. 2021). Calcium moves inside, where calmodulin takes it up, and
in a space around the axon. Rates and constants were read from the model definitions of PyFibers 0.13; among them the
signs of the temperature exponents, which make pumps and exchanger weaker, not stronger, with warmth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rheobase.nerve.membrane import Column, Flow, Membrane
from rheobase.nerve.model import Array, Gate, Internodes
from rheobase.nerve.models._calcium import FARADAY_C, after_calcium, calcium_shape, calcium_start
from rheobase.nerve.models._rates import linoid, sigmoid
from rheobase.nerve.programme import exp, log
from rheobase.tables import Row, row

REST_MV = -46.5
_GAS_J_PER_K, _ZERO_K = 8.314, 273.15  # as the model has them
_KEPT_MV = (-190.0, 250.0)  # the pump has a pole at -200 mV
_Kinetics = Callable[[Array, float], tuple[Array, Array]]


def _slower(factor: float, temperature_C: float, reference_C: float = 22.85) -> float:
    return factor ** ((reference_C - temperature_C) / 10.0)


def bell(height_ms: float, per_mV: float, least_ms: float, centre_mV: float) -> Callable[[Array], Array]:
    """Time constant with a maximum.

    Examples
    --------
    >>> float(bell(0.75, 0.0635, 0.12, -40.35)(-40.35))
    0.87
    """
    return lambda v: height_ms * np.exp(-((per_mV * (v - centre_mV)) ** 2)) + least_ms


def gate(
    name: str,
    half_mV: float,
    width_mV: float,
    tau_ms: Callable[[Array], Array],
    factor: float,
    reference_C: float = 22.85,
    more: Callable[[Array], Array] | None = None,
) -> Gate:
    """Make a gate with a sigmoid steady state.

    Examples
    --------
    >>> g = gate("m", -23.85, 4.75, bell(0.75, 0.0635, 0.12, -40.35), 2.3)
    >>> float(g.steady_and_tau(np.array([-23.85]), 37.0)[0][0])
    0.5
    """

    def kinetics(v_mV: Array, temperature_C: float) -> tuple[Array, Array]:
        v = np.clip(np.asarray(v_mV, dtype=float), -250.0, 250.0)
        steady = sigmoid(v - half_mV, width_mV) + (0.0 if more is None else more(v))
        return steady, tau_ms(v) * _slower(factor, temperature_C, reference_C)

    return Gate(name=name, kinetics=kinetics)


def _kd_tau(v: Array) -> Array:
    return 1.0 / (linoid(0.001265, 10.0, v + 14.273) + 0.125 * np.exp(-(v + 55.0) / 2.5)) + 1.0


SHARED_GATES = (
    gate("kd_n", -17.62, 18.38, _kd_tau, 1.4),
    gate("ka_p", -31.0, 28.0, bell(5.0, 0.022, 2.5, -65.0), 1.93),
    gate("ka_q", -61.0, -7.0, bell(100.0, 0.035, 10.5, -30.0), 1.93),
    gate("kds_x", -42.59, 14.68, bell(5.0, 0.022, 2.5, -65.0), 1.93),
    gate("kds_y", -51.0, -7.0, lambda v: 7500.0 + 0.0 * v, 1.93),
    gate("can_d", -13.0, 4.5, bell(3.25, 0.042, 0.395, -31.0), 4.3),
    gate("can_fast", -13.0, -25.0, bell(33.5, 0.0395, 5.0, -30.0), 4.3),
    gate("can_slow", -33.0, -10.0, bell(225.0, 0.0275, 75.0, -40.0), 4.3, more=lambda v: 0.2 * sigmoid(v - 2.0, 10.0)),
    gate("cat_d", -47.0, 5.75, bell(22.0, 0.052, 2.5, -68.0), 1.9),
    gate("cat_f", -61.0, -6.0, bell(103.0, 0.05, 12.5, -58.0), 2.2),
)


def _per_mV(temperature_C: float) -> float:
    """Half the exponent of the exchanger: half a charge over kT."""
    return 0.5 * FARADAY_C / (1e3 * _GAS_J_PER_K * (temperature_C + _ZERO_K))


def _kept(v_mV: Array) -> Array:
    return np.clip(np.asarray(v_mV, dtype=float), *_KEPT_MV)


COLUMNS = (
    Column(name="kca_open", at=lambda v, t: 750.0 * np.exp((_kept(v) - 10.0) / 12.0)),
    Column(name="kca_close", at=lambda v, t: 0.05 * np.exp(-(_kept(v) - 10.0) / 60.0)),
    Column(name="exchange_up", at=lambda v, t: np.exp(_per_mV(t) * _kept(v))),
    Column(name="exchange_down", at=lambda v, t: np.exp(-_per_mV(t) * _kept(v))),
    Column(name="pump", at=lambda v, t: (_kept(v) + 150.0) / (_kept(v) + 200.0)),
    Column(name="pump_slope", at=lambda v, t: 50.0 / (_kept(v) + 200.0) ** 2),
)


def _membrane_of(key: str, sodium: Callable[[Any, Row], Any]) -> Callable[[Any], Flow]:
    def flow(here: Any) -> Flow:
        p, shared, t = row(key), row("c_fibres.schild"), here.temperature_C
        nernst = 1e3 * _GAS_J_PER_K * (t + _ZERO_K) / FARADAY_C
        na3 = shared["na_in_mM"] ** 3, shared["na_out_mM"] ** 3
        ena, ek = (nernst * np.log(shared[f"{i}_out_mM"] / shared[f"{i}_in_mM"]) for i in ("na", "k"))
        eca = nernst / 2.0 * log(here.ca_out / here.ca_in) - shared["calcium_shift_mV"]
        opening = here.kca_open * here.ca_in
        rate = opening + here.kca_close
        steady = opening / rate
        kca_c = steady + (here.kca_c - steady) * exp(rate * (-here.dt_ms / (4.5 * _slower(2.3, t))))
        g_na = sodium(here, p) + p["na_leak_S_per_cm2"]
        g_k = (
            p["kd_S_per_cm2"] * here.kd_n
            + p["ka_S_per_cm2"] * (here.ka_p**3 * here.ka_q)
            + p["kds_S_per_cm2"] * (here.kds_x**3 * here.kds_y)
            + p["kca_S_per_cm2"] * kca_c
        )
        g_ca = (
            p["can_S_per_cm2"] * (here.can_d * (0.55 * here.can_fast + 0.45 * here.can_slow))
            + p["cat_S_per_cm2"] * (here.cat_d * here.cat_f)
            + p["ca_leak_S_per_cm2"]
        )
        ca_pump = shared["ca_pump_mA_per_cm2"] * _slower(2.3, t, 22.0) * here.ca_in
        ca_pump = ca_pump / (here.ca_in + shared["ca_pump_half_mM"])
        up, down = na3[0] * here.ca_out * here.exchange_up, na3[1] * here.ca_in * here.exchange_down
        share = shared["exchanger_mA_per_cm2_mM4"] * _slower(2.2, t)
        share = share / (1.0 + shared["exchanger_per_mM4"] * (na3[1] * here.ca_in + na3[0] * here.ca_out))
        exchange, exchange_slope = share * (up - down), share * (_per_mV(t) * (up + down))
        pump = shared["pump_mA_per_cm2"] * _slower(1.16, t)
        pump *= (shared["na_in_mM"] / (shared["na_in_mM"] + shared["pump_na_half_mM"])) ** 3
        pump *= (shared["k_out_mM"] / (shared["k_out_mM"] + shared["pump_k_half_mM"])) ** 2
        curved_slope = exchange_slope + pump * here.pump_slope
        calcium = g_ca * (here.v_mV - eca) + ca_pump - 2.0 * exchange
        return Flow(
            conductance=g_na + g_k + g_ca + curved_slope,
            offset=g_na * ena + g_k * ek + g_ca * eca + curved_slope * here.v_mV
            - (ca_pump + exchange + pump * here.pump),
            after={"kca_c": kca_c, **after_calcium(here, calcium)},
            currents={
                "sodium": g_na * (here.v_mV - ena) + 3.0 * (exchange + pump * here.pump),
                "potassium": g_k * (here.v_mV - ek) - 2.0 * (pump * here.pump),
                "calcium": calcium,
            },
        )  # fmt: skip

    return flow


def _start(_: float) -> dict[str, float]:
    calcium = calcium_start()
    opening = 750.0 * np.exp((REST_MV - 10.0) / 12.0) * calcium["ca_in"]
    kca_c = opening / (opening + 0.05 * np.exp(-(REST_MV - 10.0) / 60.0))
    return {"kca_c": float(kca_c), **calcium}


def _shape(kinds: Internodes) -> dict[str, Array]:
    return calcium_shape(kinds, row("c_fibres.schild")["shell_um"])


def schild_membrane(key: str, sodium: Callable[[Any, Row], Any]) -> Membrane:
    """Make the membrane from a table row and the sodium conductance (S/cm2).

    Examples
    --------
    >>> sorted(schild_membrane("c_fibres.schild94", lambda here, p: 0.0).start(37.0))
    ['bound', 'ca_in', 'ca_out', 'kca_c']
    """
    return Membrane(columns=COLUMNS, start=_start, shape=_shape, flow=_membrane_of(key, sodium))
