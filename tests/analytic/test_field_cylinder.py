"""Layered cylinder: modes against closed forms and an ODE, limits, order of convergence."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import iv, ive, ivp, kve

from rheobase.anatomy import Layer
from rheobase.electrode import Interface, Pad
from rheobase.field import PlainLimb, limb_reference, solve_field
from rheobase.field._bessel import log_bessel, log_derivatives
from rheobase.field._radial import CylinderGrid, decay, radial_modes
from rheobase.montage import Montage


def layer(name, radius, across, along=None):
    return Layer(
        name=name, outer_radius_mm=radius, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along or across
    )


LAYERS = limb_reference().anatomy.layers


@pytest.mark.parametrize(("order", "tolerance"), [(3, 1e-13), (11, 1e-13), (12, 2e-6), (24, 1.5e-7), (48, 1e-8)])
def test_bessel_ratios_and_slopes(order, tolerance):
    """Exact below order 12, uniform expansions from there: ratios between radii and logarithmic derivatives."""
    kappa = np.geomspace(0.1, 3000, 60)
    inner, outer = 0.0345, 0.042
    (i_a, k_a), (i_b, k_b) = log_bessel(order + 1, kappa, outer), log_bessel(order + 1, kappa, inner)
    x, y = kappa * outer, kappa * inner
    ratio_i = ive(order, y) / ive(order, x) * np.exp(y - x)
    ratio_k = kve(order, x) / kve(order, y) * np.exp(y - x)
    ok = np.isfinite(ratio_i) & np.isfinite(ratio_k) & (ratio_i > 0)
    assert ok.sum() > 20
    assert np.exp(i_b - i_a)[order, ok] == pytest.approx(ratio_i[ok], rel=tolerance)
    assert np.exp(k_a - k_b)[order, ok] == pytest.approx(ratio_k[ok], rel=tolerance)
    g_i, g_k = log_derivatives(order + 1, kappa, outer)
    want_i = kappa * ive(order + 1, x) / ive(order, x) + order / outer
    want_k = -kappa * kve(order + 1, x) / kve(order, x) + order / outer
    ok &= np.isfinite(want_k)
    assert g_i[order, ok] == pytest.approx(want_i[ok], rel=tolerance)
    assert g_k[order, ok] == pytest.approx(want_k[ok], rel=2 * tolerance)


def test_homogeneous_cylinder_modes():
    """One anisotropic layer: Y = sigma_t kappa I'(kappa R)/I(kappa R), decay I(kappa r)/I(kappa R)."""
    grid = CylinderGrid((layer("muscle", 40.0, 0.1, 0.4),), 400.0, 64, 64)
    y, _ = radial_modes(grid)
    kappa = 2 * grid.k_per_m[1:]
    for n in (0, 1, 5, 11, 20):
        want = 0.1 * kappa * ivp(n, kappa * 0.04) / iv(n, kappa * 0.04)
        assert y[n, 1:] == pytest.approx(want, rel=1e-12 if n < 12 else 3e-7)
    assert y[1:, 0] == pytest.approx(0.1 * np.arange(1, 33) / 0.04)  # no axial change: r^n
    t = decay(grid, 0, 30.0)
    assert t[5, 1:20] == pytest.approx((iv(5, kappa * 0.03) / iv(5, kappa * 0.04))[:19], rel=1e-12)
    assert t[5, 0] == pytest.approx(0.75**5)


def test_layers_of_one_tissue_are_one_layer():
    whole = CylinderGrid((layer("a", 40.0, 0.1, 0.3),), 400.0, 120, 200)
    split = CylinderGrid(tuple(layer("a", r, 0.1, 0.3) for r in (6.0, 20.0, 34.0, 40.0)), 400.0, 120, 200)
    y, split_y = radial_modes(whole)[0], radial_modes(split)[0]
    assert split_y[:12] == pytest.approx(y[:12], rel=1e-11)
    assert split_y == pytest.approx(y, rel=3e-6)
    t, split_t = decay(whole, 0, 25.0), decay(split, 2, 25.0)
    assert split_t == pytest.approx(t, rel=3e-6, abs=1e-12)


