"""A body part with a known field that looks like nothing special to the grid: a layered cylinder off its axis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rheobase.anatomy import BodyPart, Layer, Tissue


@dataclass(frozen=True, slots=True, kw_only=True)
class OffAxisLimb(BodyPart):
    """A layered cylinder whose own axis lies beside the axis of the grid; its bone is painted into the core.

    For the grid nothing about it is round: outline, thickness along each ray and the place of the bone vary with the
    angle. Its field is that of the cylinder.
    """

    stack: tuple[Layer, ...]
    shift_mm: float
    painted: int = 2
    ends_mm: tuple[float, float] = (-200.0, 200.0)

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """One for each layer, from the inside out."""
        return tuple(
            Tissue(
                name=la.name,
                sigma_transverse_S_per_m=la.sigma_transverse_S_per_m,
                sigma_axial_S_per_m=la.sigma_axial_S_per_m,
            )
            for la in self.stack
        )

    @property
    def layer_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Layers around the core, from the skin inwards."""
        return tuple(la.name for la in self.stack[: self.painted : -1])

    def _ray_mm(self, radius_mm: float, theta_rad: np.ndarray) -> np.ndarray:
        d = self.shift_mm
        return d * np.cos(theta_rad) + np.sqrt(radius_mm**2 - (d * np.sin(theta_rad)) ** 2)

    def outline_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """The circle, seen from beside its centre."""
        return self._ray_mm(self.stack[-1].outer_radius_mm, theta_rad) + 0.0 * z_mm

    def thickness_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """What makes the borders circles about the same centre."""
        rays = [self._ray_mm(la.outer_radius_mm, theta_rad) for la in self.stack[: self.painted - 1 : -1]]
        return np.stack([(a - b) / self.slant(theta_rad, z_mm) for a, b in pairwise(rays)])

    def core_labels(self, points_mm: np.ndarray) -> np.ndarray:
        """Bone and marrow about the limb's own axis."""
        own = np.hypot(points_mm[:, 0] - self.shift_mm, points_mm[:, 1])
        return np.searchsorted([la.outer_radius_mm for la in self.stack[: self.painted]], own)
