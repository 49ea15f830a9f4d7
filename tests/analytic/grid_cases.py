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


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTissues(BodyPart):
    """Fat and slanting muscle on both sides of a plane that is square to nothing, and a potential linear on each side.

    Across the plane the current is steady, along it the slope: that fixes the slope in the muscle.
    """

    normal: tuple[float, float, float] = (0.6, 0.3, 0.5)
    off_mm: float = 3.0
    fibre: tuple[float, float, float] = (0.2, -0.1, 1.0)
    slope: tuple[float, float, float] = (0.3, 0.5, 1.0)
    ends_mm: tuple[float, float] = (-40.0, 40.0)
    layer_names: tuple[str, ...] = ()
    tissues: tuple[Tissue, ...] = (
        Tissue(name="fat", sigma_transverse_S_per_m=0.03, sigma_axial_S_per_m=0.03),
        Tissue(name="muscle", sigma_transverse_S_per_m=0.11, sigma_axial_S_per_m=0.33),
    )

    def depth_mm(self, points_mm):
        return points_mm @ (np.array(self.normal) / np.linalg.norm(self.normal)) - self.off_mm

    def outline_mm(self, theta_rad, z_mm):
        return 1200.0 / np.hypot(30.0 * np.cos(theta_rad), 40.0 * np.sin(theta_rad)) * (1.0 + 0.001 * z_mm)

    def thickness_mm(self, theta_rad, z_mm):
        return np.empty((0, *np.broadcast(theta_rad, z_mm).shape))

    def core_labels(self, points_mm):
        return (self.depth_mm(points_mm) > 0).astype(int)

    def core_directions(self, points_mm, labels):
        return np.broadcast_to(np.array(self.fibre) / np.linalg.norm(self.fibre), (len(labels), 3))

    def potential(self, points_mm):
        n, u = (np.array(v) / np.linalg.norm(v) for v in (self.normal, self.fibre))
        fat, muscle = 0.03 * np.eye(3), 0.11 * np.eye(3) + 0.22 * np.outer(u, u)
        jump = n @ (fat - muscle) @ np.array(self.slope) / (n @ muscle @ n)
        return points_mm @ np.array(self.slope) + jump * np.maximum(self.depth_mm(points_mm), 0.0)
