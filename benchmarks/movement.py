"""How long movement takes: limbs against real time, one tick of a control loop, the best train of pulses.

Run: python benchmarks/movement.py. Wall time and CPU time of this process; on a busy machine the second tells more.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import numpy as np

from rheobase.control import (
    Channel,
    Pid,
    RecruitmentCurve,
    Walk,
    best_train,
    crank_windows,
    heel_trigger,
    pedal,
    recruited,
    tilt_trigger,
    walk,
)
from rheobase.effect import Mover, ding2003, ding2007, fixture_names, make_limb

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


def ticks(count: int = 5000) -> np.ndarray:
    """One tick of 20 ms: trigger, PID, inverse recruitment and the muscle model, without the limb."""
    law, trigger, one = Pid(proportional_per_deg=0.002, integral_per_deg_s=0.01), heel_trigger(), channel(("any",))
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


def main() -> None:
    print(f"{'':44s} {'wall':>10s} {'CPU':>10s}")
    for name in fixture_names():
        if name == "cycling":
            continue
        moving(name, 0.1)()
        wall, cpu = taken(moving(name, 2.0))
        print(f"{name + ', muscles pulling: x real time':44s} {2.0 / wall:10.1f} {2.0 / cpu:10.1f}")
    plan = Walk(stride_s=1.4, strides=5, trigger=tilt_trigger(), signal="tilt", level=0.3, learning_per_deg=0.02)
    swing, bike = make_limb("swing_leg"), make_limb("cycling")
    windows = crank_windows(bike, bike.groups, aim_rpm=40.0)
    loops = (
        ("walking in a closed loop", 7.0, lambda: walk(swing, channel(("dorsiflexors", "evertors")), plan)),
        ("cycling in a closed loop, both legs", 4.0,
         lambda: pedal(bike, {g: channel((g,)) for g in bike.groups}, windows, aim_rpm=40.0, duration_s=4.0)),
    )  # fmt: skip
    for name, seconds, run in loops:
        wall, cpu = taken(run)
        print(f"{name + ': x real time':44s} {seconds / wall:10.1f} {seconds / cpu:10.1f}")
    p99 = 1e3 * np.percentile(ticks(), 99, axis=0)
    print(f"{'control tick, 99th percentile (ms)':44s} {p99[0]:10.3f} {p99[1]:10.3f}")
    wall, cpu = taken(lambda: best_train(ding2007(), rate_hz=20.0, duration_s=0.5, end_N=100.0))
    print(f"{'best train, 10 pulses (s)':44s} {wall:10.2f} {cpu:10.2f}")


if __name__ == "__main__":
    main()
