"""The verb `validate`: its rows, its groups, its progress, and what it refuses."""

import json

import pytest

from rheobase.cli import main
from rheobase.errors import ParameterError
from rheobase.validation import groups, summary, validate
from rheobase.validation._rows import VERDICTS

KEYS = {"group", "name", "source", "published", "ours", "unit", "tolerance", "verdict", "confidence", "where", "note"}


@pytest.mark.parametrize("name", ["limb_field", "pad_field", "tissues"])
def test_rows_hold_what_is_promised(name):
    rows = validate(name)
    assert rows
    for row in rows:
        assert set(row) >= KEYS
        assert row["group"] == name
        assert row["verdict"] in VERDICTS
        for key in ("published", "ours"):
            assert row[key] is None or type(row[key]) in (float, str)
    assert len({row["name"] for row in rows}) == len(rows)
    json.dumps(rows, allow_nan=False)


def test_every_group_has_a_line():
    assert len(groups()) >= 16
    assert all(len(about.split()) >= 3 for about in groups().values())


def test_an_unknown_group_is_refused_with_a_near_name():
    with pytest.raises(ParameterError, match=r"no comparison 'limb_feild'.*Did you mean 'limb_field'"):
        validate("limb_feild")


def test_progress_rises_to_one():
    told = []
    validate("limb_field", progress=lambda what, share: told.append((what, share)))
    assert told[0] == (groups()["limb_field"], 0.0)
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][1] == 1.0


def test_the_command_prints_the_rows_and_their_summary(capsys):
    assert main(["validate", "tissues", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["summary"] == summary(said["rows"])
    assert said["summary"]["not built"] == len(said["rows"])
    assert main(["validate", "pad_field"]) == 0
    assert "8 within" in capsys.readouterr().out
