"""Fields on disk: found by content, whole or not at all, whoever else reads and writes."""

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest

from rheobase.anatomy import Forearm
from rheobase.cli import main
from rheobase.errors import ParameterError
from rheobase.field import content_of, sampled_field, solve_field
from rheobase.field.stored import field_arrays, field_from_arrays
from rheobase.io import cache_shelves, cached_field, clear_cache, field_cache, field_key
from rheobase.montage import pad_pair

ARM = Forearm()
PADS = pad_pair(ARM)
POINTS = np.array([[20.0, 3.0, 30.0], [36.0, 0.0, -40.0], [39.5, -2.0, 10.0]])


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "fields"


def forbid(monkeypatch):
    def refuse(*args, **settings):
        raise AssertionError("solved again")

    monkeypatch.setattr(field_cache, "solve_field", refuse)


@pytest.mark.parametrize("method", ["grid", "cylinder"])
def test_a_field_is_solved_once_and_comes_back_the_same(own_cache, monkeypatch, method):
    first = cached_field(ARM, PADS, method, cell_mm=3.0)
    forbid(monkeypatch)
    again = cached_field(ARM, PADS, method, cell_mm=3.0)
    assert (again.drive_V_per_A(POINTS) == first.drive_V_per_A(POINTS)).all()
    assert (
        again.plane(0.0).at_V_per_A(np.array([30.0]), np.array([5.0]))
        == first.plane(0.0).at_V_per_A(np.array([30.0]), np.array([5.0]))
    ).all()
    assert again.resistance_ohm == first.resistance_ohm
    assert (again.rows, again.sources, again.cells) == (first.rows, first.sources, first.cells)
    assert again.densities[1].peak_A_per_m2_per_mA == first.densities[1].peak_A_per_m2_per_mA
    with pytest.raises(AssertionError, match="solved again"):
        cached_field(ARM, PADS, method, cell_mm=3.0, use=False)


def test_any_other_content_is_another_field():
    keys = {
        field_key(ARM, PADS),
        field_key(Forearm(fat_mm=5.0000001), PADS),
        field_key(ARM, replace(PADS, pads=(replace(PADS.pads[0], share=1.0 - 1e-12), PADS.pads[1]))),
        field_key(ARM, PADS, "grid"),
        field_key(ARM, PADS, cell_mm=2.0),
    }
    assert len(keys) == 5
    assert field_key(Forearm(), pad_pair(Forearm())) in keys


def test_a_half_space_is_solved_anew_each_time(own_cache):
    assert cached_field(ARM, PADS, "half_space", cell_mm=4.0).method == "half_space"
    assert not own_cache.exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(Forearm):
    """An anatomy that holds a function."""

    shape: object = len


def test_a_sampled_field_comes_back_the_same():
    for points in (
        np.column_stack([np.zeros(9), np.zeros(9), np.linspace(0.0, 8.0, 9)]),
        np.stack(np.meshgrid(*[np.linspace(0.0, 4.0, 5)] * 3, indexing="ij"), axis=-1).reshape(-1, 3),
        np.random.default_rng(3).uniform(0.0, 5.0, (60, 3)),
    ):
        values = np.stack([np.sin(points.sum(axis=1)), points[:, 2] ** 2])
        first = sampled_field(points, values, names=("a", "b"), shares=(1.0, -0.4))
        kept = {name: np.array(array) for name, array in field_arrays(first).items()}
        again = field_from_arrays(first.anatomy, first.montage, kept)
        asked = points[2:5] * 0.98 + points.mean(axis=0) * 0.02
        np.testing.assert_array_equal(again.lead_V_per_A(asked), first.lead_V_per_A(asked))
        assert (again.method, again.cells, again.montage) == ("sampled", first.cells, first.montage)


def test_a_formula_is_refused_with_the_reason():
    field = replace(solve_field(ARM, PADS, cell_mm=4.0), method="point", solution_=SimpleNamespace())
    with pytest.raises(ParameterError, match=r"method 'point' cannot be kept on disk: it is a formula"):
        field_arrays(field)


