"""The optional finite-element packages, loaded on first use."""

from __future__ import annotations

from types import ModuleType
from typing import NamedTuple

from rheobase.errors import ParameterError


class Packages(NamedTuple):
    """Solver, shapes and meshes."""

    ngsolve: ModuleType
    occ: ModuleType
    meshing: ModuleType


def packages() -> Packages:
    """NGSolve with Netgen's shapes and meshes.

    Raises
    ------
    ParameterError
        If NGSolve is not installed.
    """
    try:
        import ngsolve
        from netgen import meshing, occ
    except ImportError as error:
        raise ParameterError(
            f"Finite elements need NGSolve, which cannot be imported ({error}). Install it with:"
            " pip install 'rheobase[fem]'"
        ) from error
    ngsolve.ngsglobals.msg_level = 0  # it would report every step on the terminal
    return Packages(ngsolve, occ, meshing)
