"""People: sizes, their limits, and drawing them."""

from __future__ import annotations

import numpy as np
import pytest

from rheobase.anatomy import Person, sample_people
from rheobase.anatomy.person import residual_factor
from rheobase.errors import ParameterError


def test_a_size_is_its_fit():
    man = Person(bmi_kg_per_m2=30.0, stature_cm=180.0)
    assert man.size_mm("calf") == pytest.approx(370.0 + 5.88 * 5 + 1.15 * 10)
    assert Person(bmi_kg_per_m2=30.0, stature_cm=180.0, scores={"calf": 2.0}).size_mm("calf") == pytest.approx(
        man.size_mm("calf") + 2 * 16.0
    )
    assert man.size_mm("stature") == 1800.0


def test_age_moves_what_it_was_seen_to_move():
    young, old = Person(age=30), Person(age=50)
    assert old.size_mm("waist") - young.size_mm("waist") == pytest.approx(20 * 1.9)
    assert old.size_mm("thigh") < young.size_mm("thigh")
    assert old.size_mm("wrist") == young.size_mm("wrist")


def test_fat_grows_with_body_mass_and_stays_within_what_was_seen():
    lean, heavy = Person(bmi_kg_per_m2=20.0), Person(bmi_kg_per_m2=30.0)
    assert heavy.fat_mm("thigh") / lean.fat_mm("thigh") == pytest.approx(np.exp(0.6))
    assert Person(sex="female").fat_mm("thigh") > Person().fat_mm("thigh")
    assert Person(bmi_kg_per_m2=40.0, scores={"fat": 3.0}).fat_mm("knee") == 25.0
    assert Person(scores={"skin": -3.0}).skin_mm("abdomen") == pytest.approx(2.35 * np.exp(-0.45))


def test_a_person_can_be_a_key_and_does_not_depend_on_the_order_of_scores():
    a = Person(scores={"fat": 1.0, "calf": -1.0})
    assert a == Person(scores={"calf": -1.0, "fat": 1.0})
    assert len({a, Person(scores={"calf": -1.0, "fat": 1.0})}) == 1
    assert a.score("fat") == 1.0
    assert a.plain == "man, 175 cm, 25.0 kg/m2"
    assert Person(sex="female").bone_factor == pytest.approx(0.9655 * 163.0 / 175.6)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sex": "mal"}, "sex is 'mal'; it is 'female' or 'male'. Did you mean 'male'?"),
        ({"bmi_kg_per_m2": 17.0}, "bmi_kg_per_m2 is 17 kg/m2; the people measured span 18 to 40 kg/m2."),
        ({"bmi_kg_per_m2": float("nan")}, "bmi_kg_per_m2 is nan kg/m2"),
        ({"stature_cm": 210.0}, "stature_cm is 210 cm; the people measured span 140 to 205 cm."),
        ({"age": 61}, "age is 61 years; the people measured span 18 to 60 years."),
        ({"scores": {"claf": 1.0}}, "scores has no size 'claf'. Did you mean 'calf'?"),
        ({"scores": {"calf": 4.0}}, "scores['calf'] is 4 standard deviations; give -3 to 3."),
    ],
)
def test_what_was_never_measured_is_refused(given, said):
    with pytest.raises(ParameterError) as caught:
        Person(**given)
    assert said in str(caught.value)


def test_unknown_sizes_and_sites_are_refused():
    with pytest.raises(ParameterError, match=r"no size 'clf' of a person\. Did you mean 'calf'"):
        Person().size_mm("clf")
    with pytest.raises(ParameterError, match=r"no fat of 'thgh' in the table of people\. Did you mean 'thigh'"):
        Person().fat_mm("thgh")
    with pytest.raises(ParameterError, match="no skin of 'rule'"):
        Person().skin_mm("rule")


def test_drawing_is_repeatable_and_seeds_differ():
    assert sample_people(5, seed=7) == sample_people(5, seed=7)
    assert sample_people(5, seed=7) != sample_people(5, seed=8)
    assert {p.sex for p in sample_people(40, seed=1)} == {"female", "male"}
    assert {p.sex for p in sample_people(10, seed=1, sex="female")} == {"female"}


def test_scores_correlate_as_tabled():
    factor = residual_factor("male")
    matrix = factor @ factor.T
    people = sample_people(1500, seed=4, sex="male")
    arm, forearm = (np.array([p.score(n) for p in people]) for n in ("upper_arm", "forearm"))
    assert np.corrcoef(arm, forearm)[0, 1] == pytest.approx(0.65, abs=0.05)
    assert np.allclose(np.diag(matrix), 1.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sample_people(0, seed=1), "count is 0; draw at least 1 person."),
        (lambda: sample_people(1, seed=1, sex="man"), "sex is 'man'"),
        (lambda: sample_people(1, seed=1, population="navy"), "no population 'navy'"),
    ],
)
def test_drawing_refuses_nonsense(call, said):
    with pytest.raises(ParameterError) as caught:
        call()
    assert said in str(caught.value)
