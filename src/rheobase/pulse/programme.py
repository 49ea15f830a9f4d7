"""Programmes: a train with an amplitude, on and off times with ramps, and a course over the session."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, not_negative, number, within
from rheobase.pulse._emission import emit
from rheobase.pulse.trains import Train

_ROUNDING = 1e-9
_LEAST_S = 1e-3 * (1 - _ROUNDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What the stimulator emits over a session.

    Output is zero at the beginning and at the end and never above ``amplitude_mA``. Ramps lie *within* the on-time:
    ``on_s`` counts from the first rise to the return to zero. A last on-time that the end of the session cuts short
    comes down in time; if there is no room for both its ramps, it is left out.

    Parameters
    ----------
    train : Train
        The pulses; as long as the session at least, best without end.
    amplitude_mA : float
        Peak of one phase at full output, 0 or above.
    duration_s : float
        Length of the session, above 0.
    ramp_up_s : float
        Time from zero to full output, 0 or above, at the beginning of each on-time.
    ramp_down_s : float, optional
        Time from full output to zero, 0 or above, at the end of each on-time; as `ramp_up_s` where left out.
    on_s : float, optional
        On-time, above 0; the whole session where left out.
    off_s : float
        Off-time, above 0 if `on_s` is given.
    session_share : tuple of (float, float)
        Course over the session: time in s, from 0 and increasing by 1 ms at least, and share of the amplitude, 0 to
        1; straight lines between, constant before the first and after the last point. Full output where left out.

    Raises
    ------
    ParameterError
        If a value lies outside its range, or the ramps do not fit into the on-time.

    Examples
    --------
    >>> from rheobase.pulse import biphasic, train
    >>> tens = train(biphasic(width_us=200), rate_hz=80)
    >>> plan = Programme(train=tens, amplitude_mA=20, duration_s=60, on_s=10, off_s=20, ramp_up_s=2, ramp_down_s=1)
    >>> plan.amplitude_at_mA([0, 1, 5, 9.5, 15, 31, 60]).tolist()
    [0.0, 10.0, 20.0, 10.0, 0.0, 10.0, 0.0]
    """

    train: Train
    amplitude_mA: float
    duration_s: float
    ramp_up_s: float
    ramp_down_s: float | None = None
    on_s: float | None = None
    off_s: float = 0.0
    session_share: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.train, Train):
            raise ParameterError(f"train is {self.train!r}; it must be a Train, e.g. train(pulse, rate_hz=80).")
        object.__setattr__(self, "session_share", tuple((time_s, relative) for time_s, relative in self.session_share))
        not_negative("amplitude_mA", self.amplitude_mA, "mA", "Give the peak of one phase; swap the pads to reverse.")
        above_zero("duration_s", self.duration_s, "s", "Give the length of the session, e.g. 1800.")
        not_negative("ramp_up_s", self.ramp_up_s, "s", "Give the time from zero to full output, e.g. 2.")
        if self.ramp_down_s is not None:
            not_negative("ramp_down_s", self.ramp_down_s, "s", "Give the time from full output to zero, e.g. 1.")
        not_negative("off_s", self.off_s, "s", "Give the off-time, or leave on_s and off_s out for continuous output.")
        if self.on_s is not None:
            above_zero("on_s", self.on_s, "s", "Give the on-time, or leave it out for continuous output.")
        if (self.on_s is not None) != (self.off_s > 0):
            raise ParameterError(
                f"on_s is {_s(self.on_s)} and off_s is {_s(self.off_s)}; they belong together. Give both, each above"
                " 0 s, or leave both out for continuous output."
            )
        _check_ramps(self)
        _check_session(self.session_share)
        if self.train.longest_us > self.duration_s * 1e6:
            raise ParameterError(
                f"duration_s is {self.duration_s:g} s; not one pulse of {self.train.longest_us:g} us fits in. Lengthen"
                " the session."
            )
        if self.train.duration_s < self.duration_s:
            raise ParameterError(
                f"The train ends after duration_s = {self.train.duration_s:g} s, before the session of"
                f" {self.duration_s:g} s does. Leave duration_s of the train out."
            )

    @property
    def falls_s(self) -> float:
        """Time from full output to zero at the end of each on-time, in s."""
        return self.ramp_up_s if self.ramp_down_s is None else self.ramp_down_s

    def envelope(self, t_s: ArrayLike) -> np.ndarray:
        """Share of the amplitude at times in s, 0 to 1; 0 at the beginning, at the end and outside."""
        t = np.asarray(t_s, float)
        begin, end = _on_time(self, t)
        rise = _ramp(t - begin, self.ramp_up_s)
        fall = _ramp(end - t, self.falls_s)
        inside = (t > 0) & (t < self.duration_s) & (end - begin >= self._ramps_s)
        return np.where(inside, np.minimum(rise, fall), 0.0) * self._course(t)

    def amplitude_at_mA(self, t_s: ArrayLike) -> np.ndarray:
        """Amplitude at times in s, in mA; never above `amplitude_mA`."""
        return self.amplitude_mA * self.envelope(t_s)

    def sample_mA(self, dt_us: float, t0_s: float, t1_s: float) -> np.ndarray:
        """Current averaged over the cells of a time grid, in mA.

        Each pulse keeps the amplitude that is due at its onset, so that ramps leave balanced pulses balanced.

        Parameters
        ----------
        dt_us : float
            Length of a cell, above 0.
        t0_s, t1_s : float
            Beginning and end of the grid.

        Returns
        -------
        numpy.ndarray

        Raises
        ------
        ParameterError
            If the window or the step is empty.
        """
        return emit(replace(self.train, duration_s=self.duration_s), dt_us, t0_s, t1_s, self.amplitude_at_mA)

    @property
    def mean_relative(self) -> float:
        """Mean share of the amplitude over the session, exact."""
        edge = _bends(self)
        middle, half = (edge[1:] + edge[:-1]) / 2, np.diff(edge) / 2
        # Between bends the envelope is a product of two straight lines: two Gauss points integrate it exactly.
        sums = [np.sum(half * self.envelope(middle + sign * half / math.sqrt(3))) for sign in (-1, 1)]
        return float(sum(sums) / self.duration_s)

    @property
    def full_output_s(self) -> float:
        """Time at full output that would bring the same charge as the whole session, in s."""
        return self.mean_relative * self.duration_s

    @property
    def total_charge_uC(self) -> float:
        """Charge moved in the session, both directions added up, in uC."""
        return self.train.absolute_mA(self.amplitude_mA) * self.full_output_s * 1e3

    @property
    def total_net_charge_uC(self) -> float:
        """Charge left over from the session, in uC; below 0 where cathodic, 0 for balanced pulses."""
        return self.train.mean_mA(self.amplitude_mA) * self.full_output_s * 1e3

    @property
    def steepest_rise_mA_per_s(self) -> float:
        """Fastest rise of the amplitude in the session, in mA/s; infinite where there is no ramp."""
        if self.amplitude_mA == 0:
            return 0.0
        if self.ramp_up_s == 0:
            return math.inf
        edge = _bends(self)
        edge = edge[np.concatenate([[True], np.diff(edge) > _ROUNDING])]
        width = np.diff(edge)
        # Slopes at both ends of each parabola, from three points inside it, clear of the bends.
        a, b, c = (self.amplitude_at_mA(edge[:-1] + x * width) for x in (0.25, 0.5, 0.75))
        slope, bend = (c - a) / (0.5 * width), (a - 2 * b + c) / (0.25 * width) ** 2
        return float(max(0.0, (slope + np.abs(bend) * width / 2).max()))

    @property
    def _ramps_s(self) -> float:
        return (self.ramp_up_s + self.falls_s) * (1 - _ROUNDING)

    def _course(self, t: np.ndarray) -> np.ndarray:
        if not self.session_share:
            return np.ones(t.shape)
        time_s, relative = np.array(self.session_share, float).T
        return np.interp(t, time_s, relative)


