"""Files and functions stay small enough to read, and the package light enough to import."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest
from house import ROOT, functions, place, source_files

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 80
HEAVY = ("numpy", "scipy", "numba", "llvmlite", "pydantic", "xarray", "matplotlib", "rich", "h5netcdf", "pandas")
HEAVY += ("mujoco", "myo_sim", "casadi")


def _code_lines(function, lines):
    """Lines of a function that are neither docstring nor blank nor comment."""
    body = function.body
    is_doc = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    doc = set(range(body[0].lineno, (body[0].end_lineno or 0) + 1)) if is_doc else set()
    own = (n for n in range(function.lineno, (function.end_lineno or 0) + 1) if n not in doc)
    return sum(bool(lines[n - 1].strip()) and not lines[n - 1].lstrip().startswith("#") for n in own)


@pytest.mark.parametrize("path", source_files(), ids=lambda p: p.stem)
def test_files_and_functions_stay_small(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_FILE_LINES
    long = [f"{place(path, f)} {f.name}" for f in functions(path) if _code_lines(f, lines) > MAX_FUNCTION_LINES]
    assert long == []


def test_importing_rheobase_loads_nothing_heavy():
    code = f"import sys, rheobase; print([m for m in {HEAVY!r} if m in sys.modules])"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_of_the_package_loads():
    import rheobase

    assert [n for n in rheobase.__all__ if getattr(rheobase, n, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        rheobase.nonesuch  # noqa: B018
