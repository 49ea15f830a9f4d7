"""What must hold for any field: linearity, symmetry, turning, mirror."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.anatomy import Layer
from rheobase.electrode import Pad
from rheobase.field import PlainLimb, point_source_V_per_A, solve_field
from rheobase.montage import Montage

LIMB = PlainLimb(
    stack=(
        Layer(name="muscle", outer_radius_mm=28, sigma_transverse_S_per_m=0.1, sigma_axial_S_per_m=0.35),
        Layer(name="fat", outer_radius_mm=33, sigma_transverse_S_per_m=0.03, sigma_axial_S_per_m=0.03),
        Layer(name="skin", outer_radius_mm=35, sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2),
    ),
    length_mm=240.0,
)
PADS = (
    Pad(name="a", width_mm=40, length_mm=30, along_mm=40, around_deg=10, share=1.0),
    Pad(name="b", width_mm=30, length_mm=30, along_mm=-30, around_deg=-20, share=-1.0),
    Pad(name="c", shape="round", diameter_mm=30, along_mm=0, around_deg=120, share=0.0),
)
RNG = np.random.default_rng(8)
POINTS = np.column_stack([RNG.uniform(-20, 20, 30), RNG.uniform(-20, 20, 30), RNG.uniform(-100, 100, 30)])


def solve(pads):
    return solve_field(LIMB, Montage(pads=pads), cell_mm=3.0)


BASE = solve(PADS)


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_drives_superpose(active, back):
    """Any split of the current among contacts is the sum of the same leads, whatever split the solver was told."""
    shares = (active - back, back - 1.0, 1.0 - active)
    positive = sum(s for s in shares if s > 0)
    if positive < 0.05:
        return
    shares = tuple(s / positive for s in shares)
    f = solve(tuple(replace(p, share=s) for p, s in zip(PADS, shares, strict=True)))
    want = np.array(shares) @ BASE.lead_V_per_A(POINTS)
    assert f.drive_V_per_A(POINTS) == pytest.approx(want, abs=1e-6 * np.abs(want).max())


@settings(max_examples=5, deadline=None)
@given(st.floats(-180, 180))
def test_turning_the_pads_turns_the_field(turn_deg):
    f = solve(tuple(replace(p, around_deg=p.around_deg + turn_deg) for p in PADS))
    c, s = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))
    turned = POINTS @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    want = BASE.drive_V_per_A(POINTS, exact=True)
    assert f.drive_V_per_A(turned, exact=True) == pytest.approx(want, abs=1e-6 * np.abs(want).max())


def test_mirror_along_the_limb():
    f = solve(tuple(replace(p, along_mm=-p.along_mm) for p in PADS))
    mirrored = POINTS * np.array([1, 1, -1])
    want = BASE.drive_V_per_A(POINTS)
    assert f.drive_V_per_A(mirrored) == pytest.approx(want, abs=1e-7 * np.abs(want).max())


def test_swapping_cathode_and_anode_changes_the_sign():
    f = solve(tuple(replace(p, share=-p.share) for p in PADS))
    assert f.drive_V_per_A(POINTS) == pytest.approx(-BASE.drive_V_per_A(POINTS))


def test_same_input_same_bytes():
    assert solve(PADS).drive_V_per_A(POINTS).tobytes() == BASE.drive_V_per_A(POINTS).tobytes()


@settings(max_examples=5, deadline=None)
@given(st.floats(0.1, 10))
def test_scaling_all_conductivities(gain):
    """Tissue k times as conductive and contacts k times as resistive-free: every potential falls by k."""
    stack = tuple(
        replace(
            x,
            sigma_transverse_S_per_m=gain * x.sigma_transverse_S_per_m,
            sigma_axial_S_per_m=gain * x.sigma_axial_S_per_m,
        )
        for x in LIMB.stack
    )
    pads = tuple(
        replace(
            p,
            interface=replace(
                p.interface,
                series_ohm_m2=p.interface.series_ohm_m2 / gain,
                parallel_ohm_m2=p.interface.parallel_ohm_m2 / gain,
            ),
        )
        for p in PADS
    )
    f = solve_field(replace(LIMB, stack=stack), Montage(pads=pads), cell_mm=3.0)
    assert f.drive_V_per_A(POINTS) * gain == pytest.approx(BASE.drive_V_per_A(POINTS), rel=1e-6, abs=1e-6)
    assert f.resistance_ohm * gain == pytest.approx(BASE.resistance_ohm, rel=1e-6)


@given(st.floats(0.01, 10), st.floats(1, 100), st.floats(0.1, 5))
def test_point_source_falls_with_distance_and_conductivity(gain, distance_mm, sigma):
    near, far = (
        point_source_V_per_A(np.array([[0, 0, d]]), (0, 0, 0), s)[0]
        for d, s in ((distance_mm, sigma), (distance_mm * gain, sigma))
    )
    assert far == pytest.approx(near / gain, rel=1e-9)
