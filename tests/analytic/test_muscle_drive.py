"""The drive of muscle in closed form, and the order of the force integration."""

import numpy as np
import pytest

from rheobase.effect import Pulses, bobet_stein, contract, ding2003, steady_pulses


def history_sum(times_s, at_s, tau_c, r0):
    """The drive as the papers write it: a sum over every pulse so far, solved for one pulse as t/tau exp(-t/tau)."""
    total = 0.0
    for i, t in enumerate(times_s):
        factor = 1.0 if i == 0 else 1.0 + (r0 - 1.0) * np.exp(-(t - times_s[i - 1]) / tau_c)
        passed = at_s - t
        if passed > 0:
            total += factor * passed / tau_c * np.exp(-passed / tau_c)
    return total


@pytest.mark.parametrize("seed", range(5))
def test_the_recursion_is_the_sum_over_all_pulses(seed):
    times = np.sort(np.random.default_rng(seed).uniform(0.0, 2.0, 60))
    muscle = ding2003(tired=False)
    end = 2.0173
    pulses = Pulses(time_s=times, amplitude_mA=np.ones(60), width_us=np.ones(60), duration_s=end)
    found = contract(muscle, pulses, dt_s=end / 500).state.values_[1]
    m = muscle.muscle
    assert found == pytest.approx(history_sum(times, end, m.tau_c_s, m.k_m_rest + m.r0_factor), rel=1e-9)


def test_one_pulse_peaks_at_one_over_e():
    one = steady_pulses(rate_hz=1.0, on_s=0.02)
    done = contract(ding2003(), one)
    assert done.state.values_[1] == pytest.approx(np.exp(-1.0), rel=1e-12)


@pytest.mark.parametrize("model", [ding2003(tired=False), ding2003(), bobet_stein()], ids=["rested", "tired", "bobet"])
def test_force_converges_with_the_square_of_the_step(model):
    pulses = steady_pulses(rate_hz=20.0, on_s=0.5)
    ends = [contract(model, pulses, dt_s=dt).force_N[-1] for dt in (5e-3, 2.5e-3, 1.25e-3, 6.25e-4)]  # divide 50 ms
    steps = np.abs(np.diff(ends))
    assert np.log2(steps[0] / steps[1]) == pytest.approx(2.0, abs=0.35)
    assert np.log2(steps[1] / steps[2]) == pytest.approx(2.0, abs=0.25)


def test_a_plateau_is_where_rise_and_fall_balance():
    """At high rate the drive is steady: F = A x (tau1 + tau2 x), whatever the path."""
    muscle = ding2003(tired=False)
    done = contract(muscle, steady_pulses(rate_hz=1000.0, on_s=2.0))
    m, drive = muscle.muscle, done.state.values_[1]
    x = drive / (m.k_m_rest + drive)
    assert done.force_N[-1] == pytest.approx(m.a_rest_N_per_s * x * (m.tau1_rest_s + m.tau2_s * x), rel=2e-3)


def test_recovery_is_exponential():
    tired = contract(ding2003(), steady_pulses(rate_hz=40.0, on_s=20.0, off_s=2.0)).state
    pause = Pulses(time_s=[], amplitude_mA=[], width_us=[], duration_s=127.0)
    later = contract(ding2003(), pause, state=tired).state
    assert 1.0 - later.capacity_share == pytest.approx((1.0 - tired.capacity_share) * np.exp(-1.0), rel=1e-3)
