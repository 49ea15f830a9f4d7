"""The error tree: its drawing is true, and each class that is raised has a test that reads its message."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rheobase import errors
from rheobase.errors import RheobaseError, near_name

ROOT = Path(__file__).resolve().parents[2]
CLASSES = {n: c for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, RheobaseError)}


def _trees(folder):
    return [ast.parse(p.read_text(encoding="utf-8")) for p in sorted((ROOT / folder).rglob("*.py"))]


def _raised():
    found = set()
    for tree in _trees("src/rheobase"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and node.exc is not None:
                target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                found.add(getattr(target, "id", getattr(target, "attr", "")))
    return found & set(CLASSES)


def _read_in_tests():
    """Classes that stand in ``pytest.raises(..., match=...)``."""
    found = set()
    for tree in _trees("tests"):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("raises") and node.args):
                continue
            if any(k.arg == "match" for k in node.keywords):
                found |= {
                    n.attr if isinstance(n, ast.Attribute) else n.id
                    for n in ast.walk(node.args[0])
                    if isinstance(n, ast.Name | ast.Attribute)
                }
    return found


def test_each_class_that_is_raised_has_a_test_on_its_message():
    assert _raised() - _read_in_tests() == set()


def test_the_tree_in_the_docstring_names_every_class():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or "")) | {"RheobaseError"}
    assert drawn == set(CLASSES)


def test_every_class_says_when_it_is_raised():
    assert [n for n, c in CLASSES.items() if not c.__doc__] == []


def test_no_message_is_raised_by_assert():
    # An assert vanishes under python -O; what a user can cause is raised as an error.
    found = [n for tree in _trees("src/rheobase") for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    assert found == []


@pytest.mark.parametrize(
    ("given", "said"),
    [("medain", " Did you mean 'median'?"), ("zzz", " Known: median, ulnar.")],
)
def test_near_name(given, said):
    assert near_name(given, ["ulnar", "median"]) == said
