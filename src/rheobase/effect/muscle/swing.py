"""Marion, Wexler and Hull 2013: the leg swings under its weight, a load and the stimulated quadriceps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.marion import Marion, marion2013
from rheobase.effect.muscle.model import Motion
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError
from rheobase.tables import row

Array = NDArray[np.floating[Any]]
_DT_S = 0.001
_STRAIGHT_DEG, _BENT_DEG = 0.0, 150.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Swing:
    """Motion of a knee.

    Parameters
    ----------
    time_s, angle_deg, force_N : array
        Time, flexion and force at the shank.
    stopped : bool
        Whether the knee met the end of its range, straight or fully bent.

    Examples
    --------
    >>> from rheobase.effect import steady_pulses
    >>> kick = swing_knee(steady_pulses(rate_hz=33.0, on_s=0.5, off_s=0.5))
    >>> bool(kick.angle_deg.min() < 80.0)
    True
    """

    time_s: Array
    angle_deg: Array
    force_N: Array
    stopped: bool


def swing_knee(pulses: Pulses, *, load_N: float = 0.0, rest_deg: float = 90.0, model: Marion | None = None) -> Swing:
    """Let a hanging leg swing.

    The leg is a pendulum without friction about its resting angle; at the ends of the knee's range it stops.

    Parameters
    ----------
    pulses : Pulses
        The stimulus.
    load_N : float
        Weight at the shank, 0 or above.
    rest_deg : float
        Flexion at which the leg hangs still, 30 to 120.
    model : Marion, optional
        The muscle; that of 2013 if left out.

    Raises
    ------
    ParameterError
        If load or resting angle are out of range.

    Examples
    --------
    >>> from rheobase.effect import steady_pulses
    >>> kick = steady_pulses(rate_hz=33.0, on_s=0.3, off_s=0.2)
    >>> light, heavy = (swing_knee(kick, load_N=load).angle_deg.min() for load in (0.0, 100.0))
    >>> bool(light < heavy)
    True
    """
    if not (0.0 <= load_N < math.inf and 30.0 <= rest_deg <= 120.0):
        raise ParameterError(
            f"load_N is {load_N} N and rest_deg {rest_deg} deg; the load must be 0 or above, the angle 30 to 120 deg."
        )
    muscle, p = model or marion2013(), row("muscle.marion2013_motion")
    per_N = math.degrees(p["lever_over_inertia_per_kg_m"])
    pull_N = load_N + p["weight_N"]
    steps = max(1, math.ceil(pulses.duration_s / _DT_S - 1e-9))
    angle, velocity, state, stopped = rest_deg, 0.0, muscle.rest(), False
    angles, forces = np.full(steps + 1, rest_deg), np.zeros(steps + 1)
    cuts = np.searchsorted(pulses.time_s, np.arange(steps + 1) * _DT_S - 1e-9)
    for k in range(steps):
        inside = slice(cuts[k], cuts[k + 1])
        here = Pulses(time_s=np.maximum(pulses.time_s[inside] - k * _DT_S, 0.0), duration_s=_DT_S,
                      amplitude_mA=pulses.amplitude_mA[inside], width_us=pulses.width_us[inside])  # fmt: skip
        state = muscle.run(state, here, _DT_S, 1, Motion(angle_deg=angle, velocity_deg_per_s=velocity))[2]
        balance = pull_N * math.cos(math.radians(angle + 90.0 - rest_deg)) - state.force_N
        velocity += _DT_S * per_N * balance
        angle += _DT_S * velocity
        if not _STRAIGHT_DEG <= angle <= _BENT_DEG:
            angle, velocity, stopped = min(max(angle, _STRAIGHT_DEG), _BENT_DEG), 0.0, True
        angles[k + 1], forces[k + 1] = angle, state.force_N
    return Swing(time_s=np.arange(steps + 1) * _DT_S, angle_deg=angles, force_N=forces, stopped=stopped)
