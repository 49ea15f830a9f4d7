from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.pulse import (
    Bursts,
    Programme,
    alternating,
    amplitude_modulated,
    biphasic,
    exponential,
    from_samples,
    monophasic,
    random_steps,
    sine_carrier,
    sweep,
    tone_burst,
    train,
    twin_peak,
)

few = settings(max_examples=60, deadline=None)
widths_us = st.floats(1, 1000)
leadings = st.sampled_from(["cathodic", "anodic"])

balanced = st.one_of(
    st.builds(biphasic, widths_us, st.floats(0, 500), leadings, st.floats(1, 20)),
    st.builds(tone_burst, st.floats(1000, 10_000), cycles=st.integers(1, 10), leading=leadings),
)
unbalanced = st.one_of(
    st.builds(monophasic, widths_us, leadings),
    st.builds(exponential, st.floats(1, 300), widths_us, leadings),
    st.builds(twin_peak, st.floats(1, 50), widths_us, st.floats(0, 100), leadings),
    st.builds(sine_carrier, st.floats(500, 10_000), widths_us, leadings),
    st.builds(
        lambda carrier_hz, beat_hz, depth, beats, leading: amplitude_modulated(
            carrier_hz, beat_hz, depth, beats * 1e6 / beat_hz, leading
        ),
        st.floats(1000, 10_000),
        st.floats(100, 500),
        st.floats(0, 1),
        st.floats(0.5, 2),
        leadings,
    ),
    st.builds(
        lambda steps, w: from_samples(np.cumsum(steps), w[: len(steps)]),
        st.lists(st.floats(0.1, 100), min_size=3, max_size=8),
        st.lists(st.floats(-1, 1), min_size=8, max_size=8).filter(lambda w: max(map(abs, w[:3])) > 0.01),
    ),
)
pulses = st.one_of(balanced, unbalanced)

courses = st.one_of(
    st.none(),
    st.builds(sweep, st.floats(0.05, 0.9), step_s=st.floats(0.05, 3)),
    st.builds(alternating, st.floats(0.05, 0.9), step_s=st.floats(0.05, 3)),
    st.builds(random_steps, st.floats(0.05, 0.9), step_s=st.floats(0.05, 3), seed=st.integers(0, 99)),
)


@st.composite
def trains(draw, pulse=pulses):
    one = draw(pulse)
    room = draw(st.floats(0.05, 0.9))
    rate_hz = min(room * 1e6 / one.duration_us, 2000.0)
    jitter_us = draw(st.sampled_from([0.0, 0.5])) * (1e6 / rate_hz - one.duration_us)
    n = draw(st.integers(1, 5))
    bursts = None if n == 1 else Bursts(pulses_per_burst=n, burst_rate_hz=rate_hz / n / draw(st.floats(1.01, 4)))
    return train(
        one,
        rate_hz=rate_hz,
        jitter_us=jitter_us,
        seed=draw(st.integers(0, 2**32)),
        rate_modulation=draw(courses),
        width_modulation=draw(courses),
        bursts=bursts,
    )


@few
@given(pulses, st.floats(0.3, 300), st.floats(-400, 400))
def test_sampled_charge_is_the_closed_form_on_any_grid(pulse, dt_us, start_us):
    n = int((pulse.duration_us - start_us) / dt_us) + 2
    cells = pulse.sample(dt_us, max(n, 0), start_us)
    assert cells.sum() * dt_us == pytest.approx(pulse.integral(start_us, start_us + max(n, 0) * dt_us), abs=1e-8)
    if start_us <= 0:
        assert cells.sum() * dt_us * 1e-3 == pytest.approx(pulse.net_charge_uC(1), abs=1e-9)
    assert np.abs(cells).max(initial=0) <= 1 + 1e-9


@few
@given(balanced)
def test_balanced_pulses_leave_nothing(pulse):
    assert pulse.net_charge_uC(100) == 0.0
    assert train(pulse, rate_hz=0.9e6 / pulse.duration_us).mean_mA(100) == 0.0


@few
@given(pulses)
def test_phases_alternate_and_add_up(pulse):
    phases = pulse.phases
    signs = [np.sign(p.charge_uC_per_mA) for p in phases]
    assert all(a == -b for a, b in pairwise(signs))
    assert all(a.start_us + a.duration_us <= b.start_us + 1e-9 for a, b in pairwise(phases))
    assert sum(p.charge_uC_per_mA for p in phases) == pytest.approx(
        pulse.integral(0, pulse.duration_us) / 1e3, abs=1e-9
    )
    whole_uC = sum(p.integral_of_absolute(0, p.duration_us) for p in pulse.pieces) * 1e-3
    assert pulse.absolute_charge_uC(1) == pytest.approx(whole_uC, rel=1e-9)
    assert pulse.charge_per_phase_uC(1) <= pulse.absolute_charge_uC(1) * (1 + 1e-12)
    assert 0 < pulse.rms_relative <= pulse.peak * (1 + 1e-12)


@few
@given(trains(), st.floats(0, 4000), st.floats(0.001, 0.4), st.floats(0.1, 0.9))
def test_a_window_shows_the_same_train_as_its_parts(one, t0_s, length_s, cut):
    t1_s, middle_s = t0_s + length_s, t0_s + cut * length_s
    whole = one.onsets_s(t0_s, t1_s)
    parts = np.concatenate([one.onsets_s(t0_s, middle_s), one.onsets_s(middle_s, t1_s)])
    np.testing.assert_array_equal(whole, parts)
    assert np.all(np.diff(whole) > 0)


