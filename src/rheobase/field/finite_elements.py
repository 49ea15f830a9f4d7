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
from rheobase.field._elements import Elements, constant, elements, mean_of, solve_units, values_of
from rheobase.field._given_mesh import mesh_given
from rheobase.field._meshed import Meshed
from rheobase.field._netgen import packages
from rheobase.field._solid_mesh import limb_solids, mesh_limb, mesh_solids
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
    like: Field | None = None,
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
    like : Field, optional
        A finite-element field of the same body and contacts, whose mesh is taken.
    """
    problem, volume = problem_of(anatomy, montage, cell_mm, order, like)
    impedance = tuple(c.interface.contact_impedance_ohm_m2 for c in contacts_of(montage))
    units, admittance = solve_units(problem, impedance, tolerance)
    leads, potentials = leads_of(problem, units, admittance)
    solution = ElementSolution(problem, volume, functions_of(problem, leads), potentials, impedance)
    radius = anatomy.radius_mm if isinstance(anatomy, LayeredLimb) else None
    admittance.flags.writeable = False
    return Field(
        anatomy=anatomy,
        montage=montage,
        method="finite_elements",
        contact="complete",
        cells=(problem.made.mesh.ne, problem.space.ndof),
        admittance_S=admittance,
        densities=element_densities(solution, _sum(problem, solution.leads, montage.shares), montage, radius),
        rows=rows_used(anatomy, montage),
        sources=_SOURCES,
        solution_=solution,
    )


def problem_of(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    cell_mm: float | None,
    order: int | None,
    like: Field | None,
) -> tuple[Elements, Volume]:
    """The resistive problem, not solved yet, on a new mesh or on that of a field; and the volume of its tissues.

    Raises
    ------
    ParameterError
        If the body cannot be meshed, the order is unknown, or the field is of something else.
    """
    if like is None:
        order = _usual_order(anatomy) if order is None else order
        volume, made = _meshed(anatomy, montage, cell_mm, order)
        return elements(made, volume, order), volume
    solution = like.solution_
    if not isinstance(solution, ElementSolution):
        raise ParameterError(
            f"like is a field of method '{like.method}', which has no mesh of elements. Give one of method"
            " 'finite_elements', or leave it out."
        )
    if like.montage.names != montage.names or like.anatomy.tissues != anatomy.tissues or cell_mm is not None:
        raise ParameterError(
            "like is a field of another body or of other contacts, or its elements are not of the size cell_mm. Give"
            " the same anatomy and montage and leave out cell_mm; or leave out like."
        )
    _check_order(order := solution.problem.order if order is None else order)
    return elements(solution.problem.made, solution.volume, order), solution.volume


def _usual_order(anatomy: BodyPart | Volume) -> int:
    """Order of the elements if none is asked for."""
    if isinstance(anatomy, LayeredLimb):
        return LIMB_ORDER
    return 1 if isinstance(anatomy, MeshBody) and len(anatomy.cells) > _MANY_CELLS else ORDER


def _meshed(
    anatomy: BodyPart | Volume, montage: Montage | Implanted, cell_mm: float | None, order: int
) -> tuple[Volume, Meshed]:
    """The mesh of a body with its electrodes, and the volume whose tissues it has."""
    packages()
    if cell_mm is not None and not 0 < cell_mm < np.inf:
        raise ParameterError(f"solve_field: cell_mm is {cell_mm} mm; it must be above 0 mm.")
    _check_order(order)
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


def _check_order(order: int) -> None:
    if order not in (1, 2, 3, 4):
        raise ParameterError(f"solve_field: order is {order}; finite elements here have order 1, 2, 3 or 4.")


def volume_of(anatomy: BodyPart | Volume) -> Volume:
    """The volume that a body is to this solver.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(anatomy, LayeredLimb):
        return limb_solids(anatomy)
    if isinstance(anatomy, Volume):
        return anatomy
    raise ValueError(f"a {type(anatomy).__name__} is no body of finite elements")


def contacts_of(montage: Montage | Implanted) -> tuple[Any, ...]:
    """Pads or implanted contacts."""
    return montage.contacts if isinstance(montage, Implanted) else montage.pads


def leads_of(problem: Elements, units: np.ndarray, admittance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of the leads, (K, unknowns), and potentials of the contacts at 1 A of each, (K, K).

    Lead k has +1 A at contact k and -1/K A at all K; its mean over the tissue is taken out of both.
    """
    potentials = np.linalg.pinv(admittance, rcond=1e-6, hermitian=not np.iscomplexobj(admittance))
    means = potentials @ (units @ mean_of(problem))
    leads = potentials @ units - np.outer(means, values_of(constant(problem)))
    return leads, potentials - means[:, None]


def functions_of(problem: Elements, leads: np.ndarray) -> tuple[Any, ...]:
    """Functions on the mesh with given coefficients, one for each row."""
    out = []
    for row in leads:
        function = packages().ngsolve.GridFunction(problem.space)
        values_of(function)[:] = row
        out.append(function)
    return tuple(out)


def _sum(problem: Elements, functions: Any, factors: Any) -> Any:
    out = packages().ngsolve.GridFunction(problem.space)
    out.vec[:] = 0.0
    for factor, function in zip(factors, functions, strict=True):
        out.vec.data += float(factor) * function.vec
    return out
