"""Run a scenario: the whole chain, from the pulse to what the person feels, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import rheobase
from rheobase.effect import EVENTS, assess_sensation, event_mA
from rheobase.effect.virtual import body_thresholds_mA, middle_body
from rheobase.io.scenario import Scenario, load_scenario
from rheobase.registry import get
from rheobase.safety import check
from rheobase.scenario import document, told
from rheobase.scenario.build import build_chain
from rheobase.scenario.strength import strength_duration
from rheobase.scenario.view import picture_part

Progress = Callable[[str, float], None]


def run(
    scenario: str | Path | Scenario, overrides: Mapping[str, Any] | None = None, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Run a built-in scenario, a scenario file or a scenario.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Name, file or the scenario itself.
    overrides : mapping, optional
        Values to change, by dotted key, such as ``{"pads.width_mm": 30}``.
    progress : callable, optional
        Is told what is being done and the share done.

    Returns
    -------
    dict
        The result document: plain values that can be written as JSON.

    Raises
    ------
    ScenarioError
        If the scenario cannot be used.
    LimitExceeded
        If its output passes a safety limit or the compliance of the output stage.

    Examples
    --------
    >>> import rheobase as rb
    >>> result = rb.run("tens-forearm", {"population.people": 20})
    >>> [e["id"] for e in result["events"]]
    ['tingling', 'twitch', 'pain']
    """
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, overrides)
    return run_scenario(chosen, progress)


def run_scenario(scenario: Scenario, progress: Progress | None = None) -> dict[str, Any]:
    """Run a checked scenario; see `run`.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    progress : callable, optional
        Is told what is being done and the share done.

    Raises
    ------
    ParameterError
        If limb, pads, pulse or population are impossible together.
    LimitExceeded
        If the output passes a safety limit or the compliance of the output stage.

    Examples
    --------
    A dose that is refused is refused before anything slow begins:

    >>> run_scenario(load_scenario("tens-forearm", {"output.amplitude_mA": 200}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.LimitExceeded: ...
    """
    from rheobase.field import solve_field

    say = progress or (lambda what, share: None)
    say("the field", 0.0)
    chain = build_chain(scenario)
    field = solve_field(chain.limb, chain.montage)
    amplitude_mA = scenario.output.amplitude_mA
    field.check_compliance(amplitude_mA)
    checked = check(chain.programme, montage=chain.montage, modality=scenario.modality, load_ohm=field.resistance_ohm)
    person = scenario.person
    felt = assess_sensation(
        chain.limb,
        chain.montage,
        chain.pulse,
        people=scenario.population.people,
        seed=scenario.seed,
        share=scenario.population.share,
        perception_mA=person.perception_mA if person else None,
        twitch_mA=person.twitch_mA if person else None,
        progress=lambda share: say("the fibres of the virtual people", 0.02 + 0.8 * share),
    )
    nerve = scenario.pads.over
    strength = strength_duration(
        field, chain.montage, felt, nerve=nerve,
        progress=lambda share: say("strength and duration", 0.82 + 0.16 * share),
    )  # fmt: skip
    say("the picture and the document", 0.98)
    grid_mA = document.amplitude_grid_mA(felt, amplitude_mA)
    modality = get("modalities", scenario.modality)()
    rows = (*told.ROWS, *field.rows, *modality.settings.rows, *[v.row for v in checked.verdicts if v.row])
    radiation = document.radiation_mA(field, nerve, chain.pulse)
    return {
        "schema": "rheobase-result/1",
        "rheobase_version": rheobase.__version__,
        "scenario": {
            "name": scenario.name,
            "summary": scenario.summary,
            "modality": scenario.modality,
            "inputs": scenario.inputs(),
        },
        "answer": document.answer(felt, checked),
        "calibrated": felt.calibrated,
        "calibration": told.calibration(felt, _uncalibrated_mA(felt)),
        "events": document.events(felt, radiation, nerve),
        "window_mA": document.window(felt, amplitude_mA),
        "criteria": document.criteria(felt),
        "recruitment": document.recruitment(felt, grid_mA),
        "intensity": document.intensity(felt, grid_mA, scenario.train.rate_hz),
        "strength_duration": strength,
        "field": document.field_part(field, chain.montage, chain.pulse, amplitude_mA),
        "view": picture_part(chain.limb, chain.montage, chain.pulse, title=scenario.summary, over=nerve),
        "anatomy": document.anatomy_part(field, chain.montage, scenario.anatomy.site),
        "pulse": document.pulse_part(chain.pulse, scenario.train.rate_hz, _label(scenario)),
        "safety": document.safety_part(checked),
        "population": told.population(felt),
        "method": told.method(felt, field.resistance_ohm),
        "simplifications": told.simplifications(scenario.anatomy.skin_model),
        "citations": told.citations(rows),
        "disclaimer": document.DISCLAIMER,
    }


def _uncalibrated_mA(felt: Any) -> dict[str, float]:
    import numpy as np

    from rheobase.effect.sensation import SMOOTH

    plain = body_thresholds_mA(
        felt.library, middle_body(felt.library.limb), np.random.default_rng([felt.seed, 2]), times=SMOOTH
    )
    return {e: event_mA(plain, felt.criteria[e])[0] for e in EVENTS}


def _label(scenario: Scenario) -> str:
    p = scenario.pulse
    if p.shape == "csv":
        return f"samples of {Path(p.file or '').name}"
    width = f", {p.width_us:g} µs a phase" if p.width_us else ""
    gap = f", {p.gap_us:g} µs gap" if p.gap_us else ""
    return f"{p.shape.replace('_', ' ')}{width}{gap}, {p.leading} first at the cathode pad"
