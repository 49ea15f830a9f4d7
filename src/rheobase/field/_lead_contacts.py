"""Contacts of a lead and the far return on its grid: the terms of the complete electrode model, and what they lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.electrode import Contact, FarReturn
from rheobase.field._hexahedra import Stencil
from rheobase.field._lead_grid import LeadGrid, outline_mm

_MASS = np.array([[2.0, 1.0], [1.0, 2.0]]) / 6
_CORNERS = tuple(np.ndindex(2, 2, 2, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Conductance of the faces that belong to a contact, S.

    ``round`` says whether they lie on a surface around the lead, (around, along), or at an end, (across, around);
    ``at`` is the surface, or the node along.
    """

    round: bool
    at: int
    faces_S: np.ndarray

    def add_to(self, operator: Stencil, load: np.ndarray) -> None:
        """Add the contact to the operator, and its conductance shared out to the nodes to a load."""
        for first, first_other, second, second_other in _CORNERS:
            value = self._moved(first, second) * (_MASS[first, first_other] * _MASS[second, second_other])
            if self.round:
                offset, n = (0, first_other - first, second_other - second), value.shape[1]
                there = np.s_[self.at, :, second : second + n]
            else:
                offset, n = (first_other - first, second_other - second, 0), len(value)
                there = np.s_[first : first + n, :, self.at]
            load[there] += value
            if offset >= (0, 0, 0):
                operator[offset][there] += value

    def _moved(self, first: int, second: int) -> np.ndarray:
        """Faces at the node that is one of their corners; around, the last ones come first."""
        return np.roll(self.faces_S, first if self.round else second, axis=0 if self.round else 1)

    def loss_W(self, held_V: float, nodes_V: np.ndarray) -> float:
        """Power lost behind a contact held at a potential."""
        drop_V = self._drops_V(held_V, nodes_V)
        parts = [
            np.sum(self.faces_S * drop_V[i, k] * drop_V[j, q]) * _MASS[i, j] * _MASS[k, q] for i, j, k, q in _CORNERS
        ]
        return float(sum(parts))

    def largest_drop_V(self, held_V: float, nodes_V: np.ndarray) -> float:
        """Largest potential difference between a contact held at a potential and the tissue behind it."""
        covered = self.faces_S > 0
        return max(float(np.abs(drop[covered]).max()) for drop in self._drops_V(held_V, nodes_V).values())

    def _drops_V(self, held_V: float, nodes_V: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
        """Potential difference across the contact at the four corners of every face."""
        v = held_V - (nodes_V[self.at] if self.round else nodes_V[:, :, self.at])
        n, m = self.faces_S.shape
        closed = np.concatenate([v, v[:1]]) if self.round else np.concatenate([v, v[:, :1]], axis=1)
        return {(i, j): closed[i : i + n, j : j + m] for i in (0, 1) for j in (0, 1)}


def faces_of(grid: LeadGrid, contact: Contact | FarReturn) -> tuple[Faces, ...]:
    """The faces of one contact."""
    z = contact.interface.contact_impedance_ohm_m2
    if isinstance(contact, FarReturn):
        return _far(grid, contact, z)
    low, high = contact.ends_mm
    middle = (grid.along_mm[1:] + grid.along_mm[:-1]) / 2
    theta = grid.theta_rad + grid.d_theta_rad / 2 - np.deg2rad(contact.around_deg)
    off = np.abs((theta + np.pi) % (2 * np.pi) - np.pi)
    covered = (off <= np.deg2rad(contact.span_deg) / 2)[:, None] & ((middle > low) & (middle < high))
    area = 1e-3 * grid.across_mm[grid.mantle] * grid.d_theta_rad[:, None] * grid.d_along_m
    return (Faces(True, grid.mantle, np.where(covered, area / z, 0.0)),)


def _far(grid: LeadGrid, far: FarReturn, z_ohm_m2: float) -> tuple[Faces, ...]:
    wall_m = 1e-3 * _wall_mm(grid)
    around = Faces(True, len(grid.across_mm) - 1, wall_m[:, None] * grid.d_along_m / z_ohm_m2)
    if far.on != "all":
        return (around,)
    shape = grid.cells()
    flat = (shape.across * shape.around)[:, :, 0] / z_ohm_m2
    ends = []
    for node, cell in ((0, 0), (len(grid.along_mm) - 1, len(grid.along_mm) - 2)):
        own = flat.copy()
        if grid.shaft.start <= cell < grid.shaft.stop:
            own[: grid.mantle] = 0.0
        ends.append(Faces(False, node, own))
    return (around, *ends)


def _wall_mm(grid: LeadGrid) -> np.ndarray:
    """Length of the outer wall of every cell, from one chord and from two: exact if it is flat, nearly so if round."""
    half = grid.d_theta_rad / 2
    angles = grid.theta_rad, grid.theta_rad + half, grid.theta_rad + 2 * half
    first, middle, last = (outline_mm(grid.lead, grid.outer, angle) for angle in angles)
    one, two = _chord(first, last, 2 * half), _chord(first, middle, half) + _chord(middle, last, half)
    return (4 * two - one) / 3


def _chord(a: np.ndarray, b: np.ndarray, angle_rad: np.ndarray) -> np.ndarray:
    return np.sqrt(a**2 + b**2 - 2 * a * b * np.cos(angle_rad))
