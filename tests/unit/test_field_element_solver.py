"""How the equations of finite elements are solved: directly or by steps, and what is said if steps fail."""

import os
import sys

import numpy as np
import pytest

from rheobase.anatomy import Labels, Sheet, Tissue, image_body
from rheobase.electrode import MeshContact
from rheobase.field import _element_solver, _elements, solve_field
from rheobase.field._netgen import hushed
from rheobase.montage import Implanted

pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")


POINTS = np.array([[1.2, 1.0, 3.3], [3.5, 2.5, 2.5], [4.2, 0.3, 0.7]])


def body():
    """A block of saline with a cube of nerve behind a membrane, between two unlike contacts."""
    image = np.ones((6, 5, 5), dtype=int)
    image[2:4, 1:4, 1:4] = 2
    image[0], image[5, :3] = 9, 8
    tissues = {
        1: Tissue(name="saline", sigma_transverse_S_per_m=1.7, sigma_axial_S_per_m=1.7),
        2: Tissue(name="nerve", sigma_transverse_S_per_m=0.1, sigma_axial_S_per_m=0.6),
    }
    sheet = Sheet(name="perineurium", encloses=("nerve",), resistance_ohm_m2=5e-4)
    return image_body(image, np.eye(4), Labels(tissues=tissues, contacts={9: "a", 8: "b"}), membranes=(sheet,))


def montage():
    return Implanted(electrodes=(MeshContact(name="a", share=1.0), MeshContact(name="b", share=-1.0)))


def only_steps(monkeypatch):
    monkeypatch.setattr(_element_solver, "_DIRECT_DOFS", 0)
    monkeypatch.setattr(_element_solver, "_DIRECT_DOFS_HIGH", 0)


@pytest.mark.parametrize("order", [2, 3])
def test_steps_find_the_direct_solution_across_sheets(monkeypatch, order):
    """From the third order on an element of a sheet alone is singular; its unknowns stay in the coarse problem."""
    direct = solve_field(body(), montage(), order=order)
    only_steps(monkeypatch)
    steps = solve_field(body(), montage(), order=order)
    assert steps.admittance_S == pytest.approx(direct.admittance_S, rel=1e-8, abs=1e-12)
    want = direct.drive_V_per_A(POINTS)
    assert np.abs(steps.drive_V_per_A(POINTS) - want).max() < 1e-8 * np.abs(want).max()


def test_steps_that_do_not_settle_give_way_to_a_factorisation_with_a_word(monkeypatch):
    direct = solve_field(body(), montage(), order=3)
    only_steps(monkeypatch)
    monkeypatch.setattr(_element_solver, "_MOST_STEPS", 3)
    with pytest.warns(RuntimeWarning, match=r"did not settle within 3 steps, so the equations are factorised.*cell_mm"):
        slow = solve_field(body(), montage(), order=3)
    assert slow.admittance_S == pytest.approx(direct.admittance_S, rel=1e-8, abs=1e-12)


def test_a_preconditioner_that_fails_gives_way_to_a_factorisation_with_a_word(monkeypatch):
    """Without the unknowns on sheets in the coarse problem, blocks of it are singular."""
    direct = solve_field(body(), montage(), order=3)
    only_steps(monkeypatch)
    monkeypatch.setattr(_elements, "_on_sheets", lambda problem: np.zeros(0, dtype=int))
    with pytest.warns(RuntimeWarning, match=r"preconditioner for \d+ unknowns failed \(.*singular.*factorised"):
        slow = solve_field(body(), montage(), order=3)
    assert slow.admittance_S == pytest.approx(direct.admittance_S, rel=1e-8, abs=1e-12)


def test_the_mesher_is_kept_off_the_terminal_and_others_are_not(capfd):
    with hushed():
        os.write(1, b" WARNING: Intersecting elements 1 and 2\nel1 = np = 3 4 5 6\nlayer1 = 1\nours\n")
        os.write(2, b"Meshing of domain 5 failed with error: Stop meshing\n")
        print("a word", file=sys.stderr, flush=True)
    print("after")
    out, err = capfd.readouterr()
    assert out == "ours\nafter\n"
    assert err == "a word\n"
