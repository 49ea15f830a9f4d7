"""Any body part on a grid fitted to it: trilinear hexahedra, conjugate gradients with a direct separable solver.

Layers under the skin are resolved exactly, tissues of the core by the mean over the cells that their borders cut. Each
contact is a complete electrode: its potential stands behind its contact impedance. One solution for each contact but
the last gives the admittance of all, and any drive is a sum of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.interpolate import RectBivariateSpline

from rheobase.anatomy import BodyPart
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.field._body_grid import BodyGrid, CellShape, cell_shapes, node_volumes_m3
from rheobase.field._body_tables import BodySolution
from rheobase.field._gradients import conjugate_gradients
from rheobase.field._hexahedra import Stencil, apply, stencil, tissue_tensors, unit_cube_tensors
from rheobase.field._lines import EDGE_MM, across_lines, along_lines_mm, around_lines_rad
from rheobase.field._separable import Separable, separable
from rheobase.field._skin_contacts import SkinContacts, half_chords_mm, side_angles_rad, skin_contacts
from rheobase.field.density import PadDensity, windowed_peak
from rheobase.field.field import Field, rows_used
from rheobase.montage import Montage

_TOLERANCE = 1e-9
_CELLS_PER_PAD = 20
_FINEST_MM = 0.1
_MAP_MM = 0.5  # cells of the map of current density under a pad
_SOURCES = ("cheng1989", "lynch1964")


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """Everything needed to solve for one contact after the other."""

    grid: BodyGrid
    shape: CellShape
    operator: Stencil
    near: Separable
    contacts: SkinContacts


def solve_body(
    part: BodyPart, montage: Montage, *, cell_mm: float | None = None, tolerance: float = _TOLERANCE
) -> Field:
    """Solve any body part; see `solve_field` for the parameters."""
    grid = body_grid(part, montage, cell_mm)
    impedance = tuple(p.interface.contact_impedance_ohm_m2 for p in montage.pads)
    made = assemble(grid, montage.pads, impedance)
    units = unit_potentials(made, tolerance)
    admittance = admittance_of(made, units)
    potentials = np.linalg.pinv(admittance, rcond=1e-6, hermitian=True)
    leads = contact_leads(made, units, potentials)
    densities = _densities(made, montage, units, potentials @ np.asarray(montage.shares))
    for array in (admittance, leads):
        array.flags.writeable = False
    return Field(
        anatomy=part,
        montage=montage,
        method="grid",
        contact="complete",
        cells=grid.shape,
        admittance_S=admittance,
        densities=densities,
        rows=rows_used(part, montage),
        sources=_SOURCES,
        solution_=BodySolution(grid, leads),
    )


def body_grid(part: BodyPart, montage: Montage, cell_mm: float | None) -> BodyGrid:
    """The grid for a body part and its pads; ``cell_mm`` is the size of cells at pad edges, others follow."""
    if cell_mm is not None and not 0 < cell_mm < np.inf:
        raise ParameterError(f"solve_field: cell_mm is {cell_mm} mm; it must be above 0 mm.")
    smallest = min(min(p.around_mm, p.extent_mm) for p in montage.pads)
    edge = max(min(EDGE_MM, smallest / _CELLS_PER_PAD), _FINEST_MM)
    factor = 1.0 if cell_mm is None else edge / cell_mm
    return BodyGrid(
        part,
        across_lines(part, factor),
        around_lines_rad(part, montage.pads, edge, factor),
        along_lines_mm(part, montage.pads, edge, factor),
    )


def assemble(
    grid: BodyGrid,
    pads: tuple[Pad, ...],
    impedance_ohm_m2: tuple[float | complex, ...],
    factors: tuple[complex, ...] | None = None,
) -> Assembled:
    """Geometry, tissues and contacts to operator and preconditioner; ``factors`` as in `tissue_tensors`."""
    shape = cell_shapes(grid, grid.radii_mm())
    if not (shape.across > 0).all():
        raise ParameterError(
            "The layers under the skin are thicker than the body part somewhere. Make them thinner or the part larger."
        )
    tensors = unit_cube_tensors(shape, tissue_tensors(grid, shape, factors))
    operator = stencil(tensors)
    contacts = skin_contacts(grid, shape, pads, impedance_ohm_m2)
    contacts.add_to(operator)
    near = separable(tensors, grid.d_theta_rad, grid.d_z_mm * 1e-3, abs(contacts.totals_S.sum()))
    return Assembled(grid, shape, operator, near, contacts)


def unit_potentials(made: Assembled, tolerance: float) -> np.ndarray:
    """Potential at the nodes with one contact at 1 V and the others at 0 V: (contacts, across, around, along)."""
    loads = made.contacts.loads_S
    kind = np.result_type(loads, *made.operator.values())
    out = np.empty((len(loads), *made.grid.shape), dtype=kind)
    for k, load in enumerate(loads[:-1]):
        target = np.zeros(made.grid.shape, dtype=kind)
        target[-1] = load
        out[k], _ = conjugate_gradients(partial(apply, made.operator), made.near.solve, target, tolerance=tolerance)
    out[-1] = 1.0 - out[:-1].sum(axis=0)  # all contacts at 1 V make 1 V everywhere
    return out


def admittance_of(made: Assembled, units: np.ndarray) -> np.ndarray:
    """I = Y U: current into the tissue at each contact per contact potential, S."""
    drawn = np.einsum("iab,jab->ij", made.contacts.loads_S, units[:, -1])
    y = np.diag(made.contacts.totals_S) - drawn
    return (y + y.T) / 2


def contact_leads(made: Assembled, units: np.ndarray, potentials: np.ndarray) -> np.ndarray:
    """Potential with +1 A at a contact and -1/K A at all K, its mean over the volume taken out; all but the last."""
    leads = np.tensordot(potentials[:-1], units, axes=1)
    volume = node_volumes_m3(made.shape)
    leads -= (np.einsum("kabc,abc->k", leads, volume) / volume.sum())[:, None, None, None]
    return leads


def _densities(made: Assembled, montage: Montage, units: np.ndarray, drive_V: np.ndarray) -> tuple[PadDensity, ...]:
    """Current density under every pad; ``drive_V`` are the contact potentials at 1 A of the drive."""
    skin = np.tensordot(drive_V, units[:, -1], axes=1)
    theta, first = made.grid.theta_rad, made.grid.theta_rad[0]
    turn = np.concatenate([theta[-4:] - 2 * np.pi, theta, theta[:4] + 2 * np.pi])
    spline = RectBivariateSpline(turn, made.grid.z_mm, skin[np.arange(-4, len(theta) + 4) % len(theta)], kx=1, ky=1)
    out = []
    for pad, drive, area_mm2 in zip(montage.pads, drive_V, made.contacts.areas_mm2, strict=True):
        around, along, angle, covered = _pad_map(made.grid.part, pad)
        place = first + (angle + np.deg2rad(pad.around_deg) - first) % (2 * np.pi)
        potential = spline.ev(place, np.broadcast_to(along, place.shape))
        density = 1e-3 * (drive - potential) / pad.interface.contact_impedance_ohm_m2
        peak = windowed_peak(np.where(covered, density, 0.0), covered.astype(float), (_step(around), _step(along)))
        mapped = np.where(covered, density, np.nan)
        mapped.flags.writeable = False
        out.append(
            PadDensity(
                name=pad.name,
                around_mm=around,
                along_mm=along,
                density_A_per_m2_per_mA=mapped,
                mean_A_per_m2_per_mA=pad.share * 1e3 / area_mm2,
                peak_A_per_m2_per_mA=peak,
            )
        )
    return tuple(out)


def _pad_map(part: BodyPart, pad: Pad) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Even cells over a pad: place around (from its middle) and along, angle from its middle, and which it covers."""
    around = _cells(pad.around_mm)
    reach = _cells(pad.extent_mm)
    along = pad.along_mm + reach
    angle = side_angles_rad(part, pad, along, np.broadcast_to(around, (len(along), len(around)))).T
    covered = np.abs(around)[:, None] <= half_chords_mm(part, pad, along)
    return around, along, angle, covered


def _cells(size_mm: float) -> np.ndarray:
    n = max(round(size_mm / _MAP_MM), 8)
    return (np.arange(n) + 0.5) / n * size_mm - size_mm / 2


def _step(places: np.ndarray) -> float:
    return float(places[1] - places[0])
