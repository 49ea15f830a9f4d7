"""Pulses as a muscle meets them: when each comes, how strong and how wide it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.pulse import Programme

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pulses:
    """A finite run of pulses.

    Parameters
    ----------
    time_s : array
        Onset of each pulse from the beginning, ascending, 0 or above.
    amplitude_mA, width_us : array
        Peak and width of one phase, of each pulse, 0 or above; infinite for "all that can be recruited".
    duration_s : float
        Length of the run, at least up to the last pulse; the muscle is followed to its end.

    Raises
    ------
    ParameterError
        If times do not ascend, lengths differ, or a value is impossible.

    Examples
    --------
    >>> Pulses(time_s=[0.0, 0.025], amplitude_mA=[40.0, 40.0], width_us=[300.0, 300.0], duration_s=0.2).fastest_hz
    40.0
    """

    time_s: Any  # arrays once made; lists are taken
    amplitude_mA: Any
    width_us: Any
    duration_s: float

    def __post_init__(self) -> None:
        for name in ("time_s", "amplitude_mA", "width_us"):
            object.__setattr__(self, name, _line(name, getattr(self, name)))
        counts = {len(getattr(self, name)) for name in ("time_s", "amplitude_mA", "width_us")}
        if len(counts) > 1:
            raise ParameterError(
                f"time_s, amplitude_mA and width_us hold {len(self.time_s)}, {len(self.amplitude_mA)} and"
                f" {len(self.width_us)} values; give one of each for every pulse."
            )
        if (np.diff(self.time_s) <= 0).any():
            raise ParameterError("time_s does not ascend; sort the pulses and give each time once.")
        last = float(self.time_s[-1]) if len(self.time_s) else 0.0
        if not (math.isfinite(self.duration_s) and self.duration_s >= last and self.duration_s > 0):
            raise ParameterError(
                f"duration_s is {self.duration_s:g} s; it must be finite, above 0 and reach to the last pulse at"
                f" {last:g} s."
            )

    @property
    def fastest_hz(self) -> float:
        """Largest momentary rate; 0 for fewer than two pulses."""
        return 0.0 if len(self.time_s) < 2 else float(1.0 / np.diff(self.time_s).min())


def _line(name: str, values: object) -> Array:
    out = np.array(values, dtype=float, ndmin=1)
    if out.ndim != 1 or np.isnan(out).any() or (out < 0).any() or (name == "time_s" and np.isinf(out).any()):
        raise ParameterError(f"{name} must be a list of numbers, each 0 or above; it is {values!r}.")
    out.flags.writeable = False
    return out


def steady_pulses(
    *,
    rate_hz: float,
    on_s: float,
    off_s: float = 0.0,
    contractions: int = 1,
    amplitude_mA: float = math.inf,
    width_us: float = math.inf,
) -> Pulses:
    """The same train again and again, without ramps.

    Parameters
    ----------
    rate_hz : float
        Pulses per second, above 0.
    on_s, off_s : float
        Length of a train, above 0, and of the pause after it, 0 or above.
    contractions : int
        Number of trains, at least 1.
    amplitude_mA, width_us : float
        Peak and width of one phase; where left out, all that the model recruits with is recruited.

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Examples
    --------
    >>> steady_pulses(rate_hz=40.0, on_s=1.0, off_s=1.0, contractions=2).time_s[[0, 39, 40]].tolist()
    [0.0, 0.975, 2.0]
    """
    if not (0 < rate_hz < math.inf and 0 < on_s < math.inf and 0 <= off_s < math.inf and contractions >= 1):
        raise ParameterError(
            f"rate_hz is {rate_hz} Hz, on_s {on_s} s, off_s {off_s} s, contractions {contractions}; rate and on-time"
            " must be above 0, the off-time 0 or above, and there must be at least one contraction."
        )
    one = np.arange(max(1, math.ceil(on_s * rate_hz - 1e-9))) / rate_hz
    time = (np.arange(contractions)[:, None] * (on_s + off_s) + one).ravel()
    full = np.ones(len(time))
    return Pulses(
        time_s=time,
        amplitude_mA=full * amplitude_mA,
        width_us=full * width_us,
        duration_s=contractions * (on_s + off_s),
    )


def pulses_of(programme: Programme) -> Pulses:
    """The pulses that a programme emits, ramps and pauses counted in.

    Parameters
    ----------
    programme : Programme
        What the stimulator does.

    Returns
    -------
    Pulses
        Those with an amplitude above zero.

    Examples
    --------
    >>> from rheobase.pulse import Programme, biphasic, train
    >>> plan = Programme(train=train(biphasic(width_us=300), rate_hz=50), amplitude_mA=40, duration_s=60, on_s=10,
    ...                  off_s=50, ramp_up_s=1)
    >>> pulses = pulses_of(plan)
    >>> len(pulses.time_s), float(pulses.amplitude_mA.max()), float(pulses.width_us[0])
    (499, 40.0, 300.0)
    """
    time = programme.train.onsets_s(0.0, programme.duration_s)
    width = programme.train.widths_us(0.0, programme.duration_s)
    amplitude = programme.amplitude_at_mA(time)
    keep = amplitude > 0
    return Pulses(
        time_s=time[keep], amplitude_mA=amplitude[keep], width_us=width[keep], duration_s=programme.duration_s
    )
