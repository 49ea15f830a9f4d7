"""Modalities: usual settings come from the table and lie within the limits."""

from __future__ import annotations

import dataclasses

import pytest
from safety_cases import pads, programme

from rheobase.errors import ParameterError
from rheobase.modality import Modality, Tens
from rheobase.safety import assess, limited_modalities, overall


def test_tens_is_a_modality_with_limits():
    assert issubclass(Tens, Modality)
    assert Tens.id in limited_modalities()


def test_usual_settings_of_tens():
    s = Tens().settings
    assert (s.width_us, s.pad_length_mm, s.pad_width_mm, s.start_mA) == (200, 50, 50, 0)
    assert s.rate_min_hz <= s.rate_hz <= s.rate_max_hz


def test_the_usual_settings_are_safe_at_a_usual_amplitude():
    s = Tens().settings
    made = programme(20.0, s.width_us, s.rate_max_hz, duration_s=s.session_min * 60)
    verdicts = assess(made, pads(area_cm2=s.pad_length_mm * s.pad_width_mm / 100), Tens.id)
    assert overall(verdicts).verdict == "within"


def test_the_aim_and_the_limits_of_tens():
    assert dict(Tens().events) == {"tingling": "wanted", "twitch": "limit", "pain": "limit"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width_us": 0.0}, "width_us is 0.0; it must be above 0"),
        ({"start_mA": -1.0}, "start_mA is -1.0; it must be 0 or above"),
        ({"rate_hz": 500.0}, "rate_hz is 500.0; usual are 80.0 to 100.0 Hz"),
    ],
)
def test_impossible_settings_are_refused(change, said):
    with pytest.raises(ParameterError, match=said):
        dataclasses.replace(Tens().settings, **change)


def test_a_modality_cannot_be_made_without_its_settings():
    with pytest.raises(TypeError):
        Modality()
