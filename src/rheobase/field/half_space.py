"""A layered limb laid flat: the anisotropic half-space under a plane skin, by Fourier transforms.

Angles become arcs along the skin, the innermost layer becomes infinitely deep. That suits a trunk or a large thigh
under pads much smaller than its girth; under 5 cm pads on an arm of 42 mm radius the potential is 43 % too low.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft
from scipy.interpolate import NdBSpline, make_interp_spline

from rheobase.anatomy import LayeredLimb
from rheobase.errors import ParameterError, near_name
from rheobase.field._contact import complete_currents, contacts, uniform_currents
from rheobase.field._flat import FlatGrid, FlatSurface, decay
from rheobase.field._lines import spaced
from rheobase.field._solution import PlaneSolution, Solution, cylindrical
from rheobase.field.density import pad_densities
from rheobase.field.field import Field, rows_used
from rheobase.montage import Montage

_MARGIN_MM = 250.0  # from the pads to the edge of the periodic box
_KNOTS = 9
_MARGIN_CELLS = 8
_SOURCES = ("cheng1989",)


def solve_half_space(
    anatomy: LayeredLimb, montage: Montage, *, contact: str = "complete", cell_mm: float | None = None
) -> Field:
    """Solve a layered limb laid flat; see `solve_field` for the parameters."""
    solvers = {"complete": complete_currents, "uniform": uniform_currents}
    if contact not in solvers:
        raise ParameterError(f"solve_field: unknown contact '{contact}'.{near_name(contact, solvers)}")
    surface = _surface(anatomy, montage, cell_mm)
    pads = contacts(surface, montage)
    admittance, lead = solvers[contact](surface, pads, len(montage.pads))
    skin = np.array([fft.rfft2(pads.spread(j)) for j in lead]) * surface.impedance
    for array in (admittance, skin):
        array.flags.writeable = False
    return Field(
        anatomy=anatomy,
        montage=montage,
        method="half_space",
        contact=contact,
        cells=(surface.grid.n_theta, surface.grid.n_z),
        admittance_S=admittance,
        densities=pad_densities(surface, pads, montage, np.asarray(montage.shares) @ lead),
        rows=rows_used(anatomy, montage),
        sources=_SOURCES,
        solution_=FlatSolution(surface, anatomy.radius_mm, skin),
    )


def _surface(anatomy: LayeredLimb, montage: Montage, cell_mm: float | None) -> FlatSurface:
    if cell_mm is None:
        smallest = min(min(p.around_mm, p.extent_mm) for p in montage.pads)
        cell_mm = min(1.0, smallest / 10)
    if not 0 < cell_mm < np.inf:
        raise ParameterError(f"solve_field: cell_mm is {cell_mm} mm; it must be above 0 mm.")
    first = montage.pads[0]
    along = [p.along_mm + s * p.extent_mm / 2 for p in montage.pads for s in (-1, 1)]
    flat = FlatSurface(FlatGrid((), (), cell_mm, 0, 0), anatomy.radius_mm, first.around_deg, 0.0)
    places = [float(flat.place_mm(np.deg2rad(p.around_deg))) for p in montage.pads]
    across = [x + s * p.around_mm / 2 for x, p in zip(places, montage.pads, strict=True) for s in (-1, 1)]
    box = max(2 * max(map(abs, across)), max(along) - min(along)) + 2 * _MARGIN_MM
    cells = 2 * int(fft.next_fast_len(int(np.ceil(box / cell_mm / 2))) or 0)
    layers = tuple(anatomy.layers[::-1])
    thickness = tuple(float(t) for t in anatomy.thickness_mm(np.zeros(1), np.zeros(1))[:, 0])
    grid = FlatGrid(layers, thickness, cell_mm, cells, cells)
    return FlatSurface(grid, anatomy.radius_mm, first.around_deg, (max(along) + min(along)) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class FlatSolution(Solution):
    """Leads as amplitudes of waves on the skin: (contacts, across, along), complex."""

    surface: FlatSurface
    radius_mm: float
    waves: np.ndarray

    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points."""
        r, theta, z = cylindrical(points_mm)
        depth, across = self.radius_mm - r, self.surface.place_mm(theta)
        check_under_skin(self.surface, depth, across, z)
        out = np.empty((len(self.waves), r.size))
        places = np.round(across, 9)
        # few angles are summed exactly, many are read off splines
        angles, which = np.unique(places, return_inverse=True)
        if angles.size <= 4 or exact:
            for i, place in enumerate(angles):
                at = np.flatnonzero(which == i)
                out[:, at] = self._flat_plane(float(place)).at_V_per_A(r[at], z[at])
            return out
        which_layer = _layer_of(self.surface.grid, depth)
        for layer in np.unique(which_layer):
            at = np.flatnonzero(which_layer == layer)
            spline = _volume(self, int(layer), depth[at], across[at])
            out[:, at] = spline(np.column_stack([depth[at], across[at], z[at]])).T
        return out

    def plane(self, around_deg: float) -> PlaneSolution:
        """The half-plane at one angle."""
        return self._flat_plane(float(self.surface.place_mm(np.deg2rad(around_deg))))

    def _flat_plane(self, across_mm: float) -> FlatPlane:
        grid, splines = self.surface.grid, []
        kx, _ = grid.waves_per_m()
        turn = np.exp(1j * kx * (across_mm - self.surface.across_mm[0]) * 1e-3) / grid.n_theta
        for layer in range(len(grid.layers)):
            knots = _knots(grid, layer, self.radius_mm)
            lines = np.array([(self.waves * decay(grid, layer, d) * turn).sum(axis=1) for d in knots])
            values = np.asarray(fft.irfft(lines, n=grid.n_z, axis=-1))
            splines.append(_fit((knots, self.surface.z_mm), np.moveaxis(values, 1, -1)))
        return FlatPlane(self.surface, self.radius_mm, across_mm, tuple(splines))


