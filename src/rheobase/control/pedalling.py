"""Cycling: each muscle stimulated in its window of the crank, all at a level that keeps the cadence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.control.channel import Channel
from rheobase.control.cycling import Window, window
from rheobase.control.pid import Pid
from rheobase.effect import Limb, Movement, Mover, Recorder, crank_torque_Nm
from rheobase.errors import ParameterError
from rheobase.tables import row

Array = NDArray[np.float64]
_DEG_PER_S_PER_RPM = 6.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pedalled:
    """A ride.

    Parameters
    ----------
    movement : Movement
        What the legs did.
    tick_s : array
        Times of the decisions.
    cadence_rpm, level : array
        Cadence, smoothed over a turn, and level asked for.
    aim_rpm : float
        Cadence wanted.
    power_W : float
        Mean power into the load over the second half.

    Examples
    --------
    >>> from rheobase.control import Channel, RecruitmentCurve, crank_windows, pedal, recruited
    >>> from rheobase.effect import ding2003, make_limb
    >>> bike, curve = make_limb("cycling"), RecruitmentCurve(stimulus=[10.0, 60.0], share=[0.0, 1.0], unit="mA")
    >>> muscle = recruited(ding2003(), curve)
    >>> channels = {g: Channel(muscle, rate_hz=40.0, width_us=300.0) for g in bike.groups}
    >>> ride = pedal(bike, channels, crank_windows(bike, channels, aim_rpm=40.0), aim_rpm=40.0, duration_s=5.0)
    >>> bool(ride.cadence_rpm[-1] > 20.0)
    True
    """

    movement: Movement
    tick_s: Array
    cadence_rpm: Array
    level: Array
    aim_rpm: float
    power_W: float

    @property
    def rms_rpm(self) -> float:
        """Root mean square error of the cadence over the second half."""
        half = len(self.cadence_rpm) // 2
        return float(np.sqrt(np.mean((self.cadence_rpm[half:] - self.aim_rpm) ** 2)))


def crank_windows(
    limb: Limb, groups: Mapping[str, object] | tuple[str, ...], *, aim_rpm: float
) -> dict[str, Window]:  # fmt: skip
    """Windows of groups of muscles, from the sign and size of their torque on the crank.

    Parameters
    ----------
    limb : Limb
        The fixture ``cycling``.
    groups : names, or a mapping by name
        Muscles.
    aim_rpm : float
        Cadence, 0 or above; the windows begin earlier by what the muscles lag at it.

    Returns
    -------
    dict

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> found = crank_windows(make_limb("cycling"), ("quadriceps", "hamstrings"), aim_rpm=40.0)
    >>> [found["quadriceps"].holds(a) for a in (300.0, 90.0)], [found["hamstrings"].holds(a) for a in (300.0, 90.0)]
    ([True, False], [False, True])
    """
    numbers = row("control.cycling")
    crank_deg = np.arange(0.0, 360.0, numbers["grid_deg"])
    return {
        g: window(
            crank_deg, crank_torque_Nm(limb, g, crank_deg), least_share=numbers["least_share"],
            delay_s=numbers["delay_s"], cadence_rpm=aim_rpm,
        )
        for g in groups
    }  # fmt: skip


def pedal(
    limb: Limb,
    channels: Mapping[str, Channel],
    windows: Mapping[str, Window],
    *,
    aim_rpm: float,
    duration_s: float,
    law: Pid | None = None,
    tick_s: float = 0.02,
) -> Pedalled:
    """Ride from standstill at a cadence.

    Parameters
    ----------
    limb : Limb
        The fixture ``cycling``.
    channels : mapping
        Channel of each group; they are changed.
    windows : mapping
        Window of each group.
    aim_rpm : float
        Cadence wanted, above 0.
    duration_s : float
        Length, above a tick.
    law : Pid, optional
        From the error of the crank's speed to the level; its degrees are degrees per second here.
    tick_s : float
        Time between two decisions, a multiple of the limb's step.

    Returns
    -------
    Pedalled

    Raises
    ------
    ParameterError
        If a window is missing or a value impossible.
    Unstable
        If the legs run away.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> pedal(make_limb("cycling"), {}, {}, aim_rpm=0.0, duration_s=1.0)
    Traceback (most recent call last):
    rheobase.errors.ParameterError: aim_rpm is 0.0 and duration_s 1.0 s; both must be above 0.
    """
    if not (aim_rpm > 0 and duration_s > tick_s):
        raise ParameterError(f"aim_rpm is {aim_rpm} and duration_s {duration_s} s; both must be above 0.")
    missing = sorted(set(channels) - set(windows))
    if missing:
        raise ParameterError(f"There is no window for {', '.join(missing)}. Give one, as crank_windows makes them.")
    numbers = row("control.cycling")
    law = law or Pid(
        proportional_per_deg=numbers["proportional_s_per_deg"], integral_per_deg_s=numbers["integral_per_deg"]
    )
    mover = Mover(limb)
    recorder = Recorder(mover)
    per_tick = round(tick_s / limb.step_s)
    if per_tick < 1 or abs(per_tick * limb.step_s - tick_s) > 1e-9:
        raise ParameterError(f"tick_s is {tick_s} s; take a multiple of the limb's step of {limb.step_s} s.")
    state, seen, levels, smooth = law.start(), [], [], 0.0
    over = 60.0 / aim_rpm  # a turn
    for _ in range(round(duration_s / tick_s)):
        smooth += (mover.velocity_deg_per_s() - smooth) * tick_s / (0.25 * over + tick_s)
        state = law.step(state, aim_deg=_DEG_PER_S_PER_RPM * aim_rpm, angle_deg=smooth, dt_s=tick_s)
        turned = mover.angle_deg() % 360.0
        on = {g: windows[g].holds(turned) for g in channels}
        pull = {
            g: next(iter(c.course(limb.step_s, per_tick, level=state.level if on[g] else 0.0).values()))
            for g, c in channels.items()
        }
        for j in range(per_tick):
            mover.step({g: p[j] for g, p in pull.items()})
            recorder.note()
        seen.append(smooth / _DEG_PER_S_PER_RPM)
        levels.append(state.level)
    moved = recorder.movement()
    speed = np.gradient(np.deg2rad(moved.watched_deg), moved.time_s)
    half = len(speed) // 2
    load = row("movement.cycling")["load_Nm_s_per_rad"]
    ticks_s = np.asarray(np.arange(len(seen)) * tick_s, np.float64)
    return Pedalled(
        movement=moved, tick_s=ticks_s, cadence_rpm=np.array(seen), level=np.array(levels),
        aim_rpm=aim_rpm, power_W=float(load * np.mean(speed[half:] ** 2)),
    )  # fmt: skip
