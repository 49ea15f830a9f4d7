"""What must hold of simulations, recordings, trains and recovery for any fibre and place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.nerve import (
    Injection,
    conduction_velocities,
    follow_train,
    record_fibres,
    recovery_cycle,
    simulate_fibres,
    stimulus_from_segments,
    thresholds_over_widths,
    uniform_fibre,
    uniform_fibres,
)

diameters_um = st.floats(5.7, 16.0)
few = settings(max_examples=8, deadline=None)
PUSH = [Injection(node=3, current_nA=8.0)]


def fibre_of(diameter_um, nodes=21):
    return uniform_fibre("mrg_interpolated", diameter_um=diameter_um, nodes=nodes)


def potential(fibre, distance_mm, node=10):
    r_mm = np.hypot(distance_mm, (fibre.arc_um - fibre.node_arc_um[node]) / 1000)
    return 1 / (4 * np.pi * 0.3 * r_mm[None] * 1e-3)


@few
@given(d=diameters_um, r=st.floats(0.3, 3.0), factor=st.floats(0.01, 100.0))
def test_recordings_are_linear_in_the_contact(d, r, factor):
    fibre = fibre_of(d)
    a, b = potential(fibre, r), potential(fibre, 2 * r, node=14)
    seen = record_fibres([fibre], [np.concatenate([a, b, a + factor * b])], injections=PUSH, duration_ms=1.5)
    one, two, both = seen.signal_uV[0]
    np.testing.assert_allclose(both, one + factor * two, atol=2e-5 * (np.abs(one) + factor * np.abs(two)).max())


@few
@given(d=diameters_um, r=st.floats(0.5, 3.0), node=st.integers(4, 10))
def test_a_mirrored_fibre_is_recorded_alike(d, r, node):
    fibre = fibre_of(d)
    last = fibre.nodes - 1
    signals = [
        record_fibres(
            [fibre], [potential(fibre, r, at)], injections=[Injection(node=begin, current_nA=8.0)], duration_ms=1.5
        ).signal_uV[0, 0]
        for at, begin in ((node, 3), (last - node, last - 3))
    ]
    np.testing.assert_allclose(signals[0], signals[1], atol=2e-3 * np.ptp(signals[0]))


@few
@given(d=diameters_um, r=st.floats(0.5, 2.0), times=st.floats(1.2, 4.0))
def test_stronger_is_not_later(d, r, times):
    fibre = fibre_of(d)
    pulse = stimulus_from_segments([(0.1, -1.0)], tail_ms=2.0, dt_ms=0.005)
    phi = [potential(fibre, r)] * 2
    rest = thresholds_over_widths([fibre], phi[:1], widths_us=[100.0]).thresholds_mA[0, 0]
    weak, strong = simulate_fibres([fibre] * 2, phi, pulse, [1.05 * rest, 1.05 * times * rest]).spikes.first_ms(16)
    assert strong <= weak + 1e-6


@few
@given(d=diameters_um, shift=st.integers(0, 400), gap_ms=st.floats(3.0, 12.0))
def test_a_train_may_begin_at_any_time(d, shift, gap_ms):
    fibre, gap = fibre_of(d), round(gap_ms / 0.005) * 0.005
    found = [
        follow_train(
            [fibre], [begin, begin + gap],
            injections=[Injection(node=3, current_nA=8.0, start_ms=t) for t in (begin, begin + gap)],
        )
        for begin in (0.0, shift * 0.005)
    ]  # fmt: skip
    assert found[0].fires.all()
    np.testing.assert_allclose(found[0].latency_ms, found[1].latency_ms, atol=2e-3)


@few
@given(d=st.floats(5.7, 14.0), warmer_C=st.floats(1.0, 6.0))
def test_thick_and_warm_fibres_are_fast(d, warmer_C):
    pair = uniform_fibres("mrg_interpolated", diameter_um=[d, 1.1 * d], nodes=21)
    cool, warm = (
        conduction_velocities(pair, current_nA=8.0, temperature_C=t).velocity_m_per_s for t in (32.0, 32.0 + warmer_C)
    )
    assert cool[1] > cool[0]
    assert (warm > cool).all()


@few
@given(d=diameters_um, r=st.floats(0.5, 3.0), factor=st.floats(0.1, 10.0))
def test_recovery_is_a_ratio(d, r, factor):
    """The field's strength cancels out."""
    fibre = fibre_of(d)
    pulse = stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=0.005)
    phi = potential(fibre, r)
    cycles = recovery_cycle([fibre] * 2, [phi, factor * phi], pulse, interval_ms=[1.6, 6.0], tolerance=1e-3)
    assert cycles.ratio[0] == pytest.approx(cycles.ratio[1], rel=4e-3)
