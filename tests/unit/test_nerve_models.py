"""What every fibre model is held to, ours and those a third party registers: it has sources, rests, conducts, and runs
alike in the compiled kernel and in its twin."""

from types import SimpleNamespace

import numpy as np
import pytest

import rheobase.nerve.run as kernel_call
from rheobase.kernel import cable_numpy
from rheobase.nerve import fibre_model, stimulus_from_segments, uniform_fibre
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.membrane import ion_currents, looked_up
from rheobase.nerve.simulate import Injection, simulate
from rheobase.nerve.stimulus import silence
from rheobase.nerve.velocity import conduction_velocity
from rheobase.registry import members
from rheobase.tables import row, sources

cable = pytest.importorskip("rheobase.kernel.cable")
MODELS = sorted(members("fibres"))
# Where a model is not at home at 37 C, in a fibre of 10 um (with myelin) or 1 um (without).
TEMPERATURE_C = {"frankenhaeuser_huxley": 20.0, "hodgkin_huxley": 6.3}
DIAMETER_UM = {"pena": 3.0, "hodgkin_huxley": 500.0}
CURRENT_NA = {"hodgkin_huxley": 20000.0, "frankenhaeuser_huxley": 10.0}
SPACING_UM = {"hodgkin_huxley": 1000.0}


def made(name, nodes=None):
    bare = fibre_model(name).cable == "continuous"
    fibre = uniform_fibre(
        name, diameter_um=DIAMETER_UM.get(name, 1.0 if bare else 10.0), nodes=nodes or (121 if bare else 21),
        spacing_um=SPACING_UM.get(name, 25.0) if bare else None,
    )  # fmt: skip
    return fibre, TEMPERATURE_C.get(name, 37.0)


@pytest.mark.parametrize("name", MODELS)
def test_has_a_name_and_sources(name):
    model = fibre_model(name)
    assert model.name == name
    assert model.rows
    for key in model.rows:
        assert set(row(key).sources) <= set(sources())
    names = [gate.name for gate in model.gates]
    assert len(set(names)) == len(names)
    assert {g for current in model.currents for g in current.gates} <= set(names)
    assert bool(model.currents) != (model.membrane is not None)


@pytest.mark.parametrize("name", MODELS)
def test_gates_stay_within_bounds(name):
    model, v = fibre_model(name), np.linspace(-260.0, 260.0, 2081)
    for gate in model.gates:
        steady, tau_ms = gate.steady_and_tau(v, TEMPERATURE_C.get(name, 37.0))
        assert np.isfinite(steady).all()
        assert np.isfinite(tau_ms).all()
        assert (tau_ms >= 0).all()


@pytest.mark.parametrize("name", MODELS)
def test_rests(name):
    """Two milliseconds of silence: nothing fires, nothing drifts, all nodes agree with their neighbours."""
    fibre, celsius = made(name)
    run = simulate(fibre, stimulus=silence(2.0, dt_ms=0.005), temperature_C=celsius)
    assert not run.fired
    inner = run.v_mV[2:-2]
    # Forty steps of 5 ms bring all to rest but one, where they swing about it by 0.2 mV, as in the reference.
    assert np.abs(inner - inner[:, :1]).max() < (0.5 if name == "thio_cutaneous" else 0.02)
    assert np.ptp(inner[:, 0]) < 0.5


@pytest.mark.parametrize("name", MODELS)
def test_conducts(name):
    """A spike runs from a tenth of the fibre to its end, at about the same speed over both halves."""
    fibre, celsius = made(name)
    bare = fibre.model.cable == "continuous"
    current = CURRENT_NA.get(name, 0.5 if bare else 3.0)
    went = conduction_velocity(fibre, current_nA=current, width_ms=1.0 if bare else 0.1, temperature_C=celsius)
    assert went.velocity_m_per_s > 0.05
    assert went.peak_mV > went.rest_mV + 50.0
    assert 0.05 < went.half_width_ms < 10.0


@pytest.mark.parametrize("name", MODELS)
def test_the_twin_agrees(name, monkeypatch):
    """The upstroke of a spike, potential by potential, in both kernels."""
    fibre, celsius = made(name, nodes=11)
    bare = fibre.model.cable == "continuous"
    current = CURRENT_NA.get(name, 2.0 if bare else 3.0)
    push = Injection(node=4, current_nA=current, start_ms=0.05, width_ms=0.3)
    runs = []
    for advance in (cable.advance, cable_numpy.advance):
        monkeypatch.setattr(kernel_call, "advance", advance)
        runs.append(simulate(fibre, stimulus=silence(0.6, dt_ms=0.005), injections=[push], temperature_C=celsius).v_mV)
    assert np.nanmax(np.ptp(runs[0], axis=1)) > 30.0
    np.testing.assert_allclose(runs[0], runs[1], atol=0.05 if fibre.model.membrane is None else 1e-3)