@pytest.mark.parametrize(("n", "m"), [(0, 3), (1, 1), (4, 17), (15, 2), (30, 40)])
def test_surface_admittance_solves_the_radial_equation(n, m):
    """Y' = -Y/r + sigma_t n^2/r^2 + sigma_z k^2 - Y^2/sigma_t, integrated outwards through the five layers."""
    grid = CylinderGrid(LAYERS, 400.0, 264, 400)
    k = m * np.pi / 0.4
    first = LAYERS[0].sigma_transverse_S_per_m
    r0 = 1e-3
    kappa = k * np.sqrt(LAYERS[0].sigma_axial_S_per_m / first)
    y = np.array([first * kappa * ivp(n, kappa * r0) / iv(n, kappa * r0)])
    r = r0
    for tissue in LAYERS:
        s_t, s_z = tissue.sigma_transverse_S_per_m, tissue.sigma_axial_S_per_m

        def slope(r, y, s_t=s_t, s_z=s_z):
            return -y / r + s_t * n**2 / r**2 + s_z * k**2 - y**2 / s_t

        outer = tissue.outer_radius_mm * 1e-3
        y = solve_ivp(slope, (r, outer), y, method="LSODA", rtol=1e-10, atol=1e-14).y[:, -1]
        r = outer
    assert radial_modes(grid)[0][n, m] == pytest.approx(y[0], rel=3e-6)


def test_rings_make_the_limb_a_wire():
    """Between two rings far apart the axial field is I / sum(sigma_z area), the same at every radius."""
    stack = (layer("bone", 8, 0.02), layer("muscle", 27, 0.1, 0.4), layer("fat", 29, 0.04), layer("skin", 30, 0.2))
    limb = PlainLimb(stack=stack, length_mm=400.0)
    girth = 2 * np.pi * 30
    rings = tuple(
        Pad(name=n, width_mm=girth, length_mm=20, along_mm=s * 180, share=float(s)) for n, s in (("a", 1), ("b", -1))
    )
    f = solve_field(limb, Montage(pads=rings), cell_mm=2.0)
    radii = [0.0, 8.0, 27.0, 29.0, 30.0]
    area = np.pi * np.diff(np.square(np.array(radii) * 1e-3))
    wire_ohm_per_m = 1 / sum(tissue.sigma_axial_S_per_m * a for tissue, a in zip(stack, area, strict=True))
    for r in (0.0, 10.0, 29.5):
        v = f.drive_V_per_A(np.array([[r, 0, 20.0], [r, 0, -20.0]]), exact=True)
        assert v[0] - v[1] == pytest.approx(0.040 * wire_ohm_per_m, rel=1e-5)


def test_the_mean_over_the_limb_is_zero():
    ref = limb_reference()
    pads = (ref.montage.pads[0], Pad(name="b", width_mm=30, length_mm=20, along_mm=120, around_deg=70, share=-1.0))
    f = solve_field(ref.anatomy, Montage(pads=pads), cell_mm=4.0)
    theta, z = np.meshgrid(np.linspace(-np.pi, np.pi, 48, endpoint=False), (np.arange(80) + 0.5) * 5 - 200)
    for r in (5.0, 30.0):
        p = np.column_stack([r * np.cos(theta.ravel()), r * np.sin(theta.ravel()), z.ravel()])
        v = f.drive_V_per_A(p)
        assert abs(v.mean()) < 1e-4 * np.abs(v).max()


def test_resistance_converges_with_about_the_power_1_5():
    """The current peak at pad edges sets the order of the complete electrode model."""
    ref = limb_reference()
    r = [solve_field(ref.anatomy, ref.montage, n_theta=264 * k, n_z=400 * k).resistance_ohm for k in (1, 2, 4)]
    order = np.log2((r[0] - r[1]) / (r[1] - r[2]))
    assert 1.2 < order < 1.8


def test_current_balance_and_reciprocity():
    """Three unequal pads: rows of Y sum to 0, Y is symmetric, every lead carries what it says."""
    ref = limb_reference()
    wet, dry = Interface(series_ohm_m2=0.05), Interface(series_ohm_m2=2.0)
    pads = (
        Pad(name="a", width_mm=50, length_mm=50, along_mm=-60, share=1.0, interface=wet),
        Pad(name="b", shape="round", diameter_mm=32, along_mm=20, around_deg=40, share=-0.4),
        Pad(name="c", width_mm=80, length_mm=40, along_mm=110, around_deg=150, share=-0.6, interface=dry),
    )
    f = solve_field(ref.anatomy, Montage(pads=pads))
    y = f.admittance_S
    assert np.abs(y.sum(axis=1)).max() < 1e-6 * np.abs(y).max()
    assert np.abs(y - y.T).max() < 1e-6 * np.abs(y).max()
    for pad, share in zip(pads, f.shares, strict=True):
        density = f.density(pad.name).mean_A_per_m2_per_mA
        assert density == pytest.approx(share * 1e-3 / (pad.area_mm2 * 1e-6), rel=2e-3)
    total = sum(f.density(p.name).mean_A_per_m2_per_mA * p.area_mm2 * 1e-6 for p in pads)
    assert abs(total) < 1e-3 * 2e-3  # areas of the disc on the grid are good to 0.2 %
