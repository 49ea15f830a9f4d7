"""Spikes, gates and currents of one fibre and of many."""

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential, pulse

import rheobase.nerve.spikes as spikes_module
from rheobase.errors import ParameterError
from rheobase.nerve import Injection, silence, simulate, simulate_fibres, tapered_fibre, uniform_fibre, uniform_fibres
from rheobase.nerve.currents import NodeCurrents

FIBRE = mrg()
TRAIN = [Injection(node=2, current_nA=3.0, start_ms=4.0 * k) for k in range(4)]
LONG = silence(16.0, dt_ms=0.005)


def test_every_spike_of_a_train():
    run = simulate(FIBRE, stimulus=LONG, injections=TRAIN, nodes=[10])
    assert [t.size for t in run.spikes_ms] == [0, *[4] * 19, 0]
    v = run.v_mV[0]
    rises = np.flatnonzero((v[:-1] < -30) & (v[1:] >= -30))
    np.testing.assert_array_equal(np.floor(run.spikes_ms[10] / 0.005 + 1e-6), rises)
    assert run.spike_ms[10] == run.spikes_ms[10][0]


def test_spikes_beyond_the_first_room_are_not_lost(monkeypatch):
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(8, 14, 16), nodes=21)
    want = simulate_fibres(fibres, None, LONG, injections=TRAIN).spikes
    monkeypatch.setattr(spikes_module, "_ROOM_PER_NODE", 1)
    calls = []
    monkeypatch.setattr(spikes_module, "run", lambda *a, _run=spikes_module.run, **k: calls.append(1) or _run(*a, **k))
    got = simulate_fibres(fibres, None, LONG, injections=TRAIN).spikes
    assert len(calls) == 2
    assert want.time_ms.size == 16 * 19 * 4
    np.testing.assert_array_equal(got.time_ms, want.time_ms)


@pytest.mark.parametrize("model", ["mrg_interpolated", "sweeney", "sundt"])
def test_a_passive_end_never_spikes(model):
    """Its potential floats: a strong pulse beside it moves it past any level, which means nothing."""
    fibre = uniform_fibre(model, diameter_um=1.0 if model == "sundt" else 10.0, nodes=21)
    run = simulate(fibre, point_potential(fibre, 0.2, node=0), pulse(0.5), 20.0)
    assert run.fired
    assert run.spikes_ms[0].size == run.spikes_ms[-1].size == 0
    assert np.isnan(run.v_mV[[0, -1]]).all()
    assert np.isfinite(run.v_mV[1:-1]).all()


@pytest.mark.parametrize(("model", "current_nA"), [("sundt", 0.3), ("hodgkin_huxley", 3.0)])
def test_what_leaves_through_the_membrane_came_in_by_the_pipette(model, current_nA):
    """Summed over a sealed fibre, ionic and capacitive currents are the injected one, at rest none."""
    fibre = uniform_fibre(model, diameter_um=1.0 if model == "sundt" else 10.0, nodes=25, passive_ends=False)
    dt = 0.001
    push = Injection(node=3, current_nA=current_nA, start_ms=1.0, width_ms=1.0)
    celsius = 37.0 if model == "sundt" else 6.3
    run = simulate(fibre, stimulus=silence(4.0, dt_ms=dt), injections=[push], membrane=True, temperature_C=celsius)
    m = run.membrane
    capacitive = fibre.model.capacitance_uF_per_cm2 * m.area_um2[:, None] * 1e-5 * np.diff(run.v_mV, axis=1) / dt
    ionic = 0.0  # a step carries the gates of the moment before
    for one, g in zip(fibre.model.currents, fibre.kinds.conductance_S_per_cm2[:, 0], strict=True):
        share = np.prod([m.gates[name] for name in one.gates], axis=0) if one.gates else np.ones_like(run.v_mV)
        np.testing.assert_allclose(m.density_mA_per_cm2[one.name], g * share * (run.v_mV - one.reversal_mV), rtol=1e-9)
        ionic = ionic + g * share[:, :-1] * (run.v_mV[:, 1:] - one.reversal_mV)
    total = (ionic * m.area_um2[:, None] * 1e-2 + capacitive).sum(axis=0)
    flows = np.abs(m.current_nA()).sum(axis=0).max()
    assert run.fired
    np.testing.assert_allclose(total[1200:1900], current_nA, atol=0.002 * flows)
    np.testing.assert_allclose(total[2200:], 0.0, atol=0.002 * flows)
    assert flows > 0.05


