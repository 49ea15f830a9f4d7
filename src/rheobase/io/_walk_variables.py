"""The variables of a walk in a NetCDF file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Variables = dict[str, tuple[tuple[str, ...], Any, dict[str, str]]]


def walk_variables(result: Mapping[str, Any]) -> Variables:
    """Angles, levels and stimuli over the last stride, and what each stride came to."""
    walk = result.get("walk")
    if not walk:
        return {}
    routes = walk["routes"]

    def var(dims: tuple[str, ...], values: Any, units: str, name: str) -> tuple[tuple[str, ...], Any, dict[str, str]]:
        return dims, values, {"units": units, "long_name": name}

    out: Variables = {
        "phase": var(("phase",), walk["phase_percent"], "percent", "share of the stride, from heel strike"),
        "route": (("route",), [r["id"] for r in routes], {"long_name": "way to the nerve"}),
        "ankle_normal": var(("phase",), walk["normal_deg"], "degree", "dorsiflexion in normal gait"),
        "ankle": var(("route", "phase"), [r["ankle_deg"] for r in routes], "degree", "dorsiflexion, last stride"),
        "toes": var(("route", "phase"), [r["toe_mm"] for r in routes], "mm", "toes higher than without stimulation"),
        "level": var(("route", "phase"), [r["level"] for r in routes], "1", "level of stimulation, last stride"),
        "stimulus": var(("route", "phase"), [r["stimulus_mA"] for r in routes], "mA", "amplitude, last stride"),
    }
    strides = walk.get("strides")
    if strides:
        count = len(strides[0]["error_deg"])
        out["stride"] = var(("stride",), list(range(1, count + 1)), "1", "stride")
        out["stimulated"] = (("stimulated",), [s["id"] for s in strides], {"long_name": "way to the nerve"})
        for key, units, name in (
            ("contact_deg", "degree", "dorsiflexion at heel strike"),
            ("error_deg", "degree", "root mean square error in swing"),
            ("capacity_percent", "percent", "strength left"),
        ):
            out[key.rpartition("_")[0]] = var(("stimulated", "stride"), [s[key] for s in strides], units, name)
    return out
