"""What a walk says about itself: the answer, its figures, the pictures' numbers, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase.effect import gait_at, scene_of
from rheobase.scenario import document
from rheobase.tables import row

if TYPE_CHECKING:
    from rheobase.io.walking import WalkingScenario
    from rheobase.safety import CheckedProgramme
    from rheobase.scenario.walking import Route

STANDING = (
    "Not fitted to a person: a leg of average strength without any voluntary dorsiflexion, the gait of the other joints"
    " normal. Milliamperes through the skin depend on the depth of the nerve, which nobody has measured here."
)
SIMPLIFICATIONS = [
    "Hip and knee follow a normal gait, whatever the foot does; the pelvis stays at one height, as on a treadmill; a"
    " foot that touches the ground in swing is not stopped by it.",
    "In stance the ankle follows the normal gait; what the plantar flexors do, and what stimulation does to the stance"
    " of the other leg, is left out. So are reflexes, spasticity, stiff tendons and voluntary drive.",
    "Force and fatigue have the time course of the quadriceps (Ding 2003): no published set for tibialis anterior was"
    " at hand. Tibialis anterior tires more slowly, so the fall of strength is an upper bound.",
    "The hanging foot swings to and fro by a few degrees, as the passive damping of the leg model leaves it; toes clear"
    " the ground by less than people's, so that only differences of height count.",
    "Torque is calibrated to people's (0.72 of the voluntary maximum); the moment arms, inertias and passive tissue are"
    " those of the published leg model.",
    "Surface: motor points of tibialis anterior under the second pad, skin sensation and discomfort are left out.",
    "Cuff: points in an infinite nerve; the insulating sheet (which lowers thresholds), perineurium and scar (which"
    " raise them) are left out. Its charge is judged by the area of the contacts, which is assumed: take that of the"
    " implant in use.",
    "Pads are put on anew each day: the current that they need is set to differ from what the stimulator knows"
    " (control.pads_need_percent). The cuff stays where it is. The angle of the ankle is known without noise or delay.",
    "Which share of the evertors answers is set so that the foot comes up straight; fascicles of single muscles are not"
    " resolved, so both ways to the nerve move the foot alike and differ in current alone.",
]
_LEG = {
    "round": "Surface: the leg is round, with one bone on its axis; the fibula against which the nerve lies is left"
    " out, the nerve runs straight, and its depth is assumed.",
    "anatomical": "Surface: the course and depth of the nerve around the neck of the fibula are assumed; its branches"
    " fire where they still run as one nerve.",
}
_MID_SWING = 0.8


def simplifications(leg: str) -> list[str]:
    """What the walk leaves out, with a round or an anatomical leg."""
    return [*SIMPLIFICATIONS, _LEG[leg]]


def answer(routes: list[Route]) -> str:
    """The question answered in two sentences."""
    none, surface, cuff = (r.walked for r in routes)
    low_mm = float((_last(surface.toe_mm) - _last(none.toe_mm))[_at(surface)])
    return (
        f"Without stimulation the foot hangs and meets the ground at {_deg(none.at_contact_deg[-1])}, toes first."
        f" Stimulated in swing it lifts its toes {low_mm / 10:.1f} cm higher and meets the ground at"
        f" {_deg(surface.at_contact_deg[-1])}: with up to {_mA(surface)} mA through the skin, or"
        f" {_mA(cuff)} mA from a cuff."
    )


def _deg(angle_deg: float) -> str:
    side = "dorsiflexion" if angle_deg >= 0 else "plantar flexion"
    return f"{abs(angle_deg):.0f}° of {side}"


def _mA(walked: Any) -> str:
    return f"{_last(walked.stimulus).max():.2g}"


def _last(values: np.ndarray) -> np.ndarray:
    return values[-1]


def _at(walked: Any) -> int:
    return round(_MID_SWING * walked.ankle_deg.shape[1]) - 1


def key_figures(scenario: WalkingScenario, routes: list[Route]) -> list[dict[str, Any]]:
    """The figures one asks for first."""
    none, surface, cuff = (r.walked for r in routes)
    measured = row("peroneal.implanted_measured")
    width_us = scenario.pulse.width_us
    out: list[dict[str, Any]] = []

    def add(plain: str, value: float, unit: str, note: str = "") -> None:
        out.append({"plain": plain, "value": round(float(value), 3), "unit": unit, "note": note})

    add("ankle at heel strike, without", none.at_contact_deg[-1], "deg", "dorsiflexion positive")
    add("ankle at heel strike, first stimulated stride", surface.at_contact_deg[0], "deg")
    add("ankle at heel strike, last stride", surface.at_contact_deg[-1], "deg",
        "an adaptive stimulator added 5.2 deg to its 32 users' own dorsiflexion (Cionic)")  # fmt: skip
    add("inversion at heel strike, without", none.inversion_deg[-1], "deg")
    add("inversion at heel strike, last stride", surface.inversion_deg[-1], "deg")
    add("error in swing, first to last stride", surface.swing_error_deg[-1], "deg",
        f"root mean square; {surface.swing_error_deg[0]:.1f} deg in the first")  # fmt: skip
    toes = (_last(surface.toe_mm) - _last(none.toe_mm))[_at(surface)]
    add("toes higher at 80 % of the stride", toes, "mm")
    for name, walked in (("skin", surface), ("cuff", cuff)):
        most = _last(walked.stimulus).max()
        add(f"largest amplitude, {name}", most, "mA")
        add(f"charge of a phase, {name}", most * width_us / 1000.0, "uC")
    open_loop = routes[1].ways["open"]
    add("error in swing with one level throughout, skin", open_loop.swing_error_deg[-1], "deg", "open loop")
    for name, route in (("skin", routes[1]), ("cuff", routes[2])):
        total = float(route.walked.stimulus_sum[-1])
        add(f"charge of a stride, {name}", total * width_us / 1000.0, "uC", "both phases count once")
    add("pulses in a stride", surface.pulses[-1], "1")
    add("strength left after the walk", 100.0 * surface.capacity_share[-1], "percent", "quadriceps time course")
    if routes[2].nerve is not None:
        add("first motor unit, cuff", routes[2].nerve.curve.threshold, "mA",
            f"measured on one person with epineural contacts at {measured['width_us']:.0f} us:"
            f" {measured['tibialis_right_mA']:g} and {measured['tibialis_left_mA']:g} mA")  # fmt: skip
    return out


def safety_part(checked: Mapping[str, CheckedProgramme]) -> dict[str, Any]:
    """The verdicts on pads and cuff together; the amplitude is that of the pads."""
    parts = {name: document.safety_part(c) for name, c in checked.items()}
    worst = max(parts.values(), key=lambda p: p["overall"] == "attention")["overall"]
    verdicts = [{**v, "plain": f"{name}: {v['plain']}"} for name, part in parts.items() for v in part["verdicts"]]
    told = " ".join(
        f"{name.capitalize()}, {p['amplitude_mA']:.3g} mA: {p['overall_text']}" for name, p in parts.items()
    )
    return {**parts["pads"], "overall": worst, "overall_text": told, "verdicts": verdicts}


def walk_part(scenario: WalkingScenario, routes: list[Route]) -> dict[str, Any]:
    """The last stride of every route, and all strides in short."""
    ticks = routes[1].walked.ankle_deg.shape[1]
    phase = (np.arange(ticks) + 1.0) / ticks
    on = np.flatnonzero(routes[1].walked.level[-1] > 0)
    # The level outlasts the end of the stride: it begins at the first tick after the pause.
    began = next((int(i) for i in on if i > 0 and routes[1].walked.level[-1][i - 1] == 0), 0)
    return {
        "phase_percent": (100.0 * phase).round(2).tolist(),
        "normal_deg": gait_at(phase).ankle_deg.round(2).tolist(),
        "aim_deg": routes[1].walked.aim_deg.round(2).tolist(),
        "toe_off_percent": row("movement.normal_gait")["toe_off_percent"],
        "begins_percent": round(100.0 * began / ticks, 1),
        "signal": scenario.trigger.signal,
        "routes": [
            {
                "id": r.id, "plain": r.plain,
                "ankle_deg": _last(r.walked.ankle_deg).round(2).tolist(),
                "toe_mm": (_last(r.walked.toe_mm) - _last(routes[0].walked.toe_mm)).round(1).tolist(),
                "level": _last(r.walked.level).round(4).tolist(),
                "first_level": r.walked.level[0].round(4).tolist(),
                "stimulus_mA": _last(r.walked.stimulus).round(3).tolist(),
            }
            for r in routes
        ],
        "strides": [
            {
                "id": r.id, "plain": r.plain, "contact_deg": r.walked.at_contact_deg.round(2).tolist(),
                "error_deg": r.walked.swing_error_deg.round(2).tolist(),
                "capacity_percent": (100.0 * r.walked.capacity_share).round(2).tolist(),
            }
            for r in routes[1:]
        ],
    }  # fmt: skip


def routes_part(routes: list[Route]) -> list[dict[str, Any]]:
    """Recruitment curves, and the amplitudes that the walk needed."""
    out = []
    for route in routes:
        if route.nerve is None:
            continue
        used = _last(route.walked.stimulus)
        curve = route.nerve.curve
        out.append(
            {
                "id": route.id, "plain": route.plain, "amplitude_mA": curve.stimulus.round(4).tolist(),
                "share": curve.share.round(4).tolist(), "used_mA": [float(used[used > 0].min()), float(used.max())],
            }
        )  # fmt: skip
    return out


def animation(routes: list[Route]) -> dict[str, Any]:
    """Bones and muscles over the last stride, for the moving picture."""
    takes = {r.plain: r.walked.movement for r in routes[:2]}
    strides = {plain: route.walked.ankle_deg.shape[0] for plain, route in zip(takes, routes, strict=False)}
    scenes = [
        scene_of(
            {plain: moved}, groups=("dorsiflexors",), from_s=moved.time_s[-1] * (1.0 - 1.0 / strides[plain]),
            title="The last stride",
            caption="Left as it would be without stimulation, right with pads on the skin. Turn it by dragging.",
        )
        for plain, moved in takes.items()
    ]  # fmt: skip
    count = min(len(s["takes"][0]["frames"]) for s in scenes)
    both = [{**s["takes"][0], "frames": s["takes"][0]["frames"][:count]} for s in scenes]
    return {**scenes[0], "takes": both}


def method(scenario: WalkingScenario, routes: list[Route]) -> list[str]:
    """How it was computed, in plain words."""
    surface = routes[1].nerve
    said = "" if surface is None or surface.resistance_ohm is None else f" ({surface.resistance_ohm:.0f} ohm)"
    return [
        f"The potential of two pads{said} is solved in the {scenario.leg.model} leg, that of three contacts on the"
        " nerve in closed form; thresholds of 80 motor axons come from the simulated MRG fibre at body temperature."
        " Their twitches, spread a hundredfold over the units, add up to the recruitment curve.",
        f"At each pulse ({scenario.train.rate_hz:g} Hz while the trigger is on) the muscle takes the strength that the"
        " curve gives, and follows Ding's equations of calcium, force and fatigue. Force acts on the tendons of the"
        " MyoSim leg in MuJoCo, with length and velocity as factors on it, calibrated on torque.",
        f"The trigger listens to the {'tilt of the shank' if scenario.trigger.signal == 'tilt' else 'heel'}; the level"
        " rises and falls by ramps. In swing the level begins at what holds the foot against gravity and its passive"
        " tissue, turned into milliamperes by the recruitment curve that the stimulator knows; feedback of the ankle"
        " (proportional, integral, derivative, without wind-up) corrects it every 20 ms, and after each stride the"
        " error corrects the level of the next (iterative learning).",
    ]
