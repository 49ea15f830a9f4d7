"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

import rheobase
from rheobase.cli import main
from rheobase.errors import ParameterError, RheobaseError

SAMPLE = Path(__file__).parents[1] / "data" / "result_sample.json"
SOURCE = Path(rheobase.__file__).parents[1]


class Chain:
    """Stands in for the chain: counts its calls and gives the sample."""

    def __init__(self) -> None:
        self.calls: list = []
        self.error: BaseException | None = None

    def __call__(self, scenario, progress=None):
        self.calls.append(scenario)
        if progress:
            progress("computing", 0.5)
        if self.error:
            raise self.error
        return json.loads(SAMPLE.read_text(encoding="utf-8"))


@pytest.fixture
def chain(tmp_path, monkeypatch):
    stand_in, module = Chain(), ModuleType("rheobase.scenario")
    module.run_scenario = stand_in  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rheobase.scenario", module)
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path / "cache"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return stand_in


@pytest.fixture
def validation(monkeypatch):
    rows = [
        {
            "name": "tau",
            "source": "M",
            "published": 665,
            "ours": 611.0,
            "unit": "us",
            "tolerance": 0.3,
            "verdict": "within",
        },
        {
            "name": "new",
            "source": "N",
            "published": 1.5,
            "ours": None,
            "unit": "mA",
            "tolerance": "sign",
            "verdict": "not built",
        },
    ]
    asked: list = []

    def validate(name, reference, progress=None):
        asked.append((name, reference))
        return rows

    module = ModuleType("rheobase.validation")
    module.validate = validate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rheobase.validation", module)
    return rows, asked


def left_in(folder: str | Path = ".") -> list[str]:
    return sorted(p.name for p in Path(folder).iterdir())


def test_alone_it_greets_with_three_commands(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("  rheobase")] == [
        "run",
        "scenarios",
        "validate",
    ]
    assert "Not a medical device" in out


