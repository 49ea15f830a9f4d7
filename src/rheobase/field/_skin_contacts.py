"""Pads on the skin of a body-fitted grid: which faces they cover, and the terms of the complete electrode model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.field._body_grid import BodyGrid, CellShape
from rheobase.field._hexahedra import Stencil
from rheobase.field._lines import along_edges_mm

_SLICES = {"rectangle": 6, "round": 24}  # chords per cell that make up a pad
_SAMPLES = 720
_MASS = np.array([[2.0, 1.0], [1.0, 2.0]]) / 6


def side_angles_rad(part: BodyPart, pad: Pad, z_mm: np.ndarray, half_mm: np.ndarray) -> np.ndarray:
    """Angles from the pad's middle to places ``half_mm`` along the skin from it, on sections at ``z_mm``."""
    turn = np.linspace(-np.pi, np.pi, _SAMPLES + 1)
    t, z = np.meshgrid(turn + np.deg2rad(pad.around_deg), z_mm, indexing="xy")
    r = part.outline_mm(t, z)
    step = np.hypot(np.diff(r * np.cos(t), axis=1), np.diff(r * np.sin(t), axis=1))
    arc = np.concatenate([np.zeros((len(z_mm), 1)), np.cumsum(step, axis=1)], axis=1)
    arc -= arc[:, _SAMPLES // 2 : _SAMPLES // 2 + 1]
    return np.array([np.interp(h, a, turn) for h, a in zip(half_mm, arc, strict=True)])


def half_chords_mm(part: BodyPart, pad: Pad, z_mm: np.ndarray) -> np.ndarray:
    """Half the width of a pad at places along the axis, 0 beyond its ends."""
    low, high = along_edges_mm(part, pad)
    away = np.abs(z_mm - pad.along_mm) / ((high - low) / 2)
    if pad.shape == "round":
        return pad.around_mm / 2 * np.sqrt(np.clip(1.0 - away**2, 0.0, None))
    return np.where(away <= 1.0, pad.around_mm / 2, 0.0)


def coverage(grid: BodyGrid, pad: Pad) -> np.ndarray:
    """Fraction of each skin face (around, along) that a pad covers; its edges need not fall on the grid."""
    low, high = along_edges_mm(grid.part, pad)
    out = np.zeros((len(grid.theta_rad), len(grid.z_mm) - 1))
    count = _SLICES[pad.shape]
    for k in np.flatnonzero((grid.z_mm[1:] > low) & (grid.z_mm[:-1] < high)):
        a, b = max(grid.z_mm[k], low), min(grid.z_mm[k + 1], high)
        z = a + (np.arange(count) + 0.5) / count * (b - a)
        half = half_chords_mm(grid.part, pad, z)
        left, right = side_angles_rad(grid.part, pad, z, np.stack([-half, half], axis=1)).T
        out[:, k] = _overlap(grid, pad, left, right).mean(axis=0) * (b - a) / (grid.z_mm[k + 1] - grid.z_mm[k])
    return out


def _overlap(grid: BodyGrid, pad: Pad, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Fraction of each angular cell between two angles from the pad's middle: (slices, cells)."""
    start = grid.theta_rad - np.deg2rad(pad.around_deg)
    start = (start + np.pi) % (2 * np.pi) - np.pi
    wide = grid.d_theta_rad
    turns = (-2 * np.pi, 0.0, 2 * np.pi)
    both = (
        np.clip(np.minimum(start + t + wide, right[:, None]) - np.maximum(start + t, left[:, None]), 0.0, None)
        for t in turns
    )
    return sum(both, np.zeros(1)) / wide


@dataclass(frozen=True, slots=True, eq=False)
class SkinContacts:
    """Contact conductance of every skin face under every pad, S: (pads, around, along)."""

    faces_S: np.ndarray
    areas_mm2: np.ndarray

    @property
    def totals_S(self) -> np.ndarray:
        """Conductance of every whole contact."""
        return self.faces_S.sum(axis=(1, 2))

    @property
    def loads_S(self) -> np.ndarray:
        """The same shared out to the nodes: (pads, around, along nodes)."""
        n = self.faces_S.shape
        out = np.zeros((n[0], n[1], n[2] + 1), dtype=self.faces_S.dtype)
        both = (self.faces_S + np.roll(self.faces_S, 1, axis=1)) / 4
        out[:, :, :-1] += both
        out[:, :, 1:] += both
        return out

    def add_to(self, operator: Stencil) -> None:
        """Add the contacts to the outermost surface of an operator."""
        faces = self.faces_S.sum(axis=0)
        n = faces.shape[1]
        for i, j, k, m in ((i, j, k, m) for i in (0, 1) for j in (0, 1) for k in (0, 1) for m in (0, 1)):
            offset = (0, j - i, m - k)
            if offset >= (0, 0, 0):
                value = np.roll(faces, i, axis=0) * (_MASS[i, j] * _MASS[k, m])
                operator[offset][-1][:, k : k + n] += value


def skin_contacts(
    grid: BodyGrid, shape: CellShape, pads: tuple[Pad, ...], impedance_ohm_m2: tuple[complex | float, ...]
) -> SkinContacts:
    """Find the faces under every pad.

    Raises
    ------
    ParameterError
        If two pads cover the same skin, or a pad covers none.
    """
    theta, z = np.meshgrid(grid.middle_theta_rad, grid.middle_z_mm, indexing="ij")
    radius = shape.radius[-1] + shape.across[-1] / 2
    area = radius * grid.part.slant(theta, z) * grid.d_theta_rad[:, None] * (grid.d_z_mm * 1e-3)
    covered = np.array([coverage(grid, p) for p in pads])
    _check(covered, area, pads)
    faces = np.array([c * area / zc for c, zc in zip(covered, impedance_ohm_m2, strict=True)])
    return SkinContacts(faces, (covered * area).sum(axis=(1, 2)) * 1e6)


def _check(covered: np.ndarray, area: np.ndarray, pads: tuple[Pad, ...]) -> None:
    for pad, c in zip(pads, covered, strict=True):
        if not c.any():
            raise ParameterError(
                f"Pad '{pad.name}' covers no skin: its place is {pad.along_mm:g} mm along, {pad.around_deg:g} deg."
            )
    for i in range(len(pads)):
        for j in range(i):
            both = float(np.sum(np.clip(covered[i] + covered[j] - 1.0, 0.0, None) * area)) * 1e6
            if both > 1e-3 * min(pads[i].area_mm2, pads[j].area_mm2):
                raise ParameterError(
                    f"Pads '{pads[j].name}' and '{pads[i].name}' overlap on {both:.0f} mm2 of skin, near"
                    f" {pads[i].along_mm:g} mm along and {pads[i].around_deg:g} deg. Move them apart."
                )
