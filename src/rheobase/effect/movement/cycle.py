"""Two legs on a crank: the geometry, the crank of the model, and the torque of each muscle on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.effect.movement._spec import WHAT, compiled, posed
from rheobase.errors import ParameterError
from rheobase.extras import need
from rheobase.tables import Row

if TYPE_CHECKING:
    from rheobase.effect.movement.limb import Limb

Array = NDArray[np.float64]
_SIDES = ("r", "l")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rider:
    """A leg on a crank, in the sagittal plane, the ankle held by an orthosis.

    Parameters
    ----------
    thigh_m, shank_m : float
        Hip to knee, and knee to pedal axle, above 0.
    crank_m : float
        Length of the crank, above 0.
    seat_back_m, seat_up_m : float
        The hip behind and above the crank's axle.

    Raises
    ------
    ParameterError
        If the leg cannot reach the pedal all the way round.

    Examples
    --------
    >>> rider = Rider(thigh_m=0.41, shank_m=0.43, crank_m=0.15, seat_back_m=0.62, seat_up_m=0.15)
    >>> hip_deg, knee_deg = rider.joints_deg([0.0, 90.0])
    >>> bool((knee_deg > 0).all())
    True
    """

    thigh_m: float
    shank_m: float
    crank_m: float
    seat_back_m: float
    seat_up_m: float

    def __post_init__(self) -> None:
        for name in ("thigh_m", "shank_m", "crank_m"):
            if not getattr(self, name) > 0:
                raise ParameterError(f"{name} is {getattr(self, name)} m; it must be above 0 m.")
        seat = float(np.hypot(self.seat_back_m, self.seat_up_m))
        farthest, nearest = seat + self.crank_m, abs(seat - self.crank_m)
        if farthest >= self.thigh_m + self.shank_m or nearest <= abs(self.thigh_m - self.shank_m):
            raise ParameterError(
                f"The pedal is {nearest:.2f} to {farthest:.2f} m from the hip; this leg reaches from"
                f" {abs(self.thigh_m - self.shank_m):.2f} to {self.thigh_m + self.shank_m:.2f} m. Move the seat."
            )

    def joints_deg(self, crank_deg: ArrayLike) -> tuple[Array, Array]:
        """Flexion of hip (thigh against the horizontal, forward) and knee at crank angles.

        Parameters
        ----------
        crank_deg : array
            0 where the crank points forward, rising as it turns in riding (down in front: clockwise from the right).

        Returns
        -------
        hip_deg, knee_deg : array
            Knee: 0 is straight.
        """
        phi = np.deg2rad(np.asarray(crank_deg, float))
        x = self.seat_back_m + self.crank_m * np.cos(phi)
        y = -self.seat_up_m - self.crank_m * np.sin(phi)
        reach = np.hypot(x, y)
        cosine = (self.thigh_m**2 + self.shank_m**2 - reach**2) / (2 * self.thigh_m * self.shank_m)
        knee = np.pi - np.arccos(np.clip(cosine, -1, 1))
        at_hip = (self.thigh_m**2 + reach**2 - self.shank_m**2) / (2 * self.thigh_m * reach)
        thigh = np.arctan2(y, x) + np.arccos(np.clip(at_hip, -1, 1))
        return np.rad2deg(thigh), np.rad2deg(knee)

    def transfer(self, crank_deg: ArrayLike) -> tuple[Array, Array]:
        """Torque on the crank for each N m of flexion torque at hip and knee: the velocity ratios (virtual work)."""
        nudge = 0.01
        up = self.joints_deg(np.asarray(crank_deg, float) + nudge)
        down = self.joints_deg(np.asarray(crank_deg, float) - nudge)
        return (up[0] - down[0]) / (2 * nudge), (up[1] - down[1]) / (2 * nudge)


def add_crank(spec: Any, fixture: Row) -> None:
    """Add crank, flywheel and load to the edited model, and fasten the feet to the pedals."""
    mujoco = need("mujoco", WHAT)
    model = compiled(spec)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    hips = [data.xpos[model.body(f"femur_{s}").id] for s in _SIDES]
    axle = np.mean(hips, axis=0) + np.array([0.0, -fixture["seat_back_m"], -fixture["seat_up_m"]])
    crank = spec.worldbody.add_body(name="crank", pos=axle)
    crank.mass, crank.inertia = 1.0, np.full(3, 1e-3)
    crank.explicitinertial = True
    hinge = crank.add_joint(name="crank", type=mujoco.mjtJoint.mjJNT_HINGE, axis=[1.0, 0.0, 0.0])
    hinge.armature, hinge.limited = fixture["flywheel_kg_m2"], mujoco.mjtLimited.mjLIMITED_FALSE
    # The type of this field, a number or a short row of them, differs between versions of MuJoCo.
    load = fixture["load_Nm_s_per_rad"]
    hinge.damping = np.array([load, *([0.0] * (np.size(hinge.damping) - 1))]) if np.ndim(hinge.damping) else load
    out = {side: 0.0 for side in _SIDES}
    turns = np.arange(0.0, 360.0, 30.0)
    for turn in turns:
        data.qpos[:] = posed(model, on_pedals(model, fixture, float(turn)))
        mujoco.mj_kinematics(model, data)
        for side in _SIDES:
            out[side] += float(data.xpos[model.body(f"toes_{side}").id][0] - axle[0]) / len(turns)
    for side, sign in zip(_SIDES, (1.0, -1.0), strict=True):
        ball = spec.body(f"toes_{side}").pos
        spec.body(f"calcn_{side}").add_site(name=f"sole_{side}", pos=ball)
        crank.add_site(name=f"pedal_{side}", pos=[out[side], -sign * fixture["crank_m"], 0.0])
        held = spec.add_equality(name=f"pedal_{side}", name1=f"sole_{side}", name2=f"pedal_{side}")
        held.type, held.objtype = mujoco.mjtEq.mjEQ_CONNECT, mujoco.mjtObj.mjOBJ_SITE


def rider_of(limb: Limb) -> Rider:
    """Lengths of the legs of the fixture ``cycling``, and its seat.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> print(f"{rider_of(make_limb('cycling')).thigh_m:.2f} m")
    0.40 m
    """
    from rheobase.effect.movement.fixture import fixture

    return _geometry(limb.model_, fixture(limb.fixture))[0]


def _geometry(model: Any, fixture: Row) -> tuple[Rider, float, float]:
    """The rider, and how far thigh and shank of the model lie off the lines between joints, in degrees."""
    mujoco = need("mujoco", WHAT)
    data = mujoco.MjData(model)
    data.qpos[:] = posed(model, {})
    mujoco.mj_kinematics(model, data)
    hip, knee = (data.xpos[model.body(b).id] for b in ("femur_r", "tibia_r"))
    sole = data.xpos[model.body("toes_r").id]  # the joint of the toes: the ball of the foot lies on the pedal
    thigh, shank = knee - hip, sole - knee
    rider = Rider(
        thigh_m=float(np.hypot(*thigh[1:])), shank_m=float(np.hypot(*shank[1:])), crank_m=fixture["crank_m"],
        seat_back_m=fixture["seat_back_m"], seat_up_m=fixture["seat_up_m"],
    )  # fmt: skip
    # Forward is -y: a line that hangs straight down lies at 0.
    off = [float(np.rad2deg(np.arctan2(-v[1], -v[2]))) for v in (thigh, shank)]
    return rider, off[0], off[1]


def on_pedals(model: Any, fixture: Row, crank_deg: float) -> Mapping[str, float]:
    """Joint angles of both legs with the right pedal at an angle."""
    rider, thigh_off, shank_off = _geometry(model, fixture)
    pose = {"crank": crank_deg} if _has_crank(model) else {}
    for side, phase in zip(_SIDES, (0.0, 180.0), strict=True):
        hip, knee = rider.joints_deg(crank_deg + phase)
        pose[f"hip_flexion_{side}"] = float(hip) + 90.0 - thigh_off
        pose[f"knee_angle_{side}"] = float(knee) + shank_off - thigh_off
    return pose


def _has_crank(model: Any) -> bool:
    return "crank" in (model.joint(i).name for i in range(model.njnt))


def crank_torque_Nm(limb: Limb, group: str, crank_deg: ArrayLike) -> Array:
    """Torque on the crank of a group that pulls with its largest evoked force, at crank angles.

    By virtual work: the force of each muscle times its shortening with the crank. Above 0 turns it forward.

    Parameters
    ----------
    limb : Limb
        The fixture ``cycling``.
    group : str
        Muscles.
    crank_deg : array
        Angles of the right crank.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> torque = crank_torque_Nm(make_limb("cycling"), "quadriceps", [300.0, 0.0, 120.0])
    >>> bool(torque[0] > 0 > torque[2])
    True
    """
    from rheobase.effect.movement.fixture import fixture
    from rheobase.effect.muscle.hill import length_factor

    mujoco = need("mujoco", WHAT)
    muscles, model = limb.group(group), limb.model_
    data, nudge = mujoco.MjData(model), 0.5
    at = int(model.joint(muscles.joint).qposadr[0])

    def lengths(angle_deg: float) -> Array:
        data.qpos[:] = posed(model, on_pedals(model, fixture(limb.fixture), angle_deg))
        mujoco.mj_fwdPosition(model, data)
        return data.ten_length[muscles.tendons].copy()

    out = []
    for angle in np.atleast_1d(np.asarray(crank_deg, float)):
        shortens = (lengths(angle - nudge) - lengths(angle + nudge)) / np.deg2rad(2 * nudge)
        length = lengths(float(angle))
        scale = np.interp(np.rad2deg(data.qpos[at]), muscles.angle_deg, muscles.factor)
        pull = scale * muscles.strongest_N * length_factor((length - muscles.slack_m) / muscles.optimal_m)
        out.append(float(pull @ shortens))
    return np.array(out)
