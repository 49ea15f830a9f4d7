"""What it takes to hold a limb still against gravity and its own passive tissue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rheobase.effect.movement._spec import WHAT, posed
from rheobase.effect.movement.limb import Limb
from rheobase.errors import ParameterError
from rheobase.extras import need

_NUDGE_DEG = 0.01


def holding_torque_Nm(limb: Limb, angle_deg: float, others_deg: Mapping[str, float] | None = None) -> float:
    """Torque on the watched joint that holds the limb still at an angle; signed as the angle.

    Parameters
    ----------
    limb : Limb
        The limb.
    angle_deg : float
        Angle of the watched joint, within its range.
    others_deg : mapping, optional
        Angles of other joints, by name; what is not named stands as the fixture says.

    Raises
    ------
    ParameterError
        If the joint does not go there.

    Examples
    --------
    The knee must be extended (negative) against gravity and, nearly straight, against the stretched hamstrings:

    >>> from rheobase.effect import make_limb
    >>> knee = make_limb("seated_knee")
    >>> print(f"{holding_torque_Nm(knee, 10.0):.0f}, {holding_torque_Nm(knee, 60.0):.0f} N m")
    -47, -12 N m
    """
    low, high = limb.limits_deg[limb.joint]
    if not low <= angle_deg <= high:
        raise ParameterError(f"{limb.joint} is {angle_deg:g} deg; the joint goes from {low:g} to {high:g} deg.")
    mujoco = need("mujoco", WHAT)
    model = limb.model_
    others = {n: float(np.rad2deg(limb.pose_[model.joint(n).qposadr[0]])) for n in limb.limits_deg}
    others |= dict(others_deg or {})
    at, up, down = (
        posed(model, others | {limb.joint: angle_deg + d}) for d in (0.0, _NUDGE_DEG, -_NUDGE_DEG)
    )  # fmt: skip
    data = mujoco.MjData(model)
    data.qpos[:] = at
    mujoco.mj_forward(model, data)
    way = (up - down) / np.deg2rad(2 * _NUDGE_DEG)
    return float(way @ (data.qfrc_bias - data.qfrc_passive - data.qfrc_actuator))


def holding_share(limb: Limb, group: str, angle_deg: float, others_deg: Mapping[str, float] | None = None) -> float:
    """Share of its largest evoked force with which a group alone holds the limb still; 0 if it need not pull.

    Parameters
    ----------
    limb : Limb
        The limb.
    group : str
        Muscles, on the watched joint.
    angle_deg : float
        Angle to hold, within the joint's range.
    others_deg : mapping, optional
        Angles of other joints, by name.

    Returns
    -------
    float
        Above 1 where the group is too weak; infinite where it has no torque.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> print(f"{holding_share(make_limb('seated_knee'), 'quadriceps', 20.0):.2f}")
    0.30
    """
    wanted_Nm = limb.group(group).sign * holding_torque_Nm(limb, angle_deg, others_deg)
    most_Nm = float(limb.torque_Nm(group, angle_deg))
    if wanted_Nm <= 0:
        return 0.0
    return wanted_Nm / most_Nm if most_Nm > 0 else float("inf")
