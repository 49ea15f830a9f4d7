"""Motor units: sizes, order, the sum of their forces."""

import numpy as np
import pytest

from rheobase.anatomy import Forearm
from rheobase.effect import (
    Pulses,
    contract,
    ding2003,
    motor_unit_pool,
    pool_force,
    steady_pulses,
    unit_thresholds_mA,
)
from rheobase.errors import ParameterError
from rheobase.montage import pad_pair
from rheobase.pulse import biphasic
from rheobase.tables import row

NINE = steady_pulses(rate_hz=9.0, on_s=1.0)


def test_a_pool_spreads_as_its_table_says():
    pool = motor_unit_pool(units=300, seed=3)
    assert pool.twitch_share.sum() == pytest.approx(1.0)
    assert pool.twitch_share[-1] / pool.twitch_share[0] == pytest.approx(100.0)
    assert pool.contraction_factor[0] / pool.contraction_factor[-1] == pytest.approx(3.0)
    assert np.sum(pool.twitch_share * pool.contraction_factor) == pytest.approx(1.0)
    assert np.sum(pool.twitch_share * pool.fatigue_factor) == pytest.approx(1.0)
    assert pool.fibre_count.mean() == pytest.approx(329.0)
    axon = row("muscle.pool_axon_um")
    assert (pool.axon_um.min(), pool.axon_um.max()) == (axon["smallest_um"], axon["largest_um"])
    assert pool.axon_um.mean() == pytest.approx(axon["mean_um"], abs=0.3)


@pytest.mark.parametrize(("close", "low", "high"), [(0.0, -0.2, 0.2), (0.7, 0.55, 0.85), (1.0, 0.95, 1.0)])
def test_axons_go_with_size_as_closely_as_asked(close, low, high):
    pool = motor_unit_pool(units=500, seed=1, correlation_factor=close)
    assert low <= np.corrcoef(np.log(pool.twitch_share), pool.axon_um)[0, 1] <= high


def test_the_same_seed_gives_the_same_pool():
    a, b, c = (motor_unit_pool(units=50, seed=s).axon_um for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert (a != c).any()


def test_units_recruited_as_a_whole_are_the_muscle_they_were_cut_from():
    pool, pulses = motor_unit_pool(units=200), steady_pulses(rate_hz=40.0, on_s=2.0, amplitude_mA=50.0)
    whole = contract(ding2003(), pulses)
    parts = pool_force(pool, np.full(200, 10.0), pulses)
    assert parts.force_N.max() == pytest.approx(whole.peak_N, rel=0.02)
    assert parts.recruited_share == 1.0
    assert parts.recruited_twitch_share == pytest.approx(1.0)


def test_equal_units_sum_to_the_muscle_exactly_but_for_the_step():
    pool = motor_unit_pool(units=4)
    even = type(pool)(
        twitch_share=np.full(4, 0.25), contraction_factor=np.ones(4), fatigue_factor=np.ones(4), axon_um=pool.axon_um,
        fibre_count=pool.fibre_count, seed=1,
    )  # fmt: skip
    pulses = steady_pulses(rate_hz=30.0, on_s=4.0, off_s=6.0, contractions=3, amplitude_mA=50.0)
    units, whole = pool_force(even, np.zeros(4), pulses), contract(ding2003(), pulses, dt_s=0.005)
    np.testing.assert_allclose(units.force_N, whole.force_N, atol=0.004 * whole.peak_N)


def test_nothing_fires_below_the_lowest_threshold_and_more_fires_above():
    pool = motor_unit_pool(units=100)
    at = np.random.default_rng(1).permutation(np.linspace(20.0, 60.0, 100))
    peak = [
        pool_force(pool, at, steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=i)).force_N.max()
        for i in (19.0, 25.0, 40.0, 70.0)
    ]
    assert peak[0] == 0.0
    assert peak == sorted(peak)
    assert peak[1] > 0


def test_a_unit_out_of_reach_stays_silent():
    pool = motor_unit_pool(units=10)
    done = pool_force(pool, np.full(10, np.inf), steady_pulses(rate_hz=40.0, on_s=0.5, amplitude_mA=1e3))
    assert done.recruited_share == 0.0
    assert not done.force_N.any()


def test_strong_units_tire_first():
    pool = motor_unit_pool(units=100)
    pulses = steady_pulses(rate_hz=40.0, on_s=30.0, amplitude_mA=50.0)
    weak, strong = np.full(100, np.inf), np.full(100, np.inf)
    weak[:50], strong[50:] = 10.0, 10.0
    left = [f.force_N[-1] / f.force_N.max() for f in (pool_force(pool, t, pulses) for t in (weak, strong))]
    assert left[0] > 0.9 > left[1]


def test_recruitment_is_by_place_not_by_size():
    """With axons that say nothing of size, neither weak nor strong units come first."""
    arm, pool = Forearm(), motor_unit_pool(units=200, correlation_factor=0.0)
    found = unit_thresholds_mA(pool, arm, pad_pair(arm), biphasic(width_us=300.0))
    order = np.argsort(np.argsort(found))
    assert abs(np.corrcoef(order, np.arange(200))[0, 1]) < 0.25
    assert found.min() > 2.0
    thick = unit_thresholds_mA(
        motor_unit_pool(units=200, correlation_factor=1.0), arm, pad_pair(arm), biphasic(width_us=300.0)
    )
    assert np.corrcoef(np.argsort(np.argsort(thick)), np.arange(200))[0, 1] < -0.15  # thick axons, strong units, first


def test_axons_may_also_be_reached_in_their_nerve():
    arm, pool = Forearm(), motor_unit_pool(units=60)
    pads, pulse = pad_pair(arm, size_mm=(50.0, 50.0)), biphasic(width_us=300.0)
    ends, both = unit_thresholds_mA(pool, arm, pads, pulse), unit_thresholds_mA(pool, arm, pads, pulse, nerve="median")
    assert (both <= ends + 1e-12).all()
    assert both.max() <= 60.0  # the trunk 20 mm deep answers tens of mA
    near = ends < 10.0
    np.testing.assert_allclose(both[near], ends[near])


def test_a_long_pause_is_recovery():
    pool = motor_unit_pool(units=20)
    hold = steady_pulses(rate_hz=40.0, on_s=20.0, off_s=0.0, amplitude_mA=50.0)
    late = np.concatenate([hold.time_s, 300.0 + np.arange(40) / 40])
    pulses = Pulses(time_s=late, amplitude_mA=np.full(840, 50.0), width_us=np.ones(840), duration_s=301.0)
    force = pool_force(pool, np.zeros(20), pulses)
    end_of_hold = force.force_N[np.searchsorted(force.time_s, 19.9)]
    assert force.force_N[force.time_s > 300.5].max() > 1.3 * end_of_hold


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: motor_unit_pool(units=1), "units is 1"),
        (lambda: motor_unit_pool(units=10, correlation_factor=2.0), "correlation_factor 2.0"),
        (
            lambda: pool_force(motor_unit_pool(units=5), np.zeros(4), steady_pulses(rate_hz=9.0, on_s=1)),
            "4 values for 5",
        ),
        (
            lambda: pool_force(motor_unit_pool(units=2), np.zeros(2), steady_pulses(rate_hz=9.0, on_s=1), dt_s=1.0),
            "at most 0.05 s",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, says):
    with pytest.raises(ParameterError, match=says):
        make()
