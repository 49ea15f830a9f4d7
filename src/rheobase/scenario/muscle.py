"""Run a scenario about a muscle: pulses, torque over the session, comfort, and what weeks of it are expected to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import rheobase
from rheobase.effect import (
    Change,
    Dose,
    KneeExtensors,
    SessionTorque,
    TrainingOutcome,
    comfort,
    rest_muscle,
    session_torque,
    train_muscle,
)
from rheobase.io.scenario import ContractionsInput, MuscleInput, Scenario
from rheobase.montage import Montage
from rheobase.pulse import Programme, train
from rheobase.registry import get
from rheobase.report.words import signed
from rheobase.safety import check
from rheobase.scenario import document, told
from rheobase.scenario.build import muscle_chain, muscle_montage, pulse_of
from rheobase.scenario.reached import reach_muscle
from rheobase.tables import row

Array = NDArray[np.floating[Any]]
_TRACE_POINTS = 400
_ROWS = ("muscle.perception", "muscle.rated_pain")


def run_muscle(scenario: Scenario, progress: Callable[[str, float], None] | None = None) -> dict[str, Any]:
    """Run a scenario with the tables ``[muscle]`` and ``[contractions]``; see `run`.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    progress : callable, optional
        Is told what is being done and the share done.

    Raises
    ------
    LimitExceeded
        If the output passes a safety limit.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> change = {"population.people": 4, "muscle.recruitment": "published_curve"}
    >>> result = run_muscle(load_scenario("ems-quadriceps", change))
    >>> result["torque"]["evoked_share"]["nominal"] > 0.2
    True
    """
    say = progress or (lambda what, share: None)
    muscle, work = scenario.muscle, scenario.contractions
    assert muscle is not None  # the loader has made sure of both
    assert work is not None
    say("the limits", 0.0)
    programme, people = _programme(scenario, work), scenario.population.people
    by_field = muscle.recruitment == "field"
    chain = muscle_chain(scenario) if by_field else None
    montage = chain.montage if chain else _pads(scenario)
    checked = check(programme, montage=montage, modality=scenario.modality)  # a dose too strong costs no waiting
    reached = reach_muscle(scenario, chain, programme.train.pulse, say) if chain else None
    if reached:
        load_ohm = reached.reach.field.resistance_ohm
        reached.reach.field.check_compliance(scenario.output.amplitude_mA)
        checked = check(programme, montage=montage, modality=scenario.modality, load_ohm=load_ohm)
    say("the torque of the virtual people", 0.9)
    knee = KneeExtensors(maximal_Nm=muscle.maximal_Nm, lever_mm=muscle.lever_mm, population=muscle.population)
    done = session_torque(
        knee, programme, reach=reached.reach if reached else None, people=people, seed=scenario.seed
    )  # fmt: skip
    say("the document", 0.95)
    felt = comfort(scenario.output.amplitude_mA)
    outcome = _outcome(scenario, done, work)
    modality = get("modalities", scenario.modality)()
    rows = (*done.rows, *_ROWS, *(reached.rows if reached else ()), *(outcome.rows if outcome else ()),
            *modality.settings.rows, *[v.row for v in checked.verdicts if v.row])  # fmt: skip
    return {
        "schema": "rheobase-result/1",
        "rheobase_version": rheobase.__version__,
        "scenario": {
            "name": scenario.name,
            "summary": scenario.summary,
            "modality": scenario.modality,
            "inputs": scenario.inputs(),
        },
        "answer": _answer(scenario, done, reached.felt_text if reached else felt.text, outcome),
        "calibrated": False,
        "torque": _torque(done, work),
        "reach": reached.reach_part(people, done.maximal_Nm[0]) if reached else None,
        "comfort": _comfort(felt.amplitude_mA, by_field=by_field),
        "training": _training(scenario, done, work, outcome),
        "pulse": document.pulse_part(programme.train.pulse, scenario.train.rate_hz, document.pulse_label(scenario)),
        "safety": document.safety_part(checked),
        "view": reached.view_part(scenario.summary) if reached else None,
        "method": _method(muscle, people),
        "simplifications": [*done.notices, *(_BY_FIELD if by_field else _BY_CURVE), *_SIMPLIFICATIONS],
        "citations": told.citations(rows),
        "disclaimer": document.DISCLAIMER,
    }


def _programme(scenario: Scenario, work: ContractionsInput) -> Programme:
    o = scenario.output
    return Programme(
        train=train(pulse_of(scenario), rate_hz=scenario.train.rate_hz),
        amplitude_mA=o.amplitude_mA,
        duration_s=60.0 * o.session_min,
        ramp_up_s=o.ramp_up_s,
        on_s=work.on_s,
        off_s=work.off_s,
    )


def _pads(scenario: Scenario) -> Montage:
    """The pads alone, for the limits: no limb to lie on."""
    half_mm = (scenario.pads.spacing_mm or 0.0) / 2
    return muscle_montage(scenario, {"proximal": (half_mm, 0.0), "distal": (-half_mm, 0.0)})


def _band(values: Array) -> dict[str, Any]:
    """The middle person, and median, 5 and 95 % of all."""
    p5, median, p95 = np.percentile(values, [5.0, 50.0, 95.0], axis=0)
    named = {"nominal": values[0], "median": median, "p5": p5, "p95": p95}
    return {k: np.round(v, 4).tolist() for k, v in named.items()}


def _torque(done: SessionTorque, work: ContractionsInput) -> dict[str, Any]:
    def trace(begin_s: float) -> dict[str, Any]:
        inside = (done.time_s >= begin_s) & (done.time_s <= begin_s + work.on_s + 1.0)
        every = max(1, int(inside.sum()) // _TRACE_POINTS)
        return {
            "time_s": (done.time_s[inside][::every] - begin_s).round(4).tolist(),
            "torque_Nm": done.torque_Nm[inside][::every].round(3).tolist(),
        }

    return {
        "begin_min": (done.begin_s / 60.0).round(4).tolist(),
        "peak_Nm": _band(done.peak_Nm),
        "maximal_Nm": _band(done.maximal_Nm),
        "evoked_share": _band(done.evoked_share),
        "fall_share": _band(done.fall_share),
        "first": trace(float(done.begin_s[0])),
        "last": trace(float(done.begin_s[-1])),
        "note": "The strength of people and the current they need vary; the pulses are the same for all.",
    }


def _comfort(amplitude_mA: float, *, by_field: bool) -> dict[str, Any]:
    felt, rated, scale = comfort(amplitude_mA), row("muscle.rated_pain"), row("muscle.perception")
    return {
        "amplitude_mA": felt.amplitude_mA,
        "levels": [
            {"id": "felt", "plain": "felt", "amplitude_mA": felt.sensory_mA},
            {"id": "contracts", "plain": "contracts", "amplitude_mA": felt.contraction_mA},
            {"id": "enough", "plain": "enough", "amplitude_mA": felt.tolerance_mA},
        ],
        "tolerated_share": felt.tolerated_share,
        "text": felt.text,
        "note": (
            f"Averages of {scale['people_count']} healthy people, for a pulse width that is not known. In another study"
            f" {rated['people_count']} people rated contractions at {100 * rated['torque_share']:.0f} % of their"
            f" maximum {rated['pain_of_10_count']:g} of 10."
            + (" What the skin's own fibres do is in the picture before." if by_field else _NO_FIBRES)
        ),
    }


def _outcome(scenario: Scenario, done: SessionTorque, work: ContractionsInput) -> TrainingOutcome | None:
    dose = _dose(scenario, done, work)
    return train_muscle(dose, seed=scenario.seed) if dose else None


def _dose(scenario: Scenario, done: SessionTorque, work: ContractionsInput) -> Dose | None:
    plan = scenario.training
    if plan is None:
        return None
    share = min(1.0, float(done.evoked_share[0]))
    return Dose(
        evoked_share=share, on_s=work.on_s, contractions=len(done.begin_s), sessions=plan.sessions, weeks=plan.weeks
    )


def _training(
    scenario: Scenario, done: SessionTorque, work: ContractionsInput, outcome: TrainingOutcome | None
) -> dict[str, Any] | None:
    dose, plan = _dose(scenario, done, work), scenario.training
    if dose is None or plan is None or outcome is None:
        return None
    rest = None
    if plan.rest_days is not None:
        alone, kept = (rest_muscle(plan.rest_days, stimulated=s, seed=scenario.seed) for s in (False, True))
        rest = {
            "days": plan.rest_days,
            "strength": _change(alone.strength),
            "size": _change(alone.size),
            "stimulated_strength": _change(kept.strength),
            "stimulated_size": _change(kept.size),
        }
    return {
        "sessions": dose.sessions,
        "weeks": dose.weeks,
        "contractions": dose.contractions,
        "evoked_share": dose.evoked_share,
        "dose_maximal_min": dose.maximal_min,
        "strength": _change(outcome.strength),
        "size": _change(outcome.size),
        "gaining_share": outcome.gaining_share,
        "rest": rest,
        "notes": list(outcome.notes),
    }


def _change(change: Change) -> dict[str, float]:
    return {"median": change.median_percent, "p5": change.p5_percent, "p95": change.p95_percent}


def _answer(scenario: Scenario, done: SessionTorque, felt: str, outcome: TrainingOutcome | None) -> str:
    everyone = (done.peak_Nm.max(axis=1), done.peak_Nm.mean(axis=1), done.evoked_share, done.fall_share)
    top, mean, share, fall = (_band(v) for v in everyone)
    said = (
        f"{scenario.output.amplitude_mA:g} mA evoke about {top['median']:.0f} N m at the strongest"
        f" ({top['p5']:.0f} to {top['p95']:.0f} over people) and {mean['median']:.0f} on average, "
        f"{100 * share['median']:.0f} % ({100 * share['p5']:.0f} to {100 * share['p95']:.0f}) of the voluntary"
        f" maximum; over {len(done.begin_s)} contractions torque falls by {100 * fall['median']:.0f} %"
        f" ({100 * fall['p5']:.0f} to {100 * fall['p95']:.0f}). The current is {felt}."
    )
    if outcome and scenario.training:
        s = outcome.strength
        said += (
            f" {scenario.training.sessions} such sessions in {scenario.training.weeks:g} weeks: strength"
            f" {signed(s.median_percent)} % ({signed(s.p5_percent)} to {signed(s.p95_percent)}); exercise does as well."
        )
    return said


def _method(muscle: MuscleInput, people: int) -> list[str]:
    strength = row("training.strength_spread")["men_mean_Nm"]
    ends = [
        "What a programme does is drawn from trials: gains per session, their relation to the evoked torque, how they"
        " slow. It is a prior over people, never a point.",
    ]
    if muscle.recruitment == "field":
        return [
            "The potential of the pads is solved in a thigh with skin, fat, muscles, bones and vessels. The axon of"
            " each motor unit runs down its branch of the femoral nerve to an end plate in the belly of its muscle, and"
            " its threshold is simulated there. Muscles share the units' force by their cross-sections.",
            "Each unit is the whole muscle made small, with its own speed and fatigue: Ding's equations, fatigue of the"
            f" group '{muscle.population}' (Bickel 2004). All units together give the voluntary maximum over the share"
            f" of the muscle that people activate at will. Force is read {muscle.lever_mm:g} mm from the knee.",
            f"Each of {people} virtual people is a draw of strength (as measured in 74 people), fat, conductivity of"
            " fat and muscle, and place of the motor points. More fat makes the thigh thicker. Bands are 5 to 95 %.",
            "Discomfort is the share of thin fibres (A-delta) in the skin under the pads that fire: fibres ending in"
            " the skin, in the same virtual thighs.",
            *ends,
        ]
    return [
        "Each pulse adds to the drive of the muscle by the recruitment curve of Hmed 2018; force and fatigue follow"
        " Ding's equations. The drive is carried by an exact recursion, force by steps of 2 ms. Fatigue is that of the"
        f" group '{muscle.population}' (Bickel 2004).",
        f"Force is read {muscle.lever_mm:g} mm from the knee. A person of another strength than the reference"
        f" ({strength:g} N m) has the same muscle, stronger or weaker in proportion.",
        f"Each of {people} virtual people is a draw of strength (as measured in 74 people) and of the current needed"
        " (assumed, log-normal). Bands are 5 to 95 %.",
        *ends,
    ]


_NO_FIBRES = " Discomfort is not computed here: a published curve knows no skin."
_BY_CURVE = (
    "The way from the pads to the motor axons is a recruitment curve fitted to other people, not a field in a thigh;"
    " pulse width, pads and fat do not enter it.",
    "Comfort is where the current lies among averages of people; nothing is computed of skin fibres.",
)
_BY_FIELD = (
    "40 % of the voluntary maximum comes at the lower end of the currents that two trials together point to (39 to"
    " 80 mA). 'rheobase validate muscle' sets them side by side, and tells what that current depends on; nothing is"
    " tuned to them.",
    "A motor unit has one terminal here and its axon does not divide; end plates behind the femur are left out. Whether"
    " thick axons belong to strong units is disputed; here they tend to. Fat took more torque from people than here.",
    "What is felt with every pulse stays the same through the session here; getting used to it is left out.",
)
_SIMPLIFICATIONS = (
    "The knee is held still. Reflexes (H wave) and voluntary effort are left out.",
    "Fatigue recovers with one time constant of two minutes; what lasts for hours is left out, so the fall of torque"
    " over a session with long pauses is a lower end.",
    "Twitches that grow with use, blood flow and soreness are left out.",
)
