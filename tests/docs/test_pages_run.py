"""What README and docs tell a reader to type works."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from house import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
PAGES = [p for p in PAGES if p.exists()]
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENV = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "Agg", "NO_COLOR": "1", "COLUMNS": "200"}


def _blocks(page, languages):
    return [body for language, body in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def _python(body):
    """A block as a script: an interactive block keeps its commands only."""
    if ">>>" not in body:
        return body
    return "\n".join(line[4:] for line in body.splitlines() if line.startswith((">>> ", "... ")))


def _id(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_python_blocks_run(page, tmp_path):
    blocks = [_python(b) for b in _blocks(page, {"python", "py", "pycon"})]
    if not blocks:
        pytest.skip("no Python on this page")
    # The blocks of a page go on from one another.
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=ENV, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _verbs(page):
    lines = "\n".join(_blocks(page, {"console", "sh", "bash", "shell", "text"})).splitlines()
    said = (re.search(r"(?:^|[\s/&;$])rheobase\s+([a-z][\w-]*)", line.split("#")[0]) for line in lines)
    return sorted({m.group(1) for m in said if m})


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_console_commands_name_verbs_that_exist(page):
    verbs = _verbs(page)
    if not verbs:
        pytest.skip("no rheobase command on this page")
    code = "import sys; from rheobase.cli import main; sys.exit(main(['--help']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENV, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert [v for v in verbs if not re.search(rf"\b{v}\b", done.stdout)] == []


def test_readme_and_scenarios_agree():
    named = set(re.findall(r"rheobase run ([a-z][\w-]*)\b(?!\.)", (ROOT / "README.md").read_text(encoding="utf-8")))
    shipped = {p.stem for p in (ROOT / "src" / "rheobase").rglob("scenarios/*.toml")}
    if not (named and shipped):
        pytest.skip("no scenario named, or none shipped as a file")
    assert named - shipped == set()
