"""The conductivity of a stack of sheets."""

import numpy as np
import pytest

from rheobase.field._laminate import laminate

PAIRS = ("rr", "tt", "zz", "rt", "rz", "tz")
ALL = np.array([0])


def keyed(s):
    return {k: np.array([s["rtz".index(k[0]), "rtz".index(k[1])]]) for k in PAIRS}


def full(s):
    return np.array([[s["".join(sorted(a + b, key="rtz".index))][0] for b in "rtz"] for a in "rtz"])


def fibrous(across, along, way):
    u = np.array(way) / np.linalg.norm(way)
    return across * np.eye(3) + (along - across) * np.outer(u, u)


def test_two_isotropic_tissues_give_the_harmonic_mean_across_and_the_arithmetic_along():
    s = [(ALL, np.array([share]), keyed(value * np.eye(3))) for share, value in ((0.25, 0.03), (0.75, 0.6))]
    got = full(laminate(s, np.array([[1.0], [0.0], [0.0]])))
    np.testing.assert_allclose(got, np.diag([1 / (0.25 / 0.03 + 0.75 / 0.6), 0.4575, 0.4575]), atol=1e-12)


@pytest.mark.parametrize("normal", [(1.0, 0.0, 0.0), (0.5, -0.3, 0.8), (0.0, 1.0, 1.0)])
def test_current_and_field_of_three_fibrous_sheets_agree_with_those_solved_for(normal):
    n = np.array(normal) / np.linalg.norm(normal)
    sheets = [fibrous(0.11, 0.33, (0.2, 0.1, 1.0)), 0.03 * np.eye(3), fibrous(0.2, 0.7, (1.0, 0.5, 0.0))]
    shares = np.array([0.5, 0.2, 0.3])
    mean_field = np.array([1.0, -2.0, 0.5])
    # unknown: the jump of the field along the normal in each sheet, and the current across that all have
    system, right = np.zeros((4, 4)), np.zeros(4)
    for i, s in enumerate(sheets):
        system[i, i], system[i, 3], right[i] = n @ s @ n, -1.0, -n @ s @ mean_field
    system[3, :3] = shares
    jump = np.linalg.solve(system, right)[:3]
    current = sum(f * s @ (mean_field + j * n) for f, s, j in zip(shares, sheets, jump, strict=True))
    stack = [(ALL, np.array([f]), keyed(s)) for f, s in zip(shares, sheets, strict=True)]
    np.testing.assert_allclose(full(laminate(stack, n[:, None])) @ mean_field, current, rtol=1e-12)


def test_without_a_normal_it_is_the_mean_and_one_tissue_stays_itself():
    s = [(ALL, np.array([0.5]), keyed(v * np.eye(3))) for v in (0.1, 0.3)]
    np.testing.assert_allclose(full(laminate(s, np.zeros((3, 1)))), 0.2 * np.eye(3))
    one = fibrous(0.11, 0.33, (0.2, 0.1, 1.0))
    got = full(laminate([(ALL, np.array([1.0]), keyed(one))], np.array([[0.6], [0.0], [0.8]])))
    np.testing.assert_allclose(got, one, rtol=1e-12)


def test_complex_conductivity_stays_complex():
    s = [(ALL, np.array([0.5]), keyed(v * np.eye(3))) for v in (0.1 + 0.1j, 0.3)]
    got = full(laminate(s, np.array([[0.0], [0.0], [1.0]])))
    assert got[2, 2] == pytest.approx(1 / (0.5 / (0.1 + 0.1j) + 0.5 / 0.3))
    assert got[0, 0] == pytest.approx(0.2 + 0.05j)
