"""The tables: every row sourced, used and possible; every source cited."""

from __future__ import annotations

import math
import re
from importlib.resources import files
from pathlib import Path

import pytest

from rheobase.errors import TableError
from rheobase.tables import CONFIDENCES, row, source, sources, table, table_names

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "rheobase"
CODE = "\n".join(p.read_text(encoding="utf-8") for p in PACKAGE.rglob("*.py"))
ROWS = [r for name in table_names() for r in table(name).values()]

# Tables that one function takes whole, whatever rows they hold: table -> what its source file must contain.
TAKEN_WHOLE = {"limits": 'table("limits")', "dispersion": 'table("dispersion")'}

# Quantities that cannot be zero or negative, by the first word of the key.
POSITIVE = ("sigma", "rho", "diameter", "thickness", "radius", "width", "length", "rate", "capacitance", "c", "r", "cm")
# Quantities that cannot be negative, by unit.
NOT_NEGATIVE = re.compile(r"_(us|ms|hz|um2|mm2|cm2|ohm|kohm|ohm_cm|S_per_m|S_per_cm2|uF_per_cm2)$")


def _numbers(value):
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, list | tuple):
        return [n for item in value for n in _numbers(item)]
    if isinstance(value, dict):
        return [n for item in value.values() for n in _numbers(item)]
    return []


def _is_used(r):
    """Whether the code names the row: by key, by id, or by the beginning of its key, as in f"table.taper_{side}"."""
    if re.search(rf"""["'.]{re.escape(r.id)}["'.]""", CODE):
        return True
    beginnings = re.findall(rf"""f["']{r.table}\.(\w+)\{{""", CODE)
    return any(r.id.startswith(beginning) for beginning in beginnings)


@pytest.mark.parametrize("r", ROWS, ids=lambda r: r.key)
def test_every_row_is_sourced(r):
    assert r.confidence in CONFIDENCES
    assert [key for key in r.sources if key not in sources()] == []
    if r.confidence == "read":
        assert r.where, "a value that was read says on which page, in which table or equation"


@pytest.mark.parametrize("r", ROWS, ids=lambda r: r.key)
def test_every_row_is_possible(r):
    for key, value in r.items():
        for number in _numbers(value):
            assert math.isfinite(number), key
            if isinstance(value, list):
                continue  # a list may hold the coefficients of a fit, which may have any sign
            if key.split("_")[0] in POSITIVE and not key.endswith(("_mV", "_V", "_deg")):
                assert number > 0, key
            if NOT_NEGATIVE.search(key):
                assert number >= 0, key


@pytest.mark.parametrize("name", table_names())
def test_every_row_is_used(name):
    if name in TAKEN_WHOLE:
        assert TAKEN_WHOLE[name] in CODE
        return
    assert [r.key for r in table(name).values() if not _is_used(r)] == []


def test_every_source_is_cited():
    cited = {key for r in ROWS for key in r.sources}
    in_code = {key for key in sources() if re.search(rf"""["'`]{re.escape(key)}["'`]""", CODE)}
    assert set(sources()) - cited - in_code == set()


def test_every_source_is_complete_and_stands_once():
    text = (files("rheobase.tables") / "sources.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE)
    assert sorted(keys) == sorted(sources()), "an entry stands twice, or could not be read"
    assert [k for k, s in sources().items() if not s.fields.get("title")] == []


def test_an_unknown_table_is_refused_with_a_near_name():
    with pytest.raises(TableError, match=r"no table 'limit'.*Did you mean 'limits'"):
        table("limit")


def test_an_unknown_row_is_refused_with_a_near_name():
    with pytest.raises(TableError, match=r"no row 'ns4_charg'.*Did you mean 'ns4_charge'"):
        row("limits.ns4_charg")


def test_an_unknown_value_is_refused_with_a_near_name():
    with pytest.raises(TableError, match=r"'limits.ns4_charge' has no value 'limit_uc'.*Did you mean 'limit_uC'"):
        row("limits.ns4_charge")["limit_uc"]


def test_an_unknown_source_is_refused_with_a_near_name():
    with pytest.raises(TableError, match=r"no entry 'mcintyre200'.*Did you mean"):
        source("mcintyre200")
