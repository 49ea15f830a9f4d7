"""Proportional, integral and derivative control of a level that neither winds up nor leaves its range."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rheobase.errors import ParameterError

_LOW, _HIGH = 0.05, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pid:
    """Gains and range of a controller from an angle in degrees to a stimulation level.

    Parameters
    ----------
    proportional_per_deg : float
        Level for each degree of error, 0 or above.
    integral_per_deg_s : float
        Level for each degree of error that lasts a second, 0 or above.
    derivative_s_per_deg : float
        Level for each degree per second of motion against the aim, 0 or above. It acts on the measured angle, so a
        jump of the aim gives no kick.
    filter_s : float
        Time constant that smooths the derivative, 0 or above.
    least_level, most_level : float
        Range of the level: 0 is no stimulation, 1 the strongest allowed.
    unwind_s : float
        Time in which the integral gives way once the level is at an end of its range, above 0.

    Raises
    ------
    ParameterError
        If a gain is negative or no number, or the range is empty.

    Examples
    --------
    >>> law = Pid(proportional_per_deg=0.02)
    >>> law.start().level, law.step(law.start(), aim_deg=10.0, angle_deg=0.0, dt_s=0.025).level
    (0.0, 0.2)
    """

    proportional_per_deg: float
    integral_per_deg_s: float = 0.0
    derivative_s_per_deg: float = 0.0
    filter_s: float = 0.05
    least_level: float = 0.0
    most_level: float = 1.0
    unwind_s: float = 0.1

    def __post_init__(self) -> None:
        for name in ("proportional_per_deg", "integral_per_deg_s", "derivative_s_per_deg", "filter_s"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ParameterError(
                    f"{name} is {getattr(self, name)}; a gain must be finite and 0 or above. Turn the sign of the"
                    " angles round if the stimulation moves the joint the other way."
                )
        if not 0 <= self.least_level < self.most_level <= 1:
            raise ParameterError(
                f"The level may go from {self.least_level} to {self.most_level}; it must go up, within 0 to 1."
            )
        if not self.unwind_s > 0:
            raise ParameterError(f"unwind_s is {self.unwind_s} s; it must be above 0 s.")

    def start(self, level: float = 0.0, angle_deg: float | None = None) -> PidState:
        """The controller at rest, with an integral that gives this level at no error."""
        return PidState(level=level, integral_level=level, angle_deg=angle_deg, velocity_deg_per_s=0.0)

    def step(
        self, state: PidState, *, aim_deg: float, angle_deg: float, dt_s: float, forward_level: float = 0.0
    ) -> PidState:
        """The controller one tick later.

        Parameters
        ----------
        state : PidState
            Where it was.
        aim_deg, angle_deg : float
            The angle wanted, and the angle measured.
        dt_s : float
            Time since the last tick, above 0.
        forward_level : float
            Level known beforehand, as from an inverse recruitment curve; it is added.

        Returns
        -------
        PidState
            Its ``level`` is what to stimulate with.

        Raises
        ------
        ParameterError
            If an angle is no number: a lost sensor must stop the loop, not steer it.
        """
        if not (math.isfinite(aim_deg) and math.isfinite(angle_deg)):
            raise ParameterError(
                f"The angle is {angle_deg} deg and the aim {aim_deg} deg; both must be numbers. Stop the stimulation"
                " and look at the sensor."
            )
        if not dt_s > 0:
            raise ParameterError(f"dt_s is {dt_s} s; it must be above 0 s.")
        raw = 0.0 if state.angle_deg is None else (angle_deg - state.angle_deg) / dt_s
        velocity = state.velocity_deg_per_s + (raw - state.velocity_deg_per_s) * dt_s / (dt_s + self.filter_s)
        error = aim_deg - angle_deg
        integral = state.integral_level + self.integral_per_deg_s * error * dt_s
        wanted = forward_level + self.proportional_per_deg * error + integral - self.derivative_s_per_deg * velocity
        level = min(max(wanted, self.least_level), self.most_level)
        if self.integral_per_deg_s > 0:
            integral += (level - wanted) * min(1.0, dt_s / self.unwind_s)
        return PidState(level=level, integral_level=integral, angle_deg=angle_deg, velocity_deg_per_s=velocity)


@dataclass(frozen=True, slots=True, kw_only=True)
class PidState:
    """Where a controller is.

    Parameters
    ----------
    level : float
        What it asks for, within its range.
    integral_level : float
        What the integral has come to.
    angle_deg : float or None
        The last angle; None before the first.
    velocity_deg_per_s : float
        Smoothed velocity.

    Examples
    --------
    >>> Pid(proportional_per_deg=0.1).start(0.3).integral_level
    0.3
    """

    level: float
    integral_level: float
    angle_deg: float | None
    velocity_deg_per_s: float


class Watch:
    """Tell a loop that swings between next to nothing and more than half of its range from one that settles.

    Parameters
    ----------
    window_s : float
        How far back it looks, above 0.
    swings : int
        More than so many swings up and down again, within the window, are too many.

    Examples
    --------
    >>> watch = Watch(window_s=2.0, swings=2)
    >>> [watch.runs_away(0.1 * i, float(i % 2)) for i in range(6)]
    [False, False, False, False, False, True]
    """

    __slots__ = ("_last", "_swings", "_turns", "_window_s")

    def __init__(self, *, window_s: float, swings: int) -> None:
        if not window_s > 0 or swings < 1:
            raise ParameterError(f"window_s is {window_s} s and swings {swings}; both must be above 0.")
        self._window_s, self._swings = window_s, swings
        self._last: bool | None = None
        self._turns: list[float] = []

    def runs_away(self, time_s: float, level: float, least_level: float = 0.0, most_level: float = 1.0) -> bool:
        """Note the level now; True once it swings too often."""
        place = (level - least_level) / (most_level - least_level)
        high = True if place >= _HIGH else False if place <= _LOW else None
        if high is not None:
            if self._last is not None and high is not self._last:
                self._turns.append(time_s)
            self._last = high
        self._turns = [t for t in self._turns if t > time_s - self._window_s]
        return len(self._turns) > 2 * self._swings
