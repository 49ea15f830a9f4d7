"""Single fibres beside a point source, against the thresholds in a reference file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from rheobase.errors import ParameterError, TableError
from rheobase.field import point_source_V_per_A
from rheobase.nerve import Fibre, Status, activation_thresholds, fibre_model, stimulus_from_segments, uniform_fibre
from rheobase.registry import members
from rheobase.tables import row
from rheobase.validation._rows import Comparison, Progress, RowDict, aside, near, not_built
from rheobase.validation.spikes import compare_spikes

_NAMES = {
    "MRG_INTERPOLATION": "mrg_interpolated",
    "SMALL_MRG_INTERPOLATION": "pena",
    "RATTAY": "rattay_aberham",
    "CRRSS": "sweeney",
}
_BUILT_IN = ("fibre_thresholds.json", "c_fibre_thresholds.json")
_TOLERANCE = 0.002
_UPPER_MA = 1e5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Case:
    name: str
    published_mA: float | None
    fibre: Fibre | None
    potential: np.ndarray | None
    watch: int
    group: tuple
    why_not: str = ""
    unknown_model: bool = False


def compare_fibres(data: Mapping[str, Any], place: str, tell: Progress) -> list[RowDict]:
    """Every threshold and every spike of a document in the format of ``fibre_thresholds.json``.

    Raises
    ------
    TableError
        If a key is missing or holds something impossible; the message names the place.
    """
    cases = [
        case
        for i, fibre in enumerate(_get(data, "fibres", place))
        for case in _cases(data, fibre, f"{place}: fibres[{i}]")
    ]
    found = _simulate([c for c in cases if c.fibre is not None], tell)
    published = row("published.fibre_thresholds")
    rows = []
    for case in cases:
        if case.fibre is None:
            listed = not_built if case.unknown_model else aside
            extra = {} if case.unknown_model else {"ours": None}
            rows.append(listed(case.name, published, said=case.published_mA, unit="mA", note=case.why_not, **extra))
            continue
        ours, note = found[id(case)]
        if case.published_mA is None:
            rows.append(aside(case.name, published, None, ours, unit="mA", note="The file gives no threshold."))
        else:
            rows.append(near(case.name, published, case.published_mA, ours, unit="mA", note=note))
    for i, said in enumerate(data["fibres"]):
        here = f"{place}: fibres[{i}]"
        fibre, why, _ = _fibre(said, here)
        rows += compare_spikes(said, fibre, why, here)
    return rows


def _get(data: Mapping[str, Any], key: str, place: str) -> Any:
    if not isinstance(data, Mapping) or key not in data:
        raise TableError(f"{place}: key '{key}' is missing. Follow the built-in fibre_thresholds.json.")
    return data[key]


def _fibre(said: Mapping[str, Any], place: str) -> tuple[Fibre | None, str, bool]:
    """The fibre of an entry, or why there is none, and whether its model is known at all."""
    model = str(_get(said, "model", place))
    diameter_um, nodes = float(_get(said, "diameter_um", place)), int(_get(said, "n_nodes", place))
    ours = _NAMES.get(model, model.lower())
    if ours not in members("fibres"):
        return None, f"Model {model} is not built yet.", False
    try:
        spacing = said.get("delta_z_um") if fibre_model(ours).cable == "continuous" else None
        return uniform_fibre(ours, diameter_um=diameter_um, nodes=nodes, spacing_um=spacing), "", True
    except ParameterError as refusal:
        return None, str(refusal), True


def _cases(data: Mapping[str, Any], said: Mapping[str, Any], place: str) -> list[_Case]:
    meta = data.get("meta", {})
    fibre, why, known = _fibre(said, place)
    who = f"{said['model']} {float(said['diameter_um']):g} um"
    sigma = _get(meta, "sigma_S_per_m", f"{place.split(':')[0]}: meta")
    warm_C = float(said.get("temperature_C", meta.get("temperature_C", 37.0)))
    out = []
    for j, one in enumerate(_get(said, "thresholds", place)):
        here = f"{place}.thresholds[{j}]"
        try:
            out.append(_case(one, said, fibre, who, sigma, warm_C, why, here))
        except (TypeError, ValueError, IndexError) as wrong:
            raise TableError(f"{here}: holds a value that cannot be used: {wrong}. Correct it.") from wrong
    return [c if known else _as_unknown(c) for c in out]


def _as_unknown(case: _Case) -> _Case:
    return _Case(
        name=case.name,
        published_mA=case.published_mA,
        fibre=None,
        potential=None,
        watch=case.watch,
        group=case.group,
        why_not=case.why_not,
        unknown_model=True,
    )


def _case(
    one: Mapping[str, Any],
    said: Mapping[str, Any],
    fibre: Fibre | None,
    who: str,
    sigma: Any,
    warm_C: float,
    why: str,
    place: str,
) -> _Case:
    distance_mm, dt_ms = float(_get(one, "distance_mm", place)), float(_get(one, "dt_ms", place))
    segments = tuple((float(t), float(v)) for t, v in _get(one, "segments_ms_value", place))
    offset = float(one.get("offset_internodes", 0.0))
    nodes = int(said["n_nodes"])
    if not (dt_ms > 0 and distance_mm >= 0 and segments):
        raise ValueError(f"dt_ms {dt_ms:g} ms and distance_mm {distance_mm:g} mm, with {len(segments)} segments")
    threshold = _get(one, "threshold_mA", place)
    tail_ms = float(one.get("tail_ms", said.get("tail_ms", 3.0)))
    shift = f", {offset:g} internode off" if offset else ""
    pulse = one.get("waveform") or " ".join(f"{t:g}:{v:g}" for t, v in segments)
    name = f"{who}, {distance_mm:g} mm{shift}, {pulse}, dt {dt_ms:g} ms"
    phi = None
    if fibre is not None:
        middle = int(said.get("mid_node", nodes // 2))
        delta_um = float(said.get("delta_z_um", fibre.kinds.length_um[0]))
        source_um = fibre.node_arc_um[middle] + offset * delta_um
        along = fibre.arc_um / 1000.0
        points = np.column_stack([0 * along, 0 * along, along])
        conductivity = tuple(sigma) if isinstance(sigma, list) else float(sigma)
        phi = point_source_V_per_A(points, (distance_mm, 0.0, source_um / 1000.0), conductivity)[None]
    return _Case(
        name=name,
        published_mA=None if threshold is None else float(threshold),
        fibre=fibre,
        potential=phi,
        watch=int(said.get("detect_node", int(0.9 * (nodes - 1)))),
        group=(segments, tail_ms, dt_ms, warm_C),
        why_not=why,
    )


def _simulate(cases: list[_Case], tell: Progress) -> dict[int, tuple[float, str]]:
    """Thresholds by case; those with the same pulse, step and temperature run together."""
    out: dict[int, tuple[float, str]] = {}
    groups = dict.fromkeys(c.group for c in cases)
    for done, group in enumerate(groups):
        segments, tail_ms, dt_ms, warm_C = group
        mine = [c for c in cases if c.group == group]
        found = activation_thresholds(
            [c.fibre for c in mine if c.fibre is not None],
            [c.potential for c in mine if c.potential is not None],
            stimulus_from_segments(segments, tail_ms=tail_ms, dt_ms=dt_ms),
            watch=[c.watch for c in mine],
            tolerance=_TOLERANCE,
            upper_mA=_UPPER_MA,
            temperature_C=warm_C,
        )
        for case, ours, status in zip(mine, found.threshold_mA, found.status, strict=True):
            # A spike that starts at the end of a short fibre is part of the reference's set-up.
            note = "" if status in (Status.FOUND, Status.END_EXCITATION) else Status(status).remedy
            out[id(case)] = float(ours), note
        tell((done + 1) / len(groups))
    return out


def _built_in(tell: Progress) -> list[RowDict]:
    rows = []
    for i, name in enumerate(_BUILT_IN):
        data = json.loads((files("rheobase.tables") / "reference" / name).read_text(encoding="utf-8"))
        rows += compare_fibres(data, name, lambda share, i=i: tell((i + share) / len(_BUILT_IN)))
    return rows


COMPARISON = Comparison(
    name="fibres",
    about="thresholds and spikes of single fibres, another program's at the same step",
    run=_built_in,
)