@pytest.mark.parametrize("name", [n for n in MODELS if fibre_model(n).membrane is not None])
def test_lanes_keep_their_states_when_taken(name):
    """A lane that moves to another block takes its concentrations along."""
    fibres = [uniform_fibre(name, diameter_um=d, nodes=9, spacing_um=25.0) for d in np.linspace(0.5, 1.5, 18)]
    phi = [np.linspace(0.0, 100.0 + i, 9)[None] for i in range(18)]
    chunk = make_chunk(fibres, phi, dt_ms=0.005, temperature_C=37.0)
    pulse = stimulus_from_segments([(0.1, -1.0)], tail_ms=0.1, dt_ms=0.005)

    def ran(one):
        state = one.fresh()
        kernel_call.run(one, state, pulse.samples, np.ones((one.layout.lanes, 1)))
        blocks, lanes = one.blocks, one.layout.lanes
        return [s.reshape(blocks, -1, 16).transpose(0, 2, 1).reshape(lanes, -1) for s in (state[0], state[3])]

    lanes = np.array([17, 3])
    for whole, part in zip(ran(chunk), ran(chunk.take(lanes)), strict=True):
        np.testing.assert_array_equal(part[:2], whole[lanes])


@pytest.mark.parametrize("name", [n for n in MODELS if fibre_model(n).membrane is not None])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_absurd_currents_empty_no_space(name, sign):
    """Volts across the membrane for 5 ms would use up what ions there are; numbers stay numbers all the same."""
    fibre = uniform_fibre(name, diameter_um=0.3, nodes=31, spacing_um=25.0)
    r_mm = np.hypot(0.2, (fibre.arc_um - fibre.node_arc_um[15]) / 1000)
    pulse = stimulus_from_segments([(5.0, sign)], tail_ms=1.0, dt_ms=0.005)
    run = simulate(fibre, 1 / (4 * np.pi * 0.3 * r_mm[None] * 1e-3), pulse, 30.0)
    assert np.isfinite(run.v_mV[1:-1]).all()
    assert np.abs(run.v_mV[1:-1]).max() > 1000.0


@pytest.mark.parametrize("name", [n for n in MODELS if fibre_model(n).membrane is not None])
def test_currents_account_for_potential_and_ions(name):
    """What is recorded gives the currents by ion; they add up, and sodium goes where its current takes it."""
    fibre, celsius = made(name, nodes=11)
    dt_ms, steps, nodes = 0.005, 300, (4, 5)
    chunk = make_chunk([fibre], [np.zeros((0, 11))], dt_ms=dt_ms, temperature_C=celsius, current_nodes=[(4,)])
    wave = np.zeros((1, steps))
    wave[0, 20:80] = 2.0
    out = kernel_call.run(chunk, chunk.fresh(), wave, np.ones((16, 1)), record=nodes, gates=True)
    model, v = fibre.model, fibre.model.rest_mV + out.record_mV[0]
    assert np.ptp(v) > 30.0
    kinds = fibre.kinds.take(np.zeros(2, dtype=np.intp))
    said = {"v_mV": v, "looked_up_values": out.gates[0], "states": out.states[0]}
    currents = ion_currents(model, kinds, **said, dt_ms=dt_ms, temperature_C=celsius)
    names, states = [g.name for g in looked_up(model)], list(model.membrane.start(celsius))
    here = SimpleNamespace(
        v_mV=v, temperature_C=celsius, dt_ms=dt_ms, **{n: out.gates[0, ..., i] for i, n in enumerate(names)},
        **{n: out.states[0, ..., i] for i, n in enumerate(states)},
        **{n: value[:, None] for n, value in model.membrane.shape(kinds).items()},
    )  # fmt: skip
    flow = model.membrane.flow(here)
    whole = flow.conductance * v - flow.offset
    np.testing.assert_allclose(sum(currents.values()), whole, atol=1e-9 * np.abs(whole).max())
    if "na_in" in states:
        inside = out.states[0, ..., states.index("na_in")]
        per_mA = 1e4 * dt_ms * 4.0 / (96485.33212 * kinds.fibre_um[:, None])  # mM a step for 1 mA/cm2
        np.testing.assert_allclose(np.diff(inside), -per_mA * currents["sodium"][:, :-1], rtol=1e-6, atol=1e-12)
