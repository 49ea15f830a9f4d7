"""The quadriceps in a field: people, groups of units, the session, and what the scenario makes of it."""

from unittest import mock

import numpy as np
import pytest

from rheobase.anatomy import Thigh
from rheobase.effect import (
    KneeExtensors,
    MuscleBody,
    contract,
    ding2003,
    draw_muscle_bodies,
    living,
    lumped,
    motor_unit_pool,
    muscle_reach,
    pool_force,
    pulses_of,
    session_torque,
    steady_pulses,
    with_fat,
)
from rheobase.effect.muscle.stored import reach_arrays, reach_from_arrays
from rheobase.errors import ParameterError
from rheobase.montage import usual_montage
from rheobase.pulse import Programme, biphasic, train
from rheobase.tables import row

THIGH = Thigh()
PULSE = biphasic(width_us=300.0)


def plan(**change):
    given = {"train": train(PULSE, rate_hz=50), "amplitude_mA": 30, "duration_s": 120, "on_s": 5, "off_s": 15,
             "ramp_up_s": 1} | change  # fmt: skip
    return Programme(**given)


@pytest.fixture(scope="module")
def reach():
    return muscle_reach(THIGH, usual_montage(THIGH), PULSE, muscle="quadriceps", units=60)


def test_recruitment_grows_with_the_current_and_ends_at_all(reach):
    share = reach.recruited_share(np.linspace(0.0, 2000.0, 300))
    assert share[0] == 0.0
    assert (np.diff(share) >= 0).all()
    assert share[-1] > 0.95


def test_fat_costs_current_and_the_middle_person_is_the_limb(reach):
    lean, fat = (
        MuscleBody(fat_mm=f, conductivity_share=reach.middle.conductivity_share, place_score=0.0)
        for f in (reach.fat_mm[0], reach.fat_mm[-1])
    )
    assert np.median(reach.thresholds_mA(fat)) > np.median(reach.thresholds_mA(lean))
    assert reach.middle.fat_mm == pytest.approx(THIGH.person.fat_mm("thigh"))
    np.testing.assert_allclose(reach.thresholds_mA(), np.exp(reach.ln_mA[1]))
    low = MuscleBody(fat_mm=reach.middle.fat_mm, conductivity_share={"fat": 0.0, "muscle": 0.0}, place_score=0.0)
    assert (np.median(reach.thresholds_mA())) > np.median(reach.thresholds_mA(low))  # muscle that conducts takes more


def test_the_limb_conducts_as_people_do_unless_it_was_given_its_own():
    seen, ends = row("tissues.muscle_in_vivo"), row("muscle.reach_conductivity")
    middle, least, most = (living(THIGH, muscle_share=s) for s in (0.5, 0.0, 1.0))
    assert middle.muscle_axial_S_per_m == seen["sigma_axial_S_per_m"]
    assert [t.muscle_transverse_S_per_m for t in (least, most)] == pytest.approx(ends["transverse_S_per_m"])
    assert [t.muscle_axial_S_per_m for t in (least, most)] == pytest.approx(ends["axial_S_per_m"])
    lean, fat = (living(THIGH, fat_share=s).fat_S_per_m for s in (0.0, 1.0))
    assert lean < middle.fat_S_per_m < fat
    own = Thigh(muscle_axial_S_per_m=0.4)
    assert living(own).muscle_axial_S_per_m == 0.4
    assert living(own).muscle_transverse_S_per_m == seen["sigma_transverse_S_per_m"]


def test_a_reach_goes_through_plain_arrays_and_back(reach):
    kept = reach_arrays(reach)
    again = reach_from_arrays(reach.part, reach.field, kept, muscle="quadriceps", units=60, seed=1)
    body = draw_muscle_bodies(reach, people=3)[2]
    np.testing.assert_array_equal(again.thresholds_mA(body), reach.thresholds_mA(body))
    assert again.owner == reach.owner
    assert again.rows == reach.rows
    with pytest.raises(ValueError, match="60 units do not belong to 61"):
        reach_from_arrays(reach.part, reach.field, kept, muscle="quadriceps", units=61, seed=1)


def test_interpolated_people_are_near_simulated_ones(reach):
    fat_mm = 9.0
    there = with_fat(THIGH, fat_mm)
    direct = muscle_reach(there, usual_montage(THIGH), PULSE, muscle="quadriceps", units=60, spread=False)
    body = MuscleBody(fat_mm=fat_mm, conductivity_share={"fat": 0.5, "muscle": 0.5}, place_score=0.0)
    amplitude_mA = [15.0, 25.0, 40.0, 60.0]
    # the places of end plates are drawn anew in the other thigh, hence the width
    np.testing.assert_allclose(
        reach.recruited_share(amplitude_mA, body), direct.recruited_share(amplitude_mA), atol=0.12
    )


