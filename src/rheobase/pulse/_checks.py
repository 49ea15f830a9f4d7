"""The checks that every noun of this folder makes when it is built; one wording for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real

from rheobase.errors import ParameterError, near_name


def number(name: str, value: object, unit: str, remedy: str, *, endless: bool = False) -> float:
    """Refuse what is no finite number (or, where `endless`, no number) and return it as a float."""
    if isinstance(value, Real) and not isinstance(value, bool):
        x = float(value)
        if math.isfinite(x) or (endless and x == math.inf):
            return x
    raise ParameterError(f"{name} is {value!r}; it must be a finite number{_in(unit)}. {remedy}")


def above_zero(name: str, value: object, unit: str, remedy: str, *, endless: bool = False) -> float:
    """Refuse zero and less."""
    x = number(name, value, unit, remedy, endless=endless)
    if not x > 0:
        raise ParameterError(f"{name} is {x:g}{_unit(unit)}; it must be above 0{_unit(unit)}. {remedy}")
    return x


def not_negative(name: str, value: object, unit: str, remedy: str) -> float:
    """Refuse less than zero."""
    x = number(name, value, unit, remedy)
    if not x >= 0:
        raise ParameterError(f"{name} is {x:g}{_unit(unit)}; it must be 0{_unit(unit)} or above. {remedy}")
    return x


def within(name: str, value: object, low: float, high: float, unit: str, remedy: str) -> float:
    """Refuse what lies outside [low, high]."""
    x = number(name, value, unit, remedy)
    if not low <= x <= high:
        raise ParameterError(f"{name} is {x:g}{_unit(unit)}; it must be {low:g} to {high:g}{_unit(unit)}. {remedy}")
    return x


def share(name: str, value: object, remedy: str) -> float:
    """Refuse what lies outside (0, 1]."""
    x = number(name, value, "", remedy)
    if not 0 < x <= 1:
        raise ParameterError(f"{name} is {x:g}; it must be above 0 and at most 1. {remedy}")
    return x


def whole(name: str, value: object, least: int, remedy: str) -> int:
    """Refuse what is no whole number of at least `least`."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ParameterError(f"{name} is {value!r}; it must be a whole number. {remedy}")
    n = int(value)  # type: ignore[call-overload]
    if n < least:
        raise ParameterError(f"{name} is {n}; it must be a whole number of at least {least}. {remedy}")
    return n


def one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a name that is not among those allowed."""
    allowed = tuple(allowed)
    if value not in allowed:
        choice = " or ".join(f"'{a}'" for a in allowed)
        raise ParameterError(f"{name} is {value!r}; it must be {choice}.{near_name(str(value), allowed)}")


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _in(unit: str) -> str:
    return f" in {unit}" if unit else ""
