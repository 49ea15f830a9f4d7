"""Scenarios other than the usual one: they run to the end, or are refused in plain words."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import rheobase as rb
from rheobase.effect import Library, make_library, pad_grids
from rheobase.effect.virtual import _Done, _Stopped
from rheobase.errors import ParameterError, RheobaseError
from rheobase.io.results import result_text
from rheobase.io.scenario import load_scenario
from rheobase.nerve import stimulus_of
from rheobase.scenario import build_chain, document, told

FEW = {"population.people": 5}
ROUND = {"pads.shape": "round", "pads.width_mm": None, "pads.length_mm": None, "pads.diameter_mm": 32}
OTHERS = {
    "monophasic": {"pulse.shape": "monophasic", "output.amplitude_mA": 1, "train.rate_hz": 10},
    "exponential": {
        "pulse.shape": "exponential", "pulse.time_constant_us": 60, "train.rate_hz": 10, "output.amplitude_mA": 1,
    },
    "twin_peak": {
        "pulse.shape": "twin_peak", "pulse.width_us": 60, "pulse.time_constant_us": 20, "train.rate_hz": 50,
        "output.amplitude_mA": 1,
    },
    "tone_burst": {
        "pulse.shape": "tone_burst", "pulse.width_us": None, "pulse.carrier_hz": 4000, "pulse.cycles": 4,
        "train.rate_hz": 50,
    },
    "round pads": ROUND,
    "distal cathode": {"pads.cathode": "distal"},
    "anodic first": {"pulse.leading": "anodic"},
    "ulnar": {"pads.over": "ulnar"},
    "lumped skin": {"anatomy.skin_model": "lumped"},
    "thin arm": {"anatomy.radius_mm": 25, "pads.width_mm": 30, "pads.length_mm": 30},
}  # fmt: skip


def check_result(result):
    json.loads(result_text(result), parse_constant=lambda word: pytest.fail(word))
    for event in result["events"]:
        a = event["amplitude_mA"]
        assert 0 < a["p5"] <= a["median"] <= a["p95"] < 1000
        assert "inf" not in event["note"].split()


@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_every_scenario_makes_a_chain(case):
    chain = build_chain(load_scenario("tens-forearm", FEW | OTHERS[case]))
    assert stimulus_of(chain.pulse).samples.any()
    assert chain.programme.train.pulse == chain.pulse


@pytest.mark.slow
@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_every_scenario_runs_to_its_document(case):
    check_result(rb.run("tens-forearm", FEW | OTHERS[case]))


def test_samples_from_a_file_run_to_their_document(tmp_path):
    t = np.arange(0, 401, 5.0)
    rows = "\n".join(f"{x:g},{-np.sin(2 * np.pi * x / 400):.6g}" for x in t)
    (tmp_path / "p.csv").write_text(f"time_us,relative\n{rows}\n", encoding="utf-8")
    own = {"pulse.shape": "csv", "pulse.width_us": None, "pulse.file": str(tmp_path / "p.csv")}
    result = rb.run("tens-forearm", FEW | own | ROUND | {"pads.cathode": "distal"})
    check_result(result)
    assert "p.csv" in result["pulse"]["label"]
    assert str(tmp_path) not in result["pulse"]["label"]
    assert result["events"][0]["where"] == "under the distal pad"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pulse.shape": "exponential"}, "pulse.time_constant_us is missing; the shape 'exponential' needs it"),
        ({"pulse.shape": "tone_burst", "pulse.width_us": None, "pulse.carrier_hz": 4000}, "either cycles or duration"),
        ({"pads.shape": "round"}, "diameter_mm"),
        ({"pads.over": "ulna"}, "'ulnar'"),
        ({"output.amplitude_mA": 90}, "compliance_V"),
    ],
)
def test_what_does_not_fit_is_refused_at_once(given, said):
    with pytest.raises(RheobaseError) as caught:
        rb.run("tens-forearm", FEW | given)
    assert said in str(caught.value)


def test_a_pulse_that_fires_too_few_fibres_is_refused():
    arm = rb.Forearm()
    pulse = stimulus_of(rb.biphasic(width_us=3.0))
    with pytest.raises(ParameterError, match=r"no threshold was found for \d+% of the A-\w+ endings .* longer width"):
        make_library(arm, rb.pad_pair(arm), pulse)


def test_thin_fibres_that_one_pad_leaves_silent_are_told_and_not_refused():
    """A monophasic cathode leaves thin fibres silent; those under the anode fire."""
    result = rb.run("tens-forearm", FEW | {"pulse.shape": "monophasic"})
    assert result["events"][2]["amplitude_mA"]["median"] < 100
    assert any("A-delta endings under the proximal pad no current" in s for s in result["simplifications"])


def test_tingling_that_does_not_spread_is_said_so():
    band = SimpleNamespace(median_mA=2.0, p5_mA=1.0, p95_mA=3.0)
    rule = SimpleNamespace(plain="p", kind="A-beta", text="t")
    felt = SimpleNamespace(
        band=lambda _: band, criteria=dict.fromkeys(("tingling", "twitch", "pain"), rule), nominal_mA=lambda _: 2.0,
        where=lambda _: "distal", events=("tingling", "twitch", "pain"), library=SimpleNamespace(limb=rb.Forearm()),
    )  # fmt: skip
    assert "does not spread" in document.events(felt, float("inf"), "median")[0]["note"]  # type: ignore[arg-type]
    assert "from about 42 mA" in document.events(felt, 42.0, "median")[0]["note"]  # type: ignore[arg-type]


def test_what_is_said_to_vary_is_what_varies():
    told_of = {}
    for model in ("resolved", "lumped"):
        arm = rb.Forearm(skin_model=model)
        pads = rb.pad_pair(arm)
        library = Library(
            limb=arm, montage=pads, field=rb.solve_field(arm, pads), grids=pad_grids(arm, pads),
            fat_mm=(2.25, 5.0, 11.0), ln_mA={}, slope={},
        )  # fmt: skip
        told_of[model] = told._spans(SimpleNamespace(library=library))["sigma_dermis_S_per_m"]  # type: ignore[arg-type]
    assert told_of["resolved"] == "between 0.2 and 0.4 S/m (axial)"
    assert told_of["lumped"] != told_of["resolved"]


def test_bodies_at_work_stop_when_one_fails():
    heard = []
    done = _Done(heard.append, 2)
    done.part(1)(0.5)
    assert heard == [0.25]
    done.stop()
    with pytest.raises(_Stopped):
        done.part(0)(0.5)
