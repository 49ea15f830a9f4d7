"""The layered anisotropic cylinder of finite length, by Fourier-Bessel series.

On the skin, current and potential are Fourier series around the limb and cosine series along it (both ends
insulated). Each mode runs through the layers by itself, so the whole limb reduces to one number per mode and the only
equations to solve are those of the current under the pads.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

from rheobase.anatomy import LayeredLimb
from rheobase.errors import ParameterError, near_name
from rheobase.field._contact import complete_currents, contacts, uniform_currents
from rheobase.field._cylinder_solution import CylinderSolution
from rheobase.field._radial import CylinderGrid
from rheobase.field._surface import Surface, impedance
from rheobase.field._tables import Modes
from rheobase.field.density import pad_densities
from rheobase.field.field import Field, rows_used
from rheobase.montage import Montage

CONTACTS = ("complete", "uniform")
_CELLS_PER_PAD = 10
_FINEST_MM = 0.2
_SOURCES = ("cheng1989", "dlmf")


def solve_cylinder(
    anatomy: LayeredLimb,
    montage: Montage,
    *,
    contact: str = "complete",
    cell_mm: float | None = None,
    n_theta: int | None = None,
    n_z: int | None = None,
) -> Field:
    """Solve a layered limb; see `solve_field` for the parameters."""
    if contact not in CONTACTS:
        raise ParameterError(f"solve_field: unknown contact '{contact}'.{near_name(contact, CONTACTS)}")
    grid = _grid(anatomy, montage, cell_mm, n_theta, n_z)
    surface = Surface(grid, float(np.deg2rad(montage.pads[0].around_deg)))
    pads = contacts(surface, montage)
    solver = complete_currents if contact == "complete" else uniform_currents
    admittance, lead = solver(surface, pads, len(montage.pads))
    skin = np.array([surface.modes(pads.spread(j)) for j in lead]) * impedance(grid)
    for array in (admittance, skin):
        array.flags.writeable = False
    return Field(
        anatomy=anatomy,
        montage=montage,
        method="cylinder",
        contact=contact,
        cells=(grid.n_theta, grid.n_z),
        admittance_S=admittance,
        densities=pad_densities(surface, pads, montage, np.asarray(montage.shares) @ lead),
        rows=rows_used(anatomy, montage),
        sources=_SOURCES,
        solution_=CylinderSolution(Modes(surface, skin)),
    )


def _grid(
    anatomy: LayeredLimb, montage: Montage, cell_mm: float | None, n_theta: int | None, n_z: int | None
) -> CylinderGrid:
    """About 1 mm cells, finer under small pads, in numbers that the Fourier transform likes."""
    if cell_mm is None:
        smallest = min(min(p.around_mm, p.extent_mm) for p in montage.pads)
        cell_mm = max(min(1.0, smallest / _CELLS_PER_PAD), _FINEST_MM)
    if not cell_mm > 0:
        raise ParameterError(f"solve_field: cell_mm is {cell_mm} mm; it must be above 0 mm.")
    girth_mm = 2 * np.pi * anatomy.radius_mm
    n_theta = _even_fast(girth_mm / cell_mm) if n_theta is None else n_theta
    n_z = _even_fast(anatomy.length_mm / cell_mm) if n_z is None else n_z
    for key, value in (("n_theta", n_theta), ("n_z", n_z)):
        if value < 16 or value % 2:
            raise ParameterError(f"solve_field: {key} is {value}; it must be an even number of 16 or more.")
    return CylinderGrid(tuple(anatomy.layers), float(anatomy.length_mm), n_theta, n_z)


def _even_fast(cells: float) -> int:
    half = fft.next_fast_len(int(np.ceil(cells / 2 - 1e-6)))
    return max(2 * (half or 0), 16)
