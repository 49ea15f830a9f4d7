"""No programme over a limit ever passes, and turning it up never turns a refusal into a pass."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import LimitExceeded
from rheobase.safety import check, doses, limited_modalities, limits_for

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from safety_cases import pads, programme

MADE = st.fixed_dictionaries(
    {
        "amplitude_mA": st.floats(0, 5000),
        "width_us": st.floats(10, 1000),
        "rate_hz": st.floats(0.1, 450),
        "back": st.sampled_from([0.0, 0.5, 0.99, 1.0]),
        "duration_s": st.floats(1, 7200),
    }
)
ON = st.fixed_dictionaries(
    {"area_cm2": st.floats(0.01, 200), "other_cm2": st.floats(0.01, 200), "compliance_V": st.floats(1, 700)}
)
MODALITY = st.sampled_from(limited_modalities())


def _passes(made, on, modality, load_ohm=500.0):
    try:
        return check(programme(**made), montage=pads(**on), modality=modality, load_ohm=load_ohm)
    except LimitExceeded:
        return None


@settings(max_examples=150, deadline=None)
@given(MADE, ON, MODALITY, st.floats(1, 20000))
def test_nothing_over_a_limit_passes(made, on, modality, load_ohm):
    checked = _passes(made, on, modality, load_ohm)
    if checked is None:
        return
    # Judged again here, straight from the rows, and not by the verdicts that let it pass.
    for limit in limits_for(modality):
        dose = doses(checked.programme, checked.montage, limit.load_ohm)
        if limit.bound == "max" and limit.applies(dose):
            assert getattr(dose, limit.quantity) <= limit.bound_at(dose)
    assert made["amplitude_mA"] * load_ohm / 1000 <= on["compliance_V"]


@settings(max_examples=150, deadline=None)
@given(MADE, ON, MODALITY, st.floats(1, 50))
def test_turning_it_up_never_makes_a_refusal_pass(made, on, modality, more):
    if _passes(made, on, modality) is None:
        assert _passes({**made, "amplitude_mA": made["amplitude_mA"] * more}, on, modality) is None


@settings(max_examples=80, deadline=None)
@given(MADE, ON, MODALITY)
def test_a_smaller_pad_never_makes_a_refusal_pass(made, on, modality):
    if _passes(made, on, modality) is None:
        assert _passes(made, {**on, "area_cm2": on["area_cm2"] / 2}, modality) is None
