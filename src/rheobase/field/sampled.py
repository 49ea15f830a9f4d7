"""Potentials that were solved elsewhere and are known at points only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import (
    CloughTocher2DInterpolator,
    LinearNDInterpolator,
    RegularGridInterpolator,
    make_interp_spline,
)

from rheobase.anatomy import BodyPart, Tissue, Volume
from rheobase.errors import ParameterError
from rheobase.field._solution import PlaneSolution, Solution, cylindrical
from rheobase.field.field import Field
from rheobase.montage import Drive

_FLAT = 1e-6  # extent across over extent along, below which points lie on a line or in a plane
_NEAR_MM = 0.01  # how far off the line or plane of the samples a point may be asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere(Volume):
    """The body of a field that was solved elsewhere: nothing is known of it.

    Parameters
    ----------
    tissues : tuple of Tissue
        Empty.

    Examples
    --------
    >>> Elsewhere().labels_at(np.zeros((2, 3))).tolist()
    [-1, -1]
    """

    tissues: tuple[Tissue, ...] = ()

    def labels_at(self, points_mm: np.ndarray) -> np.ndarray:
        """-1: unknown."""
        return np.full(len(points_mm), -1)


def sampled_field(
    points_mm: np.ndarray,
    potential_V_per_A: np.ndarray,
    *,
    names: Sequence[str] = ("active",),
    shares: Sequence[float] = (1.0,),
    return_name: str = "return",
    anatomy: BodyPart | Volume | None = None,
    sources: tuple[str, ...] = (),
) -> Field:
    """A field from potentials at points, solved by another program.

    Points that fill a box-shaped grid get a cubic spline, those of one line a cubic spline along it, those of one plane
    a smooth surface. Scattered points are joined linearly, which puts kinks into second differences: sample densely,
    or along the fibres.

    Parameters
    ----------
    points_mm : (n, 3) array
        Where the potential is known, at least 4 points.
    potential_V_per_A : (n,) or (K, n) array
        Potential with 1 A into the tissue at each contact and out at the return, V per A (which is mV per mA).
    names, shares : sequence
        Name of each of the K contacts, and its share of the current; the return takes what is left.
    return_name : str
        Name of the return.
    anatomy : BodyPart or Volume, optional
        The body, if it is known.
    sources : tuple of str
        Keys of the bibliography to cite.

    Returns
    -------
    Field
        Method ``"sampled"``; resistance and densities are not known.

    Raises
    ------
    ParameterError
        If shapes disagree, a value is not finite, or points coincide.

    Examples
    --------
    >>> z = np.linspace(-10, 10, 41)
    >>> points = np.column_stack([0 * z, 0 * z + 2.0, z])
    >>> field = sampled_field(points, 100.0 / np.hypot(2.0, z))
    >>> round(float(field.drive_V_per_A([[0.0, 2.0, 0.25]])[0]), 2)
    49.61
    """
    p = np.asarray(points_mm, dtype=float)
    v = np.atleast_2d(np.asarray(potential_V_per_A, dtype=float))
    if p.ndim != 2 or p.shape[1] != 3 or len(p) < 4 or v.shape != (len(names), len(p)) or len(shares) != len(names):
        raise ParameterError(
            f"sampled_field: points_mm has shape {p.shape}, potential_V_per_A {v.shape}, names {len(names)} and shares"
            f" {len(shares)}; they must be (n, 3), (K, n), K and K, with n of 4 or more."
        )
    for what, values in (("points_mm", p), ("potential_V_per_A", v.T)):
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if bad.size:
            raise ParameterError(f"sampled_field: {what} of point {bad[0]} is not finite; remove it and its like.")
    drive = Drive(names=(*names, return_name), shares=(*(float(s) for s in shares), -float(sum(shares))))
    leads = np.concatenate([v, np.zeros((1, len(p)))])
    leads = leads - leads.mean(axis=0)  # +1 A at each, -1/K A at all K
    admittance = np.full((len(leads), len(leads)), np.nan)
    admittance.flags.writeable = False
    return Field(
        anatomy=anatomy or Elsewhere(),
        montage=drive,
        method="sampled",
        contact="unknown",
        cells=(len(p),),
        admittance_S=admittance,
        densities=(),
        rows=() if anatomy is None else anatomy.rows,
        sources=sources,
        solution_=sampled_solution(p, leads),
    )


@dataclass(frozen=True, slots=True, eq=False)
class SampledSolution(Solution):
    """An interpolation in the coordinates the samples span: ``frame`` holds them as rows, from ``origin``.

    ``points_mm`` and ``leads`` are the samples themselves.

    Examples
    --------
    >>> SampledSolution.__name__
    'SampledSolution'
    """

    origin: np.ndarray
    frame: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at: Any
    points_mm: np.ndarray
    leads: np.ndarray

    @property
    def count(self) -> int:
        """Number of contacts."""
        return len(self.leads)

    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points."""
        p = np.asarray(points_mm, dtype=float)
        cylindrical(p)
        if not len(p):
            return np.zeros((self.count, 0))
        own = (p - self.origin) @ self.frame.T
        off = np.linalg.norm(p - self.origin - own @ self.frame, axis=1)
        beyond = np.maximum(self.low - own, own - self.high).max(axis=1)
        clipped = np.clip(own, self.low, self.high)
        out = np.asarray(self.at(clipped)).reshape(len(p), self.count)
        wrong = np.flatnonzero((off > _NEAR_MM) | (beyond > _NEAR_MM) | ~np.isfinite(out).all(axis=1))
        if wrong.size:
            x, y, z = p[wrong[0]]
            raise ParameterError(
                f"points_mm: {wrong.size} of {len(p)} points lie outside the samples of the field, the first at"
                f" ({x:.4g}, {y:.4g}, {z:.4g}) mm. Sample the field there, or shorten the path."
            )
        return out.T

    def plane(self, around_deg: float) -> PlaneSolution:
        """The half-plane at one angle."""
        return SampledPlane(self, float(np.deg2rad(around_deg)))


