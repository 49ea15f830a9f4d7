"""Trains: which pulses fire a fibre, how late, and how regularly."""

import numpy as np
import pytest
from nerve_cases import mrg, point_potential

from rheobase.errors import ParameterError
from rheobase.nerve import (
    Injection,
    activation_thresholds,
    follow_train,
    stimulus_from_segments,
    stimulus_of_train,
    uniform_fibre,
    uniform_fibres,
)
from rheobase.nerve.following import neighbours
from rheobase.pulse import monophasic, train

FIBRE = mrg(nodes=31)
PHI = point_potential(FIBRE)
ONE = stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=0.005)
REST_MA = activation_thresholds([FIBRE], [PHI], ONE).threshold_mA[0]


def extracellular(rate_hz, factor, duration_ms=40.0, fibres=1):
    stimulus, starts = stimulus_of_train(train(monophasic(width_us=100), rate_hz=rate_hz), duration_ms=duration_ms)
    return follow_train([FIBRE] * fibres, starts, [PHI] * fibres, stimulus, factor * REST_MA)


def test_a_slow_train_is_followed_pulse_by_pulse():
    found = extracellular(50.0, 1.5)
    assert found.pulse_ms.tolist() == [0.0, 20.0]
    assert found.fires.all()
    assert (found.start_node == 15).all()
    assert found.extra.tolist() == [0]
    assert found.jitter_ms[0] < 0.01
    assert found.share[0] == 1.0


def test_below_threshold_nothing_follows():
    found = extracellular(100.0, 0.7)
    assert not found.fires.any()
    assert np.isnan(found.jitter_ms[0])
    assert (found.start_node == -1).all()


def test_a_fast_train_is_followed_in_part():
    """1.2 kHz at a little above threshold: most pulses fall into the refractory period of the spike before."""
    found = extracellular(1200.0, 1.3)
    assert found.fires[0, 0]
    assert not found.fires[0, 1]
    assert 0.2 < found.share[0] < 0.8
    stronger = extracellular(1200.0, 4.0)
    assert stronger.share[0] > found.share[0]


def test_latency_is_the_time_to_the_watched_node():
    near, far = (
        follow_train([FIBRE], [1.0], watch=[n], injections=[Injection(node=3, current_nA=3.0, start_ms=1.0)])
        for n in (10, 27)
    )
    distance_mm = (FIBRE.node_arc_um[27] - FIBRE.node_arc_um[10]) / 1000
    assert 45 < distance_mm / (far.latency_ms - near.latency_ms)[0, 0] < 60


def test_a_spike_that_outlasts_the_period_is_laid_to_its_own_pulse():
    """15 mm of a C fibre take longer than the 12 ms from pulse to pulse."""
    fibre = uniform_fibre("sundt", diameter_um=1.0, nodes=401, spacing_um=50.0)
    starts = 12.0 * np.arange(4)
    push = [Injection(node=30, current_nA=1.5, start_ms=t, width_ms=1.0) for t in starts]
    found = follow_train([fibre], starts, injections=push, watch=[380], duration_ms=90.0)
    assert found.fires.all()
    assert (found.latency_ms > 24.0).all()
    assert (found.start_node == 30).all()
    assert np.ptp(found.latency_ms) < 8.0  # it slows, but keeps its place


def test_a_long_pulse_may_fire_twice():
    fibre = mrg(nodes=31)
    long = [Injection(node=3, current_nA=1.5, start_ms=1.0, width_ms=12.0)]
    found = follow_train([fibre], [1.0], injections=long, duration_ms=20.0)
    assert found.fires.all()
    spontaneous = follow_train([fibre], [18.0], injections=long, duration_ms=20.0)
    assert not spontaneous.fires.any()
    assert spontaneous.extra[0] == 1 + found.extra[0]


def test_many_fibres():
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(6, 14, 40), nodes=31)
    starts = [0.0, 5.0, 5.6]
    push = [Injection(node=3, current_nA=3.0, start_ms=t) for t in starts]
    found = follow_train(fibres, starts, injections=push)
    alone = follow_train([fibres[20]], starts, injections=push)
    np.testing.assert_allclose(found.latency_ms[20], alone.latency_ms[0], rtol=1e-5)
    assert found.fires[:, :2].all()
    assert (np.diff(found.latency_ms[:, 0]) < 0).all() or found.latency_ms[0, 0] > found.latency_ms[-1, 0]


def test_neighbours_of_a_tree():
    assert neighbours(np.array([-1, 0, 1, 1])).tolist() == [[1, -1, -1], [0, 2, 3], [1, -1, -1], [1, -1, -1]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pulse_ms": []}, "pulse_ms must hold at least one time"),
        ({"pulse_ms": [1.0, 1.0]}, "each later than the last"),
        ({"pulse_ms": [-1.0]}, "not below 0 ms"),
        ({"watch": [40]}, "watch is node 40"),
        ({"fibres": []}, "There are no fibres"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ParameterError, match=message):
        follow_train(**({"fibres": [FIBRE], "pulse_ms": [0.0]} | options))


@pytest.mark.parametrize(
    ("duration_ms", "message"), [(0.0, "duration_ms is 0.0 ms"), (np.inf, "duration_ms is inf ms")]
)
def test_a_train_needs_a_length(duration_ms, message):
    with pytest.raises(ParameterError, match=message):
        stimulus_of_train(train(monophasic(width_us=100), rate_hz=100), duration_ms=duration_ms)
