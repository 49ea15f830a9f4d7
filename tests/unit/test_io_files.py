"""Results and cache: the same bytes each time, and never a half-written file."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rheobase.errors import RheobaseError
from rheobase.io import cache, files, netcdf, results
from rheobase.io.scenario import load_scenario

SAMPLE = Path(__file__).parents[1] / "data" / "result_sample.json"


@pytest.fixture
def sample():
    return results.read_result(SAMPLE)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def left_in(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_json_is_stable_sorted_and_without_nan():
    text = results.result_text({"b": np.array([1.0, np.nan]), "a": np.float64(2), "c": (np.int64(1), True, None, "µ")})
    assert json.loads(text) == {"a": 2.0, "b": [1.0, None], "c": [1, True, None, "µ"]}
    assert text == results.result_text(json.loads(text))
    assert text.index('"a"') < text.index('"b"')


def test_json_refuses_what_has_no_plain_form():
    with pytest.raises(TypeError, match="plain values only, not set"):
        results.plain({"x": {1}})


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), ("{", "not valid JSON"), ("[]", "schema 'None'"), ('{"schema": "x/9"}', "schema 'x/9'")],
)
def test_a_foreign_file_is_no_result(tmp_path, content, words):
    if content is not None:
        (tmp_path / "r.json").write_text(content)
    with pytest.raises(RheobaseError, match=words):
        results.read_result(tmp_path / "r.json")


def test_netcdf_reads_back_with_units(sample, tmp_path):
    import xarray as xr

    netcdf.write_netcdf(sample, tmp_path / "r.nc")
    with xr.open_dataset(tmp_path / "r.nc", engine="h5netcdf") as data:
        assert data["amplitude"].attrs["units"] == "mA"
        assert all("units" in v.attrs or "long_name" in v.attrs for v in data.variables.values())
        first = sample["recruitment"]["kinds"][0]
        np.testing.assert_allclose(data["recruited_median"].sel(kind=first["kind"]), first["median"])
        np.testing.assert_allclose(data["section_potential"], sample["field"]["section"]["potential_mV_per_mA"])
        assert data.attrs["scenario"] == "tens-forearm"
    netcdf.write_netcdf(sample, tmp_path / "again.nc")
    assert (tmp_path / "r.nc").read_bytes() == (tmp_path / "again.nc").read_bytes()


def test_netcdf_of_a_result_without_curves(tmp_path):
    assert not netcdf.result_dataset({"schema": "x"}).variables


def test_a_folder_is_written_whole(tmp_path):
    target = tmp_path / "deep" / "er"
    paths = files.write_folder(
        target, {"a": lambda p: p.write_text("1") and None, "b": lambda p: p.write_text("2") and None}
    )
    assert [p.read_text() for p in paths.values()] == ["1", "2"]
    assert left_in(tmp_path) == ["deep"]
    assert left_in(target) == ["a", "b"]


def test_a_folder_in_use_keeps_its_other_files(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    (tmp_path / "a").write_text("old")
    files.write_folder(tmp_path, {"a": lambda p: p.write_text("new") and None})
    assert left_in(tmp_path) == ["a", "mine.txt"]
    assert (tmp_path / "a").read_text() == "new"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("exists", [True, False])
def test_an_interruption_leaves_nothing_half_written(tmp_path, error, exists):
    target = tmp_path / "out"
    if exists:
        target.mkdir()
        (target / "a").write_text("old")

    def fail(path: Path) -> None:
        path.write_text("hal")
        raise error

    with pytest.raises(error):
        files.write_folder(target, {"a": lambda p: p.write_text("new") and None, "b": fail})
    assert left_in(tmp_path) == (["out"] if exists else [])
    if exists:
        assert (target / "a").read_text() == "old"
        assert left_in(target) == ["a"]


def test_ctrl_c_during_the_last_move_waits_for_it(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    move = os.replace

    def interrupted(old, new):
        signal.raise_signal(signal.SIGINT)
        move(old, new)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write_folder(tmp_path / "out", {n: lambda p: p.write_text("x") and None for n in "ab"})
    assert left_in(tmp_path / "out") == ["a", "b"]


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    for bad in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(RheobaseError, match=r"folder '.*' cannot be written: .*Nothing was written.*--out"):
            files.check_folder(bad)
    assert left_in(tmp_path) == ["file"]


def test_a_full_or_forbidden_disk_is_refused(tmp_path, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkdtemp", forbidden)
    with pytest.raises(RheobaseError, match="permission denied"):
        files.write_folder(tmp_path / "x", {})
    assert left_in(tmp_path) == []


def test_one_file_is_written_at_once(tmp_path, monkeypatch):
    files.write_atomic(tmp_path / "a", b"1")
    monkeypatch.setattr(files.os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        files.write_atomic(tmp_path / "a", b"2")
    assert left_in(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"1"


class Counted:
    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return {"schema": results.SCHEMA, "value": self.calls}


def test_a_result_is_computed_once(own_cache):
    scenario, compute = load_scenario("tens-forearm"), Counted()
    assert cache.known_result(scenario) is None
    first = cache.cached(scenario, compute)
    assert cache.cached(scenario, compute) == first == cache.known_result(scenario)
    assert compute.calls == 1
    assert cache.cached(replace(scenario, seed=2), compute)["value"] == 2
    assert cache.cached(scenario, compute, use=False)["value"] == 3
    assert cache.cached(scenario, compute)["value"] == 3


def test_a_broken_entry_is_computed_anew(own_cache):
    scenario, compute = load_scenario("tens-forearm"), Counted()
    cache.cached(scenario, compute)
    (entry,) = (own_cache / "results").iterdir()
    for broken in (b"", b"garbage", entry.read_bytes()[:-5]):
        entry.write_bytes(broken)
        cache.cached(scenario, compute)
    assert compute.calls == 4


def test_an_unwritable_cache_costs_time_only(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path / "file"))
    scenario, compute = load_scenario("tens-forearm"), Counted()
    cache.cached(scenario, compute)
    cache.cached(scenario, compute)
    assert compute.calls == 2


def test_runs_side_by_side_agree(own_cache):
    scenario = load_scenario("tens-forearm")
    seen = []
    threads = [
        threading.Thread(target=lambda: seen.append(cache.cached(scenario, lambda: {"schema": results.SCHEMA})))
        for _ in range(8)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert seen == [{"schema": results.SCHEMA}] * 8
    assert len(left_in(own_cache / "results")) == 1


def test_the_samples_belong_to_the_key(tmp_path):
    (tmp_path / "s.csv").write_text("0,1\n")
    scenario = load_scenario("tens-forearm", {"pulse.shape": "csv", "pulse.file": str(tmp_path / "s.csv")})
    before = cache.scenario_key(scenario)
    (tmp_path / "s.csv").write_text("0,2\n")
    assert cache.scenario_key(scenario) != before


def test_the_cache_does_not_grow_for_ever(own_cache, monkeypatch):
    monkeypatch.setattr(cache, "_KEEP", 3)
    for seed in range(6):
        cache.cached(load_scenario("tens-forearm", {"scenario.seed": seed}), Counted())
    assert len(left_in(own_cache / "results")) == 3


@pytest.mark.parametrize(
    ("platform", "variable", "end"),
    [
        ("linux", "XDG_CACHE_HOME", "rheobase"),
        ("win32", "LOCALAPPDATA", "rheobase"),
        ("darwin", "", "Library/Caches/rheobase"),
    ],
)
def test_the_cache_stands_where_the_system_wants_it(monkeypatch, tmp_path, platform, variable, end):
    monkeypatch.delenv("RHEOBASE_CACHE_DIR", raising=False)
    monkeypatch.setattr(cache.sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
        assert cache.cache_folder() == tmp_path / "rheobase"
    assert cache.cache_folder().as_posix().endswith(end)
