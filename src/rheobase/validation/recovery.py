"""The recovery cycle of MRG fibres beside people's motor fibres and beside what its authors say of it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rheobase.field import point_source_V_per_A
from rheobase.nerve import Injection, recovery_cycle, silence, simulate, stimulus_from_segments, uniform_fibres
from rheobase.tables import row
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, aside, inside, saying

_DT_MS = 0.005
_EARLY_MS = np.arange(0.7, 1.6001, 0.05)
_LATE_MS = np.array([2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 30.0, 40.0, 60.0])
_TOLERANCE = 0.005
_RECALLED = "Theirs is recalled, not read in a source; fibres of 5.7 to 16 um differ, the thin ones swing more."


def _run(tell: Progress) -> list[RowDict]:
    published = row("recovery.motor_refractory")
    early = _cycle(_EARLY_MS, published["temperature_C"])
    first_ms = [float(_EARLY_MS[np.isfinite(r)][0]) for r in early.ratio]
    tell(0.5)
    low, high = published["interval_ms"]
    rows = [inside("shortest interval with a second spike", published, low, high, first_ms, unit="ms")]
    single = row("recovery.motor_first_response")
    band = single["band_sd_count"] * single["sd_ms"]
    rows.append(
        apart(
            "shortest interval, mean over the diameters", single, single["interval_ms"], float(np.mean(first_ms)), band,
            unit="ms", shown=f"±{single['band_sd_count']:g} SD ({single['sd_ms']:g} ms)",
        )
    )  # fmt: skip
    late = _cycle(_LATE_MS, 37.0)
    tell(0.9)
    phases = [late.phases(i) for i in range(len(late.rest_mA))]
    return rows + _later(phases) + [_afterpotentials()]


def _cycle(interval_ms: np.ndarray, temperature_C: float):
    """Recovery cycles of the fibres of the bench."""
    p = row("recovery.bench")
    fibres = uniform_fibres("mrg_discrete", diameter_um=p["fibre_um"], nodes=p["nodes"])
    along = fibres.arc_um / 1000.0
    middle = fibres.node_arc_um[:, p["nodes"] // 2] / 1000.0
    phi = [
        point_source_V_per_A(np.column_stack([0 * x, 0 * x, x]), (p["distance_mm"], 0.0, m), p["medium_S_per_m"])[None]
        for x, m in zip(along, middle, strict=True)
    ]
    pulse = stimulus_from_segments([(p["width_us"] / 1000.0, -1.0)], tail_ms=3.0, dt_ms=_DT_MS)
    return recovery_cycle(
        fibres, phi, pulse, interval_ms=interval_ms, tolerance=_TOLERANCE, temperature_C=temperature_C
    )


def _later(phases: list[dict[str, float]]) -> list[RowDict]:
    """What follows the refractory period."""
    speed, people = row("recovery.motor_speed_recovered"), row("recovery.motor_cycle")

    back = _span(p["relative_ms"] for p in phases)
    deepest, highest = (_span(100.0 * (p[f"{n}_ratio"] - 1.0) for p in phases) for n in ("supernormal", "subnormal"))
    return [
        aside(
            "interval at which the threshold is back at rest",
            speed,
            f"{speed['interval_ms']:g} ± {speed['sd_ms']:g}",
            back,
            unit="ms",
            note="Theirs is the speed of the second spike, ours its threshold.",
        ),
        aside(
            "deepest supernormal threshold", people, people["supernormal_percent"], deepest, unit="%", note=_RECALLED
        ),
        aside(
            "highest late subnormal threshold", people, people["subnormal_percent"], highest, unit="%", note=_RECALLED
        ),
    ]


def _span(found: Iterable[float]) -> str:
    """Lowest to highest."""
    ascending = sorted(found)
    return f"{ascending[0]:.3g} to {ascending[-1]:.3g}"


def _afterpotentials() -> RowDict:
    published = row("recovery.afterpotentials")
    p = row("recovery.bench")
    fibre = uniform_fibres("mrg_discrete", diameter_um=[10.0], nodes=p["nodes"])[0]
    soon, later = published["probe_ms"]
    node = p["nodes"] // 2
    seen = simulate(
        fibre, stimulus=silence(later, dt_ms=_DT_MS), injections=[Injection(node=2, current_nA=3.0)], nodes=[node]
    )
    above = seen.v_mV[0, [round(soon / _DT_MS), -1]] - seen.rest_mV[node]
    said = ", then ".join("depolarising" if mV > 0 else "hyperpolarising" for mV in above)
    note = f"{above[0]:+.2f} mV at {soon:g} ms, {above[1]:+.2f} mV at {later:g} ms."
    return saying("afterpotentials", published, published["order"], said, kind="order", note=note)


COMPARISON = Comparison(name="recovery", about="excitability after a spike, people's motor fibres", run=_run)
