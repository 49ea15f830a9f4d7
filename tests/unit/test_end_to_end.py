"""The real chain through the real command line, and everything a person may type wrong."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rheobase as rheobase_package

QUICK = ("--set", "population.people=10")
PARTS = {
    "schema", "rheobase_version", "scenario", "answer", "calibrated", "calibration", "events", "window_mA", "criteria",
    "recruitment", "intensity", "strength_duration", "field", "anatomy", "pulse", "safety", "population", "method",
    "simplifications", "citations", "disclaimer", "view",
}  # fmt: skip


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    # the command must be that of the code under test, whatever else is installed
    code = str(Path(rheobase_package.__file__).resolve().parents[1])
    cache = str(tmp_path_factory.mktemp("cache"))
    return os.environ | {"RHEOBASE_CACHE_DIR": cache, "NO_COLOR": "1", "PYTHONPATH": code}


def rheobase(*words, env, cwd, **more):
    command = [sys.executable, "-m", "rheobase", *map(str, words)]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False, **more)


@pytest.fixture(scope="module")
def done(env, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    ran = rheobase("run", "tens-forearm", *QUICK, "--out", folder / "out", env=env, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return ran, folder / "out"


def test_a_run_prints_the_answer_and_writes_three_files(done):
    ran, out = done
    assert sorted(p.name for p in out.iterdir()) == ["report.html", "result.json", "result.nc"]
    assert "Tingling begins at" in ran.stdout
    assert "over all: within" in ran.stdout


def test_the_document_is_whole_and_plain(done):
    text = (done[1] / "result.json").read_text(encoding="utf-8")
    result = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} in result.json"))
    assert set(result) == PARTS
    low, move, high = (e["amplitude_mA"]["median"] for e in result["events"])
    assert low < move < high
    assert all(e["amplitude_mA"]["p5"] <= e["amplitude_mA"]["p95"] for e in result["events"])


def test_the_report_answers_first_and_says_what_it_is_not(done):
    page = (done[1] / "report.html").read_text(encoding="utf-8")
    assert page.index("Tingling begins at") < page.index("<svg")
    assert "not a medical device" in page
    # a link to a source may be followed; nothing may be fetched to show the page
    assert not re.search(r"src\s*=\s*.https?:|url\(.?https?:|<script|<link", page)
    assert len(page) < 3_000_000


def test_the_netcdf_opens_with_units(done):
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(done[1] / "result.nc", engine="h5netcdf") as data:
        assert data.sizes
        assert any("units" in v.attrs for v in data.variables.values())


def test_the_same_seed_gives_the_same_bytes(done, env, tmp_path):
    again = rheobase("run", "tens-forearm", *QUICK, "--no-cache", "--out", tmp_path / "again", env=env, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    for name in ("result.json", "report.html"):
        assert (tmp_path / "again" / name).read_bytes() == (done[1] / name).read_bytes()


WRONG = {
    "unknown scenario": (["run", "tens-forarm"], "Did you mean 'tens-forearm'?"),
    "unknown key": (["--set", "output.amplitud_mA=10"], "Did you mean 'amplitude_mA'"),
    "wrong unit": (["--set", "output.amplitude_mA=20 mV"], "got '20 mV', a voltage; a current in mA is due"),
    "negative width": (["--set", "pulse.width_us=-200"], "pulse.width_us is -200 us; it must be above 0 us"),
    "pulse longer than its period": (["--set", "train.rate_hz=5000"], "period"),
    "pads overlap": (["--set", "pads.spacing_mm=40"], "overlap"),
    "pads off the skin": (["--set", "pads.spacing_mm=380"], "lies off the skin"),
    "direct current": (
        ["--set", "pulse.shape=monophasic", "--set", "train.rate_hz=1000", "--set", "output.amplitude_mA=65"],
        "direct current density",
    ),
    "beyond compliance": (["--set", "output.amplitude_mA=90"], "compliance_V of the stimulator is 100 V"),
    "impossible fat": (["--set", "anatomy.fat_mm=60"], "fat"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_what_is_wrong_is_said_and_nothing_is_written(case, env, tmp_path):
    words, message = WRONG[case]
    if words[0] != "run":
        words = ["run", "tens-forearm", *words]
    ran = rheobase(*words, "--out", tmp_path / "out", env=env, cwd=tmp_path)
    assert ran.returncode == 1, ran.stdout
    assert ran.stderr.startswith("rheobase: ")
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out").exists()


def test_samples_with_nan_are_refused_with_file_and_line(env, tmp_path):
    (tmp_path / "pulse.csv").write_text("time_us,relative\n0,0\n100,nan\n200,0\n", encoding="utf-8")
    ran = rheobase(
        "run", "tens-forearm", "--set", "pulse.shape=csv", "--set", "pulse.file=pulse.csv", env=env, cwd=tmp_path
    )
    assert ran.returncode == 1
    assert "pulse.csv" in ran.stderr
    assert "line 3" in ran.stderr


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_computed(env, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    ran = rheobase("run", "tens-forearm", "--out", tmp_path / "file" / "out", env=env, cwd=tmp_path, timeout=10)
    assert ran.returncode == 1
    assert "cannot be written" in ran.stderr or "not a folder" in ran.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


# Python ends with the signal itself if Ctrl-C was pressed while text was executed, as dataclasses do; a shell says 130.
STOPPED = 130, -signal.SIGINT


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console differ there")
def test_control_c_leaves_nothing_behind(env, tmp_path):
    here, shelf = tmp_path / "here", tmp_path / "shelf"
    here.mkdir()
    command = [sys.executable, "-m", "rheobase", "run", "tens-forearm", "--out", str(here / "out")]
    running = subprocess.Popen(
        command, env=env | {"RHEOBASE_CACHE_DIR": str(shelf)}, cwd=here, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    begun = time.monotonic()
    while not list(shelf.glob("fields/*")):  # the first field is kept, the fibres are being computed
        assert running.poll() is None
        assert time.monotonic() - begun < 120
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode in STOPPED
    assert said == "rheobase: stopped; nothing was written\n"
    assert list(here.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console differ there")
@pytest.mark.parametrize("after_s", [0.2, 0.5, 1.0])
def test_control_c_while_libraries_are_imported(after_s, env, tmp_path):
    """One of them turns Ctrl-C into an error of its own."""
    command = "import rheobase.cli, time; print(flush=True); rheobase.cli.main(['run', 'tens-forearm']) == 130 or 1 / 0"
    running = subprocess.Popen(
        [sys.executable, "-c", command], env=env | {"RHEOBASE_CACHE_DIR": str(tmp_path)}, cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    running.stdout.readline()
    time.sleep(after_s)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert said == "rheobase: stopped; nothing was written\n"
