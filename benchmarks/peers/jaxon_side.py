"""The share of jaxon-nerve; runs in its own environment and prints one line of JSON. See ../fibres.py.

jaxon simulates a batch of fibres in one compiled call; the search around it, a bisection, is written here. Its set-up
and its compilation are left out of the time, in its favour.
"""

from __future__ import annotations

import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from jaxon.fibers.mrg import _mrg_interp_geometry, node_indices, section_centers_um
from jaxon.stim.batch_solve import batch_integrate_m_max_fd, initial_states_batch, stack_fiber_statics

DT_MS, SIGMA, OPEN_GATE = 0.005, 0.3, 0.5


def batch(diameters_um, steps: int):
    """A function of amplitudes (mA, one a fibre) that tells which fibres fired."""
    geometries = [_mrg_interp_geometry(diameter=float(d), n_nodes=21) for d in diameters_um]
    statics, state = stack_fiber_statics(geometries, DT_MS), initial_states_batch(geometries)
    field = []
    for g in geometries:
        z_mm = np.array(section_centers_um(g)) / 1000.0
        r_mm = np.hypot(1.0, z_mm - z_mm[len(z_mm) // 2])
        field.append(1.0 / (4e-3 * np.pi * SIGMA * r_mm))
    field = jnp.asarray(np.array(field))
    pulse = np.zeros(steps)
    pulse[20:40] = -1.0
    before = np.append(0.0, pulse[:-1])
    watched = node_indices(geometries[0])[18]
    on, was_on = jnp.asarray(pulse), jnp.asarray(before)
    go = jax.jit(lambda ve: batch_integrate_m_max_fd(statics, state, ve, on, was_on, DT_MS))
    return lambda mA: np.asarray(go(jnp.asarray(mA)[:, None] * field))[:, watched] > OPEN_GATE


def thresholds(fires, count: int) -> tuple[list[float], int]:
    """Bisect from 0.01 to 1 mA to 1 %, both ends simulated too, as PyFibers begins."""
    low, high = np.full(count, 0.01), np.full(count, 1.0)
    assert not fires(low).any()
    assert fires(high).all()
    runs = 2
    while (high / low).max() > 1.01:
        middle = np.sqrt(low * high)
        fired = fires(middle)
        high, low = np.where(fired, middle, high), np.where(fired, low, middle)
        runs += 1
    return high.tolist(), runs


def main() -> None:
    task = json.loads(sys.argv[1])
    steps = round(task["tstop_ms"] / DT_MS)
    few = task["diameters_um"]
    found, runs = thresholds(batch(few, steps), len(few))
    many = np.linspace(5.7, 16.0, task["count"])
    begin = time.perf_counter()
    fires = batch(many, steps)
    set_up = time.perf_counter() - begin
    trial = np.full(task["count"], 0.2)
    fires(trial)
    taken = []
    for _ in range(task["repeats"]):
        begin = time.process_time()
        fires(trial)
        taken.append(time.process_time() - begin)
    cpu = sorted(taken)[len(taken) // 2]
    out = {"threshold_mA": found, "runs": runs, "count": task["count"], "steps": steps}
    print(json.dumps(out | {"simulation_s": cpu, "set_up_s": set_up}))


if __name__ == "__main__":
    main()
