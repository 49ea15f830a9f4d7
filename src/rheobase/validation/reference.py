"""Reference files from outside: find out which format one has, and run all its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rheobase.errors import RheobaseError, TableError
from rheobase.tables import row
from rheobase.validation._rows import Progress, RowDict, not_built
from rheobase.validation.fibres import compare_fibres
from rheobase.validation.limb_field import compare_limb_file

FORMATS = "fibre_thresholds.json (keys 'meta' and 'fibres') or limb_field.json (keys 'limb' and 'points')"


def compare_reference(path: str | Path, tell: Progress) -> list[RowDict]:
    """Compare with every row of a reference file.

    Raises
    ------
    TableError
        If the file cannot be read, is in neither format, or lacks a key.
    """
    place = Path(path)
    data = _read(place)
    try:
        if "fibres" in data:
            rows = compare_fibres(data, str(place), tell)
        elif "limb" in data:
            rows = _limb(data, place, tell)
        else:
            found = ", ".join(f"'{k}'" for k in list(data)[:6]) or "none"
            raise TableError(
                f"{place}: neither key 'fibres' nor key 'limb' is there (found: {found}). Known: {FORMATS}."
            )
    except RheobaseError as wrong:
        if str(place) in str(wrong):
            raise
        raise TableError(f"{place}: {wrong}") from wrong
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as wrong:
        raise TableError(f"{place}: cannot be used as a reference: {wrong!r}. Follow the built-in files.") from wrong
    return [r | {"source": place.name, "group": "reference"} for r in rows]


def _read(place: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise TableError(f"{place}: cannot be read: {why}. Give the path of a reference file.") from error
    except ValueError as error:
        raise TableError(f"{place}: is not JSON: {error}. Give a file in the format of {FORMATS}.") from error
    if not isinstance(data, dict):
        raise TableError(f"{place}: holds a {type(data).__name__}, not an object. Known: {FORMATS}.")
    return data


def _limb(data: Mapping[str, Any], place: Path, tell: Progress) -> list[RowDict]:
    for layer in data["limb"].get("layers", ()):
        if layer.get("sigma_azimuthal_S_per_m", layer["sigma_radial_S_per_m"]) != layer["sigma_radial_S_per_m"]:
            return [
                not_built(
                    "potential in the limb",
                    row("published.limb_field"),
                    None,
                    note=f"Layer '{layer['name']}' conducts differently across and around: no such solver yet.",
                )
            ]
    return compare_limb_file(place, tell)
