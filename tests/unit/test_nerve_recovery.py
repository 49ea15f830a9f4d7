"""The recovery cycle: thresholds of a second pulse, checked by simulation and against an own bisection."""

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential

from rheobase.errors import ParameterError
from rheobase.nerve import (
    RecoveryCycle,
    Stimulus,
    recovery_cycle,
    silence,
    simulate,
    stimulus_from_segments,
    uniform_fibre,
    uniform_fibres,
)

FIBRE = mrg()
PHI = point_potential(FIBRE)


def two_pulses(first_mA, second_mA, interval_ms, duration_ms):
    samples = np.zeros((1, round(duration_ms / 0.005)))
    samples[0, :20] = -first_mA
    begin = round(interval_ms / 0.005)
    samples[0, begin : begin + 20] -= second_mA
    return Stimulus(samples=samples, dt_ms=0.005, pulse_end_ms=interval_ms + 0.1)


def fires_twice(fibre, phi, cycle, k, second_mA, watch=18):
    pulses = two_pulses(1.5 * cycle.rest_mA[0], second_mA, cycle.interval_ms[k], cycle.interval_ms[k] + 4.0)
    return simulate(fibre, phi, pulses).spikes_ms[watch].size == 2


def test_thresholds_hold_when_simulated_from_scratch():
    cycle = recovery_cycle([FIBRE], [PHI], CATHODIC, interval_ms=[1.3, 2.0, 5.0], tolerance=0.002)
    for k in range(3):
        threshold = cycle.threshold_mA[0, k]
        assert fires_twice(FIBRE, PHI, cycle, k, threshold * 1.0005)
        assert not fires_twice(FIBRE, PHI, cycle, k, threshold / 1.0025)


def test_the_phases_of_a_myelinated_fibre():
    cycle = recovery_cycle([FIBRE], [PHI], CATHODIC, interval_ms=[200.0, 0.4, 1.2, 4.0, 30.0])  # any order
    assert cycle.interval_ms.tolist() == [0.4, 1.2, 4.0, 30.0, 200.0]
    refractory, early, super_, sub, late = cycle.ratio[0]
    assert np.isinf(refractory)
    assert early > 1.2
    assert super_ < 0.95
    assert 1.02 < sub < 1.15
    assert late == pytest.approx(1.0, abs=0.005)
    phases = cycle.phases(0)
    assert phases["absolute_ms"] == 0.4
    assert 1.2 < phases["relative_ms"] < 4.0
    assert phases["supernormal_ms"] == 4.0
    assert phases["subnormal_ms"] == 30.0


def test_company_and_cold():
    fibres = uniform_fibres("mrg_interpolated", diameter_um=[6.0, 10.0, 14.0], nodes=21)
    phi = [point_potential(f) for f in fibres]
    told = []
    options = {"interval_ms": [1.5, 6.0], "tolerance": 0.002}
    together = recovery_cycle(fibres, phi, CATHODIC, progress=told.append, **options)
    assert told[-1] == 1.0
    alone = recovery_cycle([fibres[1]], [phi[1]], CATHODIC, **options)
    np.testing.assert_allclose(together.ratio[1], alone.ratio[0], rtol=0.005)
    cold = recovery_cycle([fibres[1]], [phi[1]], CATHODIC, temperature_C=32.0, **options)
    assert cold.ratio[0, 0] > 1.3 * alone.ratio[0, 0]  # refractory for longer


def test_an_unmyelinated_fibre():
    fibre = uniform_fibre("sundt", diameter_um=1.0, nodes=81, spacing_um=25.0)
    pulse = stimulus_from_segments([(0.5, -1.0)], tail_ms=8.0, dt_ms=0.01)
    cycle = recovery_cycle([fibre], [point_potential(fibre, 0.3, node=30)], pulse, interval_ms=[1.0, 8.0, 40.0])
    assert np.isinf(cycle.threshold_mA[0, 0])
    assert cycle.ratio[0, 1] > cycle.ratio[0, 2] > 0.8


def test_phases_that_are_missing():
    one = np.array([1.0])
    never = RecoveryCycle(interval_ms=np.array([1.0, 2.0]), rest_mA=one, threshold_mA=np.array([[1.3, 1.1]]))
    assert all(np.isnan(v) for v in never.phases(0).values())
    at_once = RecoveryCycle(interval_ms=np.array([1.0, 2.0]), rest_mA=one, threshold_mA=np.array([[0.9, 1.0]]))
    assert at_once.phases(0)["relative_ms"] == 1.0
    assert np.isnan(at_once.phases(0)["subnormal_ratio"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval_ms": []}, "interval_ms holds a value below the pulse of 0.1 ms, or none"),
        ({"interval_ms": [0.05]}, "at least 0.1 ms"),
        ({"conditioning_factor": 1.0}, "conditioning_factor is 1 and most_factor 10; .* must be above 1"),
        ({"most_factor": np.inf}, "most_factor inf"),
        ({"pulse": silence(1.0, dt_ms=0.005)}, "pulse has 0 sources"),
        ({"upper_mA": 0.01}, "Fibre 0 has no threshold at rest. Silent up to upper_mA"),
    ],
)
def test_refusals(options, message):
    given = {"fibres": [FIBRE], "potential_mV_per_mA": [PHI], "pulse": CATHODIC, "interval_ms": [5.0]} | options
    with pytest.raises(ParameterError, match=message):
        recovery_cycle(**given)