def _ramp(since_s: np.ndarray, length_s: float) -> np.ndarray:
    """From 0 to 1 within a length; a step just after 0 where there is none."""
    return np.clip(since_s, 0.0, length_s) / length_s if length_s > 0 else (since_s > 0).astype(float)


def _on_time(plan: Programme, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Beginning and end of the on-time that each time falls into, or came after."""
    if plan.on_s is None:
        return np.zeros(t.shape), np.full(t.shape, float(plan.duration_s))
    cycle_s = plan.on_s + plan.off_s
    begin = np.floor(t / cycle_s) * cycle_s
    return begin, np.minimum(begin + plan.on_s, plan.duration_s)


def _bends(plan: Programme) -> np.ndarray:
    """All times at which the envelope bends, in order, 0 and the end included."""
    on_s = plan.duration_s if plan.on_s is None else plan.on_s
    begin = np.arange(0.0, plan.duration_s, on_s + plan.off_s) if plan.on_s else np.zeros(1)
    end = np.minimum(begin + on_s, plan.duration_s)
    points = np.array([t for t, _ in plan.session_share], float)
    bends = np.concatenate([begin, begin + plan.ramp_up_s, end - plan.falls_s, end, points, [0.0, plan.duration_s]])
    return np.unique(np.clip(bends, 0.0, plan.duration_s))


def _check_ramps(plan: Programme) -> None:
    room_s = plan.duration_s if plan.on_s is None else min(plan.on_s, plan.duration_s)
    if plan._ramps_s > room_s:
        what = "duration_s" if plan.on_s is None else "on_s"
        raise ParameterError(
            f"ramp_up_s and ramp_down_s take {plan.ramp_up_s:g} s and {plan.falls_s:g} s; they lie within {what}, which"
            f" gives {room_s:g} s. Shorten the ramps or lengthen {what}."
        )


def _check_session(session: tuple[tuple[float, float], ...]) -> None:
    before_s = -math.inf
    for i, (time_s, relative) in enumerate(session):
        remedy = "Give points (time_s, relative), e.g. ((0, 0.5), (600, 1))."
        not_negative(f"session_share point {i}: time_s", number("time_s", time_s, "s", remedy), "s", remedy)
        within(
            f"session_share point {i}: relative",
            relative,
            0,
            1,
            "",
            "1 is amplitude_mA, the most there is.",
        )
        if not time_s - before_s >= _LEAST_S:
            raise ParameterError(
                f"session_share point {i}: time_s is {time_s:g} s after {before_s:g} s; times must increase, by 1 ms at"
                " least. Sort the points, and give a step as two points 1 ms apart."
            )
        before_s = time_s


def _s(value: float | None) -> str:
    return "not given" if value is None else f"{value:g} s"
