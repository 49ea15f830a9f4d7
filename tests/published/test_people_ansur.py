"""Drawn people against the survey they were fitted to: Gordon 2014 (ANSUR II), means, spread and correlations."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rheobase.anatomy import Person, sample_people

COUNT = 3000


@cache
def army(sex: str) -> tuple[Person, ...]:
    return sample_people(COUNT, seed=20, sex=sex, population="army")


# sex, size, mean and SD in mm, correlation with body mass index and stature (the survey's own figures)
SURVEY = [
    ("male", "neck", 397.6, 25.8, 0.80, 0.20),
    ("male", "forearm", 310.1, 22.0, 0.75, 0.30),
    ("male", "thigh", 625.1, 58.5, 0.89, 0.26),
    ("male", "calf", 392.3, 29.7, 0.80, 0.27),
    ("male", "ankle", 229.3, 14.6, 0.63, 0.37),
    ("male", "waist", 940.6, 111.7, 0.90, 0.21),
    ("male", "shank_length", 418.8, 24.6, -0.06, 0.82),
    ("female", "neck", 329.8, 19.2, 0.73, 0.29),
    ("female", "thigh", 616.1, 55.8, 0.87, 0.32),
    ("female", "calf", 373.3, 28.5, 0.75, 0.34),
    ("female", "waist", 860.9, 99.9, 0.86, 0.23),
    ("female", "upper_arm_length", 311.2, 17.2, 0.15, 0.79),
]


@pytest.mark.parametrize(("sex", "size", "mean", "sd", "by_bmi", "by_stature"), SURVEY)
def test_means_spread_and_correlations(sex, size, mean, sd, by_bmi, by_stature):
    people = army(sex)
    value = np.array([p.size_mm(size) for p in people])
    # Ages are drawn up to 60 and the survey's mean age is 30: the waist grows by 1 to 2 mm a year.
    age_mm = np.mean([p.size_mm(size) - Person(sex=p.sex, bmi_kg_per_m2=p.bmi_kg_per_m2, stature_cm=p.stature_cm,
                                               scores=p.scores).size_mm(size) for p in people])  # fmt: skip
    assert value.mean() - age_mm == pytest.approx(mean, abs=0.2 * sd)
    assert value.std() == pytest.approx(sd, rel=0.12)
    assert np.corrcoef(value, [p.bmi_kg_per_m2 for p in people])[0, 1] == pytest.approx(by_bmi, abs=0.08)
    assert np.corrcoef(value, [p.stature_cm for p in people])[0, 1] == pytest.approx(by_stature, abs=0.08)


@pytest.mark.parametrize(("sex", "middle", "stature"), [("male", 28.2, 175.1), ("female", 28.3, 161.2)])
def test_civilians_are_heavier(sex, middle, stature):
    """Fryar 2025 (NHANES); those beyond 18 to 40 kg/m2 are left out here, so the median falls a little."""
    people = sample_people(COUNT, seed=3, sex=sex)
    bmi = np.array([p.bmi_kg_per_m2 for p in people])
    assert np.median(bmi) == pytest.approx(middle, abs=1.2)
    assert bmi.min() >= 18.0
    assert bmi.max() <= 40.0
    assert np.mean([p.stature_cm for p in people]) == pytest.approx(stature, abs=0.5)
