"""Control laws on plants whose answer is known, and what they refuse."""

import math

import numpy as np
import pytest

from rheobase.control import (
    Channel,
    Compensation,
    Pid,
    RecruitmentCurve,
    Trigger,
    Watch,
    curve_of,
    heel_trigger,
    hold,
    in_turn,
    learn_inverse,
    learn_proportional,
    on_off,
    part_of,
    ramped,
    recruited,
    tetanus_N,
    tilt_trigger,
    window,
)
from rheobase.effect import Pulses, Rider, contract, ding2003, steady_pulses
from rheobase.errors import ParameterError

CURVE = RecruitmentCurve(stimulus=[10.0, 15.0, 30.0], share=[0.0, 0.4, 1.0], unit="mA")
LAW = Pid(proportional_per_deg=0.01, integral_per_deg_s=0.05)
RIDER = Rider(thigh_m=0.41, shank_m=0.43, crank_m=0.15, seat_back_m=0.62, seat_up_m=0.15)


def plant(law, aim_deg, gain_deg, seconds, dt_s=0.01, lag_s=0.2):
    """A first-order joint: angle follows gain times level."""
    state, angle, seen = law.start(), 0.0, []
    for _ in range(round(seconds / dt_s)):
        state = law.step(state, aim_deg=aim_deg, angle_deg=angle, dt_s=dt_s)
        angle += dt_s / lag_s * (gain_deg * state.level - angle)
        seen.append((angle, state.level))
    return np.array(seen), state


def test_the_integral_takes_the_error_away():
    seen, _ = plant(LAW, 30.0, 60.0, 10.0)
    assert seen[-1, 0] == pytest.approx(30.0, abs=1e-3)
    without, _ = plant(Pid(proportional_per_deg=0.01), 30.0, 60.0, 10.0)
    assert without[-1, 0] == pytest.approx(30.0 * 0.6 / 1.6, abs=1e-3)


def test_an_aim_out_of_reach_does_not_wind_the_integral_up():
    _, stuck = plant(LAW, 90.0, 60.0, 60.0)
    assert stuck.level == 1.0
    back = LAW.step(stuck, aim_deg=30.0, angle_deg=60.0, dt_s=0.01)
    assert back.level < 1.0
    free = Pid(proportional_per_deg=0.01, integral_per_deg_s=0.05, unwind_s=1e9)
    _, wound = plant(free, 90.0, 60.0, 60.0)
    assert free.step(wound, aim_deg=30.0, angle_deg=60.0, dt_s=0.01).level == 1.0


def test_a_jump_of_the_aim_gives_no_kick():
    law = Pid(proportional_per_deg=0.0, derivative_s_per_deg=0.1)
    state = law.step(law.start(0.5), aim_deg=0.0, angle_deg=0.0, dt_s=0.01)
    assert law.step(state, aim_deg=50.0, angle_deg=0.0, dt_s=0.01).level == 0.5


def test_what_is_known_beforehand_is_added():
    assert Pid(proportional_per_deg=0.01).step(
        LAW.start(), aim_deg=10.0, angle_deg=0.0, dt_s=0.01, forward_level=0.2
    ).level == pytest.approx(0.3)


@pytest.mark.parametrize(("aim_deg", "angle_deg"), [(float("nan"), 0.0), (0.0, float("inf"))])
def test_a_lost_sensor_stops_the_loop(aim_deg, angle_deg):
    with pytest.raises(ParameterError, match="look at the sensor"):
        LAW.step(LAW.start(), aim_deg=aim_deg, angle_deg=angle_deg, dt_s=0.01)


def test_swings_within_the_window_count_and_slow_ones_do_not():
    quick, slow = Watch(window_s=4.0, swings=3), Watch(window_s=4.0, swings=3)
    assert any(quick.runs_away(0.2 * i, float(i % 2)) for i in range(20))
    assert not any(slow.runs_away(2.0 * i, float(i % 2)) for i in range(20))


def servo(ticks=100):
    """Response of a damped second-order joint with a delay, over one cycle, and its circular answer to levels."""
    t = np.arange(ticks) * 0.01
    answer = np.where(t >= 0.05, np.exp(-(t - 0.05) / 0.1) * (t - 0.05), 0.0)
    answer = answer / answer.sum() * 40.0
    return answer, lambda u: np.fft.irfft(np.fft.rfft(u) * np.fft.rfft(answer), len(u))


AIM_DEG = 15.0 - 10.0 * np.cos(2 * np.pi * np.arange(100) / 100)


def cycles_until(learn, run, aim, tolerance_deg, most=200):
    u = np.full(len(aim), 0.2)
    for cycle in range(most):
        error = aim - run(u)
        if np.sqrt(np.mean(error**2)) < tolerance_deg:
            return cycle
        u = learn(u, error)
    return most


