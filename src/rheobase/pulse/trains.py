"""Trains: one pulse after another, steady, modulated, jittered or in bursts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, not_negative, whole
from rheobase.pulse._clock import Clock
from rheobase.pulse._emission import emit, onsets, pulses_between, widths, window
from rheobase.pulse._together import mean_of_product
from rheobase.pulse.modulation import Modulation
from rheobase.pulse.waveform import Pulse

_ROUNDING = 1e-9
_RATE = "Give the pulses per second, e.g. rate_hz=80."
_DURATION = "Give the length of the train, or leave duration_s out for one without end."
_SEED = "Give any whole number; the same one gives the same train."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Pulses in groups: the rate of the train holds within a group, groups follow one another at their own.

    Parameters
    ----------
    pulses_per_burst : int
        Pulses in a group, 1 or more.
    burst_rate_hz : float
        Groups per second, above 0.

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> Bursts(pulses_per_burst=9, burst_rate_hz=2).pulses_per_burst
    9
    """

    pulses_per_burst: int
    burst_rate_hz: float

    def __post_init__(self) -> None:
        whole("pulses_per_burst", self.pulses_per_burst, 1, "Give the pulses in one burst, e.g. 9.")
        above_zero("burst_rate_hz", self.burst_rate_hz, "Hz", "Give the bursts per second, e.g. 2.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """A pulse that repeats.

    Parameters
    ----------
    pulse : Pulse
        The pulse.
    rate_hz : float
        Pulses per second, above 0; within a burst, if there are bursts. The greatest rate, if it is modulated.
    duration_s : float
        Length, above 0; infinite where left out. Pulses are whole: one that would not end in time is not begun.
    jitter_us : float
        Each pulse comes late by 0 to this much, 0 or above, evenly at random.
    seed : int
        Seed of the jitter, 0 or above.
    rate_modulation : Modulation, optional
        Factor on the rate; on the rate of bursts, if there are bursts.
    width_modulation : Modulation, optional
        Factor by which each pulse is shortened as a whole, phases and gap alike, so that it stays balanced.
    bursts : Bursts, optional
        Groups of pulses.

    Raises
    ------
    ParameterError
        If a value lies outside its range, or a pulse or burst does not fit into its period.

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> tens = Train(pulse=biphasic(width_us=200), rate_hz=80)
    >>> tens.onset_s(288_000)
    3600.0
    >>> tens.onsets_s(3600, 3600.03).tolist()
    [3600.0, 3600.0125, 3600.025]
    >>> round(tens.rms_mA(20), 3), tens.mean_mA(20)
    (3.578, 0.0)
    """

    pulse: Pulse
    rate_hz: float
    duration_s: float = math.inf
    jitter_us: float = 0.0
    seed: int = 0
    rate_modulation: Modulation | None = None
    width_modulation: Modulation | None = None
    bursts: Bursts | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.pulse, Pulse):
            raise ParameterError(f"pulse is {self.pulse!r}; it must be a Pulse, e.g. biphasic(width_us=200).")
        above_zero("rate_hz", self.rate_hz, "Hz", _RATE)
        above_zero("duration_s", self.duration_s, "s", _DURATION, endless=True)
        not_negative("jitter_us", self.jitter_us, "us", "Give how late a pulse may come, or leave it out for none.")
        whole("seed", self.seed, 0, _SEED)
        _check_fit(self)
        if self.longest_us > self.duration_s * 1e6 * (1 + _ROUNDING):
            raise ParameterError(
                f"duration_s is {self.duration_s:g} s; not one pulse of {self.longest_us:g} us fits in. {_DURATION}"
            )

    @property
    def period_us(self) -> float:
        """Time from pulse to pulse at the set rate; within a burst, if there are bursts."""
        return 1e6 / self.rate_hz

    @property
    def mean_rate_hz(self) -> float:
        """Pulses per second in the long run, modulation and bursts counted in."""
        return float(self.clock.mean_rate * self.pulses_per_tick)

    @property
    def duty(self) -> float:
        """Share of time in which current flows, in the long run; gaps between phases are left out."""
        return min(1.0, self._pulses_full_width_per_s * self.pulse.active_us * 1e-6)

    def rms_mA(self, amplitude_mA: float) -> float:
        """Root mean square current in the long run, in mA, exact for a steady train.

        Under modulation it is the mean over the cycle of the modulation.
        """
        return abs(amplitude_mA) * math.sqrt(self._pulses_full_width_per_s * self.pulse.integral_of_square() * 1e-6)

    def mean_mA(self, amplitude_mA: float) -> float:
        """Direct current in the long run, in mA; below 0 where cathodic, 0 for balanced pulses."""
        return self.pulse.net_charge_uC(amplitude_mA) * self._pulses_full_width_per_s * 1e-3

    def absolute_mA(self, amplitude_mA: float) -> float:
        """Mean of the rectified current in the long run, in mA."""
        return self.pulse.absolute_charge_uC(amplitude_mA) * self._pulses_full_width_per_s * 1e-3

    def onset_s(self, k: int) -> float:
        """Time at which pulse number `k` begins, counted from 0, in s; from `k` alone, without drift."""
        k = whole("k", k, 0, "Pulses are counted from 0.")
        return float(onsets(self, k, k + 1)[0])

    def onsets_s(self, t0_s: float, t1_s: float) -> np.ndarray:
        """Times at which pulses begin, from `t0_s` up to, not including, `t1_s`, in s."""
        return pulses_between(self, *window(t0_s, t1_s))[1]

    def widths_us(self, t0_s: float, t1_s: float) -> np.ndarray:
        """Width of the strongest phase of each of those pulses, in us."""
        first, onset_s = pulses_between(self, *window(t0_s, t1_s))
        return widths(self, first, first + onset_s.size) * self.pulse.phase_width_us

    def sample(self, dt_us: float, t0_s: float, t1_s: float) -> np.ndarray:
        """Averages of the waveform over the cells of a time grid.

        Parameters
        ----------
        dt_us : float
            Length of a cell, above 0.
        t0_s, t1_s : float
            Beginning and end of the grid. The last cell may reach beyond the end if the window is no whole number of
            cells.

        Returns
        -------
        numpy.ndarray
            Averages relative to the amplitude. Their sum times `dt_us` is the exact integral.

        Raises
        ------
        ParameterError
            If the window or the step is empty.
        """
        return emit(self, dt_us, t0_s, t1_s)

    @property
    def clock(self) -> Clock:
        """What times the pulses, or the bursts if there are any."""
        rate_hz = self.rate_hz if self.bursts is None else self.bursts.burst_rate_hz
        return Clock(rate_hz=rate_hz, course=self.rate_modulation)

    @property
    def pulses_per_tick(self) -> int:
        """Pulses at each tick of the clock: those of a burst, or one."""
        return 1 if self.bursts is None else int(self.bursts.pulses_per_burst)

    @property
    def longest_us(self) -> float:
        """Length of the longest pulse of the train, in us."""
        return self.pulse.duration_us * (1.0 if self.width_modulation is None else self.width_modulation.high_factor)

    @property
    def _pulses_full_width_per_s(self) -> float:
        """Pulses per second, each counted by its width factor: charge, square and time all go with it."""
        return self.clock.rate_hz * self.pulses_per_tick * mean_of_product(self.rate_modulation, self.width_modulation)


def train(
    pulse: Pulse,
    *,
    rate_hz: float,
    duration_s: float = math.inf,
    jitter_us: float = 0.0,
    seed: int = 0,
    rate_modulation: Modulation | None = None,
    width_modulation: Modulation | None = None,
    bursts: Bursts | None = None,
) -> Train:
    """Repeat a pulse.

    Parameters
    ----------
    pulse : Pulse
        The pulse.
    rate_hz : float
        Pulses per second, above 0.
    duration_s, jitter_us, seed, rate_modulation, width_modulation, bursts
        As in :class:`Train`.

    Returns
    -------
    Train

    Raises
    ------
    ParameterError
        If a value lies outside its range, or a pulse or burst does not fit into its period.

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> train(biphasic(width_us=200), rate_hz=80).duty
    0.032
    """
    return Train(
        pulse=pulse,
        rate_hz=rate_hz,
        duration_s=duration_s,
        jitter_us=jitter_us,
        seed=seed,
        rate_modulation=rate_modulation,
        width_modulation=width_modulation,
        bursts=bursts,
    )


def continuous(pulse: Pulse, duration_s: float = math.inf) -> Train:
    """Repeat a pulse without a pause, as carriers and beats do.

    Parameters
    ----------
    pulse : Pulse
        A pulse of whole cycles.
    duration_s : float
        Length, above 0; infinite where left out.

    Returns
    -------
    Train

    Raises
    ------
    ParameterError
        If the length is not above 0.

    Examples
    --------
    >>> from rheobase.pulse import amplitude_modulated
    >>> beat = amplitude_modulated(4000, beat_hz=100, depth=1, duration_us=10_000)
    >>> continuous(beat).rate_hz
    100.0
    """
    return Train(pulse=pulse, rate_hz=1e6 / pulse.duration_us, duration_s=duration_s)


def _check_fit(given: Train) -> None:
    """Refuse pulses that run into the next one, and bursts that do."""
    need_us = given.longest_us + given.jitter_us
    late = f" and up to {given.jitter_us:g} us of jitter" if given.jitter_us else ""
    course, bursts = given.rate_modulation, given.bursts
    slow = course.high_factor if course is not None else 1.0
    rate_hz = given.rate_hz * (slow if bursts is None else 1.0)
    if need_us > 1e6 / rate_hz * (1 + _ROUNDING):
        raise ParameterError(
            f"Pulse '{given.pulse.name}' lasts {given.longest_us:g} us{late}, longer than its period of"
            f" {1e6 / rate_hz:g} us at {rate_hz:g} Hz. Shorten the pulse, or lower rate_hz to at most"
            f" {1e6 / need_us * given.rate_hz / rate_hz:.5g} Hz."
        )
    if bursts is None:
        return
    burst_us = (bursts.pulses_per_burst - 1) * given.period_us + need_us
    burst_rate_hz = bursts.burst_rate_hz * slow
    if burst_us > 1e6 / burst_rate_hz * (1 + _ROUNDING):
        raise ParameterError(
            f"A burst of {bursts.pulses_per_burst} pulses at {given.rate_hz:g} Hz lasts {burst_us:g} us, longer than"
            f" its period of {1e6 / burst_rate_hz:g} us at {burst_rate_hz:g} Hz. Take fewer pulses, raise rate_hz, or"
            f" lower burst_rate_hz to at most {1e6 / burst_us / slow:.5g} Hz."
        )