@pytest.mark.parametrize("words", [["--help"], ["help"], ["run", "--help"], ["scenarios", "-h"]])
def test_help(words, capsys):
    assert main(words) == 0
    assert "usage: rheobase" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rheobase {rheobase.__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "there is no command 'rnu'. Did you mean 'run'?"),
        (["--versoin"], "there is no option '--versoin'. Did you mean '--version'?"),
        (["xyz"], "there is no command 'xyz'. Known: --help, --version, cache, cite, run, scenarios, validate."),
        (["run"], "required: NAME|FILE.toml. 'rheobase run --help' says how."),
        (["scenarios", "--jsn"], "unrecognized arguments: --jsn."),
    ],
)
def test_wrong_use_is_answered_in_one_line_with_2(words, said, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("rheobase: ")
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1


def test_scenarios(capsys):
    assert main(["scenarios"]) == 0
    assert "tens-forearm-lean" in capsys.readouterr().out
    assert main(["scenarios", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(set(row) == {"name", "modality", "summary"} for row in rows)


def test_run_prints_a_short_table_and_writes_three_files(chain, capsys):
    assert main(["run", "tens-forearm"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "\x1b" not in captured.out
    lines = captured.out.splitlines()
    assert lines[0].startswith("Two 5 x 5 cm pads")
    table = [line for line in lines if line.startswith(("tingling", "the hand", "it begins"))]
    assert [line[: line.index("  ")] for line in table] == [
        "tingling begins",
        "the hand begins to move",
        "it begins to hurt",
    ]
    assert len({line.index(".") for line in table}) == 1, "numbers are aligned at their points"
    for words in (
        "comfortable window",
        "2.5 to 9.3 mA",
        "charge in one phase",
        "2 µC",
        "0.72 mA/cm²",
        "(unconfirmed)",
        "over all: attention",
    ):
        assert words in captured.out
    folder = Path("rheobase-out") / "tens-forearm"
    assert lines[-1] == f"Written to {folder}: report.html, result.json, result.nc"
    assert left_in(folder) == ["report.html", "result.json", "result.nc"]


def test_a_known_result_is_not_computed_again(chain, capsys):
    assert main(["run", "tens-forearm"]) == main(["run", "tens-forearm", "--out", "again"]) == 0
    assert len(chain.calls) == 1
    for name in left_in("again"):
        assert Path("again", name).read_bytes() == Path("rheobase-out", "tens-forearm", name).read_bytes()
    assert main(["run", "tens-forearm", "--no-cache"]) == 0
    assert main(["run", "tens-forearm", "--set", "pads.width_mm=30"]) == 0
    assert len(chain.calls) == 3


def test_json_prints_the_document_only(chain, capsys):
    assert main(["run", "tens-forearm", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == json.loads(SAMPLE.read_text(encoding="utf-8"))
    assert captured.err == ""
    assert left_in() == []
    assert main(["run", "tens-forearm", "--json", "--out", "here"]) == 0
    assert left_in() == ["here"]


def test_overrides_reach_the_chain(chain, capsys):
    words = ["--set", "pads.width_mm=30", "--set", "output.amplitude_mA=0.02 A", "--set", "pads.over=ulnar"]
    assert main(["run", "tens-forearm", *words]) == 0
    (scenario,) = chain.calls
    assert (scenario.pads.width_mm, scenario.output.amplitude_mA, scenario.pads.over) == (30, 20, "ulnar")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tens-forarm"], "There is no scenario 'tens-forarm'. Did you mean 'tens-forearm'?"),
        (["none.toml"], "There is no file 'none.toml'."),
        (["tens-forearm", "--set", "width"], "--set width: write KEY=VALUE"),
        (["tens-forearm", "--set", "pads.widht_mm=3"], "unknown key 'pads.widht_mm'. Did you mean 'width_mm'?"),
        (["tens-forearm", "--set", "output.amplitude_mA=20 mV"], "a current in mA is due"),
        (["tens-forearm", "--set", "pulse.width_us=-200"], "pulse.width_us is -200 us; it must be above 0 us."),
    ],
)
def test_bad_input_is_refused_with_1_and_no_traceback(chain, words, said, capsys):
    assert main(["run", *words]) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert all(line.startswith("rheobase: ") for line in captured.err.splitlines())
    assert captured.out == ""
    assert left_in() == []
    assert not chain.calls


def test_a_folder_that_cannot_be_written_is_refused_before_computing(chain, capsys):
    Path("file").write_text("")
    assert main(["run", "tens-forearm", "--out", "file/below"]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert not chain.calls
    assert left_in() == ["file"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "rheobase: stopped; nothing was written\n"),
        (RheobaseError("The field did not converge."), 1, "rheobase: The field did not converge.\n"),
        (
            ParameterError("amplitude_mA is 10 mA: too much."),
            1,
            "line 36 (output.amplitude_mA): amplitude_mA is 10 mA: too much.\n",
        ),
    ],
)
def test_what_goes_wrong_on_the_way_leaves_nothing(chain, error, code, said, capsys):
    chain.error = error
    assert main(["run", "tens-forearm"]) == code
    assert capsys.readouterr().err.endswith(said)
    assert left_in() == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_in_a_real_process(tmp_path):
    code = (
        "import sys, time, types; m = types.ModuleType('rheobase.scenario')\n"
        "def run_scenario(s, p=None): print('started', flush=True); time.sleep(30)\n"
        "m.run_scenario = run_scenario; sys.modules['rheobase.scenario'] = m\n"
        "from rheobase.cli import main; sys.exit(main(['run', 'tens-forearm']))"
    )
    env = {**os.environ, "PYTHONPATH": str(SOURCE), "RHEOBASE_CACHE_DIR": str(tmp_path / "cache")}
    work = tmp_path / "work"
    work.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=work, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as p:
        assert p.stdout is not None
        assert p.stdout.readline().strip() == b"started"
        time.sleep(0.1)
        p.send_signal(signal.SIGINT)
        _, err = p.communicate(timeout=20)
    assert p.returncode == 130
    assert err.decode().strip() == "rheobase: stopped; nothing was written"
    assert left_in(work) == []


def test_a_reader_that_has_seen_enough_is_no_error():
    code = (
        "import sys; from rheobase.cli import main; sys.stdout.reconfigure(line_buffering=True);"
        " sys.exit(main(['cite']))"
    )
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdout is not None
        p.stdout.close()
        assert p.stderr is not None
        assert p.stderr.read() == b""
    assert p.returncode == 0


def test_progress_and_colour_are_for_terminals_only(chain, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["run", "tens-forearm"]) == 0
    assert "\x1b[1mTwo 5 x 5 cm" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["run", "tens-forearm"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert main(["run", "tens-forearm", "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_validate_prints_a_table_and_a_summary(validation, capsys):
    assert main(["validate"]) == 0
    out = capsys.readouterr().out
    assert "±30 %" in out
    assert out.endswith("1 within, 1 not built\n")
    assert main(["validate", "tau", "--reference", "f.json", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["summary"] == {"within": 1, "outside": 0, "not comparable": 0, "not built": 1}
    assert document["rows"] == validation[0]
    assert validation[1] == [(None, None), ("tau", Path("f.json"))]


def test_validate_fails_if_a_row_is_outside(validation, capsys):
    validation[0][0]["verdict"] = "outside"
    assert main(["validate"]) == 1
    assert "1 outside" in capsys.readouterr().out
    assert main(["validate", "--json"]) == 1


def test_cite_all(capsys):
    assert main(["cite"]) == 0
    text = capsys.readouterr().out
    assert "10.1152/jn.00353.2001" in text
    assert main(["cite", "--bibtex"]) == 0
    assert "@article{mcintyre2002,\n  author = {McIntyre" in capsys.readouterr().out


def test_cite_a_result(chain, capsys):
    assert main(["cite", "tens-forearm"]) == 1
    assert "Run it first: rheobase run tens-forearm" in capsys.readouterr().err
    main(["run", "tens-forearm"])
    capsys.readouterr()
    for _ in range(2):
        assert main(["cite", "tens-forearm"]) == 0
        text = capsys.readouterr().out
        assert "Mogyoros" in text
        assert "[fibre membrane and geometry]" in text
        assert "Musselman" not in text
        # Without the cache the written result answers.
        for entry in Path("../cache/results").iterdir():
            entry.unlink()


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from rheobase.cli import main; main(['--help'])\n"
        "heavy = {'numpy', 'numba', 'pydantic', 'matplotlib', 'xarray', 'rich', 'scipy'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) if heavy else 0)"
    )
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
