"""Whatever a scenario holds, it reads back as it was written."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.io.results import plain, result_text
from rheobase.io.scenario import load_scenario, parse_scenario, scenario_toml

size = st.floats(1, 60, allow_nan=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None)
@given(
    summary=st.text(max_size=60),
    seed=st.integers(0, 2**32 - 1),
    width_mm=size,
    length_mm=size,
    fat_mm=st.floats(0, 20),
    width_us=st.floats(1, 1000),
    rate_hz=st.floats(0.5, 150),
    amplitude_mA=st.floats(1e-3, 200),
    person=st.none() | st.floats(0.1, 50),
)
def test_scenario(summary, seed, width_mm, length_mm, fat_mm, width_us, rate_hz, amplitude_mA, person):
    overrides = {
        "scenario.summary": summary,
        "scenario.seed": seed,
        "pads.width_mm": width_mm,
        "pads.length_mm": length_mm,
        "anatomy.fat_mm": fat_mm,
        "pulse.width_us": width_us,
        "train.rate_hz": rate_hz,
        "output.amplitude_mA": amplitude_mA,
    }
    if person is not None:
        overrides["person.perception_mA"] = person
    scenario = load_scenario("tens-forearm", overrides)
    assert parse_scenario(scenario_toml(scenario)) == scenario


@settings(max_examples=60, deadline=None)
@given(values)
def test_result_text(value):
    text = result_text({"x": value})
    assert json.loads(text) == plain({"x": value})
    assert result_text(json.loads(text)) == text