def test_a_fatter_limb_keeps_its_flesh():
    level = THIGH.along_mm_of(0.83)
    theta = np.linspace(0, 2 * np.pi, 36)
    before, after = (t.fascia_mm(theta, np.full(36, level)).mean() for t in (THIGH, with_fat(THIGH, 12.0)))
    assert after == pytest.approx(before, rel=0.02)
    assert with_fat(THIGH, 12.0).girth_mm(level) > THIGH.girth_mm(level) + 40.0


def test_people_are_seeded_and_differ(reach):
    one, again, other = (draw_muscle_bodies(reach, people=30, seed=s) for s in (1, 1, 2))
    assert one == again
    assert one[0] == other[0] == reach.middle
    assert one[1] != other[1]
    assert all(reach.fat_mm[0] <= b.fat_mm <= reach.fat_mm[-1] for b in one)
    with pytest.raises(ParameterError, match="people is 0"):
        draw_muscle_bodies(reach, people=0)


def test_groups_of_units_pull_as_the_units_do():
    pool = motor_unit_pool(units=600)
    threshold = np.exp(np.log(30.0) + 0.6 * np.random.default_rng(1).standard_normal(600))
    pulses = pulses_of(plan(duration_s=60))
    groups, at_mA = lumped(pool, threshold, amplitude_mA=30.0)
    assert groups.twitch_share.sum() == pytest.approx(pool.twitch_share[threshold <= 30.0].sum())
    each, few = (pool_force(p, t, pulses).force_N for p, t in ((pool, threshold), (groups, at_mA)))
    assert np.abs(few - each).max() < 0.01 * each.max()
    coarse, at_coarse = lumped(pool, threshold, amplitude_mA=30.0, steps=3, kinds=1)
    worse = pool_force(coarse, at_coarse, pulses).force_N
    assert np.abs(worse - each).max() > np.abs(few - each).max()


def test_nothing_fires_nothing_pulls(reach):
    done = session_torque(KneeExtensors(maximal_Nm=200.0), plan(amplitude_mA=1.0), reach=reach, people=2)
    assert done.peak_Nm[0].max() == 0.0
    assert done.recruited_share[0] == 0.0


def test_a_session_follows_what_is_recruited(reach):
    knee = KneeExtensors(maximal_Nm=200.0)
    weak, strong = (session_torque(knee, plan(amplitude_mA=a), reach=reach, people=3) for a in (15.0, 45.0))
    assert strong.peak_Nm[0][0] > weak.peak_Nm[0][0] > 0.0
    # first contraction: the share of the units that fire, at the force that their rate gives, of more than the maximum
    rate = contract(ding2003(tired=False), steady_pulses(rate_hz=50.0, on_s=2.0)).peak_N
    full = contract(ding2003(tired=False), steady_pulses(rate_hz=100.0, on_s=1.0)).peak_N
    expected = strong.recruited_share[0] * rate / full / row("muscle.voluntary_activation")["share"]
    assert strong.peak_Nm[0][0] / 200.0 == pytest.approx(expected, rel=0.06)


def test_all_units_together_give_more_than_the_will():
    whole = KneeExtensors(maximal_Nm=182.0, lever_mm=350.0).whole()
    model = ding2003()
    ratio = whole.a_rest_N_per_s / model.muscle.a_rest_N_per_s
    full_N = ratio * contract(ding2003(tired=False), steady_pulses(rate_hz=100.0, on_s=1.0)).peak_N
    assert full_N * 0.35 == pytest.approx(200.0)


def test_refusals(reach):
    pool = motor_unit_pool(units=4)
    with pytest.raises(ParameterError, match="3 values for 4 units"):
        lumped(pool, np.ones(3), amplitude_mA=1.0)
    with pytest.raises(ParameterError, match="amplitude must be above 0"):
        lumped(pool, np.ones(4), amplitude_mA=0.0)
    silent = mock.patch("rheobase.effect.muscle.reached.axon_thresholds_mA", return_value=np.full(4, np.inf))
    with silent, pytest.raises(ParameterError, match="fewer than half of the 4 motor units fire"):
        muscle_reach(THIGH, usual_montage(THIGH), PULSE, muscle="quadriceps", units=4, spread=False)
