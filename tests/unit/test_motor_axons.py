"""Motor axons of a mapped part: where they run and end, and what they need in the field of the pads."""

import numpy as np
import pytest

from rheobase.anatomy import LowerLeg, Thigh, innervation_of
from rheobase.effect import (
    axon_thresholds_mA,
    axon_ways_mm,
    end_plates,
    motor_axons,
    motor_unit_pool,
    muscle_shares,
    unit_muscles,
    unit_thresholds_mA,
)
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.montage import usual_montage
from rheobase.nerve import stimulus_of
from rheobase.pulse import biphasic

THIGH = Thigh()
QUADRICEPS = tuple(muscle_shares(THIGH, "quadriceps"))
PULSE = biphasic(width_us=300.0)


@pytest.fixture(scope="module")
def field():
    return solve_field(THIGH, usual_montage(THIGH), cell_mm=4.0)


@pytest.mark.parametrize("muscle", QUADRICEPS)
def test_end_plates_lie_in_the_muscle_and_its_zones(muscle):
    plates = end_plates(THIGH, muscle, count=60, seed=3)
    places = plates.points_mm(THIGH)
    assert set(THIGH.muscle_names_at(places)) == {muscle}
    zones = innervation_of(THIGH, muscle).zones_mm
    assert all(any(low <= z <= high for low, high in zones) for z in places[:, 2])
    # the whole belly, not its skin alone
    depth_mm = THIGH.depth_mm(places)
    assert depth_mm.max() - depth_mm.min() > 8.0


@pytest.mark.parametrize("muscle", QUADRICEPS)
def test_axons_reach_the_trunk_without_turning_back_or_through_bone(muscle):
    names = np.array([t.name for t in THIGH.tissues])
    for way in axon_ways_mm(THIGH, end_plates(THIGH, muscle, count=20, seed=1)):
        assert way[-1, 2] == pytest.approx(THIGH.ends_mm[1], abs=3.0)
        steps = np.diff(way, axis=0)
        turn = np.sum(steps[1:] * steps[:-1], axis=1) / np.prod(
            [np.linalg.norm(steps[1:], axis=1), np.linalg.norm(steps[:-1], axis=1)], axis=0
        )
        assert turn.min() > 0.8
        inside = THIGH.core_labels(way[way[:, 2] < 250.0])
        assert not np.isin(names[inside], ("cortical_bone", "marrow", "cancellous_bone")).any()


def test_places_are_seeded_and_carried_over_to_other_bodies():
    one, two, again = (end_plates(THIGH, "vastus_medialis", count=8, seed=s) for s in (1, 2, 1))
    assert np.array_equal(one.theta_rad, again.theta_rad)
    assert not np.array_equal(one.theta_rad, two.theta_rad)
    fat = Thigh(fat_mm=14.0)
    moved = motor_axons(fat, ("vastus_medialis",) * 8, np.full(8, 10.0), seed=1, like=THIGH)
    here = motor_axons(THIGH, ("vastus_medialis",) * 8, np.full(8, 10.0), seed=1)
    starts = np.array([w[0] for w in moved.ways_mm]), np.array([w[0] for w in here.ways_mm])
    assert np.allclose(starts[0][:, 2], starts[1][:, 2])
    assert (np.hypot(*starts[0][:, :2].T) < np.hypot(*starts[1][:, :2].T)).all()  # the fascia lies deeper


def test_thick_axons_need_less_and_thresholds_do_not_depend_on_the_grid(field):
    owners = ("vastus_lateralis",) * 12
    thin, thick = (
        axon_thresholds_mA(motor_axons(THIGH, owners, np.full(12, d)), field, stimulus_of(PULSE)) for d in (9.0, 14.0)
    )
    assert (thick < thin).all()
    fine = solve_field(THIGH, usual_montage(THIGH), cell_mm=2.5)
    again = axon_thresholds_mA(motor_axons(THIGH, owners, np.full(12, 14.0)), fine, stimulus_of(PULSE))
    assert np.allclose(again / thick, 1.0, atol=0.1)


def test_shares_of_force_follow_the_areas():
    pool = motor_unit_pool(units=400)
    shares = muscle_shares(THIGH, "quadriceps")
    owner = np.array(unit_muscles(pool, shares))
    for muscle, share in shares.items():
        mine = owner == muscle
        assert pool.twitch_share[mine].sum() == pytest.approx(share, abs=0.005)
        assert pool.twitch_share[mine].max() > 30 * pool.twitch_share[mine].min()


def test_any_mapped_part_will_do():
    leg, pool = LowerLeg(), motor_unit_pool(units=12)
    found = unit_thresholds_mA(pool, leg, usual_montage(leg), PULSE, muscle="tibialis_anterior")
    assert found.shape == (12,)
    assert (found > 1.0).all()


def test_refusals():
    pool = motor_unit_pool(units=4)
    pads = usual_montage(THIGH)
    with pytest.raises(ParameterError, match="say which contracts"):
        unit_thresholds_mA(pool, THIGH, pads, PULSE)
    with pytest.raises(ParameterError, match=r"no muscle or group 'quadricep' in a Thigh.*quadriceps"):
        unit_thresholds_mA(pool, THIGH, pads, PULSE, muscle="quadricep")
    with pytest.raises(ParameterError, match="nerve of 'adductor_longus' is 'obturator'"):
        innervation_of(THIGH, "adductor_longus")
    with pytest.raises(ParameterError, match="neither an innervation zone nor a motor point"):
        innervation_of(THIGH, "gracilis")
    with pytest.raises(ParameterError, match="give at least 1 end plate"):
        end_plates(THIGH, "vastus_medialis", count=0, seed=1)
    with pytest.raises(ParameterError, match="2 values for 1 units"):
        motor_axons(THIGH, ("vastus_medialis",), np.array([10.0, 11.0]))
