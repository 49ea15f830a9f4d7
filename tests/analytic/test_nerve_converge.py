"""The converged mode: exact on what it was made for, near the fine limit on fibres, honest about its error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import ParameterError
from rheobase.nerve import (
    activation_thresholds,
    converged_thresholds,
    converged_velocity,
    extrapolated,
    stimulus_from_segments,
    uniform_fibre,
)
from rheobase.nerve.velocity import conduction_velocity

CASES = {
    "MRG 10 um, 0.1 ms": ("mrg_discrete", 10.0, 21, 1.0, 0.1, 3.0),
    "MRG 5.7 um, 0.02 ms": ("mrg_discrete", 5.7, 21, 0.5, 0.02, 3.0),
    "thin, 0.1 ms": ("pena", 4.0, 41, 0.5, 0.1, 3.0),
    "Sweeney, 0.1 ms": ("sweeney", 10.0, 21, 1.0, 0.1, 3.0),
    "Rattay, 0.5 ms": ("rattay_aberham", 1.0, 121, 0.5, 0.5, 8.0),
    "Sundt, 0.5 ms": ("sundt", 0.8, 121, 0.5, 0.5, 8.0),
}


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.floats(0.1, 10))
def test_a_parabola_is_taken_to_its_limit(c, h):
    steps = h / np.array([1.0, 2.0, 4.0])[:, None]
    assert extrapolated(c[0] + c[1] * steps + c[2] * steps**2).value[0] == pytest.approx(c[0], abs=1e-9 * (1 + h**2))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_within_its_own_error_of_a_fine_limit(case):
    """Against the two-step limit of 1 us and 0.5 us: within 0.3 %, and within the error it tells."""
    model, diameter_um, nodes, distance_mm, width_ms, tail_ms = case
    fibre = uniform_fibre(model, diameter_um=diameter_um, nodes=nodes)
    r_mm = np.hypot(distance_mm, (fibre.arc_um - fibre.node_arc_um[nodes // 2]) / 1000)
    phi = [1 / (4e-3 * np.pi * 0.3 * r_mm)[None]]

    def pulse(dt_ms):
        return stimulus_from_segments([(width_ms, -1.0)], tail_ms=tail_ms, dt_ms=dt_ms)

    found = converged_thresholds([fibre], phi, pulse)
    one, half = (
        activation_thresholds([fibre], phi, pulse(dt_ms), tolerance=1e-4, guess_mA=found.threshold_mA).threshold_mA[0]
        for dt_ms in (0.001, 0.0005)
    )
    fine = 2 * half - one
    assert found.threshold_mA[0] == pytest.approx(fine, rel=3e-3)
    assert abs(found.threshold_mA[0] - fine) < found.error_mA[0] + 1.5e-4 * fine
    assert found.error_mA[0] < 3e-3 * fine


@pytest.mark.parametrize(("model", "diameter_um"), [("mrg_discrete", 10.0), ("sweeney", 10.0)])
def test_first_order_is_seen(model, diameter_um):
    fibre = uniform_fibre(model, diameter_um=diameter_um, nodes=21)
    r_mm = np.hypot(1.0, (fibre.arc_um - fibre.node_arc_um[10]) / 1000)
    found = converged_thresholds(
        [fibre],
        [1 / (4e-3 * np.pi * 0.3 * r_mm)[None]],
        lambda dt_ms: stimulus_from_segments([(0.1, -1.0)], tail_ms=2.0, dt_ms=dt_ms),
        dt_ms=0.0025,
        tolerance=2e-5,
    )
    assert found.order[0] == pytest.approx(1.0, abs=0.07)


def test_velocity_converges_with_first_order():
    fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    found = converged_velocity(fibre)
    assert found.order[0] == pytest.approx(1.0, abs=0.1)
    fine = 2 * conduction_velocity(fibre, dt_ms=0.00025).velocity_m_per_s
    fine -= conduction_velocity(fibre, dt_ms=0.0005).velocity_m_per_s
    assert abs(found.value[0] - fine) < found.error[0] < 0.01 * fine


def test_a_fibre_without_threshold_stays_without():
    fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    found = converged_thresholds(
        [fibre], [np.ones((1, 221))], lambda dt_ms: stimulus_from_segments([(0.1, -1.0)], tail_ms=1.0, dt_ms=dt_ms)
    )
    assert np.isinf(found.threshold_mA[0])
    assert np.isnan(found.error_mA[0])
    assert found.status[0] != 0


def test_refusals():
    with pytest.raises(ParameterError, match=r"values has shape \(2, 1\); give three rows"):
        extrapolated(np.ones((2, 1)))
    fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)

    def stubborn(dt_ms):
        return stimulus_from_segments([(0.1, -1.0)], tail_ms=1.0, dt_ms=0.005)

    with pytest.raises(ParameterError, match=r"stimulus_at\(0.0025\) has a step of 0.005 ms"):
        converged_thresholds([fibre], [np.ones((1, 221))], stubborn)
    for wrong in (0.0, np.nan):
        with pytest.raises(ParameterError, match=r"it must be above 0, for example 0\.005 ms"):
            converged_thresholds([fibre], [np.ones((1, 221))], stubborn, dt_ms=wrong)
        with pytest.raises(ParameterError, match=r"it must be above 0, for example 0\.0025 ms"):
            converged_velocity(fibre, dt_ms=wrong)
