"""When to stimulate in walking: from heel rise, or from the tilt of the shank, with the locks that make it safe."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rheobase.errors import ParameterError
from rheobase.tables import row


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Switch on above one value of a signal and off at or below a lower one; stay on a while, then stop in any case.

    For a heel switch the signal is 1 while the heel is up and 0 while it is loaded. For tilt it is the angle of the
    shank behind the vertical, in degrees: the stride begins when the shank lies far back and ends when it comes
    forward.

    Parameters
    ----------
    on_level, off_level : float
        Signal at which it switches on, and off; the second below the first, so that noise does not chatter.
    extension_s : float
        How long it goes on after the signal to stop, 0 or above: dorsiflexion must last until the foot is loaded.
    longest_s : float
        It stops after this time even without a signal (a foot that stays in the air, a broken switch), above 0.
    lock_s : float
        After it has begun it takes no new beginning for this time, 0 or above.

    Raises
    ------
    ParameterError
        If a time or the order of the levels is impossible.

    Examples
    --------
    >>> heel = Trigger(on_level=0.5, off_level=0.4, extension_s=0.0, longest_s=2.0, lock_s=0.3)
    >>> state, seen = heel.start(), []
    >>> for time_s, lifted in ((0.0, 0), (0.1, 1), (0.2, 1), (0.5, 0)):
    ...     state = heel.step(state, signal_level=lifted, time_s=time_s)
    ...     seen.append(state.on)
    >>> seen
    [False, True, True, False]
    """

    on_level: float
    off_level: float
    extension_s: float = 0.0
    longest_s: float = 2.0
    lock_s: float = 0.0

    def __post_init__(self) -> None:
        if not self.off_level < self.on_level:
            raise ParameterError(
                f"on_level is {self.on_level} and off_level {self.off_level}; it must switch off below where it"
                " switches on, or it chatters."
            )
        if not (self.extension_s >= 0 and self.longest_s > 0 and self.lock_s >= 0):
            raise ParameterError(
                f"extension_s is {self.extension_s} s, longest_s {self.longest_s} s and lock_s {self.lock_s} s; times"
                " must be 0 or above, the longest above 0."
            )

    def start(self) -> TriggerState:
        """Off, and ready."""
        return TriggerState(on=False, since_s=-float("inf"), released_s=None, high=False)

    def step(self, state: TriggerState, *, signal_level: float, time_s: float) -> TriggerState:
        """The trigger with the signal of now.

        Parameters
        ----------
        state : TriggerState
            Where it was.
        signal_level : float
            The signal. A value that is no number (a lost sensor) switches it off.
        time_s : float
            The time, never before the last.
        """
        was_high = state.high
        # A comparison with a lost value is always false: it then counts as low.
        high = signal_level > self.off_level if was_high else signal_level > self.on_level
        if not state.on:
            begins = high and not was_high and time_s - state.since_s >= self.lock_s
            if begins:
                return TriggerState(on=True, since_s=time_s, released_s=None, high=True)
            return replace(state, high=high)
        released = None if high else time_s if state.released_s is None else state.released_s
        too_long = time_s - state.since_s >= self.longest_s
        over = released is not None and time_s - released >= self.extension_s
        return replace(state, on=not (too_long or over), released_s=released, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerState:
    """Where a trigger is.

    Parameters
    ----------
    on : bool
        Whether to stimulate.
    since_s : float
        When it last switched on.
    released_s : float or None
        When the signal last told it to stop; None while it does not.
    high : bool
        Whether the signal is high, with its hysteresis.

    Examples
    --------
    >>> Trigger(on_level=1.0, off_level=0.0).start().on
    False
    """

    on: bool
    since_s: float
    released_s: float | None
    high: bool


def heel_trigger() -> Trigger:
    """On at heel rise, off a while after heel strike.

    Examples
    --------
    >>> heel_trigger().extension_s
    0.1
    """
    return _trigger("control.heel_trigger")


def tilt_trigger() -> Trigger:
    """On when the shank lies well behind the vertical, off when it has come forward.

    Examples
    --------
    >>> tilt_trigger().on_level
    20.0
    """
    return _trigger("control.tilt_trigger")


def _trigger(key: str) -> Trigger:
    r = row(key)
    low = r["off_share"] if "off_share" in r else r["off_deg"]
    high = r["on_share"] if "on_share" in r else r["on_deg"]
    return Trigger(
        on_level=high, off_level=low, extension_s=r["extension_s"], longest_s=r["longest_s"], lock_s=r["lock_s"]
    )


def ramped(level: float, aim_level: float, dt_s: float, *, rise_s: float, fall_s: float) -> float:
    """The level a little later, on its way to its aim no faster than its ramps.

    Parameters
    ----------
    level, aim_level : float
        Where it is, and where it shall go, 0 to 1.
    dt_s : float
        Time that passes, 0 or above.
    rise_s, fall_s : float
        Times from 0 to 1, and from 1 to 0; 0 jumps.

    Examples
    --------
    >>> ramped(0.0, 1.0, 0.1, rise_s=0.4, fall_s=0.2), ramped(1.0, 0.0, 0.1, rise_s=0.4, fall_s=0.2)
    (0.25, 0.5)
    """
    if min(dt_s, rise_s, fall_s) < 0:
        raise ParameterError(f"dt_s is {dt_s} s, rise_s {rise_s} s and fall_s {fall_s} s; none may be below 0.")
    if aim_level >= level:
        return aim_level if rise_s == 0 else min(aim_level, level + dt_s / rise_s)
    return aim_level if fall_s == 0 else max(aim_level, level - dt_s / fall_s)
