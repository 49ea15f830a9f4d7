"""How long a field takes: solve, tables, points. Run on one core: OMP_NUM_THREADS=1 python benchmarks/field.py.

Each line gives seconds and the ratio to a baseline on the same machine: one forward and back Fourier transform of the
surface grid, the unit of work of the solver.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy import fft

from rheobase.field import limb_reference, solve_field
from rheobase.field._radial import layer_table, radial_modes


def best(action: Callable[[], object], repeats: int = 5, before: Callable[[], object] = lambda: None) -> float:
    taken = []
    for _ in range(repeats):
        before()
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def forget() -> None:
    radial_modes.cache_clear()
    layer_table.cache_clear()


def main() -> None:
    ref = limb_reference()
    surface = np.random.default_rng(0).normal(size=(264, 400))

    def transforms() -> None:
        there = fft.rfft(fft.dct(surface, axis=1), axis=0)
        fft.idct(fft.irfft(there, n=264, axis=0), axis=1)

    def solve(**grid: int) -> object:
        return solve_field(ref.anatomy, ref.montage, **grid)

    baseline = best(transforms, 20)
    field = solve_field(ref.anatomy, ref.montage)
    plane = field.plane(0.0)
    r, z = np.random.default_rng(1).uniform(0, 42, 100_000), np.random.default_rng(2).uniform(-190, 190, 100_000)
    around = np.random.default_rng(3).uniform(-0.3, 0.3, r.size)
    points = np.column_stack([r * np.cos(around), r * np.sin(around), z])
    rows = [
        ("baseline: transforms of 264 x 400", baseline),
        ("solve, 264 x 400, new limb", best(solve, 5, forget)),
        ("solve, 264 x 400, limb seen before", best(solve)),
        ("first plane of a new limb", best(lambda: field.plane(0.0), 5, layer_table.cache_clear)),
        ("another plane", best(lambda: field.plane(10.0))),
        ("solve + plane, new limb", best(lambda: solve_field(ref.anatomy, ref.montage).plane(0.0), 5, forget)),
        ("100,000 points on a plane", best(lambda: plane.at_V_per_A(r, z))),
        ("100,000 points at all angles of a sector", best(lambda: field.lead_V_per_A(points), 3)),
        ("solve, 528 x 800, new limb", best(lambda: solve(n_theta=528, n_z=800), 3, forget)),
    ]
    print(f"{'what':44s} {'s':>9s} {'ratio':>8s}")
    for name, seconds in rows:
        print(f"{name:44s} {seconds:9.4f} {seconds / baseline:8.1f}")


if __name__ == "__main__":
    main()
