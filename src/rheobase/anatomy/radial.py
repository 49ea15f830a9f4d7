"""A closed surface around an axis: its radius by angle and place, smooth in both.

A surface is held by radii at equally spaced angles and at stations along the axis. Between angles it is the
trigonometric interpolant, periodic and free of corners; between stations each radius follows a monotone cubic, so it
never leaves the range of its neighbours. Beyond the first and last station it stays as it is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from rheobase.errors import ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RadialMap:
    """A quantity by angle and place along the axis, such as the radius of the skin.

    Parameters
    ----------
    along_mm : array, shape (n,)
        Stations, growing.
    value_mm : array, shape (n, m)
        Values at the stations and at the angles 0, 360/m, 2 360/m ... degrees.

    Raises
    ------
    ParameterError
        If stations do not grow or shapes do not fit.

    Examples
    --------
    >>> tube = RadialMap(along_mm=np.array([0.0, 10.0]), value_mm=np.array([[20.0] * 8, [30.0] * 8]))
    >>> tube.at(np.array([0.3]), np.array([5.0])).tolist()
    [25.0]
    """

    along_mm: Array
    value_mm: Array
    curve_: PchipInterpolator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.value_mm.shape[0] != len(self.along_mm) or len(self.along_mm) < 2:
            raise ParameterError(
                f"RadialMap: {self.value_mm.shape[0]} rows of values for {len(self.along_mm)} stations; give one row"
                " for each of at least 2 stations."
            )
        if not (np.diff(self.along_mm) > 0).all():
            raise ParameterError("RadialMap: the stations along_mm must grow.")
        object.__setattr__(self, "curve_", PchipInterpolator(self.along_mm, self.value_mm, axis=0))

    def controls(self, along_mm: Array) -> Array:
        """Values at the held angles, shape (..., m), at places along the axis."""
        z = np.clip(along_mm, self.along_mm[0], self.along_mm[-1])
        return self.curve_(z)

    def at(self, theta_rad: Array, along_mm: Array) -> Array:
        """Value at angles and places, which broadcast."""
        turn, waves, which, shape = self._waves(theta_rad, along_mm)
        value = waves[which, -1]
        for k in range(waves.shape[1] - 2, -1, -1):
            value = value * turn + waves[which, k]
        return value.real.reshape(shape)

    def with_slope(self, theta_rad: Array, along_mm: Array) -> tuple[Array, Array]:
        """Value, and its derivative by the angle."""
        turn, waves, which, shape = self._waves(theta_rad, along_mm)
        value, slope = waves[which, -1], np.zeros(turn.size, dtype=complex)
        for k in range(waves.shape[1] - 2, -1, -1):
            slope = slope * turn + value
            value = value * turn + waves[which, k]
        return value.real.reshape(shape), -(turn * slope).imag.reshape(shape)

    def _waves(self, theta_rad: Array, along_mm: Array) -> tuple[Array, Array, NDArray[np.intp], tuple[int, ...]]:
        """The interpolant as a polynomial in ``exp(i theta)``, whose real part it is.

        Returns that number at every point, the coefficients at each of the different places, which place is each
        point's, and the shape of the points.
        """
        theta, z = np.broadcast_arrays(np.asarray(theta_rad, float), np.asarray(along_mm, float))
        places, which = np.unique(z.ravel(), return_inverse=True)
        m = self.value_mm.shape[1]
        waves = np.fft.rfft(self.controls(places), axis=1) * (2.0 / m)
        waves[:, 0] /= 2.0
        if m % 2 == 0:  # the highest wave of an even number of angles has no sine of its own
            waves[:, -1] = waves[:, -1].real / 2.0
        return np.exp(1j * theta.ravel()), waves, which, theta.shape

    def girth_mm(self, along_mm: float, *, points: int = 720) -> float:
        """Length of a tape around the surface at a place."""
        t = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
        r = self.at(t, np.full(points, along_mm))
        ring = np.stack([r * np.cos(t), r * np.sin(t)])
        return float(np.linalg.norm(np.diff(ring, axis=1, append=ring[:, :1]), axis=0).sum())

    def scaled(self, factors: Array) -> RadialMap:
        """The same shape with the values of each station multiplied."""
        return RadialMap(along_mm=self.along_mm, value_mm=self.value_mm * np.asarray(factors)[:, None])
