"""A ring on a lead in a grounded box: the grid around it as cells shrink, and beside finite elements."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import cast

import numpy as np

from rheobase.anatomy import Block, PlainSolids, Solid, Tissue
from rheobase.electrode import Contact, FarReturn, Interface, Lead
from rheobase.field import Field, solve_field
from rheobase.montage import Implanted
from rheobase.tables import row
from rheobase.validation._rows import RowDict, apart, aside, at_most, near, not_built

_CELLS_MM = (0.06, 0.03, 0.015)
_FINE_MM = 0.0075
_ELEMENTS = {"order": 3, "cell_mm": 0.15}
_NEARLY_METAL = Interface(series_ohm_m2=1e-6)
_WALL_MM = 1e-6
_ALONG_MM = np.linspace(-15.0, 15.0, 61)


def lead_rows() -> list[RowDict]:
    """Every comparison of the grid around a lead."""
    asked, made = row("published.field_solvers"), row("published.lead_in_box")
    usual, fine = _solved(), _solved(cell_mm=_FINE_MM)
    rows = [
        at_most(
            f"lead, potential {_told(made['away_mm'])} mm away, largest error",
            made,
            asked["potential_share"],
            _potential_error(usual),
            unit="",
        ),
        at_most(
            f"lead, second difference {_told(made['path_mm'])} mm away along it, rms error",
            asked,
            asked["bend_share"],
            _bend_error(usual, fine),
            unit="",
            note=f"Against the same grid with cells of {_FINE_MM:g} mm at contact edges.",
        ),
        near("lead, access resistance", made, made["resistance_ohm"], usual.resistance_ohm, unit="ohm"),
    ]
    return [*rows, *_refinement(fine), *_tip(usual), *_segments(), *_beside_elements(fine)]


def _told(places: list[float]) -> str:
    return ", ".join(f"{p:g}" for p in places)


def _problem(*, tip_mm: float | None = None) -> tuple[PlainSolids, Implanted]:
    made = row("published.lead_in_box")
    half, s = made["half_mm"], made["sigma_S_per_m"]
    tissue = Tissue(name="tissue", sigma_transverse_S_per_m=s, sigma_axial_S_per_m=s)
    box = Solid(tissue="tissue", shape=Block(low_mm=(-half,) * 3, high_mm=(half,) * 3))
    tip = made["tip_mm"] if tip_mm is None else tip_mm
    ring = Contact(name="ring", along_mm=-tip, length_mm=made["contact_mm"], share=1.0, interface=_NEARLY_METAL)
    lead = Lead(contacts=(ring,), diameter_mm=made["diameter_mm"], tip_mm=(0, 0, tip), length_mm=3 * half)
    far = FarReturn(share=-1.0, interface=_NEARLY_METAL)
    return PlainSolids(tissues=(tissue,), stack=(box,)), Implanted(electrodes=(lead, far))


@cache
def _solved(*, cell_mm: float | None = None, method: str = "lead", order: int | None = None) -> Field:
    return solve_field(*_problem(), method, cell_mm=cell_mm, order=order)


def _potential_V_per_A(field: Field) -> np.ndarray:
    """Potential at the level of the ring's middle, at the distances of the table, against the wall."""
    made = row("published.lead_in_box")
    places = [*(made["diameter_mm"] / 2 + np.array(made["away_mm"])), made["half_mm"] - _WALL_MM]
    v = field.drive_V_per_A(np.column_stack([places, np.zeros((len(places), 2))]))
    return v[:-1] - v[-1]


def _potential_error(field: Field) -> float:
    return float(np.abs(_potential_V_per_A(field) / row("published.lead_in_box")["potential_V_per_A"] - 1.0).max())


def _bend_error(field: Field, finer: Field) -> float:
    """Second difference along paths beside the lead, against a finer solution."""
    made, found = row("published.lead_in_box"), []
    for away in made["path_mm"]:
        x = np.full(_ALONG_MM.shape, made["diameter_mm"] / 2 + away)
        path = np.column_stack([x, 0 * x, _ALONG_MM])
        got, want = (np.diff(f.drive_V_per_A(path), 2) for f in (field, finer))
        found.append(float(np.linalg.norm(got - want) / np.linalg.norm(want)))
    return max(found)


