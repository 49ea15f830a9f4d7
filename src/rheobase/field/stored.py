"""A field as plain arrays and back, so that it can be kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, SolidBody, Spine, Volume
from rheobase.errors import ParameterError
from rheobase.field._body_grid import BodyGrid
from rheobase.field._body_tables import BodySolution
from rheobase.field._cylinder_solution import CylinderSolution
from rheobase.field._element_solution import ElementSolution
from rheobase.field._lead_solution import LeadSolution, lead_solution
from rheobase.field._radial import CylinderGrid
from rheobase.field._solution import Solution
from rheobase.field._stored_elements import element_arrays, elements_from_arrays
from rheobase.field._surface import Surface
from rheobase.field._tables import Modes
from rheobase.field.density import PadDensity
from rheobase.field.field import Field
from rheobase.field.sampled import SampledSolution, sampled_solution
from rheobase.montage import Drive, Implanted, Montage

_WHY_NOT = {
    "half_space": "it is found at the points that are asked for, in less time than a file takes to read",
    "point": "it is a formula",
}
_DENSITY = ("around_mm", "along_mm", "density_A_per_m2_per_mA", "mean_A_per_m2_per_mA", "peak_A_per_m2_per_mA")


def field_arrays(field: Field) -> dict[str, np.ndarray]:
    """All that a field holds besides its anatomy and montage, as arrays by name.

    Raises
    ------
    ParameterError
        If the method of the field cannot be stored.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> pads = pad_pair(arm)
    >>> field = solve_field(arm, pads, cell_mm=4.0)
    >>> again = field_from_arrays(arm, pads, field_arrays(field))
    >>> bool((again.drive_V_per_A([[20.0, 0.0, 30.0]]) == field.drive_V_per_A([[20.0, 0.0, 30.0]])).all())
    True
    """
    out: dict[str, Any] = {
        "about": np.array([field.method, field.contact]),
        "cells": np.array(field.cells),
        "admittance_S": field.admittance_S,
        "rows": np.array(field.rows, dtype=str),
        "sources": np.array(field.sources, dtype=str),
    }
    for i, density in enumerate(field.densities):
        out |= {f"density_{i}_{key}": np.asarray(getattr(density, key)) for key in _DENSITY}
    solution = field.solution_
    if isinstance(solution, BodySolution):
        grid = solution.grid
        out |= {"nodes": solution.nodes, "theta_rad": grid.theta_rad, "z_mm": grid.z_mm}
        out |= {f"places_{i}": p for i, p in enumerate(grid.places)}
    elif isinstance(solution, CylinderSolution):
        out |= {"skin": solution.modes.skin, "turn_rad": np.array(solution.modes.surface.turn_rad)}
    elif isinstance(solution, LeadSolution):
        grid = solution.grid
        out |= {"nodes": solution.nodes, "potentials_V": solution.potentials_V, "reach_mm": grid.reach_mm}
        out |= {"across_mm": grid.across_mm, "theta_rad": grid.theta_rad, "along_mm": grid.along_mm}
        out |= {f"breaks_{i}": np.array(b, dtype=int) for i, b in enumerate(grid.breaks)}
    elif isinstance(solution, SampledSolution):
        out |= {"points_mm": solution.points_mm, "leads": solution.leads}
        out |= {"names": np.array(field.montage.names), "shares": np.array(field.montage.shares)}
    elif isinstance(solution, ElementSolution):
        out |= element_arrays(solution)
    else:
        why = _WHY_NOT.get(field.method, "nothing is known of how its potential is made")
        raise ParameterError(f"A field of method '{field.method}' cannot be kept on disk: {why}.")
    return out


def field_from_arrays(
    anatomy: BodyPart | Volume, montage: Montage | Implanted | Drive, arrays: Mapping[str, np.ndarray]
) -> Field:
    """The field again, for the same anatomy and montage.

    Parameters
    ----------
    anatomy : BodyPart or Volume
        The body part it was solved for.
    montage : Montage, Implanted or Drive
        The pads, or the contacts of a sampled field.
    arrays : mapping
        As made by `field_arrays`.

    Raises
    ------
    KeyError, ValueError
        If the arrays are not those of a field.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> pads = pad_pair(arm)
    >>> kept = field_arrays(solve_field(arm, pads, "grid", cell_mm=4.0))
    >>> field_from_arrays(arm, pads, kept).method
    'grid'
    """
    method, contact = (str(word) for word in arrays["about"])
    cells = tuple(int(n) for n in arrays["cells"])
    if isinstance(anatomy, Spine) and isinstance(montage, Implanted):
        anatomy = anatomy.solids()
    names = () if isinstance(montage, Drive) else montage.names
    densities = tuple(_density(name, i, arrays) for i, name in enumerate(names))
    return Field(
        anatomy=anatomy,
        montage=montage,
        method=method,
        contact=contact,
        cells=cells,
        admittance_S=_locked(arrays["admittance_S"]),
        densities=densities,
        rows=tuple(str(r) for r in arrays["rows"]),
        sources=tuple(str(s) for s in arrays["sources"]),
        solution_=_solution(anatomy, montage, method, cells, arrays),
    )


def _solution(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted | Drive,
    method: str,
    cells: tuple[int, ...],
    arrays: Mapping[str, np.ndarray],
) -> Solution:
    if method == "finite_elements":
        return elements_from_arrays(anatomy, arrays)
    if method == "sampled":
        return sampled_solution(arrays["points_mm"], _locked(arrays["leads"]))
    if method == "grid" and isinstance(anatomy, BodyPart):
        places = tuple(arrays[f"places_{i}"] for i in range(1 + len(anatomy.layer_names)))
        return BodySolution(BodyGrid(anatomy, places, arrays["theta_rad"], arrays["z_mm"]), _locked(arrays["nodes"]))
    if method == "cylinder" and isinstance(anatomy, LayeredLimb):
        grid = CylinderGrid(tuple(anatomy.layers), float(anatomy.length_mm), cells[0], cells[1])
        return CylinderSolution(Modes(Surface(grid, float(arrays["turn_rad"])), _locked(arrays["skin"])))
    if method == "lead" and isinstance(anatomy, SolidBody) and isinstance(montage, Implanted):
        return lead_solution(anatomy, montage, {key: _locked(value) for key, value in arrays.items()})
    raise ValueError(f"a stored field of method '{method}' does not belong to a {type(anatomy).__name__}")


def _density(name: str, i: int, arrays: Mapping[str, np.ndarray]) -> PadDensity:
    around, along, density, mean, peak = (arrays[f"density_{i}_{key}"] for key in _DENSITY)
    return PadDensity(
        name=name,
        around_mm=around,
        along_mm=along,
        density_A_per_m2_per_mA=_locked(density),
        mean_A_per_m2_per_mA=float(mean),
        peak_A_per_m2_per_mA=float(peak),
    )


def _locked(array: np.ndarray) -> np.ndarray:
    out = array.view()  # what the caller holds stays as it is
    out.flags.writeable = False
    return out


def content_of(value: Any) -> str:
    """A text that two values share only if they are equal: classes, names, and every digit of every number.

    Raises
    ------
    ParameterError
        If a value is of a kind that has no such text, such as a function.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> content_of(Forearm()) == content_of(Forearm(fat_mm=5.0)), content_of(0.1)
    (True, '0x1.999999999999ap-4')
    """
    if isinstance(value, bool | int | str | bytes | type(None)):
        return repr(value)
    if isinstance(value, float | np.floating):
        return float(value).hex()
    if isinstance(value, np.ndarray):
        return f"array{value.shape}{value.dtype.str}{value.tobytes().hex()}"
    if isinstance(value, tuple | list):
        return "(" + ",".join(content_of(v) for v in value) + ")"
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{content_of(k)}:{content_of(v)}" for k, v in value.items())) + "}"
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        inner = ",".join(f"{f.name}={content_of(getattr(value, f.name))}" for f in fields(value))
        return f"{kind.__module__}.{kind.__qualname__}({inner})"
    raise ParameterError(
        f"A {type(value).__name__} cannot be told apart from others by its content, so nothing that follows is kept."
        " Build anatomies from frozen dataclasses of numbers, texts and arrays."
    )
