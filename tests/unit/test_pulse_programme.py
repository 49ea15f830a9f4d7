from __future__ import annotations

import math

import numpy as np
import pytest

from rheobase.errors import ParameterError
from rheobase.pulse import Programme, alternating, biphasic, monophasic, sine_carrier, train

TENS = train(biphasic(width_us=200), rate_hz=80)
DIRECT = train(monophasic(200), rate_hz=80)


def plan(**changed):
    given = {"train": TENS, "amplitude_mA": 20, "duration_s": 60, "ramp_up_s": 2} | changed
    return Programme(**given)


def test_ramps_of_a_continuous_programme():
    steady = plan(ramp_down_s=1)
    t_s = [-1, 0, 1, 2, 30, 59, 59.5, 60, 61]
    assert steady.envelope(t_s).tolist() == [0, 0, 0.5, 1, 1, 1, 0.5, 0, 0]
    assert steady.amplitude_at_mA(1) == 10
    assert steady.mean_relative == pytest.approx((60 - 1.5) / 60)
    assert steady.steepest_rise_mA_per_s == pytest.approx(10)


def test_ramp_down_is_as_ramp_up_where_left_out():
    assert plan().falls_s == 2
    assert plan().envelope(59) == 0.5


def test_on_and_off_with_ramps_within_the_on_time():
    pulsed = plan(on_s=10, off_s=20, ramp_down_s=1)
    t_s = [0, 1, 2, 9, 9.5, 10, 20, 30, 31, 35, 40]
    assert pulsed.envelope(t_s).tolist() == [0, 0.5, 1, 1, 0.5, 0, 0, 0, 0.5, 1, 0]
    assert pulsed.full_output_s == pytest.approx(2 * 8.5)


def test_a_last_on_time_cut_short_comes_down_in_time_or_is_left_out():
    cut = plan(on_s=10, off_s=20, ramp_down_s=1, duration_s=35)
    assert cut.envelope([30, 32, 34, 34.5, 35]).tolist() == [0, 1, 1, 0.5, 0]
    none = plan(on_s=10, off_s=20, ramp_down_s=1, duration_s=32.9)
    assert none.envelope(np.linspace(30, 32.9, 50)).max() == 0
    assert none.full_output_s == pytest.approx(8.5)


def test_course_over_the_session():
    course = plan(session_share=((10, 0.5), (20, 1.0), (40, 0.8)), ramp_up_s=1)
    assert course.envelope([0, 0.5, 5, 15, 20, 30, 50, 60]).tolist() == pytest.approx(
        [0, 0.25, 0.5, 0.75, 1, 0.9, 0.8, 0]
    )
    t_s = np.linspace(0, 60, 600_001)
    assert course.mean_relative == pytest.approx(np.trapezoid(course.envelope(t_s), t_s) / 60, rel=1e-8)
    assert course.steepest_rise_mA_per_s == pytest.approx(10)


def test_steepest_rise_where_ramp_and_course_rise_together():
    both = plan(duration_s=100, ramp_up_s=10, session_share=((0, 0.2), (10, 1)))
    # d/dt (t/10)(0.2 + 0.08 t) at t = 10 is 0.1 + 0.08
    assert both.steepest_rise_mA_per_s == pytest.approx(20 * 0.18)
    assert plan(ramp_up_s=0).steepest_rise_mA_per_s == math.inf
    assert plan(amplitude_mA=0, ramp_up_s=0).steepest_rise_mA_per_s == 0


def test_without_ramps_output_is_still_zero_at_both_ends():
    bare = plan(ramp_up_s=0)
    assert bare.envelope([0, 1e-9, 30, 60]).tolist() == [0, 1, 1, 0]


def test_current_is_zero_at_both_ends_and_never_above_the_amplitude():
    short = plan(duration_s=1, ramp_up_s=0.3)
    current_mA = short.sample_mA(5, 0, 1)
    assert current_mA[:100].tolist() == [0] * 100
    assert np.abs(current_mA).max() == pytest.approx(20)
    assert np.abs(current_mA).max() <= 20 * (1 + 1e-12)
    assert current_mA.sum() == pytest.approx(0, abs=1e-9)  # each pulse keeps its amplitude and stays balanced
    assert short.sample_mA(5, 1, 1.1).max() == 0


