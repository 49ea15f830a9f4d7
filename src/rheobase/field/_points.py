"""The check that points lie inside a layered limb."""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError
from rheobase.field._radial import CylinderGrid

_SLACK_MM = 1e-6


def outside_check(grid: CylinderGrid, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
    """Refuse points outside the limb."""
    if not (np.isfinite(r_mm).all() and np.isfinite(z_mm).all()):
        raise ParameterError("points_mm has a coordinate that is not finite.")
    half = grid.length_mm / 2
    if r_mm.size and r_mm.max() > grid.radius_mm + _SLACK_MM:
        raise ParameterError(
            f"points_mm: a point lies {r_mm.max():.4g} mm from the axis, outside the limb, whose radius is"
            f" {grid.radius_mm:g} mm. Move it inside."
        )
    if z_mm.size and np.abs(z_mm).max() > half + _SLACK_MM:
        z = z_mm[np.argmax(np.abs(z_mm))]
        raise ParameterError(
            f"points_mm: a point lies at z = {z:.4g} mm; the limb reaches from {-half:g} to {half:g} mm."
            " Shorten the path or use a longer limb."
        )
