"""What a contact records, by reciprocity, against the currents of all compartments one by one."""

import numpy as np
import pytest
from double_cable import of_fibre

from rheobase.nerve import (
    Injection,
    record_fibres,
    silence,
    simulate,
    stimulus_from_segments,
    tapered_fibre,
    uniform_fibre,
)
from rheobase.nerve.velocity import conduction_velocity

DT = 0.005
BIPHASIC = stimulus_from_segments([(0.1, -1.0), (0.05, 0.0), (0.1, 0.7)], tail_ms=1.2, dt_ms=DT)


def mrg(diameter_um, nodes):
    return uniform_fibre("mrg_interpolated", diameter_um=diameter_um, nodes=nodes)


def point_potential(fibre, distance_mm, node):
    """Potential of 1 mA from a point beside a node."""
    r_mm = np.hypot(distance_mm, (fibre.arc_um - fibre.node_arc_um[node]) / 1000)
    return 1 / (4 * np.pi * 0.3 * r_mm[None] * 1e-3)


def summed_uV(fibre, phi, contact, stimulus, amplitude):
    """The current that arrives at every compartment along both paths, weighted, from the oracle's own potentials."""
    cable = of_fibre(fibre)
    phi_in, psi, x = cable.rest()
    e, out = np.zeros(cable.size), []

    def seen():
        leaves = np.zeros(cable.size)
        for v, resistance in ((phi_in, cable.ra), (psi, cable.rp)):
            flow = np.diff(v) / resistance
            leaves[:-1] += flow
            leaves[1:] -= flow
        return contact @ leaves

    out.append(seen())
    for w in stimulus.samples[0]:
        before, e = e, amplitude * w * phi
        phi_in, psi, x = cable.step(phi_in, psi, x, before, e, stimulus.dt_ms)
        out.append(seen())
    return 1e-3 * (np.array(out) - out[0])


@pytest.mark.parametrize(
    ("fibre", "amplitude"),
    [(mrg(10.0, 21), 0.6), (mrg(5.7, 15), 0.2), (tapered_fibre("short", parent_um=8.7, length_mm=24.0), 1.0),
     (uniform_fibre("pena", diameter_um=3.0, nodes=21, passive_ends=False), 1.5)],
    ids=["10 um", "silent", "tapered", "thin, sealed"],
)  # fmt: skip
def test_double_cables(fibre, amplitude):
    phi, contact = point_potential(fibre, 0.7, node=5), point_potential(fibre, 1.0, node=fibre.nodes - 6)
    got = record_fibres([fibre], [contact], [phi], BIPHASIC, amplitude).signal_uV[0, 0]
    want = summed_uV(fibre, phi[0], contact[0], BIPHASIC, amplitude)
    assert np.abs(got - want).max() < 1e-3 * np.abs(want).max()
    after = slice(round(0.4 / DT), None)  # the spike alone
    assert np.abs(got - want)[after].max() < 1e-3 * np.abs(want[after]).max()


@pytest.mark.parametrize(
    ("model", "diameter_um", "spacing_um"),
    [("sundt", 1.0, 25.0), ("hodgkin_huxley", 20.0, None), ("sweeney", 10.0, None)],
)
def test_single_cables(model, diameter_um, spacing_um):
    """From the other side of the balance: ionic and capacitive current of every node, by its potential and gates."""
    fibre = uniform_fibre(model, diameter_um=diameter_um, nodes=41, passive_ends=False, spacing_um=spacing_um)
    celsius = 6.3 if model == "hodgkin_huxley" else 37.0
    phi, contact = point_potential(fibre, 0.3, node=10), point_potential(fibre, 0.2, node=30)
    push = [Injection(node=6, current_nA=1.0 if model == "sundt" else 30.0, start_ms=1.0, width_ms=0.5)]
    stimulus = stimulus_from_segments([(0.1, -1.0)], tail_ms=4.0, dt_ms=DT)
    run = simulate(fibre, phi, stimulus, 0.1, injections=push, membrane=True, temperature_C=celsius)
    m, area = run.membrane, run.membrane.area_um2[:, None]
    current = fibre.model.capacitance_uF_per_cm2 * area * 1e-5 * np.diff(run.v_mV, axis=1) / DT
    for one, g in zip(fibre.model.currents, fibre.kinds.conductance_S_per_cm2[:, 0], strict=True):
        share = np.prod([m.gates[n] for n in one.gates], axis=0) if one.gates else np.ones_like(run.v_mV)
        current += g * area * 1e-2 * share[:, :-1] * (run.v_mV[:, 1:] - one.reversal_mV)
    want = 1e-3 * (contact @ current)[0]
    got = record_fibres([fibre], [contact], [phi], stimulus, 0.1, injections=push, temperature_C=celsius).signal_uV[
        0, 0, 1:
    ]
    assert run.fired
    assert np.abs(got - (want - want[-1] + got[-1])).max() < 0.01 * np.ptp(want)
    assert np.abs(want - got).max() < 0.02 * np.ptp(want)


@pytest.mark.parametrize("model", ["mrg_interpolated", "sweeney"])
def test_no_current_is_made_or_lost(model):
    """Seen equally from everywhere, all currents add to nothing, but a pipette's own while it flows."""
    fibre = uniform_fibre(model, diameter_um=10.0, nodes=21)
    even, near = np.full((1, fibre.arc_um.size), 100.0), point_potential(fibre, 1.0, node=12)
    push = Injection(node=3, current_nA=3.0, start_ms=0.1, width_ms=0.1)
    seen = record_fibres([fibre], [np.concatenate([even, near])], injections=[push]).signal_uV[0]
    flows = np.zeros(seen.shape[1])
    flows[21:41] = 1e-3 * 3.0 * 100.0
    assert np.abs(seen[0] - flows).max() < 1e-4 * np.ptp(seen[1]) * 100.0 / near.max()
    assert np.ptp(seen[1]) > 0.1


def test_a_passing_spike_integrates_to_nothing():
    """What leaves as the spike comes returns as it goes: the areas above and below zero are alike."""
    fibre = mrg(10.0, 61)
    seen = record_fibres(
        [fibre], [point_potential(fibre, 1.0, node=30)], None, silence(5.0, dt_ms=DT),
        injections=[Injection(node=3, current_nA=3.0)],
    ).signal_uV[0, 0]  # fmt: skip
    after = seen[25:]  # without the pipette's own current
    assert abs(after.sum()) < 0.02 * np.abs(after).sum()  # halves with the distance to the ends


def test_the_signal_travels_at_the_speed_of_the_spike():
    fibre = mrg(12.0, 61)
    contacts = np.concatenate([point_potential(fibre, 1.0, node=n) for n in (20, 45)])
    seen = record_fibres([fibre], [contacts], injections=[Injection(node=3, current_nA=3.0)], duration_ms=2.5)
    distance_mm = (fibre.node_arc_um[45] - fibre.node_arc_um[20]) / 1000
    valley = seen.signal_uV[0].argmin(axis=1) * DT
    speed = distance_mm / (valley[1] - valley[0])
    assert speed == pytest.approx(conduction_velocity(fibre).velocity_m_per_s, rel=0.02)
