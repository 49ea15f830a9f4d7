"""Iterative learning: what went wrong in one cycle is put right in the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import ParameterError

Array = NDArray[np.float64]


def learn_proportional(
    level: ArrayLike, error_deg: ArrayLike, *, gain_per_deg: float, ahead: int = 0, smooth: int = 0
) -> Array:
    """Next cycle's level: this one's, corrected by the error a little later.

    Parameters
    ----------
    level : array
        Levels of this cycle, at every tick, within 0 to 1.
    error_deg : array
        Aim less angle of this cycle.
    gain_per_deg : float
        Level for each degree, above 0.
    ahead : int
        Ticks by which the stimulation leads its effect, 0 or above; a muscle answers after 50 to 100 ms.
    smooth : int
        Ticks over which the new level is averaged, both ways, so that no time is lost; 0 leaves it.

    Returns
    -------
    array
        Within 0 to 1.

    Raises
    ------
    ParameterError
        If lengths differ or a setting is out of its range.

    Examples
    --------
    >>> learn_proportional([0.2, 0.2, 0.2], [0.0, 4.0, 0.0], gain_per_deg=0.05, ahead=1).tolist()
    [0.4, 0.2, 0.2]
    """
    u, e = _pair(level, error_deg)
    if not gain_per_deg > 0 or ahead < 0 or smooth < 0:
        raise ParameterError(
            f"gain_per_deg is {gain_per_deg}, ahead {ahead}, smooth {smooth}; the gain must be above 0, the others 0"
            " or above."
        )
    return np.clip(_smoothed(u + gain_per_deg * np.roll(e, -ahead), smooth), 0.0, 1.0)


def learn_inverse(
    level: ArrayLike, error_deg: ArrayLike, response_deg: ArrayLike, *, caution_share: float = 0.05, gain: float = 1.0
) -> Array:
    """Next cycle's level by the inverse of a known response, without delay at any frequency (zero phase).

    Each frequency of the error is divided by what the limb makes of it; frequencies the limb hardly answers to are
    left alone. With the right response two cycles are enough.

    Parameters
    ----------
    level : array
        Levels of this cycle, within 0 to 1.
    error_deg : array
        Aim less angle of this cycle.
    response_deg : array
        Angle over one cycle that follows a level of 1 in its first tick alone.
    caution_share : float
        Answers below this share of the strongest are not inverted, above 0.
    gain : float
        Share of the error that is corrected at once, above 0 and at most 1.

    Returns
    -------
    array
        Within 0 to 1.

    Raises
    ------
    ParameterError
        If lengths differ, or the response is nothing.

    Examples
    --------
    >>> learn_inverse([0.5, 0.5], [1.0, 1.0], [10.0, 0.0], caution_share=1e-6).round(3).tolist()
    [0.6, 0.6]
    """
    u, e = _pair(level, error_deg)
    _, h = _pair(level, response_deg)
    if not caution_share > 0 or not 0 < gain <= 1:
        raise ParameterError(
            f"caution_share is {caution_share} and gain {gain}; they must be above 0, the gain at most 1."
        )
    answer = np.fft.rfft(h)
    strongest = np.abs(answer).max()
    if not strongest > 0:
        raise ParameterError("The response is nothing at all: the limb does not answer. Check muscles and level.")
    floor = (caution_share * strongest) ** 2
    inverse = np.conj(answer) / (np.abs(answer) ** 2 + floor)
    return np.clip(u + gain * np.fft.irfft(np.fft.rfft(e) * inverse, len(u)), 0.0, 1.0)


def _smoothed(values: Array, ticks: int) -> Array:
    if ticks == 0:
        return values
    kernel = np.concatenate([np.arange(1, ticks + 2), np.arange(ticks, 0, -1)]).astype(float)
    padded = np.concatenate([values[-ticks:], values, values[:ticks]])
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"), np.float64)


def _pair(level: ArrayLike, other: ArrayLike) -> tuple[Array, Array]:
    u, e = np.asarray(level, float), np.asarray(other, float)
    if u.shape != e.shape or u.ndim != 1 or not len(u):
        raise ParameterError(f"The level holds {u.size} and the other {e.size} ticks; give one cycle of each.")
    if not np.isfinite(e).all():
        raise ParameterError("The error or response holds values that are no numbers. Leave out cycles with gaps.")
    return u, e
