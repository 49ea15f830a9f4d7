"""A lead in a block or column of tissue, without a mesher: hexahedra on a grid around the lead.

Contacts, shaft and tip, round shells and flat layers lie on the grid, other solids are the mean over the cells that
their borders cut. Each contact is a complete electrode. One solution by conjugate gradients for each contact but the
last gives the admittance of all, and any drive is a sum of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
from scipy import sparse

from rheobase.anatomy import Block, BodyPart, Column, SolidBody, Volume
from rheobase.electrode import Contact, FarReturn, Lead
from rheobase.errors import ConvergenceError, ParameterError
from rheobase.field._body_grid import CellShape, node_volumes_m3
from rheobase.field._gradients import conjugate_gradients
from rheobase.field._hexahedra import Stencil, apply, stencil, unit_cube_tensors
from rheobase.field._lead_contacts import faces_of
from rheobase.field._lead_grid import LeadGrid, box_mm, edge_mm, is_natural, lead_grid, outline_mm
from rheobase.field._lead_inverse import LeadInverse, lead_inverse
from rheobase.field._lead_solution import LeadSolution, lead_densities
from rheobase.field._lead_tissue import cell_tensors
from rheobase.field._solid_mesh import check_clear_of_bone
from rheobase.field.field import Field, rows_used
from rheobase.montage import Implanted, Montage

_TOLERANCE = 1e-11
_SYMMETRY = 1e-6
_LEAST_WALL = 2.0  # nearest wall, in radii of the lead
_COARSEST_TIMES = 4.0  # cells at contact edges, against the usual ones; others grow with them
_FREE_SHARE = 0.1  # of the conductance of the tissue across the wall, to hold a body without a return in place
_SOURCES = ("cheng1989", "lynch1964", "hager1989")


@dataclass(frozen=True, slots=True, eq=False)
class LeadProblem:
    """Everything needed to solve for one contact after the other.

    ``loads_S`` is the conductance of every contact shared out to the nodes, a sparse row each.
    """

    grid: LeadGrid
    shape: CellShape
    tensors: dict[str, np.ndarray]
    labels: np.ndarray
    operator: Stencil
    near: LeadInverse
    loads_S: tuple[sparse.csr_matrix, ...]


def solve_lead(
    body: BodyPart | Volume,
    montage: Montage | Implanted,
    *,
    cell_mm: float | None = None,
    tolerance: float = _TOLERANCE,
) -> Field:
    """Solve for one lead in a block or column of tissue; see `solve_field` for the parameters.

    Parameters
    ----------
    body : SolidBody
        Its outermost solid is a block along the lead, or a column; it has no sheets.
    montage : Implanted
        One lead, with or without a far return.
    cell_mm : float, optional
        Size of cells at contact edges, which all others follow; the default is a 32nd of the lead's radius, or of half
        the shortest contact.
    tolerance : float
        Of the iteration.

    Raises
    ------
    ParameterError
        If body or montage are anything else; the message says what.
    ConvergenceError
        If the iteration does not settle, or currents do not balance.

    Examples
    --------
    >>> from rheobase.anatomy import PlainSolids, Solid, Tissue
    >>> saline = Tissue(name="saline", sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
    >>> box = Solid(tissue="saline", shape=Block(low_mm=(-20,) * 3, high_mm=(20,) * 3))
    >>> ring = Contact(name="ring", along_mm=3.0, length_mm=3.0, share=1.0)
    >>> lead = Lead(contacts=(ring,), diameter_mm=1.3, tip_mm=(0, 0, -3), length_mm=40)
    >>> montage = Implanted(electrodes=(lead, FarReturn(share=-1.0)))
    >>> field = solve_lead(PlainSolids(tissues=(saline,), stack=(box,)), montage)
    >>> 440 < field.resistance_ohm < 460
    True
    """
    why = why_no_lead_grid(body, montage)
    if why or not isinstance(body, SolidBody) or not isinstance(montage, Implanted):
        raise ParameterError(f"solve_field: method 'lead' cannot hold this: {why}. Use 'finite_elements'.")
    if cell_mm is not None and not 0 < cell_mm < np.inf:
        raise ParameterError(f"solve_field: cell_mm is {cell_mm} mm; it must be above 0 mm.")
    check_clear_of_bone(body, montage)
    usual = edge_mm(next(e for e in montage.electrodes if isinstance(e, Lead)))
    if cell_mm is not None and cell_mm > _COARSEST_TIMES * usual:
        raise ParameterError(
            f"solve_field: cell_mm is {cell_mm:g} mm; for method 'lead' it is the size of cells at contact edges and at"
            f" most {_COARSEST_TIMES * usual:.3g} mm for this lead ({usual:.3g} mm by default). Give less, or leave it"
            " out."
        )
    problem = lead_problem(body, montage, cell_mm)
    units = lead_units(problem, tolerance)
    admittance = lead_admittance(problem, units)
    potentials = np.linalg.pinv(admittance, rcond=1e-6, hermitian=True)
    volume = node_volumes_m3(_tissue_only(problem))
    means = units.reshape(len(units), -1) @ volume.ravel() / volume.sum()
    leads = np.tensordot(potentials, units, axes=1) - (potentials @ means)[:, None, None, None]
    shifted = potentials - (potentials @ means)[:, None]
    for array in (admittance, leads, shifted):
        array.flags.writeable = False
    solution = LeadSolution(problem.grid, body, montage, leads, shifted)
    return Field(
        anatomy=body,
        montage=montage,
        method="lead",
        contact="complete",
        cells=problem.grid.shape,
        admittance_S=admittance,
        densities=lead_densities(solution),
        rows=rows_used(body, montage),
        sources=_SOURCES,
        solution_=solution,
    )


def why_no_lead_grid(body: BodyPart | Volume, montage: Montage | Implanted, *, natural: bool = False) -> str:
    """Why a body and its electrodes have no grid around a lead, or an empty text if they have.

    ``natural`` also asks that every solid ends at surfaces of the grid.

    Examples
    --------
    >>> why_no_lead_grid.__name__
    'why_no_lead_grid'
    """
    if not isinstance(body, SolidBody) or not isinstance(montage, Implanted):
        return f"a {type(body).__name__} with a {type(montage).__name__}; it takes solids with one implanted lead"
    leads = [e for e in montage.electrodes if isinstance(e, Lead)]
    others = [e for e in montage.electrodes if not isinstance(e, Lead | FarReturn)]
    if len(leads) != 1 or others or len(montage.electrodes) > 2:
        kinds = ", ".join(type(e).__name__ for e in montage.electrodes)
        return f"the electrodes are {kinds}; it takes one Lead, with or without one FarReturn"
    if body.sheets:
        return f"the body has the sheet '{body.sheets[0].name}'; it takes none"
    lead, outer = leads[0], body.solids[0].shape
    if not isinstance(outer, Block | Column):
        return f"the outermost solid is a {type(outer).__name__}; it takes a Block or a Column"
    upright = abs(lead.axis[2]) > 1 - 1e-12
    if not upright and (isinstance(outer, Column) or np.abs(lead.axis).max() < 1 - 1e-12):
        return f"the lead points towards {lead.towards_mm}; it takes one along an axis of a Block, or along a Column"
    if not upright and any(isinstance(e, FarReturn) and e.on == "round" for e in montage.electrodes):
        return "the far return is 'round' and the lead is not along z"
    return _place(lead, outer) or (_unnatural(body, lead) if natural else "")


def _place(lead: Lead, outer: Block | Column) -> str:
    """What is wrong with the place of a lead in the outer solid, or an empty text."""
    low, high = box_mm(lead, outer)
    if not (np.all(low[:2] < 0) and np.all(high[:2] > 0) and low[2] < lead.length_mm and high[2] > 0):
        return f"the lead with its tip at {lead.tip_mm} mm lies outside the body or on its wall"
    wall = float(outline_mm(lead, outer, np.linspace(-np.pi, np.pi, 361)).min())
    if wall < _LEAST_WALL * lead.radius_mm:
        return f"a wall is {wall:.3g} mm from the axis of a lead with a radius of {lead.radius_mm:.3g} mm"
    for contact in lead.contacts:
        if contact.ends_mm[0] < low[2] - 1e-9 or contact.ends_mm[1] > high[2] + 1e-9:
            return (
                f"contact '{contact.name}' reaches from {contact.ends_mm[0]:g} to {contact.ends_mm[1]:g} mm from the"
                f" tip, the body from {low[2]:g} to {high[2]:g} mm"
            )
    if lead.length_mm < high[2] < lead.length_mm + 1e-6:
        return "the lead ends within 1 nm of the wall"
    return ""


def _unnatural(body: SolidBody, lead: Lead) -> str:
    off = [s.tissue for s in body.solids[1:] if not is_natural(body, lead, s)]
    return f"solids of {', '.join(dict.fromkeys(off))} have borders across the grid" if off else ""


def lead_problem(body: SolidBody, montage: Implanted, cell_mm: float | None) -> LeadProblem:
    """Geometry, tissues and contacts to operator and preconditioner."""
    lead = next(e for e in montage.electrodes if isinstance(e, Lead))
    grid = lead_grid(body, lead, cell_mm)
    shape = grid.cells()
    sigma, labels = cell_tensors(body, grid, shape)
    tensors = unit_cube_tensors(shape, sigma)
    operator = stencil(tensors)
    loads, rings, walls = [], np.zeros(len(grid.along_mm) - 1), (0.0, 0.0)
    middle = float(np.median(sigma["zz"][grid.mantle :]))
    for contact in cast("tuple[Contact | FarReturn, ...]", montage.contacts):
        load, faces = np.zeros(grid.shape), faces_of(grid, contact)
        for part in faces:
            part.add_to(operator, load)
        load[0] = np.mean(load[0], axis=0)
        loads.append(sparse.csr_matrix(load.reshape(1, -1)))
        if isinstance(contact, FarReturn):
            ends = 1.0 / (contact.interface.contact_impedance_ohm_m2 * middle) if contact.on == "all" else 0.0
            walls = (float(faces[0].faces_S.sum()), ends)
        elif contact.is_ring:
            rings += faces[0].faces_S.sum(axis=0)
    if walls[0] == 0.0:
        walls = (_FREE_SHARE * middle * 2 * np.pi * float(grid.d_along_m.sum()), 0.0)
    near = lead_inverse(tensors, (grid.d_theta_rad, grid.d_along_m), grid.mantle, rings, walls)
    return LeadProblem(grid, shape, tensors, labels, operator, near, tuple(loads))


def lead_units(problem: LeadProblem, tolerance: float) -> np.ndarray:
    """Potential at the nodes with one contact at 1 V and the others at 0 V: (contacts, across, around, along)."""
    loads, shape = problem.loads_S, problem.grid.shape
    out = np.empty((len(loads), *shape))
    for k in range(len(loads) - 1):
        target = loads[k].toarray().reshape(shape)
        out[k], _ = conjugate_gradients(partial(apply, problem.operator), problem.near.solve, target,
                                        tolerance=tolerance)  # fmt: skip
    out[-1] = 1.0 - out[:-1].sum(axis=0)  # all contacts at 1 V make 1 V everywhere
    return out


def lead_admittance(problem: LeadProblem, units: np.ndarray) -> np.ndarray:
    """I = Y U: current into the tissue at each contact per contact potential, S."""
    flat = units[:-1].reshape(len(units) - 1, -1).T
    drawn = np.concatenate([load @ flat for load in problem.loads_S])
    y = np.diag([load.sum() for load in problem.loads_S])[:, :-1] - drawn
    own = (y[:-1] + y[:-1].T) / 2
    worst = max(float(np.abs(y[:-1] - own).max()), float(np.abs(y.sum(axis=0)).max())) / float(np.abs(own).max())
    if not worst <= _SYMMETRY:
        raise ConvergenceError(
            f"Grid around a lead: currents do not balance; the admittance is off by {worst:.1e} of its largest entry"
            " (allowed 1e-6). A contact impedance near 0 does that: raise it."
        )
    last = -own.sum(axis=1)  # what enters at the others, found with the error of the iteration squared
    return np.block([[own, last[:, None]], [last[None], np.array([[-last.sum()]])]])


def _tissue_only(problem: LeadProblem) -> CellShape:
    """The cells with no volume in the shaft."""
    shape, grid = problem.shape, problem.grid
    across = np.array(shape.across)
    across[: grid.mantle, :, grid.shaft] = 0.0
    return CellShape(across, shape.radius, shape.slant_around, shape.slant_along, shape.around, shape.along)
