"""What is felt: bands, calibration, criteria and intensity, over one library."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheobase as rb
from rheobase.effect import (
    EVENTS,
    Sensation,
    assess_sensation,
    band_of,
    criterion,
    event_mA,
    lowest_mA,
    make_library,
    perceived_intensity,
    sensation,
)
from rheobase.errors import ParameterError
from rheobase.nerve import stimulus_of

ARM = rb.Forearm()
PADS = rb.pad_pair(ARM)
PULSE = rb.biphasic(width_us=200.0)


@pytest.fixture(scope="module")
def felt():
    """Assess with one library for all; what differs between calls is drawn anew."""
    library = make_library(ARM, PADS, stimulus_of(PULSE))

    def assess(people: int = 60, **given: object) -> Sensation:
        with mock.patch.object(sensation, "make_library", return_value=library):
            return assess_sensation(ARM, PADS, PULSE, people=people, **given)  # type: ignore[arg-type]

    return assess


def test_a_seed_is_a_result_to_the_last_bit(felt):
    one, same, other = felt(seed=3), felt(seed=3), felt(seed=4)
    for event in EVENTS:
        np.testing.assert_array_equal(one.people_mA(event), same.people_mA(event))
        assert one.nominal_mA(event) == same.nominal_mA(event)
    assert (one.people_mA("tingling") != other.people_mA("tingling")).any()


def test_more_people_converge(felt):
    big = felt(people=600, seed=1)
    for event in EVENTS:
        off = [abs(np.log(felt(people=n, seed=s).band(event).median_mA / big.band(event).median_mA))
               for n in (20, 200) for s in (11, 12, 13)]  # fmt: skip
        assert np.mean(off[3:]) < 0.12
        assert np.mean(off[3:]) <= np.mean(off[:3]) + 0.03


def test_events_come_in_the_order_people_report(felt):
    people = felt(people=200)
    tingling, twitch, pain = (people.people_mA(e) for e in EVENTS)
    assert (tingling < twitch).mean() > 0.9
    assert (tingling < pain).mean() > 0.95
    assert people.nominal_mA("tingling") < people.nominal_mA("twitch") < people.nominal_mA("pain")
    assert people.where("twitch") == "proximal"
    assert not people.calibrated


def test_bands_are_wide_and_hold_the_middle_body(felt):
    people = felt(people=200)
    for event in EVENTS:
        band = people.band(event)
        assert band.p5_mA < band.median_mA < band.p95_mA
        assert band.p95_mA / band.p5_mA > 1.8, "a single number would hide this"
        assert band.p5_mA < people.nominal_mA(event) < band.p95_mA


def test_a_measured_perception_moves_skin_fibres_only(felt):
    plain, fitted = felt(), felt(perception_mA=4.5)
    assert fitted.calibrated
    np.testing.assert_allclose(fitted.people_mA("tingling"), 4.5, rtol=1e-12)
    assert fitted.nominal_mA("tingling") == pytest.approx(4.5)
    np.testing.assert_array_equal(fitted.people_mA("twitch"), plain.people_mA("twitch"))
    ratio = fitted.people_mA("pain") / plain.people_mA("pain")
    np.testing.assert_allclose(ratio, 4.5 / plain.people_mA("tingling"))


def test_a_measured_twitch_moves_motor_fibres_only(felt):
    plain, fitted = felt(), felt(twitch_mA=11.0)
    np.testing.assert_allclose(fitted.people_mA("twitch"), 11.0, rtol=1e-12)
    for event in ("tingling", "pain"):
        np.testing.assert_array_equal(fitted.people_mA(event), plain.people_mA(event))


def test_both_measured(felt):
    both = felt(perception_mA=4.5, twitch_mA=11.0)
    assert both.band("tingling").p5_mA == pytest.approx(both.band("tingling").p95_mA) == pytest.approx(4.5)
    assert both.band("twitch").median_mA == pytest.approx(11.0)
    pain = both.band("pain")
    assert pain.p95_mA / pain.p5_mA > 1.2, "what was not measured keeps its spread"


@pytest.mark.parametrize("name", ["perception_mA", "twitch_mA"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_measured_threshold_is_above_zero(felt, name, value):
    with pytest.raises(ParameterError, match=f"{name} is .* mA; a measured threshold is above 0. Leave it out if not"):
        felt(**{name: value})


def test_the_criterion_moves_thresholds_one_way(felt):
    shares = (0.02, 0.10, 0.25, 0.50)
    for event in ("tingling", "twitch"):
        medians = [felt(share=s).band(event).median_mA for s in shares]
        assert medians == sorted(medians)
        assert 1.5 < medians[-1] / medians[1] < 4.0, "a factor of two or so between 10 and 50 %"
    assert felt(share=0.02).people_mA("pain").tolist() == felt(share=0.5).people_mA("pain").tolist()


def test_recruitment_grows_from_none_to_all(felt):
    people = felt()
    grid = np.linspace(0.0, 400.0, 201)
    for kind in ("A-beta", "A-alpha"):
        curves = people.recruited(kind, grid)
        assert set(curves) == {"nominal", "median", "p5", "p95"}
        for curve in curves.values():
            assert curve[0] == 0.0
            assert curve[-1] > 0.99
            assert (np.diff(curve) >= 0).all()
        assert (curves["p5"] <= curves["median"]).all()
        assert (curves["median"] <= curves["p95"]).all()
    band = people.share_band("A-beta", 0.5)
    assert band.median_mA > people.share_band("A-beta", 0.1).median_mA


def test_lumped_skin_gives_the_known_wrong_answer():
    """Skin fibres in a poor conductor seem to feel a fraction of the true current; motor fibres stay put."""
    low = {}
    for model in ("resolved", "lumped"):
        arm = rb.Forearm(skin_model=model)
        field = rb.solve_field(arm, PADS)
        fibres = rb.bundle(arm, "median", count=60, seed=1, under=PADS)
        low[model] = rb.recruit(fibres, field, PULSE).thresholds_mA(0.5)
    assert low["lumped"]["A-beta"] < low["resolved"]["A-beta"] / 3
    assert low["lumped"]["A-alpha"] == pytest.approx(low["resolved"]["A-alpha"], rel=0.5)


# Small parts.


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: criterion("tickle"), "There is no event 'tickle'."),
        (lambda: criterion("twich"), "There is no event 'twich'. Did you mean 'twitch'?"),
        (lambda: criterion("pain", 0.0), "The share of fibres for 'pain' is 0.0; it must be above 0 and at most 1"),
        (lambda: criterion("pain", 1.5), "The share of fibres for 'pain' is 1.5"),
        (lambda: perceived_intensity(np.array([0.1]), 0.0), "rate_hz is 0.0 Hz and threshold_share 0.1; both must be"),
        (lambda: perceived_intensity(np.array([0.1]), 80.0, threshold_share=0.0), "threshold_share 0.0"),
        (lambda: lowest_mA({("A-beta", "p"): np.array([1.0])}, "C", 0.1), "No fibres of kind 'C' were simulated."),
    ],
)
def test_what_cannot_be_asked(call, said):
    with pytest.raises(ParameterError) as caught:
        call()
    assert said in str(caught.value)


def test_the_criterion_in_words():
    assert criterion("tingling").text == "10 % of the A-beta fibres under a pad fire"


@given(st.lists(st.floats(0.1, 1000.0), min_size=1, max_size=50))
def test_a_band_is_in_order_and_inside_its_values(values):
    band = band_of(np.array(values))
    slack = 1e-9 * max(values)
    assert min(values) - slack <= band.p5_mA <= band.median_mA + slack
    assert band.median_mA <= band.p95_mA + slack <= max(values) + 2 * slack


@given(st.lists(st.floats(0.1, 100.0), min_size=1, max_size=60), st.floats(0.0, 1.0))
def test_at_the_threshold_of_a_share_that_share_fires(values, share):
    t = np.sort(values)
    at, pad = lowest_mA({("A-beta", "one"): t, ("A-beta", "far"): t + 1.0, ("A-delta", "x"): t / 2}, "A-beta", share)
    assert pad == "one"
    assert (t <= at).mean() >= share - 1e-9
    assert (t < at).mean() < max(share, 1e-9) or at == t[0]


@settings(max_examples=50)
@given(st.floats(1.0, 100.0), st.floats(0.02, 0.5))
def test_intensity_is_silent_below_threshold_and_then_grows(rate_hz, threshold):
    share = np.linspace(0.0, 1.0, 101)
    felt = perceived_intensity(share, rate_hz, threshold_share=threshold)
    assert (felt[share <= threshold] == 0).all()
    assert (np.diff(felt[share > threshold]) > 0).all()
    faster = perceived_intensity(share, min(100.0, 1.2 * rate_hz), threshold_share=threshold)
    assert (faster >= felt).all()


def test_intensity_beyond_its_rates_stays_at_the_ends():
    share = np.array([0.2])
    assert perceived_intensity(share, 100.0)[0] == pytest.approx(1.0) == perceived_intensity(share, 500.0)[0]
    assert perceived_intensity(share, 0.1) == perceived_intensity(share, 1.0)


def test_an_event_under_the_pad_that_is_first():
    fibres = {("A-beta", "a"): np.array([3.0]), ("A-beta", "b"): np.array([2.0])}
    assert event_mA(fibres, replace(criterion("tingling"), share=1.0)) == (2.0, "b")