def test_gates_and_currents_of_a_node():
    run = simulate(FIBRE, point_potential(FIBRE), CATHODIC, 0.3, nodes=[0, 10], membrane=True)
    m = run.membrane
    assert set(m.gates) == {g.name for g in FIBRE.model.gates}
    assert set(m.density_mA_per_cm2) == {c.name for c in FIBRE.model.currents}
    for values in [*m.gates.values(), *m.density_mA_per_cm2.values()]:
        assert values.shape == (2, run.time_ms.size)
        assert np.isnan(values[0]).all()  # a passive end has no channels
    for gate in FIBRE.model.gates:
        steady = gate.steady_and_tau(run.rest_mV[[10]], 37.0)[0][0]
        assert m.gates[gate.name][1, 0] == pytest.approx(steady, abs=2e-4)
        assert ((m.gates[gate.name][1] >= 0) & (m.gates[gate.name][1] <= 1)).all()
    for current in FIBRE.model.currents:
        driving = run.v_mV[1] - current.reversal_mV
        assert (m.density_mA_per_cm2[current.name][1] * driving >= 0).all()
    leak = next(c for c in FIBRE.model.currents if not c.gates)
    g = FIBRE.kinds.conductance_S_per_cm2[FIBRE.model.currents.index(leak), 0]
    np.testing.assert_allclose(m.density_mA_per_cm2[leak.name][1], g * (run.v_mV[1] - leak.reversal_mV))
    assert m.area_um2[1] == pytest.approx(np.pi * FIBRE.kinds.node_um[0] * 1.0)
    with pytest.raises(ParameterError, match=r"no current 'leek'\. Did you mean"):
        m.current_nA("leek")
    assert "gate_m" in run.to_xarray()


@pytest.mark.parametrize("model", ["tigerholm", "schild94"])
def test_a_model_with_concentrations_tells_them_and_its_currents_by_ion(model):
    """Over a sealed fibre that fires, ionic and capacitive currents are the injected one."""
    fibre = uniform_fibre(model, diameter_um=1.0, nodes=21, spacing_um=25.0, passive_ends=False)
    dt = 0.001
    push = Injection(node=3, current_nA=2.0, start_ms=0.2, width_ms=1.0)
    run = simulate(fibre, stimulus=silence(4.0, dt_ms=dt), injections=[push], membrane=True)
    m = run.membrane
    assert run.fired
    assert set(m.gates) == {g.name for g in fibre.model.gates}
    assert {"sodium", "potassium"} <= set(m.density_mA_per_cm2)
    capacitive = fibre.model.capacitance_uF_per_cm2 * m.area_um2[:, None] * 1e-5 * np.diff(run.v_mV, axis=1) / dt
    ionic = m.current_nA()
    total = ((ionic[:, :-1] + ionic[:, 1:]) / 2 + capacitive).sum(axis=0)  # a step lies between two moments
    injected = np.zeros(total.size)
    injected[200:1200] = 2.0
    flows = np.abs(ionic).sum(axis=0).max()
    still = np.r_[220:1200, 1250:4000]  # not where the injected current jumps
    np.testing.assert_allclose(total[still], injected[still], atol=0.02 * flows)
    inside = m.states["na_in" if model == "tigerholm" else "ca_in"]
    change = inside[5, -1] / inside[5, 0] - 1.0
    assert change > 1e-4 if model == "tigerholm" else abs(change) > 0.1  # calcium reverses below the peak: it may leave
    assert (inside > 0).all()
    told = run.to_xarray()
    assert told["state_" + ("na_in" if model == "tigerholm" else "ca_in")].attrs["units"] == "mM"


def test_a_passive_end_has_no_states_either():
    fibre = uniform_fibre("schild94", diameter_um=1.0, nodes=21)
    m = simulate(fibre, stimulus=silence(0.1, dt_ms=0.005), nodes=[0, 10], membrane=True).membrane
    assert np.isnan(m.states["ca_in"][0]).all()
    assert np.isfinite(m.states["ca_in"][1]).all()
    assert np.isnan(m.density_mA_per_cm2["calcium"][0]).all()


