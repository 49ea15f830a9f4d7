"""Contractions that the comparisons of muscle share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect import Contraction, ForceModel, MuscleState, Pulses, contract, steady_pulses

Array = NDArray[np.floating[Any]]
SIX_S = 0.07 * np.arange(6)
DOUBLET_S = np.array([0.0, *(0.005 + 0.07 * np.arange(5))])
SIX_PERIOD_S = 0.84  # six intervals of 70 ms on, as long off


def train_of(onsets_s: Array, *, every_s: float, times: int) -> Pulses:
    """A short train of given onsets, again and again."""
    time = (np.arange(times)[:, None] * every_s + onsets_s).ravel()
    full = np.ones(len(time))
    return Pulses(time_s=time, amplitude_mA=full, width_us=full, duration_s=times * every_s)


def peaks_N(done: Contraction, *, every_s: float) -> Array:
    """Peak force of each contraction."""
    dt_s = done.time_s[1]
    each = round(every_s / dt_s)
    return done.force_N[1 : 1 + each * (len(done.force_N) // each)].reshape(-1, each).max(axis=1)


def six_180(model: ForceModel) -> Contraction:
    """The fatiguing protocol of Bickel: six pulses, 180 times."""
    return contract(model, train_of(SIX_S, every_s=SIX_PERIOD_S, times=180))


def fall(values: Array) -> float:
    """Share lost from the largest to the last."""
    return float(1.0 - values[-1] / values.max())


def plateau_N(model: ForceModel, rate_hz: float) -> float:
    """Peak force in the second second of a train of two."""
    done = contract(model, steady_pulses(rate_hz=rate_hz, on_s=2.0))
    return float(done.force_N[done.time_s >= 1.0].max())


def half_rate_hz(model: ForceModel) -> float:
    """Rate that gives half the force of 100 Hz."""
    top = plateau_N(model, 100.0)
    low, high = 1.0, 100.0
    while high - low > 0.02:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if plateau_N(model, middle) < 0.5 * top else (low, middle)
    return 0.5 * (low + high)


def doublet_gain(model: ForceModel, state: MuscleState) -> float:
    """What a doublet at the start adds to the force-time integral, over the length of the shorter train."""
    window_s = float(DOUBLET_S[-1]) + 0.07

    def impulse(onsets_s: Array) -> float:
        done = contract(model, train_of(onsets_s, every_s=1.0, times=1), state=state)
        keep = done.time_s <= window_s
        return float(np.trapezoid(done.force_N[keep], done.time_s[keep]))

    return impulse(DOUBLET_S) / impulse(SIX_S) - 1.0


def rise_ms(model: ForceModel) -> float:
    """Time from 20 to 80 % of the peak of the first short train."""
    done = contract(model, train_of(SIX_S, every_s=0.6, times=1))
    share = done.force_N / done.peak_N
    return float(1000.0 * (done.time_s[np.argmax(share >= 0.8)] - done.time_s[np.argmax(share >= 0.2)]))


def contractions_to_half(model: ForceModel, rate_hz: float, *, on_s: float, off_s: float) -> int:
    """First contraction whose peak is below half that of the first."""
    done = contract(model, steady_pulses(rate_hz=rate_hz, on_s=on_s, off_s=off_s, contractions=40))
    peaks = peaks_N(done, every_s=on_s + off_s)
    below = np.flatnonzero(peaks < 0.5 * peaks[0])
    return int(below[0]) + 1 if len(below) else 0
