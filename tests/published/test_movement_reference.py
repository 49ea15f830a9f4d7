"""Reference motions and moment arms measured on the published models, and the torques people were measured to make."""

import numpy as np
import pytest

mujoco = pytest.importorskip("mujoco")
pytest.importorskip("myo_sim")

from rheobase.effect import contract, ding2003, make_limb, steady_pulses  # noqa: E402
from rheobase.effect.movement._spec import posed  # noqa: E402


def raw_motion(name, group, scale, start_deg):
    """A 40 Hz train of 1 s of the model of Ding, its force times a scale shared by peak force; angle over time."""
    limb = make_limb(name)
    force = contract(ding2003(tired=False), steady_pulses(rate_hz=40.0, on_s=1.0, off_s=0.5), dt_s=0.002).force_N
    muscles, model = limb.group(group), limb.model_
    part = scale * muscles.strongest_N / muscles.strongest_N.sum()
    data = mujoco.MjData(model)
    data.qpos[:] = posed(model, {limb.joint: start_deg})
    at, seen = model.joint(limb.joint).qposadr[0], []
    for f in force:
        data.ctrl[muscles.actuators] = f * part
        mujoco.mj_step(model, data)
        seen.append(float(np.rad2deg(data.qpos[at])))
    return np.array(seen)


def test_effective_moment_arms_of_the_knee():
    """Quadriceps arms in cm at 20, 40, 60, 80 and 100 degrees, by the change of tendon length with couplings."""
    arms = make_limb("seated_knee").arms_cm("quadriceps", np.array([20.0, 40.0, 60.0, 80.0, 100.0]))
    known = {
        "recfem_r": (4.05, 4.19, 4.00, 3.10, 2.37),
        "vasint_r": (3.67, 3.70, 3.54, 2.77, 2.34),
        "vaslat_r": (3.78, 3.75, 3.35, 2.42, 2.37),
        "vasmed_r": (3.62, 3.57, 3.34, 2.56, 2.22),
    }
    for name, values in known.items():
        assert arms[name] == pytest.approx(np.array(values), rel=0.03)


def test_effective_moment_arms_of_ankle_and_wrist():
    ankle = make_limb("seated_ankle").arms_cm("dorsiflexors", np.array([-28.0, -17.0, -5.0, 7.0, 18.0]))
    assert ankle["tibant_r"] == pytest.approx([-3.55, -3.90, -4.17, -4.35, -4.40], rel=0.03)
    wrist = make_limb("wrist").arms_cm("wrist_extensors", np.array([-30.0, -15.0, 0.0, 15.0, 30.0]))
    assert wrist["ECRL_r"] == pytest.approx([1.21, 1.22, 1.17, 1.07, 0.96], rel=0.03)
    assert wrist["ECRB_r"] == pytest.approx([1.75, 1.66, 1.53, 1.38, 1.19], rel=0.03)


def test_reference_motion_of_the_knee():
    """Rectus and three vasti with 838 N in all bring the knee from about 91 degrees to about straight."""
    angle = raw_motion("seated_knee", "quadriceps", 3.0, 91.0)
    assert angle.min() < 20.0
    assert angle[-1] > angle.min() + 30.0


def test_reference_motion_of_the_ankle():
    """Dorsiflexors with 838 N bring the ankle from plantar flexion to the end of its range, about 31 degrees."""
    angle = raw_motion("seated_ankle", "dorsiflexors", 3.0, -14.0)
    assert 27.0 < angle.max() < 32.0


def test_evoked_torque_of_the_knee_has_its_published_peak():
    limb = make_limb("seated_knee")
    angles = np.linspace(0, 120, 241)
    torque = limb.torque_Nm("quadriceps", angles)
    assert angles[torque.argmax()] == pytest.approx(51.7, abs=1.0)
    assert torque.max() / limb.torque_Nm("quadriceps", 90.0) == pytest.approx(1.66, rel=0.01)
    assert limb.torque_Nm("quadriceps", 80.0) == pytest.approx(0.72 * 199.8, rel=0.01)
    assert (torque >= 0).all()


def test_evoked_torque_of_the_ankle_lies_below_the_voluntary():
    torque = make_limb("seated_ankle").torque_Nm("dorsiflexors", np.linspace(-40, 30, 141))
    assert torque.max() == pytest.approx(0.72 * 47.2, rel=0.01)
