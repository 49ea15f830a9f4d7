"""The share of Rheobase, in a process of its own, pinned like the peers; prints one line of JSON. See ../fibres.py."""

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
from rheobase.nerve import (
    UniformFibres,
    activation_thresholds,
    block_thresholds,
    stimulus_from_segments,
    stimulus_of,
    uniform_fibres,
)
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.run import run
from rheobase.pulse import sine_carrier

DT_MS, SIGMA, CORE_MM = 0.005, 0.3, 1.0
SHORT = stimulus_from_segments([(0.1, 0.0), (0.1, -1.0)], tail_ms=3.0, dt_ms=DT_MS)
LONG = stimulus_from_segments([(0.1, 0.0), (0.5, -1.0)], tail_ms=8.0, dt_ms=DT_MS)


def median(action: Callable[[], object], repeats: int, clock: Callable[[], float] = time.process_time) -> float:
    taken = []
    for _ in range(repeats):
        begin = clock()
        action()
        taken.append(clock() - begin)
    return float(np.median(taken))


def field(fibres: UniformFibres, distance_mm: np.ndarray | float = CORE_MM) -> np.ndarray:
    """Potential of a point source beside the middle node of every fibre."""
    middle = fibres.node_arc_um[:, [fibres.nodes // 2]]
    r_mm = np.sqrt(np.reshape(distance_mm, (-1, 1)) ** 2 + ((fibres.arc_um - middle) / 1000) ** 2)
    return 1 / (4e-3 * np.pi * SIGMA * r_mm)[:, None]


def myelinated(diameters_um: np.ndarray) -> np.ndarray:
    """Thresholds from nothing but the diameters: fibres, fields and search."""
    fibres = uniform_fibres("mrg_interpolated", diameter_um=diameters_um, nodes=21)
    return activation_thresholds(fibres, lambda some: field(fibres.part(some)), SHORT).threshold_mA


def unmyelinated(model: str, distances_mm: np.ndarray, nodes: int, spacing_um: float) -> np.ndarray:
    fibres = uniform_fibres(model, diameter_um=np.ones(len(distances_mm)), nodes=nodes, spacing_um=spacing_um)
    return activation_thresholds(fibres, lambda some: field(fibres.part(some), distances_mm[some]), LONG).threshold_mA


def blocked(diameters_um: np.ndarray, length_ms: float, settle_ms: float) -> np.ndarray:
    """Block thresholds of 10 kHz with a test spike every 5 ms."""
    fibres = uniform_fibres("mrg_interpolated", diameter_um=diameters_um, nodes=21)
    carrier = stimulus_of(sine_carrier(10_000, 1000 * length_ms), dt_ms=DT_MS, tail_ms=0.0)
    return block_thresholds(fibres, field(fibres), carrier, settle_ms=settle_ms, test_period_ms=5.0).threshold_mA


def step_us(chunk: Chunk, waveform: np.ndarray, repeats: int = 5) -> float:
    """Microseconds of a step of one fibre with every step taken."""
    lanes = chunk.layout.lanes

    def go() -> None:
        run(chunk, chunk.fresh(), waveform[None], np.full((lanes, 1), 1.0))

    go()
    return median(go, repeats) / waveform.size / lanes * 1e6


def flops(nodes: int, modes: int, gates: int, terms: int, factors: int) -> int:
    """Additions and multiplications of one fibre in one step after the pulse, as the kernel has them.

    A fused multiply-add counts two, a division one; minima, look-ups and the decision count nothing.
    """
    internode = 5 * modes + 6
    equation = 12 + 3 * terms + factors
    substitution = 2
    columns = -(-2 * gates // 8) * 8
    gate = 3 + 2 * columns + 3 * gates
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


def many(count: int) -> dict[str, float]:
    """Time and memory of very many thresholds in one call."""
    myelinated(np.linspace(6.0, 16.0, 600))
    before, begin = rss_MB(), time.process_time()
    found = myelinated(np.random.default_rng(1).uniform(5.7, 16.0, count))
    assert np.isfinite(found).all()
    return {"cpu_s": time.process_time() - begin, "peak_MB": rss_MB(), "before_MB": before}


def fibre_costs(task: dict) -> dict[str, float]:
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(5.7, 16.0, 96), nodes=21)
    chunk = make_chunk(fibres, field(fibres), dt_ms=DT_MS, temperature_C=37.0)
    out = {"step_us": step_us(chunk, np.zeros(2000))}
    steps = round(task["block_ms"] / DT_MS)
    out["block_us_per_step"] = step_us(chunk, np.sin(2 * np.pi * 10.0 * DT_MS * np.arange(steps)), 3)
    for name, model, nodes, spacing_um in (("c", "sundt", 301, 8.333), ("tigerholm", "tigerholm", 121, 25.0)):
        c = uniform_fibres(model, diameter_um=np.ones(LANES), nodes=nodes, spacing_um=spacing_um)
        made = make_chunk(c, field(c, 0.5), dt_ms=DT_MS, temperature_C=37.0)
        out[f"{name}_step_us"] = step_us(made, np.zeros(300), 3)
    s = chunk.shared
    out["flops"] = flops(21, s["n_modes"], s["n_gates"], s["term_mv"].size, s["term_gate"].size)
    return out


def main() -> None:
    task = json.loads(sys.argv[1])
    if "many" in task:
        print(json.dumps(many(task["many"])))
        return
    diameters = np.linspace(5.7, 16.0, task["count"])
    with mock.patch("os.cpu_count", return_value=task.get("threads", 1)):
        if task.get("fresh"):
            begin = time.perf_counter()
            myelinated(diameters[:1])
            print(json.dumps({"cpu_s": time.process_time(), "first_s": time.perf_counter() - begin}))
            return
        myelinated(diameters)
        if "threads" in task:
            os.sched_setaffinity(0, task["cores"])
            wall = [median(lambda: myelinated(diameters), 1, time.perf_counter) for _ in range(task["repeats"])]
            print(json.dumps({"wall_s": min(wall)}))
            return
        out = {
            "cpu_s": median(lambda: myelinated(diameters), task["repeats"]),
            "threshold_mA": myelinated(np.array(task["diameters_um"])).tolist(),
        }
        if not task.get("short"):
            near = np.linspace(0.4, 0.6, 64)
            for name, model, nodes, spacing_um in (("c", "sundt", 301, 8.333), ("tigerholm", "tigerholm", 121, 25.0)):
                alone = unmyelinated(model, np.array([0.5]), nodes, spacing_um)[0]
                cpu_s = median(lambda m=model, n=nodes, s=spacing_um: unmyelinated(m, near, n, s), 3) / near.size
                out |= {f"{name}_threshold_mA": alone, f"{name}_cpu_s": cpu_s}
            begin = time.process_time()
            blocked(np.linspace(5.7, 16.0, 64), 50.0, 20.0)
            out["block_cpu_s"] = (time.process_time() - begin) / 64
            out["block_threshold_mA"] = blocked(np.array(task["block_thresholds"]), 50.0, 20.0).tolist()
            out |= fibre_costs(task) | {"peak_gflops": peak_gflops()}
    print(json.dumps(out))


if __name__ == "__main__":
    main()
