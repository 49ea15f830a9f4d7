"""The autonomic and the cutaneous C fibre of Thio et al. (2024): one set of channels by isoform, two sets of amounts.

Sodium, potassium and calcium move inside the axon and in a thin shell around it. Rates and constants were read from the
model definitions of PyFibers 0.13, not from the paper. The reference simulations read most steady states and time
constants off tables of 0.5 mV steps (Nav1.7: 1.1 mV) from -120 to 100 mV, held at their ends; the same tables are used
here, so that thresholds compare.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from rheobase.nerve.membrane import Column, Flow, Membrane
from rheobase.nerve.model import Array, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._calcium import FARADAY_C, after_calcium, calcium_shape, calcium_start
from rheobase.nerve.models._ions import after_in_shell, after_inside, balance, nernst_mV
from rheobase.nerve.models._rates import sigmoid
from rheobase.nerve.models.sweeney import above_zero
from rheobase.nerve.programme import exp, log
from rheobase.tables import Row, row

_REST_MV = -58.5
_GRID_MV, _COARSE_MV = np.linspace(-120.0, 100.0, 441), np.linspace(-120.0, 100.0, 201)
_IONS = {"na": "sodium", "k": "potassium", "ca": "calcium"}
_Curve = Callable[[Array], Array]


def _warmth(temperature_C: float, reference_C: float = 22.0) -> float:
    return 3.0 ** ((temperature_C - reference_C) / 10.0)


def _gate(name: str, steady: _Curve, tau_ms: _Curve, grid: Array | None = _GRID_MV, reference_C: float = 22.0) -> Gate:
    def kinetics(v_mV: Array, temperature_C: float) -> tuple[Array, Array]:
        v, speed = np.clip(np.asarray(v_mV, dtype=float), -250.0, 250.0), _warmth(temperature_C, reference_C)
        if grid is None:
            return steady(v), tau_ms(v) / speed
        return np.interp(v, grid, steady(grid)), np.interp(v, grid, tau_ms(grid)) / speed

    return Gate(name=name, kinetics=kinetics)


def _root(half_mV: float, width_mV: float) -> _Curve:
    """Cube root of a sigmoid: its third power is what was measured."""
    return lambda v: np.cbrt(sigmoid(v - half_mV, width_mV))


def _s(half_mV: float, width_mV: float) -> _Curve:
    return lambda v: sigmoid(v - half_mV, width_mV)


def _hump(v: Array, up_mV: float, up_width_mV: float, down_mV: float, down_width_mV: float) -> Array:
    """Sum of two exponentials, upside down."""
    return 1.0 / (np.exp((v - up_mV) / up_width_mV) + np.exp(-(v - down_mV) / down_width_mV))


_GATES = (
    _gate("na17_m", _root(-25.0, 7.0),
          lambda v: (0.07 * _hump(v, 11.4, 14.0, -61.0, 9.4) + 0.1 * sigmoid(v + 5.5, 8.0)) / 2.0, _COARSE_MV, 21.0),
    _gate("na17_h", _s(-79.0, -7.0), lambda v: _hump(v, -5.7, 12.4, -131.0, 9.5), _COARSE_MV, 21.0),
    _gate("na18_m", _root(-4.0, 7.0), lambda v: (0.03 + 0.5 * _hump(v, 0.0, 12.0, -29.0, 18.0)) / 2.0),
    _gate("na18_h", _s(-28.0, -4.56),
          lambda v: 2.63 + 250.0 * _hump(v, -36.0, 7.7, 0.0, 16.3) + 1.4 * sigmoid(v + 0.6, 2.95)),
    _gate("na18_s", _s(-50.0, -7.5),
          lambda v: 34.0 * _hump(v, -2.0, 16.0, -108.0, 8.0) + 160.0 * sigmoid(v + 110.0, 75.0)),
    _gate("na19_m", _root(-51.0, 8.4), lambda v: (0.3 + _hump(v, -1.3, 22.0, -82.0, 10.0)) / 2.0),
    _gate("na19_h", _s(-55.0, -11.5), lambda v: 2.0 + _hump(v, 32.0, 14.0, -157.0, 12.0)),
    _gate("na19_s", lambda v: 0.03 + 0.97 * sigmoid(v + 79.0, -6.87),
          lambda v: _hump(v, 195.0, 29.0, -193.0, 12.4) + 1165.0 * sigmoid(v + 40.0, 30.0)),
    _gate("ca12_m", _root(1.75, 10.0), lambda v: 0.25 + 0.5 * _hump(v, 15.0, 5.0, -27.0, 12.0)),
    _gate("ca12_h", _s(10.0, -8.0), lambda v: 1.4 * _hump(v, 145.0, 30.0, -150.0, 16.4)),
    _gate("ca22_m", _root(-4.0, 7.5), lambda v: 0.1 + 0.5 * _hump(v, 3.0, 6.7, -37.0, 13.5)),
    _gate("ca22_h", _s(-48.0, -7.0), lambda v: 10.0 * _hump(v, 54.0, 23.0, -150.0, 35.0)),
    _gate("ca22_s", _s(-81.0, -8.6), lambda v: 50.0 + 30.0 * _hump(v, 50.0, 26.0, -150.0, 26.0)),
    _gate("km_fast", _root(-44.0, 6.4),
          lambda v: (104.0 * _hump(v, 7.0, 20.0, -32.0, 20.0) + 30.0 * sigmoid(v + 40.0, 80.0)) / 2.0),
    _gate("km_slow", _root(-32.0, 9.2),
          lambda v: (15.0 + 62.0 * _hump(v, 13.0, 20.0, -90.0, 20.0) + 50.0 * sigmoid(v + 50.0, 8.0)) / 2.0),
    _gate("hcn_fast", _root(-97.0, -7.35), lambda v: 0.5 * _hump(v, 42.0, 11.8, -498.0, 66.6)),
    _gate("hcn_slow", _root(-94.0, -8.9), lambda v: 0.5 * _hump(v, -25.0, 4.1, -356.0, 32.0)),
    _gate("kv21_m", _root(1.0, 10.0), lambda v: 2.0 + 1.2 * _hump(v, 15.0, 8.5, -68.0, 15.0), None),
    _gate("kv21_h", lambda v: 0.15 + 0.85 * sigmoid(v + 27.0, -7.0),
          lambda v: 45.0 * _hump(v, 10.2, 8.0, -101.0, 8.0) + 8200.0 * sigmoid(v, 60.0), None),
    _gate("ka34_m", _root(24.0, 17.0), lambda v: _hump(v, 39.0, 13.0, -134.0, 47.0) / 2.0),
    _gate("ka34_h", _s(-31.0, -12.0), lambda v: 15.0 + _hump(v, 60.0, 15.0, -300.0, 27.0)),
    _gate("ka14_m", _root(-25.0, 12.0),
          lambda v: (0.6 + 2748.0 * _hump(v, -128.0, 14.5, -10.0, 8.0) + 1.7 * sigmoid(v + 8.5, -10.65)) / 2.0),
    _gate("ka14_h", lambda v: 0.073 + 0.924 * sigmoid(v + 47.0, -4.75),
          lambda v: 35.0 + 11.22 * _hump(v, -21.4, 9.48, -155.3, 16.4)),
    _gate("ka14_s", lambda v: 0.415 + 0.576 * sigmoid(v + 44.5, -5.93) + 0.103 * sigmoid(v, 18.37),
          lambda v: 1000.0 * (3.97 * _hump(v, -35.1, 9.97, -83.3, 18.0) + 2.5 * sigmoid(v + 27.3, 7.11))),
)  # fmt: skip


def _per_mV(temperature_C: float) -> float:
    return 0.5 * FARADAY_C / (8314.0 * (273.0 + temperature_C))  # as the exchanger has them


def _kept(v_mV: Array) -> Array:
    return np.clip(np.asarray(v_mV, dtype=float), -190.0, 250.0)  # the pump has a pole at -200 mV


_COLUMNS = (
    Column(name="exchange_up", at=lambda v, t: np.exp(_per_mV(t) * _kept(v))),
    Column(name="exchange_down", at=lambda v, t: np.exp(-_per_mV(t) * _kept(v))),
    Column(name="pump", at=lambda v, t: (_kept(v) + 150.0) / (_kept(v) + 200.0)),
    Column(name="pump_slope", at=lambda v, t: 50.0 / (_kept(v) + 200.0) ** 2),
)


def _by_calcium(here: Any) -> dict[str, tuple[Any, Any]]:
    """Steady state and time constant of the gates that calcium moves: big and small conductance."""
    pca, v, speed = log(here.ca_in) * (1.0 / math.log(10.0)) - 3.0, here.v_mV, 1.0 / _warmth(here.temperature_C)
    open_tau = 1.0 / (
        exp((v + 58.0 * pca + 303.0) / (3.2 * pca)) + exp(-(v + 107.0 * pca + 453.0) / (6.8 * pca))
    )  # fmt: skip
    close_tau = 1.0 / (exp((v + 3.0 * pca + 100.0) / (3.0 * pca)) + exp(-(v + 191.0 * pca + 600.0) / (17.0 * pca)))
    return {
        "bk_m": (1.0 / (1.0 + exp(-(v + 50.0 * pca + 232.0) / 24.0)), (open_tau + 0.4) * speed),
        "bk_h": (1.0 / (1.0 + exp((v + 8.0 * pca - 35.0) / 47.0)), close_tau * speed),
        "sk_n": (1.0 / (1.0 + exp(-(pca + 6.4) / 0.12)), -pca * speed),
    }


def _currents(here: Any, p: Row) -> tuple[dict[str, tuple[Any, Any]], dict[str, Any]]:
    """Slope and offset (`Flow`) of sodium, potassium and calcium, unbalanced; and their reversals."""
    q, t = row("c_fibres.thio"), here.temperature_C
    ena, ek = nernst_mV(here.na_out, here.na_in, 1, t), nernst_mV(here.k_out, here.k_in, 1, t)
    eca = nernst_mV(here.ca_out, here.ca_in, 2, t)
    hcn = p["hcn_S_per_cm2"] * (0.25 * here.hcn_slow**3 + 0.75 * here.hcn_fast**3)
    share = (q["hcn_mV"] - ek) / (ena - ek)  # what sodium carries, so that both together reverse at hcn_mV
    g_na = (
        p["na17_S_per_cm2"] * (here.na17_m**3 * here.na17_h)
        + p["na18_S_per_cm2"] * (here.na18_m**3 * here.na18_h * here.na18_s)
        + p["na19_S_per_cm2"] * (here.na19_m**3 * here.na19_h * here.na19_s)
        + hcn * share
    )
    g_k = (
        p["bk_S_per_cm2"] * (here.bk_m * here.bk_h)
        + p["km_S_per_cm2"] * (0.25 * here.km_fast**3 + 0.75 * here.km_slow**3)
        + p["kv21_S_per_cm2"] * (here.kv21_m**3 * here.kv21_h)
        + p["ka34_S_per_cm2"] * (here.ka34_m**3 * here.ka34_h)
        + p["ka14_S_per_cm2"] * (here.ka14_m**3 * here.ka14_h * here.ka14_s)
        + p["sk_S_per_cm2"] * here.sk_n
        + hcn * (1.0 - share)
    )
    g_ca = (
        p["ca12_S_per_cm2"] * (here.ca12_m**3 * here.ca12_h)
        + p["ca22_S_per_cm2"] * (here.ca22_m**3 * here.ca22_h * here.ca22_s)
    )  # fmt: skip
    na3 = here.na_in**3, here.na_out**3
    up, down = na3[0] * here.ca_out * here.exchange_up, na3[1] * here.ca_in * here.exchange_down
    warmth = (2.2 * (273.0 + t - 296.0) + (310.0 - 273.0 - t)) / 14.0
    turn = p["exchanger_relative"] * warmth * q["exchanger_mA_per_cm2_mM4"]
    turn = turn / (1.0 + q["exchanger_per_mM4"] * (here.ca_in * na3[1] + here.ca_out * na3[0]))
    exchange, slope = turn * (up - down), turn * (_per_mV(t) * (up + down))
    offset = slope * here.v_mV - exchange
    warm = p["pump_mA_per_cm2"] * 1.16 ** ((22.85 - t) / 10.0)
    warm = warm * (here.na_in / (here.na_in + q["pump_na_half_mM"])) ** 3
    warm = warm * (here.k_out / (here.k_out + q["pump_k_half_mM"])) ** 2
    pump_slope = warm * here.pump_slope
    pump_offset = pump_slope * here.v_mV - warm * here.pump
    made = {
        "na": (g_na + 3.0 * (slope + pump_slope), g_na * ena + 3.0 * (offset + pump_offset)),
        "k": (g_k - 2.0 * pump_slope, g_k * ek - 2.0 * pump_offset),
        "ca": (g_ca - 2.0 * slope, g_ca * eca - 2.0 * offset),
    }
    return made, {"na": ena, "k": ek, "ca": eca}


def _start(temperature_C: float) -> dict[str, float]:
    p, calcium = row("c_fibres.thio"), calcium_start()
    here = SimpleNamespace(ca_in=calcium["ca_in"], v_mV=_REST_MV, temperature_C=temperature_C)
    ions = {name: p[f"{name}_mM"] for name in ("na_in", "na_out", "k_in", "k_out")}
    return {**ions, **calcium, **{name: float(steady) for name, (steady, _) in _by_calcium(here).items()}}


@lru_cache(maxsize=16)
def _balance(key: str, temperature_C: float) -> dict[str, tuple[float, float]]:
    """Leak and constant current of each ion that hold the fibre at its rest."""
    here = SimpleNamespace(v_mV=_REST_MV, temperature_C=temperature_C, **_start(temperature_C))
    for gate in _GATES:
        setattr(here, gate.name, float(gate.steady_and_tau(np.array(_REST_MV), temperature_C)[0]))
    for column in _COLUMNS:
        setattr(here, column.name, float(column.at(np.array(_REST_MV), temperature_C)))
    currents, reversal = _currents(here, row(key))
    return {ion: balance(*currents[ion], reversal[ion], _REST_MV) for ion in currents}


def _flow_of(key: str) -> Callable[[Any], Flow]:
    def flow(here: Any) -> Flow:
        q, after, carried = row("c_fibres.thio"), {}, {}
        for name, (steady, tau_ms) in _by_calcium(here).items():
            after[name] = steady + (getattr(here, name) - steady) * exp(-here.dt_ms / tau_ms)
        moved = SimpleNamespace(**{**vars(here), **after})
        currents, reversal = _currents(moved, row(key))
        held = _balance(key, here.temperature_C)
        conductance: Any = 0.0
        offset: Any = 0.0
        for ion, (slope, rest) in currents.items():
            leak, constant = held[ion]
            g, j = slope + leak, rest - constant + leak * reversal[ion]
            conductance, offset, current = conductance + g, offset + j, g * here.v_mV - j
            carried[_IONS[ion]] = current
            if ion == "ca":
                after |= after_calcium(here, current)
                continue
            inside, outside = getattr(here, f"{ion}_in"), getattr(here, f"{ion}_out")
            after[f"{ion}_in"] = after_inside(inside, current, here.surface_per_um, 1, here.dt_ms)
            after[f"{ion}_out"] = after_in_shell(
                outside, current, q["shell_um"], q[f"{ion}_out_mM"], q["exchange_m_per_s"], here.dt_ms
            )  # fmt: skip
        return Flow(conductance=conductance, offset=offset, after=after, currents=carried)

    return flow


def _shape(kinds: Internodes) -> dict[str, Array]:
    return calcium_shape(kinds, row("c_fibres.thio")["calcium_shell_um"])


class ThioAutonomic(FibreModel):
    """Three sodium, seven potassium, two calcium channels, HCN, a pump and an exchanger."""

    __slots__ = ()
    name = "thio_autonomic"
    lingers = True
    rest_mV = _REST_MV
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.326291192
    passive_ends = False
    gates = _GATES
    currents = ()
    membrane = Membrane(columns=_COLUMNS, start=_start, shape=_shape, flow=_flow_of("c_fibres.thio_autonomic"))
    rows = ("c_fibres.thio_autonomic", "c_fibres.thio", "c_fibres.calcium", "fibres.unmyelinated")

    @property
    def rho_axial_ohm_cm(self) -> float:  # type: ignore[override]
        """Resistivity of the axoplasm."""
        return row(self.rows[0])["rho_axial_ohm_cm"]

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d = above_zero(diameter_um)
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), [])


class ThioCutaneous(ThioAutonomic):
    """The same channels in the amounts of a cutaneous fibre."""

    __slots__ = ()
    name = "thio_cutaneous"
    membrane = Membrane(columns=_COLUMNS, start=_start, shape=_shape, flow=_flow_of("c_fibres.thio_cutaneous"))
    rows = ("c_fibres.thio_cutaneous", *ThioAutonomic.rows[1:])


MODEL, CUTANEOUS = ThioAutonomic(), ThioCutaneous()
