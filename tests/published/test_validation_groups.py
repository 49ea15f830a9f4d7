"""The built-in comparisons: each within the band that was published with it."""

import pytest

from rheobase.validation import groups, summary, validate

QUICK = (
    "fibres",
    "limb_field",
    "fields",
    "limb_physics",
    "pad_field",
    "trunks",
    "endings",
    "conductivities",
    "thickness",
    "time_constants",
)

# Known misses, told as such in the rows: our people spread less than the published ones, whose recipe we do not share.
KNOWN_OUTSIDE = {"people, SD of ln, touch fibres", "people, SD of ln, motor fibres"}


@pytest.mark.parametrize("name", QUICK)
def test_a_group_is_within_its_bands(name):
    rows = validate(name)
    assert [(r["name"], r["published"], r["ours"]) for r in rows if r["verdict"] == "outside"] == []
    assert summary(rows)["within"] > 0


@pytest.mark.slow
def test_all_comparisons():
    rows = validate()
    assert {r["group"] for r in rows} == set(groups())
    assert {r["name"] for r in rows if r["verdict"] == "outside"} == KNOWN_OUTSIDE
    assert [r["name"] for r in rows if r["verdict"] == "outside" and not r["note"]] == []
    counts = summary(rows)
    assert counts["within"] >= 290
    assert counts["not built"] >= 1
