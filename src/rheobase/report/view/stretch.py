"""The round stretch of a volume that is shown around its electrodes, as a body part without layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart, NervePath, SpineSolids, Tissue, TrunkSolids, Volume
from rheobase.electrode import Cuff, Lead

Array = NDArray[np.float64]

INSULATION = Tissue(name="insulation", sigma_transverse_S_per_m=1e-6, sigma_axial_S_per_m=1e-6)
_WITHIN_RELATIVE = 1.02  # of an electrode's radius: so near to it there is no potential to show
_RAYS, _STEPS = 72, 400
_WIDEST_RELATIVE = 40.0  # of the electrode's radius: how far out tissues are looked for
_LENGTH_RELATIVE = 40.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch(BodyPart):
    """Tissues of a volume within a radius about the z axis, electrodes among them.

    Parameters
    ----------
    volume : Volume
        What was solved.
    electrodes : tuple of Lead or Cuff
        Its electrodes.
    radius_mm : float
        Radius shown.
    ends_mm : (low, high)
        Both ends along z.
    """

    volume: Volume
    electrodes: tuple[Lead | Cuff, ...]
    radius_mm: float
    ends_mm: tuple[float, float]
    layer_names: tuple[str, ...] = ()

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """Those of the volume, and the insulation of electrodes."""
        return (*self.volume.tissues, INSULATION)

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Nerves, roots and tracts of the volume."""
        return self.volume.nerves

    @property
    def head_ward(self) -> bool:
        """Whether z points to the head."""
        return isinstance(self.volume, SpineSolids)

    @property
    def circles_mm(self) -> Mapping[str, float]:
        """Radius of nerves whose own size is known: the fascicles of a nerve."""
        if not isinstance(self.volume, TrunkSolids):
            return {}
        return {f"fascicle {i + 1}": f.diameter_mm / 2 for i, f in enumerate(self.volume.trunk.fascicles)}

    def outline_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """A circle."""
        return np.full(np.broadcast(theta_rad, z_mm).shape, self.radius_mm)

    def thickness_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """No layers."""
        return np.zeros((0, *np.broadcast(theta_rad, z_mm).shape))

    def core_labels(self, points_mm: Array) -> NDArray[np.int64]:
        """Tissues of the volume; electrodes are insulation."""
        out = np.array(self.volume.labels_at(points_mm))
        out[self.in_electrode(points_mm)] = len(self.tissues) - 1
        return out

    def in_electrode(self, points_mm: Array) -> NDArray[np.bool_]:
        """Whether points lie in the shaft of a lead or the wall of a cuff."""
        p = np.asarray(points_mm, dtype=float)
        out = np.zeros(len(p), dtype=bool)
        for e in self.electrodes:
            away = p - e.origin_mm
            along = away @ e.axis
            off = np.linalg.norm(away - along[:, None] * e.axis, axis=1)
            if isinstance(e, Lead):
                out |= (off < _WITHIN_RELATIVE * e.radius_mm) & (along > -0.02 * e.radius_mm) & (along < e.length_mm)
            else:
                wall = (off > e.inner_radius_mm) & (off < e.inner_radius_mm + e.wall_mm)
                out |= wall & (np.abs(along) < e.length_mm / 2)
        return out


def stretch_of(volume: Volume, electrodes: tuple[Lead | Cuff, ...]) -> Stretch:
    """As wide as anything but the outermost tissue reaches, as long as the volume; a cuff ends it at its inside."""
    first = electrodes[0]
    z = float(np.mean([e.origin_mm[2] + c.along_mm * e.axis[2] for e in electrodes for c in e.contacts]))
    t = np.linspace(0, 2 * np.pi, _RAYS, endpoint=False)
    inner = [e.inner_radius_mm for e in electrodes if isinstance(e, Cuff)]
    radius = min(inner) if inner else _reach_mm(volume, first, t, z)
    return Stretch(volume=volume, electrodes=electrodes, radius_mm=radius, ends_mm=_ends_mm(volume, z, radius))


def _reach_mm(volume: Volume, first: Lead | Cuff, t: Array, z: float) -> float:
    r = np.linspace(0.0, _WIDEST_RELATIVE * first.radius_mm, _STEPS)
    ring, turn = np.meshgrid(r, t, indexing="ij")
    points = np.stack([ring * np.cos(turn), ring * np.sin(turn), np.full(ring.shape, z)], axis=-1)
    labels = volume.labels_at(points.reshape(-1, 3)).reshape(ring.shape)
    outermost = np.unique(labels[-1])
    inside = ~np.isin(labels, outermost).all(axis=1)
    return float(r[inside].max()) if inside.any() else float(r[-1])


def _ends_mm(volume: Volume, z: float, radius: float) -> tuple[float, float]:
    """How far the volume reaches along the axis."""
    far = np.linspace(0.0, _LENGTH_RELATIVE * radius, _STEPS)
    out = []
    for way in (-1.0, 1.0):
        points = np.stack([0 * far, 0 * far, z + way * far], axis=1)
        there = far[volume.labels_at(points) >= 0]
        out.append(z + way * float(there.max()) * (1.0 - 1e-6))
    return out[0], out[1]