def test_the_right_inverse_learns_in_a_few_cycles_and_proportional_learning_in_many():
    """Kurniawan 2024: 2 cycles of zero-phase learning with the right model, about 40 of the proportional kind."""
    answer, run = servo()
    few = cycles_until(lambda u, e: learn_inverse(u, e, answer), run, AIM_DEG, 0.05)
    many = cycles_until(lambda u, e: learn_proportional(u, e, gain_per_deg=0.003, ahead=15), run, AIM_DEG, 0.05)
    assert few <= 5
    assert 20 < many < 200


def test_a_wrong_model_still_learns_with_caution():
    answer, run = servo()
    wrong = np.roll(answer, 4) * 0.7
    assert cycles_until(lambda u, e: learn_inverse(u, e, wrong, gain=0.4), run, AIM_DEG, 0.3) < 40


def test_smoothing_loses_no_time():
    level = np.zeros(41)
    level[20] = 0.9
    out = learn_proportional(level, np.zeros(41), gain_per_deg=1.0, smooth=3)
    assert out.argmax() == 20
    assert out.sum() == pytest.approx(0.9)


def test_the_inverse_gives_back_the_share():
    for share in np.linspace(0, 1, 21):
        assert CURVE.share_at(CURVE.stimulus_for(share)) == pytest.approx(share)
    assert CURVE.threshold == 10.0


def test_noisy_counts_become_a_curve():
    curve = curve_of([0, 0, 3, 2, 5, 5], [0, 2, 4, 6, 8, 10], "mA")
    assert curve.threshold == 2.0
    assert curve.share_at(6.0) == pytest.approx(0.8)
    assert curve.share[-1] == 1.0


def test_recruitment_scales_force_and_nothing_fires_below_threshold():
    model = recruited(ding2003(tired=False), CURVE)
    full, part, none = (
        contract(model, steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=a)).peak_N for a in (30.0, 15.0, 10.0)
    )
    assert full == pytest.approx(contract(ding2003(), steady_pulses(rate_hz=40.0, on_s=1.0)).peak_N, rel=1e-2)
    assert part == pytest.approx(0.4 * full, rel=1e-9)
    assert none == 0.0


def test_a_channel_gives_the_pulses_of_its_rate_and_the_force_of_the_batch():
    channel = Channel(recruited(ding2003(tired=False), CURVE), rate_hz=30.0, width_us=300.0)
    share = [channel.advance(0.002, level=0.4) for _ in range(500)]
    assert channel.pulses == 30
    whole = contract(channel.models[""], steady_pulses(rate_hz=30.0, on_s=1.0, amplitude_mA=15.0), dt_s=0.001)
    assert max(share) == pytest.approx(whole.peak_N / tetanus_N(ding2003()), rel=1e-3)
    assert channel.advance(0.002, level=0.0) >= 0.0
    assert channel.stimulus == 0.0


def walk(trigger, signal, dt_s=0.01):
    state, on = trigger.start(), []
    for i, value in enumerate(signal):
        state = trigger.step(state, signal_level=value, time_s=i * dt_s)
        on.append(state.on)
    return np.array(on)


def test_the_heel_trigger_holds_until_the_foot_is_loaded():
    heel = [0.0] * 50 + [1.0] * 40 + [0.0] * 30
    on = walk(heel_trigger(), heel)
    assert not on[:50].any()
    assert on[50:90].all()
    assert on[90:].sum() == pytest.approx(10, abs=1)


def test_a_broken_switch_ends_by_itself_and_begins_only_after_a_new_step():
    on = walk(heel_trigger(), [0.0] * 10 + [1.0] * 500)
    assert on.sum() == pytest.approx(200, abs=1)
    assert not on[-200:].any()


def test_a_trigger_does_not_chatter_and_a_lost_signal_switches_it_off():
    noisy = 10.0 + 11.0 * np.sin(np.arange(300) / 40) + np.random.default_rng(1).normal(0, 1.0, 300)
    on = walk(tilt_trigger(), noisy)
    assert np.abs(np.diff(on.astype(int))).sum() <= 4
    lost = walk(tilt_trigger(), [0.0] * 5 + [30.0] * 20 + [float("nan")] * 40)
    assert not lost[-25:].any()


def test_ramps_take_their_time():
    level, up = 0.0, []
    for _ in range(10):
        level = ramped(level, 1.0, 0.05, rise_s=0.4, fall_s=0.2)
        up.append(level)
    assert up.index(1.0) == 7


