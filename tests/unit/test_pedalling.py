"""Cycling: where each muscle pushes, and a cadence that is kept."""

import numpy as np
import pytest

pytest.importorskip("mujoco")
pytest.importorskip("myo_sim")

from rheobase.control import Channel, RecruitmentCurve, crank_windows, pedal, recruited
from rheobase.effect import Mover, crank_torque_Nm, ding2003, make_limb, rider_of
from rheobase.errors import ParameterError
from rheobase.tables import row

BIKE = make_limb("cycling")
CRANK = np.arange(0.0, 360.0, 10.0)
MUSCLE = recruited(ding2003(), RecruitmentCurve(stimulus=[10.0, 60.0], share=[0.0, 1.0], unit="mA"))


def channels(groups=tuple(BIKE.groups)):
    return {g: Channel(MUSCLE, rate_hz=40.0, width_us=300.0) for g in groups}


@pytest.fixture(scope="module")
def windows():
    return crank_windows(BIKE, BIKE.groups, aim_rpm=40.0)


@pytest.fixture(scope="module")
def ride(windows):
    return pedal(BIKE, channels(), windows, aim_rpm=40.0, duration_s=15.0)


def test_the_left_leg_does_what_the_right_did_half_a_turn_before():
    right, left = crank_torque_Nm(BIKE, "quadriceps", CRANK), crank_torque_Nm(BIKE, "quadriceps@l", CRANK + 180.0)
    assert left == pytest.approx(right, abs=0.05 * np.abs(right).max())


def test_knee_torque_reaches_the_crank_by_virtual_work():
    """The sum over muscles agrees with the torque of the knee times the velocity ratio of the plane geometry."""
    plane, on_knee = [], rider_of(BIKE).transfer(CRANK)[1]
    knee_deg = rider_of(BIKE).joints_deg(CRANK)[1]
    for angle, ratio in zip(knee_deg, on_knee, strict=True):
        plane.append(-float(BIKE.torque_Nm("quadriceps", angle + 15.0)) * ratio)
    whole = crank_torque_Nm(BIKE, "quadriceps", CRANK)
    assert np.corrcoef(plane, whole)[0, 1] > 0.97


def test_extensors_and_flexors_take_turns(windows):
    quadriceps, hamstrings = windows["quadriceps"], windows["hamstrings"]
    assert 60.0 < quadriceps.width_deg < 180.0
    assert not any(quadriceps.holds(a) and hamstrings.holds(a) for a in CRANK)
    assert (windows["quadriceps@l"].on_deg - quadriceps.on_deg) % 360.0 == pytest.approx(180.0, abs=6.0)


def test_the_cadence_is_kept_as_well_as_was_measured(ride):
    """Bellman 2016: error 5.27 +- 2.14 rpm under stimulation; riders with spinal cord injury give 8 to 35 W."""
    known = row("control.cycling_measured")
    assert ride.rms_rpm < known["error_rpm"] + known["error_sd_rpm"]
    assert known["power_W"][0] < ride.power_W < known["power_W"][1]
    assert np.mean(ride.cadence_rpm[-100:]) == pytest.approx(40.0, abs=3.0)


def test_the_feet_stay_on_the_pedals_and_the_joints_in_their_range(ride):
    mover = Mover(BIKE)
    for _ in range(300):
        mover.step({"quadriceps": 0.4})
    model, data = BIKE.model_, mover._data
    for side in "rl":
        sole, axle = (data.site_xpos[model.site(f"{n}_{side}").id] for n in ("sole", "pedal"))
        assert np.linalg.norm(sole - axle) < 0.005
    for joint in ("knee_angle_r", "knee_angle_l", "hip_flexion_r", "hip_flexion_l"):
        low, high = BIKE.limits_deg[joint]
        assert (ride.movement.angle_deg[joint] > low - 1.0).all()
        assert (ride.movement.angle_deg[joint] < high + 1.0).all()


def test_without_stimulation_nothing_turns(windows):
    still = pedal(BIKE, {}, windows, aim_rpm=40.0, duration_s=6.0)
    assert abs(still.cadence_rpm[-1]) < 8.0
    assert still.power_W < 2.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"aim_rpm": 0.0}, "both must be above 0"),
        ({"windows": {}}, "no window for gluteals, gluteals@l"),
        ({"tick_s": 0.003}, "multiple of the limb's step"),
    ],
)
def test_what_cannot_be_is_refused(windows, given, said):
    settings = {"windows": windows, "aim_rpm": 40.0, "duration_s": 1.0} | given
    with pytest.raises(ParameterError) as told:
        pedal(BIKE, channels(), settings.pop("windows"), **settings)
    assert said in str(told.value)
