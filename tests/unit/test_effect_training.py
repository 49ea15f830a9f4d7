"""Weeks of training and of rest: intervals, what they rest on, order, refusals."""

import pytest

from rheobase.effect import Dose, knee_replacement_gain_percent, rest_muscle, train_muscle
from rheobase.errors import ParameterError
from rheobase.tables import row


def dose(share, sessions=36, weeks=16.0):
    return Dose(evoked_share=share, on_s=10.0, contractions=15, sessions=sessions, weeks=weeks)


def test_strength_goes_with_the_evoked_torque_and_size_does_not():
    weak, strong = train_muscle(dose(0.2)), train_muscle(dose(0.4))
    assert strong.strength.median_percent == pytest.approx(2.0 * weak.strength.median_percent, rel=0.05)
    assert strong.size.median_percent == pytest.approx(weak.size.median_percent, rel=0.02)


def test_the_interval_is_wide_and_told():
    outcome = train_muscle(dose(0.31))
    assert outcome.strength.p95_percent > 2.0 * outcome.strength.median_percent
    assert 0.8 < outcome.gaining_share < 1.0
    assert any("Exercise did as well" in note for note in outcome.notes)
    assert any("not a forecast" in note for note in outcome.notes)


def test_the_trials_it_rests_on_lie_inside_it():
    low, high = row("training.young_men"), row("training.strong_gain")
    for trial in (low, high):
        mine = train_muscle(dose(0.45, trial["sessions"], trial["weeks"]))
        assert mine.strength.p5_percent < trial["strength_percent"] < mine.strength.p95_percent
    size = train_muscle(dose(0.45, low["sessions"], low["weeks"])).size
    assert low["least_size_percent"] <= size.median_percent <= low["most_size_percent"]


def test_twice_the_weeks_with_the_same_sessions_a_week_is_less_than_twice_the_gain():
    short, long = train_muscle(dose(0.4, 24, 8.0)), train_muscle(dose(0.4, 48, 16.0))
    assert short.strength.median_percent < long.strength.median_percent < 2.0 * short.strength.median_percent


def test_below_the_least_torque_nothing_is_gained_and_that_is_said():
    outcome = train_muscle(dose(0.08))
    assert outcome.strength.p95_percent == outcome.size.p95_percent == 0.0
    assert outcome.notes[0].startswith("The evoked torque, 8 % of the voluntary maximum, lies below the 10 % to 15 %")


def test_the_same_seed_gives_the_same_interval():
    assert train_muscle(dose(0.3), seed=4) == train_muscle(dose(0.3), seed=4)
    assert rest_muscle(10.0, seed=4) == rest_muscle(10.0, seed=4)


def test_rest_takes_strength_faster_than_size():
    for days, ratio in ((5.0, 4.2), (14.0, 2.4), (60.0, 1.9)):
        lost = rest_muscle(days)
        assert lost.strength.median_percent / lost.size.median_percent == pytest.approx(ratio, rel=0.03)
    assert rest_muscle(30.0).strength.median_percent < rest_muscle(10.0).strength.median_percent < 0


def test_stimulation_keeps_size_but_little_strength():
    plain, kept = rest_muscle(5.0), rest_muscle(5.0, stimulated=True)
    leg = row("training.one_leg")
    assert plain.size.p5_percent < -leg["size_percent"] < plain.size.p95_percent
    assert plain.strength.p5_percent < -leg["strength_percent"] < plain.strength.p95_percent
    assert kept.size.median_percent > 0.5 * plain.size.median_percent
    assert kept.strength.median_percent < 0.5 * plain.strength.median_percent


def test_after_knee_replacement_the_gain_fades():
    early, late = knee_replacement_gain_percent(2.0), knee_replacement_gain_percent(15.0)
    assert early == pytest.approx(19.4, abs=0.3)
    assert late < early


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: dose(31.0), "evoked_share is 31; it is the evoked torque over the voluntary maximum, 0 to 1"),
        (lambda: dose(0.3, sessions=0), "sessions 0"),
        (lambda: rest_muscle(0.5), "days is 0.5; give 1 to 120"),
        (lambda: knee_replacement_gain_percent(-1.0), "weeks is -1"),
    ],
)
def test_what_cannot_be_is_refused(make, says):
    with pytest.raises(ParameterError, match=says):
        make()
