"""Rheobase: electrical stimulation followed all the way, from the pulse to what the person feels.

For research, engineering and teaching. Not a medical device.

Public names load on first use, so that ``import rheobase`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME: dict[str, str] = {
    name: home
    for home, names in {
        "anatomy": "Abdomen Forearm Knee LowBack LowerLeg Neck Person Shoulder Thigh Throat UpperArm sample_parts"
        " sample_people",
        "electrode": "Interface Output Pad",
        "montage": "Montage pad_pair pads_at usual_montage",
        "pulse": "Programme Pulse Train biphasic exponential from_csv from_samples monophasic sine_carrier tone_burst"
        " train twin_peak",
        "field": "Field point_source_V_per_A solve_field",
        "nerve": "activation_thresholds bundle compound_action_potential conduction_velocity fibre_model recruit"
        " simulate stimulus_of tapered_fibre uniform_fibre",
        "effect": "assess_sensation",
        "safety": "assess check",
        "io": "load_scenario",
        "report": "write_report",
        "scenario": "run",
        "tables": "cite",
        "validation": "validate",
    }.items()
    for name in names.split()
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"rheobase.{_HOME[name]}"), name)
    raise AttributeError(f"module 'rheobase' has no attribute '{name}'")


def __dir__() -> list[str]:
    return list(__all__)
