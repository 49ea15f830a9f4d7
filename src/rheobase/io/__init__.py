"""Files in and out: scenarios, results, the cache. The only place that knows pydantic.

Public names load on first use: reading a scenario should not cost an import of xarray, nor the other way round.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Scenario": "scenario",
    "load_scenario": "scenario",
    "named_place": "scenario",
    "parse_scenario": "scenario",
    "scenario_names": "scenario",
    "scenario_summaries": "scenario",
    "scenario_toml": "scenario",
    "scenario_schema": "schema",
    "cached": "cache",
    "cached_bytes": "cache",
    "known_result": "cache",
    "scenario_key": "cache",
    "cache_shelves": "field_cache",
    "cached_field": "field_cache",
    "clear_cache": "field_cache",
    "field_key": "field_cache",
    "load_image": "labelled",
    "load_labels": "labelled",
    "load_mesh": "labelled",
    "read_mesh": "labelled",
    "scale_to_mm": "labelled",
    "load_potentials": "potentials",
    "check_folder": "files",
    "write_folder": "files",
    "read_result": "results",
    "result_text": "results",
    "write_json": "results",
    "result_dataset": "netcdf",
    "write_netcdf": "netcdf",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"rheobase.io.{_HOME[name]}"), name)
    raise AttributeError(f"module 'rheobase.io' has no attribute '{name}'")


def __dir__() -> list[str]:
    return list(__all__)
