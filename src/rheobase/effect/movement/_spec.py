"""Edit a published limb before it is compiled: cut what is not needed, hold joints, let forces bypass activation."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from rheobase.errors import ParameterError, near_name
from rheobase.extras import need
from rheobase.tables import Row, row

WHAT = "Moving a limb"


@contextmanager
def quiet() -> Any:
    """Silence the notes that a merged model raises on every load; they concern saving it as text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def open_spec(fixture: Row) -> Any:
    """The editable model of a fixture, without the parts that are not needed."""
    need("mujoco", WHAT)
    myo_sim = need("myo_sim", WHAT)
    with quiet():
        builders: Mapping[str, Any] = myo_sim.FRAGMENT_SPEC_BUILDERS
        if fixture["model"] not in builders:
            raise ParameterError(
                f"The package myo-sim has no model '{fixture['model']}'.{near_name(fixture['model'], builders)}"
            )
        spec = builders[fixture["model"]]()
        for name in fixture["removed"]:
            spec.delete(spec.body(name))
    return spec


def compiled(spec: Any) -> Any:
    """The compiled model."""
    with quiet():
        return spec.compile()


def couple(model: Any, qpos: np.ndarray) -> None:
    """Set every joint that follows another by a polynomial, as the model's equalities ask, in place."""
    joint = int(need("mujoco", WHAT).mjtEq.mjEQ_JOINT)
    for i in np.flatnonzero(model.eq_type == joint):
        dependent, leader = model.eq_obj1id[i], model.eq_obj2id[i]
        if leader < 0:
            continue
        at, lead = model.jnt_qposadr[dependent], model.jnt_qposadr[leader]
        offset = qpos[lead] - model.qpos0[lead]
        qpos[at] = model.qpos0[at] + np.polynomial.polynomial.polyval(offset, model.eq_data[i, :5])


def posed(model: Any, angles_deg: Mapping[str, float]) -> np.ndarray:
    """Joint values of a pose, with the coupled joints where they belong."""
    qpos = np.array(model.qpos0)
    for name, angle in angles_deg.items():
        qpos[model.joint(name).qposadr[0]] = np.deg2rad(angle)
    couple(model, qpos)
    return qpos


def hold(spec: Any, held_deg: Mapping[str, float], free: Iterable[str]) -> None:
    """Fix joints at an angle: whole bodies lose their joints, which also makes the model smaller and faster."""
    mujoco = need("mujoco", WHAT)
    model = compiled(spec)
    followers = _followers(model, mujoco)
    fixed = {*held_deg, *(f for f, leader in followers.items() if leader in held_deg)}
    fixed |= {model.joint(i).name for i in range(model.njnt)} - {*free, *followers}
    data = mujoco.MjData(model)
    data.qpos[:] = posed(model, held_deg)
    mujoco.mj_kinematics(model, data)
    for b in range(1, model.nbody):
        start, count = model.body_jntadr[b], model.body_jntnum[b]
        names = [model.joint(start + k).name for k in range(count)]
        if not names or not set(names) <= fixed:
            continue
        body = spec.body(model.body(b).name)
        body.pos, body.quat = _pose_in_parent(mujoco, model, data, b)
        for name in names:
            for equality in [e for e in spec.equalities if name in (e.name1, e.name2)]:
                spec.delete(equality)
            spec.delete(spec.joint(name))
        fixed -= set(names)
    for name in sorted(fixed):
        held = spec.add_equality()
        held.type, held.objtype, held.name1 = mujoco.mjtEq.mjEQ_JOINT, mujoco.mjtObj.mjOBJ_JOINT, name
        held.data[0] = np.deg2rad(held_deg.get(name, 0.0)) - float(model.qpos0[model.joint(name).qposadr[0]])


def _followers(model: Any, mujoco: Any) -> dict[str, str]:
    joint = int(mujoco.mjtEq.mjEQ_JOINT)
    return {
        model.joint(model.eq_obj1id[i]).name: model.joint(model.eq_obj2id[i]).name
        for i in np.flatnonzero(model.eq_type == joint)
        if model.eq_obj2id[i] >= 0
    }


def _pose_in_parent(mujoco: Any, model: Any, data: Any, b: int) -> tuple[np.ndarray, np.ndarray]:
    parent = model.body_parentid[b]
    inverse, quat = np.empty(4), np.empty(4)
    mujoco.mju_negQuat(inverse, data.xquat[parent])
    mujoco.mju_mulQuat(quat, inverse, data.xquat[b])
    position = np.empty(3)
    mujoco.mju_rotVecQuat(position, data.xpos[b] - data.xpos[parent], inverse)
    return position, quat


def bypass(spec: Any, names: Iterable[str]) -> None:
    """Let the command of these muscles be their active force in newtons; their passive force stays as it is."""
    mujoco = need("mujoco", WHAT)
    for name in names:
        actuator = spec.actuator(name)
        actuator.dyntype = mujoco.mjtDyn.mjDYN_NONE
        actuator.gaintype = mujoco.mjtGain.mjGAIN_FIXED
        gain = np.zeros(len(actuator.gainprm))
        gain[0] = -1.0
        actuator.gainprm = gain
        actuator.ctrllimited = mujoco.mjtLimited.mjLIMITED_FALSE
        actuator.forcelimited = mujoco.mjtLimited.mjLIMITED_FALSE


def lead(spec: Any, joints: Iterable[str]) -> None:
    """Add to each joint an equality ``lead_NAME`` that can pull it along a given path."""
    mujoco = need("mujoco", WHAT)
    for name in joints:
        led = spec.add_equality()
        led.name, led.type, led.objtype, led.name1 = (
            f"lead_{name}", mujoco.mjtEq.mjEQ_JOINT, mujoco.mjtObj.mjOBJ_JOINT, name,
        )  # fmt: skip
        led.active = False


def firm(spec: Any) -> None:
    """Make joint limits and couplings firm, and the step implicit in damping."""
    mujoco = need("mujoco", WHAT)
    numbers = row("movement.solver")
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.timestep = numbers["step_ms"] / 1e3
    firmness = np.array([numbers["limit_time_ms"] / 1e3, 1.0])
    impedance = np.array([numbers["limit_impedance_min"], numbers["limit_impedance_max"], 0.001, 0.5, 2.0])
    for joint in spec.joints:
        joint.solref_limit, joint.solimp_limit = firmness, impedance
    for equality in spec.equalities:
        equality.solref = firmness
