"""What a movement was: angles, forces and torques over time, and where the bones were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.movement.limb import Limb
from rheobase.effect.movement.mover import Mover
from rheobase.errors import ParameterError

Array = NDArray[np.float64]
_BEYOND_DEG = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Movement:
    """A movement from its beginning to its end.

    Parameters
    ----------
    limb : Limb
        The limb.
    time_s : array
        Times, the beginning included.
    angle_deg : mapping
        Angle of every joint of the limb over time.
    share, force_N, torque_Nm : mapping
        For each group: force as a share of the largest evoked one, tendon force, and torque on its joint, signed as
        the joint's angle.
    frames : tuple of dict
        Bodies and muscle paths, at ``frame_s``.
    frame_s : array
        Times of the frames.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> moved = move(make_limb("seated_knee"), {"quadriceps": np.full(500, 0.6)})
    >>> print(f"from {moved.watched_deg[0]:.0f} to {moved.watched_deg[-1]:.0f} degrees")
    from 90 to 7 degrees
    """

    limb: Limb
    time_s: Array
    angle_deg: Mapping[str, Array]
    share: Mapping[str, Array]
    force_N: Mapping[str, Array]
    torque_Nm: Mapping[str, Array]
    frames: Sequence[Mapping[str, Any]]
    frame_s: Array

    @property
    def watched_deg(self) -> Array:
        """Angle of the limb's own joint."""
        return self.angle_deg[self.limb.joint]

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows used."""
        return self.limb.rows

    @property
    def beyond_deg(self) -> float:
        """How far the watched joint went beyond its range; 0 if it stayed inside."""
        low, high = self.limb.limits_deg[self.limb.joint]
        return float(max(low - self.watched_deg.min(), self.watched_deg.max() - high, 0.0))

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences where the movement should not be believed."""
        if self.beyond_deg <= _BEYOND_DEG:
            return ()
        low, high = self.limb.limits_deg[self.limb.joint]
        return (
            f"{self.limb.joint} was pressed {self.beyond_deg:.1f} deg beyond its range of {low:g} to {high:g} deg:"
            " in a person this strains the joint. Lower the stimulation.",
        )


class Recorder:
    """Collect what a mover does. Call `note` after every step; `movement` gives the record.

    Parameters
    ----------
    mover : Mover
        The limb in motion.
    frame_every_s : float
        Time between two pictures, above 0.

    Examples
    --------
    >>> from rheobase.effect import Mover, make_limb
    >>> mover = Mover(make_limb("seated_ankle"))
    >>> recorder = Recorder(mover)
    >>> for _ in range(10):
    ...     mover.step({})
    ...     recorder.note()
    >>> len(recorder.movement().time_s)
    11
    """

    __slots__ = ("_ctrl", "_every", "_frame_s", "_frames", "_mover", "_qpos", "_share", "_time_s")

    def __init__(self, mover: Mover, frame_every_s: float = 0.04) -> None:
        if not frame_every_s > 0:
            raise ParameterError(f"frame_every_s is {frame_every_s} s; it must be above 0 s.")
        self._mover, self._every = mover, frame_every_s
        self._time_s: list[float] = []
        self._qpos: list[Array] = []
        self._ctrl: list[Array] = []
        self._share: list[list[float]] = []
        self._frames: list[dict[str, Any]] = []
        self._frame_s: list[float] = []
        self.note()

    def note(self) -> None:
        """Write down where the limb is."""
        now, qpos, ctrl = self._mover.raw()
        self._time_s.append(now)
        self._qpos.append(qpos)
        self._ctrl.append(ctrl)
        self._share.append(list(self._mover.share.values()))
        if now >= len(self._frames) * self._every - 1e-9:
            self._frames.append(self._mover.frame())
            self._frame_s.append(now)

    def movement(self) -> Movement:
        """The movement so far."""
        limb = self._mover.limb
        angles, ctrl, shares = np.rad2deg(np.array(self._qpos)), np.array(self._ctrl), np.array(self._share)
        place = {j: int(limb.model_.joint(j).qposadr[0]) for j in limb.limits_deg}
        force, torque = {}, {}
        for name, muscles in limb.groups.items():
            pull = ctrl[:, muscles.actuators]
            at = angles[:, place[muscles.joint]]
            arms = np.array([np.interp(at, muscles.angle_deg, arm) for arm in muscles.arm_m.T]).T
            force[name], torque[name] = pull.sum(axis=1), -(pull * arms).sum(axis=1)
        return Movement(
            limb=limb, time_s=np.array(self._time_s), angle_deg={j: angles[:, k] for j, k in place.items()},
            share={g: shares[:, i] for i, g in enumerate(limb.groups)}, force_N=force, torque_Nm=torque,
            frames=tuple(self._frames), frame_s=np.array(self._frame_s),
        )  # fmt: skip


def move(
    limb: Limb,
    share: Mapping[str, Array],
    *,
    start_deg: Mapping[str, float] | None = None,
    led_deg: Mapping[str, Array] | None = None,
    frame_every_s: float = 0.04,
) -> Movement:
    """Move a limb by forces that are known beforehand: an open loop.

    Parameters
    ----------
    limb : Limb
        The limb.
    share : mapping
        For each group, its force at every step of the limb as a share of the largest evoked one (0 or above).
    start_deg : mapping, optional
        Angles at the beginning, by joint.
    led_deg : mapping, optional
        Angle at every step of joints that are led along a path.
    frame_every_s : float
        Time between two pictures, above 0.

    Returns
    -------
    Movement

    Raises
    ------
    ParameterError
        If the lengths differ, or a value is impossible.
    Unstable
        If a joint runs away.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> ankle = move(make_limb("seated_ankle"), {"dorsiflexors": np.full(250, 0.3)})
    >>> bool(ankle.watched_deg[-1] > 5)
    True
    """
    lengths = {len(v) for v in [*share.values(), *(led_deg or {}).values()]}
    if len(lengths) != 1:
        raise ParameterError(f"The forces and paths hold {sorted(lengths)} steps; give the same number for each.")
    mover = Mover(limb, start_deg)
    recorder = Recorder(mover, frame_every_s)
    for i in range(lengths.pop()):
        led = {name: float(path[i]) for name, path in led_deg.items()} if led_deg else None
        mover.step({name: float(values[i]) for name, values in share.items()}, led)
        recorder.note()
    return recorder.movement()
