"""Every public float says its unit in its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import functions, has_unit, place, source_files, tree

# Names that are numbers of the mathematics, with the reason why each needs no unit. Keep it short.
PURE = {
    "peak": "largest value of a waveform that is scaled to 1",
    "rho": "a correlation",
    "level": "intensity envelope, 0 to 1 of the amplitude",
    "depth": "depth of modulation, 0 to 1",
    "cycles": "a number of cycles",
    "session": "pairs of a time in s and a share",
    "x": "any number of any unit, in a helper that only converts it",
    "stimulus": "mA or us, as the recruitment curve it belongs to says",
    "segments": "pairs of a duration in ms and a relative value",
}


def _speaks_of_float(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _speaks_of_float(ast.parse(annotation.value, mode="eval").body)
    names = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
    # A mapping or a function may hold values of many units; a choice of float or str is parsed by units.py.
    return "float" in names and not names & {"Mapping", "MutableMapping", "dict", "Callable", "str", "Any"}


def _class_members(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None, ast.AST]]:
    for child in node.body:
        if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            yield child.target.id, child.annotation, child
        if isinstance(child, ast.FunctionDef) and any(
            isinstance(d, ast.Name) and d.id in ("property", "cached_property") for d in child.decorator_list
        ):
            yield child.name, child.returns, child


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.expr | None, ast.AST]]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for arg in every:
        yield arg.arg, arg.annotation, arg


def _groups(path: Path) -> Iterator[list[tuple[str, ast.expr | None, ast.AST]]]:
    """Names that stand together: the members of a class, or the parameters of a function."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and _is_public(path, node.name):
            yield list(_class_members(node))
    for function in functions(path):
        if _is_public(path, function.name):
            yield list(_arguments(function))


def _is_public(path: Path, name: str) -> bool:
    """What a module whose name begins with an underscore holds is public only if its package offers it."""
    if name.startswith("_"):
        return name == "__init__"
    if not path.stem.startswith("_") or path.stem == "__init__":
        return True
    return f'"{name}"' in path.with_name("__init__.py").read_text(encoding="utf-8")


def _offenders(path: Path) -> list[str]:
    found = []
    for group in _groups(path):
        # A value beside its own `unit` says it there.
        if {"unit", "units"} & {name for name, _, _ in group}:
            continue
        found += [
            f"{place(path, node)} {name}"
            for name, annotation, node in group
            if _speaks_of_float(annotation) and not (has_unit(name) or name in PURE or name.startswith("_"))
        ]
    return found


@pytest.mark.parametrize("path", source_files(), ids=lambda p: p.stem)
def test_every_public_float_names_its_unit(path):
    if "kernel" in path.parts:
        pytest.skip("the kernel's arrays are described in its docstrings: it works in one system of units")
    assert _offenders(path) == []


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("amplitude_mA", True),
        ("sigma_S_per_m", True),
        ("rho_ohm_m2", True),
        ("dose_mA_min", True),
        ("duty", True),
        ("rms_relative", True),
        ("amplitude", False),
        ("mass", False),
        ("conductance_mS", False),
    ],
)
def test_the_walk_knows_a_unit_when_it_sees_one(name, fine):
    assert has_unit(name) is fine


def test_no_name_reads_as_milliseconds_but_means_conductance():
    everywhere = {
        f"{place(path, node)} {name}"
        for path in source_files()
        for group in _groups(path)
        for name, _, node in group
        if name.endswith("_mS")
    }
    assert everywhere == set()
