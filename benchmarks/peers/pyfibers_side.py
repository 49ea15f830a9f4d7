"""The share of PyFibers and NEURON; runs in their own environment and prints one line of JSON. See ../fibres.py."""

from __future__ import annotations

import json
import math
import sys
import time

from neuron import h
from pyfibers import FiberModel, ScaledStim, build_fiber

DT_MS, SIGMA = 0.005, 0.3


def source_over_middle(fibre, distance_mm: float) -> None:
    z = fibre.longitudinal_coordinates
    middle = z[len(z) // 2]
    fibre.point_source_potentials(0.0, 1000.0 * distance_mm, middle, 1.0, SIGMA, inplace=True)


def pulse(begin: int, steps: int):
    """A pulse that lasts exactly so many steps."""
    return lambda t: 1.0 if begin <= round(t / DT_MS) < begin + steps else 0.0


def myelinated(diameter_um: float, distance_mm: float = 1.0):
    fibre = build_fiber(FiberModel.MRG_INTERPOLATION, diameter=diameter_um, n_nodes=21)
    source_over_middle(fibre, distance_mm)
    return fibre


def threshold(build, waveform, tstop_ms: float) -> dict[str, float]:
    """CPU and wall seconds of set-up and search, with the search as it comes: 1 %, bounds -1 and -0.01 mA."""
    runs = 0
    wall, cpu = time.perf_counter(), time.process_time()
    fibre = build()
    stimulus = ScaledStim(waveform=waveform, dt=DT_MS, tstop=tstop_ms)
    simulate = stimulus.run_sim

    def counted(*args, **kwargs):
        nonlocal runs
        runs += 1
        return simulate(*args, **kwargs)

    stimulus.run_sim = counted
    found, _ = stimulus.find_threshold(fibre)
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "threshold_mA": -float(found),
        "simulations": runs,
    }


def block(diameter_um: float, length_ms: float, settle_ms: float) -> dict[str, float]:
    """Block threshold of 10 kHz with a spike every 5 ms, 1 %: CPU seconds of set-up and search."""
    begin, fibre = time.process_time(), myelinated(diameter_um)
    fibre.add_intrinsic_activity(loc=0.1, start_time=0.0, avg_interval=5.0, num_stims=round(length_ms / 5.0))
    carrier = ScaledStim(waveform=lambda t: math.sin(2 * math.pi * 10.0 * t), dt=DT_MS, tstop=length_ms)
    found, _ = carrier.find_threshold(
        fibre, condition="block", block_delay=settle_ms, fail_on_end_excitation=None, stimamp_top=-1.0,
        stimamp_bottom=-0.3,
    )  # fmt: skip
    return {"cpu_s": time.process_time() - begin, "threshold_mA": -float(found), "diameter_um": diameter_um}


def bare_step(build, steps: int = 600, repeats: int = 5) -> float:
    """Microseconds of CPU for one `fadvance`, with nothing of Python in the loop but the call."""
    fibre = build()
    taken = []
    h.dt = DT_MS
    for _ in range(repeats):
        h.finitialize(fibre.v_rest)
        h.dt = DT_MS
        begin = time.process_time()
        for _ in range(steps):
            h.fadvance()
        taken.append((time.process_time() - begin) / steps * 1e6)
    return sorted(taken)[repeats // 2]


def main() -> None:
    task = json.loads(sys.argv[1])
    myelinated(10.0)  # a stimulus needs some fibre to exist
    out: dict = {"mrg": [], "c_fibre": []}
    for diameter_um in task["diameters_um"]:
        one = threshold(lambda d=diameter_um: myelinated(d), pulse(20, 20), task["tstop_ms"])
        out["mrg"].append(one | {"diameter_um": diameter_um})
    out["mrg_fadvance_us"] = bare_step(lambda: myelinated(10.0))

    def sundt():
        fibre = build_fiber(FiberModel.SUNDT, diameter=1.0, n_nodes=301)
        source_over_middle(fibre, 0.5)
        return fibre

    def tigerholm():
        fibre = build_fiber(FiberModel.TIGERHOLM, diameter=1.0, n_nodes=121, delta_z=25.0)
        source_over_middle(fibre, 0.5)
        return fibre

    if task["c_fibre"]:
        out["c_fibre"].append(threshold(sundt, pulse(20, 100), 0.6 + 8.0))
        out["tigerholm"] = [threshold(tigerholm, pulse(20, 100), 0.6 + 8.0)]
    out["c_fadvance_us"] = bare_step(sundt, 300, 3)

    fibre = myelinated(10.0)
    carrier = ScaledStim(waveform=lambda t: math.sin(2 * math.pi * 10.0 * t), dt=DT_MS, tstop=task["block_ms"])
    begin = time.process_time()
    carrier.run_sim(-1.0, fibre, fail_on_end_excitation=None)
    out["block_us_per_step"] = (time.process_time() - begin) / round(task["block_ms"] / DT_MS) * 1e6
    if task.get("block_thresholds"):
        out["block"] = [block(d, 50.0, 20.0) for d in task["block_thresholds"]]
    print(json.dumps(out))


if __name__ == "__main__":
    main()