def _refinement(fine: Field) -> list[RowDict]:
    asked, made = row("published.field_solvers"), row("published.lead_in_box")
    rows, errors = [], []
    for cell in _CELLS_MM:
        field = _solved(cell_mm=cell)
        errors.append((_bend_error(field, fine), abs(field.resistance_ohm / made["resistance_ohm"] - 1.0)))
        note = f"Second difference {errors[-1][0]:.2%}, resistance {errors[-1][1]:.2%} off; " + " x ".join(
            str(n) for n in field.cells
        )
        name = f"lead, cells of {cell:g} mm at contact edges: potential, error"
        rows.append(aside(name, asked, "", _potential_error(field), note=note + " nodes."))
    for i, (name, order) in enumerate((("second difference", 2.0), ("resistance", 1.5))):
        seen = float(np.log(errors[0][i] / errors[-1][i]) / np.log(_CELLS_MM[0] / _CELLS_MM[-1]))
        note = "Smooth where fibres run." if i == 0 else "Between 2, of smooth fields, and 1, of metal edges."
        rows.append(apart(f"lead, order of convergence of the {name}", made, order, seen, made["order_band_count"],
                          unit="", note=note))  # fmt: skip
    return rows


def _tip(usual: Field) -> list[RowDict]:
    """The same with the shaft running on where there is tissue below the tip."""
    made = row("published.lead_in_box")
    through = solve_field(*_problem(tip_mm=-2 * made["half_mm"]), "lead")
    off = np.abs(_potential_V_per_A(through) / _potential_V_per_A(usual) - 1.0).max()
    return [
        aside("lead, resistance if the tissue below the tip were left out, change", made, "",
              through.resistance_ohm / usual.resistance_ohm - 1.0, note=f"Potential up to {off:.1%} off.")
    ]  # fmt: skip


def _segments() -> list[RowDict]:
    """Three segments on the lead: charge, and the admittance found from other contacts."""
    published = row("published.refinement")
    body, montage = _problem()
    lead = cast("Lead", montage.electrodes[0])
    interface = Interface(series_ohm_m2=row("implants.metal_contact")["contact_impedance_ohm_m2"])
    parts = tuple(
        replace(lead.contacts[0], name=n, around_deg=a, span_deg=90.0, share=s, interface=interface)
        for n, a, s in (("a", 0.0, 1.0), ("b", 120.0, -0.4), ("c", 240.0, -0.6))
    )
    found = []
    for order in ((0, 1, 2), (2, 0, 1)):
        turned = replace(lead, contacts=tuple(parts[i] for i in order))
        back = np.argsort(order)
        solved = solve_field(body, Implanted(electrodes=(turned,)), "lead", cell_mm=_CELLS_MM[0])
        found.append(solved.admittance_S[np.ix_(back, back)])
    size = float(np.abs(found[0]).max())
    return [
        at_most("lead, three segments: sum of the currents into the tissue", published, published["current_share"],
                float(np.abs(found[0].sum(axis=1)).max()) / size, unit="",
                note="The last contact follows from balance; a field whose own count of it is off by more is refused."),
        at_most("lead, three segments: admittance from other contacts solved for", published,
                published["current_share"], float(np.abs(found[0] - found[1]).max()) / size, unit="",
                note="Which contact follows from the others differs; agreement is reciprocity."),
    ]  # fmt: skip


def _beside_elements(fine: Field) -> list[RowDict]:
    asked = row("published.field_solvers")
    if find_spec("ngsolve") is None:
        return [not_built("lead, finite elements", asked, "", note="NGSolve is not installed (extra 'fem').")]
    field = _solved(method="finite_elements", **_ELEMENTS)
    off = float(np.abs(_potential_V_per_A(field) / _potential_V_per_A(fine) - 1.0).max())
    note = (
        f"Second difference {_bend_error(field, fine):.2%}, resistance"
        f" {field.resistance_ohm / fine.resistance_ohm - 1.0:+.2%}; {field.cells[1]:,} unknowns."
    )
    return [
        at_most("lead, fine grid beside cubic elements: potential, largest difference", asked,
                asked["between_share"], off, unit="", note=note)
    ]  # fmt: skip


__all__ = ["lead_rows"]
