"""How long muscle takes: a session, a pool of motor units, one tick of a control loop, a fit to a recording.

Run on one core: NUMBA_NUM_THREADS=1 OMP_NUM_THREADS=1 python benchmarks/muscle.py. Each line gives seconds and the
ratio to one solution of the same session by a general solver (scipy's LSODA over one minute, times fifteen), the
baseline on the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.integrate import solve_ivp

from rheobase.effect import (
    contract,
    ding2003,
    force_trace,
    identify,
    motor_unit_pool,
    pool_force,
    scaled,
    steady_pulses,
    step,
)


def best(action: Callable[[], object], repeats: int = 5) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def general_solver() -> None:
    """One contraction of 10 s and its pause of 50 s, pulse by pulse."""
    m = ding2003().muscle
    rest = np.array([m.a_rest_N_per_s, m.tau1_rest_s, m.k_m_rest])
    lost = np.array([m.a_fatigue_N_per_s_per_N_s, m.tau1_fatigue_s_per_N_s, m.k_m_fatigue_per_N_s])

    def rates(_, y):
        drive, spikes, force = y[:3]
        x = drive / (y[5] + drive)
        slow = (rest - y[3:]) / m.tau_fatigue_s + lost * force
        return [(spikes - drive) / m.tau_c_s, -spikes / m.tau_c_s, y[3] * x - force / (y[4] + m.tau2_s * x), *slow]

    y = np.array([0.0, 0.0, 0.0, *rest])
    for gap in [0.02] * 499 + [50.02]:
        y[1] += 1.0
        y = solve_ivp(rates, (0.0, gap), y, method="LSODA", rtol=1e-6, atol=1e-8).y[:, -1]


def main() -> None:
    session = steady_pulses(rate_hz=50.0, on_s=10.0, off_s=50.0, contractions=15)
    pool, minute = motor_unit_pool(units=10_000), steady_pulses(rate_hz=40.0, on_s=60.0, amplitude_mA=50.0)
    at_mA = np.random.default_rng(1).uniform(10.0, 60.0, 10_000)
    muscle = ding2003()
    person = replace(ding2003(tired=False), muscle=scaled(ding2003(tired=False).muscle, time_factor=1.3))
    made = contract(person, steady_pulses(rate_hz=15.0, on_s=1.0, off_s=1.0, contractions=2))
    trace = force_trace(made.time_s, made.force_N, steady_pulses(rate_hz=15.0, on_s=1.0, off_s=1.0, contractions=2))
    contract(muscle, session)
    pool_force(pool, at_mA, steady_pulses(rate_hz=40.0, on_s=0.1, amplitude_mA=50.0))
    tick = []
    state = muscle.rest()
    for _ in range(2000):
        start = time.perf_counter()
        state = step(muscle, state, 0.025, amplitude_mA=40.0, width_us=300.0)
        tick.append(time.perf_counter() - start)
    base = 15 * best(general_solver, repeats=1)
    lines = (
        ("general solver, 15 min session", base, None),
        ("15 min session, 900,000 steps", best(lambda: contract(muscle, session)), 0.2),
        ("10,000 motor units, 60 s at 40 Hz", best(lambda: pool_force(pool, at_mA, minute), repeats=3), 1.0),
        ("control tick of 25 ms, 99th percentile", float(np.percentile(tick, 99)), 0.001),
        ("fit of four constants to 4 s", best(lambda: identify(trace), repeats=2), None),
    )
    for name, seconds, most_s in lines:
        asked = "" if most_s is None else f"< {most_s:g} s: {'reached' if seconds < most_s else 'MISSED'}"
        print(f"{name:42s} {seconds:10.6f} s   {seconds / base:10.2g}   {asked}")


if __name__ == "__main__":
    main()
