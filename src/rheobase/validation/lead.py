"""A lead on the dura: where its published resistance comes from."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np

from rheobase.anatomy import Spine
from rheobase.electrode import FarReturn, Interface, metal_interface, percutaneous_lead
from rheobase.field import solve_field
from rheobase.montage import Implanted
from rheobase.tables import Row, row
from rheobase.validation._rows import Comparison, Progress, RowDict, aside, near, not_built
from rheobase.validation._voxel_lead import voxel_lead

_LEVEL, _FLUID_MM = "t9", 3.2
_BLOCKS = ((0.4, 0.5, False, "contact_ohm"), (0.3, 0.375, False, "contact_fine_ohm"), (0.1, 0.2, True, ""))
_LONGER_MM = 150.0
_FINE_MM = 0.2
_NEARLY_METAL = Interface(series_ohm_m2=1e-6)
_WALL_MM = 1e-3
_WHY = (
    "Blocks of 0.3 to 0.4 mm make the lead a staircase of 10 to 16 blocks, thicker than 1.3 mm: the same equations on"
    " finer blocks come to the finite elements (243 ohm on blocks of 0.05 mm, computed once)."
)


def _run(tell: Progress) -> list[RowDict]:
    model, spine = row("published.spinal_lead"), Spine(level=_LEVEL, csf_mm=_FLUID_MM)
    rows = []
    for done, (cell, along, close, key) in enumerate(_BLOCKS):
        found = voxel_lead(spine, model, cell, along, near=close)
        name = f"blocks of {cell:g} mm, lead {found.diameter_mm:.2f} mm thick: contact"
        if key:
            rows.append(near(name, model, model[key], found.contact_ohm, unit="ohm", note=f"{found.blocks:,} blocks."))
        else:
            rows.append(aside(name, model, "", found.contact_ohm, unit="ohm", note=f"{found.blocks:,} blocks near it."))
        tell(0.4 * (done + 1) / len(_BLOCKS))
    if find_spec("ngsolve") is None:
        return [*rows, not_built("finite elements, contact", model, model["contact_ohm"], unit="ohm",
                                 note="NGSolve is not installed.")]  # fmt: skip
    return rows + _elements(model, spine, tell)


def _elements(model: Row, spine: Spine, tell: Progress) -> list[RowDict]:
    contact, column = _solved(model, spine)
    rows = [
        near("finite elements, default mesh: contact", model, model["contact_ohm"], contact, unit="ohm", note=_WHY),
        near("finite elements: potential in the dorsal column", model, model["column_ohm"], column, unit="mV/mA"),
    ]
    studies: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"cells of {_FINE_MM:g} mm on the contact", {"cell_mm": _FINE_MM}),
        (f"block of {_LONGER_MM:g} instead of 90 mm", {"length_mm": _LONGER_MM}),
        ("lead as thick as the blocks of 0.4 mm make it", {"lead_mm": 1.43}),
        ("a scar around the lead", {"interface": metal_interface(encapsulated=True)}),
        ("set holsheimer", {"spine": replace(spine, conductivity="holsheimer")}),
    )
    for done, (name, change) in enumerate(studies):
        given: dict[str, Any] = {"spine": spine} | change
        found = _solved(model, **given)
        note = f"Potential in the dorsal column {found[1]:.1f} mV/mA."
        rows.append(aside(f"finite elements, {name}: contact", model, "", found[0], unit="ohm", note=note))
        tell(0.4 + 0.6 * (done + 1) / len(studies))
    return rows


def _solved(
    model: Row,
    spine: Spine,
    *,
    cell_mm: float | None = None,
    length_mm: float | None = None,
    lead_mm: float | None = None,
    interface: Interface = _NEARLY_METAL,
) -> tuple[float, float]:
    """Resistance of one ring against the outer faces, and the potential in the dorsal column against them."""
    thick = lead_mm or model["lead_mm"]
    middle = spine.epidural_mm(along_mm=4.0, diameter_mm=thick)
    lead = percutaneous_lead("octrode_8mm", middle_mm=middle, shares={"c5": 1.0}, interface=interface)
    lead = replace(lead, diameter_mm=thick, contacts=tuple(c for c in lead.contacts if c.name == "c5"))
    far = FarReturn(share=-1.0, interface=_NEARLY_METAL)
    field = solve_field(
        spine.solids(roots=False, length_mm=length_mm), Implanted(electrodes=(lead, far)), cell_mm=cell_mm
    )
    column = spine.dorsal_column(model["column_depth_mm"]).points_mm[0]
    aside_mm = row("spine.canal")["block_half_aside_mm"] - _WALL_MM
    at, wall = field.drive_V_per_A(np.array([[column[0], 0.0, 0.0], [0.0, aside_mm, 0.0]]))
    return field.resistance_ohm, float(at - wall)


COMPARISON = Comparison(name="lead", about="a lead on the dura, by blocks and by finite elements", run=_run)
