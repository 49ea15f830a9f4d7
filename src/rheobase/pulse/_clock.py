"""The clock of a train: when tick k falls, worked out from k alone in whole numbers, so that nothing drifts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rheobase.pulse._exact import decimal
from rheobase.pulse.modulation import Modulation, cycle_of, cycle_steps, mean_of

RATE, WIDTH, JITTER = 1, 2, 3
"""Streams of random numbers, so that one seed serves all three without tying them together."""

_EXACT = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Ticks at a rate, or at a rate that a modulation lowers."""

    rate_hz: float
    course: Modulation | None = None

    @property
    def mean_rate(self) -> Fraction:
        """Ticks per second in the long run."""
        return decimal(self.rate_hz) * (1 if self.course is None else mean_of(self.course))

    def ticks_s(self, first: int, last: int, origin: Fraction = Fraction(0)) -> np.ndarray:
        """Times of the ticks from `first` up to, not including, `last`, counted from `origin`."""
        if last <= first:
            return np.empty(0)
        if self.course is None:
            return _even_ticks(decimal(self.rate_hz), first, last, origin)
        return self._modulated_ticks(self.course, first, last, origin)

    def count_before(self, t_s: float) -> int:
        """How many ticks fall before a time: also the number of the first tick that does not."""
        if t_s <= 0:
            return 0
        t = decimal(t_s)
        if self.course is None:
            return math.ceil(t * decimal(self.rate_hz))
        cycle_s = cycle_of(self.course)
        each = self.mean_rate * cycle_s
        # A tick at a seam of cycles may come out a rounding early: look at one tick more on both sides.
        first = max(0, math.ceil((t // cycle_s) * each) - 1)
        last = math.ceil((t // cycle_s + 1) * each) + 1
        return first + int(np.searchsorted(self.ticks_s(first, last), t_s, side="left"))

    def _modulated_ticks(self, course: Modulation, first: int, last: int, origin: Fraction) -> np.ndarray:
        """Cycle by cycle; each cycle begins at an exact time with an exact share of a tick gone by."""
        cycle_s = cycle_of(course)
        each = self.mean_rate * cycle_s
        times, tick, cycle = [], first, int(first // each)
        while tick < last:
            begin = math.ceil(cycle * each)
            stop = min(math.ceil((cycle + 1) * each), last)
            if tick < stop:
                gone = float(begin - cycle * each) + np.arange(tick - begin, stop - begin)
                times.append(float(cycle * cycle_s - origin) + self._time_of(course, cycle, gone))
                tick = stop
            cycle += 1
        return np.concatenate(times)

    def _time_of(self, course: Modulation, cycle: int, gone: np.ndarray) -> np.ndarray:
        """Time into a cycle at which so many ticks have gone by: the rate's integral, turned round."""
        start, end = cycle_steps(course, cycle, RATE)
        h = course.step_s
        counted = np.concatenate([[0.0], np.cumsum(h * (start + end) / 2)])
        due = gone / self.rate_hz
        at = np.clip(np.searchsorted(counted, due, side="right") - 1, 0, start.size - 1)
        rest, f, slope = due - counted[at], start[at], (end[at] - start[at]) / h
        return at * h + 2 * rest / (f + np.sqrt(f * f + 2 * slope * rest))


def _even_ticks(rate: Fraction, first: int, last: int, origin: Fraction) -> np.ndarray:
    """``k / rate - origin`` as one quotient of whole numbers, so that each tick is rounded once."""
    step = rate.denominator * origin.denominator
    begin = origin.numerator * rate.numerator
    below = rate.numerator * origin.denominator
    if max(abs(first * step - begin), abs(last * step - begin), last * step, begin, below) < _EXACT:
        return (np.arange(first, last, dtype=np.int64) * step - begin) / below
    return np.array([(k * step - begin) / below for k in range(first, last)])
