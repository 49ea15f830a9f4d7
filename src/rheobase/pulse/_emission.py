"""From a train to what it emits in a window: which pulses fall there, when, how wide, and their place on a grid."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, number
from rheobase.pulse._clock import JITTER, WIDTH, Clock
from rheobase.pulse._draws import draws
from rheobase.pulse._exact import decimal
from rheobase.pulse._grid import deposit

if TYPE_CHECKING:
    from rheobase.pulse.trains import Train

_ROUNDING = 1e-9


def emit(
    given: Train, dt_us: float, t0_s: float, t1_s: float, gain: Callable[[np.ndarray], np.ndarray] | None = None
) -> np.ndarray:
    """Sample a train; each pulse has a height of its own, `gain` of its onset in s, which it keeps to its end."""
    above_zero("dt_us", dt_us, "us", "Give the step of the grid, e.g. dt_us=5.")
    t0_s, t1_s = window(t0_s, t1_s)
    origin = decimal(t0_s)
    cells = math.ceil(float((decimal(t1_s) - origin) * 1_000_000 / decimal(dt_us)) - _ROUNDING)
    # The last cell may reach beyond the window: pulses that begin there belong to it too.
    reach_s = given.longest_us * 1e-6 * (1 + _ROUNDING)
    first, onset_s = pulses_between(given, t0_s - reach_s, max(t1_s, t0_s + cells * dt_us * 1e-6) + _ROUNDING)
    # From the beginning of the window, not from that of the train: no digits are lost an hour in.
    onset_us = onsets(given, first, first + onset_s.size, origin) * 1e6
    stretch = widths(given, first, first + onset_s.size)
    height = np.ones(onset_s.size) if gain is None else gain(onset_s)
    pulse = given.pulse
    return deposit(pulse.primitive, pulse.duration_us, onset_us, stretch, height, dt_us, cells)


def window(t0_s: float, t1_s: float) -> tuple[float, float]:
    """Refuse an empty window."""
    remedy = "Give the window in s from the beginning of the train."
    number("t0_s", t0_s, "s", remedy)
    number("t1_s", t1_s, "s", remedy)
    if not t1_s > t0_s:
        raise ParameterError(f"t1_s is {t1_s:g} s; it must be after t0_s, {t0_s:g} s. {remedy}")
    return float(t0_s), float(t1_s)


def pulses_between(given: Train, t0_s: float, t1_s: float) -> tuple[int, np.ndarray]:
    """Number of the first pulse that begins in the window, and the onsets of all that do."""
    each, clock = given.pulses_per_tick, given.clock
    # A pulse may come later than its tick: by its place in the burst, and by jitter.
    late_s = (each - 1) / given.rate_hz + given.jitter_us * 1e-6
    first = max(0, clock.count_before(t0_s - late_s * (1 + _ROUNDING)) - 1) * each
    last = clock.count_before(min(t1_s, given.duration_s)) * each
    onset_s = onsets(given, first, last)
    ends_s = onset_s + widths(given, first, last) * given.pulse.duration_us * 1e-6
    keep = np.flatnonzero((onset_s >= t0_s) & (onset_s < t1_s) & (ends_s <= given.duration_s * (1 + _ROUNDING)))
    if keep.size == 0:
        return first, np.empty(0)
    return first + int(keep[0]), onset_s[keep[0] : keep[-1] + 1]


def slots(given: Train, first: int, last: int, origin: Fraction = Fraction(0)) -> np.ndarray:
    """Times at which the pulses from `first` up to `last` are due, before jitter, counted from `origin`."""
    each, clock = given.pulses_per_tick, given.clock
    if each == 1:
        return clock.ticks_s(first, last, origin)
    begin = first // each
    ticks = clock.ticks_s(begin, -(-last // each), origin)
    within = Clock(rate_hz=given.rate_hz).ticks_s(0, each)
    return (ticks[:, None] + within).ravel()[first - begin * each : last - begin * each]


def onsets(given: Train, first: int, last: int, origin: Fraction = Fraction(0)) -> np.ndarray:
    """Times at which the pulses from `first` up to `last` begin, counted from `origin`."""
    due = slots(given, first, last, origin)
    if given.jitter_us == 0:
        return due
    return due + given.jitter_us * 1e-6 * draws(given.seed, JITTER, np.arange(first, last))


def widths(given: Train, first: int, last: int) -> np.ndarray:
    """Width factors of the pulses from `first` up to `last`."""
    course = given.width_modulation
    return np.ones(max(0, last - first)) if course is None else course.factor_at(slots(given, first, last), WIDTH)
