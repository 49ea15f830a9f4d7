"""Potential, field strength and losses from a finite-element solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase.anatomy import Volume
from rheobase.errors import ParameterError
from rheobase.field._elements import Elements, split
from rheobase.field._netgen import packages
from rheobase.field._solution import PlaneSolution, Solution, cylindrical

_NUDGE_MM = 1e-5  # towards the middle of the mesh, for points on its rim
_PER_MM = 1e-3
_PER_MM2 = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class ElementSolution(Solution):
    """Leads as functions on the mesh, their mean taken out.

    ``potentials_V`` are the contact potentials (lead, contact) at 1 A of each lead, on the same zero.
    """

    problem: Elements
    volume: Volume
    leads: tuple[Any, ...]
    potentials_V: np.ndarray
    impedance_ohm_m2: tuple[float, ...]

    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points."""
        at = self._located(points_mm)
        if not len(at):
            return np.zeros((len(self.leads), 0))
        return np.array([self._function(lead, gradient=False)(at)[:, 0] for lead in self.leads])

    def fields_V_per_m_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Field strength of every lead, minus the slope of its potential: (contacts, n, 3)."""
        at = self._located(points_mm)
        return -1e3 * np.array([self._function(lead, gradient=True)(at) for lead in self.leads]).reshape(-1, len(at), 3)

    def sigma_S_per_m(self, points_mm: np.ndarray) -> np.ndarray:
        """Conductivity tensor at points, (n, 3, 3)."""
        at = self._located(points_mm)
        return np.asarray(self.problem.sigma(at)).reshape(-1, 3, 3)

    def losses_ohm(self, shares: np.ndarray) -> dict[str, float]:
        """Power lost in each tissue, in the sheets and in the contacts, per squared current of a drive."""
        ngs, made = packages().ngsolve, self.problem.made
        drive = ngs.GridFunction(self.problem.space)
        drive.vec[:] = 0.0
        for share, lead in zip(shares, self.leads, strict=True):
            drive.vec.data += float(share) * lead.vec
        slope = self._function(drive, gradient=True)
        out: dict[str, float] = {}
        for m in made.materials:
            inside = made.mesh.Materials(m.name)
            power = ngs.Integrate((self.problem.sigma * slope) * slope, made.mesh, definedon=inside, order=self._order)
            name = self.volume.tissues[m.tissue].name
            out[name] = out.get(name, 0.0) + _PER_MM * float(power)
        parts = split(drive.components if self.problem.spaces > 1 else drive, self.problem.spaces)
        for name, sheet, outside, within in made.sheets:
            jump = parts[outside] - parts[within]
            key = self.volume.sheets[sheet].name
            power = self._on_surface(jump * jump, name) / self.volume.sheets[sheet].resistance_ohm_m2
            out[key] = out.get(key, 0.0) + _PER_MM2 * power
        contact_V = shares @ self.potentials_V
        out["contacts"] = sum(
            _PER_MM2 / z * self._on_surface((contact_V[k] - parts[d]) ** 2, name)
            for k, z in enumerate(self.impedance_ohm_m2)
            for name, d in made.contacts[k]
        )
        return out

    def plane(self, around_deg: float) -> PlaneSolution:
        """The half-plane at one angle."""
        return ElementPlane(self, float(np.deg2rad(around_deg)))

    @property
    def _order(self) -> int:
        return 2 * self.problem.order + 2

    def _on_surface(self, function: Any, name: str) -> float:
        ngs, mesh = packages().ngsolve, self.problem.made.mesh
        return float(ngs.Integrate(function, mesh, ngs.BND, definedon=mesh.Boundaries(name), order=self._order))

    def _function(self, lead: Any, *, gradient: bool) -> Any:
        ngs, made = packages().ngsolve, self.problem.made
        parts = split(lead.components if self.problem.spaces > 1 else lead, self.problem.spaces)
        if gradient:
            parts = [ngs.grad(p) for p in parts]
        return made.mesh.MaterialCF({m.name: parts[m.depth] for m in made.materials})

    def _located(self, points_mm: np.ndarray) -> Any:
        p = np.asarray(points_mm, dtype=float)
        cylindrical(p)
        if not np.isfinite(p).all():
            raise ParameterError("points_mm has a coordinate that is not finite.")
        if not len(p):
            return ()
        mesh = self.problem.made.mesh
        at = mesh(*(np.ascontiguousarray(c) for c in p.T))
        off = np.flatnonzero(at["nr"] < 0)
        if off.size:
            corners = np.asarray(mesh.ngmesh.Coordinates())
            middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
            way = middle - p[off]
            nudged = p[off] + _NUDGE_MM * way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-12)
            at[off] = mesh(*(np.ascontiguousarray(c) for c in nudged.T))
            off = off[at["nr"][off] < 0]
        if off.size:
            x, y, z = p[off[0]]
            raise ParameterError(
                f"points_mm: {off.size} of {len(p)} points lie outside the tissue, the first at ({x:.4g}, {y:.4g},"
                f" {z:.4g}) mm: beyond the body, or inside an electrode. Move them."
            )
        return at


@dataclass(frozen=True, slots=True, eq=False)
class ElementPlane(PlaneSolution):
    """Points of one half-plane through the z axis, looked up in the mesh."""

    whole: ElementSolution
    theta_rad: float

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""
        points = np.column_stack([r_mm * np.cos(self.theta_rad), r_mm * np.sin(self.theta_rad), z_mm])
        return self.whole.leads_V_per_A(points, exact=False)

    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Points outside are refused when they are looked up."""