@dataclass(frozen=True, slots=True, eq=False)
class SampledPlane(PlaneSolution):
    """Points of one half-plane through the z axis.

    Examples
    --------
    >>> SampledPlane.__name__
    'SampledPlane'
    """

    whole: SampledSolution
    theta_rad: float

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""
        points = np.column_stack([r_mm * np.cos(self.theta_rad), r_mm * np.sin(self.theta_rad), z_mm])
        return self.whole.leads_V_per_A(points, exact=False)

    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Points outside are refused when they are looked up."""


def sampled_solution(points_mm: np.ndarray, leads: np.ndarray) -> SampledSolution:
    """Interpolate leads (K, n), V per A, that are known at (n, 3) points.

    Raises
    ------
    ParameterError
        If points coincide.

    Examples
    --------
    >>> points = np.array([[0.0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 0, 3]])
    >>> sampled_solution(points, np.array([[0.0, 1, 2, 3]])).leads_V_per_A(points[1:2], exact=True).round(9).tolist()
    [[1.0]]
    """
    origin, frame, low, high, at = _interpolated(points_mm, leads)
    return SampledSolution(origin, frame, low, high, at, points_mm, leads)


def _interpolated(p: np.ndarray, leads: np.ndarray) -> tuple[Any, ...]:
    grid = _as_grid(p)
    if grid is not None:
        axes, order = grid
        values = leads[:, order].T.reshape(*(len(a) for a in axes), len(leads))
        kind = "cubic" if min(map(len, axes)) >= 4 else "linear"
        at = RegularGridInterpolator(axes, values, method=kind)
        low, high = (np.array([a[i] for a in axes]) for i in (0, -1))
        return np.zeros(3), np.eye(3), low, high, at
    origin = p.mean(axis=0)
    _, size, ways = np.linalg.svd(p - origin, full_matrices=False)
    rank = int(np.sum(size > _FLAT * size[0]))
    if rank == 0:
        raise ParameterError("sampled_field: all points coincide; give points that span a line, a plane or a volume.")
    frame = ways[:rank]
    own = (p - origin) @ frame.T
    low, high = own.min(axis=0), own.max(axis=0)
    return origin, frame, low, high, _joined(own, leads)


def _joined(own: np.ndarray, leads: np.ndarray) -> Any:
    if own.shape[1] == 1:
        order = np.argsort(own[:, 0])
        if np.diff(own[order, 0]).min() <= 0:
            raise ParameterError("sampled_field: two points coincide; keep one of them.")
        spline = make_interp_spline(own[order, 0], leads[:, order].T, k=3)
        return lambda x: spline(x[:, 0])
    return (CloughTocher2DInterpolator if own.shape[1] == 2 else LinearNDInterpolator)(own, leads.T)


def _as_grid(p: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray] | None:
    """Axes of a full grid and the order that sorts the points into it, if they fill one."""
    rounded = np.round(p, 9)
    axes = tuple(np.unique(rounded[:, i]) for i in range(3))
    if min(map(len, axes)) < 2 or np.prod([len(a) for a in axes]) != len(p):
        return None
    places = [np.searchsorted(a, rounded[:, i]) for i, a in enumerate(axes)]
    flat = np.ravel_multi_index(places, tuple(len(a) for a in axes))
    order = np.argsort(flat)
    return (axes, order) if np.array_equal(flat[order], np.arange(len(p))) else None
