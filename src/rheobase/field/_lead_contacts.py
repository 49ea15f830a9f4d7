"""Contacts of a lead and the far return on its grid: the terms of the complete electrode model, and what they lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.electrode import Contact, FarReturn
from rheobase.field._hexahedra import Stencil
from rheobase.field._lead_grid import LeadGrid

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
        v = held_V - (nodes_V[self.at] if self.round else nodes_V[:, :, self.at])
        n, m = self.faces_S.shape
        closed = np.concatenate([v, v[:1]]) if self.round else np.concatenate([v, v[:, :1]], axis=1)
        corner = {(i, j): closed[i : i + n, j : j + m] for i in (0, 1) for j in (0, 1)}
        parts = [
            np.sum(self.faces_S * corner[i, k] * corner[j, q]) * _MASS[i, j] * _MASS[k, q] for i, j, k, q in _CORNERS
        ]
        return float(sum(parts))


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
    wall = 1e-3 * np.append(grid.radii_mm[-1], grid.radii_mm[-1, 0])
    arc = np.hypot(np.diff(wall), (wall[1:] + wall[:-1]) / 2 * grid.d_theta_rad)
    around = Faces(True, len(grid.across_mm) - 1, arc[:, None] * grid.d_along_m / z_ohm_m2)
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
