"""Limbs that stimulated muscles move: what bypasses what, which torque is made, and what is refused."""

import sys

import numpy as np
import pytest

mujoco = pytest.importorskip("mujoco")
pytest.importorskip("myo_sim")

from rheobase.effect import Mover, Recorder, fixture, fixture_names, holding_share, make_limb, move, scene_of  # noqa: E402
from rheobase.effect.movement._spec import posed  # noqa: E402
from rheobase.errors import MissingExtra, ParameterError, Unstable  # noqa: E402
from rheobase.extras import need  # noqa: E402


def pulled(limb, force_N, steps, start_deg=None):
    """Angle over time under raw tendon forces, shared by the strength of the muscles."""
    model = limb.model_
    data = mujoco.MjData(model)
    data.qpos[:] = posed(model, start_deg or {}) if start_deg else limb.pose_
    ((group, newton),) = force_N.items()
    muscles = limb.group(group)
    data.ctrl[muscles.actuators] = newton * muscles.strongest_N / muscles.strongest_N.sum()
    at, seen = model.joint(limb.joint).qposadr[0], []
    for _ in range(steps):
        mujoco.mj_step(model, data)
        seen.append(float(np.rad2deg(data.qpos[at])))
    return np.array(seen), data


@pytest.mark.parametrize("name", fixture_names())
def test_the_command_of_a_bypassed_muscle_is_its_force(name):
    limb = make_limb(name)
    model, data = limb.model_, mujoco.MjData(limb.model_)
    data.qpos[:] = limb.pose_
    mujoco.mj_forward(model, data)
    for muscles in limb.groups.values():
        passive = data.actuator_force[muscles.actuators].copy()
        data.ctrl[muscles.actuators] = 123.0
        mujoco.mj_forward(model, data)
        assert np.abs(data.actuator_force[muscles.actuators] - passive + 123.0).max() < 1e-6
        data.ctrl[:] = 0.0
        mujoco.mj_forward(model, data)


@pytest.mark.parametrize("name", [n for n in fixture_names() if n != "cycling"])
def test_a_group_makes_the_torque_it_is_calibrated_to(name):
    limb = make_limb(name)
    for group, muscles in limb.groups.items():
        low, high = limb.limits_deg[muscles.joint]
        for angle in np.linspace(low + 10, high - 10, 4):
            mover = Mover(limb, {muscles.joint: angle})
            mover.step({group: 1.0})
            wanted = float(limb.torque_Nm(group, angle))
            held = muscles.sign * mover.torque_Nm(group)
            if np.interp(angle, muscles.angle_deg, np.abs(muscles.arm_m).max(axis=1)) > 0.02 and wanted > 1:
                assert held == pytest.approx(wanted, rel=0.03)


def test_no_muscle_pushes_a_limb_beyond_its_limits():
    for name, group, full in (("seated_knee", "quadriceps", 1.0), ("seated_ankle", "dorsiflexors", 1.0),
                              ("wrist", "wrist_extensors", 1.0)):  # fmt: skip
        limb = make_limb(name)
        moved = move(limb, {group: np.full(500, full)})
        assert moved.beyond_deg < 2.0, name
        assert len(moved.notices) == (moved.beyond_deg > 1.0)


def test_a_slack_limb_hangs_and_comes_to_rest():
    moved = move(make_limb("seated_knee"), {"quadriceps": np.zeros(2000)}, start_deg={"knee_angle_r": 40.0})
    assert moved.watched_deg[-1] == pytest.approx(88.0, abs=4.0)
    assert abs(np.diff(moved.watched_deg[-50:])).max() < 0.05


def test_the_holding_share_holds():
    limb = make_limb("seated_knee")
    share = holding_share(limb, "quadriceps", 40.0)
    moved = move(limb, {"quadriceps": np.full(25, share)}, start_deg={"knee_angle_r": 40.0})
    assert abs(moved.watched_deg[-1] - 40.0) < 0.5
    dropped = move(limb, {"quadriceps": np.zeros(25)}, start_deg={"knee_angle_r": 40.0})
    assert abs(dropped.watched_deg[-1] - 40.0) > 2.0


def test_more_force_moves_further():
    reached = [
        move(make_limb("seated_knee"), {"quadriceps": np.full(400, s)}).watched_deg.min() for s in (0.05, 0.15, 0.3)
    ]
    assert reached[0] > reached[1] + 5 > reached[2] + 10


