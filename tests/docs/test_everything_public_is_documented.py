"""What a package offers has a numpydoc docstring: parameters, and an example that runs with the suite."""

from __future__ import annotations

import importlib
import inspect
import re
from enum import Enum
from typing import Any

import pytest
from house import PACKAGE

MODULES = sorted(f"rheobase.{p.parent.name}" for p in PACKAGE.glob("*/__init__.py")) + sorted(
    f"rheobase.{p.stem}" for p in PACKAGE.glob("*.py") if p.stem not in ("__init__", "__main__")
)


def _offers() -> list[tuple[str, Any]]:
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        names = getattr(module, "__all__", None) or [
            n for n, v in vars(module).items() if not n.startswith("_") and getattr(v, "__module__", "") == name
        ]
        for n in names:
            thing = getattr(module, n)
            if inspect.isfunction(thing) or inspect.isclass(thing) or hasattr(thing, "__wrapped__"):
                found[f"{name}.{n}"] = thing
    return sorted(found.items())


OFFERS = _offers()
_SECTIONS = ("Parameters", "Other Parameters", "Attributes")


def _needs_example(thing: Any) -> bool:
    if getattr(thing, "__module__", "").startswith("rheobase.kernel"):
        return False  # arrays in, arrays out: each loop is held to its numpy twin instead
    if inspect.isclass(thing):
        # An abstract class cannot be made, an error is shown where it is raised, an enumeration where it is used.
        return not inspect.isabstract(thing) and not issubclass(thing, BaseException | Enum)
    return True


def _parameters(thing: Any) -> list[str]:
    if inspect.isclass(thing):
        if not hasattr(thing, "__dataclass_fields__"):
            return []
        return [f.name for f in thing.__dataclass_fields__.values() if f.init and not f.name.startswith("_")]
    return [p for p in inspect.signature(thing).parameters if p not in ("self", "cls") and not p.startswith("_")]


def _documented(doc: str) -> set[str]:
    """Names under Parameters or Attributes: ``a, b : float`` documents both."""
    parts = re.split(r"^\s*([A-Z][a-z]+(?: [A-Z][a-z]+)?)\n\s*-{3,}\n", doc, flags=re.MULTILINE)
    said = "".join(body for title, body in zip(parts[1::2], parts[2::2], strict=True) if title in _SECTIONS)
    heads = re.findall(r"^\s*([\w*, `]+?)\s*(?::.*)?$", said, re.MULTILINE)
    return {name.strip("*` ") for head in heads for name in head.split(",")}


@pytest.mark.parametrize(("name", "thing"), OFFERS, ids=[n for n, _ in OFFERS])
def test_it_has_a_docstring(name, thing):
    assert thing.__doc__, name
    assert thing.__doc__.strip()


@pytest.mark.parametrize(("name", "thing"), OFFERS, ids=[n for n, _ in OFFERS])
def test_its_parameters_are_documented(name, thing):
    asked = _parameters(thing)
    # One plain parameter may be told in the sentence itself.
    if inspect.isfunction(thing) and len(asked) <= 1:
        return
    known = _documented(inspect.getdoc(thing) or "")
    # A field that ends in an underscore is the inner state of a result.
    assert [p for p in asked if not p.endswith("_") and p not in known] == [], name


@pytest.mark.parametrize(
    ("name", "thing"), [o for o in OFFERS if _needs_example(o[1])], ids=[n for n, t in OFFERS if _needs_example(t)]
)
def test_it_has_an_example(name, thing):
    assert ">>>" in (thing.__doc__ or ""), f"{name} needs an Examples section"


def test_every_module_says_what_it_is_for():
    silent = [m for m in MODULES if len((importlib.import_module(m).__doc__ or "").split()) < 3]
    assert silent == []
