"""When each muscle shall push in cycling: where its torque turns the crank forward, found from the geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rider:
    """A leg on a crank, in the sagittal plane, the ankle held by an orthosis.

    Parameters
    ----------
    thigh_m, shank_m : float
        Hip to knee, and knee to pedal axle, above 0.
    crank_m : float
        Length of the crank, above 0.
    seat_back_m, seat_up_m : float
        The hip behind and above the crank's axle.

    Raises
    ------
    ParameterError
        If the leg cannot reach the pedal all the way round.

    Examples
    --------
    >>> rider = Rider(thigh_m=0.41, shank_m=0.43, crank_m=0.15, seat_back_m=0.62, seat_up_m=0.15)
    >>> hip_deg, knee_deg = rider.joints_deg([0.0, 90.0])
    >>> bool((knee_deg > 0).all())
    True
    """

    thigh_m: float
    shank_m: float
    crank_m: float
    seat_back_m: float
    seat_up_m: float

    def __post_init__(self) -> None:
        for name in ("thigh_m", "shank_m", "crank_m"):
            if not getattr(self, name) > 0:
                raise ParameterError(f"{name} is {getattr(self, name)} m; it must be above 0 m.")
        seat = float(np.hypot(self.seat_back_m, self.seat_up_m))
        farthest, nearest = seat + self.crank_m, abs(seat - self.crank_m)
        if farthest >= self.thigh_m + self.shank_m or nearest <= abs(self.thigh_m - self.shank_m):
            raise ParameterError(
                f"The pedal is {nearest:.2f} to {farthest:.2f} m from the hip; this leg reaches from"
                f" {abs(self.thigh_m - self.shank_m):.2f} to {self.thigh_m + self.shank_m:.2f} m. Move the seat."
            )

    def joints_deg(self, crank_deg: ArrayLike) -> tuple[Array, Array]:
        """Flexion of hip (thigh against the horizontal, forward) and knee at crank angles.

        Parameters
        ----------
        crank_deg : array
            0 where the crank points forward, rising as it turns in riding (down in front: clockwise from the right).

        Returns
        -------
        hip_deg, knee_deg : array
            Knee: 0 is straight.
        """
        phi = np.deg2rad(np.asarray(crank_deg, float))
        x = self.seat_back_m + self.crank_m * np.cos(phi)
        y = -self.seat_up_m - self.crank_m * np.sin(phi)
        reach = np.hypot(x, y)
        cosine = (self.thigh_m**2 + self.shank_m**2 - reach**2) / (2 * self.thigh_m * self.shank_m)
        knee = np.pi - np.arccos(np.clip(cosine, -1, 1))
        at_hip = (self.thigh_m**2 + reach**2 - self.shank_m**2) / (2 * self.thigh_m * reach)
        thigh = np.arctan2(y, x) + np.arccos(np.clip(at_hip, -1, 1))
        return np.rad2deg(thigh), np.rad2deg(knee)

    def transfer(self, crank_deg: ArrayLike) -> tuple[Array, Array]:
        """Torque on the crank for each N m of flexion torque at hip and knee: the velocity ratios (virtual work)."""
        nudge = 0.01
        up = self.joints_deg(np.asarray(crank_deg, float) + nudge)
        down = self.joints_deg(np.asarray(crank_deg, float) - nudge)
        return (up[0] - down[0]) / (2 * nudge), (up[1] - down[1]) / (2 * nudge)


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
