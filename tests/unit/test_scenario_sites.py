"""Scenarios on parts of the body other than the forearm."""

from __future__ import annotations

import pytest

import rheobase as rb
from rheobase.errors import ParameterError, ScenarioError
from rheobase.io import remembered as fields
from rheobase.io.scenario import load_scenario, parse_scenario, scenario_toml
from rheobase.io.schema import schema_text
from rheobase.registry import get
from rheobase.report import report_html
from rheobase.scenario.build import build_chain

THIGH = """
[scenario]
name = "mine"
[anatomy]
site = "thigh"
sex = "female"
bmi_kg_per_m2 = 22
stature_cm = 170
age_years = 40
fat_mm = 12
main_girth_mm = 540
[pads]
[pulse]
shape = "biphasic"
width_us = 300
[train]
rate_hz = 50
[output]
amplitude_mA = 10
"""


def changed(*pairs):
    text = THIGH
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def knee():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "_CELL_MM", 4.0)
        patch.setattr(fields, "_CELLS_PER_PAD", 10)
        patch.setattr(fields, "_FEW_CELLS", 6)
        return rb.run("tens-knee", {"population.people": 20})


def test_a_knee_is_run_as_a_forearm_is_but_for_the_twitch(knee):
    assert [e["id"] for e in knee["events"]] == ["tingling", "pain"]
    assert knee["events"][0]["where"] == "under the medial pad"
    assert "No muscle lies under the pads" in knee["window_mA"]["text"]
    assert knee["anatomy"]["person"] == "man, 175 cm, 25.0 kg/m2"
    assert {c["kind"] for c in knee["criteria"]} == {"A-beta", "A-delta"}
    assert "section" not in knee["field"]
    assert [c["id"] for c in knee["strength_duration"]["curves"]] == ["tingling", "pain"]


def test_no_word_of_the_forearm_is_said_of_a_knee(knee):
    told = " ".join([knee["answer"], *knee["method"], *knee["simplifications"], *(e["note"] for e in knee["events"])])
    for word in ("forearm", "wrist", "hand", "elbow", "ulna", "cylinder", "Fourier"):
        assert word not in told
    assert "grid of hexahedra" in told


def test_the_page_of_a_knee_asks_for_no_twitch(knee):
    page = report_html(knee)
    assert "twitch_mA" not in page


def test_a_second_run_takes_its_fields_from_disk(monkeypatch, tmp_path):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path))
    arm = rb.Forearm()
    pads = rb.pad_pair(arm)
    first = fields.remembered(pads)(arm, pads)
    monkeypatch.setattr("rheobase.io.field_cache.solve_field", lambda *_, **__: pytest.fail("solved again"))
    again = fields.remembered(pads)(arm, pads)
    assert again.resistance_ohm == first.resistance_ohm
    assert again.drive_V_per_A([(30.0, 0.0, 40.0)]).tolist() == first.drive_V_per_A([(30.0, 0.0, 40.0)]).tolist()


def test_the_person_of_a_file_sizes_the_part():
    chain = build_chain(parse_scenario(THIGH))
    part = chain.limb
    assert isinstance(part, rb.Thigh)
    assert (part.fat_mm, part.main_girth_mm, part.person.sex, part.person.age) == (12.0, 540.0, "female", 40)
    assert chain.montage.names == rb.usual_montage(part).names


@pytest.mark.parametrize("name", ["tens-knee", "tens-low-back"])
def test_built_in_scenarios_write_and_read_back(name):
    scenario = load_scenario(name)
    assert parse_scenario(scenario_toml(scenario)) == scenario
    assert build_chain(scenario).montage.names == scenario.pads.sites


