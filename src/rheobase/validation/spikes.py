"""A spike under way in single fibres: its velocity and shape against the records in a reference file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rheobase.errors import ParameterError, TableError
from rheobase.nerve import Fibre
from rheobase.nerve.velocity import Conduction, conduction_velocity
from rheobase.tables import row
from rheobase.validation._rows import RowDict, apart, aside, near, not_built


def compare_spikes(said: Mapping[str, Any], fibre: Fibre | None, why_not: str, place: str) -> list[RowDict]:
    """Every record ``cv_interpolated`` of one fibre of a reference file.

    Raises
    ------
    TableError
        If a key of a record is missing or holds something impossible; the message names the place.
    """
    rows = []
    for j, record in enumerate(said.get("cv_interpolated", ())):
        here = f"{place}.cv_interpolated[{j}]"
        try:
            who = f"{said['model']} {float(said['diameter_um']):g} um, dt {float(record['dt_ms']):g} ms"
            rows += _record(who, record, fibre, why_not, float(said.get("temperature_C", 37.0)))
        except KeyError as wrong:
            raise TableError(f"{here}: key {wrong} is missing. Follow the built-in fibre_thresholds.json.") from wrong
        except (TypeError, ValueError) as wrong:
            raise TableError(f"{here}: holds a value that cannot be used: {wrong}. Correct it.") from wrong
    return rows


def _record(who: str, said: Mapping[str, Any], fibre: Fibre | None, why_not: str, warm_C: float) -> list[RowDict]:
    published, push = row("published.fibre_spikes"), said["iclamp"]
    figures = {
        "velocity": (said["cv_m_per_s"], "m/s"),
        "peak": (said["peak_mV"], "mV"),
        "half width": (said["half_width_ms"], "ms"),
        "rest": (said["rest_mV"], "mV"),
    }
    if fibre is None:
        return [not_built(f"{who}, {k}", published, v, unit=u, note=why_not) for k, (v, u) in figures.items()]
    try:
        ours = conduction_velocity(
            fibre, dt_ms=float(said["dt_ms"]), temperature_C=warm_C, current_nA=float(push["amp_nA"]),
            width_ms=float(push["dur_ms"]),
        )  # fmt: skip
    except ParameterError as refusal:
        return [aside(f"{who}, {k}", published, v, None, unit=u, note=str(refusal)) for k, (v, u) in figures.items()]
    note = "" if list(ours.nodes) == list(said["nodes"]) else f"Timed between nodes {ours.nodes}, not {said['nodes']}."
    return _figures(who, figures, ours, note)


def _figures(who: str, said: Mapping[str, tuple[float, str]], ours: Conduction, note: str) -> list[RowDict]:
    published = row("published.fibre_spikes")

    def share(name: str, ours: Any, key: str) -> RowDict:
        value, unit = said[name]
        return near(f"{who}, {name}", published, float(value), ours, unit=unit, tolerance=published[key], note=note)

    def band(name: str, ours: Any, key: str) -> RowDict:
        value, unit = said[name]
        return apart(f"{who}, {name}", published, float(value), ours, published[key], unit=unit, note=note)

    return [
        share("velocity", ours.velocity_m_per_s, "velocity_tolerance"),
        band("peak", ours.peak_mV, "peak_tolerance_mV"),
        share("half width", ours.half_width_ms, "half_width_tolerance"),
        band("rest", ours.rest_mV, "rest_tolerance_mV"),
    ]
