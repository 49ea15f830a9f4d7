"""Shapes to build the inside of a body part from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rod:
    """A tapering elliptic rod along the axis: a bone, a vessel, a nerve, the cord.

    Centre and half axes run linearly between the places given, and stay constant beyond the first and last one.

    Parameters
    ----------
    along_mm : tuple of float
        Places along z, rising.
    centre_mm : tuple of (x, y)
        Centre at each place.
    half_axes_mm : tuple of (a, b)
        Half axes at each place, above 0.
    turn_deg : float
        Angle of the first half axis from x.
    closed : bool
        True ends the rod at the first and last place instead of letting it run on.

    Raises
    ------
    ParameterError
        If the lists differ in length, places do not rise, or a half axis is not above 0.

    Examples
    --------
    >>> femur = Rod(along_mm=(-200, 200), centre_mm=((5, 0), (5, 0)), half_axes_mm=((14, 14), (16, 15)))
    >>> femur.contains(np.array([[5.0, 13.0, -200.0], [5.0, 13.0, 0.0], [5.0, 15.5, 200.0]])).tolist()
    [True, True, False]
    """

    along_mm: tuple[float, ...]
    centre_mm: tuple[tuple[float, float], ...]
    half_axes_mm: tuple[tuple[float, float], ...]
    turn_deg: float = 0.0
    closed: bool = False

    def __post_init__(self) -> None:
        n = len(self.along_mm)
        if not n or len(self.centre_mm) != n or len(self.half_axes_mm) != n:
            raise ParameterError(
                f"Rod: {n} places along_mm, {len(self.centre_mm)} centres and {len(self.half_axes_mm)} pairs of half"
                " axes; give as many of each, at least one."
            )
        if np.any(np.diff(self.along_mm) <= 0):
            raise ParameterError(f"Rod: along_mm is {self.along_mm}; the places must rise.")
        if not np.all(np.asarray(self.half_axes_mm) > 0):
            raise ParameterError(f"Rod: half_axes_mm is {self.half_axes_mm}; every half axis must be above 0 mm.")

    def contains(self, points_mm: np.ndarray) -> np.ndarray:
        """Whether each of (n, 3) points lies inside, (n,)."""
        given = np.asarray(points_mm, dtype=float)
        near = np.flatnonzero(self._is_near(given))  # most points of a body are far from any one bone
        p = given[near]
        x, y = (p[:, i] - self._at(p[:, 2], [c[i] for c in self.centre_mm]) for i in (0, 1))
        a, b = (self._at(p[:, 2], [h[i] for h in self.half_axes_mm]) for i in (0, 1))
        c, s = np.cos(np.deg2rad(self.turn_deg)), np.sin(np.deg2rad(self.turn_deg))
        inside = ((c * x + s * y) / a) ** 2 + ((c * y - s * x) / b) ** 2 <= 1.0
        if self.closed:
            inside &= (p[:, 2] >= self.along_mm[0]) & (p[:, 2] <= self.along_mm[-1])
        out = np.zeros(len(given), dtype=bool)
        out[near] = inside
        return out

    def _is_near(self, points_mm: np.ndarray) -> np.ndarray:
        """Whether points lie beside the rod within its greatest half axis."""
        low, high = np.min(self.centre_mm, axis=0), np.max(self.centre_mm, axis=0)
        reach = np.max(self.half_axes_mm) * (1.0 + 1e-9)
        x, y = points_mm[:, 0], points_mm[:, 1]
        near = (x >= low[0] - reach) & (x <= high[0] + reach)
        return near & (y >= low[1] - reach) & (y <= high[1] + reach)

    def _at(self, z_mm: np.ndarray, values: list[float]) -> np.ndarray:
        return np.interp(z_mm, self.along_mm, values)
