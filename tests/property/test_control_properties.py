"""What control may never do, whatever it is given."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.control import (
    Pid,
    RecruitmentCurve,
    Trigger,
    curve_of,
    in_turn,
    learn_inverse,
    learn_proportional,
    on_off,
    ramped,
    window,
)
from rheobase.effect import Pulses

angles = st.floats(-180.0, 180.0)
gains = st.floats(0.0, 10.0)
levels = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=40)


@given(gains, gains, gains, st.lists(st.tuples(angles, angles), min_size=1, max_size=60))
def test_a_controller_never_leaves_its_range(p, i, d, seen):
    law = Pid(proportional_per_deg=p, integral_per_deg_s=i, derivative_s_per_deg=d, least_level=0.1, most_level=0.8)
    state = law.start(0.1)
    for aim, angle in seen:
        state = law.step(state, aim_deg=aim, angle_deg=angle, dt_s=0.02)
        assert 0.1 <= state.level <= 0.8
        assert np.isfinite(state.integral_level)


@given(levels, st.integers(0, 10), st.integers(0, 5), st.floats(0.001, 1.0), st.randoms(use_true_random=False))
def test_learning_stays_between_nothing_and_everything(level, ahead, smooth, gain, rng):
    error = [rng.uniform(-90, 90) for _ in level]
    answer = [10.0, *(rng.uniform(-5, 50) for _ in level[1:])]
    for out in (
        learn_proportional(level, error, gain_per_deg=gain, ahead=ahead, smooth=min(smooth, len(level) - 1)),
        learn_inverse(level, error, answer),
    ):
        assert out.shape == (len(level),)
        assert ((out >= 0) & (out <= 1)).all()


@given(levels)
def test_no_error_changes_nothing(level):
    zero = np.zeros(len(level))
    assert learn_proportional(level, zero, gain_per_deg=0.1).tolist() == level


@given(
    st.lists(st.floats(0.01, 100.0), min_size=3, max_size=30, unique=True),
    st.lists(st.floats(0.0, 50.0), min_size=3, max_size=30),
    st.floats(0.0, 1.0),
)
def test_a_curve_and_its_inverse_undo_each_other(stimulus, share, wanted):
    n = min(len(stimulus), len(share))
    given_stimulus, counts = sorted(stimulus)[:n], share[:n]
    if np.diff(given_stimulus).min() < 1e-3 or max(counts) < 1e-3:
        return
    curve = curve_of(counts, given_stimulus, "mA")
    at = curve.stimulus_for(wanted)
    assert 0.0 <= at <= given_stimulus[-1]
    assert abs(curve.share_at(at) - wanted) < 1e-6 or at == 0.0
    assert curve.share_at(curve.threshold) == 0.0


@settings(max_examples=60)
@given(st.lists(st.floats(-10.0, 60.0) | st.just(float("nan")), min_size=10, max_size=400), st.floats(0.05, 1.0))
def test_a_trigger_never_outlasts_its_longest_time(signal, longest_s):
    trigger = Trigger(on_level=20.0, off_level=5.0, extension_s=0.2, longest_s=longest_s, lock_s=0.1)
    state, on_for = trigger.start(), 0.0
    for i, value in enumerate(signal):
        state = trigger.step(state, signal_level=value, time_s=0.02 * i)
        on_for = on_for + 0.02 if state.on else 0.0
        assert on_for <= longest_s + 0.021


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 0.1), st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_no_ramp_is_steeper_than_it_may_be(level, aim, dt_s, rise_s, fall_s):
    after = ramped(level, aim, dt_s, rise_s=rise_s, fall_s=fall_s)
    assert min(level, aim) <= after <= max(level, aim)
    if rise_s > 0:
        assert after - level <= dt_s / rise_s + 1e-12
    if fall_s > 0:
        assert level - after <= dt_s / fall_s + 1e-12


@given(st.integers(1, 60), st.integers(1, 8))
def test_pads_in_turn_lose_no_pulse_and_double_none(count, pads):
    train = Pulses(time_s=np.arange(count) * 0.02, amplitude_mA=np.arange(count) + 1.0,
                   width_us=np.full(count, 200.0), duration_s=count * 0.02)  # fmt: skip
    dealt = in_turn(train, pads)
    assert sorted(t for p in dealt for t in p.time_s) == train.time_s.tolist()
    assert sorted(a for p in dealt for a in p.amplitude_mA) == train.amplitude_mA.tolist()
    sizes = [len(p.time_s) for p in dealt]
    assert max(sizes) - min(sizes) <= 1


@given(st.floats(0.2, 5.0), st.floats(0.0, 5.0), st.integers(1, 6), st.floats(0.0, 1.0), st.floats(0.0, 0.5))
def test_a_programme_stays_within_its_level(on_s, off_s, contractions, level, ramp):
    out = on_off(on_s=on_s, off_s=off_s, contractions=contractions, tick_s=0.02, rise_s=ramp * on_s,
                 fall_s=ramp * on_s, level=level)  # fmt: skip
    assert ((out >= 0) & (out <= level + 1e-12)).all()


@given(st.floats(0.0, 360.0), st.floats(0.0, 0.9), st.floats(0.0, 0.3), st.floats(0.0, 90.0))
def test_a_window_holds_the_best_angle_of_a_slow_rider(peak_deg, least, delay_s, cadence_rpm):
    crank = np.arange(0.0, 360.0, 3.0)
    torque = np.cos(np.deg2rad(crank - peak_deg))
    found = window(crank, torque, least_share=least, delay_s=delay_s, cadence_rpm=cadence_rpm)
    best = float(crank[torque.argmax()])
    assert found.holds((best - 6.0 * delay_s * cadence_rpm) % 360.0)
    assert 0.0 <= found.on_deg <= 360.0
    assert found.width_deg <= 186.0


def test_a_curve_without_force_at_its_threshold_only():
    curve = RecruitmentCurve(stimulus=[0.0, 5.0, 10.0], share=[0.0, 0.0, 1.0], unit="us")
    assert curve.threshold == 5.0
    assert curve.stimulus_for(1e-9) > 5.0
