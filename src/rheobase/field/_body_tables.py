"""Potential anywhere in a body-fitted grid: cubic splines through its nodes, within the core and within each layer.

The slope of the potential jumps where the conductivity does, so no spline runs across the border of a layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import NdBSpline, make_interp_spline

from rheobase.errors import ParameterError
from rheobase.field._body_grid import BodyGrid
from rheobase.field._solution import PlaneSolution, Solution, cylindrical

_WRAP = 6  # nodes repeated beyond either end of the turn, so that the spline's ends do not matter
_SLACK_MM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class BodySolution(Solution):
    """Leads at the nodes of the grid, V per A: (contacts - 1, across, around, along); the last is minus their sum."""

    grid: BodyGrid
    nodes: np.ndarray

    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points."""
        r, theta, z = cylindrical(points_mm)
        check_inside(self.grid, r, theta, z)
        theta = self.grid.theta_rad[0] + (theta - self.grid.theta_rad[0]) % (2 * np.pi)
        which, place = self.grid.locate(r, theta, z)
        out = np.empty((len(self.nodes), r.size))
        at_z = np.clip(z, *self.grid.part.ends_mm)
        for i in np.unique(which):
            at = np.flatnonzero(which == i)
            out[:, at] = _volume_spline(self, int(i))(np.column_stack([place[at], theta[at], at_z[at]])).T
        return _with_last(out)

    def plane(self, around_deg: float) -> PlaneSolution:
        """The half-plane at one angle."""
        theta, values = _wrapped(self.grid, self.nodes, np.deg2rad(around_deg))
        turn = float(self.grid.theta_rad[0] + (np.deg2rad(around_deg) - self.grid.theta_rad[0]) % (2 * np.pi))
        flat = make_interp_spline(theta, values, k=3, axis=2)(turn)
        starts = self.grid.starts()
        splines = tuple(
            _fit((p, self.grid.z_mm), np.moveaxis(flat[:, a : b + 1], 0, -1))
            for p, a, b in zip(self.grid.places, starts[:-1], starts[1:], strict=True)
        )
        return BodyPlane(self.grid, float(np.deg2rad(around_deg)), splines)


@dataclass(frozen=True, slots=True, eq=False)
class BodyPlane(PlaneSolution):
    """Splines on one half-plane."""

    grid: BodyGrid
    theta_rad: float
    splines: tuple[NdBSpline, ...]

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""
        which, place = self.grid.locate(r_mm, np.full(r_mm.shape, self.theta_rad), z_mm)
        out = np.empty((self.splines[0].c.shape[-1], r_mm.size))
        at_z = np.clip(z_mm, *self.grid.part.ends_mm)
        for i in np.unique(which):
            at = np.flatnonzero(which == i)
            out[:, at] = self.splines[i](np.column_stack([place[at], at_z[at]])).T
        return _with_last(out)

    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Refuse points outside the body."""
        check_inside(self.grid, r_mm, np.full(r_mm.shape, self.theta_rad), z_mm)


def check_inside(grid: BodyGrid, r_mm: np.ndarray, theta_rad: np.ndarray, z_mm: np.ndarray) -> None:
    """Refuse points outside the body part."""
    if not (np.isfinite(r_mm).all() and np.isfinite(z_mm).all()):
        raise ParameterError("points_mm has a coordinate that is not finite.")
    if not r_mm.size:
        return
    low, high = grid.part.ends_mm
    off = np.maximum(low - z_mm, z_mm - high)
    if off.max() > _SLACK_MM:
        raise ParameterError(
            f"points_mm: a point lies at z = {z_mm[np.argmax(off)]:.4g} mm; the body part reaches from {low:g} to"
            f" {high:g} mm. Shorten the path or use a longer part."
        )
    over = r_mm - grid.part.outline_mm(theta_rad, np.clip(z_mm, low, high))
    if over.max() > _SLACK_MM:
        i = int(np.argmax(over))
        raise ParameterError(
            f"points_mm: a point lies {r_mm[i]:.4g} mm from the axis, outside the body part, whose skin is at"
            f" {r_mm[i] - over[i]:.4g} mm there (z = {z_mm[i]:.4g} mm, {np.rad2deg(theta_rad[i]):.4g} deg)."
            " Move it inside."
        )


def _with_last(leads: np.ndarray) -> np.ndarray:
    return np.concatenate([leads, -leads.sum(axis=0, keepdims=True)])


@lru_cache(maxsize=12)
def _volume_spline(solution: BodySolution, part: int) -> NdBSpline:
    """Spline of one part (the core or a layer) over all angles."""
    grid, starts = solution.grid, solution.grid.starts()
    rows = slice(starts[part], starts[part + 1] + 1)
    theta, values = _wrapped(grid, solution.nodes[:, rows], None)
    return _fit((grid.places[part], theta, grid.z_mm), np.moveaxis(values, 0, -1))


def _wrapped(grid: BodyGrid, values: np.ndarray, near_rad: float | np.floating | None) -> tuple[np.ndarray, np.ndarray]:
    """Angles and values with the turn closed; around one angle if it is given, else all of them."""
    n, first = len(grid.theta_rad), grid.theta_rad[0]
    if near_rad is None:
        i = np.arange(-_WRAP, n + _WRAP + 1)
    else:
        here = int(np.searchsorted(grid.theta_rad, first + (near_rad - first) % (2 * np.pi)))
        i = np.arange(here - _WRAP, here + _WRAP)
    return grid.theta_rad[i % n] + 2 * np.pi * (i // n), values[:, :, i % n]


def _fit(axes: tuple[np.ndarray, ...], values: np.ndarray) -> NdBSpline:
    """Tensor spline, cubic where there are nodes enough; the last axis of places is z, the trailing one contacts."""
    coefficients, knots, degrees = values, [], []
    for i, x in enumerate(axes):
        k = min(3, len(x) - 1)
        ends = "clamped" if i == len(axes) - 1 and k == 3 else None
        spline = make_interp_spline(x, coefficients, k=k, axis=i, bc_type=ends, check_finite=False)
        coefficients = np.moveaxis(spline.c, 0, i)
        knots.append(spline.t)
        degrees.append(k)
    return NdBSpline(tuple(knots), np.ascontiguousarray(coefficients), tuple(degrees))
