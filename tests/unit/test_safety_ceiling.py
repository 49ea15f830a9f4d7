"""The highest amplitude that passes no hard limit, and what ends it."""

from __future__ import annotations

import pytest
from safety_cases import pads, programme

from rheobase.errors import LimitExceeded
from rheobase.safety import ceiling, check


@pytest.mark.parametrize(
    ("on", "modality", "load_ohm", "highest_mA", "ends_at"),
    [
        (dict(compliance_V=400), "tens", 500.0, 128.0, "charge_per_phase_uC"),
        (dict(compliance_V=60), "tens", 1500.0, 40.0, "peak_V"),
        (dict(compliance_V=400), "nmes", 500.0, 50 / (400e-6 * 80) ** 0.5, "rms_mA"),
    ],
)
def test_the_limit_that_ends_it(on, modality, load_ohm, highest_mA, ends_at):
    top = ceiling(programme(), pads(**on), modality, load_ohm)
    assert top.amplitude_mA == pytest.approx(highest_mA)
    assert top.ends_at.quantity == ends_at
    assert top.ends_at.verdict == "exceeded"


def test_the_ceiling_passes_the_gate_and_a_little_more_does_not():
    top = ceiling(programme(), pads(), "tens").amplitude_mA
    check(programme(top), montage=pads())
    with pytest.raises(LimitExceeded, match="charge of one phase"):
        check(programme(top * 1.0001), montage=pads())


def test_a_limit_passed_at_rest_is_told():
    with pytest.raises(LimitExceeded, match="peak voltage with open leads is 600 V"):
        ceiling(programme(), pads(compliance_V=600.0), "tens")
