"""Open loop, feedback and learning side by side: what each way of control made of the same foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rheobase.control import Walked
    from rheobase.io.walking import WalkingScenario
    from rheobase.scenario.walking import Route

PLAIN = {
    "open": "one level throughout",
    "known": "what holds the foot, known beforehand",
    "feedback": "the same with feedback of the ankle",
    "learning": "the same with learning from stride to stride",
    "both": "feedback and learning",
}


def ways_part(scenario: WalkingScenario, routes: list[Route]) -> list[dict[str, Any]]:
    """For each route to the nerve and each way of control, the figures of its last stride and the error of all.

    Parameters
    ----------
    scenario : WalkingScenario
        Gives the width of a phase, for the charge.
    routes : list of Route
        The first walks without stimulation and gives the height that the toes are compared with.
    """
    limp = routes[0].walked
    out = []
    for route in routes[1:]:
        for way, walked in route.ways.items():
            figures = _figures(walked, limp, scenario.pulse.width_us)
            out.append({"route": route.id, "way": way, "plain": PLAIN[way], **figures})
    return out


def _figures(walked: Walked, limp: Walked, width_us: float) -> dict[str, Any]:
    return {
        "error_deg": walked.swing_error_deg.round(2).tolist(),
        "mid_swing_error_deg": round(float(walked.mid_swing_error_deg[-1]), 2),
        "contact_deg": round(float(walked.at_contact_deg[-1]), 2),
        "toes_higher_mm": round(float(walked.clearance_mm[-1] - limp.clearance_mm[-1]), 1),
        "charge_uC": round(float(walked.stimulus_sum[-1]) * width_us / 1000.0, 3),
        "pulses": int(walked.pulses[-1]),
    }
