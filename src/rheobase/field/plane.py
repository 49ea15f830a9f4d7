"""Lead fields on one half-plane through the limb axis, ready to be asked at many points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError
from rheobase.field._solution import PlaneSolution, cylindrical


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlane:
    """Potential per ampere of every contact on the half-plane at one angle; made by ``Field.plane``.

    Attributes
    ----------
    around_deg : float
        Angle of the half-plane.
    shares : tuple of float
        Share of the current at each contact, for `drive_V_per_A`.

    Examples
    --------
    >>> FieldPlane.__name__
    'FieldPlane'
    """

    around_deg: float
    shares: tuple[float, ...]
    solution_: PlaneSolution

    def lead_V_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Lead fields at points of the half-plane; see ``Field.lead_V_per_A``.

        Parameters
        ----------
        points_mm : (n, 3) array
            x, y, z in mm, all at the angle of the plane.

        Returns
        -------
        (K, n) array
            V per A.

        Raises
        ------
        ParameterError
            If a point lies outside the limb or off the half-plane.
        """
        r, theta, z = cylindrical(points_mm)
        self.solution_.check(r, z)
        off_mm = np.abs(r * np.sin(theta - np.deg2rad(self.around_deg)))
        opposite = (np.cos(theta - np.deg2rad(self.around_deg)) < 0) & (r > 1e-6)
        if np.any(off_mm > 1e-4) or np.any(opposite):
            raise ParameterError(
                f"points_mm: a point lies off the half-plane at around_deg = {self.around_deg:g} deg (up to"
                f" {off_mm.max():.3g} mm off). Use Field.lead_V_per_A for points at any angle."
            )
        return self.at_V_per_A(r, z)

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Lead fields at radii (mm from the axis) and axial places (mm) of the half-plane, without further checks.

        Returns
        -------
        (K, n) array
            V per A.
        """
        r, z = np.broadcast_arrays(np.asarray(r_mm, dtype=float), np.asarray(z_mm, dtype=float))
        return self.solution_.at_V_per_A(r.ravel(), z.ravel())

    def drive_V_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Potential per ampere of the montage's drive at points of the half-plane, (n,); V per A = mV per mA."""
        return np.asarray(self.shares) @ self.lead_V_per_A(points_mm)
