"""Let a limb move, step by step, as its muscles pull: for open loops and for loops that look at it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np

from rheobase.effect.movement._spec import WHAT, posed
from rheobase.effect.movement.fixture import fixture
from rheobase.effect.movement.limb import Limb
from rheobase.effect.muscle.hill import hill_factor
from rheobase.errors import ParameterError, Unstable, near_name
from rheobase.extras import need
from rheobase.tables import row


class Mover:
    """A limb in motion. Unlike the nouns it changes: `step` moves it on by one time step.

    Parameters
    ----------
    limb : Limb
        The limb.
    start_deg : mapping, optional
        Angles at the beginning, by joint; what is not named starts as the fixture says.

    Raises
    ------
    ParameterError
        If a joint is unknown or an angle lies beyond the joint's range.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> knee = Mover(make_limb("seated_knee"))
    >>> for _ in range(500):
    ...     knee.step({"quadriceps": 0.6})
    >>> knee.angle_deg() < 45
    True
    """

    __slots__ = (
        "_data",
        "_groups",
        "_led",
        "_model",
        "_mujoco",
        "_speed_limit",
        "_watched",
        "force_N",
        "limb",
        "share",
    )

    def __init__(self, limb: Limb, start_deg: Mapping[str, float] | None = None) -> None:
        self.limb = limb
        self._mujoco = need("mujoco", WHAT)
        # A limb that is led along a path has its constraints changed on the way: it needs a model of its own.
        led = fixture(limb.fixture).get("led", ())
        self._model = copy(limb.model_) if led else limb.model_
        self._led = {
            n: (self._model.equality(f"lead_{n}").id, float(self._model.qpos0[self._model.joint(n).qposadr[0]]))
            for n in led
        }
        self._data = self._mujoco.MjData(self._model)
        pose = limb.pose_
        if start_deg:
            _check_pose(limb, start_deg)
            named = {n: float(np.rad2deg(pose[self._model.joint(n).qposadr[0]])) for n in limb.limits_deg}
            pose = posed(self._model, named | dict(start_deg))
        self._data.qpos[:] = pose
        self._mujoco.mj_forward(self._model, self._data)
        self._groups = [(name, _Puller(self._model, muscles)) for name, muscles in limb.groups.items()]
        self._watched = self._model.joint(limb.joint)
        self._speed_limit = np.deg2rad(row("movement.solver")["fastest_deg_per_s"])
        self.share = dict.fromkeys(limb.groups, 0.0)
        self.force_N = dict.fromkeys(limb.groups, 0.0)

    @property
    def time_s(self) -> float:
        """Time since the beginning."""
        return float(self._data.time)

    def angle_deg(self, joint: str | None = None) -> float:
        """Angle of a joint, the watched one if none is named."""
        found = self._watched if joint is None else self._model.joint(joint)
        return float(np.rad2deg(self._data.qpos[found.qposadr[0]]))

    def velocity_deg_per_s(self, joint: str | None = None) -> float:
        """Angular velocity of a joint."""
        found = self._watched if joint is None else self._model.joint(joint)
        return float(np.rad2deg(self._data.qvel[found.dofadr[0]]))

    def raw(self) -> tuple[float, np.ndarray, np.ndarray]:
        """Time, joint values and commands of the model as they stand, copied."""
        return float(self._data.time), self._data.qpos.copy(), self._data.ctrl.copy()

    def height_mm(self, body: str, point_mm: np.ndarray) -> float:
        """Height of a point that is fixed to a body, above the model's origin."""
        b = self._model.body(body).id
        turned = self._data.xmat[b].reshape(3, 3) @ (np.asarray(point_mm) / 1000.0)
        return 1000.0 * float(self._data.xpos[b][2] + turned[2])

    def torque_Nm(self, group: str) -> float:
        """Torque that a group makes on its own joint now, of its active force; signed as the joint's angle."""
        puller = dict(self._groups)[group]
        angle = self._data.qpos[puller.at]
        arms = np.array([np.interp(np.rad2deg(angle), puller.angle_deg, a) for a in puller.arms])
        return -float(self._data.ctrl[puller.actuators] @ arms)

    def step(self, share: Mapping[str, float], led_deg: Mapping[str, float] | None = None) -> None:
        """Move on by one time step.

        Parameters
        ----------
        share : mapping
            Force of each group as a share of its largest evoked one, 0 or above; a group not named is slack.
        led_deg : mapping, optional
            Joints that are led along a given path: their angle now, by name. They must be led by the fixture.

        Raises
        ------
        ParameterError
            If a group is unknown or a share is negative or no number.
        Unstable
            If a joint runs away; the limb is left as it was found.
        """
        model, data = self._model, self._data
        data.ctrl[:] = 0.0
        for name in share:
            if name not in self.share:
                raise ParameterError(f"The limb has no muscles '{name}'.{near_name(name, self.share)}")
        for name, puller in self._groups:
            value = float(share.get(name, 0.0))
            if not 0.0 <= value < np.inf:
                raise ParameterError(f"The share of '{name}' is {value}; a muscle can only pull, so it is 0 or above.")
            self.share[name] = value
            force = puller.force_N(value, data) if value > 0 else puller.slack
            data.ctrl[puller.actuators] = force
            self.force_N[name] = float(force.sum())
        if led_deg is not None:
            self._lead(led_deg)
        self._mujoco.mj_step(model, data)
        self._check()

    def _lead(self, led_deg: Mapping[str, float]) -> None:
        for name, (equality, rest) in self._led.items():
            self._data.eq_active[equality] = name in led_deg
            if name in led_deg:
                self._model.eq_data[equality, 0] = np.deg2rad(led_deg[name]) - rest
        if not led_deg.keys() <= self._led.keys():
            name = next(n for n in led_deg if n not in self._led)
            raise ParameterError(
                f"The fixture '{self.limb.fixture}' does not lead '{name}'.{near_name(name, self._led)}"
            )

    def _check(self) -> None:
        fast = np.abs(self._data.qvel)
        if np.isfinite(fast).all() and np.isfinite(self._data.qpos).all() and fast.max() < self._speed_limit:
            return
        worst = int(np.argmax(np.where(np.isfinite(fast), fast, np.inf)))
        joint = self._model.joint(int(self._model.dof_jntid[worst])).name
        raise Unstable(
            f"The limb ran away after {self.time_s:.3f} s: {joint} reached {np.rad2deg(fast[worst]):.0f} deg/s, and"
            f" {np.rad2deg(self._speed_limit):.0f} is the most that is followed. Lower the gains or the stimulation."
        )

    def frame(self) -> dict[str, Any]:
        """Where every body and every muscle path is now, in m: what a picture needs."""
        paths = {}
        for name, puller in self._groups:
            paths[name] = [self._path(t) for t in puller.tendons]
        return {
            "position_m": np.array(self._data.xpos),
            "turn": np.array(self._data.xmat).reshape(-1, 3, 3),
            "paths_m": paths,
        }

    def _path(self, tendon: int) -> np.ndarray:
        start, count = self._data.ten_wrapadr[tendon], self._data.ten_wrapnum[tendon]
        points = np.array(self._data.wrap_xpos).reshape(-1, 3)
        return points[start : start + count]


