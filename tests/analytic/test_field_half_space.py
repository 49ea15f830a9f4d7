"""Layers laid flat: a disc on a homogeneous half-space, the limit of a large cylinder, the limb of the fact sheet."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.anatomy import Layer
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.field import PlainLimb, limb_reference, solve_field
from rheobase.field._flat import FlatGrid, decay, line_constants
from rheobase.montage import Montage

REF = limb_reference()


def layer(name, radius, across, along=None):
    return Layer(
        name=name, outer_radius_mm=radius, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along or across
    )


def large(radius_mm):
    return PlainLimb(
        stack=(
            layer("muscle", radius_mm - 7.5, 1 / 9, 1 / 3),
            layer("fat", radius_mm - 1.5, 1 / 33),
            layer("skin", radius_mm, 1 / 700),
        ),
        length_mm=600.0,
    )


def test_discs_with_even_current():
    """On the axis of a disc V = I (sqrt(a^2 + d^2) - d) / (pi a^2 sigma); the other disc is as a point far away."""
    limb = PlainLimb(stack=(layer("muscle", 3000.0, 0.2),), length_mm=1000.0)
    pads = tuple(
        Pad(name=n, shape="round", diameter_mm=20.0, along_mm=z, share=s)
        for n, z, s in (("a", 0, 1.0), ("b", 150, -1.0))
    )
    f = solve_field(limb, Montage(pads=pads), method="half_space", contact="uniform")
    for depth in (2.0, 10.0, 30.0):
        ends = np.array([[3000.0 - depth, 0.0, z] for z in (0.0, 75.0)])
        d = depth * 1e-3
        near = (np.hypot(0.01, d) - d) / (np.pi * 0.01**2 * 0.2)
        far = 1.0 / (2 * np.pi * 0.2 * np.hypot(0.15, d))
        v = f.drive_V_per_A(ends)
        assert v[0] - v[1] == pytest.approx(near - far, rel=0.01)


def test_waves_in_two_layers():
    """Surface admittance and decay of a wave over one layer, from matching potential and current by hand."""
    top, deep, t = 0.03, 0.2, 5e-3
    grid = FlatGrid((layer("fat", 10.0, top), layer("muscle", 5.0, deep)), (5.0,), 1.0, 64, 64)
    y, _, _ = line_constants(grid)
    kx, kz = grid.waves_per_m()
    k = np.hypot(kx, kz)
    a, b = np.cosh(k * t), np.sinh(k * t)
    want = top * k * (top * b + deep * a) / (top * a + deep * b)
    assert y[3:7, 2:9] == pytest.approx(want[3:7, 2:9])
    reach = 1.0 / (a + deep / top * b)
    assert decay(grid, 0, 5.0)[3:7, 2:9] == pytest.approx(reach[3:7, 2:9])
    assert decay(grid, 1, 8.0)[3:7, 2:9] == pytest.approx((reach * np.exp(-k * 3e-3))[3:7, 2:9])


def test_a_large_cylinder_becomes_flat():
    """The difference goes with curvature: half of it at twice the radius."""
    z = np.arange(-100.0, 101.0, 10.0)
    apart = {}
    for radius in (150.0, 300.0):
        flat, round_ = (
            solve_field(large(radius), REF.montage, method=m, cell_mm=2.0) for m in ("half_space", "cylinder")
        )
        lines = [np.column_stack([radius - d + 0 * z, 0 * z, z]) for d in (1.0, 5.0, 12.0, 20.0)]
        a, b = (np.concatenate([f.drive_V_per_A(p) for p in lines]) for f in (flat, round_))
        apart[radius] = np.linalg.norm(a - b) / np.linalg.norm(b)
        assert flat.resistance_ohm == pytest.approx(round_.resistance_ohm, rel=0.03)
    assert apart[300.0] < 0.05
    assert apart[300.0] < 0.6 * apart[150.0]


def test_splines_agree_with_sums_of_waves():
    f = solve_field(large(80.0), REF.montage, method="half_space", cell_mm=2.0)
    rng = np.random.default_rng(3)
    r, t, z = 80.0 - rng.uniform(0.1, 40.0, 12), rng.uniform(-0.5, 0.5, 12), rng.uniform(-90, 90, 12)
    points = np.column_stack([r * np.cos(t), r * np.sin(t), z])
    spline, summed = f.drive_V_per_A(points), f.drive_V_per_A(points, exact=True)
    assert np.abs(spline - summed).max() < 1e-3 * np.abs(summed).max()


def test_a_flat_limb_underrates_the_field_of_a_round_one():
    """9 mm deep in the reference limb the peak is 49 instead of 87 mV/mA, the second difference 0.71 of the round."""
    flat = solve_field(replace(REF.anatomy, stack=REF.anatomy.layers[2:]), REF.montage, method="half_space")
    z = np.arange(-140.0, 141.0, 5.0)
    line = np.column_stack([33.0 + 0 * z, 0 * z, z])
    v, w = flat.drive_V_per_A(line), solve_field(REF.anatomy, REF.montage).drive_V_per_A(line)
    assert np.abs(v).max() == pytest.approx(49.0, rel=0.02)
    assert np.abs(np.diff(v, 2)).max() / np.abs(np.diff(w, 2)).max() == pytest.approx(0.71, rel=0.03)
    assert flat.resistance_ohm == pytest.approx(1248.0, rel=0.015)
    assert flat.density("A").mean_A_per_m2_per_mA == pytest.approx(0.4, rel=1e-3)


@pytest.mark.parametrize(
    ("point", "match"),
    [
        ((90.0, 0.0, 0.0), "10 mm outside the limb, above its skin"),
        ((70.0, 0.0, 900.0), "reaches to"),
        ((np.nan, 0.0, 0.0), "not finite"),
    ],
)
def test_points_off_the_tissue_are_refused(point, match):
    f = solve_field(large(80.0), REF.montage, method="half_space", cell_mm=4.0)
    with pytest.raises(ParameterError, match=match):
        f.drive_V_per_A(np.array([point]))
    with pytest.raises(ParameterError, match=match):
        f.plane(0.0).drive_V_per_A(np.array([point]))


def test_wrong_settings_are_refused():
    with pytest.raises(ParameterError, match="unknown contact 'even'"):
        solve_field(large(80.0), REF.montage, method="half_space", contact="even")
    with pytest.raises(ParameterError, match=r"cell_mm is -1.0 mm; it must be above 0 mm"):
        solve_field(large(80.0), REF.montage, method="half_space", cell_mm=-1.0)
    with pytest.raises(ParameterError, match="n_theta and n_z belong to method 'cylinder'"):
        solve_field(large(80.0), REF.montage, method="half_space", n_theta=64)
