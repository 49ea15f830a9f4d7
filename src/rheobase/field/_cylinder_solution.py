"""The Fourier-Bessel solution behind `Field`: sums of modes, or splines through tables of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import NdBSpline

from rheobase.field._points import outside_check
from rheobase.field._radial import CylinderGrid
from rheobase.field._solution import PlaneSolution, Solution, cylindrical
from rheobase.field._tables import Modes, layer_of, plane_spline, sum_of_modes, volume_spline, windows

_PLANES = 4  # up to so many angles are tabulated one by one


@dataclass(frozen=True, slots=True, eq=False)
class CylinderSolution(Solution):
    """Leads as amplitudes of modes."""

    modes: Modes

    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points."""
        r, theta, z = cylindrical(points_mm)
        grid = self.modes.grid
        outside_check(grid, r, z)
        r, z = np.minimum(r, grid.radius_mm), np.clip(z, -grid.length_mm / 2, grid.length_mm / 2)
        if r.size == 0:
            return np.empty((len(self.modes.skin), 0))
        if exact:
            return sum_of_modes(self.modes, r, theta, z)
        theta = np.where(r < 1e-6, theta[np.argmax(r)], theta)  # on the axis every angle is as good
        angles, which = np.unique(np.round(theta, 9), return_inverse=True)
        if angles.size > _PLANES:
            return _leads_in_volume(self.modes, r, theta, z)
        out = np.empty((len(self.modes.skin), r.size))
        for i, angle in enumerate(angles):
            at = np.flatnonzero(which == i)
            out[:, at] = self.plane(float(np.rad2deg(angle))).at_V_per_A(r[at], z[at])
        return out

    def plane(self, around_deg: float) -> PlaneSolution:
        """Tabulate all layers on one half-plane."""
        flat = self.modes.at_angle(float(np.deg2rad(around_deg)))
        grid = self.modes.grid
        return CylinderPlane(grid, tuple(plane_spline(self.modes, flat, i) for i in range(len(grid.layers))))


@dataclass(frozen=True, slots=True, eq=False)
class CylinderPlane(PlaneSolution):
    """Splines of all layers on one half-plane."""

    grid: CylinderGrid
    splines: tuple[NdBSpline, ...]

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""
        out = np.empty((self.splines[0].c.shape[-1], r_mm.size))
        layers = layer_of(self.grid, r_mm)
        for i in np.unique(layers):
            at = np.flatnonzero(layers == i)
            low, high = self.grid.bounds_mm(int(i))
            out[:, at] = self.splines[i](np.column_stack([np.clip(r_mm[at], low, high), z_mm[at]])).T
        return out

    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Refuse points outside the limb."""
        outside_check(self.grid, r_mm, z_mm)


def _leads_in_volume(modes: Modes, r: np.ndarray, theta: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Leads at points of many angles, by splines through tables around just those points."""
    grid = modes.grid
    row = ((theta - modes.surface.first_rad) % (2 * np.pi)) * grid.n_theta / (2 * np.pi)
    layers = layer_of(grid, r)
    out = np.empty((len(modes.skin), r.size))
    for layer in np.unique(layers):
        inside = np.flatnonzero(layers == layer)
        for part, rows in windows(row[inside]):
            at = inside[part]
            low, high = grid.bounds_mm(int(layer))
            here = np.clip(r[at], low, high)
            spline = volume_spline(modes, int(layer), rows, (float(here.min()), float(here.max())))
            out[:, at] = spline(np.column_stack([here, row[at], z[at]])).T
    return out
