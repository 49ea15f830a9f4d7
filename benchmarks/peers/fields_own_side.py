"""Rheobase's share of the fields side by side; prints one line of JSON. See ../fields.py."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from rheobase.anatomy import Block, Forearm, PlainSolids, Solid, Tissue
from rheobase.electrode import Contact, FarReturn, Interface, Lead
from rheobase.field import limb_reference, solve_field
from rheobase.field._body_tables import _volume_spline
from rheobase.field._radial import layer_table, radial_modes
from rheobase.montage import Implanted, pad_pair

_NEARLY_METAL = Interface(series_ohm_m2=1e-6)


def best(action: Callable[[], Any], repeats: int, before: Callable[[], object] = lambda: None) -> tuple[Any, float]:
    """What it gives, and the least CPU time of several runs."""
    taken, found = [], None
    for _ in range(repeats):
        before()
        begin = time.process_time()
        found = action()
        taken.append(time.process_time() - begin)
    return found, min(taken)


def limb(task: dict) -> dict:
    """The reference limb: potential at points, second differences wanted elsewhere, resistance."""
    reference = limb_reference()
    given = {"method": task["method"], "cell_mm": task["cell_mm"]}
    field, seconds = best(lambda: solve_field(reference.anatomy, reference.montage, **given), task["repeats"], _forget)
    return {
        "mesh_s": 0.0,
        "solve_s": seconds,
        "unknowns": int(np.prod(field.cells)) if task["method"] == "grid" else field.cells[-1],
        "resistance_ohm": field.resistance_ohm,
        "potential_V_per_A": field.drive_V_per_A(np.array(task["points_mm"])).tolist(),
    }


def _forget() -> None:
    radial_modes.cache_clear()
    layer_table.cache_clear()


def lead(task: dict) -> dict:
    """A lead in a grounded box, all of it insulation but one ring."""
    given, half, s = task["lead"], task["half_mm"], task["sigma_S_per_m"]
    tissue = Tissue(name="grey_matter", sigma_transverse_S_per_m=s, sigma_axial_S_per_m=s)
    box = Block(low_mm=(-half,) * 3, high_mm=(half,) * 3)
    tank = PlainSolids(tissues=(tissue,), stack=(Solid(tissue="grey_matter", shape=box),))
    pitch = given["contact_mm"] + given["gap_mm"]
    middle = given["tip_mm"] + (given["contact"] - 1) * pitch + given["contact_mm"] / 2
    ring = Contact(name="ring", along_mm=middle, length_mm=given["contact_mm"], share=1.0, interface=_NEARLY_METAL)
    wire = Lead(
        contacts=(ring,),
        diameter_mm=given["diameter_mm"],
        tip_mm=(0.0, 0.0, given["tip_at_mm"]),
        length_mm=given["length_mm"],
    )
    montage = Implanted(electrodes=(wire, FarReturn(share=-1.0, interface=_NEARLY_METAL)))
    settings = {"method": task["method"], "cell_mm": task["cell_mm"], "order": task["order"]}
    field, seconds = best(lambda: solve_field(tank, montage, **settings), task["repeats"])
    at = field.drive_V_per_A(np.array([*task["points_mm"], [half - 1e-6, 0.0, 0.0]]))
    return {
        "mesh_s": 0.0,
        "solve_s": seconds,
        "unknowns": int(np.prod(field.cells)) if task["method"] == "lead" else field.cells[1],
        "resistance_ohm": field.resistance_ohm,
        "potential_V_per_A": (at[:-1] - at[-1]).tolist(),
    }


def paths(task: dict) -> dict:
    """1,000 courses of 300 points in the default limb: CPU of the first call and of a later one."""
    arm = Forearm()
    field = solve_field(arm, pad_pair(arm), method="grid")
    rng = np.random.default_rng(1)
    z = np.tile(np.linspace(-150, 150, 300), 1000)
    r, t = (np.repeat(rng.uniform(a, b, 1000), 300) for a, b in ((12.0, 33.0), (-3.0, 3.0)))
    points = np.column_stack([r * np.cos(t), r * np.sin(t), z])
    _, first = best(lambda: field.drive_V_per_A(points), task["repeats"], _volume_spline.cache_clear)
    _, again = best(lambda: field.drive_V_per_A(points), task["repeats"])
    return {"first_s": first, "again_s": again}


def large(task: dict) -> dict:
    """A field of about a million unknowns: CPU, and the most memory this process ever held."""
    found = limb(task | {"repeats": 1})
    return found | {"peak_GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def main() -> None:
    task = json.loads(sys.argv[1])
    print(json.dumps({"limb": limb, "lead": lead, "paths": paths, "large": large}[task["what"]](task)))


if __name__ == "__main__":
    main()