def test_total_charge_is_that_of_all_pulses():
    direct = plan(train=DIRECT, on_s=3, off_s=2, ramp_up_s=0.5, session_share=((0, 0.4), (60, 1)))
    onset_s = DIRECT.onsets_s(0, 60)
    pulses_uC = direct.amplitude_at_mA(onset_s).sum() * 0.2
    assert direct.total_charge_uC == pytest.approx(pulses_uC, rel=1e-3)
    assert direct.total_net_charge_uC == pytest.approx(-pulses_uC, rel=1e-3)
    assert plan().total_net_charge_uC == 0.0
    assert plan().total_charge_uC == pytest.approx(0.64 * 58 * 1e3)


def test_programme_with_modulated_train():
    slim = train(monophasic(200), rate_hz=100, width_modulation=alternating(0.5, step_s=1))
    modulated = plan(train=slim, duration_s=20)
    sampled_uC = modulated.sample_mA(100, 0, 20).sum() * 0.1
    assert modulated.total_net_charge_uC == pytest.approx(sampled_uC, rel=1e-2)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"train": "tens"}, "train is 'tens'; it must be a Train, e.g. train(pulse, rate_hz=80)."),
        ({"amplitude_mA": -1}, "amplitude_mA is -1 mA; it must be 0 mA or above. Give the peak of one phase; swap"),
        ({"amplitude_mA": float("nan")}, "amplitude_mA is nan; it must be a finite number in mA."),
        ({"duration_s": 0}, "duration_s is 0 s; it must be above 0 s. Give the length of the session"),
        ({"duration_s": math.inf}, "duration_s is inf; it must be a finite number in s."),
        ({"duration_s": 1e-4, "ramp_up_s": 0}, "duration_s is 0.0001 s; not one pulse of 400 us fits in. Lengthen"),
        ({"ramp_up_s": -1}, "ramp_up_s is -1 s; it must be 0 s or above. Give the time from zero to full output"),
        ({"ramp_down_s": -1}, "ramp_down_s is -1 s; it must be 0 s or above. Give the time from full output"),
        ({"on_s": 0, "off_s": 1}, "on_s is 0 s; it must be above 0 s. Give the on-time"),
        ({"off_s": -1}, "off_s is -1 s; it must be 0 s or above. Give the off-time"),
        ({"on_s": 10}, "on_s is 10 s and off_s is 0 s; they belong together. Give both"),
        ({"off_s": 10}, "on_s is not given and off_s is 10 s; they belong together."),
        (
            {"on_s": 3, "off_s": 1},
            "ramp_up_s and ramp_down_s take 2 s and 2 s; they lie within on_s, which gives 3 s. Shorten the ramps",
        ),
        ({"duration_s": 3}, "they lie within duration_s, which gives 3 s. Shorten the ramps or lengthen duration_s."),
        (
            {"session_share": ((0, 1.5),)},
            "session_share point 0: relative is 1.5; it must be 0 to 1. 1 is amplitude_mA",
        ),
        ({"session_share": ((-1, 1),)}, "session_share point 0: time_s is -1 s; it must be 0 s or above. Give points"),
        (
            {"session_share": ((0, 1), (0, 1))},
            "session_share point 1: time_s is 0 s after 0 s; times must increase, by 1 ms",
        ),
        (
            {"train": train(biphasic(200), rate_hz=80, duration_s=10)},
            "The train ends after duration_s = 10 s, before the session of 60 s does. Leave duration_s of the train",
        ),
    ],
)
def test_impossible_values_are_refused(changed, message):
    with pytest.raises(ParameterError) as caught:
        plan(**changed)
    assert message in str(caught.value)


def test_ramps_that_just_fit_are_accepted():
    assert plan(on_s=0.3, off_s=1, ramp_up_s=0.1, ramp_down_s=0.2).envelope(0.1) == pytest.approx(1)


def test_a_course_may_come_as_lists_from_a_file():
    assert plan(session_share=[[0, 0.5], [10, 1]]) == plan(session_share=((0, 0.5), (10, 1)))


def test_a_train_as_long_as_the_session_is_enough():
    assert plan(train=train(sine_carrier(4000, 10_000), rate_hz=50, duration_s=60)).train.duration_s == 60
