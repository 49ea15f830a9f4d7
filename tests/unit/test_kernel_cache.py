"""Where the machine code is kept, and that a package no one may write to still works."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rheobase import __version__

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "rheobase"
SHOW = "from rheobase.kernel.cable import advance as a; print(getattr(a._cache, 'cache_path', None))"


@pytest.fixture
def copy(tmp_path):
    to = tmp_path / "lib" / "rheobase"
    shutil.copytree(PACKAGE, to, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def kept_in(copy, **env):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA")} | {"PYTHONPATH": str(copy.parent)}
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=clean | env, capture_output=True, text=True, check=True, cwd=copy.parent
    )
    return done.stdout.strip()


def test_beside_the_source_or_where_the_user_says(copy, tmp_path):
    assert kept_in(copy) == str(copy / "kernel" / "__pycache__")
    assert kept_in(copy, NUMBA_CACHE_DIR=str(tmp_path / "mine")).startswith(str(tmp_path / "mine"))


def test_a_package_that_cannot_be_written(copy, tmp_path):
    """A file in the place of the cache folder stands for a read-only package: that stops an administrator too."""
    shutil.rmtree(copy / "kernel" / "__pycache__", ignore_errors=True)
    (copy / "kernel" / "__pycache__").write_text("")
    home = tmp_path / "home"
    assert kept_in(copy, HOME=str(home), XDG_CACHE_HOME=str(home), LOCALAPPDATA=str(home)).startswith(str(home))
    home.joinpath("file").write_text("")
    nowhere = str(home / "file")
    assert kept_in(copy, HOME=nowhere, XDG_CACHE_HOME=nowhere, LOCALAPPDATA=nowhere) == "None"


def test_files_are_apart_for_each_version():
    cable = pytest.importorskip("rheobase.kernel.cable")
    assert cable.advance.py_func.__qualname__.startswith("advance_" + __version__.replace(".", "_") + "_")


def test_files_are_apart_for_each_source(copy):
    """One file of the kernel calls another: a change in any must not find the code of before."""
    show = "from rheobase.kernel.cable import advance as a; print(a.py_func.__qualname__)"

    def name():
        env = {**os.environ, "PYTHONPATH": str(copy.parent)}
        done = subprocess.run([sys.executable, "-c", show], env=env, capture_output=True, text=True, check=True)
        return done.stdout

    before = name()
    with (copy / "kernel" / "vector.py").open("a") as file:
        file.write("\n# changed\n")
    assert name() != before
