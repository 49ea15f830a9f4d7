"""Potential, field strength and losses anywhere in a grid around a lead: cubic splines through its nodes.

The slope of the potential jumps where the conductivity does, so no spline runs across a shell or a layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.interpolate import NdBSpline, RegularGridInterpolator, make_interp_spline

from rheobase.anatomy import Block, Column, SolidBody
from rheobase.electrode import Contact, FarReturn, Lead
from rheobase.errors import ParameterError
from rheobase.field._hexahedra import element_matrices, unit_cube_tensors
from rheobase.field._lead_contacts import faces_of
from rheobase.field._lead_grid import LeadGrid, frame, outline_mm
from rheobase.field._lead_tissue import cell_tensors, solid_tensors, solids_at
from rheobase.field._solution import PlaneSolution, Solution, cylindrical
from rheobase.field.density import PadDensity, windowed_peak
from rheobase.montage import Implanted

_WRAP = 6  # nodes repeated beyond either end of the turn, so that the spline's ends do not matter
_SLACK_MM = 1e-6
_MAP_CELLS = 24  # of a map along each side of a contact

Piece = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class LeadSolution(Solution):
    """Leads at the nodes of the grid, V per A: (contacts, across, around, along), their mean over the tissue 0.

    ``potentials_V`` are the contact potentials (lead, contact) at 1 A of each lead, on the same zero.
    """

    grid: LeadGrid
    body: SolidBody
    montage: Implanted
    nodes: np.ndarray
    potentials_V: np.ndarray
    splines_: dict[Piece, NdBSpline] = field(default_factory=dict, repr=False)  # those made so far

    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points."""
        places = self._located(points_mm)
        out = np.empty((len(self.nodes), len(places)))
        for at, spline in self._splines(places):
            out[:, at] = spline(places[at]).T
        return out

    def fields_V_per_m_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Field strength of every lead, minus the slope of its potential: (contacts, n, 3)."""
        places = self._located(points_mm)
        slope = np.empty((3, len(self.nodes), len(places)))
        for at, spline in self._splines(places):
            for i, order in enumerate(np.eye(3, dtype=int)):
                slope[i][:, at] = spline(places[at], nu=tuple(order)).T
        across, theta, _ = places.T
        r = np.maximum(self.grid.radius_mm(across, theta), _SLACK_MM)
        stretch, slant = self.grid.slopes(across, theta)
        by_r = slope[0] / stretch
        by_arc = (slope[1] - by_r * slant) / r
        c, s = np.cos(theta), np.sin(theta)
        own = np.stack([c * by_r - s * by_arc, s * by_r + c * by_arc, slope[2]], axis=-1)
        return -1e3 * own @ frame(self.grid.lead)

    def sigma_S_per_m(self, points_mm: np.ndarray) -> np.ndarray:
        """Conductivity tensor at points, (n, 3, 3)."""
        return solid_tensors(self.body)[solids_at(self.body, np.asarray(points_mm, dtype=float))]

    def losses_ohm(self, shares: np.ndarray) -> dict[str, float]:
        """Power lost in each tissue and in the contacts, per squared current of a drive.

        A cell that a border cuts counts as the tissue at its middle.
        """
        shape = self.grid.cells()
        sigma, labels = cell_tensors(self.body, self.grid, shape)
        nodes = np.tensordot(shares, self.nodes, axes=1)
        power = cell_powers_W(unit_cube_tensors(shape, sigma), nodes)
        names = [s.tissue for s in self.body.solids]
        out = dict.fromkeys(names, 0.0)
        for i, name in enumerate(names):
            out[name] += float(power[labels == i].sum())
        held = shares @ self.potentials_V
        out["contacts"] = 0.0
        for contact, v in zip(self.montage.contacts, held, strict=True):
            if isinstance(contact, Contact | FarReturn):
                out["contacts"] += sum(f.loss_W(float(v), nodes) for f in faces_of(self.grid, contact))
        return out

    def plane(self, around_deg: float) -> PlaneSolution:
        """The half-plane at one angle about the z axis of the body."""
        return LeadPlane(self, float(np.deg2rad(around_deg)))

    def _located(self, points_mm: np.ndarray) -> np.ndarray:
        """Surface, angle and place along of points: (n, 3)."""
        p = np.asarray(points_mm, dtype=float)
        cylindrical(p)
        if not np.isfinite(p).all():
            raise ParameterError("points_mm has a coordinate that is not finite.")
        grid = self.grid
        r, theta, along = grid.own(p)
        low, high = grid.reach_mm[2:]
        radius, last = grid.lead.radius_mm, min(grid.lead.length_mm, high)
        beyond = (r > outline_mm(grid.lead, grid.outer, theta) + _SLACK_MM) | (along < low - _SLACK_MM)
        beyond |= along > high + _SLACK_MM
        within = (r < radius - _SLACK_MM) & (along > _SLACK_MM) & (along < last - _SLACK_MM)
        off = np.flatnonzero(beyond | within)
        if off.size:
            x, y, z = p[off[0]]
            raise ParameterError(
                f"points_mm: {off.size} of {len(p)} points lie outside the tissue, the first at ({x:.4g}, {y:.4g},"
                f" {z:.4g}) mm: {'inside an electrode' if within[off[0]] else 'beyond the body'}. Move them."
            )
        beside = (along > _SLACK_MM) & (along < last - _SLACK_MM)
        r = np.where(beside, np.maximum(r, radius), r)
        return np.column_stack([grid.surface_mm(r, theta), theta, np.clip(along, low, high)])

    def _splines(self, places: np.ndarray) -> Iterator[tuple[np.ndarray, NdBSpline]]:
        """Points by the piece of the grid that they lie in, and its spline."""
        for piece in pieces(self.grid):
            (a, b), (c, d) = (
                (x[i], x[j]) for x, (i, j) in zip((self.grid.across_mm, self.grid.along_mm), piece, strict=True)
            )
            first = piece[0][0] == 0, piece[1][0] == 0
            at = (places[:, 0] >= a) if first[0] else (places[:, 0] > a)
            at &= (places[:, 2] >= c) if first[1] else (places[:, 2] > c)
            at &= (places[:, 0] <= b) & (places[:, 2] <= d)
            if at.any():
                if piece not in self.splines_:
                    self.splines_[piece] = _spline(self, piece)
                yield np.flatnonzero(at), self.splines_[piece]


def cell_powers_W(tensors: dict[str, np.ndarray], nodes_V: np.ndarray) -> np.ndarray:
    """Power that every cell takes up, from its conductances seen from the unit cube."""
    n = next(iter(tensors.values())).shape
    closed = np.concatenate([nodes_V, nodes_V[:, :1]], axis=1)
    corner = [closed[i : i + n[0], j : j + n[1], k : k + n[2]] for i, j, k in np.ndindex(2, 2, 2)]
    out = np.zeros(n)
    for key, matrix in element_matrices().items():
        if key in tensors:
            for p, q in np.argwhere(matrix):
                out += matrix[p, q] * tensors[key] * corner[p] * corner[q]
    return out


def pieces(grid: LeadGrid) -> Iterator[Piece]:
    """First and last surface, first and last place along, of every part of the grid without a jump inside."""
    n, (shells, planes) = grid.shape, grid.breaks
    shaft = grid.shaft
    for across in pairwise(sorted({0, grid.mantle, *shells, n[0] - 1})):
        core = across[0] < grid.mantle
        ends = {shaft.start, shaft.stop} if core else set()
        for along in pairwise(sorted({0, *planes, *ends, n[2] - 1})):
            if not (core and shaft.start <= along[0] < shaft.stop):
                yield (across[0], across[1]), (along[0], along[1])


def _spline(solution: LeadSolution, piece: Piece) -> NdBSpline:
    """Tensor spline of one piece over all angles, cubic where there are nodes enough."""
    grid, ((a, b), (c, d)) = solution.grid, piece
    n = len(grid.theta_rad)
    i = np.arange(-_WRAP, n + _WRAP + 1)
    theta = grid.theta_rad[i % n] + 2 * np.pi * (i // n)
    axes = (grid.across_mm[a : b + 1], theta, grid.along_mm[c : d + 1])
    values = np.moveaxis(solution.nodes[:, a : b + 1, i % n, c : d + 1], 0, -1)
    knots, degrees = [], []
    for axis, x in enumerate(axes):
        k = min(3, len(x) - 1)
        spline = make_interp_spline(x, values, k=k, axis=axis, check_finite=False)
        values = np.moveaxis(spline.c, 0, axis)
        knots.append(spline.t)
        degrees.append(k)
    return NdBSpline(tuple(knots), np.ascontiguousarray(values), tuple(degrees))


def lead_solution(body: SolidBody, montage: Implanted, arrays: Mapping[str, np.ndarray]) -> LeadSolution:
    """The solution again, from what is kept of it."""
    lead, outer = next((e for e in montage.electrodes if isinstance(e, Lead)), None), body.solids[0].shape
    if lead is None or not isinstance(outer, Block | Column):
        raise ValueError("a stored field of this kind is that of a lead in a block or a column")
    lines = {key: arrays[key] for key in ("reach_mm", "across_mm", "theta_rad", "along_mm")}
    breaks = tuple(int(i) for i in arrays["breaks_0"]), tuple(int(i) for i in arrays["breaks_1"])
    grid = LeadGrid(lead=lead, outer=outer, breaks=breaks, **lines)
    return LeadSolution(grid, body, montage, arrays["nodes"], arrays["potentials_V"])


@dataclass(frozen=True, slots=True, eq=False)
class LeadPlane(PlaneSolution):
    """Points of one half-plane through the z axis of the body."""

    whole: LeadSolution
    theta_rad: float

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""
        points = np.column_stack([r_mm * np.cos(self.theta_rad), r_mm * np.sin(self.theta_rad), z_mm])
        return self.whole.leads_V_per_A(points, exact=False)

    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Points outside are refused when they are looked up."""