def test_pads_go_over_a_nerve_at_sites_or_where_they_usually_do():
    over = build_chain(parse_scenario(changed(("[pads]", '[pads]\nover = "femoral_rectus"\nspacing_mm = 120'))))
    part = over.limb
    assert {p.around_deg for p in over.montage.pads} == {part.nerve("femoral_rectus").around_deg}
    at = build_chain(
        parse_scenario(changed(("[pads]", '[pads]\nsites = ["vastus_medialis", "rectus_femoris"]\nwidth_mm = 40')))
    )
    assert at.montage.names == ("vastus_medialis", "rectus_femoris")
    assert [p.around_mm for p in at.montage.pads] == [40.0, 40.0]
    usual = build_chain(parse_scenario(changed(("[pads]", '[pads]\ncathode = "proximal"'))))
    assert usual.montage.pad("proximal").share == 1.0
    assert usual.montage.pad("distal").share == -1.0
    round_ones = build_chain(parse_scenario(changed(("[pads]", '[pads]\nshape = "round"\ndiameter_mm = 60'))))
    assert {p.shape for p in round_ones.montage.pads} == {"round"}


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([('"thigh"', '"thihg"')], r"line 5: anatomy.site is 'thihg'; there is no such part .* Did you mean 'thigh'\?"),
        ([('"thigh"', '"spine"')], r"anatomy.site is 'spine'; people cannot be drawn about it"),
        ([("fat_mm = 12", "radius_mm = 80")], r"line 10: anatomy.radius_mm: a thigh has no radius_mm here"),
        ([('"thigh"', '"forearm"'), ("[pads]", '[pads]\nover = "ulnar"')], r"anatomy.sex: a forearm has no sex here"),
        ([("[pads]", '[pads]\nsites = ["vastus_medialis"]')], "pads.sites"),
        ([("[pads]", '[pads]\nsites = ["a", "a"]')], r"pads.sites names 'a' twice"),
        ([("[pads]", '[pads]\nsites = ["a", "b"]\nover = "femoral"')], r"line 14: pads.over: the pads stand at named"),
        ([("[pads]", '[pads]\nsites = ["a", "b"]\ncathode = "c"')], r"line 14: pads.cathode is 'c'\."),
        ([("[pads]", "[pads]\nspacing_mm = 90")], r"pads.spacing_mm: without pads.over these are the usual pads"),
        ([("[pads]", '[pads]\nover = "femoral"\ncathode = "proximl"')], r"Did you mean 'proximal'\?"),
    ],
)
def test_what_does_not_fit_together_is_said_with_its_line(pairs, says):
    with pytest.raises(ScenarioError, match=says):
        parse_scenario(changed(*pairs), label="mine.toml")


@pytest.mark.parametrize(
    ("pads", "says"),
    [
        (
            'sites = ["vastus_medialis", "rectus_femori"]',
            r"line 13: pads.sites: the thigh has no site 'rectus_femori'\. D",
        ),
        ('over = "femorla"', r"line 13: pads.over: the thigh has no nerve 'femorla'\. Did you mean 'femoral'\?"),
        ('cathode = "distl"', r"line 13: pads.cathode: the thigh has no pad 'distl'\. Did you mean 'distal'\?"),
    ],
)
def test_a_name_that_the_part_does_not_have_is_said_with_its_line(pads, says):
    with pytest.raises(ScenarioError, match=says):
        build_chain(parse_scenario(changed(("[pads]", f"[pads]\n{pads}")), label="mine.toml"))


def test_a_person_out_of_range_is_refused_by_the_anatomy():
    with pytest.raises(ParameterError, match="bmi_kg_per_m2 is 60"):
        build_chain(parse_scenario(changed(("bmi_kg_per_m2 = 22", "bmi_kg_per_m2 = 60"))))


def test_every_mapped_part_can_stand_in_a_scenario():
    for site in ("abdomen", "knee", "low_back", "lower_leg", "neck", "shoulder", "throat", "upper_arm"):
        text = changed(('"thigh"', f'"{site}"'), ("fat_mm = 12\nmain_girth_mm = 540\n", ""))
        assert isinstance(build_chain(parse_scenario(text)).limb, get("anatomies", site))


def test_the_schema_names_the_keys_of_sites():
    assert '"main_girth_mm"' in schema_text()
    assert '"sites"' in schema_text()


def test_a_result_says_how_far_its_resistive_field_is_off(knee):
    said = [text for text in knee["simplifications"] if "capacitance" in text]
    assert len(said) == 1
    assert "more than the 1 % that could stand" in said[0]


def test_the_departure_is_that_of_the_pulse_and_is_found_again(monkeypatch, tmp_path):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path))
    arm = rb.Forearm()
    pads = rb.pad_pair(arm)
    short, long = (fields.resistive_words(arm, pads, rb.biphasic(width_us=w)) for w in (100.0, 1000.0))
    assert short != long
    monkeypatch.setattr(fields, "solve_spectrum", lambda *_, **__: pytest.fail("solved again"))
    assert fields.resistive_words(arm, pads, rb.biphasic(width_us=100.0)) == short


def test_a_tissue_without_dispersion_is_said_so(monkeypatch, tmp_path):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path))

    def refuse(*_, **__):
        raise ParameterError("no dispersion of 'cheese'.")

    monkeypatch.setattr(fields, "solve_spectrum", refuse)
    arm = rb.Forearm()
    said = fields.resistive_words(arm, rb.pad_pair(arm), rb.biphasic(width_us=200.0))
    assert said.endswith("could not be told here: no dispersion of 'cheese'.")
