"""The modal internode against a double cable solved compartment by compartment."""

import numpy as np
import pytest
from double_cable import internode_matrices, of_fibre, rates

from rheobase.nerve import (
    activation_thresholds,
    fibre_model,
    stimulus_from_segments,
    tapered_fibre,
    uniform_fibre,
)
from rheobase.nerve.assemble import ROWS_PER_MV, TABLE_LOW_MV, gate_table
from rheobase.nerve.internode import closed_modes
from rheobase.nerve.simulate import simulate

DT = 0.005
PULSE = stimulus_from_segments([(0.05, 0.0), (0.1, -1.0), (0.05, 0.0), (0.1, 1.0)], tail_ms=0.7, dt_ms=DT)


def potential(fibre, place_um, distance_mm=1.0):
    r_mm = np.hypot(distance_mm, (fibre.arc_um - place_um) / 1000)
    return 1 / (4 * np.pi * 0.3 * r_mm * 1e-3)


def uniform(diameter_um=10.0, nodes=11):
    fibre = uniform_fibre("mrg_discrete", diameter_um=diameter_um, nodes=nodes)
    return fibre, potential(fibre, fibre.node_arc_um[nodes // 2] + 200.0)


def tapered():
    fibre = tapered_fibre("short", parent_um=8.7, length_mm=24.0)
    return fibre, potential(fibre, 9000.0)


CASES = {"10 um": uniform, "5.7 um": lambda: uniform(5.7), "tapered": tapered}


def oracle_threshold(cable, phi, wave, detect, low, high):
    """Bisect to 1e-5: does the node rise through -30 mV?"""
    state = cable.rest()
    while high / low > 1 + 1e-5:
        trial = np.sqrt(low * high)
        v = cable.run(phi, wave, trial, DT, state)[:, detect]
        low, high = (low, trial) if ((v[:-1] < -30) & (v[1:] >= -30)).any() else (trial, high)
    return high


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_potentials_below_threshold(make):
    """Half of threshold: single precision is all that is lost."""
    fibre, phi = make()
    threshold = activation_thresholds([fibre], [phi[None]], PULSE).threshold_mA[0]
    run = simulate(fibre, phi[None], PULSE, 0.5 * threshold)
    want = of_fibre(fibre).run(phi, PULSE.samples[0], 0.5 * threshold, DT).T
    inner = slice(1, -1) if fibre.passive_ends else slice(None)  # a passive end is cut off and only its psi matters
    assert np.abs(want[inner] - want[inner][:, :1]).max() > 3.0
    assert np.abs(run.v_mV - want)[inner].max() < 5e-4


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_a_spike_runs_alike(make):
    fibre, phi = make()
    threshold = activation_thresholds([fibre], [phi[None]], PULSE).threshold_mA[0]
    run = simulate(fibre, phi[None], PULSE, 1.5 * threshold)
    want = of_fibre(fibre).run(phi, PULSE.samples[0], 1.5 * threshold, DT).T
    inner = slice(1, -1) if fibre.passive_ends else slice(None)
    assert want[inner].max() > 0
    assert np.abs(run.v_mV - want)[inner].max() < 0.03  # upstroke of some 500 mV/ms: 0.06 us
    assert np.abs(run.v_mV.max(axis=1) - want.max(axis=1))[inner].max() < 5e-3


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_thresholds(make):
    fibre, phi = make()
    detect = fibre.nodes - 3
    found = activation_thresholds([fibre], [phi[None]], PULSE, watch=[detect], tolerance=1e-5)
    mine = found.threshold_mA[0]
    want = oracle_threshold(of_fibre(fibre), phi, PULSE.samples[0], detect, 0.99 * mine, 1.01 * mine)
    assert mine == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize("diameter_um", [2.0, 5.7, 10.0, 16.0])
def test_modes_are_those_of_the_compartments(diameter_um):
    """Rates, coupling and drive of the modes against the matrices of the twenty states, assembled on their own."""
    fibre = uniform_fibre("mrg_discrete", diameter_um=diameter_um, nodes=4)
    c, g, b, s = internode_matrices(of_fibre(fibre), 1)
    for matrix in (c, g):
        np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
        assert np.linalg.eigvalsh(matrix).min() > 0
    modes = closed_modes(fibre.kinds)
    rates_per_ms = modes.rate_per_ms[0]
    exact = np.sort(np.linalg.eigvals(np.linalg.solve(c, g)).real)
    np.testing.assert_allclose(np.sort(rates_per_ms), exact, rtol=1e-6)
    share = modes.coupling[0] ** 2
    even, odd = slice(0, 10), slice(10, 20)
    for at in (0.0, 1.0, 100.0):  # what the nodes see of each other, at direct current and faster
        seen = b.T @ np.linalg.solve(g + at * c, b)
        part = share / (rates_per_ms + at)
        assert part.sum() == pytest.approx(seen[0, 0], rel=1e-8)
        assert part[even].sum() - part[odd].sum() == pytest.approx(seen[0, 1], rel=1e-8)
    e = np.random.default_rng(1).normal(size=12)
    seen = b.T @ np.linalg.solve(g, s @ e)
    pushed = modes.drive[0].T @ np.stack([e[:6] + e[:5:-1], e[:6] - e[:5:-1]], axis=1) / rates_per_ms[:, None]
    assert pushed[even, 0].sum() + pushed[odd, 1].sum() == pytest.approx(seen[0], rel=1e-8)
    assert pushed[even, 0].sum() - pushed[odd, 1].sum() == pytest.approx(seen[1], rel=1e-8)


def test_gate_table_between_its_rows():
    """Linear interpolation at 0.25 mV against exact rates, relative to the full range of a gate."""
    table = gate_table(fibre_model("mrg_discrete"), DT, 37.0).astype(float)
    v = np.random.default_rng(0).uniform(-149.0, 149.0, 4000)
    alpha, beta = rates(v)
    moved = -np.expm1(-DT * (alpha + beta))
    exact = np.concatenate([alpha / (alpha + beta) * moved, moved])
    position = (v - TABLE_LOW_MV) * ROWS_PER_MV
    at = position.astype(int)
    part = (position - at)[:, None]
    got = (table[at, :8] + part * table[at, 8:]).T
    assert np.abs(got - exact).max() < 5e-5


def test_small_stimuli_add_up():
    """Far below threshold the fibre is linear: twice the current, twice the response."""
    fibre, phi = uniform()
    one, two = (simulate(fibre, phi[None], PULSE, a, nodes=[5]).v_mV[0] for a in (2e-3, 4e-3))
    rise = one - one[0]
    assert 0.1 < np.abs(rise).max() < 0.5
    np.testing.assert_allclose(two - two[0], 2 * rise, atol=0.01 * np.abs(rise).max())


def test_thresholds_converge_with_first_order():
    """Differences halve when the step halves (1.00 for exactly first order)."""
    fibre, phi = uniform()
    t = []
    for dt in (0.01, 0.005, 0.0025, 0.00125):
        s = stimulus_from_segments([(0.1, -1.0)], tail_ms=1.5, dt_ms=dt)
        t.append(activation_thresholds([fibre], [phi[None]], s, tolerance=1e-5).threshold_mA[0])
    order = np.log2(np.diff(t)[:-1] / np.diff(t)[1:])
    np.testing.assert_allclose(order, 1.0, atol=0.1)
