"""Fields: Rheobase beside NGSolve and OSS-DBS on one core, in one run. Run: python benchmarks/fields.py --env FOLDER.

The peers live in environments of their own, which this makes under --env; they are no dependencies (see README.md).
Times are seconds of CPU of one pinned core, so that other work on the machine disturbs them little. Everybody gets the
settings that reach the accuracy with the least time, of those tried here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import numpy as np
from fibres import ask, make, processor

from rheobase.field import limb_reference, solve_field
from rheobase.tables import row

LINES = ((33, 0.0), (30, 0.0), (25, 0.0), (20, 0.5), (15, 1.0), (25, 2.0))  # in muscle: mm from the axis, rad
# Largest errors allowed: potential at the reference points, second difference along lines in muscle, resistance.
LEVELS = {"1 %": (0.01, 0.03, 0.01), "0.5 %": (0.005, 0.03, 0.005)}
OWN_CELLS_MM = (1.8, 1.6, 1.4, 1.2, 1.0, 0.8, 0.65)
# Order, cells under the pads, at their edges and in the body (mm), grading, cells around a bend per radius, iterated.
NGSOLVE = (
    (3, 6.0, 2.0, 14.0, 0.5, 2.0, False),
    (3, 5.0, 5.0, 10.0, 0.4, 0.6, False),
    (3, 6.0, 3.0, 10.0, 0.5, 0.6, False),
    (3, 5.0, 2.5, 10.0, 0.4, 0.6, False),
    (3, 5.0, 2.5, 10.0, 0.4, 0.6, True),
)
LEAD = {"tip_mm": 1.5, "contact_mm": 3.0, "gap_mm": 1.0, "diameter_mm": 1.3, "length_mm": 60.0, "contact": 2}
TANK = {"lead": LEAD | {"tip_at_mm": -7.0}, "half_mm": 20.0, "sigma_S_per_m": 0.2,
        "points_mm": [[3.0, 0, 0], [0, 5.0, 2], [6, 6, -4], [0, 9, 5]]}  # fmt: skip
OSSDBS = [{"mesh": m, "face_mm": 0, "edge_mm": e} for m, e in (("Default", 0), ("Default", 0.2), ("Default", 0.1),
          ("Coarse", 0.1), ("Coarse", 0.05), ("Coarse", 0.03))]  # fmt: skip
OWN_LEAD_CELLS_MM = (0.08, 0.06, 0.04, 0.03, None, 0.016, 0.012, 0.009)
OWN_ELEMENTS = [{"order": o, "cell_mm": c} for o, c in ((2, None), (2, 0.5), (3, 1.0), (3, 0.5))]
LEAD_LEVELS = {"2 %": (0.02, 0.02), "1 %": (0.01, 0.01), "0.5 %": (0.005, 0.005)}


def limb_task() -> dict:
    """The reference limb in plain numbers, and every point where a potential is wanted."""
    ref = limb_reference()
    z = np.arange(-140.0, 141.0, 5.0)
    lines = [np.column_stack([r * np.cos(t) + 0 * z, r * np.sin(t) + 0 * z, z]) for r, t in LINES]
    raw = json.loads((files("rheobase.tables") / "reference" / "limb_field.json").read_text(encoding="utf-8"))
    return {
        "layers": [
            {"name": la.name.replace(" ", "_"), "radius_mm": la.outer_radius_mm,
             "across_S_per_m": la.sigma_transverse_S_per_m, "along_S_per_m": la.sigma_axial_S_per_m}
            for la in ref.anatomy.layers
        ],
        "length_mm": ref.anatomy.length_mm,
        "pads": [
            {"name": f"pad_{p.name}", "along_mm": p.along_mm, "width_mm": p.around_mm, "length_mm": p.extent_mm,
             "share": p.share}
            for p in ref.montage.pads
        ],
        "contact_ohm_m2": raw["limb"]["contact_impedance_ohm_m2"],
        "points_mm": np.vstack([ref.points_mm, *lines]).tolist(),
    }  # fmt: skip


def limb_errors(found: dict, finest: np.ndarray) -> tuple[float, float, float]:
    ref = limb_reference()
    v, count = np.array(found["potential_V_per_A"]), len(ref.points_mm)
    bend, want = (np.diff(w.reshape(len(LINES), -1), 2) for w in (v[count:], finest))
    return (
        float(np.linalg.norm(v[:count] - ref.complete_V_per_A) / np.linalg.norm(ref.complete_V_per_A)),
        float(np.linalg.norm(bend - want) / np.linalg.norm(want)),
        abs(found["resistance_ohm"] / row("published.refinement")["limit_ohm"] - 1.0),
    )


def lead_errors(found: dict, converged: dict) -> tuple[float, float]:
    v, w = (np.array(f["potential_V_per_A"]) for f in (found, converged))
    off = abs(found["resistance_ohm"] / converged["resistance_ohm"] - 1.0)
    return float(np.abs(v / w - 1.0).max()), off


def cheapest(tried: list[tuple[str, dict, tuple]], allowed: tuple) -> tuple[str, dict, tuple] | None:
    good = [t for t in tried if all(e <= a for e, a in zip(t[2], allowed, strict=True))]
    return min(good, key=lambda t: t[1]["mesh_s"] + t[1]["solve_s"], default=None)


def told(who: str, one: tuple[str, dict, tuple]) -> str:
    settings, found, errors = one
    said = ", ".join(f"{100 * e:.2f} %" for e in errors)
    return (
        f"{who}: {settings}; {found['unknowns']:,} unknowns, mesh {found['mesh_s']:.2f} s, the rest"
        f" {found['solve_s']:.2f} s; errors {said}"
    )


def compared(
    what: str, ours: list, theirs: list, levels: dict, peer: str, asked: float
) -> tuple[list[tuple], list[str]]:
    rows, notes = [], []
    for level, allowed in levels.items():
        a, b = cheapest(ours, allowed), cheapest(theirs, allowed)
        if a is None or b is None:
            notes.append(f"{what} to {level}: not reached by {'Rheobase' if a is None else peer} with what was tried")
            continue
        mine, full = a[1]["mesh_s"] + a[1]["solve_s"], b[1]["mesh_s"] + b[1]["solve_s"]
        rows.append((f"{what} to {level}: Rheobase", mine, "s", "", ""))
        rows.append((f"  {peer}, mesh and all", full, "s", f"{asked:g} x", f"{full / mine:.1f} x"))
        rows.append((f"  {peer}, mesh not counted", b[1]["solve_s"], "s", "", f"{b[1]['solve_s'] / mine:.1f} x"))
        notes += [told(f"{what} to {level}, Rheobase", a), told(f"{what} to {level}, {peer}", b)]
    return rows, notes


def gathered(python: Path | str, side: str, core: int, named: list[tuple[str, dict]], judge) -> list[tuple]:
    out = []
    for name, task in named:
        found = ask(python, side, core, **task)
        if "failed" in found:
            print(f"  {side}, {name}: {found['failed']}", flush=True)
            continue
        out.append((name, found, judge(found)))
        print("  " + told(side, out[-1]), flush=True)
    return out


def limb_part(folder: Path, core: int, repeats: int) -> tuple[list[tuple], list[str]]:
    python, why = make(folder / "ngsolve", "ngsolve", "numpy")
    task, ref = limb_task(), limb_reference()
    fine = solve_field(ref.anatomy, ref.montage, method="cylinder", cell_mm=0.5)
    finest = fine.drive_V_per_A(np.array(task["points_mm"][len(ref.points_mm) :]))

    def judge(found: dict) -> tuple:
        return limb_errors(found, finest)

    shared = {"what": "limb", "method": "grid", "points_mm": task["points_mm"], "repeats": 3 * repeats}
    cells = [(f"grid, cells of {c} mm at pad edges", shared | {"cell_mm": c}) for c in OWN_CELLS_MM]
    ours = gathered(sys.executable, "fields_own", core, cells, judge)
    if python is None:
        return [], [f"NGSolve not measured: {why}"]
    named = []
    for order, pad, edge, body, grading, bends, iterate in NGSOLVE:
        how = "conjugate gradients with BDDC" if iterate else "sparse Cholesky"
        given = {
            "order": order,
            "pad_cell_mm": pad,
            "edge_cell_mm": edge,
            "body_cell_mm": body,
            "grading": grading,
            "bends": bends,
        }
        sizes = f"{pad}, {edge}, {body} mm at pads, pad edges, in the body, {bends} around bends"
        said = f"order {order}, curved tetrahedra of {sizes}, {how}"
        named.append((said, task | given | {"iterate": iterate, "repeats": repeats}))
    theirs = gathered(python, "ngsolve", core, named, judge)
    return compared("reference limb", ours, theirs, LEVELS, "NGSolve", 10.0)


def lead_part(folder: Path, core: int, repeats: int) -> tuple[list[tuple], list[str]]:
    python, why = make(folder / "ossdbs", "ossdbs")
    if python is None:
        return [], [f"OSS-DBS (pip install ossdbs) not measured: {why}"]
    own = TANK | {"what": "lead", "repeats": repeats}
    own |= {"order": None, "method": "lead"}
    elements = own | {"method": "finite_elements"}
    converged = ask(sys.executable, "fields_own", core, **elements | {"cell_mm": 0.08, "order": 3, "repeats": 1})

    def judge(found: dict) -> tuple:
        return lead_errors(found, converged)

    cells = [(f"grid around the lead, cells of {c or 0.0203} mm at contact edges", own | {"cell_mm": c})
             for c in OWN_LEAD_CELLS_MM]  # fmt: skip
    ours = gathered(sys.executable, "fields_own", core, cells, judge)
    gathered(sys.executable, "fields_own", core,
             [(f"elements of order {t['order']}, contact cells {t['cell_mm'] or 'by default'}", elements | t)
              for t in OWN_ELEMENTS], judge)  # fmt: skip
    theirs = gathered(python, "ossdbs", core,
                      [(f"order 2, mesh {t['mesh']}, contact edges {t['edge_mm'] or 'by default'}",
                        TANK | t | {"repeats": repeats}) for t in OSSDBS], judge)  # fmt: skip
    return compared("lead in a box", ours, theirs, LEAD_LEVELS, "OSS-DBS", 3.0)


def own_part(core: int, repeats: int) -> tuple[list[tuple], list[str]]:
    task = {"what": "limb", "points_mm": limb_task()["points_mm"], "repeats": 3 * repeats}
    me = sys.executable
    grid = ask(me, "fields_own", core, **task | {"method": "grid", "cell_mm": None})
    closed = ask(me, "fields_own", core, **task | {"method": "cylinder", "cell_mm": None})
    tets = ask(me, "fields_own", core, **task | {"method": "finite_elements", "cell_mm": None, "repeats": 1})
    large = ask(me, "fields_own", core, **task | {"what": "large", "method": "grid", "cell_mm": 0.49})
    paths = ask(me, "fields_own", core, what="paths", repeats=3 * repeats)
    want, v = limb_reference(), np.array(grid["potential_V_per_A"])
    error = np.linalg.norm(v[: len(want.points_mm)] - want.complete_V_per_A) / np.linalg.norm(want.complete_V_per_A)

    def line(name: str, value: float, unit: str, asked: str = "") -> tuple:
        return name, value, unit, asked, f"{value:.2g} {unit}" if asked else ""

    return [
        line("default limb on the grid, all in, both contacts", grid["solve_s"], "s", "2 s"),
        line("  its error, potential at the reference points", 100 * error, "%", "0.5 %"),
        line("  the same by closed form, limb not seen before", closed["solve_s"], "s", "1.5 s"),
        line("  the same by finite elements, mesh and all", tets["solve_s"], "s"),
        line(f"grid of {large['unknowns']:,} unknowns", large["solve_s"], "s", "20 s"),
        line("  peak memory of its process", large["peak_GB"], "GB", "1.5 GB"),
        line("1,000 paths of 300 points, first call", paths["first_s"], "s", "0.3 s"),
        line("  later calls", paths["again_s"], "s", "0.3 s"),
    ], []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--env", type=Path, help="folder for the peers' environments; a temporary one by default")
    parser.add_argument("--only", choices=("own", "limb", "lead"), help="one part instead of all three")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the core to pin to")
    parser.add_argument("--repeats", type=int, default=2, help="runs of each setting, of which the quickest counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = (given.env or Path(spare)).resolve()
        today, load = time.strftime("%Y-%m-%d"), os.getloadavg()[0]
        print(f"{processor()}; {today}; load {load:.1f}; Python {platform.python_version()}", flush=True)
        named = {
            "own": lambda: own_part(given.core, given.repeats),
            "limb": lambda: limb_part(folder, given.core, given.repeats),
            "lead": lambda: lead_part(folder, given.core, given.repeats),
        }
        parts = [part() for name, part in named.items() if given.only in (None, name)]
    head = f"| {'what':52} | {'value':>9} | unit | asked  | reached |"
    print(f"\n{head}\n|{'-' * 54}|{'-' * 10}:|------|-------:|--------:|")
    for name, value, unit, asked, reached in (r for rows, _ in parts for r in rows):
        print(f"| {name:52} | {value:9.3g} | {unit:4} | {asked:>6} | {reached:>7} |")
    print(
        "\n"
        + "\n".join(f"- {n}" for _, notes in parts for n in notes)
        + f"\n- load at the end {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
