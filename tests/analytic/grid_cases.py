"""Body parts with known solutions, for the tests of the body-fitted grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.anatomy import BodyPart, Tissue


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
