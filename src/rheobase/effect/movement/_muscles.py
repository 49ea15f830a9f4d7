"""Geometry of the muscles of a limb over its joint angle, and the torque they are calibrated to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase.effect.movement._spec import WHAT, couple
from rheobase.effect.muscle.hill import length_factor, stretched_factor
from rheobase.extras import need
from rheobase.tables import Row, row

_ANGLES = 121
_NUDGE_RAD = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Muscles:
    """Muscles that one stimulation channel drives together; arrays follow ``names``.

    Parameters
    ----------
    name, plain : str
        Name of the group, and its plain name.
    names : tuple of str
        Muscles of the model.
    joint : str
        Coordinate on which the torque is calibrated.
    actuators, tendons : ndarray of int
        Their numbers in the compiled model.
    strongest_N : ndarray
        Peak isometric forces of the model: how the muscles share.
    optimal_m, slack_m, fastest_per_s : ndarray
        Optimal fibre length, the length at which the normalised length is 0, and fastest shortening in optimal
        lengths per s.
    angle_deg : ndarray
        Joint angles of the calibration, rising.
    arm_m : ndarray, shape (angle, muscle)
        Effective moment arm, the change of length with the angle; positive where the muscle lengthens as the angle
        rises.
    torque_Nm : ndarray
        Largest evoked isometric torque over the angle, as calibrated; 0 or above.
    factor : ndarray
        What multiplies the forces of the model so that they make that torque.
    sign : float
        Sign of the torque on the joint, 1 or -1.
    rows : tuple of str
        Table rows used.
    path_m : ndarray, shape (angle, muscle)
        Length of muscle and tendon together.
    """

    name: str
    plain: str
    names: tuple[str, ...]
    joint: str
    actuators: np.ndarray
    tendons: np.ndarray
    strongest_N: np.ndarray
    optimal_m: np.ndarray
    slack_m: np.ndarray
    fastest_per_s: np.ndarray
    angle_deg: np.ndarray
    arm_m: np.ndarray
    torque_Nm: np.ndarray
    factor: np.ndarray
    sign: float
    rows: tuple[str, ...]
    path_m: np.ndarray

    def stretched_Nm(self, active_share: float = 1.0) -> np.ndarray:
        """Isometric torque of the model over the angle if its tendons stretched, uncalibrated; 0 or above."""
        slack = np.broadcast_to(self.slack_m / self.optimal_m, self.path_m.shape)
        held = stretched_factor(self.path_m / self.optimal_m, slack, active_share)
        return np.maximum(-self.sign * (self.strongest_N * held * self.arm_m).sum(axis=1), 0.0)


def measure(model: Any, name: str, spec_names: Row, group: Row, pose: np.ndarray) -> Muscles:
    """Measure one group on the model in a pose, and calibrate it."""
    names = tuple(group["muscles"])
    actuators = np.array([model.actuator(n).id for n in names])
    tendons = model.actuator_trnid[actuators, 0]
    kept = model.actuator_biasprm[actuators]
    optimal_m = np.diff(model.actuator_lengthrange[actuators], axis=1)[:, 0] / (kept[:, 1] - kept[:, 0])
    slack_m = model.actuator_lengthrange[actuators, 0] - kept[:, 0] * optimal_m
    joint = model.joint(group["joint"])
    low, high = np.rad2deg(joint.range)
    angle_deg = np.linspace(low, high, _ANGLES)
    length_m, arm_m = _lengths(model, pose, int(joint.qposadr[0]), angle_deg, tendons)
    pull_N = kept[:, 2] * length_factor((length_m - slack_m) / optimal_m)
    model_Nm = (pull_N * arm_m).sum(axis=1)
    sign = -float(np.sign(model_Nm[np.argmax(np.abs(model_Nm))]))
    strong_Nm = np.maximum(-sign * model_Nm, 0.0)
    floor_Nm = row("movement.solver")["least_arm_share"] * strong_Nm.max()
    factor = _target(group, angle_deg, strong_Nm) / np.maximum(strong_Nm, floor_Nm)
    return Muscles(
        name=name, plain=group["plain"], names=names, joint=group["joint"], actuators=actuators, tendons=tendons,
        strongest_N=kept[:, 2].copy(), optimal_m=optimal_m, slack_m=slack_m, fastest_per_s=kept[:, 6].copy(),
        angle_deg=angle_deg, arm_m=arm_m, torque_Nm=factor * strong_Nm, factor=factor,
        sign=sign, rows=(spec_names.key, group.key, "movement.evoked", "movement.solver"),
        path_m=length_m,
    )  # fmt: skip


def _lengths(
    model: Any, pose: np.ndarray, at: int, angle_deg: np.ndarray, tendons: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    mujoco = need("mujoco", WHAT)
    data = mujoco.MjData(model)

    def lengths(angle_rad: float) -> np.ndarray:
        data.qpos[:] = pose
        data.qpos[at] = angle_rad
        couple(model, data.qpos)
        mujoco.mj_fwdPosition(model, data)
        return data.ten_length[tendons].copy()

    angles: Sequence[float] = np.deg2rad(angle_deg).tolist()
    middle = np.array([lengths(a) for a in angles])
    up, down = (np.array([lengths(a + d) for a in angles]) for d in (_NUDGE_RAD, -_NUDGE_RAD))
    return middle, (up - down) / (2 * _NUDGE_RAD)


def _target(group: Row, angle_deg: np.ndarray, model_Nm: np.ndarray) -> np.ndarray:
    """Largest evoked torque over the angle: published shape and level where there are any, else the model's own."""
    share = row("movement.evoked")["share"]
    if "level_Nm" not in group:
        return share * model_Nm
    level_Nm = share * group["level_Nm"]
    shape = model_Nm
    at_level = np.interp(group["level_deg"], angle_deg, model_Nm) if "level_deg" in group else model_Nm.max()
    if "curve_deg" in group:
        shape = np.interp(angle_deg, group["curve_deg"], group["curve_relative"])
        at_level = np.interp(group["level_deg"], group["curve_deg"], group["curve_relative"])
    return level_Nm * shape / at_level
