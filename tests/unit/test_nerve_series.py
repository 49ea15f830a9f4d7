"""Thresholds over widths and over distances, and the laws fitted to them."""

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential, pulse

from rheobase.errors import ParameterError
from rheobase.nerve import (
    Stimulus,
    activation_thresholds,
    fit_current_distance,
    thresholds_over_distances,
    thresholds_over_widths,
    uniform_fibres,
)
from rheobase.pulse import biphasic, monophasic

FIBRE = mrg()
PHI = point_potential(FIBRE)
MANY = uniform_fibres("mrg_interpolated", diameter_um=[6.0, 10.0, 14.0], nodes=21)


def test_widths_one_by_one_give_the_same():
    told = []
    series = thresholds_over_widths(
        MANY, [point_potential(f) for f in MANY], widths_us=[500.0, 50.0, 100.0], progress=told.append
    )
    assert series.widths_us.tolist() == [50.0, 100.0, 500.0]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    for k, width in enumerate(series.widths_us):
        one = activation_thresholds(
            MANY, [point_potential(f) for f in MANY], pulse(width / 1000), tolerance=0.005
        ).threshold_mA
        np.testing.assert_allclose(series.thresholds_mA[:, k], one, rtol=1e-9)  # the same grid, wherever one begins
    assert (np.diff(series.thresholds_mA, axis=1) < 0).all()
    assert not series.biphasic
    for law in ("weiss", "lapicque"):
        fit = series.fit(1, law)
        assert 80 < fit.chronaxie_us < 300
        assert fit.residual_relative < 0.1


def test_a_biphasic_series_has_no_law():
    series = thresholds_over_widths([FIBRE], [PHI], widths_us=[100.0, 200.0], pulse=biphasic)
    assert series.biphasic
    with pytest.raises(ParameterError, match="biphasic pulses, which follow neither Weiss nor Lapicque"):
        series.fit(0)


def test_an_anode_takes_more():
    anodic = thresholds_over_widths(
        [FIBRE], [PHI], widths_us=[100.0], pulse=lambda w: monophasic(w, leading="anodic")
    ).thresholds_mA
    cathodic = thresholds_over_widths([FIBRE], [PHI], widths_us=[100.0]).thresholds_mA
    assert 4 < anodic[0, 0] / cathodic[0, 0] < 6


def test_a_width_without_a_threshold_is_left_out_of_the_fit():
    series = thresholds_over_widths([FIBRE], [PHI], widths_us=[10.0, 100.0, 200.0, 400.0], upper_mA=0.5)
    assert np.isinf(series.thresholds_mA[0, 0])
    assert series.status[0, 0] == 1
    assert series.fit(0).widths_us == (100.0, 200.0, 400.0)


def test_distances_against_thresholds_with_an_own_field():
    series = thresholds_over_distances(MANY, CATHODIC, distance_mm=[2.0, 0.5, 1.0], tolerance=0.002)
    listed = thresholds_over_distances(list(MANY), CATHODIC, distance_mm=[1.0], tolerance=0.002)
    np.testing.assert_allclose(listed.threshold_mA[:, 0], series.threshold_mA[:, 1])
    own = activation_thresholds(MANY, [point_potential(f) for f in MANY], CATHODIC, tolerance=0.002).threshold_mA
    np.testing.assert_allclose(series.threshold_mA[:, 1], own)
    fit = series.fit(1)
    assert fit.k_mA_per_mm2 == pytest.approx(0.15, rel=0.2)
    assert (np.diff(series.threshold_mA, axis=1) > 0).all()


def test_beside_an_internode_it_takes_more_and_along_fibres_that_conduct_less():
    over, between = (
        thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[0.5], offset_share=s).threshold_mA[0, 0]
        for s in (0.0, 0.5)
    )
    assert between > 1.5 * over
    same, along = (
        thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[1.0], sigma_S_per_m=s).threshold_mA[0, 0]
        for s in ((0.3, 0.3), (0.1, 0.6))
    )
    plain = thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[1.0]).threshold_mA[0, 0]
    assert same == plain
    assert along != pytest.approx(same, rel=0.05)


def test_anisotropic_medium_is_an_isotropic_one_stretched():
    """Scaling both conductivities scales the thresholds; stretching the axis maps one medium onto the other."""
    a = thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[1.0], sigma_S_per_m=(0.1, 0.4), tolerance=1e-3)
    # V = 1 / (4 pi sqrt(across along r^2 + across^2 z^2)), with r twice as far in an isotropic medium of `across`
    b = thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[2.0], sigma_S_per_m=0.1, tolerance=1e-3)
    assert a.threshold_mA[0, 0] == pytest.approx(b.threshold_mA[0, 0], rel=2e-3)


def test_fit_recovers_its_law():
    r = np.array([0.5, 1.0, 2.0, 4.0])
    fit = fit_current_distance(r, 0.02 + 0.13 * r**2)
    assert fit.offset_mA == pytest.approx(0.02)
    assert fit.k_mA_per_mm2 == pytest.approx(0.13)
    assert fit.residual_relative < 1e-12
    with pytest.raises(ParameterError, match="distance_mm is -1 mm"):
        fit.at_mA(-1.0)


@pytest.mark.parametrize(
    ("r", "i", "message"),
    [
        ([1.0], [1.0], "at least two different distances"),
        ([1.0, 2.0], [1.0], r"distance_mm has shape \(2,\) and threshold_mA \(1,\)"),
        ([1.0, 2.0], [1.0, np.inf], "threshold_mA holds inf mA"),
        ([0.0, 2.0], [1.0, 2.0], "distance_mm holds 0 mm"),
        ([1.0, 2.0], [2.0, 1.0], "do not rise with distance"),
    ],
)
def test_fit_refusals(r, i, message):
    with pytest.raises(ParameterError, match=message):
        fit_current_distance(r, i)


def test_refusals():
    with pytest.raises(ParameterError, match="widths_us must hold at least one width"):
        thresholds_over_widths([FIBRE], [PHI], widths_us=[0.0])
    with pytest.raises(ParameterError, match="distance_mm must hold at least one distance"):
        thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[])
    with pytest.raises(ParameterError, match="Node 30 does not exist"):
        thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[1.0], node=30)
    with pytest.raises(ParameterError, match="sigma_S_per_m: least principal value is 0"):
        thresholds_over_distances([FIBRE], CATHODIC, distance_mm=[1.0], sigma_S_per_m=0.0)
    two = Stimulus(samples=np.ones((2, 10)), dt_ms=0.005, pulse_end_ms=0.05)
    with pytest.raises(ParameterError, match="The stimulus has 2 sources"):
        thresholds_over_distances([FIBRE], two, distance_mm=[1.0])
