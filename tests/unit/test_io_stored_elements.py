"""Finite-element fields on disk: the same potentials, however they were meshed, and nothing but meshes is unpacked."""

import multiprocessing
import os
import pickle
import signal
import time

import numpy as np
import pytest

from rheobase.anatomy import Column, Layer, PlainSolids, Sheet, Solid, Spine, Tissue
from rheobase.cli import main
from rheobase.electrode import Contact, FarReturn, Lead, Pad
from rheobase.field import PlainLimb, solve_field
from rheobase.field._stored_elements import _mesh_from, elements_from_arrays
from rheobase.field.stored import field_arrays, field_from_arrays
from rheobase.io import cached_field, field_cache
from rheobase.montage import Implanted, Montage

pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")


def body():
    """A cord in a tank, behind a membrane."""
    ends = (-8.0, 8.0)
    tissues = tuple(
        Tissue(name=n, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=a)
        for n, t, a in (("saline", 1.7, 1.7), ("white_matter", 0.1, 0.6))
    )
    return PlainSolids(
        tissues=tissues,
        stack=(
            Solid(tissue="saline", shape=Column(half_axes_mm=(10.0, 8.0), along_mm=ends)),
            Solid(tissue="white_matter", shape=Column(half_axes_mm=(3.0, 3.0), centre_mm=(2.0, 0.0), along_mm=ends)),
        ),
        membranes=(Sheet(name="dura", encloses=("white_matter",), resistance_ohm_m2=5e-4),),
    )


def montage():
    rings = tuple(
        Contact(name=n, along_mm=a, length_mm=2.0, share=s) for n, a, s in (("c1", 5.0, 1.0), ("c2", 10.0, -0.5))
    )
    lead = Lead(contacts=rings, diameter_mm=1.3, tip_mm=(-5.0, 0.0, -8.0), length_mm=16.0)
    return Implanted(electrodes=(lead, FarReturn(share=-0.5)))


POINTS = np.array([[2.0, 0.5, 1.0], [4.9, 0.0, 0.0], [-8.0, 2.0, -3.0], [0.0, -6.0, 7.5], [-4.2, 0.0, 2.0]])


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "fields"


def test_a_field_of_elements_is_solved_once_and_comes_back_the_same(own_cache, monkeypatch, capsys):
    first = cached_field(body(), montage())

    def refuse(*args, **settings):
        raise AssertionError("solved again")

    monkeypatch.setattr(field_cache, "solve_field", refuse)
    again = cached_field(body(), montage())
    for name in ("lead_V_per_A", "strength_V_per_m_per_A", "current_A_per_m2_per_A"):
        want, got = (getattr(f, name)(POINTS) for f in (first, again))
        assert np.abs(got - want).max() <= 1e-12 * np.abs(want).max(), name
    assert again.losses_ohm() == pytest.approx(first.losses_ohm(), rel=1e-12)
    assert again.resistance_ohm == first.resistance_ohm
    assert (again.rows, again.sources, again.cells) == (first.rows, first.sources, first.cells)
    for a, b in zip(again.densities, first.densities, strict=True):
        assert (a.name, a.peak_A_per_m2_per_mA) == (b.name, b.peak_A_per_m2_per_mA)
    assert main(["cache"]) == 0
    assert "fields         1" in capsys.readouterr().out
    with pytest.raises(AssertionError, match="solved again"):
        cached_field(body(), montage(), order=1)


def test_a_limb_of_elements_comes_back_the_same():
    layers = tuple(
        Layer(name=n, outer_radius_mm=r, sigma_transverse_S_per_m=s, sigma_axial_S_per_m=s)
        for n, r, s in (("muscle", 20.0, 0.3), ("fat", 25.0, 0.03))
    )
    limb = PlainLimb(stack=layers, length_mm=120.0)
    pads = Montage(
        pads=tuple(
            Pad(name=n, width_mm=30, length_mm=30, along_mm=25.0 * s, share=float(s)) for n, s in (("a", 1), ("b", -1))
        )
    )
    first = solve_field(limb, pads, "finite_elements", order=1, cell_mm=8.0)
    again = field_from_arrays(limb, pads, field_arrays(first))
    points = np.array([[10.0, 2.0, 5.0], [22.0, 0.0, -25.0]])
    np.testing.assert_allclose(again.lead_V_per_A(points), first.lead_V_per_A(points), rtol=1e-12)
    assert again.density(pads.names[0]).mean_A_per_m2_per_mA == first.density(pads.names[0]).mean_A_per_m2_per_mA


@pytest.fixture(scope="module")
def kept():
    return field_arrays(solve_field(body(), montage(), order=1))


def test_what_another_version_wrote_or_does_not_fit_is_not_used(kept):
    elements_from_arrays(body(), kept)
    with pytest.raises(ValueError, match=r"NGSolve 1\.0 cannot be read by another version"):
        elements_from_arrays(body(), {**kept, "solver": np.array("1.0")})
    with pytest.raises(ValueError, match="another number of coefficients"):
        elements_from_arrays(body(), {**kept, "order": np.array(2)})
    with pytest.raises(ValueError, match="does not give the same potentials again"):
        elements_from_arrays(body(), {**kept, "coefficients": kept["coefficients"] * (1 + 1e-11)})
    with pytest.raises(ValueError, match="a Spine is no body of finite elements"):
        elements_from_arrays(Spine(level="t9"), kept)


def test_a_file_can_run_nothing():
    for bad in (b"", b"no pickle", pickle.dumps(print)):
        with pytest.raises(ValueError, match="a stored mesh cannot be read"):
            _mesh_from(bad)


def keep_for_ever():
    while True:
        cached_field(body(), montage(), use=False, order=1)


def read_and_write(seed):
    return cached_field(body(), montage(), use=bool(seed % 2), order=1).resistance_ohm


def test_killed_and_concurrent_processes_leave_no_wrong_entry(own_cache):
    want = solve_field(body(), montage(), order=1).resistance_ohm
    worker = multiprocessing.get_context("spawn").Process(target=keep_for_ever)
    worker.start()
    until = time.monotonic() + 120.0
    while not (own_cache.exists() and any(own_cache.glob("*.field"))) and time.monotonic() < until:
        time.sleep(0.05)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(read_and_write, range(4))
    assert found == pytest.approx([want] * 4, rel=1e-9)
    assert len(list(own_cache.glob("*.field"))) == 1
