"""How long fibres take: one threshold, a thousand, a step, the first call. Run: python benchmarks/fibres.py.

The task is the usual one: activation thresholds of 1,000 MRG fibres (5.7 to 16 um, 21 nodes), a point source 1 mm away,
one cathodic phase of 0.1 ms, steps of 5 us, brackets of 1 %. Times are of one thread unless said otherwise. The ratio
is to the same work by the plain numpy twin of the kernel, on the same machine in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from unittest import mock

import numpy as np

import rheobase.nerve.chunk as chunks
from rheobase.kernel import LANES, cable_numpy
from rheobase.nerve import Fibre, activation_thresholds, stimulus_from_segments, tapered_fibre, uniform_fibre
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.run import run

DT_MS = 0.005
STIMULUS = stimulus_from_segments([(0.1, 0.0), (0.1, -1.0)], tail_ms=3.0, dt_ms=DT_MS)
FIRST = """
import time; start = time.perf_counter()
import numpy as np
from rheobase.nerve import activation_thresholds, stimulus_from_segments, uniform_fibre
fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
phi = 1 / (4e-3 * np.pi * 0.3 * np.hypot(1.0, (fibre.arc_um - 11500) / 1000))[None]
activation_thresholds([fibre], [phi], stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=0.005))
print(time.perf_counter() - start)
"""


def best(action: Callable[[], object], repeats: int = 3) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def potential(fibre: Fibre) -> np.ndarray:
    middle = fibre.node_arc_um[fibre.nodes // 2]
    return 1 / (4e-3 * np.pi * 0.3 * np.hypot(1.0, (fibre.arc_um - middle) / 1000))[None]


def first_call(cache: str) -> float:
    env = {**os.environ, "NUMBA_CACHE_DIR": cache}
    return float(subprocess.run([sys.executable, "-c", FIRST], env=env, capture_output=True, check=True).stdout)


def threads(count: int) -> mock._patch:
    return mock.patch("os.cpu_count", return_value=count)


def fibre_step(fibres: list[Fibre], steps: int) -> tuple[float, float]:
    """Seconds a fibre for setting up, and a fibre and step for stepping through, of full blocks."""
    phi = [potential(f) for f in fibres]
    set_up = best(lambda: make_chunk(fibres, phi, dt_ms=DT_MS, temperature_C=37.0))
    c = make_chunk(fibres, phi, dt_ms=DT_MS, temperature_C=37.0)
    wave, lanes = np.resize(STIMULUS.samples, (1, steps)), c.blocks * LANES
    go = best(lambda: run(c.fixed, tuple(s.copy() for s in c.state), c.blocks, wave, np.full(lanes, 0.2), watch=None))
    return set_up / len(fibres), go / steps / len(fibres)


def main() -> None:
    fibres = [uniform_fibre("mrg_interpolated", diameter_um=d, nodes=21) for d in np.linspace(5.7, 16.0, 1000)]
    phi = [potential(f) for f in fibres]
    tapered = [tapered_fibre("short", parent_um=d, length_mm=40.0) for d in np.linspace(5.7, 16.0, 96)]

    def thresholds(count: int) -> object:
        return activation_thresholds(fibres[:count], phi[:count], STIMULUS)

    thresholds(1)
    with threads(1):
        one, many = best(lambda: thresholds(1), 5), best(lambda: thresholds(1000))
        set_up, step = fibre_step(fibres[:96], 2000)
        taper_up, taper_step = fibre_step(tapered, 1000)
    with threads(2):
        many2 = best(lambda: thresholds(1000))
    nodes = max(f.nodes for f in tapered)
    with mock.patch.object(chunks, "advance", cable_numpy.advance), threads(1):
        slow_one, slow_16 = best(lambda: thresholds(1), 1), best(lambda: thresholds(16), 1)
        slow_step, slow_taper_step = fibre_step(fibres[:16], 200)[1], fibre_step(tapered[:16], 100)[1]
    with tempfile.TemporaryDirectory() as cache:
        cold, warm = first_call(cache), best(lambda: first_call(cache))
    rows = [
        ("one threshold", one * 1e3, "ms", slow_one / one),
        ("1,000 thresholds, set-up included", many * 1e3, "ms", slow_16 / 16 * 1000 / many),
        ("1,000 thresholds, two threads", many2 * 1e3, "ms", slow_16 / 16 * 1000 / many2),
        ("  simulations a threshold", thresholds(1000).simulations / 1000, "", np.nan),  # type: ignore[attr-defined]
        ("  set-up, a fibre", set_up * 1e3, "ms", np.nan),
        ("fibre-step, 21 nodes", step * 1e6, "us", slow_step / step),
        ("  node-steps a second", 21 / step / 1e6, "million", slow_step / step),
        (f"tapered: set-up, a fibre (to {nodes} nodes)", taper_up * 1e3, "ms", np.nan),
        ("tapered: fibre-step", taper_step * 1e6, "us", slow_taper_step / taper_step),
        ("first threshold of a process, nothing kept", cold, "s", np.nan),
        ("first threshold of a process, code kept", warm, "s", np.nan),
    ]
    print(f"{'what':48s} {'value':>9s} {'':8s} {'x numpy':>8s}")
    for name, value, unit, ratio in rows:
        print(f"{name:48s} {value:9.3f} {unit:8s} {'' if np.isnan(ratio) else format(ratio, '8.0f')}")


if __name__ == "__main__":
    main()
