"""The compiled muscle kernels beside their plain twins, on stimuli that lie off the grid."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rheobase.kernel import (
    bobet_stein_numpy,
    contraction_numpy,
    units_numpy,
)

contraction = pytest.importorskip("rheobase.kernel.contraction")
bobet_stein = pytest.importorskip("rheobase.kernel.bobet_stein")
units = pytest.importorskip("rheobase.kernel.units")

ROOT = Path(__file__).resolve().parents[2]
CONSTANTS = np.array([0.02, 0.06, 1.04, 1.0, 3009.0, 0.051, 0.103, 127.0, -0.4, 2.1e-5, 1.9e-5, 1e-4, 1e-7, 1e-8])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("varying", [False, True])
def test_contraction(seed, varying):
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0.0, 0.5, 20))
    steps = 600
    size = steps if varying else 1
    given = (times, rng.uniform(0.2, 1.0, 20), rng.uniform(0.2, 1.0, 20), 1e-3, rng.uniform(0.5, 1.5, size),
             rng.uniform(-50.0, 50.0, size), rng.uniform(-90.0, 90.0, size))  # fmt: skip
    constants = CONSTANTS.copy()
    constants[3] = seed % 2
    out = []
    for one in (contraction.contract, contraction_numpy.contract):
        state = np.array([0.0, 0.0, 0.0, np.inf, 3009.0, 0.051, 0.103, 1.0])
        force, capacity = np.empty(steps), np.empty(steps)
        one(state, constants, *given, force, capacity)
        out.append((state, force, capacity))
    for fast, slow in zip(*out, strict=True):
        np.testing.assert_allclose(fast, slow, rtol=1e-10, atol=1e-10)
    assert out[0][1].max() > 20.0


@pytest.mark.parametrize("seed", range(4))
def test_bobet_stein(seed):
    rng = np.random.default_rng(seed)
    times = np.concatenate([[0.0, 0.001], np.sort(rng.uniform(0.002, 0.4, 15))])
    out = []
    for one in (bobet_stein.second_order, bobet_stein_numpy.second_order):
        state, force = np.zeros(2), np.empty(500)
        one(state, np.array([44.0, 0.9, 0.08, 3600.0, 17.0, 2.4]), times, np.ones(17), 1e-3, force)
        out.append(np.concatenate([state, force]))
    np.testing.assert_allclose(*out, rtol=1e-9, atol=1e-9)
    assert out[0].max() > 50.0


def test_units():
    rng = np.random.default_rng(1)
    n = 37
    slow, part = rng.uniform(0.4, 1.5, n), rng.uniform(0.5, 2.0, n) / n
    fixed = np.array([rng.uniform(10, 60, n), 0.02 * slow, 0.06 * slow, 3009 * part / slow, 0.051 * slow,
                      np.full(n, 0.103), -0.4 / slow, 2.1e-5 * slow / part, 1.9e-5 / part])  # fmt: skip
    gaps = rng.uniform(0.005, 0.08, 60)
    steps = np.maximum(1, np.ceil(gaps / 0.005)).astype(np.int64)
    out = []
    for one in (units.unit_forces, units_numpy.unit_forces):
        state = np.concatenate([np.zeros((4, n)), fixed[3:6]])
        total = np.zeros(int(steps.sum()))
        one(state, fixed.copy(), gaps, steps, np.linspace(0.0, 70.0, 60), np.array([1.04, 127.0]), total)
        out.append(np.concatenate([state.ravel(), total]))
    np.testing.assert_allclose(*out, rtol=1e-9, atol=1e-12)
    assert out[0][-1] > 1.0


@pytest.mark.parametrize(
    ("module", "settings"),
    [("contraction_numpy", {"NUMBA_DISABLE_JIT": "1"}), ("contraction", {"NUMBA_BOUNDSCHECK": "1"})],
    ids=["without the compiler", "with bounds checked"],
)
def test_part_of_the_suite_runs(module, settings, tmp_path):
    env = {**os.environ, **settings, "PYTHONPATH": str(ROOT / "src"), "NUMBA_CACHE_DIR": str(tmp_path)}
    parts = [f"src/rheobase/effect/muscle/{m}.py" for m in ("hmed2018", "bobet_stein", "pool")]
    code = (
        f"from rheobase.kernel import contract; assert contract.__module__ == 'rheobase.kernel.{module}';"
        f"import pytest, sys; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', *{parts!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
