"""Strength-duration fits: exact data give back what made them, and what cannot be fitted is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import ParameterError
from rheobase.nerve.strength_duration import fit_strength_duration

WIDTHS = np.array([50.0, 100.0, 200.0, 500.0, 1000.0])


@given(b=st.floats(0.01, 100.0), tau=st.floats(30.0, 2000.0))
def test_weiss_gives_back_what_made_the_data(b, tau):
    fit = fit_strength_duration(WIDTHS, b * (1 + tau / WIDTHS), biphasic=False)
    assert fit.rheobase_mA == pytest.approx(b, rel=1e-9)
    assert fit.chronaxie_us == pytest.approx(tau, rel=1e-9)
    assert fit.residual_relative < 1e-9
    assert fit.threshold_mA(fit.chronaxie_us) == pytest.approx(2 * b, rel=1e-9)


@given(b=st.floats(0.01, 100.0), tau=st.floats(30.0, 2000.0))
def test_lapicque_gives_back_what_made_the_data(b, tau):
    fit = fit_strength_duration(WIDTHS, b / (1 - np.exp(-WIDTHS / tau)), biphasic=False, law="lapicque")
    assert fit.rheobase_mA == pytest.approx(b, rel=1e-4)
    assert fit.chronaxie_us == pytest.approx(tau * np.log(2), rel=1e-4)
    assert fit.threshold_mA(fit.chronaxie_us) == pytest.approx(2 * b, rel=1e-3)


def test_the_fit_is_relative_so_that_scale_does_not_matter():
    i = np.array([13.4, 6.9, 4.2, 2.1, 1.65])
    fit = fit_strength_duration(WIDTHS, i, biphasic=False)
    # normal equations of the relative residuals, solved by hand
    a = np.column_stack([1 / i, 1 / (WIDTHS * i)])
    x = np.linalg.solve(a.T @ a, a.sum(axis=0))
    assert fit.rheobase_mA == pytest.approx(x[0])
    assert fit.time_constant_us == pytest.approx(x[1] / x[0])
    assert fit.residual_relative == pytest.approx(np.sqrt(np.mean((a @ x - 1) ** 2)))
    scaled = fit_strength_duration(WIDTHS, 7 * i, biphasic=False)
    assert scaled.chronaxie_us == pytest.approx(fit.chronaxie_us)


@pytest.mark.parametrize(
    ("widths", "thresholds", "options", "message"),
    [
        (WIDTHS, WIDTHS, {"biphasic": True}, "biphasic pulses, which follow neither"),
        (WIDTHS, WIDTHS, {"biphasic": False, "law": "weis"}, "Did you mean 'weiss'"),
        ([100.0, 100.0], [2.0, 2.0], {"biphasic": False}, "at least two different widths"),
        ([100.0, 200.0], [2.0], {"biphasic": False}, "one threshold a width"),
        ([100.0, -200.0], [2.0, 1.0], {"biphasic": False}, "widths_us holds -200 us"),
        ([100.0, 200.0], [2.0, np.inf], {"biphasic": False}, "thresholds_mA holds inf mA"),
        ([100.0, 200.0], [1.0, 2.0], {"biphasic": False}, "must fall, and level off"),
        ([100.0, 200.0], [1.0, 2.0], {"biphasic": False, "law": "lapicque"}, "must fall, and level off"),
    ],
)
def test_what_cannot_be_fitted_is_refused(widths, thresholds, options, message):
    with pytest.raises(ParameterError, match=message):
        fit_strength_duration(widths, thresholds, **options)


def test_a_width_of_zero_has_no_threshold():
    fit = fit_strength_duration(WIDTHS, 1 + 300 / WIDTHS, biphasic=False)
    with pytest.raises(ParameterError, match="width_us is 0 us; it must be above 0"):
        fit.threshold_mA(0.0)
