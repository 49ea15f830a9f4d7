"""The gate: nothing becomes a CheckedProgramme but through check(), and check() lets nothing through."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest
from safety_cases import pads, programme

from rheobase import registry
from rheobase.errors import LimitExceeded, ParameterError, RheobaseError
from rheobase.safety import CheckedProgramme, StimulatorLimits, Verdict, all_rules, check, require_checked

UNIT = StimulatorLimits(
    name="bench unit", amplitude_max_mA=100, rate_max_hz=150, width_min_us=50, width_max_us=400, source="its manual"
)


def test_an_ordinary_programme_passes_with_its_verdicts():
    made, on = programme(), pads()
    checked = check(made, montage=on)
    assert checked.programme is made
    assert checked.montage is on
    assert checked.modality == "tens"
    assert checked.patient is None
    assert checked.device is None
    assert checked.overall.verdict == "within"
    assert {v.verdict for v in checked.verdicts} <= {"within", "attention", "not applicable"}
    assert require_checked(checked) is checked
    assert repr(checked) == "<CheckedProgramme: tens, within>"


def test_a_refusal_gives_figure_limit_source_and_remedy():
    said = (
        r"charge of one phase is 30 uC; at most 28\.4 uC by ANSI/AAMI NS4.*\(unconfirmed: recalled\): exceeded\."
        r" Lower the amplitude or the width\."
    )
    with pytest.raises(LimitExceeded, match=said):
        check(programme(100, 300), montage=pads())


def test_amplitude_beyond_compliance_is_refused():
    with pytest.raises(
        LimitExceeded, match=r"voltage needed across 500 ohm is 30 V; at most 20 V.*Lower the amplitude"
    ):
        check(programme(60), montage=pads(compliance_V=20.0))


def test_an_output_of_too_high_a_voltage_is_refused():
    with pytest.raises(LimitExceeded, match=r"peak voltage with open leads is 600 V; at most 500 V"):
        check(programme(), montage=pads(compliance_V=600.0))


def test_unbalanced_direct_current_above_its_limit_is_refused():
    said = r"direct current density under the busiest pad is 0\.52 mA/cm2; at most 0\.5 mA/cm2.*Balance the charge"
    with pytest.raises(LimitExceeded, match=said):
        check(programme(130, 500, 200, back=0.0), montage=pads())


def test_every_limit_that_is_passed_is_told():
    with pytest.raises(LimitExceeded) as refusal:
        check(programme(3000, 500, 300), montage=pads())
    for words in ("energy of one pulse", "power density", "charge of one phase", "voltage needed"):
        assert words in str(refusal.value)


def test_a_montage_must_be_given():
    with pytest.raises(ParameterError, match="needs the montage"):
        check(programme())


def test_a_person_is_not_taken_as_screened():
    with pytest.raises(ParameterError, match="no installed safety rule screens persons"):
        check(programme(), montage=pads(), patient={"name": "A"})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            dict(amplitude_mA=101.0, width_us=50),
            r"amplitude is 101 mA; at most 100 mA by the range 0 to 100 mA of bench",
        ),
        (dict(width_us=40.0), r"width of one phase is 40 us; at least 50 us by the range 50 to 400 us"),
        (dict(width_us=401.0), r"width of one phase is 401 us; at most 400 us"),
        (dict(rate_hz=151.0), r"pulse rate is 151 Hz; at most 150 Hz.*another stimulator"),
    ],
)
def test_beyond_the_stimulator(made, said):
    with pytest.raises(LimitExceeded, match=said):
        check(programme(**made), UNIT, pads())


def test_within_the_stimulator():
    assert check(programme(), UNIT, pads()).device is UNIT


def test_an_impossible_stimulator_is_refused():
    with pytest.raises(ParameterError, match=r"'bench unit': rate_max_hz is 0; it must be above 0"):
        dataclasses.replace(UNIT, rate_max_hz=0)


# Forging -----------------------------------------------------------------------------------------------------------


def test_it_cannot_be_constructed():
    for call in (lambda: CheckedProgramme(), lambda: CheckedProgramme(programme(), pads())):
        with pytest.raises(LimitExceeded, match=r"made by rheobase\.safety\.check\(\) only"):
            call()


def test_an_empty_one_holds_nothing_and_is_not_taken():
    forged = object.__new__(CheckedProgramme)
    with pytest.raises(LimitExceeded, match="using one from elsewhere"):
        require_checked(forged)
    for name in ("programme", "montage", "verdicts", "overall", "modality", "patient", "device"):
        with pytest.raises(LimitExceeded, match="check"):
            getattr(forged, name)


def test_it_cannot_be_altered():
    checked = check(programme(), montage=pads())
    with pytest.raises(AttributeError):
        checked.programme = programme(400)
    with pytest.raises(AttributeError):
        object.__setattr__(checked, "programme", programme(400))
    with pytest.raises(AttributeError):
        checked.anything = 1
    assert checked.programme.amplitude_mA == 20


def test_it_cannot_be_replaced_or_pickled():
    checked = check(programme(), montage=pads())
    with pytest.raises(TypeError):
        dataclasses.replace(checked, programme=programme(400))
    with pytest.raises(LimitExceeded, match="pickling"):
        pickle.dumps(checked)


def test_a_copy_is_the_same_object():
    checked = check(programme(), montage=pads())
    assert copy.copy(checked) is checked
    assert copy.deepcopy(checked) is checked


def test_it_cannot_be_derived_from():
    with pytest.raises(LimitExceeded, match="deriving a class"):
        type("Forged", (CheckedProgramme,), {})


def test_a_look_alike_is_not_taken():
    class LookAlike:
        programme = None
        __class__ = CheckedProgramme

    with pytest.raises(LimitExceeded, match="not a LookAlike"):
        require_checked(LookAlike())


# Rules that plug-ins add ------------------------------------------------------------------------------------------


def _plug_in(monkeypatch, **rules):
    shipped = registry.members("safety_rules")
    monkeypatch.setattr(registry, "members", lambda kind: (*shipped, *rules))
    real = registry.get
    monkeypatch.setattr(registry, "get", lambda kind, name: rules[name] if name in rules else real(kind, name))


def _verdict(word, **change):
    plain = dict(
        quantity="heart",
        plain="pads across the heart",
        value=1.0,
        limit=0.0,
        unit="",
        bound="max",
        source="a clinic",
        confidence="read",
        remedy="Move the pads.",
    )
    return Verdict(**{**plain, "verdict": word, **change})


def test_a_rule_can_be_added(monkeypatch):
    _plug_in(monkeypatch, heart=lambda case: (_verdict("exceeded"),))
    with pytest.raises(LimitExceeded, match=r"pads across the heart is 1; at most 0 by a clinic.*Move the pads"):
        check(programme(), montage=pads())


def test_an_added_rule_cannot_take_one_away(monkeypatch):
    _plug_in(monkeypatch, lenient=lambda case: (_verdict("within"),))
    with pytest.raises(LimitExceeded, match="charge of one phase"):
        check(programme(100, 300), montage=pads())


def test_the_built_in_rules_hold_even_where_nothing_is_announced(monkeypatch):
    monkeypatch.setattr(registry, "members", lambda kind: ())
    assert [rule.__name__ for rule in all_rules()] == ["output_limits", "stimulator_range"]
    with pytest.raises(LimitExceeded, match="charge of one phase"):
        check(programme(100, 300), montage=pads())


def test_a_rule_that_fails_lets_nothing_through(monkeypatch):
    def broken(case):
        raise RheobaseError("the rule is broken")

    _plug_in(monkeypatch, broken=broken)
    with pytest.raises(RheobaseError, match="the rule is broken"):
        check(programme(), montage=pads())


def test_a_person_is_taken_where_a_rule_screens(monkeypatch):
    seen = []

    def screening(case):
        seen.append(case.patient)
        return ()

    screening.screens_patient = True
    _plug_in(monkeypatch, screening=screening)
    assert check(programme(), montage=pads(), patient="A").patient == "A"
    assert seen == ["A"]
