"""Fibres: Rheobase beside PyFibers, NEURON and jaxon on one core, in one run. Run: python benchmarks/fibres.py.

The peers live in environments of their own, which this makes under --env; they are no dependencies (see README.md).
Times are seconds of CPU of one pinned core, so that other work on the machine disturbs them little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ONE = {n: "1" for n in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")}
ONE |= {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "JAX_PLATFORMS": "cpu"}
TSTOP_MS = 3.2
DIAMETERS_UM = (5.7, 8.0, 10.0, 13.0, 16.0)
BLOCK_UM = (7.3, 10.0)


def make(folder: Path, *packages: str, then: str = "") -> tuple[Path | None, str]:
    """The interpreter of an environment that has these packages, made if it is not there; or why there is none."""
    python, done = folder / "bin" / "python", folder / "made"
    path = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    if not done.exists():
        print(f"making {folder} with {' '.join(packages)} ...", flush=True)
        if not python.exists():
            venv.create(folder, with_pip=True)
        steps = [[str(python), "-m", "pip", "install", "-q", *packages]]
        steps += [[str(folder / "bin" / then)]] if then else []
        for step in steps:
            ran = subprocess.run(step, env=os.environ | path, capture_output=True, text=True, cwd=folder)
            if ran.returncode:
                return None, (ran.stderr.strip().splitlines() or ["no message"])[-1]
        done.touch()
    return python, ""


def ask(python: Path | str, side: str, core: int | None, **task: object) -> dict:
    """Let one side do its task on one core."""
    env = os.environ | ONE | {"PYTHONPATH": str(HERE.parent / "src")}
    command = [str(python), str(HERE / "peers" / f"{side}_side.py"), json.dumps(task)]
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if core is None else {core})
    try:
        ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    finally:
        os.sched_setaffinity(0, before)
    if ran.returncode:
        return {"failed": (ran.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(ran.stdout.strip().splitlines()[-1])


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    wide = "with" if any("avx512f" in line for line in lines) else "without"
    return f"{model}, {os.cpu_count()} cores, {wide} AVX-512"


def own_rows(ours: dict, fresh: dict, plain: dict, threads: dict[int, list[float]], lot: dict | None) -> list[tuple]:
    one = ours["cpu_s"] / 1000
    rate = ours["flops"] / ours["step_us"] / 1000
    rows = [
        ("Rheobase, 1,000 thresholds, all set-up included", one * 1e3, "s", 1.0),
        ("  the same without AVX-512 (compiled for Haswell)", plain["cpu_s"], "s", plain["cpu_s"] / ours["cpu_s"]),
        *((f"  two threads against one, {n:,} fibres (wall)", a / b, "x", None) for n, (a, b) in threads.items()),
        ("  first threshold of a process, nothing compiled", fresh["cold_s"], "s", None),
        ("  first threshold of a process, code kept", fresh["warm_s"], "s", None),
        ("Rheobase, fibre-step of 21 nodes", ours["step_us"], "us", 1.0),
        ("  floating-point operations of it", ours["flops"], "", None),
        (f"  of {ours['peak_gflops']:.0f} GFlop/s float32 (sgemm)", 100 * rate / ours["peak_gflops"], "%", None),
        ("Rheobase, Sundt 1 um, 301 compartments, threshold", ours["c_cpu_s"], "s", 1.0),
        ("Rheobase, Sundt, fibre-step", ours["c_step_us"], "us", 1.0),
        ("Rheobase, Tigerholm 1 um, 121 compartments, threshold", ours["tigerholm_cpu_s"], "s", 1.0),
        ("Rheobase, Tigerholm, fibre-step", ours["tigerholm_step_us"], "us", 1.0),
        ("Rheobase, block threshold of 10 kHz, 50 ms", ours["block_cpu_s"], "s", 1.0),
        ("Rheobase, 50 ms of 10 kHz, a fibre", ours["block_us_per_step"] / 100, "s", 1.0),
    ]
    if lot is not None:
        rows.append(("Rheobase, a million thresholds in one call", lot["cpu_s"], "s", None))
        rows.append(("  peak memory of its process", lot["peak_MB"], "MB", None))
    return rows


def pyfibers_rows(theirs: dict, ours: dict) -> list[tuple]:
    one = float(np.median([m["cpu_s"] for m in theirs["mrg"]]))
    mine, step = ours["cpu_s"] / 1000, ours["step_us"]
    rows = [
        (f"PyFibers, one threshold (median of {len(theirs['mrg'])})", one, "s", one / mine),
        ("PyFibers, 1,000 thresholds (extrapolated)", one * 1000, "s", one / mine),
        ("  simulations a threshold", np.median([m["simulations"] for m in theirs["mrg"]]), "", None),
        ("NEURON alone, fadvance of the same fibre", theirs["mrg_fadvance_us"], "us", theirs["mrg_fadvance_us"] / step),
        ("NEURON alone, fadvance, Sundt", theirs["c_fadvance_us"], "us", theirs["c_fadvance_us"] / ours["c_step_us"]),
        ("PyFibers, 50 ms of 10 kHz, a fibre (from part)", theirs["block_us_per_step"] / 100, "s",
         theirs["block_us_per_step"] / ours["block_us_per_step"]),
    ]  # fmt: skip
    for c in theirs["c_fibre"]:
        rows.append(("PyFibers, Sundt, one threshold", c["cpu_s"], "s", c["cpu_s"] / ours["c_cpu_s"]))
    for c in theirs.get("tigerholm", ()):
        rows.append(("PyFibers, Tigerholm, one threshold", c["cpu_s"], "s", c["cpu_s"] / ours["tigerholm_cpu_s"]))
    for c in theirs.get("block", ()):
        name = f"PyFibers, block threshold of 10 kHz, {c['diameter_um']:g} um"
        rows.append((name, c["cpu_s"], "s", c["cpu_s"] / ours["block_cpu_s"]))
    return rows


def jaxon_rows(theirs: dict, ours: dict) -> list[tuple]:
    one = theirs["simulation_s"] / theirs["count"]
    threshold, step = one * theirs["runs"], one / theirs["steps"] * 1e6
    return [
        (f"jaxon, {theirs['count']:,} fibres, one simulation", theirs["simulation_s"], "s", None),
        ("jaxon, fibre-step", step, "us", step / ours["step_us"]),
        (f"jaxon, 1,000 thresholds ({theirs['runs']} simulations each)", threshold * 1e3, "s",
         threshold / ours["cpu_s"] * 1e3),
    ]  # fmt: skip


def compared(name: str, theirs: list[float], ours: list[float]) -> str:
    off = 100 * (np.array(ours) / np.array(theirs) - 1)
    return (
        f"thresholds, Rheobase over {name}, {len(theirs)} fibres: median {np.median(off):+.2f} %,"
        f" largest {off[np.abs(off).argmax()]:+.2f} %"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--env", type=Path, help="folder for the peers' environments; a temporary one by default")
    parser.add_argument("--quick", action="store_true", help="two fibres for PyFibers, 100 for jaxon, no C fibre")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the core to pin to")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        compare((given.env or Path(spare)).resolve(), given.quick, given.core)


def first_calls(python: str, core: int) -> dict[str, float]:
    """Wall seconds of the first threshold of a process, without and with kept code, and CPU of that process."""
    with tempfile.TemporaryDirectory() as cache, settings(NUMBA_CACHE_DIR=cache):
        cold = ask(python, "rheobase", core, count=1000, fresh=True)
        warm = ask(python, "rheobase", core, count=1000, fresh=True)
    return {"cold_s": cold["first_s"], "warm_s": warm["first_s"], "cpu_s": warm["cpu_s"]}


@contextmanager
def settings(**values: str) -> Iterator[None]:
    """Environment variables for what runs inside."""
    before = {k: os.environ.get(k) for k in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def compare(folder: Path, quick: bool, core: int) -> None:
    today, load = time.strftime("%Y-%m-%d"), os.getloadavg()[0]
    print(f"{processor()}; {today}; load {load:.1f}; Python {platform.python_version()}", flush=True)
    diameters, me = list(DIAMETERS_UM[1::2] if quick else DIAMETERS_UM), sys.executable
    pyfibers, no_pyfibers = make(
        folder / "pyfibers", "pyfibers==0.13.0", "neuron==9.0.2", "setuptools", then="pyfibers_compile"
    )
    jaxon, no_jaxon = make(folder / "jaxon", "jaxon-nerve==1.0.1")
    shared = {"diameters_um": diameters, "count": 1000}
    ours = ask(me, "rheobase", core, **shared, repeats=9, block_ms=50, block_thresholds=BLOCK_UM)
    if "failed" in ours:
        sys.exit(ours["failed"])
    with settings(NUMBA_CPU_NAME="haswell", NUMBA_CPU_FEATURES=""):
        plain = ask(me, "rheobase", core, **shared, repeats=9, short=True)
    fresh = first_calls(me, core)
    cores = sorted(os.sched_getaffinity(0))[:2]
    two = {
        count: [ask(me, "rheobase", None, count=count, threads=n, cores=cores[:n], repeats=repeats)["wall_s"]
                for n in (1, 2)]
        for count, repeats in ((1000, 15), (16_000, 5))
    }  # fmt: skip
    lot = None if quick else ask(me, "rheobase", core, many=1_000_000)
    rows, notes = own_rows(ours, fresh, plain, two, lot), []
    theirs = {"failed": no_pyfibers}
    if pyfibers:
        few = {"diameters_um": diameters, "tstop_ms": TSTOP_MS, "block_thresholds": [] if quick else BLOCK_UM}
        theirs = ask(pyfibers, "pyfibers", core, **few, c_fibre=not quick, block_ms=5)
    if "failed" in theirs:
        notes.append(f"PyFibers and NEURON not measured: {theirs['failed']}")
    else:
        rows += pyfibers_rows(theirs, ours)
        notes.append(compared("PyFibers", [m["threshold_mA"] for m in theirs["mrg"]], ours["threshold_mA"]))
        if theirs["c_fibre"]:
            for name, key in (("c_fibre", "c"), ("tigerholm", "tigerholm")):
                one = [theirs[name][0]["threshold_mA"]]
                notes.append(compared(f"PyFibers, {name}", one, [ours[f"{key}_threshold_mA"]]))
        if theirs.get("block"):
            block = [b["threshold_mA"] for b in theirs["block"]]
            notes.append(compared("PyFibers, block", block, ours["block_threshold_mA"]))
    theirs = {"failed": no_jaxon}
    if jaxon:
        few = {"diameters_um": diameters, "tstop_ms": TSTOP_MS}
        theirs = ask(jaxon, "jaxon", core, **few, count=100 if quick else 1000, repeats=3 if quick else 1)
    if "failed" in theirs:
        notes.append(f"jaxon not measured: {theirs['failed']}")
    else:
        rows += jaxon_rows(theirs, ours)
        notes.append(compared("jaxon", theirs["threshold_mA"], ours["threshold_mA"]))
    print(f"\n| {'what':52} | {'value':>10} | unit | x Rheobase |\n|{'-' * 54}|{'-' * 11}:|------|-----------:|")
    for name, value, unit, ratio in rows:
        print(f"| {name:52} | {value:10.4g} | {unit:4} | {'' if ratio is None else format(ratio, ',.1f'):>10} |")
    print("\n" + "\n".join(f"- {note}" for note in notes) + f"\n- load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
