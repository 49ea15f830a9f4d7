"""Virtual people, criteria, calibration and the strength of what is felt."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.anatomy import Forearm
from rheobase.effect import (
    EVENTS,
    assess_sensation,
    body_thresholds_mA,
    conductivity_ends,
    criterion,
    draw_bodies,
    make_library,
    middle_body,
    perceived_intensity,
)
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.montage import pad_pair
from rheobase.nerve import KINDS, ending_thresholds, grid_thresholds, stimulus_of
from rheobase.pulse import biphasic

ARM = Forearm()
PADS = pad_pair(ARM)
PULSE = biphasic(width_us=200.0)


@pytest.fixture(scope="module")
def felt():
    return assess_sensation(ARM, PADS, PULSE, people=30, seed=3)


def again(felt, **more):
    return assess_sensation(ARM, PADS, PULSE, people=30, seed=3, **more)


@pytest.fixture(scope="module")
def calibrated():
    return again(None, perception_mA=4.0, twitch_mA=12.0)


def test_the_same_seed_gives_the_same_people(felt, calibrated):
    assert [b.fat_mm for b in felt.bodies] == [b.fat_mm for b in calibrated.bodies]
    ratio = calibrated.people_mA("tingling") / felt.people_mA("tingling")
    assert np.allclose(ratio * felt.people_mA("tingling"), 4.0)


def test_tingling_comes_before_twitch_and_twitch_before_pain(felt):
    assert felt.nominal_mA("tingling") < felt.nominal_mA("twitch") < felt.nominal_mA("pain")
    assert felt.band("tingling").median_mA < felt.band("twitch").median_mA < felt.band("pain").median_mA


def test_a_larger_share_needs_more_current(felt):
    for kind in KINDS:
        medians = [felt.share_band(kind, s).median_mA for s in (0.0, 0.02, 0.1, 0.25, 0.5, 0.75)]
        assert medians == sorted(medians)


def test_measured_thresholds_fix_the_bands_they_measure(calibrated):
    for event, measured_mA in (("tingling", 4.0), ("twitch", 12.0)):
        band = calibrated.band(event)
        assert (band.p5_mA, band.median_mA, band.p95_mA) == pytest.approx((measured_mA,) * 3)
    assert calibrated.calibrated
    assert calibrated.band("pain").p95_mA > calibrated.band("pain").p5_mA


def test_recruitment_grows_from_none_to_all(felt):
    for kind in KINDS:
        found = felt.recruited(kind, np.array([0.0, 1.0, 3.0, 10.0, 30.0, 1e6]))
        for curve in found.values():
            assert curve[0] == 0.0
            assert curve[-1] == 1.0
            assert (np.diff(curve) >= 0).all()
        assert (found["p5"] <= found["p95"]).all()


@pytest.fixture(scope="module")
def library():
    return make_library(ARM, PADS, stimulus_of(PULSE))


def test_the_library_is_exact_at_its_knots(library):
    for i, fat in enumerate(library.fat_mm):
        for key, table in library.ln_mA.items():
            assert np.allclose(library.ln_of(key, fat), table[i])


def test_a_share_of_one_is_the_simulated_limb(library):
    high = conductivity_ends(ARM, "fat")
    key = ("A-beta", "proximal")
    direct = grid_thresholds(high, solve_field(high, PADS), [library.grids[key]], stimulus_of(PULSE))[key]
    read_off = np.exp(library.ln_of(key, ARM.fat_mm, fat=1.0))
    assert np.nanmax(np.abs(np.log(read_off / direct))) < 0.045  # two brackets of 2 %


def test_lumped_skin_makes_skin_fibres_look_far_too_excitable(library):
    lumped = replace(ARM, skin_model="lumped")
    there = make_library(lumped, PADS, stimulus_of(PULSE), spread=False)
    key = ("A-beta", "proximal")
    assert np.median(np.exp(there.ln_mA[key][0] - library.ln_mA[key][1])) < 0.4
    motor = ("A-alpha", "proximal")
    assert 0.6 < np.median(np.exp(there.ln_mA[motor][0] - library.ln_mA[motor][1])) < 1.05


@pytest.mark.slow
def test_a_fibre_read_off_the_library_is_the_fibre_simulated(library, capsys):
    """Fat by interpolation and conductivities one at a time: measured error of single fibres, printed and bounded."""
    rng, errors = np.random.default_rng(5), []
    for body in draw_bodies(ARM, people=4, seed=11):
        limb = replace(
            ARM,
            fat_mm=body.fat_mm,
            fat_S_per_m=_between(1 / 33, 0.06, body.conductivity_share["fat"]),
            dermis_S_per_m=_between(0.2, 0.4, body.conductivity_share["dermis"]),
            muscle_transverse_S_per_m=_between(1 / 9, 0.13, body.conductivity_share["muscle"]),
            muscle_axial_S_per_m=_between(1 / 3, 0.56, body.conductivity_share["muscle"]),
        )
        field = solve_field(limb, PADS)
        for key, grid in library.grids.items():
            pick = rng.choice(int(np.prod(grid.shape)), size=16, replace=False)
            endings = [grid.endings()[i] for i in pick]
            direct = ending_thresholds(limb, field, endings, stimulus_of(PULSE)).threshold_mA
            errors.append(library.ln_of(key, body.fat_mm, **body.conductivity_share).ravel()[pick] - np.log(direct))
    error = np.abs(np.concatenate(errors))
    with capsys.disabled():
        print(f"\nlibrary against simulation: median {np.median(error):.1%}, 95 % {np.quantile(error, 0.95):.1%}")
    assert np.median(error) < 0.06
    assert np.quantile(error, 0.95) < 0.35


def _between(low, high, share):
    return float(np.exp(np.log(low) + share * np.log(high / low)))


def test_bodies_differ_and_stay_within_their_ranges():
    bodies = draw_bodies(ARM, people=200, seed=2)
    fat = np.array([b.fat_mm for b in bodies])
    assert abs(np.median(fat) - ARM.fat_mm) < 0.6
    assert all(0 <= s <= 1 for b in bodies for s in b.conductivity_share.values())
    assert all(abs(sum(b.course_share["A-beta"]) - 1) < 1e-9 for b in bodies)
    assert middle_body(ARM).fat_mm == ARM.fat_mm


def test_fibres_of_a_body_are_sorted_and_finite(library):
    found = body_thresholds_mA(library, middle_body(ARM), np.random.default_rng(1))
    for values in found.values():
        assert np.isfinite(values).all()
        assert (np.diff(values) >= 0).all()


@given(share=st.floats(0.0, 1.0), rate_hz=st.floats(0.5, 400.0))
def test_intensity_is_nothing_below_threshold_and_grows_with_share_and_rate(share, rate_hz):
    here = perceived_intensity(np.array([share]), rate_hz)[0]
    assert here == 0.0 if share <= 0.1 else here > 0.0
    assert perceived_intensity(np.array([min(1.0, share + 0.1)]), rate_hz)[0] >= here
    assert perceived_intensity(np.array([share]), 2 * rate_hz)[0] >= here


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match="people is 0; a population needs at least 1"):
        draw_bodies(ARM, people=0, seed=1)
    with pytest.raises(ParameterError, match="perception_mA is -1 mA; a measured threshold is above 0"):
        assess_sensation(ARM, PADS, PULSE, perception_mA=-1)
    with pytest.raises(ParameterError, match=r"There is no event 'tingeling'\. Did you mean 'tingling'"):
        criterion("tingeling")
    with pytest.raises(ParameterError, match="must be above 0 and at most 1"):
        criterion("pain", 1.5)
    with pytest.raises(ParameterError, match="rate_hz is 0 Hz"):
        perceived_intensity(np.array([0.5]), 0)
    assert [criterion(e).event for e in EVENTS] == list(EVENTS)
