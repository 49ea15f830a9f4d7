"""Force models: known wrong turns of others, clamps, notices, refusals, and running on from a state."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.effect import (
    BobetStein,
    FittedRange,
    Motion,
    Pulses,
    bobet_stein,
    contract,
    ding2003,
    ding2007,
    hill_factor,
    hmed2018,
    marion,
    marion2009,
    marion2013,
    notices,
    passive_factor,
    pulses_of,
    scaled,
    steady_pulses,
    step,
    swing_knee,
)
from rheobase.errors import ParameterError
from rheobase.pulse import Programme, alternating, biphasic, train
from rheobase.registry import get, members

MODELS = [ding2003(), ding2007(), hmed2018(), marion2009(), marion2013(), bobet_stein()]
HELD = steady_pulses(rate_hz=40.0, on_s=1.0, off_s=0.5, amplitude_mA=80.0, width_us=400.0)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_a_run_in_two_parts_is_the_run_in_one(model):
    whole = contract(model, HELD)
    cut = 0.4
    first = HELD.time_s < cut
    part = [
        Pulses(time_s=HELD.time_s[k] - t0, amplitude_mA=HELD.amplitude_mA[k], width_us=HELD.width_us[k], duration_s=d)
        for k, t0, d in ((first, 0.0, cut), (~first, cut, 1.5 - cut))
    ]
    half = contract(model, part[0])
    rest = contract(model, part[1], state=half.state)
    np.testing.assert_allclose(np.r_[half.force_N, rest.force_N[1:]], whole.force_N, atol=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_stepping_through_is_the_run(model):
    state, forces = model.rest(), []
    for k in range(60):
        fires = k % 5 == 0
        state = step(model, state, 0.005, amplitude_mA=80.0 * fires, width_us=400.0 * fires)
        forces.append(state.force_N)
    run = contract(model, steady_pulses(rate_hz=40.0, on_s=0.3, amplitude_mA=80.0, width_us=400.0))
    np.testing.assert_allclose(forces, run.force_N[5::5], rtol=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_force_rises_from_nothing_and_falls_to_nothing(model):
    done = contract(model, HELD)
    assert done.force_N[0] == 0.0
    assert done.peak_N > 50.0
    assert (done.force_N >= 0.0).all()
    assert done.force_N[-1] < 0.01 * done.peak_N


def test_length_halves_the_plateau_and_not_only_the_speed():
    """M1: a factor on the rate of change of force would leave the plateau where it was."""
    half = hill_factor(0.6613) / hill_factor(1.0)
    assert half == pytest.approx(0.56, abs=0.08)
    plain = contract(ding2003(tired=False), steady_pulses(rate_hz=40.0, on_s=2.0)).force_N[-1]
    assert plain * half == pytest.approx(half * 279.2, rel=1e-3)
    weak = replace(ding2003(tired=False), muscle=scaled(ding2003(tired=False).muscle, force_factor=0.5))
    assert contract(weak, steady_pulses(rate_hz=40.0, on_s=2.0)).force_N[-1] == pytest.approx(plain / 2, rel=1e-9)


@pytest.mark.parametrize(
    ("model", "pulses"),
    [
        (ding2007(), steady_pulses(rate_hz=40.0, on_s=1.0, width_us=131.4)),
        (ding2007(), steady_pulses(rate_hz=40.0, on_s=1.0, width_us=400.0, amplitude_mA=0.0)),
        (hmed2018(), steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=17.0)),
        (ding2003(), steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=0.0)),
    ],
    ids=["narrow", "no current", "weak", "nothing"],
)
def test_below_threshold_there_is_no_force_at_all(model, pulses):
    """M2, M3: the published formulas would turn negative."""
    assert not contract(model, pulses).force_N.any()


def test_weak_pulses_between_strong_ones_change_nothing():
    strong = steady_pulses(rate_hz=20.0, on_s=1.0, amplitude_mA=60.0)
    both = Pulses(
        time_s=np.sort(np.r_[strong.time_s, strong.time_s + 0.02]), amplitude_mA=np.tile([60.0, 10.0], 20),
        width_us=np.full(40, 300.0), duration_s=1.0,
    )  # fmt: skip
    np.testing.assert_allclose(
        contract(hmed2018(), both).force_N, contract(hmed2018(), strong).force_N, rtol=1e-3, atol=1e-3
    )


@pytest.mark.parametrize("name", ["marion2009", "marion2013"])
def test_fatigue_enters_at_every_angle(name):
    """M6: the tiring A, not the rested one, must be what the factor of the angle multiplies."""
    pulses = steady_pulses(rate_hz=33.0, on_s=0.6, off_s=0.4, contractions=60)
    full = marion(name, tired=True)
    only_a = replace(full.muscle, tau1_fatigue_s_per_N_s=0.0, k_m_fatigue_per_N_s=0.0, tau1_fatigue_s_per_N_deg=0.0)
    for angle in (30.0, 60.0, 90.0):
        at = Motion(angle_deg=angle)
        tired = contract(replace(full, muscle=only_a), pulses, motion=at)
        rested = contract(marion(name, tired=False), pulses, motion=at)
        assert tired.state.capacity_share < 0.95
        assert tired.force_N[-1000:].max() < 0.97 * rested.force_N[-1000:].max()


def test_angles_beyond_the_parabola_give_no_force():
    pulses = steady_pulses(rate_hz=33.0, on_s=0.5)
    assert contract(marion2009(), pulses, motion=Motion(angle_deg=120.0)).peak_N == 0.0


def test_a_knee_that_straightens_pulls_less_than_a_held_one():
    pulses = steady_pulses(rate_hz=33.0, on_s=0.5)
    held, moving = (
        contract(marion2013(), pulses, motion=Motion(angle_deg=60.0, velocity_deg_per_s=v)).peak_N for v in (0.0, -60.0)
    )
    assert moving < held


def test_load_changes_the_swing_of_a_leg_and_an_untouched_leg_hangs_still():
    """M5: with the resting angle in its place the load does something."""
    kick = steady_pulses(rate_hz=33.0, on_s=0.4, off_s=0.3)
    lowest = [swing_knee(kick, load_N=load).angle_deg.min() for load in (0.0, 50.0, 200.0)]
    assert lowest == sorted(lowest)
    assert lowest[2] - lowest[0] > 2.0
    still = swing_knee(steady_pulses(rate_hz=33.0, on_s=0.4, amplitude_mA=0.0), rest_deg=75.0)
    np.testing.assert_array_equal(still.angle_deg, 75.0)
    assert not still.stopped


def test_a_leg_released_from_another_angle_keeps_its_energy():
    """Without a pulse the leg is a pendulum: the sum of motion and height stays."""
    free = swing_knee(Pulses(time_s=[0.0], amplitude_mA=[1.0], width_us=[1.0], duration_s=3.0))
    turns = free.angle_deg[1:-1][(np.diff(free.angle_deg)[:-1] > 0) & (np.diff(free.angle_deg)[1:] <= 0)]
    late = turns[free.time_s[1:-1][(np.diff(free.angle_deg)[:-1] > 0) & (np.diff(free.angle_deg)[1:] <= 0)] > 1.0]
    assert len(late) >= 2
    assert np.ptp(late) < 0.02 * (late.mean() - 90.0)


def test_rates_beyond_the_fit_are_told_with_their_range():
    fast = steady_pulses(rate_hz=150.0, on_s=0.5)
    (said,) = contract(ding2003(), fast).notices
    assert said == ("Pulses come at up to 150 Hz; ding2003 was fitted for 10 to 100 Hz, so the force is extrapolated.")
    assert notices(ding2003(), steady_pulses(rate_hz=40.0, on_s=0.5)) == ()


def test_currents_below_the_curve_are_told():
    (said,) = notices(hmed2018(), steady_pulses(rate_hz=40.0, on_s=0.5, amplitude_mA=10.0))
    assert said.startswith("20 of 20 pulses are weaker than 17.03 mA, where hmed2018 begins")


def test_angles_beyond_the_fit_are_told():
    (said,) = notices(marion2009(), steady_pulses(rate_hz=33.0, on_s=0.5), Motion(angle_deg=5.0))
    assert said.startswith("The joint is at 5 deg")


def test_a_part_of_a_muscle_tires_as_the_whole():
    pulses = steady_pulses(rate_hz=40.0, on_s=10.0)
    whole = contract(ding2003(), pulses)
    part = contract(replace(ding2003(), muscle=scaled(ding2003().muscle, force_factor=0.2)), pulses)
    np.testing.assert_allclose(part.force_N, 0.2 * whole.force_N, rtol=1e-9, atol=1e-12)


def test_a_slower_muscle_is_the_same_muscle_on_a_longer_clock():
    slow = replace(ding2003(tired=False), muscle=scaled(ding2003(tired=False).muscle, time_factor=2.0))
    a = contract(ding2003(tired=False), steady_pulses(rate_hz=40.0, on_s=0.5), dt_s=1e-3)
    b = contract(slow, steady_pulses(rate_hz=20.0, on_s=1.0), dt_s=2e-3)
    np.testing.assert_allclose(a.force_N, b.force_N, rtol=1e-9, atol=1e-12)


def test_groups_of_people_tire_in_their_order():
    pulses = steady_pulses(rate_hz=40.0, on_s=20.0)
    left = [contract(ding2003(p), pulses).state.capacity_share for p in ("able_bodied", "sci_acute", "sci_chronic")]
    assert left[0] > left[1] > left[2]


def test_pulses_of_a_programme_follow_ramps_pauses_and_widths():
    narrow = train(biphasic(width_us=300), rate_hz=50, width_modulation=alternating(0.5, step_s=0.5))
    plan = Programme(train=narrow, amplitude_mA=40, duration_s=10, on_s=2, off_s=3, ramp_up_s=1, ramp_down_s=0.5)
    pulses = pulses_of(plan)
    assert not ((pulses.time_s % 5) > 2.0).any()
    np.testing.assert_allclose(pulses.amplitude_mA, plan.amplitude_at_mA(pulses.time_s))
    assert set(np.round(pulses.width_us, 6)) == {150.0, 300.0}
    assert pulses.duration_s == 10.0


def test_every_announced_model_can_be_made():
    for name in members("force_models"):
        model = get("force_models", name)()
        assert isinstance(model.fitted, FittedRange)
        assert model.name == name
        assert model.rows


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Pulses(time_s=[0.0, 0.0], amplitude_mA=[1, 1], width_us=[1, 1], duration_s=1.0), "does not ascend"),
        (lambda: Pulses(time_s=[0.0], amplitude_mA=[1, 1], width_us=[1], duration_s=1.0), "hold 1, 2 and 1 values"),
        (lambda: Pulses(time_s=[0.0, 2.0], amplitude_mA=[1, 1], width_us=[1, 1], duration_s=1.0), "reach to the last"),
        (lambda: Pulses(time_s=[0.0], amplitude_mA=[-1.0], width_us=[1], duration_s=1.0), "each 0 or above"),
        (lambda: steady_pulses(rate_hz=0.0, on_s=1.0), "rate_hz is 0.0 Hz"),
        (lambda: contract(ding2003(), HELD, dt_s=0.02), "at most 0.01 s"),
        (lambda: step(ding2003(), ding2003().rest(), 0.0), "dt_s is 0 s"),
        (lambda: contract(ding2003(), HELD, motion=Motion(angle_deg=60.0)), "isometric and takes no motion"),
        (lambda: contract(marion2009(), HELD, motion=Motion(angle_deg=np.zeros(3))), "angle_deg holds 3 values"),
        (lambda: marion("marion2012"), "Did you mean 'marion2013'|Did you mean 'marion2009'"),
        (lambda: ding2003("sci_cronic"), "Did you mean 'sci_chronic'"),
        (lambda: replace(ding2003().muscle, tau_c_s=0.0), "tau_c_s is 0.0 s"),
        (lambda: scaled(ding2003().muscle, force_factor=0.0), "force_factor is 0.0"),
        (lambda: replace(ding2007(), width_scale_us=0.0), "width_scale_us 0.0 us"),
        (lambda: replace(hmed2018(), slope_per_mA=-1.0), "slope_per_mA -1.0 /mA"),
        (lambda: replace(bobet_stein(), half_k=0.0), "half_k is 0.0"),
        (lambda: hill_factor(0.0), "length_relative is 0.0"),
        (lambda: swing_knee(HELD, load_N=-1.0), "load_N is -1.0 N"),
        (lambda: passive_factor([-1.0]), "length_relative is"),
    ],
)
def test_what_cannot_be_is_refused(make, says):
    with pytest.raises(ParameterError, match=says):
        make()


def test_bobet_stein_without_slowing_is_a_plain_filter():
    plain = replace(bobet_stein(), slowing_hz=0.0)
    assert isinstance(plain, BobetStein)
    assert contract(plain, HELD).peak_N < contract(bobet_stein(), HELD).peak_N
