"""How long movement takes: limbs against real time, one tick of a control loop, the best train of pulses.

Run: python benchmarks/movement.py. Wall time and CPU time of this process; on a busy machine the second tells more.
What is asked is judged by wall time.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rheobase.control import (
    Channel,
    Pid,
    RecruitmentCurve,
    Walk,
    best_train,
    crank_windows,
    follow,
    heel_trigger,
    pedal,
    recruited,
    tilt_trigger,
    walk,
)
from rheobase.effect import Mover, ding2003, ding2007, fixture_names, make_limb
from rheobase.tables import row

LEAST_X, MOST_MS = 5.0, 1.0
MUSCLE = recruited(ding2003(), RecruitmentCurve(stimulus=[10.0, 40.0], share=[0.0, 1.0], unit="mA"))


def channel(groups: tuple[str, ...]) -> Channel:
    return Channel(dict.fromkeys(groups, MUSCLE), rate_hz=40.0, width_us=300.0)


def taken(action: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


def moving(name: str, seconds: float) -> Callable[[], None]:
    limb = make_limb(name)

    def run() -> None:
        mover, share = Mover(limb), dict.fromkeys(limb.groups, 0.2)
        for _ in range(round(seconds / limb.step_s)):
            mover.step(share)

    return run


def feedback() -> Pid:
    gains = row("control.walking_feedback")
    return Pid(**{k: gains[k] for k in ("proportional_per_deg", "integral_per_deg_s", "derivative_s_per_deg")})


def ticks(count: int = 5000) -> np.ndarray:
    """One tick of 20 ms: trigger, PID, inverse recruitment and the muscle model, without the limb."""
    law, trigger, one = feedback(), heel_trigger(), channel(("any",))
    state, walking = law.start(), trigger.start()
    out = np.empty((count, 2))
    gc.disable()
    for i in range(count):
        wall, cpu = time.perf_counter(), time.thread_time()
        walking = trigger.step(walking, signal_level=float(i % 70 > 20), time_s=0.02 * i)
        state = law.step(state, aim_deg=5.0, angle_deg=float(np.sin(0.05 * i)), dt_s=0.02)
        one.course(0.002, 10, level=state.level if walking.on else 0.0)
        out[i] = time.perf_counter() - wall, time.thread_time() - cpu
    gc.enable()
    return out


def line(name: str, wall: float, cpu: float, asked: str = "", fine: bool = True) -> None:
    verdict = "" if not asked else "reached" if fine else "MISSED"
    print(f"{name:52s} {wall:10.3g} {cpu:10.3g}   {asked:8s} {verdict}")


def main() -> None:
    print(f"{'':52s} {'wall':>10s} {'CPU':>10s}   asked")
    for name in fixture_names():
        if name == "cycling":
            continue
        moving(name, 0.1)()
        wall, cpu = taken(moving(name, 2.0))
        line(f"{name}, open loop: x real time", 2.0 / wall, 2.0 / cpu, f">= {LEAST_X:g}", 2.0 / wall >= LEAST_X)
    swing, bike = make_limb("swing_leg"), make_limb("cycling")
    plan = Walk(stride_s=1.4, strides=5, trigger=tilt_trigger(), signal="tilt", level=0.3)
    felt = replace(plan, level=0.05, holding=True, learning_per_deg=0.01, feedback=feedback())
    windows = crank_windows(bike, bike.groups, aim_rpm=40.0)
    knee = make_limb("seated_knee")
    slow = Pid(proportional_per_deg=0.001, integral_per_deg_s=0.01, derivative_s_per_deg=0.0005)
    both = ("dorsiflexors", "evertors")
    loops = (
        ("walking, open loop", 7.0, lambda: walk(swing, channel(both), plan)),
        ("walking, feedback and learning", 7.0, lambda: walk(swing, channel(both), felt)),
        ("knee held by feedback", 4.0,
         lambda: follow(knee, "quadriceps", channel(("any",)), slow, aim_deg=[60.0] * 200)),
        ("cycling in a closed loop, both legs", 4.0,
         lambda: pedal(bike, {g: channel((g,)) for g in bike.groups}, windows, aim_rpm=40.0, duration_s=4.0)),
    )  # fmt: skip
    for name, seconds, run in loops:
        wall, cpu = taken(run)
        line(f"{name}: x real time", seconds / wall, seconds / cpu, f">= {LEAST_X:g}", seconds / wall >= LEAST_X)
    wall, cpu = 1e3 * np.percentile(ticks(), 99, axis=0)
    line("control tick, 99th percentile (ms)", wall, cpu, f"< {MOST_MS:g}", wall < MOST_MS)
    wall, cpu = taken(lambda: best_train(ding2007(), rate_hz=20.0, duration_s=0.5, end_N=100.0))
    line("best train, 10 pulses (s)", wall, cpu)


if __name__ == "__main__":
    main()
