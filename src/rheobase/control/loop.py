"""A limb under closed-loop stimulation: measure, decide, stimulate, move, again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.control.channel import Channel
from rheobase.control.pid import Pid, Watch
from rheobase.effect import Limb, Movement, Mover, Recorder
from rheobase.errors import ParameterError, Unstable
from rheobase.tables import row

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tracking:
    """How well a loop followed its aim.

    Parameters
    ----------
    movement : Movement
        What the limb did.
    tick_s : array
        Times at which the controller decided.
    aim_deg, angle_deg, level : array
        What it wanted, saw and asked for.
    pulses : int
        Pulses given.

    Examples
    --------
    >>> from rheobase.control import Channel, Pid, RecruitmentCurve, follow, recruited
    >>> from rheobase.effect import ding2003, make_limb
    >>> curve = RecruitmentCurve(stimulus=[10.0, 30.0], share=[0.0, 1.0], unit="mA")
    >>> channel = Channel(recruited(ding2003(), curve), rate_hz=40.0, width_us=300.0)
    >>> law = Pid(proportional_per_deg=0.001, integral_per_deg_s=0.01, derivative_s_per_deg=0.0005)
    >>> done = follow(make_limb("seated_knee"), "quadriceps", channel, law, aim_deg=[40.0] * 150)
    >>> bool(abs(done.angle_deg[-1] - 40.0) < 3.0)
    True
    """

    movement: Movement
    tick_s: Array
    aim_deg: Array
    angle_deg: Array
    level: Array
    pulses: int

    @property
    def error_deg(self) -> Array:
        """Aim less angle."""
        return self.aim_deg - self.angle_deg

    @property
    def rms_deg(self) -> float:
        """Root mean square of the error."""
        return float(np.sqrt(np.mean(self.error_deg**2)))


def follow(
    limb: Limb,
    group: str,
    channel: Channel,
    law: Pid,
    *,
    aim_deg: ArrayLike,
    tick_s: float = 0.02,
    forward_level: ArrayLike | None = None,
    start_deg: Mapping[str, float] | None = None,
) -> Tracking:
    """Let a controller lead the watched joint of a limb along an aim.

    Parameters
    ----------
    limb : Limb
        The limb.
    group : str
        Muscles that are stimulated; they act on the watched joint.
    channel : Channel
        Stimulator channel and muscle; it goes on from the state it is in, and is changed.
    law : Pid
        The controller; a positive error asks for more of what raises the angle. The sign is turned round for a group
        that lowers it.
    aim_deg : array
        The angle wanted at every tick.
    tick_s : float
        Time between two decisions, a multiple of the limb's step.
    forward_level : array, optional
        Level known beforehand at every tick.
    start_deg : mapping, optional
        Angles at the beginning, by joint.

    Returns
    -------
    Tracking

    Raises
    ------
    ParameterError
        If the tick is no multiple of the step, or lengths differ.
    Unstable
        If the loop swings between no and strong stimulation under a steady aim, or the limb runs away.

    Examples
    --------
    >>> from rheobase.control import Channel, RecruitmentCurve, recruited
    >>> from rheobase.effect import ding2003, make_limb
    >>> curve = RecruitmentCurve(stimulus=[10.0, 30.0], share=[0.0, 1.0], unit="mA")
    >>> channel = Channel(recruited(ding2003(), curve), rate_hz=40.0, width_us=300.0)
    >>> wild = Pid(proportional_per_deg=1.0, derivative_s_per_deg=0.0)
    >>> follow(make_limb("seated_ankle"), "dorsiflexors", channel, wild, aim_deg=[0.0] * 250)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.Unstable: The loop swings between no and strong stimulation: ...
    """
    aim = np.asarray(aim_deg, float)
    forward = np.zeros(len(aim)) if forward_level is None else np.asarray(forward_level, float)
    per_tick = round(tick_s / limb.step_s)
    if per_tick < 1 or abs(per_tick * limb.step_s - tick_s) > 1e-9:
        raise ParameterError(f"tick_s is {tick_s} s; take a multiple of the limb's step of {limb.step_s} s, as 0.02.")
    if forward.shape != aim.shape:
        raise ParameterError(f"There are {len(aim)} aims and {len(forward)} forward levels; give one a tick.")
    sign = limb.group(group).sign
    limits = row("control.watch")
    watch = Watch(window_s=limits["window_s"], swings=limits["swings_count"])
    mover = Mover(limb, start_deg)
    recorder = Recorder(mover)
    state, angles, levels = law.start(), [], []
    for i, wanted in enumerate(aim):
        angle = mover.angle_deg()
        state = law.step(
            state, aim_deg=sign * wanted, angle_deg=sign * angle, dt_s=tick_s, forward_level=float(forward[i])
        )
        # An aim that moves may need such swings; one that stands still never does.
        still = i == 0 or wanted == aim[i - 1]
        if still and watch.runs_away(i * tick_s, state.level, law.least_level, law.most_level):
            raise Unstable(_too_wild(law, mover.time_s, limits))
        angles.append(angle)
        levels.append(state.level)
        pull = next(iter(channel.course(limb.step_s, per_tick, level=state.level).values()))
        for share in pull:
            mover.step({group: share})
            recorder.note()
    ticks_s = np.asarray(np.arange(len(aim)) * tick_s, np.float64)
    return Tracking(
        movement=recorder.movement(), tick_s=ticks_s, aim_deg=aim, angle_deg=np.array(angles),
        level=np.array(levels), pulses=channel.pulses,
    )  # fmt: skip


def _too_wild(law: Pid, time_s: float, limits: Mapping[str, float]) -> str:
    return (
        f"The loop swings between no and strong stimulation: more than {limits['swings_count']} times within"
        f" {limits['window_s']:g} s, at {time_s:.2f} s; the stimulation was stopped. The gains are"
        f" {law.proportional_per_deg:g} per deg, {law.integral_per_deg_s:g} per deg s and"
        f" {law.derivative_s_per_deg:g} s per deg. Halve them."
    )
