"""Scenario files: what is read, and what is refused with which words."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from rheobase.errors import ParameterError, ScenarioError
from rheobase.io._build import _tell_changed
from rheobase.io._kinds import file_kind, modalities
from rheobase.io.scenario import (
    load_scenario,
    named_place,
    parse_scenario,
    scenario_names,
    scenario_summaries,
    scenario_toml,
)
from rheobase.io.schema import scenario_schema, schema_text

BASE = scenario_toml(load_scenario("tens-forearm"))


def refused(text: str, **overrides: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, label="mine.toml", overrides={k.replace("__", "."): v for k, v in overrides.items()})
    return str(caught.value)


@pytest.mark.parametrize("name", scenario_names())
def test_every_built_in_scenario_reads_and_writes_back_equal(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.summary
    assert parse_scenario(scenario_toml(scenario)) == scenario


def test_the_built_in_scenarios():
    assert set(scenario_names()) >= {
        "tens-forearm",
        "tens-forearm-small-pads",
        "tens-forearm-lean",
        "tens-forearm-thick",
        "tens-forearm-calibrated",
    }
    assert load_scenario("tens-forearm").person is None
    assert load_scenario("tens-forearm-calibrated").person is not None
    assert load_scenario("tens-forearm-small-pads").pads.width_mm == 32
    assert [s["name"] for s in scenario_summaries()] == list(scenario_names())
    assert all(s["modality"] == s["name"].partition("-")[0] and s["summary"] for s in scenario_summaries())


@pytest.mark.parametrize("modality", modalities())
def test_the_checked_in_schema_is_current(modality):
    shared = file_kind({"scenario": {"modality": modality}}) is file_kind({})
    name = "scenario.schema.json" if shared else f"scenario-{modality}.schema.json"
    checked_in = (files("rheobase.tables") / "scenarios" / name).read_text(encoding="utf-8")
    assert checked_in == schema_text(modality), "write rheobase.io.schema.schema_text() anew"
    assert json.loads(checked_in) == scenario_schema(modality)


def test_the_schema_knows_no_other_keys():
    assert scenario_schema()["$defs"]["Pulse"]["additionalProperties"] is False


def test_girth_in_place_of_radius():
    scenario = load_scenario("tens-forearm", {"anatomy.girth_mm": "25 cm"})
    assert scenario.anatomy.radius_mm == pytest.approx(250 / 6.283185307)


def test_what_is_left_out_has_its_default():
    text = """
    [scenario]
    name = "mine"
    [anatomy]
    site = "forearm"
    [pads]
    over = "median"
    [pulse]
    shape = "biphasic"
    width_us = 200
    [train]
    rate_hz = 80
    [output]
    amplitude_mA = "0.01 A"
    """
    mine = parse_scenario(text)
    known = load_scenario("tens-forearm", {"scenario.name": "mine", "scenario.summary": ""})
    assert mine == known


def test_unknown_name_says_the_near_one():
    with pytest.raises(
        ScenarioError, match=r"no scenario 'tens-forarm'\. Did you mean 'tens-forearm.*'rheobase scenarios'"
    ):
        load_scenario("tens-forarm")


def test_unknown_file_says_the_near_one(tmp_path):
    (tmp_path / "arm.toml").write_text(BASE)
    with pytest.raises(ScenarioError, match=r"no file '.*amr\.toml'\. Did you mean 'arm\.toml'"):
        load_scenario(tmp_path / "amr.toml")
    assert load_scenario(str(tmp_path / "arm.toml")).name == "tens-forearm"


def test_a_folder_and_foreign_bytes_are_refused(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'summary = "\xe9"')
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("width_mm = 50.0", "widht_mm = 50.0", ["unknown key 'pads.widht_mm'", "Did you mean 'width_mm'?"]),
        ("[output]", "[ouput]", ["unknown table 'ouput'", "Did you mean 'output'?"]),
        ("amplitude_mA = 10.0", 'amplitude_mA = "20 mV"', ["output.amplitude_mA", "mV", "mA"]),
        ("width_us = 200.0", "width_us = -200.0", ["pulse.width_us is -200 us", "above 0 us", "One phase"]),
        ("fat_mm = 5.0", "fat_mm = -1.0", ["anatomy.fat_mm is -1 mm", "at least 0 mm"]),
        ("share = 0.1", "share = 10.0", ["population.share is 10;", "at most 1."]),
        ("people = 300", "people = 1", ["population.people is 1;", "at least 2"]),
        ("people = 300", "people = 2.5", ["population.people is 2.5", "whole number"]),
        ('over = "median"', 'over = "medain"', ["'median' or 'ulnar' or 'radial'", "Did you mean 'median'?"]),
        ("rate_hz = 80.0", "rate_hz = true", ["train.rate_hz is True", "must be a number"]),
        ("rate_hz = 80.0", "rate_hz = nan", ["train.rate_hz is nan", "finite"]),
        ("rate_hz = 80.0", "rate_hz = inf", ["train.rate_hz is inf", "finite"]),
        ('name = "tens-forearm"', 'name = "../x"', ["scenario.name is '../x'", "letters"]),
        ("spacing_mm = 90.0", "spacing_mm = 40.0", ["pads.spacing_mm is 40 mm", "overlap", "above 50 mm"]),
        ("width_mm = 50.0", "width_mm = 300.0", ["pads.width_mm is 300 mm", "girth of 251 mm"]),
        ("fat_mm = 5.0", "fat_mm = 39.0", ["anatomy.fat_mm is 39 mm", "below 38.5 mm"]),
        ("radius_mm = 40.0", "radius_mm = 40.0\ngirth_mm = 250.0", ["anatomy.girth_mm", "Keep one"]),
        ("width_us = 200.0", "width_us = 7000.0", ["lasts 14000 us", "period of 12500 us at 80 Hz", "71.43 Hz"]),
        ("length_mm = 50.0", "length_mm = 50.0\ndiameter_mm = 30.0", ["pads.diameter_mm", 'shape = "round"']),
        (
            "width_us = 200.0",
            'width_us = 200.0\nfile = "a.csv"',
            ["pulse.file: the shape 'biphasic' has no file. Leave it out."],
        ),
    ],
)
def test_a_wrong_value_is_refused_with_line_key_and_remedy(old, new, words):
    assert old in BASE
    text = BASE.replace(old, new, 1)
    message = refused(text)
    number = next(i for i, line in enumerate(text.splitlines(), 1) if line == new.splitlines()[-1])
    assert message.startswith(f"mine.toml, line {number}: "), message
    for word in words:
        assert word in message


def test_several_complaints_come_together():
    message = refused(BASE.replace("fat_mm = 5.0", "fat_mm = -1.0").replace("rate_hz = 80.0", "rate_hz = 0"))
    assert len(message.splitlines()) == 2


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("width_us = 200.0\n", ["pulse.width_us is missing; the shape 'biphasic' needs it. (One phase"]),
        ("amplitude_mA = 10.0\n", ["key 'output.amplitude_mA' is missing", "Peak of one phase"]),
        ("[train]\nrate_hz = 80.0\n", ["table 'train' is missing", "rate_hz"]),
    ],
)
def test_the_dose_must_be_said(gone, words):
    message = refused(BASE.replace(gone, "", 1))
    for word in ["mine.toml", *words]:
        assert word in message


def test_a_table_given_as_a_value_is_refused():
    assert "must be a table" in refused(
        BASE.replace("[train]\nrate_hz = 80.0\n", "").replace("[scenario]", "train = 80\n[scenario]")
    )


def test_broken_toml_names_its_line():
    assert refused('[scenario]\nname = "a').startswith("mine.toml, line 2: this is not valid TOML:")
    assert refused("[scenario").startswith("mine.toml, line 1: this is not valid TOML:")


def test_an_override_is_checked_like_the_file_and_says_where_it_came_from():
    assert load_scenario("tens-forearm", {"pads.width_mm": "3 cm"}).pads.width_mm == 30
    assert refused(BASE, pads__width_mm=-3).startswith("--set pads.width_mm=-3: pads.width_mm is -3 mm")
    assert "Did you mean 'width_mm'" in refused(BASE, pads__widht_mm=3)
    assert refused(BASE, pdas__width_mm=3).startswith("--set pdas.width_mm=3: unknown table 'pdas'")
    assert "with its table" in refused(BASE, width_mm=3)
    assert "is no table" in refused("pads = 3\n" + BASE.replace("[pads]", "[pulse2]"), pads__width_mm=3)


def test_the_line_that_describes_a_scenario_tells_what_was_changed():
    plain = load_scenario("tens-forearm").summary
    assert load_scenario("tens-forearm", {"output.amplitude_mA": 5, "population.people": 7}).summary == plain
    assert load_scenario("tens-forearm", {"pulse.shape": "monophasic"}).summary == (
        f"{plain}; changed: pulse.shape = monophasic"
    )
    own = {"pulse.width_us": 100, "scenario.summary": "mine"}
    assert load_scenario("tens-forearm", own).summary == "mine"
    file = tomllib.loads(scenario_toml(load_scenario("tens-forearm")))
    for length, end in ((285, "x; 2 changed"), (299, "xx")):
        file["scenario"]["summary"] = length * "x"
        _tell_changed(file, {"pads.width_mm": 30, "pads.length_mm": 30})
        assert file["scenario"]["summary"].endswith(end)
    for odd in ({}, {"scenario": 3}, {"scenario": {"summary": ""}}):
        _tell_changed(odd, {"pads.width_mm": 30})


def test_an_override_replaces_what_it_makes_meaningless():
    pads = load_scenario("tens-forearm", {"pads.shape": "round", "pads.diameter_mm": 32}).pads
    assert (pads.shape, pads.width_mm, pads.length_mm) == ("round", 32, 32)
    assert "round pad needs its diameter" in refused(BASE, pads__shape="round")
    assert "has a diameter_mm only" in refused(BASE, pads__shape="round", pads__diameter_mm=32, pads__width_mm=3)


def test_samples_stand_beside_the_scenario(tmp_path):
    (tmp_path / "samples.csv").write_text("0,1\n")
    text = with_pulse('shape = "csv"', 'file = "samples.csv"')
    (tmp_path / "mine.toml").write_text(text)
    assert Path(load_scenario(tmp_path / "mine.toml").pulse.file) == (tmp_path / "samples.csv").resolve()
    assert "there is no file" in refused(text)
    assert "pulse.file is missing" in refused(with_pulse('shape = "csv"'))


def test_a_complaint_of_the_physics_gets_its_place():
    scenario = parse_scenario(BASE, label="mine.toml")
    number = BASE.splitlines().index("amplitude_mA = 10.0") + 1
    with (
        pytest.raises(ScenarioError, match=rf"mine\.toml, line {number} \(output\.amplitude_mA\): amplitude_mA is"),
        named_place(scenario),
    ):
        raise ParameterError("amplitude_mA is 10 mA: beyond the compliance.")
    with pytest.raises(ParameterError, match="over the limit"), named_place(scenario):
        raise ParameterError("over the limit")


def with_pulse(*lines: str) -> str:
    start = BASE.index("[pulse]")
    return BASE[:start] + "\n".join(["[pulse]", *lines]) + "\n\n" + BASE[BASE.index("[train]") :]


@pytest.mark.parametrize(
    ("lines", "arguments"),
    [
        (('shape = "monophasic"', "width_us = 100", 'leading = "anodic"'), {"width_us": 100, "leading": "anodic"}),
        (('shape = "exponential"', "width_us = 100", "time_constant_us = 20"), {"time_constant_us": 20}),
        (('shape = "twin_peak"', "width_us = 77", "time_constant_us = 5", "gap_us = 10"), {"gap_us": 10}),
        (('shape = "tone_burst"', 'carrier_hz = "2.5 kHz"', "cycles = 10"), {"carrier_hz": 2500, "cycles": 10}),
        (('shape = "biphasic"', "width_us = 100", "ratio = 4"), {"ratio": 4, "balanced": True}),
        (
            (
                'shape = "biphasic"',
                "width_us = 100",
                "balanced = false",
                "second_width_us = 50",
                "second_relative = 0.5",
            ),
            {"balanced": False, "second_width_us": 50, "second_relative": 0.5},
        ),
    ],
)
def test_every_shape_reads_and_writes_back(lines, arguments):
    scenario = parse_scenario(with_pulse(*lines))
    assert arguments.items() <= scenario.pulse.arguments().items()
    assert parse_scenario(scenario_toml(scenario)) == scenario


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ('shape = "exponential"', "width_us = 100"),
            "pulse.time_constant_us is missing; the shape 'exponential' needs it.",
        ),
        (('shape = "monophasic"', "width_us = 100", "ratio = 2"), "pulse.ratio: the shape 'monophasic' has no ratio."),
        (('shape = "tone_burst"', "carrier_hz = 2500"), "takes either cycles or duration_us. Give one of the two."),
        (('shape = "tone_burst"', "carrier_hz = 2500", "cycles = 50"), "pulse.cycles is 50: the pulse lasts 20000 us"),
        (('shape = "biphasic"', "width_us = 100", "second_relative = 0.5"), "Set balanced = false."),
        (('shape = "biphasic"', "width_us = 100", "balanced = false"), "so pulse.second_width_us must be given."),
        (('shape = "biphasic"', "width_us = 100", "balanced = 0"), "pulse.balanced is 0: it must be true or false."),
        (('shape = "twin_peak"', "width_us = 7000", "time_constant_us = 5"), "the pulse lasts 14000 us"),
    ],
)
def test_keys_that_do_not_go_with_the_shape_are_refused(lines, said):
    message = refused(with_pulse(*lines))
    assert said in message
    assert message.startswith("mine.toml, line ")
