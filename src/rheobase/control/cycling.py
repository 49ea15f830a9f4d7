"""When each muscle shall push in cycling: where its torque turns the crank forward, found from the geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Crank angles between which a muscle is stimulated; it may go through 0.

    Parameters
    ----------
    on_deg, off_deg : float
        Beginning and end, 0 to 360.

    Examples
    --------
    >>> [Window(on_deg=300.0, off_deg=60.0).holds(a) for a in (0.0, 90.0, 330.0)]
    [True, False, True]
    """

    on_deg: float
    off_deg: float

    def holds(self, crank_deg: float) -> bool:
        """Whether the crank is inside."""
        return (crank_deg - self.on_deg) % 360.0 < (self.off_deg - self.on_deg) % 360.0

    @property
    def width_deg(self) -> float:
        """Its width."""
        return (self.off_deg - self.on_deg) % 360.0


def window(
    crank_deg: ArrayLike, crank_torque_Nm: ArrayLike, *, least_share: float = 0.2, delay_s: float = 0.0,
    cadence_rpm: float = 0.0,
) -> Window:  # fmt: skip
    """The crank angles where a muscle turns the crank forward well enough, begun earlier by what the muscle lags.

    Parameters
    ----------
    crank_deg : array
        Evenly spaced angles of one turn, from 0, without 360.
    crank_torque_Nm : array
        What the muscle makes on the crank at each, fully stimulated; above 0 turns it forward.
    least_share : float
        Share of the best torque below which stimulation is not worth its fatigue, 0 to below 1.
    delay_s : float
        Time from the pulse to the force, 0 or above.
    cadence_rpm : float
        Turns a minute, 0 or above; the window moves back by delay times cadence.

    Returns
    -------
    Window
        The widest such run of angles.

    Raises
    ------
    ParameterError
        If the muscle never turns the crank forward, or a setting is out of range.

    Examples
    --------
    >>> angles = np.arange(0.0, 360.0, 1.0)
    >>> found = window(angles, np.sin(np.deg2rad(angles)), least_share=0.5, delay_s=0.1, cadence_rpm=50.0)
    >>> round(found.on_deg), round(found.off_deg)
    (1, 120)
    """
    angle, torque = np.asarray(crank_deg, float), np.asarray(crank_torque_Nm, float)
    if angle.shape != torque.shape or len(angle) < 8:
        raise ParameterError(f"{angle.size} angles and {torque.size} torques were given; give 8 or more of each.")
    if not 0 <= least_share < 1 or delay_s < 0 or cadence_rpm < 0:
        raise ParameterError(
            f"least_share is {least_share}, delay_s {delay_s} s, cadence_rpm {cadence_rpm}; the share must lie within"
            " 0 to 1, the others be 0 or above."
        )
    if not torque.max() > 0:
        raise ParameterError("This muscle never turns the crank forward. Move the seat, or leave the muscle out.")
    good = (torque > 0) & (torque >= least_share * torque.max())
    step = 360.0 / len(angle)
    if good.all():
        return Window(on_deg=0.0, off_deg=360.0 - 1e-9)
    starts = np.flatnonzero(good & ~np.roll(good, 1))
    widths = [int(np.argmin(np.roll(good, -s))) for s in starts]
    best = int(np.argmax(widths))
    early = delay_s * cadence_rpm * 6.0
    on = (angle[starts[best]] - early) % 360.0
    return Window(on_deg=float(on), off_deg=float((on + widths[best] * step) % 360.0))