def test_the_crank_geometry_closes():
    hip, knee = RIDER.joints_deg(np.arange(0.0, 360.0, 5.0))
    phi = np.deg2rad(np.arange(0.0, 360.0, 5.0))
    thigh, shank = np.deg2rad(hip), np.deg2rad(hip - knee)
    x = RIDER.thigh_m * np.cos(thigh) + RIDER.shank_m * np.cos(shank)
    y = RIDER.thigh_m * np.sin(thigh) + RIDER.shank_m * np.sin(shank)
    assert x == pytest.approx(RIDER.seat_back_m + RIDER.crank_m * np.cos(phi))
    assert y == pytest.approx(-RIDER.seat_up_m - RIDER.crank_m * np.sin(phi))


def test_knee_extensors_push_the_pedal_away_and_flexors_draw_it_back():
    crank = np.arange(0.0, 360.0, 1.0)
    _, to_knee = RIDER.transfer(crank)
    push, pull = window(crank, -to_knee), window(crank, to_knee)
    _, knee = RIDER.joints_deg(crank)
    middle = (push.on_deg + push.width_deg / 2) % 360
    assert knee[int(middle)] < knee[int(push.on_deg)]
    assert 90 < push.width_deg < 200
    assert not any(push.holds(a) and pull.holds(a) for a in crank)


def test_a_faster_cadence_begins_earlier():
    crank = np.arange(0.0, 360.0, 1.0)
    torque = np.sin(np.deg2rad(crank))
    slow, fast = (window(crank, torque, delay_s=0.1, cadence_rpm=c) for c in (0.0, 50.0))
    assert (slow.on_deg - fast.on_deg) % 360 == pytest.approx(30.0)
    assert fast.width_deg == pytest.approx(slow.width_deg)


def test_pads_in_turn_share_all_pulses_and_tire_less():
    """Laubacher 2017: sequential pads hold up better than one electrode."""
    train = steady_pulses(rate_hz=40.0, on_s=60.0)
    dealt = in_turn(train, 4)
    assert sorted(np.concatenate([p.time_s for p in dealt])) == pytest.approx(train.time_s)
    whole = contract(ding2003(), train)
    parts = sum(contract(part_of(ding2003(), 0.25), p).force_N for p in dealt)
    mean = [float(np.mean(f[30000:])) for f in (whole.force_N, parts)]
    assert mean[1] > 1.1 * mean[0]


def test_a_part_of_a_muscle_is_that_part_of_it():
    train = steady_pulses(rate_hz=40.0, on_s=20.0)
    whole, quarter = contract(ding2003(), train), contract(part_of(ding2003(), 0.25), train)
    assert quarter.force_N == pytest.approx(0.25 * whole.force_N, rel=1e-9, abs=1e-9)


def test_compensation_recruits_before_it_hurries():
    plan = Compensation(rate_hz=30.0, most_rate_hz=50.0, most_level=0.9)
    assert plan.for_force(0.5, capacity_share=0.8) == (pytest.approx(0.625), 30.0)
    level, rate = plan.for_force(0.9, capacity_share=0.5)
    assert (level, rate) == (0.9, 50.0)


def test_knowing_of_fatigue_holds_a_force_longer():
    def fresh():
        return Channel(recruited(ding2003(), CURVE), rate_hz=25.0, width_us=300.0)

    plain = hold(fresh(), 0.3, 60.0)
    aware = hold(fresh(), 0.3, 60.0, plan=Compensation(rate_hz=25.0, most_rate_hz=60.0))
    assert aware.lasted_s > 1.3 * plain.lasted_s
    assert plain.rate_hz.max() == 25.0
    raised = np.flatnonzero(aware.rate_hz > 25.0)
    assert (aware.level[raised] == 1.0).all(), "recruitment comes before rate"


def test_programmes_rise_hold_and_fall():
    levels = on_off(on_s=10.0, off_s=50.0, contractions=15, tick_s=0.1, rise_s=2.0, fall_s=1.0, level=0.8)
    assert len(levels) == 9000
    assert levels.max() == 0.8
    assert (levels > 0).mean() == pytest.approx(10 / 60, abs=0.005)
    assert np.abs(np.diff(levels)).max() < 0.09


