"""Turn what pydantic found into messages a person can act on: file, line, key, value, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from rheobase.errors import near_name
from rheobase.io._models import ScenarioFile
from rheobase.units import unit_of

_LIMITS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}


def complaint(error: Mapping[str, Any], root: type[BaseModel] = ScenarioFile) -> str:
    """Say in one sentence or two what is wrong with one key.

    Parameters
    ----------
    error : mapping
        One entry of ``pydantic.ValidationError.errors()``.
    root : type
        Model of the whole file.

    Returns
    -------
    str
        The message without the place, which the caller knows.
    """
    kind, path = error["type"], tuple(error["loc"])
    key, value, context = ".".join(map(str, path)), error["input"], error.get("ctx", {})
    if kind == "unit":
        why = context["why"]
        return key + why[len(str(path[-1])) :] if why.startswith(str(path[-1])) else f"{key}: {why}"
    if kind == "extra_forbidden":
        noun = "table" if len(path) == 1 else "key"
        return f"unknown {noun} '{key}'.{near_name(str(path[-1]), _keys_of(root, path[:-1]))}"
    if kind == "missing":
        noun = "table" if len(path) == 1 else "key"
        return f"the {noun} '{key}' is missing. {_wanted(root, path)}"
    if kind in _LIMITS:
        name, word = _LIMITS[kind]
        limit = f"{word} {_with_unit(context[name], path)}"
        return f"{key} is {_with_unit(value, path)}; it must be {limit}. {_wanted(root, path)}"
    if kind == "literal_error":
        allowed = [a.strip("' ") for a in context["expected"].replace(" or ", ",").split(",")]
        return (
            f"{key} is '{value}'; it must be {' or '.join(repr(a) for a in allowed)}.{_near_only(str(value), allowed)}"
        )
    if kind == "finite_number":
        return f"{key} is {value}; it must be a finite number. {_wanted(root, path)}"
    if kind == "string_pattern_mismatch":
        return f"{key} is '{value}'; use letters, digits, '-', '_' and '.' only, for it becomes the name of a folder."
    return f"{key} is {value!r}: {_needs(kind, path)} {_wanted(root, path)}"


def complaints(error: ValidationError, root: type[BaseModel] = ScenarioFile) -> list[tuple[tuple[str | int, ...], str]]:
    """All complaints as pairs of key path and message.

    Examples
    --------
    >>> try:
    ...     _ = ScenarioFile.model_validate({"scenario": {"name": "a b"}})
    ... except ValidationError as e:
    ...     print(complaints(e)[0][0])
    ('scenario', 'name')
    """
    # A misspelt table shows as unknown and as missing: the first says more.
    found = sorted(error.errors(include_url=False), key=lambda e: e["type"] == "missing")
    return [(tuple(e["loc"]), complaint(e, root)) for e in found]


def _needs(kind: str, path: Sequence[object]) -> str:
    unit = unit_of(str(path[-1]))
    if kind in ("float_type", "float_parsing"):
        return f"it must be a number, in {unit}." if unit else "it must be a number."
    words = {
        "int_type": "it must be a whole number.",
        "string_type": "it must be text in quotes.",
        "bool_type": "it must be true or false.",
        "model_type": "it must be a table of keys.",
    }
    return words.get(kind, "this cannot be used.")


def _near_only(given: str, allowed: Sequence[str]) -> str:
    hint = near_name(given, allowed)
    return hint if "Did you mean" in hint else ""


def _with_unit(value: Any, path: Sequence[object]) -> str:
    unit = unit_of(str(path[-1]))
    number = f"{value:g}" if isinstance(value, float) else f"{value}"
    return f"{number} {unit}" if unit else number


def _model(root: type[BaseModel], path: Sequence[object]) -> type[BaseModel] | None:
    model = root
    for part in path:
        info = model.model_fields.get(str(part))
        inner = (
            [t for t in (info.annotation, *getattr(info.annotation, "__args__", ())) if isinstance(t, type)]
            if info
            else []
        )
        models = [t for t in inner if issubclass(t, BaseModel)]
        if not models:
            return None
        model = models[0]
    return model


def _keys_of(root: type[BaseModel], path: Sequence[object]) -> list[str]:
    model = _model(root, path)
    return list(model.model_fields) if model else []


def _wanted(root: type[BaseModel], path: Sequence[object]) -> str:
    model = _model(root, path[:-1])
    info = model.model_fields.get(str(path[-1])) if model else None
    about = (info.description or "") if info else ""
    if not about:
        inner = _model(root, path)
        return f"It needs: {', '.join(n for n, i in inner.model_fields.items() if i.is_required())}." if inner else ""
    return f"({about}.)"