class _Puller:
    """The forces of one group, quickly: what does not change between steps is kept."""

    __slots__ = ("actuators", "angle_deg", "arms", "at", "factor", "inverse_m", "slack", "slack_m", "speed", "strong",
                 "tendons")  # fmt: skip

    def __init__(self, model: Any, muscles: Any) -> None:
        self.actuators, self.tendons = muscles.actuators, muscles.tendons
        self.at = int(model.joint(muscles.joint).qposadr[0])
        self.angle_deg, self.factor = muscles.angle_deg, muscles.factor
        self.arms = muscles.arm_m.T.copy()
        self.inverse_m, self.slack_m = 1.0 / muscles.optimal_m, muscles.slack_m
        self.speed = self.inverse_m / muscles.fastest_per_s
        self.strong = muscles.strongest_N
        self.slack = np.zeros(len(muscles.names))

    def force_N(self, share: float, data: Any) -> np.ndarray:
        scale = share * np.interp(np.rad2deg(data.qpos[self.at]), self.angle_deg, self.factor)
        length = (data.ten_length[self.tendons] - self.slack_m) * self.inverse_m
        return scale * self.strong * hill_factor(length, data.ten_velocity[self.tendons] * self.speed)


def _check_pose(limb: Limb, start_deg: Mapping[str, float]) -> None:
    for name, angle in start_deg.items():
        if name not in limb.limits_deg:
            raise ParameterError(f"The limb has no free joint '{name}'.{near_name(name, limb.limits_deg)}")
        low, high = limb.limits_deg[name]
        if not low <= angle <= high:
            raise ParameterError(f"{name} is {angle:g} deg; the joint goes from {low:g} to {high:g} deg.")
