"""The force-only problems of cocofest: one width for ten pulses at 20 Hz, 100 N at 0.5 s, and widths of their own.

cocofest 1.1.0 states these problems in its examples (pulse_duration_optimization: ten pulses 50 ms apart, widths from
PD0 to 600 us, 100 N at the end). It is not on the package index, so its own numbers cannot be reproduced here; with one
width for all pulses the answer is unique, and is found a second way by bisection on the muscle itself.
"""

import sys

import numpy as np
import pytest
from scipy.optimize import brentq

pytest.importorskip("casadi")

from rheobase.control import best_train
from rheobase.effect import contract, ding2007, steady_pulses
from rheobase.errors import ConvergenceError, MissingExtra, ParameterError

MODEL = ding2007()
TWENTY = {"rate_hz": 20.0, "duration_s": 0.5}


def end_N(width_us):
    return contract(MODEL, steady_pulses(rate_hz=20.0, on_s=0.5, width_us=width_us), dt_s=0.0005).force_N[-1]


@pytest.fixture(scope="module")
def one_width():
    return best_train(MODEL, **TWENTY, end_N=100.0, same_width=True)


@pytest.fixture(scope="module")
def own_widths():
    return best_train(MODEL, **TWENTY, end_N=100.0)


def test_one_width_for_all_is_the_width_that_bisection_finds(one_width):
    known = brentq(lambda w: end_N(w) - 100.0, 140.0, 600.0)
    assert one_width.pulses.width_us == pytest.approx(np.full(10, known), rel=2e-3)
    assert one_width.contraction.force_N[-1] == pytest.approx(100.0, abs=0.2)


def test_widths_of_their_own_reach_the_force_late_and_cost_less(one_width, own_widths):
    assert own_widths.contraction.force_N[-1] == pytest.approx(100.0, abs=0.2)
    assert own_widths.loss_share < 0.2 * one_width.loss_share
    assert own_widths.pulses.width_us[:7].max() < 140.0
    assert own_widths.pulses.width_us[-1] > 500.0


def test_free_times_cost_no_more(own_widths):
    free = best_train(MODEL, **TWENTY, end_N=100.0, gap_s=(0.01, 0.15))
    assert free.contraction.force_N[-1] == pytest.approx(100.0, abs=0.2)
    assert free.loss_share < own_widths.loss_share
    gaps = np.diff(np.append(free.pulses.time_s, 0.5))
    assert (gaps > 0.0099).all()
    assert (gaps < 0.1501).all()


def test_a_course_of_force_is_followed():
    at = (np.arange(15) + 1) / 30.0
    aim = 10.0 + 60.0 * np.sin(np.pi * at / 0.5) ** 2
    found = best_train(MODEL, rate_hz=30.0, duration_s=0.5, track_N=aim, fatigue_weight=0.0)
    got = np.interp(at, found.contraction.time_s, found.contraction.force_N)
    assert np.sqrt(np.mean((got - aim)[:10] ** 2)) < 1.0


def test_fatigue_weighs_against_the_course():
    aim = np.full(10, 120.0)
    exact, spared = (best_train(MODEL, **TWENTY, track_N=aim, fatigue_weight=w) for w in (0.0, 1e7))
    assert spared.loss_share < 0.8 * exact.loss_share


def test_a_force_out_of_reach_is_told():
    with pytest.raises(ConvergenceError, match=r"No train was found.*out of reach: lower it"):
        best_train(MODEL, **TWENTY, end_N=400.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "one of the two"),
        ({"end_N": 50.0, "track_N": [1.0] * 10}, "one of the two"),
        ({"end_N": -1.0}, "above 0 N"),
        ({"end_N": 50.0, "most_width_us": 100.0}, "excite nothing"),
        ({"track_N": [1.0]}, "1 forces for 10 pulses"),
        ({"end_N": 50.0, "gap_s": (0.06, 0.1)}, "mean gap of 0.05 s"),
        ({"end_N": 50.0, "rate_hz": 0.0}, "must be above 0"),
        ({"end_N": 50.0, "rate_hz": 5000.0}, "1 to 500 can be solved"),
    ],
)
def test_what_cannot_be_is_refused(given, said):
    with pytest.raises(ParameterError) as told:
        best_train(MODEL, **{**TWENTY, **given})
    assert said in str(told.value)


def test_a_missing_solver_names_its_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "casadi", None)
    with pytest.raises(MissingExtra, match=r"needs the package 'casadi'.*pip install 'rheobase\[optimal\]'"):
        best_train(MODEL, **TWENTY, end_N=100.0)
