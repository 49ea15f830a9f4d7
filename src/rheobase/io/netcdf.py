"""A result document as an xarray dataset and as NetCDF, with the unit of every variable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rheobase.io._walk_variables import walk_variables

if TYPE_CHECKING:
    import xarray as xr

_Variables = dict[str, tuple[tuple[str, ...], Any, dict[str, str]]]


def result_dataset(result: Mapping[str, Any]) -> xr.Dataset:
    """The curves and maps of a result as one dataset.

    Parameters
    ----------
    result : mapping
        A result document.

    Returns
    -------
    xarray.Dataset
        Variables with ``units`` and ``long_name``; the scenario, version and answer as attributes.

    Examples
    --------
    >>> result_dataset({"intensity": {"amplitude_mA": [0, 1], "relative": [0, 0.5]}})["intensity"].attrs["units"]
    '1'
    """
    import numpy as np
    import xarray as xr

    variables: _Variables = {}
    for part in (_recruitment, _intensity, _events, _strength_duration, _field, _pulse, _torque, walk_variables):
        variables.update(part(result))
    arrays = {
        name: (dims, np.array(values, dtype=float) if not _is_text(values) else np.array(values, dtype=str), attrs)
        for name, (dims, values, attrs) in variables.items()
    }
    coords = {name: value for name, value in arrays.items() if value[0] == (name,)}
    data = {name: value for name, value in arrays.items() if name not in coords}
    scenario = result.get("scenario", {})
    about = {
        "title": scenario.get("summary", ""),
        "scenario": scenario.get("name", ""),
        "source": f"rheobase {result.get('rheobase_version', '')}".strip(),
        "comment": " ".join(str(result[k]) for k in ("answer", "disclaimer") if result.get(k)),
    }
    return xr.Dataset(data, coords=coords, attrs={k: v for k, v in about.items() if v})


def write_netcdf(result: Mapping[str, Any], path: Path) -> None:
    """Write ``result.nc`` (NetCDF 4).

    Parameters
    ----------
    result : mapping
        A result document.
    path : Path
        The file to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     write_netcdf({"intensity": {"amplitude_mA": [0, 1], "relative": [0, 0.5]}}, Path(here) / "result.nc")
    """
    result_dataset(result).to_netcdf(path, engine="h5netcdf")


def _is_text(values: Any) -> bool:
    return bool(values) and isinstance(values[0], str)


def _var(dims: tuple[str, ...], values: Any, units: str, long_name: str) -> tuple[tuple[str, ...], Any, dict[str, str]]:
    return dims, values, {"units": units, "long_name": long_name}


def _recruitment(result: Mapping[str, Any]) -> _Variables:
    r = result.get("recruitment")
    if not r or not r["kinds"]:
        return {}
    out: _Variables = {
        "amplitude": _var(("amplitude",), r["amplitude_mA"], "mA", "amplitude of one phase"),
        "kind": (("kind",), [k["kind"] for k in r["kinds"]], {"long_name": "kind of fibre"}),
    }
    for key, words in (
        ("nominal", "nominal person"),
        ("median", "median person"),
        ("p5", "5 % of people"),
        ("p95", "95 % of people"),
    ):
        if all(k.get(key) for k in r["kinds"]):
            out[f"recruited_{key}"] = _var(
                ("kind", "amplitude"), [k[key] for k in r["kinds"]], "1", f"share of fibres that fire, {words}"
            )
    return out


def _intensity(result: Mapping[str, Any]) -> _Variables:
    i = result.get("intensity")
    if not i:
        return {}
    return {
        "intensity_amplitude": _var(("intensity_amplitude",), i["amplitude_mA"], "mA", "amplitude of one phase"),
        "intensity": _var(("intensity_amplitude",), i["relative"], "1", "perceived intensity, relative"),
    }


def _events(result: Mapping[str, Any]) -> _Variables:
    events = result.get("events")
    if not events:
        return {}
    out: _Variables = {"event": (("event",), [e["id"] for e in events], {"long_name": "what the person notices"})}
    for key in ("nominal", "median", "p5", "p95"):
        values = [e["amplitude_mA"].get(key) for e in events]
        out[f"threshold_{key}"] = _var(("event",), values, "mA", f"amplitude at which the event begins, {key}")
    return out


def _strength_duration(result: Mapping[str, Any]) -> _Variables:
    s = result.get("strength_duration")
    if not s or not s["curves"]:
        return {}
    return {
        "width": _var(("width",), s["width_us"], "us", "width of one phase"),
        "curve": (("curve",), [c["id"] for c in s["curves"]], {"long_name": "strength-duration curve"}),
        "strength": _var(("curve", "width"), [c["threshold_mA"] for c in s["curves"]], "mA", "threshold by width"),
    }


def _field(result: Mapping[str, Any]) -> _Variables:
    f = result.get("field") or {}
    out: _Variables = {}
    if p := f.get("pad_density"):
        out["pad_along"] = _var(("pad_along",), p["along_mm"], "mm", "place under the pad along the limb")
        out["pad_around"] = _var(("pad_around",), p["around_mm"], "mm", "place under the pad around the limb")
        out["pad_density"] = _var(
            _axes(p["relative"], p, "pad_along", "pad_around"),
            p["relative"],
            "1",
            "current density under the pad over its mean",
        )
    for nerve in f.get("nerves", ()):
        name = nerve["name"].replace(" ", "_")
        out[f"along_{name}"] = _var(
            (f"along_{name}",), nerve["along_mm"], "mm", f"place along the {nerve['name']} nerve"
        )
        for key, units, words in (
            ("potential", "mV/mA", "potential"),
            ("second_difference", "mV/mA", "second difference of the potential"),
        ):
            if values := nerve.get(f"{key}_mV_per_mA"):
                out[f"{key}_{name}"] = _var(
                    (f"along_{name}",), values, units, f"{words} along the {nerve['name']} nerve"
                )
    if s := f.get("section"):
        out["section_radius"] = _var(("section_radius",), s["radius_mm"], "mm", "distance from the axis of the limb")
        out["section_along"] = _var(("section_along",), s["along_mm"], "mm", "place along the limb")
        rows = len(s["potential_mV_per_mA"]) == len(s["radius_mm"])
        dims = ("section_radius", "section_along") if rows else ("section_along", "section_radius")
        out["section_potential"] = _var(
            dims, s["potential_mV_per_mA"], "mV/mA", "potential in the plane through the pads"
        )
    return out


def _axes(grid: Any, p: Mapping[str, Any], along: str, around: str) -> tuple[str, str]:
    """Which index of the grid runs along the limb: rows do, unless their count says otherwise."""
    return (along, around) if len(grid) == len(p["along_mm"]) else (around, along)


def _pulse(result: Mapping[str, Any]) -> _Variables:
    p = result.get("pulse")
    if not p or not p.get("time_us"):
        return {}
    return {
        "time": _var(("time",), p["time_us"], "us", "time from the start of the pulse"),
        "waveform": _var(("time",), p["relative"], "1", "current over its peak"),
    }


def _torque(result: Mapping[str, Any]) -> _Variables:
    data = result.get("torque")
    if not data:
        return {}
    out: _Variables = {
        "contraction": _var(("contraction",), data["begin_min"], "min", "beginning of each contraction in the session")
    }
    for key, words in (("nominal", "middle person"), ("p5", "5 % of people"), ("median", "median"), ("p95", "95 %")):
        out[f"peak_torque_{key}"] = _var(("contraction",), data["peak_Nm"][key], "N m", f"peak torque, {words}")
    for which in ("first", "last"):
        at = f"time_in_{which}"
        out[at] = _var((at,), data[which]["time_s"], "s", f"time in the {which} contraction")
        out[f"torque_{which}"] = _var((at,), data[which]["torque_Nm"], "N m", f"torque of the {which} contraction")
    return out
