"""The share of Rheobase, in a process of its own, pinned like the peers; prints one line of JSON. See ../peers.py."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from unittest import mock

import numpy as np

from rheobase.kernel import LANES
from rheobase.nerve import Fibre, activation_thresholds, stimulus_from_segments, uniform_fibre
from rheobase.nerve.chunk import Chunk, make_chunk, run

DT_MS, SIGMA = 0.005, 0.3
SHORT = stimulus_from_segments([(0.1, 0.0), (0.1, -1.0)], tail_ms=3.0, dt_ms=DT_MS)
LONG = stimulus_from_segments([(0.1, 0.0), (0.5, -1.0)], tail_ms=8.0, dt_ms=DT_MS)


def median(action: Callable[[], object], repeats: int, clock: Callable[[], float] = time.process_time) -> float:
    taken = []
    for _ in range(repeats):
        begin = clock()
        action()
        taken.append(clock() - begin)
    return float(np.median(taken))


def field(fibre: Fibre, distance_mm: float = 1.0) -> np.ndarray:
    r_mm = np.hypot(distance_mm, (fibre.arc_um - fibre.node_arc_um[fibre.nodes // 2]) / 1000)
    return 1 / (4e-3 * np.pi * SIGMA * r_mm)[None]


def myelinated(diameters_um: np.ndarray) -> np.ndarray:
    """Thresholds from nothing but the diameters: fibres, fields and search."""
    fibres = [uniform_fibre("mrg_interpolated", diameter_um=d, nodes=21) for d in diameters_um]
    return activation_thresholds(fibres, [field(f) for f in fibres], SHORT).threshold_mA


def unmyelinated(model: str, distances_mm: np.ndarray) -> np.ndarray:
    fibres = [uniform_fibre(model, diameter_um=1.0, nodes=301, spacing_um=8.333) for _ in distances_mm]
    phi = [field(f, d) for f, d in zip(fibres, distances_mm, strict=True)]
    return activation_thresholds(fibres, phi, LONG).threshold_mA


def step_us(chunk: Chunk, waveform: np.ndarray, repeats: int = 5) -> float:
    """Microseconds of a step of one fibre with every step taken."""
    lanes = chunk.blocks * LANES

    def go() -> None:
        run(chunk, chunk.fresh(), waveform[None], np.full((lanes, 1), 1.0))

    go()
    return median(go, repeats) / waveform.size / lanes * 1e6


def flops(nodes: int, modes: int, gates: int, terms: int, factors: int) -> int:
    """Additions and multiplications of one fibre in one step after the pulse, as the kernel has them.

    A fused multiply-add counts two, a division one; minima, look-ups and the decision count nothing.
    """
    internode = 5 * modes + 4
    equation = 11 + 3 * terms + factors
    substitution = 4
    columns = -(-2 * gates // 8) * 8
    gate = 3 + 3 * columns + 2 * gates
    return (nodes - 1) * internode + nodes * (equation + substitution + gate)


def peak_gflops() -> float:
    """What this core does in float32, from multiplying matrices."""
    a = np.random.default_rng(0).random((1024, 1024), dtype=np.float32)
    a @ a
    taken = []
    for _ in range(15):
        begin = time.process_time()
        a @ a
        taken.append(time.process_time() - begin)
    return 2 * 1024**3 / min(taken) / 1e9


def rss_MB() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def many(count: int, at_once: int) -> dict[str, float]:
    """Time and memory of very many thresholds, so many lists of fibres at once."""
    myelinated(np.array([10.0]))
    before, begin = rss_MB(), time.process_time()
    for at in range(0, count, at_once):
        myelinated(np.random.default_rng(at).uniform(5.7, 16.0, min(at_once, count - at)))
    return {"cpu_s": time.process_time() - begin, "peak_MB": rss_MB(), "before_MB": before}


def c_fibre(model: str) -> dict[str, float]:
    """CPU seconds of one threshold of 64 together, the threshold 0.5 mm away, and microseconds of a fibre's step."""
    unmyelinated(model, np.array([0.5]))
    one = uniform_fibre(model, diameter_um=1.0, nodes=301, spacing_um=8.333)
    chunk = make_chunk([one] * LANES, [field(one, 0.5)] * LANES, dt_ms=DT_MS, temperature_C=37.0)
    return {
        "cpu_s": median(lambda: unmyelinated(model, np.linspace(0.4, 0.6, 64)), 3) / 64,
        "threshold_mA": unmyelinated(model, np.array([0.5]))[0],
        "step_us": step_us(chunk, np.zeros(500)),
    }


def fibre_costs(task: dict) -> dict[str, float]:
    fibres = [uniform_fibre("mrg_interpolated", diameter_um=d, nodes=21) for d in np.linspace(5.7, 16.0, 96)]
    chunk = make_chunk(fibres, [field(f) for f in fibres], dt_ms=DT_MS, temperature_C=37.0)
    steps = round(task["block_ms"] / DT_MS)
    carrier = np.sin(2 * np.pi * 10.0 * DT_MS * np.arange(steps))
    f = chunk.shared
    return {
        "step_us": step_us(chunk, np.zeros(2000)),
        "block_us_per_step": step_us(chunk, carrier, 3),
        "flops": flops(21, f["n_modes"], f["n_gates"], f["term_mv"].size, f["term_gate"].size),
    }


def main() -> None:
    task = json.loads(sys.argv[1])
    if "many" in task:
        print(json.dumps(many(task["many"], task["at_once"])))
        return
    diameters = np.linspace(5.7, 16.0, task["count"])
    with mock.patch("os.cpu_count", return_value=task.get("threads", 1)):
        if task.get("fresh"):
            myelinated(diameters)
            print(json.dumps({"cpu_s": time.process_time()}))
            return
        myelinated(diameters[:1])
        if "threads" in task:
            os.sched_setaffinity(0, task["cores"])
            wall = [median(lambda: myelinated(diameters), 1, time.perf_counter) for _ in range(task["repeats"])]
            print(json.dumps({"wall_s": min(wall)}))
            return
        out = {
            "cpu_s": median(lambda: myelinated(diameters), task["repeats"]),
            "threshold_mA": myelinated(np.array(task["diameters_um"])).tolist(),
            "c_fibres": {name: c_fibre(name) for name in task["c_fibres"]},
        }
        out |= fibre_costs(task) | {"peak_gflops": peak_gflops()}
    print(json.dumps(out))


if __name__ == "__main__":
    main()