def lead_densities(solution: LeadSolution) -> tuple[PadDensity, ...]:
    """Current density on every contact at 1 mA of the drive; the far return has its mean and no map."""
    shares = np.asarray(solution.montage.shares)
    drive = np.tensordot(shares, solution.nodes, axes=1)
    out = []
    for contact, held in zip(solution.montage.contacts, shares @ solution.potentials_V, strict=True):
        if isinstance(contact, Contact):
            out.append(_density(solution.grid, contact, float(held), drive[solution.grid.mantle]))
        elif isinstance(contact, FarReturn):
            out.append(_far_density(solution, contact, float(held), drive))
    return tuple(out)


def _density(grid: LeadGrid, contact: Contact, held_V: float, drive: np.ndarray) -> PadDensity:
    radius, span = grid.lead.radius_mm, np.deg2rad(contact.span_deg)
    even = (np.arange(_MAP_CELLS) + 0.5) / _MAP_CELLS - 0.5
    around, along = even * radius * span, contact.along_mm + even * contact.length_mm
    closed = np.append(grid.theta_rad, grid.theta_rad[0] + 2 * np.pi)
    look = RegularGridInterpolator((closed, grid.along_mm), np.concatenate([drive, drive[:1]]))
    first = grid.theta_rad[0]
    theta = first + (around / radius + np.deg2rad(contact.around_deg) - first) % (2 * np.pi)
    found = look(np.stack(np.meshgrid(theta, along, indexing="ij"), axis=-1))
    mapped = 1e-3 * (held_V - found) / contact.interface.contact_impedance_ohm_m2
    mapped.flags.writeable = False
    area = 1e-6 * radius * span * contact.length_mm
    return PadDensity(
        name=contact.name,
        around_mm=around,
        along_mm=along,
        density_A_per_m2_per_mA=mapped,
        mean_A_per_m2_per_mA=1e-3 * contact.share / area,
        peak_A_per_m2_per_mA=windowed_peak(
            mapped, np.ones(mapped.shape), (float(around[1] - around[0]), float(along[1] - along[0]))
        ),
    )


def _far_density(solution: LeadSolution, far: FarReturn, held_V: float, drive: np.ndarray) -> PadDensity:
    faces = faces_of(solution.grid, far)
    z_ohm_m2 = far.interface.contact_impedance_ohm_m2
    area_m2 = z_ohm_m2 * sum(float(f.faces_S.sum()) for f in faces)
    return PadDensity(
        name=far.name,
        around_mm=np.zeros(0),
        along_mm=np.zeros(0),
        density_A_per_m2_per_mA=np.zeros((0, 0)),
        mean_A_per_m2_per_mA=1e-3 * far.share / area_m2,
        peak_A_per_m2_per_mA=1e-3 * max(f.largest_drop_V(held_V, drive) for f in faces) / z_ohm_m2,
    )
