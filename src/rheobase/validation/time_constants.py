"""Strength-duration time constants: beside a point source, at the wrist, and people's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase.field import point_source_V_per_A
from rheobase.nerve import thresholds_over_widths, uniform_fibre
from rheobase.nerve.strength_duration import fit_strength_duration
from rheobase.tables import row
from rheobase.validation._bench import DT_MS, NODES_NEEDED, monophasic, straight, uniform_mA, wrist, wrist_pads
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, near, not_built

_DIAMETER_UM = 10.0
_TOLERANCE = 0.001
_TAIL_MS = 1.2


def wrist_taus_us(depths_mm: Sequence[float], tell: Progress) -> list[float]:
    """Weiss time constant of a straight fibre at each depth under the small pads of the wrist."""
    limb, pads, p = wrist(), wrist_pads(), row("published.wrist")
    widths = row("published.tau_wrist")["widths_us"]
    probes = [straight(limb, d, _DIAMETER_UM, p["reach_mm"]) for d in depths_mm]
    found = []
    for done, width in enumerate(widths):
        found.append(uniform_mA(limb, probes, monophasic(width), montage=pads, tolerance=_TOLERANCE))
        tell((done + 1) / len(widths))
    return [fit_strength_duration(widths, series, biphasic=False).chronaxie_us for series in np.array(found).T]


def point_taus_us(tell: Progress) -> list[float]:
    """The same beside a point source."""
    p, widths = row("published.tau_point"), row("published.tau_wrist")["widths_us"]
    fibre = uniform_fibre("mrg_discrete", diameter_um=_DIAMETER_UM, nodes=p["nodes"], passive_ends=False)
    along = fibre.arc_um / 1000.0
    points = np.column_stack([0 * along, 0 * along, along])
    middle = fibre.node_arc_um[fibre.nodes // 2] / 1000.0
    phi = [point_source_V_per_A(points, (d, 0.0, middle), p["medium_S_per_m"])[None] for d in p["distance_mm"]]
    series = thresholds_over_widths(
        [fibre] * len(phi),
        phi,
        widths_us=widths,
        need=NODES_NEEDED,
        tolerance=_TOLERANCE,
        dt_ms=DT_MS,
        tail_ms=_TAIL_MS,
        progress=tell,
    )
    return [series.fit(i).chronaxie_us for i in range(len(phi))]


def _run(tell: Progress) -> list[RowDict]:
    at_wrist, at_point, people = row("published.tau_wrist"), row("published.tau_point"), row("published.tau_people")
    depths = [*at_wrist["depth_mm"], people["nerve_depth_mm"]]
    *taus, nerve = wrist_taus_us(depths, lambda share: tell(0.6 * share))
    rows = [
        near(f"time constant at the wrist, {d:g} mm deep", at_wrist, want, ours, unit="us")
        for d, want, ours in zip(at_wrist["depth_mm"], at_wrist["tau_us"], taus, strict=True)
    ]
    points = point_taus_us(lambda share: tell(0.6 + 0.4 * share))
    for d, want, ours in zip(at_point["distance_mm"], at_point["tau_us"], points, strict=True):
        rows.append(near(f"time constant, point source at {d:g} mm", at_point, want, ours, unit="us"))
    return rows + _people(nerve)


def _people(nerve_us: float) -> list[RowDict]:
    p, rows = row("published.tau_people"), []
    for kind, who in (("sensory", "touch fibres"), ("motor", "motor fibres")):
        mean, sd = p[f"{kind}_us"], p[f"{kind}_sd_us"]
        away = (nerve_us - mean) / sd
        rows.append(
            apart(
                f"time constant of people, median nerve, {who}",
                p,
                mean,
                nerve_us,
                p["band_sd_count"] * sd,
                unit="us",
                shown=f"±{p['band_sd_count']:g} SD ({sd:g} us)",
                note=f"Ours lies {away:+.1f} SD from the mean.",
            )
        )
    rows.append(
        not_built(
            "time constant of people, touch over motor fibres",
            p,
            round(p["sensory_us"] / p["motor_us"], 2),
            note="One membrane serves both kinds; telling them apart needs sensory and motor membranes of their own.",
        )
    )
    return rows


COMPARISON = Comparison(
    name="time_constants", about="strength-duration time constants, another program's and people's", run=_run
)
