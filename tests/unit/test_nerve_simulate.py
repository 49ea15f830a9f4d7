"""One fibre over time: what is recorded, what a current into a node does, how a spike is timed."""

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential, pulse

from rheobase.errors import ParameterError
from rheobase.nerve.simulate import Injection, simulate
from rheobase.nerve.stimulus import silence
from rheobase.nerve.velocity import conduction_velocity

FIBRE = mrg()
PHI = point_potential(FIBRE)
PUSH = Injection(node=2, current_nA=3.0, start_ms=0.1, width_ms=0.1)


def test_what_is_kept():
    run = simulate(FIBRE, PHI, CATHODIC, 0.3, nodes=[10, -3])
    assert run.nodes.tolist() == [10, 18]
    assert run.v_mV.shape == (2, CATHODIC.samples.shape[1] + 1)
    assert run.time_ms[0] == 0
    assert run.time_ms[-1] == pytest.approx(3.1)
    np.testing.assert_allclose(run.v_mV[:, 0], run.rest_mV[run.nodes])
    assert run.start_node == 10
    assert simulate(FIBRE, PHI, CATHODIC, 0.3).v_mV.shape[0] == 21


def test_spike_times_lie_between_the_steps_that_cross():
    run = simulate(FIBRE, PHI, CATHODIC, 0.3)
    for node in range(1, 20):
        v = run.v_mV[node]
        rise = int(np.flatnonzero((v[:-1] < -30) & (v[1:] >= -30))[0])
        part = (-30 - v[rise]) / (v[rise + 1] - v[rise])
        assert run.spike_ms[node] == pytest.approx(0.005 * (rise + part), abs=1e-5)
    away = np.abs(np.arange(1, 20) - 10)
    assert (np.diff(run.spike_ms[1:20][np.argsort(away, kind="stable")][::2]) > 0).all()  # it runs outwards


def test_rest_stays_rest():
    run = simulate(FIBRE, stimulus=silence(5.0, dt_ms=0.005))
    assert not run.fired
    assert run.start_node == -1
    assert np.isnan(run.spike_ms).all()
    assert np.nanmax(np.abs(run.v_mV - run.v_mV[:, :1])) < 1e-3


def test_a_current_into_a_node():
    run = simulate(FIBRE, stimulus=silence(1.0, dt_ms=0.005), injections=[PUSH])
    assert run.start_node == 2
    weak = Injection(node=2, current_nA=0.01, start_ms=0.1, width_ms=0.1)
    v = [simulate(FIBRE, stimulus=silence(1.0, dt_ms=0.005), injections=[weak] * n).v_mV for n in (1, 2)]
    rise = [one - one[:, :1] for one in v]
    np.testing.assert_allclose(rise[1][2], 2 * rise[0][2], atol=0.02 * rise[0][2].max())
    assert rise[0][2].argmax() == 40  # highest when the current ends, at 0.2 ms
    assert rise[0][2].max() > rise[0][3].max() > rise[0][4].max()
    negative = Injection(node=2, current_nA=-3.0)
    assert not simulate(FIBRE, injections=[negative]).fired


def test_current_and_field_together():
    """Half of each is enough where neither alone is."""
    field = 0.7 * 0.183
    push = Injection(node=10, current_nA=0.55, start_ms=0.0, width_ms=0.1)
    assert not simulate(FIBRE, PHI, CATHODIC, field).fired
    assert simulate(FIBRE, PHI, CATHODIC, field, injections=[push]).start_node == 10


def test_negative_amplitude_turns_the_pulse():
    a = simulate(FIBRE, PHI, CATHODIC, -0.5)
    b = simulate(FIBRE, PHI, pulse(value=1.0), 0.5)
    np.testing.assert_array_equal(a.v_mV, b.v_mV)


def test_xarray():
    data = simulate(FIBRE, PHI, CATHODIC, 0.3, nodes=[10, 18]).to_xarray()
    assert data.v.dims == ("recorded_node", "time")
    assert data.v.attrs["units"] == "mV"
    assert data.v.sel(recorded_node=18).max() > 20
    assert data.spike.sizes == {"node": 21}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nodes": [21]}, "Node 21 does not exist; the fibre has nodes 0 to 20"),
        ({"injections": [Injection(node=-22, current_nA=1.0)]}, "Node -22 does not exist"),
        ({"amplitude_mA": np.nan}, "amplitude_mA is nan mA"),
        ({"potential_mV_per_mA": PHI[:, :5]}, r"shape \(1, 5\)"),
        ({"potential_mV_per_mA": None}, "The stimulus has sources but there is no potential_mV_per_mA"),
    ],
)
def test_refusals(options, message):
    given = {"potential_mV_per_mA": PHI, "stimulus": CATHODIC} | options
    with pytest.raises(ParameterError, match=message):
        simulate(FIBRE, **given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"current_nA": np.inf}, "current_nA is inf nA"),
        ({"current_nA": 1.0, "start_ms": -1.0}, "start_ms is -1.0 ms"),
        ({"current_nA": 1.0, "width_ms": 0.0}, "width_ms 0.0 ms"),
    ],
)
def test_an_injection_must_make_sense(options, message):
    with pytest.raises(ParameterError, match=message):
        Injection(node=0, **options)


def test_velocity_of_thick_fibres_and_of_warm_ones():
    v = [conduction_velocity(mrg(d)).velocity_m_per_s for d in (6.0, 10.0, 15.0)]
    assert v == sorted(v)
    cold, warm = (conduction_velocity(mrg(), temperature_C=t).velocity_m_per_s for t in (30.0, 37.0))
    assert cold < 0.85 * warm


@pytest.mark.parametrize(
    ("fibre", "options", "message"),
    [
        (mrg(nodes=10), {}, "The fibre has 10 nodes; timing a spike takes at least 11"),
        (mrg(), {"current_nA": 0.01}, "No spike ran from node 8 to node 14 after 0.01 nA .* Raise current_nA"),
    ],
)
def test_velocity_refusals(fibre, options, message):
    with pytest.raises(ParameterError, match=message):
        conduction_velocity(fibre, **options)