def test_the_same_forces_give_the_same_movement():
    first, second = (move(make_limb("seated_ankle"), {"dorsiflexors": np.full(100, 0.2)}) for _ in range(2))
    assert first.watched_deg.tobytes() == second.watched_deg.tobytes()


def test_frames_hold_bones_and_paths():
    mover = Mover(make_limb("seated_knee"))
    recorder = Recorder(mover, frame_every_s=0.02)
    for _ in range(50):
        mover.step({"quadriceps": 0.5})
        recorder.note()
    moved = recorder.movement()
    assert len(moved.frames) == 6
    assert moved.frame_s == pytest.approx(np.arange(6) * 0.02)
    tibia = mover.limb.model_.body("tibia_r").id
    assert np.linalg.norm(moved.frames[-1]["turn"][tibia] - moved.frames[0]["turn"][tibia]) > 0.1
    assert all(len(path) >= 2 for path in moved.frames[0]["paths_m"]["quadriceps"])


def test_a_scene_becomes_a_page_of_its_own():
    from rheobase.report import film_html

    moved = {str(s): move(make_limb("wrist"), {"wrist_extensors": np.full(100, s)}) for s in (0.1, 0.5)}
    scene = scene_of(moved, groups=("wrist_extensors",), title="A wrist <b>")
    assert [t["plain"] for t in scene["takes"]] == ["0.1", "0.5"]
    assert scene["takes"][1]["frames"][-1]["pulls"] == [0.5] * 3
    assert {b["name"] for b in scene["bones"]}.isdisjoint({"humerus_r", "scapula_r"})
    page = film_html(scene)
    assert "A wrist &lt;b&gt;" in page
    assert page.count("<script") == 2


def test_a_limb_that_runs_away_is_stopped_with_a_message():
    limb = make_limb("seated_ankle")
    with pytest.raises(Unstable, match=r"ran away after 0\.\d+ s: ankle_angle_r reached .* Lower the gains"):
        move(limb, {"dorsiflexors": np.full(500, 400.0)})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: fixture("seated_kne"), "There is no fixture 'seated_kne'. Did you mean 'seated_knee'"),
        (lambda: make_limb("seated_knee").group("quadricep"), "no muscles 'quadricep'. Did you mean 'quadriceps'"),
        (lambda: Mover(make_limb("seated_knee"), {"knee": 1.0}), "no free joint 'knee'"),
        (lambda: Mover(make_limb("seated_knee"), {"knee_angle_r": 140.0}), "140 deg; the joint goes from 0 to 120 deg"),
        (lambda: Mover(make_limb("seated_knee")).step({"quads": 1.0}), "no muscles 'quads'"),
        (lambda: Mover(make_limb("seated_knee")).step({"quadriceps": -1.0}), "can only pull"),
        (lambda: Mover(make_limb("seated_knee")).step({"quadriceps": float("nan")}), "can only pull"),
        (lambda: Mover(make_limb("seated_knee")).step({}, {"knee_angle_r": 1.0}), "does not lead 'knee_angle_r'"),
        (lambda: move(make_limb("seated_knee"), {"quadriceps": [0.1], "hamstrings": [0.1, 0.2]}), "hold [1, 2] steps"),
        (lambda: Recorder(Mover(make_limb("seated_knee")), frame_every_s=0.0), "must be above 0 s"),
        (lambda: scene_of({}), "movements of none were given"),
        (
            lambda: scene_of(
                {
                    n: move(make_limb(f"seated_{n}"), {g: [0.1] * 50})
                    for n, g in (("knee", "quadriceps"), ("ankle", "dorsiflexors"))
                }
            ),
            "shows one limb",
        ),
        (lambda: scene_of({"x": move(make_limb("seated_knee"), {"quadriceps": [0.1] * 50})}, from_s=9.0), "0 frames"),
        (lambda: holding_share(make_limb("seated_knee"), "quadriceps", -20.0), "goes from 0 to 120 deg"),
    ],
)
def test_what_cannot_be_is_refused(wrong, said):
    with pytest.raises(ParameterError) as told:
        wrong()
    assert said in str(told.value)


def test_a_missing_extra_names_its_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "mujoco", None)
    with pytest.raises(
        MissingExtra, match=r"Moving a limb needs the package 'mujoco'.*pip install 'rheobase\[movement\]'"
    ):
        need("mujoco", "Moving a limb")
    assert issubclass(MissingExtra, ImportError)