@few
@given(trains(), st.floats(0, 4000), st.integers(1, 200), st.integers(1, 200), st.floats(5, 500))
def test_samples_do_not_depend_on_the_window(one, t0_s, before, after, dt_us):
    split_s, t1_s = t0_s + before * dt_us * 1e-6, t0_s + (before + after) * dt_us * 1e-6
    whole = one.sample(dt_us, t0_s, t1_s)
    late = one.sample(dt_us, split_s, t1_s)
    # The split is a float of its own: an hour in, it is off by up to 1e-12 s, a share of a cell at an edge.
    np.testing.assert_allclose(whole[before : before + late.size], late[: whole.size - before], atol=1e-5)


@few
@given(trains(), st.floats(0, 4000), st.floats(5, 300))
def test_sampled_charge_of_a_train_is_that_of_its_pulses(one, t0_s, dt_us):
    onset_s = one.onsets_s(t0_s, t0_s + 0.5)
    if onset_s.size < 3:
        return
    begin_s, end_s = onset_s[0] - 1e-7, onset_s[-1] - 1e-7
    cells = one.sample(dt_us, begin_s, end_s)
    # The last cell ends a little past the window, in the pulse that begins there.
    factor = np.ones(onset_s.size)
    if one.width_modulation is not None:
        if one.jitter_us:
            return
        factor = one.width_modulation.factor_at(onset_s, 2)
    over_us = cells.size * dt_us - (end_s - begin_s) * 1e6 - 0.1
    extra = factor[-1] * one.pulse.integral(0, max(0.0, over_us / factor[-1]))
    whole = one.pulse.integral(0, one.pulse.duration_us)
    assert cells.sum() * dt_us == pytest.approx(whole * factor[:-1].sum() + extra, abs=1e-4)


@few
@given(trains(balanced), st.floats(5, 200))
def test_finite_balanced_trains_stay_balanced(one, dt_us):
    finite = replace(one, duration_s=0.3)
    assert abs(finite.sample(dt_us, 0, 0.301).sum() * dt_us) < 1e-6


@few
@given(trains())
def test_pulses_never_overlap(one):
    onset_s = one.onsets_s(0, 3)[:3000]
    if onset_s.size > 1:
        assert np.diff(onset_s).min() * 1e6 >= one.longest_us * (1 - 1e-9)
    assert 0 < one.duty <= 1
    assert one.rms_mA(1) <= 1 + 1e-9
    assert abs(one.mean_mA(1)) <= one.absolute_mA(1) * (1 + 1e-9) <= one.rms_mA(1) * (1 + 1e-6)


@few
@given(st.integers(1, 10**9), st.integers(1, 2000))
def test_no_drift(k, rate_hz):
    assert train(monophasic(100), rate_hz=rate_hz).onset_s(k * rate_hz) == float(k)


@st.composite
def programmes(draw):
    up_s, down_s = draw(st.floats(0, 3)), draw(st.floats(0, 3))
    on_s = up_s + down_s + draw(st.floats(0.1, 10))
    cycled = draw(st.booleans())
    points = sorted(draw(st.sets(st.integers(0, 1000), max_size=4)))
    return Programme(
        train=train(draw(balanced), rate_hz=20),
        amplitude_mA=draw(st.floats(0, 100)),
        duration_s=on_s * draw(st.floats(1, 10)),
        ramp_up_s=up_s,
        ramp_down_s=down_s,
        on_s=on_s if cycled else None,
        off_s=draw(st.floats(0.1, 10)) if cycled else 0.0,
        session_share=tuple((t / 10, draw(st.floats(0, 1))) for t in points),
    )


@few
@given(programmes(), st.lists(st.floats(-10, 200), min_size=1, max_size=50))
def test_envelope_keeps_its_bounds(plan, times_s):
    share = plan.envelope(times_s)
    assert np.all((share >= 0) & (share <= 1))
    assert np.all(plan.amplitude_at_mA(times_s) <= plan.amplitude_mA)
    assert plan.envelope([0, plan.duration_s]).tolist() == [0, 0]
    assert 0 <= plan.mean_relative <= 1


@few
@given(programmes())
def test_envelope_rises_no_faster_than_it_says(plan):
    if plan.ramp_up_s < 1e-3:
        return
    t_s = np.linspace(0, plan.duration_s, 4001)
    rise = np.diff(plan.amplitude_at_mA(t_s)) / np.diff(t_s)
    assert rise.max() <= plan.steepest_rise_mA_per_s * (1 + 1e-6) + 1e-6


@few
@given(programmes())
def test_mean_envelope_agrees_with_a_fine_sum(plan):
    t_s = (np.arange(50_000) + 0.5) / 50_000 * plan.duration_s
    assert plan.mean_relative == pytest.approx(plan.envelope(t_s).mean(), abs=5e-4)


@few
@given(programmes(), st.floats(20, 400))
def test_ramps_leave_pulses_balanced(plan, dt_us):
    short = replace(plan, duration_s=min(plan.duration_s, plan.ramp_up_s + plan.falls_s + 0.5), on_s=None, off_s=0.0)
    left_mA_us = short.sample_mA(dt_us, 0, short.duration_s + 0.001).sum() * dt_us
    assert abs(left_mA_us) < 1e-5