def test_what_has_no_content_is_solved_and_not_kept(own_cache):
    with pytest.raises(ParameterError, match="builtin_function_or_method cannot be told apart"):
        content_of(Odd())
    assert cached_field(Odd(), PADS, cell_mm=4.0).method == "cylinder"
    assert not own_cache.exists()


@pytest.mark.parametrize("damage", [b"", b"no digest", None])
def test_a_damaged_entry_is_solved_anew(own_cache, damage):
    first = cached_field(ARM, PADS, "grid", cell_mm=3.0)
    (entry,) = own_cache.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    again = cached_field(ARM, PADS, "grid", cell_mm=3.0)
    assert again.resistance_ohm == first.resistance_ohm
    assert entry.read_bytes() == whole


def write_and_read(seed):
    for _ in range(3):
        f = cached_field(ARM, PADS, "grid", use=bool(seed % 2), cell_mm=4.0)
        assert f.resistance_ohm > 0
    return f.resistance_ohm


def test_many_processes_at_once(own_cache):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        found = pool.map(write_and_read, range(6))
    assert len(set(found)) == 1
    assert [p.suffix for p in own_cache.iterdir()] == [".field"]


def write_for_ever():
    while True:
        cached_field(ARM, PADS, "grid", use=False, cell_mm=4.0)


def test_a_killed_process_leaves_no_wrong_entry(own_cache):
    want = solve_field(ARM, PADS, "grid", cell_mm=4.0).resistance_ohm
    worker = multiprocessing.get_context("spawn").Process(target=write_for_ever)
    worker.start()
    until = time.monotonic() + 60.0
    while not (own_cache.exists() and any(own_cache.glob("*.field"))) and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    assert cached_field(ARM, PADS, "grid", cell_mm=4.0).resistance_ohm == want
    clear_cache()
    assert list(own_cache.iterdir()) == []


def test_the_cache_forgets_what_was_not_used_longest(own_cache, monkeypatch):
    cells = (3.0, 3.5, 4.0)
    for i, c in enumerate(cells[:2]):
        cached_field(ARM, PADS, "grid", cell_mm=c)
        os.utime(own_cache / f"{field_key(ARM, PADS, 'grid', cell_mm=c)}.field", (1000.0 + i, 1000.0 + i))
    cached_field(ARM, PADS, "grid", cell_mm=cells[0])  # used again
    monkeypatch.setattr(field_cache, "MOST_BYTES", sum(p.stat().st_size for p in own_cache.iterdir()))
    cached_field(ARM, PADS, "grid", cell_mm=cells[2])
    left = {p.stem for p in own_cache.iterdir()}
    assert field_key(ARM, PADS, "grid", cell_mm=cells[0]) in left
    assert field_key(ARM, PADS, "grid", cell_mm=cells[1]) not in left


def test_an_unwritable_cache_costs_time_only(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(blocked))
    assert cached_field(ARM, PADS, "grid", cell_mm=4.0).resistance_ohm > 0


def test_the_command_lists_and_clears(own_cache, capsys):
    cached_field(ARM, PADS, "grid", cell_mm=4.0)
    assert cache_shelves()[0].entries == 1
    assert main(["cache"]) == 0
    shown = capsys.readouterr().out
    assert "fields         1" in shown
    assert str(own_cache.parent) in shown
    assert main(["cache", "--json"]) == 0
    assert '"entries": 1' in capsys.readouterr().out
    assert main(["cache", "clear", "--kind", "results"]) == 0
    assert capsys.readouterr().out.startswith("0 files removed")
    assert main(["cache", "clear"]) == 0
    assert capsys.readouterr().out.startswith("1 files removed")
    assert main(["cache", "clear", "--kind", "films"]) == 1
    assert "no kind 'films'; it has fields and results" in capsys.readouterr().err
