"""What the house tests share: the source files, their syntax trees, and the units that names may end in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "rheobase"

_UNIT = (
    "us|ms|s|min|h|days|weeks|hz|khz|um|nm|mm|cm|m|uA|mA|A|nA|pA|uV|mV|V|ohm|kohm|Mohm|S|nS|uS|F|uF|nF|pF|pC|nC|uC|mC|C"
    "|uJ|mJ|J|W|mW|deg|rad|rpm|degC|K|kg|g|mg|ug|N|mN|Nm|Pa|kPa|mol|mM|percent|px|um2|mm2|cm2|m2|um3|mm3|cm3|m3|mL|L"
)
# A unit, or a product or quotient of units: ohm_m2, mA_min, S_per_m, mA_per_cm2, uF_per_cm2.
UNIT_SUFFIX = re.compile(rf"(^|_)({_UNIT})(_per_({_UNIT})|_({_UNIT}))*$")

# True ratios and pure numbers: a name that holds one of these words needs no unit.
RATIO_WORDS = frozenset(
    "share shares fraction fractions factor factors gain duty ratio ratios relative tolerance".split()  # noqa: SIM905
) | frozenset("quantile quantiles probability weight weights envelope exponent count score k level levels".split())  # noqa: SIM905


def has_unit(name: str) -> bool:
    """Whether a name ends in a known unit, or says that it is a ratio."""
    return bool(UNIT_SUFFIX.search(name)) or bool(RATIO_WORDS & set(name.split("_")))


@cache
def source_files() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def all_source_text() -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in source_files())
