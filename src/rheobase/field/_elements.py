"""Assembly: complete electrodes, anisotropic tissues, sheets across which the potential jumps; real or complex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rheobase.anatomy import Tissue, Volume
from rheobase.errors import ConvergenceError
from rheobase.field._element_solver import solver
from rheobase.field._meshed import Meshed
from rheobase.field._netgen import packages

_BONUS = 2  # order of integration beyond that of straight elements, for curved ones
_PER_MM = 1e-3  # S/m times V^2/mm^2 times mm^3 is 1e-3 W
_PER_MM2 = 1e-6
_SYMMETRY = 1e-6


class Factors(NamedTuple):
    """What a frequency makes of a resistive body: complex factors on conductivities, and on resistances of sheets."""

    tissues: tuple[complex, ...]
    sheets: tuple[complex, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """The discrete problem.

    ``spaces`` is the number of nested compartments; the potential of compartment d is component d. ``sigma`` is the
    conductivity tensor, S/m, as a function on the mesh; ``sheets_ohm_m2`` are the impedances of the sheets.
    """

    made: Meshed
    space: Any
    spaces: int
    sigma: Any
    sheets_ohm_m2: tuple[complex, ...]
    order: int


def elements(made: Meshed, volume: Volume, order: int, factors: Factors | None = None) -> Elements:
    """Spaces of one mesh: continuous within each compartment, apart across sheets; complex if factors are given."""
    ngs = packages().ngsolve
    depths = max(m.depth for m in made.materials) + 1
    parts = [
        ngs.Compress(ngs.H1(made.mesh, order=order, definedon=_regions(made, d), complex=factors is not None))
        for d in range(depths)
    ]
    space = parts[0] if depths == 1 else ngs.FESpace(parts)
    tensors = {}
    for m in made.materials:
        whole = tensor(volume.tissues[m.tissue], m.direction) * (factors.tissues[m.tissue] if factors else 1.0)
        tensors[m.name] = ngs.CoefficientFunction(tuple(whole.ravel().tolist()))
    sigma = made.mesh.MaterialCF(tensors).Reshape((3, 3))
    by_sheet = factors.sheets if factors else (1.0,) * len(volume.sheets)
    sheets = tuple(s.resistance_ohm_m2 * f for s, f in zip(volume.sheets, by_sheet, strict=True))
    return Elements(made, space, depths, sigma, sheets, order)


def tensor(tissue: Tissue, direction: tuple[float, float, float]) -> np.ndarray:
    """Conductivity tensor of a tissue whose fibres run in a direction, S/m."""
    u = np.asarray(direction) / np.linalg.norm(direction)
    across, along = tissue.sigma_transverse_S_per_m, tissue.sigma_axial_S_per_m
    return across * np.eye(3) + (along - across) * np.outer(u, u)


def _regions(made: Meshed, depth: int) -> str:
    return "|".join(m.name for m in made.materials if m.depth == depth)


def split(space_function: Any, spaces: int) -> list[Any]:
    """Components of a function or of trial and test functions, one a compartment."""
    return [space_function] if spaces == 1 else list(space_function)


def solve_units(
    problem: Elements, impedance_ohm_m2: tuple[complex, ...], tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Potential with one contact at 1 V and the others at 0 V, and the admittance matrix, S.

    Row k of the first array holds the coefficients of the potential for contact k.

    Raises
    ------
    ConvergenceError
        If the iteration does not settle, or the admittance is not symmetric to 1e-6.
    """
    ngs = packages().ngsolve
    loads = [_load(problem, k, z) for k, z in enumerate(impedance_ohm_m2)]
    with ngs.TaskManager():
        solve = solver(
            lambda: _form(problem, impedance_ohm_m2), problem.space, problem.order, _on_sheets(problem), tolerance
        )
        units = np.array([solve(load.vec) for load in loads])
    drawn = np.array([values_of(load) for load in loads])
    y = np.diag(drawn @ values_of(constant(problem))) - drawn @ units.T
    _check_symmetric(y)
    return units, (y + y.T) / 2