def test_a_flow_that_does_not_tell_its_currents_apart():
    m = NodeCurrents(gates={}, density_mA_per_cm2={}, area_um2=np.array([10.0]))
    with pytest.raises(ParameterError, match="does not say which ion carries what"):
        m.current_nA()


def test_many_fibres_do_what_each_does_alone():
    fibres = [mrg(8.0), mrg(12.0, 31), tapered_fibre("short", parent_um=8.7, length_mm=30.0),
              uniform_fibre("sundt", diameter_um=1.0, nodes=41)]  # fmt: skip
    phi = [point_potential(f) for f in fibres]
    amplitude = [0.3, 0.3, 0.4, 30.0]
    told = []
    found = simulate_fibres(fibres, phi, CATHODIC, amplitude, nodes=[5, 12], progress=told.append)
    assert told[-1] == 1.0
    for i, fibre in enumerate(fibres):
        alone = simulate(fibre, phi[i], CATHODIC, amplitude[i], nodes=[5, 12])
        np.testing.assert_allclose(found.v_mV[i], alone.v_mV, atol=1e-3)
        for node in range(fibre.nodes):
            np.testing.assert_allclose(found.spikes.of(i, node), alone.spikes_ms[node], atol=1e-5)
    assert found.spikes.counts(12).sum() > 1
    some = simulate_fibres(fibres, phi, CATHODIC, amplitude, spike_nodes=[12])
    assert set(some.spikes.node) == {12}
    last = simulate_fibres([FIBRE], None, LONG, injections=TRAIN, spike_nodes=[-3]).spikes
    assert set(last.node) == {18}
    np.testing.assert_allclose(some.spikes.first_ms(12), found.spikes.first_ms(12))
    assert some.v_mV.shape[1] == 0


def test_fibres_by_function_and_source_by_source():
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(6, 14, 40), nodes=21)

    def potential(index):
        r_mm = np.hypot(1.0, (fibres.part(index).arc_um - fibres.part(index).node_arc_um[:, 10:11]) / 1000)
        phi = 1 / (4 * np.pi * 0.3 * r_mm * 1e-3)
        return np.stack([phi, 2 * phi], axis=1)

    two = silence(1.0, dt_ms=0.005)
    samples = np.zeros((2, 400))
    samples[:, :20] = -1.0
    two = type(two)(samples=samples, dt_ms=0.005, pulse_end_ms=0.1)
    weak, strong = (simulate_fibres(fibres, potential, two, np.tile([a, 0.0], (40, 1))).spikes for a in (0.05, 0.5))
    assert weak.time_ms.size == 0
    assert (strong.counts(18) == 1).all()
    both = simulate_fibres(fibres, potential, two, np.tile([0.1, 0.2], (40, 1))).spikes
    np.testing.assert_allclose(both.first_ms(18), strong.first_ms(18), rtol=1e-4)


def test_nothing_fires():
    spikes = simulate_fibres([FIBRE]).spikes
    assert spikes.time_ms.size == 0
    assert spikes.of(0).size == 0
    assert np.isnan(spikes.first_ms(3)).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fibres": []}, "There are no fibres"),
        ({"amplitude_mA": [1.0, 2.0]}, r"amplitude_mA has shape \(2,\) for 1 fibres and 1 sources"),
        ({"amplitude_mA": np.inf}, "not finite"),
        ({"potential_mV_per_mA": None}, "there is no potential_mV_per_mA"),
        ({"nodes": [21]}, "Node 21 does not exist"),
        ({"spike_nodes": [-22]}, "Node -22 does not exist"),
        ({"injections": [Injection(node=30, current_nA=1.0)]}, "Node 30 does not exist"),
        ({"fibres": [FIBRE, mrg(nodes=31)], "potential_mV_per_mA": None, "stimulus": None, "nodes": [-1]},
         "A node counts from the last, but the fibres differ in length"),
    ],
)  # fmt: skip
def test_refusals(options, message):
    given = {"fibres": [FIBRE], "potential_mV_per_mA": [point_potential(FIBRE)], "stimulus": CATHODIC} | options
    with pytest.raises(ParameterError, match=message):
        simulate_fibres(**given)
