"""Run a scenario: the whole chain, from the pulse to what the person feels, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import rheobase
from rheobase.effect import assess_sensation, event_mA
from rheobase.effect.virtual import body_thresholds_mA, middle_body
from rheobase.io.people_cache import cached_library
from rheobase.io.remembered import remembered, resistive_words
from rheobase.io.scenario import AnatomyInput, Scenario, load_scenario
from rheobase.registry import get
from rheobase.safety import check
from rheobase.scenario import document, told
from rheobase.scenario.build import build_chain
from rheobase.scenario.muscle import run_muscle
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
        Name, file or the scenario itself, of any modality.
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
    chosen = load_scenario(scenario, overrides) if isinstance(scenario, str | Path) else scenario
    return run_scenario(chosen, progress)


# The chain of each modality; loaded when it is run.
_PIPELINES = {
    "tens": "rheobase.scenario.run:run_limb_or_muscle",
    "ems": "rheobase.scenario.run:run_limb_or_muscle",
    "nmes": "rheobase.scenario.run:run_limb_or_muscle",
    "fes": "rheobase.scenario.walking:run_walking",
}


def run_scenario(scenario: Any, progress: Progress | None = None) -> dict[str, Any]:
    """Run a checked scenario of any modality; see `run`.

    Parameters
    ----------
    scenario : Scenario or another that `load_scenario` makes
        The scenario.
    progress : callable, optional
        Is told what is being done and the share done.

    Raises
    ------
    RheobaseError
        Whatever is impossible together, passes a limit, or runs away.

    Examples
    --------
    A dose that is refused is refused before anything slow begins:

    >>> run_scenario(load_scenario("tens-forearm", {"output.amplitude_mA": 200}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.LimitExceeded: ...
    """
    module, _, name = _PIPELINES[scenario.modality].partition(":")
    return getattr(import_module(module), name)(scenario, progress)


def run_limb_or_muscle(scenario: Scenario, progress: Progress | None = None) -> dict[str, Any]:
    """From two pads to what is felt in a limb, or to what a muscle does; see `run`.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    progress : callable, optional
        Is told what is being done and the share done.
    """
    if scenario.anatomy is None:
        return run_muscle(scenario, progress)
    return _run_sensation(scenario, scenario.anatomy, progress)


def _run_sensation(scenario: Scenario, anatomy: AnatomyInput, progress: Progress | None) -> dict[str, Any]:
    """The chain from the pads to what is felt."""
    say = progress or (lambda what, share: None)
    say("the field", 0.0)
    chain = build_chain(scenario)
    solve = remembered(chain.montage)
    field = solve(chain.limb, chain.montage)
    amplitude_mA = scenario.output.amplitude_mA
    field.check_compliance(amplitude_mA)
    checked = check(chain.programme, montage=chain.montage, modality=scenario.modality, load_ohm=field.resistance_ohm)
    person = scenario.person
    library = cached_library(
        chain.limb, chain.montage, chain.pulse, solve=solve,
        progress=lambda share: say("the fibres of the virtual people", 0.02 + 0.8 * share),
    )  # fmt: skip
    felt = assess_sensation(
        chain.limb,
        chain.montage,
        chain.pulse,
        people=scenario.population.people,
        seed=scenario.seed,
        share=scenario.population.share,
        perception_mA=person.perception_mA if person else None,
        twitch_mA=person.twitch_mA if person else None,
        library=library,
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
    radiation = document.radiation_mA(field, nerve, chain.pulse) if nerve else None
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
        "field": document.field_part(field, chain.montage, chain.pulse, amplitude_mA, nerve),
        "view": picture_part(chain.limb, chain.montage, chain.pulse, title=scenario.summary, over=nerve, field=field),
        "anatomy": document.anatomy_part(field, chain.montage, anatomy.site),
        "pulse": document.pulse_part(chain.pulse, scenario.train.rate_hz, document.pulse_label(scenario)),
        "safety": document.safety_part(checked),
        "population": told.population(felt),
        "method": told.method(felt, field.resistance_ohm),
        "simplifications": told.simplifications(felt, resistive_words(chain.limb, chain.montage, chain.pulse)),
        "citations": told.citations(rows),
        "disclaimer": document.DISCLAIMER,
    }


def _uncalibrated_mA(felt: Any) -> dict[str, float]:
    import numpy as np

    from rheobase.effect.sensation import SMOOTH

    plain = body_thresholds_mA(
        felt.library, middle_body(felt.library.limb), np.random.default_rng([felt.seed, 2]), times=SMOOTH
    )
    return {e: event_mA(plain, felt.criteria[e])[0] for e in felt.events}
