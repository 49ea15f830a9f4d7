"""Verdicts: each way of comparing says within, outside, or that it cannot be judged."""

import math

import pytest

from rheobase.tables import row
from rheobase.validation import summary
from rheobase.validation._rows import (
    VERDICTS,
    Comparison,
    apart,
    aside,
    at_most,
    cited,
    inside,
    near,
    not_built,
    saying,
)

P = row("published.straight_fibres")  # computed, tolerance 3 %
RECALLED = row("published.forearm_levels")


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (near("a", P, 100.0, 103.0, unit="mA"), "within"),
        (near("a", P, 100.0, 96.9, unit="mA"), "outside"),
        (near("a", P, 100.0, math.inf, unit="mA"), "outside"),
        (near("a", P, 100.0, 109.0, unit="mA", tolerance=0.1), "within"),
        (apart("a", P, 1.27, 1.30, 0.03, unit=""), "within"),
        (apart("a", P, 1.27, 1.31, 0.03, unit=""), "outside"),
        (inside("a", P, 2.0, 3.3, [2.0, 3.34], unit=""), "within"),
        (inside("a", P, 2.0, 3.3, [2.0, 3.36], unit=""), "outside"),
        (inside("a", P, 2.0, 3.3, [math.nan], unit=""), "outside"),
        (at_most("a", P, 0.0, 0.0, unit=""), "within"),
        (at_most("a", P, 0.0, 1.0, unit=""), "outside"),
        (saying("a", P, "rises", "rises"), "within"),
        (saying("a", P, "rises", "falls"), "outside"),
        (aside("a", P, 1.0, 2.0), "not comparable"),
        (not_built("a", P, 1.0), "not built"),
        (near("a", RECALLED, 5.0, 50.0, unit="mA", tolerance=0.1), "not comparable"),
        (near("a", RECALLED, 5.0, 5.0, unit="mA", tolerance=0.1), "not comparable"),
    ],
)
def test_verdict(made, verdict):
    assert made["verdict"] == verdict
    assert {"name", "source", "published", "ours", "unit", "tolerance", "verdict", "note"} <= set(made)


def test_a_value_that_is_not_finite_is_shown_as_none():
    assert near("a", P, 100.0, math.inf, unit="mA")["ours"] is None


def test_a_recalled_figure_says_so():
    assert "Recalled, not read" in near("a", RECALLED, 5.0, 50.0, unit="mA", tolerance=0.1)["note"]


def test_the_summary_counts_every_verdict():
    assert summary([{"verdict": "within"}, {"verdict": "not built"}, {"verdict": "within"}]) == dict(
        zip(VERDICTS, (2, 0, 0, 1), strict=True)
    )


def test_sources_are_told_in_a_phrase():
    assert cited(row("published.tau_people")) == "Mogyoros 1996"
    assert cited(P) == "independent program"


def test_a_comparison_is_a_name_a_line_and_a_function():
    assert Comparison(name="n", about="a", run=lambda tell: []).run(lambda share: None) == []
