"""Point source: closed forms, and a disc on a half-space made of points."""

import numpy as np
import pytest

from rheobase.field import point_source_V_per_A


def test_isotropic():
    p = np.array([[0, 0, 10.0], [3.0, 4.0, 0]])
    assert point_source_V_per_A(p, (0, 0, 0), 0.2) == pytest.approx(1 / (4 * np.pi * 0.2 * np.array([0.010, 0.005])))


def test_anisotropic_along_the_axes():
    """Along an axis the potential is 1/(4 pi r sqrt(of the two other conductivities))."""
    sigma = (0.1, 0.2, 0.5)
    got = point_source_V_per_A(10 * np.eye(3), (0, 0, 0), sigma)
    want = [1 / (4 * np.pi * 0.01 * np.sqrt(a * b)) for a, b in ((0.2, 0.5), (0.1, 0.5), (0.1, 0.2))]
    assert got == pytest.approx(want)


def test_full_tensor_is_the_turned_diagonal_one():
    turn, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
    sigma = np.diag([0.1, 0.2, 0.5])
    p = np.random.default_rng(5).normal(size=(20, 3)) * 30
    source = np.array([1.0, -2.0, 3.0])
    got = point_source_V_per_A(p @ turn.T, source @ turn.T, turn @ sigma @ turn.T)
    assert got == pytest.approx(point_source_V_per_A(p, source, (0.1, 0.2, 0.5)))


def test_anisotropic_potential_solves_the_equation():
    """div(sigma grad V) = 0 away from the source, by central differences that converge with the second power."""
    sigma = np.array([[0.2, 0.03, 0.0], [0.03, 0.4, 0.05], [0.0, 0.05, 0.6]])
    at = np.array([12.0, -7.0, 5.0])

    def residual(h):
        total = 0.0
        for i in range(3):
            for j in range(3):
                di, dj = np.eye(3)[i] * h, np.eye(3)[j] * h
                corners = np.array([at + di + dj, at + di - dj, at - di + dj, at - di - dj])
                total += sigma[i, j] * (np.array([1, -1, -1, 1]) @ point_source_V_per_A(corners, (0, 0, 0), sigma))
        return abs(total) / (4 * h**2)

    assert residual(0.25) < 2e-3
    assert np.log2(residual(1.0) / residual(0.5)) == pytest.approx(2.0, abs=0.2)


def test_disc_on_a_half_space():
    """1 mA evenly through a disc of 10 mm radius on 0.2 S/m: 130.476, 65.924, 25.827 mV at 2, 10, 30 mm."""
    n = 4000
    radii = 10.0 * np.sqrt((np.arange(n) + 0.5) / n)  # rings of equal area
    sources = np.column_stack([radii, 0 * radii, 0 * radii])
    got = []
    for depth in (2.0, 10.0, 30.0):
        v = point_source_V_per_A(np.array([0.0, 0.0, depth]) - sources, (0, 0, 0), 0.2)
        got.append(2.0 * v.mean())  # the insulating surface doubles it
    assert got == pytest.approx([130.476, 65.924, 25.827], rel=1e-4)
    depth_m = np.array([0.002, 0.01, 0.03])
    closed = (np.hypot(0.01, depth_m) - depth_m) / (np.pi * 0.01**2 * 0.2)
    assert got == pytest.approx(closed, rel=1e-4)
