"""Run a scenario of walking: the nerve through the skin and from a cuff, the muscles, the foot, the control."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import rheobase
from rheobase.anatomy import LowerLeg
from rheobase.control import Channel, Pid, Walk, Walked, heel_trigger, recruited, tilt_trigger, walk
from rheobase.effect import (
    NerveRecruitment,
    RecruitmentCurve,
    RoundLeg,
    cuff_recruitment,
    ding2003,
    make_limb,
    peroneal_pads,
    surface_recruitment,
)
from rheobase.electrode import Output, Pad
from rheobase.errors import ParameterError
from rheobase.io.walking import WalkingScenario
from rheobase.montage import Montage
from rheobase.pulse import Programme, Pulse, biphasic, train
from rheobase.registry import get
from rheobase.safety import CheckedProgramme, check
from rheobase.scenario import document, told, walking_told, ways_told
from rheobase.tables import row

Progress = Callable[[str, float], None]
WAYS = ("open", "known", "feedback", "learning", "both")
_SHORT_STRIDES = 8
_GAINS = ("proportional_per_deg", "integral_per_deg_s", "derivative_s_per_deg")
_ROWS = (
    "movement.normal_gait", "movement.swing_leg", "control.tilt_trigger", "control.heel_trigger", "control.walking",
    "peroneal.cuff", "peroneal.pads", "peroneal.evertors", "peroneal.implanted_measured", "muscle.ding2003",
    "muscle.ding2003_fatigue", "control.walking_feedback", "control.swing_watch", "peroneal.cuff_output",
    "movement.mid_swing",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to the nerve, and the walk it made.

    Parameters
    ----------
    id, plain : str
        ``"none"``, ``"surface"`` or ``"cuff"``, and in words.
    walked : Walked
        The walk.
    nerve : NerveRecruitment or None
        How the nerve is recruited; None without stimulation.
    ways : mapping of str to Walked
        Short walks with other control, by ``"open"``, ``"known"``, ``"feedback"``, ``"learning"`` and ``"both"``.
    """

    id: str
    plain: str
    walked: Walked
    nerve: NerveRecruitment | None
    ways: Mapping[str, Walked] = field(default_factory=dict)


def run_walking(scenario: WalkingScenario, progress: Progress | None = None) -> dict[str, Any]:
    """Walk without stimulation, with pads on the skin, and with a cuff; see `rheobase.scenario.run`.

    Parameters
    ----------
    scenario : WalkingScenario
        The scenario.
    progress : callable, optional
        Is told what is being done and the share done.

    Raises
    ------
    ParameterError
        If leg, pulse or output are impossible together.
    LimitExceeded
        If the output passes a safety limit or the compliance of the output stage.
    MissingExtra
        If MuJoCo or the models are not installed.
    """
    say = progress or (lambda what, share: None)
    limb = make_limb("swing_leg")
    pulse = biphasic(width_us=scenario.pulse.width_us)
    own = {"fat_mm": scenario.leg.fat_mm, "nerve_depth_mm": scenario.leg.nerve_depth_mm}
    leg = RoundLeg(**own) if scenario.leg.model == "round" else LowerLeg()
    say("the nerve under the pads", 0.0)
    stage = Output(control="current", compliance_V=scenario.output.compliance_V)
    surface, pad_field = surface_recruitment(pulse, leg=leg, seed=scenario.seed, output=stage)
    say("the nerve in the cuff", 0.35)
    cuff = cuff_recruitment(pulse, seed=scenario.seed)
    out = scenario.output
    limp = walk(limb, None, _plan(scenario, "none"))
    routes = [Route(id="none", plain="without stimulation", walked=limp, nerve=None)]
    for name, plain, nerve, most_mA, needs_percent in (
        ("surface", "pads on the skin", surface, out.most_mA, scenario.control.pads_need_percent),
        ("cuff", "cuff on the nerve", cuff, out.cuff_most_mA, 0.0),
    ):
        begin = 0.4 + 0.3 * (name == "cuff")
        known = _capped(nerve.curve, most_mA, plain)
        ways = {way: walk(limb, _channel(scenario, known, needs_percent), _plan(scenario, way)) for way in WAYS[:-1]}
        say(f"walking: {plain}", begin + 0.15)
        walked = walk(
            limb, _channel(scenario, known, needs_percent), _plan(scenario, "walk"),
            progress=lambda s, b=begin, p=plain: say(f"walking: {p}", b + 0.15 + 0.13 * s),
        )  # fmt: skip
        ways[WAYS[-1]] = walked
        routes.append(Route(id=name, plain=plain, walked=walked, nerve=nerve, ways=ways))
    say("the document", 0.98)
    pad_field.check_compliance(_most_mA(routes[1]))
    pads, pads_ohm = peroneal_pads(leg, stage), pad_field.resistance_ohm
    checked = {
        "pads": _checked(scenario, pads, pulse, _most_mA(routes[1]), pads_ohm, "fes"),
        "cuff": _checked(
            scenario, cuff_contacts(out.cuff_contact_mm2, out.cuff_compliance_V), pulse, _most_mA(routes[2]),
            row("peroneal.cuff_output")["load_ohm"], "fes_implanted",
        ),
    }  # fmt: skip
    return _document(scenario, routes, checked)