@dataclass(frozen=True, slots=True, eq=False)
class FlatPlane(PlaneSolution):
    """Splines (depth, along) of every layer at one place across."""

    surface: FlatSurface
    radius_mm: float
    across_mm: float
    splines: tuple[NdBSpline, ...]

    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""
        depth = self.radius_mm - r_mm
        out = np.empty((self.splines[0].c.shape[-1], r_mm.size))
        layers = _layer_of(self.surface.grid, depth)
        for i in np.unique(layers):
            at = np.flatnonzero(layers == i)
            out[:, at] = self.splines[i](np.column_stack([depth[at], z_mm[at]])).T
        return out

    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Refuse points above the skin or beyond the box."""
        check_under_skin(self.surface, self.radius_mm - r_mm, np.full(r_mm.shape, self.across_mm), z_mm)


def check_under_skin(surface: FlatSurface, depth_mm: np.ndarray, across_mm: np.ndarray, z_mm: np.ndarray) -> None:
    """Refuse points above the skin, beyond the box, or not finite."""
    if not (np.isfinite(depth_mm).all() and np.isfinite(z_mm).all()):
        raise ParameterError("points_mm has a coordinate that is not finite.")
    half = surface.grid.n_z * surface.grid.cell_mm / 2 - 2 * surface.grid.cell_mm
    if depth_mm.size and depth_mm.min() < -1e-6:
        raise ParameterError(
            f"points_mm: a point lies {-depth_mm.min():.4g} mm outside the limb, above its skin. Move it inside."
        )
    far = max(np.abs(across_mm).max(initial=0.0), np.abs(z_mm - surface.middle_mm).max(initial=0.0))
    if far > half:
        raise ParameterError(
            f"points_mm: a point lies {far:.4g} mm from the middle of the pads; method 'half_space' reaches to"
            f" {half:.4g} mm. Shorten the path."
        )


def _layer_of(grid: FlatGrid, depth_mm: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(grid.tops_mm, depth_mm + 1e-9, side="right") - 1, 0, len(grid.layers) - 1)


def _knots(grid: FlatGrid, layer: int, radius_mm: float) -> np.ndarray:
    """Depths at which a layer is tabulated."""
    top = grid.tops_mm[layer]
    floor = grid.tops_mm[layer + 1] if layer < len(grid.layers) - 1 else max(radius_mm, top + 10.0)
    return spaced(float(top), float(floor), lambda d: 0.25 + 0.08 * d, _KNOTS - 1)


def _volume(solution: FlatSolution, layer: int, depth_mm: np.ndarray, across_mm: np.ndarray) -> NdBSpline:
    """Spline of one layer around some points."""
    surface, grid = solution.surface, solution.surface.grid
    every = _knots(grid, layer, solution.radius_mm)
    low = max(int(np.searchsorted(every, depth_mm.min(), side="right")) - 4, 0)
    knots = every[low : int(np.searchsorted(every, depth_mm.max())) + 4]
    rows = (across_mm.min() - _MARGIN_CELLS * grid.cell_mm, across_mm.max() + _MARGIN_CELLS * grid.cell_mm)
    keep = (surface.across_mm >= rows[0]) & (surface.across_mm <= rows[1])
    values = np.array(
        [
            np.asarray(fft.irfft2(solution.waves * decay(grid, layer, d), s=(grid.n_theta, grid.n_z)))[:, keep]
            for d in knots
        ]
    )
    return _fit((knots, surface.across_mm[keep], surface.z_mm), np.moveaxis(values, 1, -1))


def _fit(axes: tuple[np.ndarray, ...], values: np.ndarray) -> NdBSpline:
    coefficients, knots, degrees = values, [], []
    for i, x in enumerate(axes):
        k = min(3, len(x) - 1)
        spline = make_interp_spline(x, coefficients, k=k, axis=i, check_finite=False)
        coefficients = np.moveaxis(spline.c, 0, i)
        knots.append(spline.t)
        degrees.append(k)
    return NdBSpline(tuple(knots), np.ascontiguousarray(coefficients), tuple(degrees))
