"""Whatever the pulses: no force below zero, none before the first pulse, and what scales, scales."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.effect import (
    Pulses,
    bobet_stein,
    contract,
    ding2003,
    ding2007,
    hmed2018,
    marion2009,
    motor_unit_pool,
    pool_force,
    scaled,
)

MODELS = st.sampled_from([ding2003(), ding2003("sci_chronic"), ding2007(), hmed2018(), marion2009(), bobet_stein()])


@st.composite
def pulse_runs(draw):
    gaps = draw(st.lists(st.floats(0.002, 0.3), min_size=1, max_size=25))
    times = np.cumsum(gaps)
    n = len(times)
    amplitude = draw(st.lists(st.floats(0.0, 120.0), min_size=n, max_size=n))
    width = draw(st.lists(st.floats(50.0, 800.0), min_size=n, max_size=n))
    return Pulses(time_s=times, amplitude_mA=amplitude, width_us=width, duration_s=float(times[-1] + 0.4))


@settings(max_examples=60, deadline=None)
@given(MODELS, pulse_runs())
def test_force_is_never_negative_and_waits_for_the_first_pulse(model, pulses):
    done = contract(model, pulses)
    assert np.isfinite(done.force_N).all()
    assert (done.force_N >= 0).all()
    assert not done.force_N[done.time_s <= pulses.time_s[0]].any()
    assert (done.capacity_share <= 1 + 1e-12).all()
    assert (done.capacity_share >= 0).all()


@settings(max_examples=30, deadline=None)
@given(pulse_runs(), st.floats(0.05, 4.0))
def test_a_stronger_muscle_is_the_same_muscle_times_a_factor(pulses, factor):
    strong = replace(ding2003(), muscle=scaled(ding2003().muscle, force_factor=factor))
    np.testing.assert_allclose(
        contract(strong, pulses).force_N, factor * contract(ding2003(), pulses).force_N, rtol=1e-7, atol=1e-9
    )


@settings(max_examples=30, deadline=None)
@given(pulse_runs(), st.floats(0.0, 3.0))
def test_a_later_start_changes_nothing_but_the_time(pulses, later_s):
    moved = Pulses(
        time_s=pulses.time_s + later_s, amplitude_mA=pulses.amplitude_mA, width_us=pulses.width_us,
        duration_s=pulses.duration_s + later_s,
    )  # fmt: skip
    a, b = contract(ding2003(), pulses), contract(ding2003(), moved)
    np.testing.assert_allclose(np.interp(a.time_s + later_s, b.time_s, b.force_N), a.force_N, atol=1.5)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 200.0), st.floats(0.0, 50.0), st.floats(0.0, 1000.0), st.floats(0.0, 300.0))
def test_recruitment_rises_with_current_and_with_width(amplitude_mA, more_mA, width_us, more_us):
    low, high = hmed2018().recruited_share(np.array([amplitude_mA, amplitude_mA + more_mA]))
    assert 0.0 <= low <= high
    low, high = ding2007().recruited_share(np.array([width_us, width_us + more_us]))
    assert 0.0 <= low <= high <= 1.0


@settings(max_examples=15, deadline=None)
@given(pulse_runs(), st.integers(0, 1000))
def test_motor_units_never_pull_below_zero(pulses, seed):
    pool = motor_unit_pool(units=20, seed=seed)
    at = np.random.default_rng(seed).uniform(5.0, 100.0, 20)
    force = pool_force(pool, at, pulses).force_N
    assert np.isfinite(force).all()
    assert (force >= 0).all()
    if pulses.amplitude_mA.max() < at.min():
        assert not force.any()
