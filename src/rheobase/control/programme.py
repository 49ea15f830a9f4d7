"""Open-loop programmes: the level over time, known beforehand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError

Array = NDArray[np.float64]


def on_off(
    *, on_s: float, off_s: float, contractions: int, tick_s: float, rise_s: float = 0.0, fall_s: float = 0.0,
    level: float = 1.0,
) -> Array:  # fmt: skip
    """Levels of contractions one after the other, each with a rise and a fall within its time on.

    Parameters
    ----------
    on_s, off_s : float
        Time on (rise and fall included) above 0, and off, 0 or above.
    contractions : int
        How many, 1 or more.
    tick_s : float
        Time between two levels, above 0.
    rise_s, fall_s : float
        Together at most the time on.
    level : float
        Level between rise and fall, 0 to 1.

    Returns
    -------
    array
        One level a tick.

    Raises
    ------
    ParameterError
        If a time is impossible.

    Examples
    --------
    >>> on_off(on_s=0.4, off_s=0.2, contractions=1, tick_s=0.1, rise_s=0.2).tolist()
    [0.0, 0.5, 1.0, 1.0, 0.0, 0.0]
    """
    if not (on_s > 0 and off_s >= 0 and tick_s > 0 and contractions >= 1 and 0 <= level <= 1):
        raise ParameterError(
            f"on_s is {on_s} s, off_s {off_s} s, tick_s {tick_s} s, contractions {contractions}, level {level}; on and"
            " tick must be above 0, off 0 or above, contractions 1 or more, the level within 0 to 1."
        )
    if rise_s < 0 or fall_s < 0 or rise_s + fall_s > on_s:
        raise ParameterError(
            f"A rise of {rise_s} s and a fall of {fall_s} s do not fit into {on_s} s. Shorten them, or stay on longer."
        )
    ticks = np.arange(round(contractions * (on_s + off_s) / tick_s)) * tick_s
    t = ticks % (on_s + off_s) if contractions > 1 else ticks
    rising = t / rise_s if rise_s else np.ones_like(t)
    falling = (on_s - t) / fall_s if fall_s else (t < on_s - 1e-9).astype(float)
    return level * np.clip(np.minimum(rising, falling), 0.0, 1.0)
