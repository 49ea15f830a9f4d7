"""What must hold for any fibre, place and pulse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.nerve import Stimulus, activation_thresholds, stimulus_from_segments, uniform_fibre

diameters_um = st.floats(5.7, 16.0)
distances_mm = st.floats(0.5, 3.0)
widths_ms = st.floats(0.02, 1.0)
few = settings(max_examples=12, deadline=None)


def potential(fibre, distance_mm, sigma_S_per_m=0.3):
    middle = fibre.node_arc_um[fibre.nodes // 2]
    return 1 / (4 * np.pi * sigma_S_per_m * np.hypot(distance_mm, (fibre.arc_um - middle) / 1000)[None] * 1e-3)


def fibre_of(diameter_um):
    return uniform_fibre("mrg_interpolated", diameter_um=diameter_um, nodes=21)


def cathodic(width_ms, tail_ms=3.0):
    return stimulus_from_segments([(width_ms, -1.0)], tail_ms=tail_ms, dt_ms=0.005)


def thresholds(fibres, potentials, stimulus, tolerance=0.002):
    found = activation_thresholds(fibres, potentials, stimulus, tolerance=tolerance)
    assert (found.lower_mA < found.threshold_mA).all()
    assert (found.threshold_mA <= found.lower_mA * (1 + tolerance) * (1 + 1e-12)).all()
    return found.threshold_mA


@few
@given(d=diameters_um, r=distances_mm, w=widths_ms)
def test_farther_takes_more(d, r, w):
    fibre = fibre_of(d)
    near, far = thresholds([fibre] * 2, [potential(fibre, r), potential(fibre, 1.1 * r)], cathodic(w))
    assert far > near


@few
@given(d=st.floats(5.7, 14.5), r=distances_mm, w=widths_ms)
def test_thicker_takes_less(d, r, w):
    thin, thick = fibre_of(d), fibre_of(1.1 * d)
    a, b = thresholds([thin, thick], [potential(thin, r), potential(thick, r)], cathodic(w))
    assert b < a


@few
@given(d=diameters_um, r=distances_mm, w=widths_ms)
def test_longer_pulse_takes_less_current_but_more_charge(d, r, w):
    fibre = fibre_of(d)
    short = cathodic(w)
    long = cathodic(1.5 * w)
    a, b = (thresholds([fibre], [potential(fibre, r)], s)[0] for s in (short, long))
    assert b < a * 1.002
    if w >= 0.04:  # charge needs whole steps
        assert b * (long.samples < 0).sum() > a * (short.samples < 0).sum()


@few
@given(d=diameters_um, r=distances_mm, w=widths_ms)
def test_cathode_takes_less_than_anode(d, r, w):
    fibre = fibre_of(d)
    c = cathodic(w)
    anodic = Stimulus(samples=-c.samples, dt_ms=c.dt_ms, pulse_end_ms=c.pulse_end_ms)
    a, b = (thresholds([fibre], [potential(fibre, r)], s)[0] for s in (c, anodic))
    assert a < b


@few
@given(d=diameters_um, r=distances_mm, factor=st.floats(0.01, 100.0))
def test_threshold_goes_with_one_over_the_field(d, r, factor):
    fibre = fibre_of(d)
    phi = potential(fibre, r)
    a, b = thresholds([fibre] * 2, [phi, factor * phi], cathodic(0.1), tolerance=1e-4)
    assert a / b == pytest.approx(factor, rel=3e-4)


@few
@given(d=diameters_um, r=distances_mm)
def test_a_mirrored_field_is_the_same_field(d, r):
    fibre = fibre_of(d)
    phi = potential(fibre, r) * (1 + 0.1 * np.linspace(-1, 1, fibre.arc_um.size))
    found = activation_thresholds(
        [fibre] * 2, [phi, phi[:, ::-1]], cathodic(0.1), tolerance=1e-4, watch=[18, 18]
    ).threshold_mA
    assert found[0] == pytest.approx(found[1], rel=2e-3)  # the spike is watched at one end only