def cuff_contacts(area_mm2: float, compliance_V: float) -> Montage:
    """The contacts of the cuff as a montage, for the limits on charge: one cathode and its two neighbours.

    Parameters
    ----------
    area_mm2 : float
        Area of each contact, above 0.
    compliance_V : float
        Largest voltage of the implant.
    """
    side_mm, apart_mm = math.sqrt(area_mm2), row("peroneal.cuff")["contact_spacing_mm"]
    return Montage(
        pads=tuple(
            Pad(name=n, width_mm=side_mm, length_mm=side_mm, along_mm=place * apart_mm, share=share)
            for n, place, share in (("middle", 0, 1.0), ("upper", 1, -0.5), ("lower", -1, -0.5))
        ),
        output=Output(control="current", compliance_V=compliance_V),
    )


def _most_mA(route: Route) -> float:
    """The strongest pulse of any of its walks."""
    return max(float(w.stimulus.max()) for w in (route.walked, *route.ways.values()))


def _channel(scenario: WalkingScenario, known: RecruitmentCurve, needs_percent: float) -> Channel:
    """The muscles answer to more or less current than the stimulator knows of, as after pads were put on anew."""
    stimulus = known.stimulus * (1.0 + needs_percent / 100.0)
    shares = {"dorsiflexors": known.share, "evertors": scenario.leg.evertor_share * known.share}
    muscles = {
        name: recruited(ding2003(), RecruitmentCurve(stimulus=stimulus, share=share, unit=known.unit))
        for name, share in shares.items()
    }
    return Channel(muscles, rate_hz=scenario.train.rate_hz, width_us=scenario.pulse.width_us, known=known)


def _capped(curve: RecruitmentCurve, most_mA: float, plain: str) -> RecruitmentCurve:
    """The curve as far as the stimulator can go."""
    if most_mA <= curve.threshold:
        raise ParameterError(
            f"The {plain} can give at most {most_mA:g} mA, and the first motor unit fires above"
            f" {curve.threshold:.3g} mA. Raise output.most_mA or cuff_most_mA, or widen the pulse."
        )
    if most_mA >= curve.stimulus[-1]:
        return curve
    below = curve.stimulus < most_mA
    return RecruitmentCurve(
        stimulus=np.append(curve.stimulus[below], most_mA),
        share=np.append(curve.share[below], curve.share_at(most_mA)),
        unit=curve.unit,
    )


def _plan(scenario: WalkingScenario, way: str) -> Walk:
    """The walk by one way of control; ``"none"`` is without stimulation, ``"walk"`` the scenario's own."""
    c, tilt = scenario.control, scenario.trigger.signal == "tilt"
    felt, learns = way in ("feedback", "walk"), way in ("learning", "walk")
    gains = (c.proportional_per_deg, c.integral_per_deg_s, c.derivative_s_per_deg)
    law = Pid(**dict(zip(_GAINS, gains, strict=True))) if felt and any(gains) else None
    strides = {"none": 2, "walk": scenario.gait.strides}.get(way, min(scenario.gait.strides, _SHORT_STRIDES))
    return Walk(
        stride_s=round(scenario.gait.stride_s / 0.02) * 0.02, strides=strides,
        trigger=tilt_trigger() if tilt else heel_trigger(), signal=scenario.trigger.signal,
        level={"none": 0.0, "open": c.start_level}.get(way, c.pre_swing_level), holding=way not in ("none", "open"),
        rise_s=scenario.trigger.rise_s, fall_s=scenario.trigger.fall_s, aim_above_normal_deg=c.aim_above_normal_deg,
        learning_per_deg=c.learning_per_deg if learns else 0.0, feedback=law,
    )  # fmt: skip


def _checked(
    scenario: WalkingScenario, pads: Montage, pulse: Pulse, amplitude_mA: float, load_ohm: float, modality: str
) -> CheckedProgramme:
    """The output limits at the strongest pulse that was given, as if every stride needed it."""
    programme = Programme(
        train=train(pulse, rate_hz=scenario.train.rate_hz), amplitude_mA=amplitude_mA,
        duration_s=60.0 * scenario.output.session_min, ramp_up_s=scenario.trigger.rise_s,
        ramp_down_s=scenario.trigger.fall_s,
    )  # fmt: skip
    return check(programme, montage=pads, modality=modality, load_ohm=load_ohm)


def _document(
    scenario: WalkingScenario, routes: list[Route], checked: Mapping[str, CheckedProgramme]
) -> dict[str, Any]:
    settings = get("modalities", "fes")().settings
    rows = [*_ROWS, *settings.rows, *[v.row for c in checked.values() for v in c.verdicts if v.row]]
    for route in routes:
        rows += [*route.walked.movement.rows, *(route.nerve.rows if route.nerve else ())]
    return {
        "schema": "rheobase-result/1",
        "rheobase_version": rheobase.__version__,
        "scenario": {
            "name": scenario.name, "summary": scenario.summary, "modality": scenario.modality,
            "inputs": scenario.inputs(),
        },
        "answer": walking_told.answer(routes),
        "standing": walking_told.STANDING,
        "key_figures": walking_told.key_figures(scenario, routes),
        "walk": walking_told.walk_part(scenario, routes),
        "ways": ways_told.ways_part(scenario, routes),
        "routes": walking_told.routes_part(routes),
        "animation": walking_told.animation(routes),
        "safety": walking_told.safety_part(checked),
        "method": walking_told.method(scenario, routes),
        "simplifications": walking_told.simplifications(scenario.leg.model),
        "citations": told.citations(tuple(r for r in rows if row(r))),
        "disclaimer": document.DISCLAIMER,
    }  # fmt: skip
