"""Run a scenario of walking: the nerve through the skin and from a cuff, the muscles, the foot, the control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import rheobase
from rheobase.control import Channel, Walk, Walked, heel_trigger, recruited, tilt_trigger, walk
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
from rheobase.electrode import Output
from rheobase.errors import ParameterError
from rheobase.io.walking import WalkingScenario
from rheobase.montage import Montage
from rheobase.pulse import Programme, Pulse, biphasic, train
from rheobase.registry import get
from rheobase.safety import CheckedProgramme, check
from rheobase.scenario import document, told, walking_told
from rheobase.tables import row

Progress = Callable[[str, float], None]
_ROWS = (
    "movement.normal_gait", "movement.swing_leg", "control.tilt_trigger", "control.heel_trigger", "control.walking",
    "peroneal.cuff", "peroneal.pads", "peroneal.evertors", "peroneal.implanted_measured", "muscle.ding2003",
    "muscle.ding2003_fatigue",
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
    """

    id: str
    plain: str
    walked: Walked
    nerve: NerveRecruitment | None


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
    leg = RoundLeg(fat_mm=scenario.leg.fat_mm, nerve_depth_mm=scenario.leg.nerve_depth_mm)
    say("the nerve under the pads", 0.0)
    stage = Output(control="current", compliance_V=scenario.output.compliance_V)
    surface, field = surface_recruitment(pulse, leg=leg, seed=scenario.seed, output=stage)
    say("the nerve in the cuff", 0.35)
    cuff = cuff_recruitment(pulse, seed=scenario.seed)
    out = scenario.output
    limp = walk(limb, None, replace(_plan(scenario), strides=2, level=0.0, learning_per_deg=0.0))
    routes = [Route(id="none", plain="without stimulation", walked=limp, nerve=None)]
    for name, plain, nerve, most_mA in (("surface", "pads on the skin", surface, out.most_mA),
                                        ("cuff", "cuff on the nerve", cuff, out.cuff_most_mA)):  # fmt: skip
        begin = 0.4 + 0.3 * (name == "cuff")
        channel = _channel(scenario, _capped(nerve.curve, most_mA, plain))
        walked = walk(
            limb, channel, _plan(scenario), progress=lambda s, b=begin, p=plain: say(f"walking: {p}", b + 0.28 * s)
        )
        routes.append(Route(id=name, plain=plain, walked=walked, nerve=nerve))
    say("the document", 0.98)
    most_mA = float(routes[1].walked.stimulus.max())
    field.check_compliance(most_mA)
    checked = _checked(scenario, peroneal_pads(leg, stage), pulse, most_mA, field.resistance_ohm)
    return _document(scenario, routes, checked)


def _channel(scenario: WalkingScenario, curve: RecruitmentCurve) -> Channel:
    weaker = RecruitmentCurve(stimulus=curve.stimulus, share=scenario.leg.evertor_share * curve.share, unit=curve.unit)
    muscles = {"dorsiflexors": recruited(ding2003(), curve), "evertors": recruited(ding2003(), weaker)}
    return Channel(muscles, rate_hz=scenario.train.rate_hz, width_us=scenario.pulse.width_us)


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


def _plan(scenario: WalkingScenario) -> Walk:
    c, tilt = scenario.control, scenario.trigger.signal == "tilt"
    return Walk(
        stride_s=round(scenario.gait.stride_s / 0.02) * 0.02, strides=scenario.gait.strides,
        trigger=tilt_trigger() if tilt else heel_trigger(), signal=scenario.trigger.signal, level=c.start_level,
        rise_s=scenario.trigger.rise_s, fall_s=scenario.trigger.fall_s, aim_above_normal_deg=c.aim_above_normal_deg,
        learning_per_deg=c.learning_per_deg,
    )  # fmt: skip


def _checked(
    scenario: WalkingScenario, pads: Montage, pulse: Pulse, amplitude_mA: float, load_ohm: float
) -> CheckedProgramme:
    """The output limits at the strongest pulse that was given through the skin, as if every stride needed it."""
    programme = Programme(
        train=train(pulse, rate_hz=scenario.train.rate_hz), amplitude_mA=amplitude_mA,
        duration_s=60.0 * scenario.output.session_min, ramp_up_s=scenario.trigger.rise_s,
        ramp_down_s=scenario.trigger.fall_s,
    )  # fmt: skip
    return check(programme, montage=pads, modality="fes", load_ohm=load_ohm)


def _document(scenario: WalkingScenario, routes: list[Route], checked: CheckedProgramme) -> dict[str, Any]:
    settings = get("modalities", "fes")().settings
    rows = [*_ROWS, *settings.rows, *[v.row for v in checked.verdicts if v.row]]
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
        "routes": walking_told.routes_part(routes),
        "animation": walking_told.animation(routes),
        "safety": document.safety_part(checked),
        "method": walking_told.method(scenario, routes),
        "simplifications": walking_told.SIMPLIFICATIONS,
        "citations": told.citations(tuple(r for r in rows if row(r))),
        "disclaimer": document.DISCLAIMER,
    }  # fmt: skip
