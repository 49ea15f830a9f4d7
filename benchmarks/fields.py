"""How long fields take on the body-fitted grid, and what they are worth. OMP_NUM_THREADS=1 python benchmarks/fields.py

Each line gives seconds, the ratio to a baseline on the same machine (one product of the operator of the default limb
with a potential, the unit of work of the solver), and where it applies the error against the reference limb. If pyamg
is installed, the same equations are also solved by its Ruge-Stueben multigrid.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

import numpy as np
from scipy import sparse

from rheobase.anatomy import BodyPart, Forearm, Rod, Tissue
from rheobase.field import limb_reference, solve_field
from rheobase.field._body_tables import _volume_spline
from rheobase.field._gradients import conjugate_gradients
from rheobase.field._hexahedra import apply
from rheobase.field.body_fitted import Assembled, assemble, body_grid
from rheobase.montage import Montage, pad_pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Calf(BodyPart):
    """An elliptic, tapering limb with two bones off its axis and fat of uneven thickness."""

    ends_mm: tuple[float, float] = (-200.0, 200.0)
    layer_names: tuple[str, ...] = ("dermis", "fat")

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        rows = (("dermis", 0.2, 0.2), ("fat", 1 / 33, 1 / 33), ("muscle", 1 / 9, 1 / 3), ("bone", 0.02, 0.02))
        return tuple(Tissue(name=n, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=a) for n, t, a in rows)

    def outline_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        scale = 1.0 + 0.06 * np.sin(z_mm / 60.0)
        return scale * 58.0 * 52.0 / np.hypot(52.0 * np.cos(theta_rad), 58.0 * np.sin(theta_rad))

    def thickness_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        return np.stack([np.full_like(theta_rad, 1.5), 6.0 + 2.0 * np.cos(theta_rad)])

    def core_labels(self, points_mm: np.ndarray) -> np.ndarray:
        out = np.full(len(points_mm), 2)
        for x, y, a, b in ((15.0, 5.0, 15.0, 12.0), (-18.0, -12.0, 7.0, 7.0)):
            out[Rod(along_mm=(0.0,), centre_mm=((x, y),), half_axes_mm=((a, b),)).contains(points_mm)] = 3
        return out


def best(action: Callable[[], object], repeats: int = 3) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def assembled(part: BodyPart, montage: Montage, cell_mm: float | None = None) -> Assembled:
    z = tuple(p.interface.contact_impedance_ohm_m2 for p in montage.pads)
    return assemble(body_grid(part, montage, cell_mm), montage.pads, z)


def matrix(made: Assembled) -> sparse.csr_matrix:
    """The operator as a sparse matrix, one unknown for each place on the axis."""
    n = made.grid.shape
    number = np.arange(np.prod(n)).reshape(n) - (n[1] - 1) * n[2]
    number[0] = np.arange(n[2])
    rows, columns, values = [], [], []
    for (i, j, k), s in made.operator.items():
        own = number[: n[0] - i, :, max(-k, 0) : n[2] - max(k, 0)]
        other = np.roll(number, -j, axis=1)[i:, :, max(k, 0) : n[2] - max(-k, 0)]
        value = s[: n[0] - i, :, max(-k, 0) : n[2] - max(k, 0)]
        pairs = ((own, other),) if (i, j, k) == (0, 0, 0) else ((own, other), (other, own))
        for a, b in pairs:
            rows.append(a.ravel())
            columns.append(b.ravel())
            values.append(value.ravel())
    size = number.max() + 1
    triplets = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.coo_matrix(triplets, shape=(size, size)).tocsr()


def line(name: str, seconds: float, baseline: float, note: str = "") -> None:
    print(f"{name:58s} {seconds:9.3f} {seconds / baseline:9.1f}  {note}", flush=True)


def solve_once(made: Assembled) -> int:
    target = np.zeros(made.grid.shape)
    target[-1] = made.contacts.loads_S[0]
    return conjugate_gradients(partial(apply, made.operator), made.precondition, target, tolerance=1e-9)[1]


def limb_lines(baseline: float) -> None:
    reference = limb_reference()
    for cell_mm in (1.6, 0.8, 0.56):
        solve = partial(solve_field, reference.anatomy, reference.montage, method="grid", cell_mm=cell_mm)
        field = solve()
        v = field.drive_V_per_A(reference.points_mm)
        want = reference.complete_V_per_A
        error = np.linalg.norm(v - want) / np.linalg.norm(want)
        off = field.resistance_ohm / reference.resistance_ohm - 1
        note = f"{np.prod(field.cells):,} nodes; potential {error:.2%}, resistance {off:+.2%}"
        line(f"reference limb, cells of {cell_mm} mm, all in", best(solve), baseline, note)


def part_lines(baseline: float) -> None:
    for name, part in (("forearm", Forearm()), ("elliptic limb, two bones", Calf())):
        montage = pad_pair(Forearm())
        made = assembled(part, montage)
        steps = solve_once(made)
        note = f"{np.prod(made.grid.shape):,} nodes, {steps} steps"
        line(f"{name}, all in", best(partial(solve_field, part, montage, method="grid")), baseline, note)
    start = time.perf_counter()
    field = solve_field(Calf(), pad_pair(Forearm()), cell_mm=0.5)
    note = f"{np.prod(field.cells):,} nodes; peak memory of this process {peak_GB():.2f} GB"
    line("elliptic limb, cells of 0.5 mm, all in", time.perf_counter() - start, baseline, note)


def peak_GB() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def point_lines(baseline: float) -> None:
    arm = Forearm()
    field = solve_field(arm, pad_pair(arm), method="grid")
    rng = np.random.default_rng(1)
    z = np.tile(np.linspace(-150, 150, 300), 1000)
    r, t = (np.repeat(rng.uniform(a, b, 1000), 300) for a, b in ((12.0, 33.0), (-3.0, 3.0)))
    points = np.column_stack([r * np.cos(t), r * np.sin(t), z])

    def first() -> None:
        _volume_spline.cache_clear()
        field.drive_V_per_A(points)

    line("1,000 paths of 300 points, splines made anew", best(first), baseline)
    line("1,000 paths of 300 points, again", best(partial(field.drive_V_per_A, points)), baseline)
    plane = field.plane(0.0)
    flat = np.column_stack([r, 0 * r, z])
    line("the same on one half-plane", best(partial(plane.drive_V_per_A, flat)), baseline)


def multigrid_lines(baseline: float) -> None:
    if find_spec("pyamg") is None:
        print("pyamg is not installed: no comparison with multigrid")
        return
    import pyamg

    for name, part in (("forearm", Forearm()), ("elliptic limb, two bones", Calf())):
        made = assembled(part, pad_pair(Forearm()))
        a, b = matrix(made), np.zeros(0)
        b = np.zeros(a.shape[0])
        b[-made.contacts.loads_S[0].size :] = made.contacts.loads_S[0].ravel()
        own = best(partial(solve_once, made))
        line(f"{name}: solve for one contact", own, baseline, f"{a.shape[0]:,} unknowns, {solve_once(made)} steps")
        start = time.perf_counter()
        levels = pyamg.ruge_stuben_solver(a)
        middle = time.perf_counter()
        residuals: list[float] = []
        levels.solve(b, tol=1e-9, accel="cg", residuals=residuals)
        end = time.perf_counter()
        line(
            f"{name}: Ruge-Stueben multigrid, set-up", middle - start, baseline, f"{(middle - start) / own:.1f} x ours"
        )
        steps, left = len(residuals) - 1, residuals[-1] / residuals[0]
        note = f"{(end - middle) / own:.1f} x ours, {steps} steps, residual {left:.0e}"
        line(f"{name}: Ruge-Stueben multigrid, conjugate gradients", end - middle, baseline, note)


def main() -> None:
    arm = Forearm()
    made = assembled(arm, pad_pair(arm))
    v = np.random.default_rng(0).normal(size=made.grid.shape)
    baseline = best(lambda: apply(made.operator, v), 20)
    print(f"{'what':58s} {'s':>9s} {'ratio':>9s}")
    line("baseline: operator times potential, forearm", baseline, baseline)
    limb_lines(baseline)
    part_lines(baseline)
    point_lines(baseline)
    multigrid_lines(baseline)


if __name__ == "__main__":
    main()
