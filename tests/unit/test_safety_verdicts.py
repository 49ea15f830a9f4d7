"""The limits table as verdicts."""

from __future__ import annotations

import dataclasses

import pytest
from safety_cases import pads, programme

from rheobase.errors import ParameterError
from rheobase.safety import Verdict, assess, limited_modalities, limits_for, overall
from rheobase.tables import table


def _of(verdicts, row):
    (found,) = (v for v in verdicts if v.row == f"limits.{row}")
    return found


def test_every_row_belongs_to_a_modality():
    listed = {limit.row.id for name in limited_modalities() for limit in limits_for(name)}
    assert listed == set(table("limits"))


def test_the_modalities_with_limits():
    assert limited_modalities() == (
        "ems",
        "estr",
        "fes",
        "fes_implanted",
        "ifc",
        "iontophoresis",
        "nmes",
        "scs",
        "tens",
    )


@pytest.mark.parametrize("modality", limited_modalities())
def test_every_modality_has_a_confirmed_hard_limit(modality):
    assert [limit for limit in limits_for(modality) if limit.bound == "max" and limit.confirmed]


def test_the_charge_limit_of_tens_is_not_put_on_muscle_stimulation():
    for modality in ("nmes", "ems", "fes"):
        assert "ns4_charge" not in {limit.row.id for limit in limits_for(modality)}


def test_an_unknown_modality_is_refused_with_a_near_name():
    with pytest.raises(ParameterError, match=r"no output limits for the modality 'tnes'.*Did you mean 'tens'"):
        limits_for("tnes")


def test_ordinary_tens_is_within_and_says_on_what_that_rests():
    summary = overall(assess(programme(), pads(), "tens"))
    assert summary.verdict == "within"
    assert "limits.iec_energy_per_pulse" in summary.rests_on
    assert "limits.fda_power_density" in summary.rests_on
    assert not [r for r in summary.rests_on if table("limits")[r.removeprefix("limits.")].confidence == "recalled"]
    assert "2 of the limits met are unconfirmed" not in summary.text
    assert "are unconfirmed" in summary.text


@pytest.mark.parametrize(
    ("made", "row", "verdict"),
    [
        (dict(amplitude_mA=150, width_us=500, rate_hz=100), "iec_rms_to_400_hz", "within"),
        (dict(amplitude_mA=150, width_us=500, rate_hz=112), "iec_rms_to_400_hz", "exceeded"),
        (dict(amplitude_mA=130, width_us=500, rate_hz=147), "iec_rms_to_400_hz", "within"),
        (dict(amplitude_mA=130, width_us=500, rate_hz=149), "iec_rms_to_400_hz", "exceeded"),
        (dict(rate_hz=400), "iec_rms_to_400_hz", "within"),
        (dict(rate_hz=401), "iec_rms_to_400_hz", "not applicable"),
        (dict(rate_hz=401), "iec_rms_to_1500_hz", "within"),
        (dict(rate_hz=1500.5), "iec_rms_above_1500_hz", "within"),
        (dict(amplitude_mA=2440, width_us=50), "iec_energy_per_pulse", "within"),
        (dict(amplitude_mA=2460, width_us=50), "iec_energy_per_pulse", "exceeded"),
        (dict(amplitude_mA=100, width_us=300), "ns4_charge", "exceeded"),
        (dict(amplitude_mA=20, back=0.0), "dc_component_attention", "attention"),
        (dict(amplitude_mA=20), "dc_component_attention", "within"),
        (dict(amplitude_mA=130, width_us=500, rate_hz=200, back=0.0), "dc_density", "exceeded"),
        (dict(amplitude_mA=60, width_us=400, rate_hz=150, back=0.0, duration_s=3600), "dc_charge", "exceeded"),
    ],
)
def test_where_a_limit_begins(made, row, verdict):
    assert _of(assess(programme(**made), pads(), "tens"), row).verdict == verdict


def test_a_current_density_for_attention_is_no_refusal():
    # 130 mA, 500 us, 50 Hz on 5 cm2: 5.8 mA/cm2.
    verdict = _of(assess(programme(130, 500, 50), pads(area_cm2=5.0), "nmes"), "iec_density_attention")
    assert verdict.verdict == "attention"
    assert verdict.value == pytest.approx(5.81, abs=0.01)
    assert "larger pad" in verdict.text


def test_a_limit_that_must_be_stayed_below_is_passed_when_touched():
    (limit,) = (one for one in limits_for("nmes") if one.row.id == "fda_power_density")
    from rheobase.safety import doses

    dose = doses(programme(100, 250, 50), pads())
    assert limit.holds(dataclasses.replace(dose, power_density_W_per_cm2=0.2499))
    assert not limit.holds(dataclasses.replace(dose, power_density_W_per_cm2=0.25))


def test_energy_and_power_are_taken_at_the_test_load_whatever_the_pads_are_said_to_have():
    high = programme(2460, 50)
    assert _of(assess(high, pads(), "tens", load_ohm=1.0), "iec_energy_per_pulse").verdict == "exceeded"
    assert _of(assess(high, pads(), "tens", load_ohm=1e6), "iec_energy_per_pulse").value == pytest.approx(
        302.6, abs=0.1
    )


def test_compliance_uses_the_load_of_the_pads():
    assert assess(programme(20), pads(compliance_V=60.0), "tens", 3000.0)[-1].verdict == "within"
    last = assess(programme(20), pads(compliance_V=59.0), "tens", 3000.0)[-1]
    assert last.verdict == "exceeded"
    assert last.text.startswith("voltage needed across 3000 ohm is 60 V; at most 59 V by the compliance of this output")


def test_a_recalled_limit_is_called_unconfirmed_wherever_it_shows():
    for verdict in assess(programme(), pads(), "tens"):
        assert ("unconfirmed" in verdict.text) is (verdict.confidence in ("recalled", "judgement"))


def test_recalled_limits_alone_never_make_an_output_safe():
    only_recalled = [v for v in assess(programme(), pads(), "tens") if not v.confirmed]
    assert {v.verdict for v in only_recalled} >= {"within"}
    summary = overall(only_recalled)
    assert summary.verdict == "unconfirmed"
    assert "does not count as within limits" in summary.text


def test_attention_is_told_and_exceeding_comes_first():
    some = overall(assess(programme(20, back=0.0), pads(), "tens"))
    assert some.verdict == "attention"
    assert "Balance the charge" in some.text
    assert overall(assess(programme(300, 300, back=0.0), pads(), "tens")).verdict == "exceeded"


def test_a_figure_that_cannot_be_compared_does_not_hold():
    (limit,) = (one for one in limits_for("tens") if one.row.id == "iec_energy_per_pulse")

    class NotANumber:
        energy_per_pulse_mJ = float("nan")
        phase_width_us = 200.0

    assert not limit.holds(NotANumber())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "fine"}, r"cannot be 'fine'.*within, attention, exceeded"),
        ({"bound": "about"}, "cannot be 'about'"),
    ],
)
def test_an_unknown_verdict_or_bound_is_refused(change, said):
    good = assess(programme(), pads(), "tens")[0]
    with pytest.raises(ParameterError, match=said):
        dataclasses.replace(good, **change)
    assert isinstance(good, Verdict)
