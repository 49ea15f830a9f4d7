"""How long the main job takes, each in a fresh process, beside its budget. Run: python benchmarks/run.py."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

RUN = [sys.executable, "-m", "rheobase", "run", "tens-forearm"]
JOBS = (
    ("import rheobase", [sys.executable, "-c", "import rheobase"], 0.3),
    ("rheobase --help", [sys.executable, "-m", "rheobase", "--help"], 0.5),
    ("first run, nothing compiled or kept", RUN, 30.0),
    ("run with another seed", [*RUN, "--set", "scenario.seed=2"], 10.0),
    ("run with another pad", [*RUN, "--set", "pads.width_mm=40"], 10.0),
    ("run with nothing changed", RUN, 2.0),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"RHEOBASE_CACHE_DIR": f"{folder}/results", "NUMBA_CACHE_DIR": f"{folder}/compiled"}
        print(f"{'what':38} {'seconds':>8} {'budget':>8} {'share':>7}   peak so far")
        for what, command, budget_s in JOBS:
            start = time.perf_counter()
            subprocess.run(command, env=env, cwd=folder, check=True, capture_output=True)
            took_s = time.perf_counter() - start
            peak_MB = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{what:38} {took_s:8.2f} {budget_s:8.1f} {took_s / budget_s:7.2f}   {peak_MB:.0f} MB (budget 600)")


if __name__ == "__main__":
    main()
