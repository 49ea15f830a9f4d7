"""Any geometry on tetrahedra: spines, cuffs, implanted leads, segmented images; needs NGSolve (extra ``fem``).

Every contact is a complete electrode. Insulation is cut out of the mesh. Layers too thin to mesh (dura, perineurium,
capsules) are resistances per area: across a sheet the potential jumps, on a contact the layer adds to its impedance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, MeshBody, SolidBody, Volume
from rheobase.errors import ParameterError
from rheobase.field._element_density import element_densities
from rheobase.field._element_solution import ElementSolution
from rheobase.field._elements import Elements, constant, elements, solve_units
from rheobase.field._given_mesh import mesh_given
from rheobase.field._meshed import Meshed
from rheobase.field._netgen import packages
from rheobase.field._solid_mesh import mesh_limb, mesh_solids
from rheobase.field.field import Field, rows_used
from rheobase.montage import Implanted, Montage

ORDER = 2
LIMB_ORDER = 3  # flat elements in thin skin, and second differences along fibres deep in muscle
_MANY_CELLS = 60_000
_TOLERANCE = 1e-11
_SOURCES = ("cheng1989", "schoeberl2014")


def solve_elements(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    *,
    cell_mm: float | None = None,
    order: int | None = None,
    tolerance: float = _TOLERANCE,
) -> Field:
    """Solve by finite elements; see `solve_field` for the parameters.

    Parameters
    ----------
    anatomy : Volume or LayeredLimb
        Solids, a given mesh, or a limb of concentric layers.
    montage : Implanted or Montage
        Leads, cuffs and contacts of a mesh; pads for a limb.
    cell_mm : float, optional
        Size of the elements on contacts; the default is a quarter of each contact, or a tenth of the smallest pad.
    order : int, optional
        Order of the elements, 1 to 4; the default is 3 for a limb, 2 for solids, and for a given mesh 2 or,
        beyond 60,000 cells, 1.
    tolerance : float
        Of the iteration, for meshes too large to factorise.
    """
    packages()
    if cell_mm is not None and not 0 < cell_mm < np.inf:
        raise ParameterError(f"solve_field: cell_mm is {cell_mm} mm; it must be above 0 mm.")
    if order is None:
        order = _usual_order(anatomy)
    if order not in (1, 2, 3, 4):
        raise ParameterError(f"solve_field: order is {order}; finite elements here have order 1, 2, 3 or 4.")
    volume, made = _meshed(anatomy, montage, cell_mm, order)
    problem = elements(made, volume, order)
    impedance = tuple(c.interface.contact_impedance_ohm_m2 for c in _contacts(montage))
    units, admittance = solve_units(problem, volume, impedance, tolerance)
    solution = _solution(problem, volume, units, admittance, impedance)
    radius = anatomy.radius_mm if isinstance(anatomy, LayeredLimb) else None
    admittance.flags.writeable = False
    return Field(
        anatomy=anatomy,
        montage=montage,
        method="finite_elements",
        contact="complete",
        cells=(made.mesh.ne, problem.space.ndof),
        admittance_S=admittance,
        densities=element_densities(solution, _sum(problem, solution.leads, montage.shares), montage, radius),
        rows=rows_used(anatomy, montage),
        sources=_SOURCES,
        solution_=solution,
    )


def _usual_order(anatomy: BodyPart | Volume) -> int:
    if isinstance(anatomy, LayeredLimb):
        return LIMB_ORDER
    return 1 if isinstance(anatomy, MeshBody) and len(anatomy.cells) > _MANY_CELLS else ORDER


def _meshed(
    anatomy: BodyPart | Volume, montage: Montage | Implanted, cell_mm: float | None, order: int
) -> tuple[Volume, Meshed]:
    if isinstance(anatomy, LayeredLimb) and isinstance(montage, Montage):
        return mesh_limb(anatomy, montage, cell_mm, order)
    if isinstance(anatomy, SolidBody) and isinstance(montage, Implanted):
        return anatomy, mesh_solids(anatomy, montage, cell_mm, order)
    if isinstance(anatomy, MeshBody) and isinstance(montage, Implanted):
        return anatomy, mesh_given(anatomy, montage)
    raise ParameterError(
        f"solve_field: finite elements cannot hold a {type(anatomy).__name__} with a {type(montage).__name__}."
        " They take pads on a LayeredLimb, and implanted electrodes in solids or a given mesh; use method='grid' for"
        " pads on other body parts."
    )


def _contacts(montage: Montage | Implanted) -> tuple[Any, ...]:
    return montage.contacts if isinstance(montage, Implanted) else montage.pads


def _solution(
    problem: Elements, volume: Volume, units: list[Any], admittance: np.ndarray, impedance: tuple[float, ...]
) -> ElementSolution:
    """Potential with +1 A at a contact and -1/K A at all K, its mean over the tissue taken out."""
    potentials = np.linalg.pinv(admittance, rcond=1e-6, hermitian=True)
    bare = ElementSolution(problem, volume, (), potentials, impedance)
    ngs, mesh = packages().ngsolve, problem.made.mesh
    volume_mm3 = ngs.Integrate(1.0, mesh, order=2 * problem.order)
    means = [
        ngs.Integrate(bare._function(u, gradient=False), mesh, order=2 * problem.order) / volume_mm3 for u in units
    ]
    ones = constant(problem)
    leads = []
    for row in potentials:
        lead = _sum(problem, units, row)
        lead.vec.data -= float(row @ means) * ones.vec
        leads.append(lead)
    shifted = potentials - (potentials @ means)[:, None]
    return ElementSolution(problem, volume, tuple(leads), shifted, impedance)


def _sum(problem: Elements, functions: Any, factors: Any) -> Any:
    out = packages().ngsolve.GridFunction(problem.space)
    out.vec[:] = 0.0
    for factor, function in zip(factors, functions, strict=True):
        out.vec.data += float(factor) * function.vec
    return out
