"""Body parts with known solutions, for the tests of the body-fitted grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rheobase.anatomy import BodyPart, Layer, Tissue


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted(BodyPart):
    """A layered cylinder whose own axis lies beside the axis of the grid; its bone is painted into the core.

    Nothing about it is round for the grid: the outline, the thickness along each ray and the place of the bone vary
    with the angle. Its field is that of the cylinder.
    """

    stack: tuple[Layer, ...]
    shift_mm: float
    painted: int = 2
    ends_mm: tuple[float, float] = (-200.0, 200.0)

    @property
    def tissues(self):
        return tuple(
            Tissue(
                name=la.name,
                sigma_transverse_S_per_m=la.sigma_transverse_S_per_m,
                sigma_axial_S_per_m=la.sigma_axial_S_per_m,
            )
            for la in self.stack
        )

    @property
    def layer_names(self):
        return tuple(la.name for la in self.stack[: self.painted : -1])

    def _ray_mm(self, radius_mm, theta_rad):
        d = self.shift_mm
        return d * np.cos(theta_rad) + np.sqrt(radius_mm**2 - (d * np.sin(theta_rad)) ** 2)

    def outline_mm(self, theta_rad, z_mm):
        return self._ray_mm(self.stack[-1].outer_radius_mm, theta_rad) + 0.0 * z_mm

    def thickness_mm(self, theta_rad, z_mm):
        rays = [self._ray_mm(la.outer_radius_mm, theta_rad) for la in self.stack[: self.painted - 1 : -1]]
        return np.stack([(a - b) / self.slant(theta_rad, z_mm) for a, b in pairwise(rays)])

    def core_labels(self, points_mm):
        own = np.hypot(points_mm[:, 0] - self.shift_mm, points_mm[:, 1])
        radii = [la.outer_radius_mm for la in self.stack[: self.painted]]
        return np.searchsorted(radii, own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(BodyPart):
    """One anisotropic tissue with an elliptic, tapering outline and slanting fibres."""

    axes_mm: tuple[float, float] = (50.0, 38.0)
    taper: float = 0.1
    fibre: tuple[float, float, float] = (0.0, 0.0, 1.0)
    across_S_per_m: float = 0.1
    along_S_per_m: float = 0.4
    ends_mm: tuple[float, float] = (-60.0, 60.0)
    layer_names: tuple[str, ...] = ()

    @property
    def tissues(self):
        return (
            Tissue(name="muscle", sigma_transverse_S_per_m=self.across_S_per_m, sigma_axial_S_per_m=self.along_S_per_m),
        )

    @property
    def sigma_S_per_m(self):
        u = np.array(self.fibre) / np.linalg.norm(self.fibre)
        return self.across_S_per_m * np.eye(3) + (self.along_S_per_m - self.across_S_per_m) * np.outer(u, u)

    def outline_mm(self, theta_rad, z_mm):
        scale = 1.0 + self.taper * np.sin(np.pi * z_mm / 120.0)
        a, b = self.axes_mm
        return scale * a * b / np.hypot(b * np.cos(theta_rad), a * np.sin(theta_rad))

    def thickness_mm(self, theta_rad, z_mm):
        return np.empty((0, *np.shape(theta_rad)))

    def core_labels(self, points_mm):
        return np.zeros(len(points_mm), dtype=int)

    def core_directions(self, points_mm, labels):
        return np.broadcast_to(np.array(self.fibre) / np.linalg.norm(self.fibre), (len(labels), 3))