def values_of(function: Any) -> np.ndarray:
    """Coefficients of a function or a load, as they lie in memory."""
    return function.vec.FV().NumPy()


def _on_sheets(problem: Elements) -> np.ndarray:
    """Numbers of the unknowns on sheets, from both of their sides."""
    made, found = problem.made, []
    for d in range(problem.spaces if made.sheets else 0):
        names = "|".join(name for name, _, out, within in made.sheets if d in (out, within))
        if names:
            part = problem.space.components[d]
            at = np.flatnonzero(np.array(list(part.GetDofs(made.mesh.Boundaries(names)))))
            found.append(at + problem.space.Range(d).start)
    return np.concatenate(found) if found else np.zeros(0, dtype=int)


def _form(problem: Elements, impedance_ohm_m2: tuple[complex, ...]) -> Any:
    ngs = packages().ngsolve
    u, v = (split(w, problem.spaces) for w in problem.space.TnT())
    made, form = problem.made, ngs.BilinearForm(problem.space, symmetric=True)
    for d in range(problem.spaces):
        inside = made.mesh.Materials(_regions(made, d))
        form += (
            _PER_MM
            * (problem.sigma * ngs.grad(u[d]))
            * ngs.grad(v[d])
            * ngs.dx(definedon=inside, bonus_intorder=_BONUS)
        )
    for k, z in enumerate(impedance_ohm_m2):
        for name, d in made.contacts[k]:
            form += _PER_MM2 / z * u[d] * v[d] * ngs.ds(definedon=made.mesh.Boundaries(name), bonus_intorder=_BONUS)
    for name, sheet, out, within in made.sheets:
        each = _PER_MM2 / problem.sheets_ohm_m2[sheet]
        form += (
            each
            * (u[out] - u[within])
            * (v[out] - v[within])
            * ngs.ds(definedon=made.mesh.Boundaries(name), bonus_intorder=_BONUS)
        )
    return form


def _load(problem: Elements, contact: int, impedance_ohm_m2: complex) -> Any:
    ngs = packages().ngsolve
    v = split(problem.space.TestFunction(), problem.spaces)
    load = ngs.LinearForm(problem.space)
    for name, d in problem.made.contacts[contact]:
        # The same points as for u v in the form, so that currents balance on curved contacts too.
        faces = problem.made.mesh.Boundaries(name)
        load += _PER_MM2 / impedance_ohm_m2 * v[d] * ngs.ds(definedon=faces, bonus_intorder=_BONUS)
    return load.Assemble()


def constant(problem: Elements) -> Any:
    """The function that is 1 everywhere."""
    out = packages().ngsolve.GridFunction(problem.space)
    for part in out.components if problem.spaces > 1 else (out,):
        part.Set(1.0)
    return out


def mean_of(problem: Elements) -> np.ndarray:
    """Weights of the coefficients in the mean over the tissue."""
    ngs, made = packages().ngsolve, problem.made
    v = split(problem.space.TestFunction(), problem.spaces)
    load = ngs.LinearForm(problem.space)
    for d in range(problem.spaces):
        load += v[d] * ngs.dx(definedon=made.mesh.Materials(_regions(made, d)), bonus_intorder=_BONUS)
    weights = values_of(load.Assemble())
    return weights / (weights @ values_of(constant(problem)))


def _check_symmetric(y: np.ndarray) -> None:
    worst = max(float(np.abs(y - y.T).max()), float(np.abs(y.sum(axis=0)).max()))
    if not worst <= _SYMMETRY * float(np.abs(y).max()):
        raise ConvergenceError(
            f"Finite elements: currents do not balance; the admittance is off by {worst / np.abs(y).max():.1e} of its"
            " largest entry (allowed 1e-6). Part of the body may hang on no contact; or use a finer mesh."
        )
