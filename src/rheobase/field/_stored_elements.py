"""A finite-element field as plain arrays and back: its mesh with the bends of its elements, and coefficients.

The mesh is kept as the solver's own archive, which only the same version of the solver may read. Potentials at a few
places are kept too, and a field that does not give them again is refused. Nothing but meshes is unpacked.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, Volume
from rheobase.field._element_solution import ElementSolution
from rheobase.field._elements import elements, values_of
from rheobase.field._meshed import Material, Meshed
from rheobase.field._netgen import packages
from rheobase.field.finite_elements import functions_of, volume_of

_MESHES = (
    ("ngsolve.comp", "Mesh"),
    ("netgen.libngpy._meshing", "Mesh"),
    ("netgen.libngpy._NgOCC", "OCCGeometry"),  # the surfaces that elements were bent to
)
_PROBES = 24
_SAME = 1e-12  # of the largest potential at the probes


def element_arrays(solution: ElementSolution) -> dict[str, np.ndarray]:
    """All that a solution holds, as arrays by name."""
    problem, made = solution.problem, solution.problem.made
    parts = {
        "materials": [[m.name, m.tissue, list(m.direction), m.depth] for m in made.materials],
        "contacts": [[list(face) for face in made.contacts[k]] for k in range(len(made.contacts))],
        "sheets": [list(s) for s in made.sheets],
    }
    probes = _probes_mm(made.mesh)
    return {
        "solver": np.array(packages().ngsolve.__version__),
        "mesh": np.frombuffer(pickle.dumps(made.mesh), dtype=np.uint8),
        "parts": np.array(json.dumps(parts)),
        "order": np.array(problem.order),
        "coefficients": np.array([values_of(lead) for lead in solution.leads]),
        "potentials_V": solution.potentials_V,
        "impedance_ohm_m2": np.array(solution.impedance_ohm_m2),
        "probes_mm": probes,
        "probed_V_per_A": solution.leads_V_per_A(probes, exact=False),
    }


def elements_from_arrays(anatomy: BodyPart | Volume, arrays: Mapping[str, np.ndarray]) -> ElementSolution:
    """The solution again, for the same body.

    Raises
    ------
    KeyError, ValueError
        If the arrays are not those of such a solution, or were written by another version of the solver.
    """
    if str(arrays["solver"]) != packages().ngsolve.__version__:
        raise ValueError(f"a stored field of NGSolve {arrays['solver']} cannot be read by another version")
    parts = json.loads(str(arrays["parts"]))
    made = Meshed(
        mesh=_mesh_from(arrays["mesh"].tobytes()),
        materials=tuple(Material(n, t, (x, y, z), d) for n, t, (x, y, z), d in parts["materials"]),
        contacts={k: tuple((n, d) for n, d in faces) for k, faces in enumerate(parts["contacts"])},
        sheets=tuple((n, s, out, within) for n, s, out, within in parts["sheets"]),
    )
    volume = volume_of(anatomy)
    problem = elements(made, volume, int(arrays["order"]))
    if arrays["coefficients"].shape[1] != problem.space.ndof:
        raise ValueError("a stored field has another number of coefficients than its mesh")
    solution = ElementSolution(
        problem, volume, functions_of(problem, arrays["coefficients"]), arrays["potentials_V"],
        tuple(map(float, arrays["impedance_ohm_m2"])),
    )  # fmt: skip
    want = arrays["probed_V_per_A"]
    if not np.abs(solution.leads_V_per_A(arrays["probes_mm"], exact=False) - want).max() <= _SAME * np.abs(want).max():
        raise ValueError("a stored field does not give the same potentials again")
    return solution


class _MeshesOnly(pickle.Unpickler):
    """Unpacks meshes of the solver, with their shapes, and nothing else: a file on disk must not run anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _MESHES:
            raise pickle.UnpicklingError(f"{module}.{name} is no mesh")
        return super().find_class(module, name)


def _mesh_from(content: bytes) -> Any:
    try:
        return _MeshesOnly(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, RuntimeError, TypeError) as error:
        raise ValueError(f"a stored mesh cannot be read: {error}") from error


def _probes_mm(mesh: Any) -> np.ndarray:
    """Middles of some elements, spread over the mesh."""
    raw = mesh.ngmesh.Elements3D().NumPy()
    some = np.unique(np.linspace(0, len(raw) - 1, _PROBES).astype(int))
    corners = np.asarray(mesh.ngmesh.Coordinates())
    count = raw["np"][some] if "np" in (raw.dtype.names or ()) else np.full(len(some), 4)
    nodes = [row[:n].astype(int) - 1 for row, n in zip(raw["nodes"][some], count, strict=True)]
    return np.array([corners[n].mean(axis=0) for n in nodes])
