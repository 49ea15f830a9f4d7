"""The field solvers against each other, closed forms and the reference limb, and how they converge."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import numpy as np

from rheobase.electrode import Pad
from rheobase.field import Field, LimbReference, limb_reference, solve_field
from rheobase.montage import Montage
from rheobase.tables import row
from rheobase.validation._lead_study import lead_rows
from rheobase.validation._off_axis import OffAxisLimb
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, aside, at_most, near, not_built

_MUSCLE_LINES = ((33, 0.0), (30, 0.0), (25, 0.0), (20, 0.5), (15, 1.0), (25, 2.0))  # radius mm, angle rad
_CELLS_MM = (1.6, 1.13, 0.8)
_SHIFT_MM = 6.0
_TETRAHEDRA = ((None, None), (2, 5.0), (2, 2.5), (3, 8.0), (3, 5.0))  # order, mm under pads; the default first


def _run(tell: Progress) -> list[RowDict]:
    reference, rows = limb_reference(), []
    parts = (_defaults, _off_axis, _refinement, _three_pads, _lead, _elements)
    for done, part in enumerate(parts):
        rows += part(reference)
        tell((done + 1) / len(parts))
    return rows


@cache
def _lines(shift_mm: float = 0.0) -> np.ndarray:
    z = np.arange(-140.0, 141.0, 5.0)
    return np.array(
        [np.column_stack([r * np.cos(t) + shift_mm + 0 * z, r * np.sin(t) + 0 * z, z]) for r, t in _MUSCLE_LINES]
    )


def _along(field: Field, shift_mm: float = 0.0) -> np.ndarray:
    return np.array([field.drive_V_per_A(line) for line in _lines(shift_mm)])


@cache
def _finest() -> np.ndarray:
    reference = limb_reference()
    return _along(solve_field(reference.anatomy, reference.montage, method="cylinder", cell_mm=0.5))


def _share(got: np.ndarray, want: np.ndarray) -> float:
    return float(np.linalg.norm(got - want) / np.linalg.norm(want))


def _defaults(reference: LimbReference) -> list[RowDict]:
    rows = []
    for method in ("cylinder", "grid"):
        field = solve_field(reference.anatomy, reference.montage, method=method)
        rows += _errors(method, field, reference, field.drive_V_per_A(reference.points_mm), _along(field))
    return rows


def _errors(
    what: str, field: Field, reference: LimbReference, at_points: np.ndarray, along: np.ndarray
) -> list[RowDict]:
    asked = row("published.field_solvers")
    limit = asked["between_share"] if what.startswith("grid") else asked["potential_share"]
    return [
        at_most(
            f"{what}, potential at the reference points, rms error",
            asked,
            limit,
            _share(at_points, reference.complete_V_per_A),
            unit="",
        ),
        at_most(
            f"{what}, second difference along lines in muscle, rms error",
            asked,
            asked["bend_share"],
            _share(np.diff(along, 2), np.diff(_finest(), 2)),
            unit="",
        ),
        near(
            f"{what}, resistance",
            row("published.limb_field"),
            reference.resistance_ohm,
            field.resistance_ohm,
            unit="ohm",
        ),
    ]


def _off_axis(reference: LimbReference) -> list[RowDict]:
    """The reference limb beside the axis of the grid, its bone painted into the core."""
    part = OffAxisLimb(stack=reference.anatomy.layers, shift_mm=_SHIFT_MM)
    field = solve_field(part, reference.montage)
    at_points = field.drive_V_per_A(reference.points_mm + np.array([_SHIFT_MM, 0.0, 0.0]))
    return _errors(f"grid, limb {_SHIFT_MM:g} mm off its axis", field, reference, at_points, _along(field, _SHIFT_MM))


def _refinement(reference: LimbReference) -> list[RowDict]:
    """Errors of the grid as all its cells shrink together, and the order they show."""
    asked, limit_ohm = row("published.field_solvers"), row("published.refinement")["limit_ohm"]
    rows, errors = [], []
    for cell in _CELLS_MM:
        field = solve_field(reference.anatomy, reference.montage, method="grid", cell_mm=cell)
        v = _share(field.drive_V_per_A(reference.points_mm), reference.complete_V_per_A)
        bend = _share(np.diff(_along(field), 2), np.diff(_finest(), 2))
        errors.append((v, bend, abs(field.resistance_ohm / limit_ohm - 1.0)))
        nodes = " x ".join(str(n) for n in field.cells)
        for name, error in zip(("potential", "second difference", "resistance"), errors[-1], strict=True):
            rows.append(
                aside(
                    f"grid, cells of {cell:g} mm at pad edges: {name}, error", asked, "", error, note=f"{nodes} nodes"
                )
            )
    orders = np.log(np.array(errors[0]) / np.array(errors[-1])) / np.log(_CELLS_MM[0] / _CELLS_MM[-1])
    for name, order in zip(("potential", "resistance"), orders[[0, 2]], strict=True):
        least = asked["order_least_count"]
        rows.append(
            apart(
                f"grid, order of convergence of the {name}",
                asked,
                row("published.refinement")["order_count"],
                float(order),
                row("published.refinement")["order_band_count"],
                unit="",
                note=f"{least:g} or more is asked; the edge of a metal pad limits it.",
            )
        )
    return rows


def _elements(reference: LimbReference) -> list[RowDict]:
    """Finite elements at their default settings, and what order and size of the elements do."""
    asked = row("published.field_solvers")
    if find_spec("ngsolve") is None:
        return [not_built("finite elements", asked, "", note="NGSolve is not installed (extra 'fem').")]
    rows = []
    for order, cell in _TETRAHEDRA:
        given = {"method": "finite_elements", "order": order, "cell_mm": cell}
        field = solve_field(reference.anatomy, reference.montage, **given)
        at_points, along = field.drive_V_per_A(reference.points_mm), _along(field)
        if order is None:
            rows += _errors("finite elements", field, reference, at_points, along)
            continue
        off = field.resistance_ohm / row("published.refinement")["limit_ohm"] - 1.0
        bend = _share(np.diff(along, 2), np.diff(_finest(), 2))
        note = f"Second difference {bend:.1%}, resistance {off:+.2%}; {field.cells[1]:,} unknowns."
        name = f"finite elements, order {order}, {cell:g} mm under pads, half of it at their edges: potential, error"
        rows.append(aside(name, asked, "", _share(at_points, reference.complete_V_per_A), note=note))
    return rows


def _lead(_: LimbReference) -> list[RowDict]:
    return lead_rows()


def _three_pads(reference: LimbReference) -> list[RowDict]:
    """Three pads of different share on the limb off its axis."""
    published = row("published.refinement")
    places = (("a", -60.0, 0.0, 1.0), ("b", 10.0, 170.0, -0.4), ("c", 60.0, -40.0, -0.6))
    pads = tuple(Pad(name=n, width_mm=30, length_mm=30, along_mm=a, around_deg=d, share=s) for n, a, d, s in places)
    part = OffAxisLimb(stack=reference.anatomy.layers, shift_mm=_SHIFT_MM)
    found = []
    for order in ((0, 1, 2), (2, 0, 1)):
        field = solve_field(part, Montage(pads=tuple(pads[i] for i in order)), cell_mm=1.6)
        back = np.argsort(order)
        found.append(field.admittance_S[np.ix_(back, back)])
    size = float(np.abs(found[0]).max())
    return [
        at_most(
            "grid, three pads: sum of the currents into the tissue",
            published,
            published["current_share"],
            float(np.abs(found[0].sum(axis=1)).max()) / size,
            unit="",
        ),
        at_most(
            "grid, three pads: admittance from other contacts solved for",
            published,
            published["current_share"],
            float(np.abs(found[0] - found[1]).max()) / size,
            unit="",
            note="Which contact follows from the others differs; agreement is reciprocity.",
        ),
    ]


COMPARISON = Comparison(name="fields", about="the field solvers against each other and as cells shrink", run=_run)
