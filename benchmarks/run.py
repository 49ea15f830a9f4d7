"""How long the main job takes, each in a fresh process, beside its budget. Run: python benchmarks/run.py."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUN = [sys.executable, "-m", "rheobase", "run", "tens-forearm"]
JOBS = (
    ("import rheobase", [sys.executable, "-c", "import rheobase"], 0.3),
    ("rheobase --help", [sys.executable, "-m", "rheobase", "--help"], 0.5),
    ("first run, nothing compiled or kept", RUN, 30.0),
    ("run with another seed", [*RUN, "--set", "scenario.seed=2"], 10.0),
    ("run with another pad", [*RUN, "--set", "pads.width_mm=40"], 10.0),
    ("run with nothing changed", RUN, 2.0),
)


def timed(command: list[str], env: dict[str, str], folder: str) -> tuple[float, float, float]:
    """Seconds by the clock, seconds of processor, and peak memory (MB) of one process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=env, cwd=folder, check=True, capture_output=True)
    took_s, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took_s, cpu_s, after.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "RHEOBASE_CACHE_DIR": f"{folder}/results",
            "NUMBA_CACHE_DIR": f"{folder}/compiled",
            "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src"),  # this clone, whatever is installed
        }
        # Processor seconds tell a slow program from a busy machine: the budgets are meant for a free one.
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
        print(f"{'what':38} {'seconds':>8} {'budget':>8} {'share':>7} {'of cpu':>7}   peak so far")
        for what, command, budget_s in JOBS:
            took_s, cpu_s, peak_MB = timed(command, env, folder)
            print(
                f"{what:38} {took_s:8.2f} {budget_s:8.1f} {took_s / budget_s:7.2f} {cpu_s:7.2f}"
                f"   {peak_MB:.0f} MB (budget 600)"
            )


if __name__ == "__main__":
    main()