NAN = float("nan")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Pid(proportional_per_deg=-1.0), "a gain must be finite and 0 or above"),
        (lambda: Pid(proportional_per_deg=math.inf), "a gain must be finite"),
        (lambda: Pid(proportional_per_deg=1.0, least_level=0.5, most_level=0.5), "must go up, within 0 to 1"),
        (lambda: Pid(proportional_per_deg=1.0, unwind_s=0.0), "unwind_s is 0.0 s"),
        (lambda: LAW.step(LAW.start(), aim_deg=0.0, angle_deg=0.0, dt_s=0.0), "dt_s is 0.0 s"),
        (lambda: Watch(window_s=0.0, swings=1), "must be above 0"),
        (lambda: learn_proportional([0.1], [1.0, 2.0], gain_per_deg=1.0), "one cycle of each"),
        (lambda: learn_proportional([0.1], [NAN], gain_per_deg=1.0), "no numbers"),
        (lambda: learn_proportional([0.1], [1.0], gain_per_deg=0.0), "the gain must be above 0"),
        (lambda: learn_inverse([0.1], [1.0], [0.0]), "does not answer"),
        (lambda: learn_inverse([0.1], [1.0], [1.0], gain=2.0), "at most 1"),
        (lambda: RecruitmentCurve(stimulus=[1.0, 2.0], share=[0.1, 1.0], unit="mA"), "must be 0 at the threshold"),
        (lambda: RecruitmentCurve(stimulus=[2.0, 1.0], share=[0.0, 1.0], unit="mA"), "sort it by the stimulus"),
        (lambda: RecruitmentCurve(stimulus=[1.0, 2.0], share=[0.0, 1.0], unit="V"), "counted in 'mA' or in 'us'"),
        (lambda: RecruitmentCurve(stimulus=[1.0], share=[0.0], unit="mA"), "two or more of each"),
        (lambda: RecruitmentCurve(stimulus=[1.0, NAN], share=[0.0, 1.0], unit="mA"), "finite values"),
        (lambda: CURVE.stimulus_for(1.5), "within 0 to 1"),
        (lambda: curve_of([0.0, 0.0], [1.0, 2.0], "mA"), "Nothing is recruited"),
        (lambda: curve_of([0.5, 1.0], [0.0, 2.0], "mA"), "without one it must be 0"),
        (lambda: Trigger(on_level=0.0, off_level=0.0), "or it chatters"),
        (lambda: Trigger(on_level=1.0, off_level=0.0, longest_s=0.0), "times must be 0 or above"),
        (lambda: ramped(0.0, 1.0, -1.0, rise_s=0.0, fall_s=0.0), "none may be below 0"),
        (lambda: Rider(thigh_m=0.4, shank_m=0.4, crank_m=0.15, seat_back_m=0.8, seat_up_m=0.0), "Move the seat"),
        (lambda: Rider(thigh_m=0.0, shank_m=0.4, crank_m=0.15, seat_back_m=0.6, seat_up_m=0.0), "above 0 m"),
        (lambda: window(np.arange(8) * 45.0, np.full(8, -1.0)), "never turns the crank forward"),
        (lambda: window([0.0], [1.0]), "8 or more"),
        (lambda: window(np.arange(8) * 45.0, np.ones(8), least_share=1.0), "within 0 to 1"),
        (lambda: in_turn(steady_pulses(rate_hz=10.0, on_s=1.0), 0), "at least one pad"),
        (lambda: part_of(ding2003(), 0.0), "above 0 and at most 1"),
        (lambda: Compensation(rate_hz=50.0, most_rate_hz=30.0), "rates must rise"),
        (lambda: Compensation(rate_hz=3.0, most_rate_hz=30.0).for_force(0.5, capacity_share=0.0), "must rest"),
        (lambda: on_off(on_s=0.0, off_s=1.0, contractions=1, tick_s=0.1), "must be above 0"),
        (lambda: on_off(on_s=1.0, off_s=1.0, contractions=1, tick_s=0.1, rise_s=2.0), "do not fit into"),
        (lambda: Channel(recruited(ding2003(), CURVE), rate_hz=0.0, width_us=1.0), "both must be above 0"),
        (lambda: hold(Channel(recruited(ding2003(), CURVE), rate_hz=25.0, width_us=1.0), 0.0, 9.0), "1 s or more"),
        (lambda: recruited(recruited_other(), CURVE), "has a recruitment of its own"),
        (lambda: part_of(recruited_other(), 0.5), "cannot be divided"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong, said):
    with pytest.raises(ParameterError) as told:
        wrong()
    assert said in str(told.value)


def recruited_other():
    from types import SimpleNamespace

    return SimpleNamespace(name="other")


def test_a_channel_in_width_counts_microseconds():
    curve = RecruitmentCurve(stimulus=[131.4, 400.0], share=[0.0, 1.0], unit="us")
    channel = Channel(recruited(ding2003(), curve), rate_hz=40.0, amplitude_mA=50.0)
    for _ in range(100):
        channel.advance(0.002, level=1.0)
    assert channel.stimulus == pytest.approx(400.0)
    assert channel.states[""].force_N > 100.0
    none = Pulses(time_s=[0.0], amplitude_mA=[50.0], width_us=[100.0], duration_s=0.2)
    assert contract(channel.models[""], none).peak_N == 0.0
