"""Assembly and solution: complete electrodes, anisotropic tissues, sheets across which the potential jumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase.anatomy import Tissue, Volume
from rheobase.errors import ConvergenceError
from rheobase.field._meshed import Meshed
from rheobase.field._netgen import packages

_DIRECT_DOFS = 150_000  # below it factorising once for all contacts is faster than iterating for each
_MOST_STEPS = 250
_BONUS = 2  # order of integration beyond that of straight elements, for curved ones
_PER_MM = 1e-3  # S/m times V^2/mm^2 times mm^3 is 1e-3 W
_PER_MM2 = 1e-6
_SYMMETRY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """The discrete problem.

    ``spaces`` is the number of nested compartments; the potential of compartment d is component d. ``sigma`` is the
    conductivity tensor, S/m, as a function on the mesh.
    """

    made: Meshed
    space: Any
    spaces: int
    sigma: Any
    order: int


def elements(made: Meshed, volume: Volume, order: int) -> Elements:
    """Spaces of one mesh: continuous within each compartment, apart across sheets."""
    ngs = packages().ngsolve
    depths = max(m.depth for m in made.materials) + 1
    parts = [ngs.Compress(ngs.H1(made.mesh, order=order, definedon=_regions(made, d))) for d in range(depths)]
    space = parts[0] if depths == 1 else ngs.FESpace(parts)
    tensors = {m.name: ngs.CoefficientFunction(tuple(tensor(volume.tissues[m.tissue], m.direction).ravel()))
               for m in made.materials}  # fmt: skip
    sigma = made.mesh.MaterialCF(tensors).Reshape((3, 3))
    return Elements(made, space, depths, sigma, order)


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
    problem: Elements, volume: Volume, impedance_ohm_m2: tuple[float, ...], tolerance: float
) -> tuple[list[Any], np.ndarray]:
    """Potential with one contact at 1 V and the others at 0 V, for every contact, and the admittance matrix, S.

    Raises
    ------
    ConvergenceError
        If the iteration does not settle, or the admittance is not symmetric to 1e-6.
    """
    ngs = packages().ngsolve
    form = _form(problem, volume, impedance_ohm_m2)
    direct = problem.space.ndof <= _DIRECT_DOFS
    near = None if direct else ngs.Preconditioner(form, "bddc")
    loads = [_load(problem, k, z) for k, z in enumerate(impedance_ohm_m2)]
    with ngs.TaskManager():
        form.Assemble()
        solve = _solver(problem, form, near, tolerance)
        units = [_solved(problem, solve, load) for load in loads]
    one = constant(problem)
    totals = [ngs.InnerProduct(load.vec, one.vec) for load in loads]
    drawn = np.array([[ngs.InnerProduct(f.vec, u.vec) for u in units] for f in loads])
    y = np.diag(totals) - drawn
    _check_symmetric(y)
    return units, (y + y.T) / 2


def _form(problem: Elements, volume: Volume, impedance_ohm_m2: tuple[float, ...]) -> Any:
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
        each = _PER_MM2 / volume.sheets[sheet].resistance_ohm_m2
        form += (
            each
            * (u[out] - u[within])
            * (v[out] - v[within])
            * ngs.ds(definedon=made.mesh.Boundaries(name), bonus_intorder=_BONUS)
        )
    return form


def _load(problem: Elements, contact: int, impedance_ohm_m2: float) -> Any:
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


def _solver(problem: Elements, form: Any, near: Any, tolerance: float) -> Any:
    """A function from load to solution: a factorisation, or conjugate gradients with one to fall back on."""
    ngs = packages().ngsolve
    free = problem.space.FreeDofs()
    if near is None:
        inverse = form.mat.Inverse(free, inverse="sparsecholesky")
        return lambda load, out: _refined(form.mat, inverse, load, out)
    held: list[Any] = []

    def solve(load: Any, out: Any) -> None:
        if not held:
            iterate = ngs.krylovspace.CGSolver(form.mat, near.mat, tol=tolerance, maxiter=_MOST_STEPS, printrates=False)
            out.data = iterate * load
            if iterate.iterations < _MOST_STEPS:
                return
            held.append(form.mat.Inverse(free, inverse="sparsecholesky"))
        _refined(form.mat, held[0], load, out)

    return solve


def _refined(matrix: Any, inverse: Any, load: Any, out: Any) -> None:
    """Solve, and once more for what is left."""
    out.data = inverse * load
    rest = load.CreateVector()
    rest.data = load - matrix * out
    out.data += inverse * rest


def _solved(problem: Elements, solve: Any, load: Any) -> Any:
    out = packages().ngsolve.GridFunction(problem.space)
    solve(load.vec, out.vec)
    return out


def _check_symmetric(y: np.ndarray) -> None:
    worst = max(float(np.abs(y - y.T).max()), float(np.abs(y.sum(axis=0)).max()))
    if not worst <= _SYMMETRY * float(np.abs(y).max()):
        raise ConvergenceError(
            f"Finite elements: currents do not balance; the admittance is off by {worst / np.abs(y).max():.1e} of its"
            " largest entry (allowed 1e-6). Part of the body may hang on no contact; or use a finer mesh."
        )
