"""Current-distance curves of MRG fibres beside a point source, against those of another program's thresholds."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np

from rheobase.nerve import fit_current_distance, stimulus_from_segments, thresholds_over_distances, uniform_fibres
from rheobase.tables import row
from rheobase.validation._rows import Comparison, Progress, RowDict, near

_MODEL, _NODES, _DT_MS, _TOLERANCE = "MRG_DISCRETE", 21, 0.005, 0.001
_PULSE = [[0.1, 0.0], [0.1, -1.0]]


def _run(tell: Progress) -> list[RowDict]:
    place = files("rheobase.tables") / "reference" / "fibre_thresholds.json"
    data = json.loads(place.read_text(encoding="utf-8"))
    theirs = _curves(data)
    diameters = sorted(theirs)
    distances = sorted(next(iter(theirs.values())))
    ours = thresholds_over_distances(
        uniform_fibres(_MODEL.lower(), diameter_um=diameters, nodes=_NODES),
        stimulus_from_segments([(d, v) for d, v in _PULSE], tail_ms=3.0, dt_ms=_DT_MS),
        distance_mm=distances,
        sigma_S_per_m=data["meta"]["sigma_S_per_m"],
        tolerance=_TOLERANCE,
        progress=tell,
    )
    published, rows = row("published.fibre_thresholds"), []
    for i, d in enumerate(diameters):
        said, found = fit_current_distance(distances, [theirs[d][r] for r in distances]), ours.fit(i)
        note = (
            f"I0 {found.offset_mA * 1e3:.1f} against {said.offset_mA * 1e3:.1f} uA; the law itself is off by"
            f" {100 * found.residual_relative:.0f} % (root mean square) from {distances[0]:g} to {distances[-1]:g} mm."
        )
        rows.append(
            near(
                f"k of I0 + k r^2, MRG {d:g} um, 0.1 ms cathodic", published, said.k_mA_per_mm2, found.k_mA_per_mm2,
                unit="mA/mm2", note=note,
            )
        )  # fmt: skip
    return rows


def _curves(data: dict[str, Any]) -> dict[float, dict[float, float]]:
    """The file's thresholds over nodes, by diameter and distance."""
    out: dict[float, dict[float, float]] = {}
    for fibre in data["fibres"]:
        if fibre["model"] != _MODEL or fibre["n_nodes"] != _NODES:
            continue
        out[float(fibre["diameter_um"])] = {
            float(one["distance_mm"]): float(one["threshold_mA"])
            for one in fibre["thresholds"]
            if one["segments_ms_value"] == _PULSE and one["offset_internodes"] == 0 and np.isclose(one["dt_ms"], _DT_MS)
        }
    return out


COMPARISON = Comparison(
    name="current_distance", about="threshold over the distance of a point source, another program's", run=_run
)
