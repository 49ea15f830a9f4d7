"""The layer contract of pyproject.toml holds, and speaks of every folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _contract():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return config["tool"]["importlinter"]["contracts"][0]


def test_no_layer_imports_a_higher_one():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_folder_and_module_has_its_layer():
    named = {part.strip() for line in _contract()["layers"] for part in re.split(r"[|:]", line)}
    house = ROOT / "src" / "rheobase"
    folders = {p.parent.name for p in house.glob("*/__init__.py")}
    modules = {p.stem for p in house.glob("*.py")} - {"__init__", "__main__"}
    assert (folders | modules) - named == set()
