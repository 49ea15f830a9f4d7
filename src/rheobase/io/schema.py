"""The JSON Schema of a scenario file, for editors and for other programs."""

from __future__ import annotations

import json
from typing import Any


def scenario_schema(modality: str = "tens") -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file, made from the models that read it.

    A checked-in copy stands beside the built-in scenarios, as ``scenario.schema.json`` for TENS and as
    ``scenario-MODALITY.schema.json`` for others.

    Parameters
    ----------
    modality : str
        The kind of stimulation.

    Examples
    --------
    >>> scenario_schema()["properties"]["pads"]["$ref"]
    '#/$defs/Pads'
    """
    from rheobase.io._kinds import file_kind
    from rheobase.io._models import _Part
    from rheobase.units import unit_of

    schema = file_kind({"scenario": {"modality": modality}}).model.model_json_schema()
    for definition in schema["$defs"].values():
        if definition.get("description") == _Part.__doc__:
            del definition["description"]
        for name, prop in definition.get("properties", {}).items():
            prop.pop("title", None)
            if unit := unit_of(name):
                prop.update(_number_or_text(prop, unit))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Rheobase scenario"}


def schema_text(modality: str = "tens") -> str:
    r"""The schema as the text that is checked in.

    Parameters
    ----------
    modality : str
        The kind of stimulation.

    Examples
    --------
    >>> schema_text().endswith("}\n")
    True
    """
    return json.dumps(scenario_schema(modality), indent=2, sort_keys=True) + "\n"


def _number_or_text(prop: dict[str, Any], unit: str) -> dict[str, Any]:
    """A number in the unit of its name, or text that carries a unit."""
    limits = ("type", "exclusiveMinimum", "minimum", "exclusiveMaximum", "maximum")
    inner = prop.pop("anyOf", None) or [{k: prop.pop(k) for k in limits if k in prop}]
    text = {"type": "string", "description": f"a number with its unit, such as '20 {unit}'"}
    return {"anyOf": [p for p in inner if p.get("type") != "null"] + [text]}
