"""Solving the equations of finite elements: one factorisation for all contacts, or conjugate gradients."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from rheobase.field._netgen import packages

_DIRECT_DOFS = 150_000  # below it factorising once for all contacts is faster than iterating for each
_DIRECT_DOFS_HIGH = 250_000  # from the third order on, where the preconditioner needs a hundred steps for each
_HIGH_ORDER = 3
_MOST_STEPS = 250


def solver(
    make: Callable[[], Any], space: Any, order: int, on_sheets: np.ndarray, tolerance: float
) -> Callable[[Any], np.ndarray]:
    """Assemble a form, and return a function from a load to the coefficients of the solution.

    The preconditioner (BDDC) eliminates inner unknowns element by element. On a sheet an element is a piece of surface
    that knows the jump of the potential and not its level, so that nothing can be eliminated there (a singular matrix,
    from the third order on): the unknowns on sheets are kept for the coarse problem, which is solved directly.

    Parameters
    ----------
    make : callable
        Makes the bilinear form, real or complex, not assembled yet.
    space, order
        Its space, and the order of that.
    on_sheets : (n,) array
        Numbers of the unknowns on sheets.
    tolerance : float
        Of the iteration, relative.
    """
    ngs, free = packages().ngsolve, space.FreeDofs()
    form = make()
    if space.ndof <= (_DIRECT_DOFS_HIGH if order >= _HIGH_ORDER else _DIRECT_DOFS):
        form.Assemble()
        return _direct(form.mat, free)
    for i in on_sheets:
        space.SetCouplingType(int(i), ngs.COUPLING_TYPE.WIREBASKET_DOF)
    near = ngs.Preconditioner(form, "bddc")
    try:
        form.Assemble()
    except packages().meshing.NgException as error:
        _warn(f"the preconditioner for {space.ndof} unknowns failed ({' '.join(str(error).split())})")
        form = make()
        form.Assemble()
        return _direct(form.mat, free)
    held: list[Callable[[Any], np.ndarray]] = []

    def solve(load: Any) -> np.ndarray:
        if not held:
            out = load.CreateVector()
            iterate = ngs.krylovspace.CGSolver(form.mat, near.mat, tol=tolerance, maxiter=_MOST_STEPS, printrates=False)
            out.data = iterate * load
            if iterate.iterations < _MOST_STEPS:
                return out.FV().NumPy().copy()
            _warn(f"the iteration for {space.ndof} unknowns did not settle within {_MOST_STEPS} steps")
            held.append(_direct(form.mat, free))
        return held[0](load)

    return solve


def _warn(what: str) -> None:
    warnings.warn(
        f"Finite elements: {what}, so the equations are factorised, which takes more time and memory. Flat elements are"
        " the usual reason: a lower order or smaller elements (cell_mm) avoid it.",
        RuntimeWarning,
        stacklevel=2,
    )


def _direct(matrix: Any, free: Any) -> Callable[[Any], np.ndarray]:
    inverse = matrix.Inverse(free, inverse="sparsecholesky")

    def solve(load: Any) -> np.ndarray:
        out, rest = load.CreateVector(), load.CreateVector()
        out.data = inverse * load
        rest.data = load - matrix * out  # solve, and once more for what is left
        out.data += inverse * rest
        return out.FV().NumPy().copy()

    return solve
