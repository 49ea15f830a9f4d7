"""What a picture is made of: the pads of a scenario, or the usual pads of a body part, with their field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb
from rheobase.errors import ParameterError, ScenarioError, near_name
from rheobase.field import Field
from rheobase.io.field_cache import cached_arrays, cached_field
from rheobase.io.scenario import load_scenario, named_place, scenario_names
from rheobase.montage import Montage, usual_montage
from rheobase.pulse import Pulse
from rheobase.registry import get, members
from rheobase.report.view.scene import Scene, build_scene
from rheobase.report.view.still import view_part
from rheobase.scenario.build import build_chain, muscle_chain, pulse_of
from rheobase.scenario.implants import IMPLANTS

MUSCLE_NERVE = "femoral_vastus_medialis"  # the branch under the pads of a scenario about the quadriceps
Progress = Callable[[str, float], None]


def view_scene(
    what: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
    use_cache: bool = True,
) -> Scene:
    """The scene of a scenario, or of a body part with the pads it is usually treated with.

    Parameters
    ----------
    what : str or Path
        Name or file of a scenario, or one of `view_names`, such as ``"thigh"``.
    overrides : mapping, optional
        Values to change: by dotted key of the scenario, or by parameter of the anatomy, such as ``{"fat_mm": 20}``.
    progress : callable, optional
        Is told what is being done and the share done.
    use_cache : bool
        False solves the field anew.

    Returns
    -------
    Scene
        For `rheobase.report.view_html` and `rheobase.report.view_png`.

    Raises
    ------
    ScenarioError
        If there is no such scenario or body part, or the scenario has no pads on a body part.
    ParameterError
        If the body part or its pads are impossible, or an implant is asked for without the extra ``fem``.

    Examples
    --------
    >>> view_scene("tens-forarm")
    Traceback (most recent call last):
    rheobase.errors.ScenarioError: There is no scenario or body part 'tens-forarm'. Did you mean 'tens-forearm'?
    """
    say = progress or (lambda what, share: None)
    say("the field", 0.0)
    if what in IMPLANTS:
        return _implant(str(what), overrides or {}, say, use_cache=use_cache)
    if what in members("anatomies"):
        part = _anatomy(str(what), overrides or {})
        field = cached_field(part, usual_montage(part), "grid", use=use_cache)
        say("the scene", 0.5)
        return build_scene(field, title=f"{str(what).replace('_', ' ').capitalize()} with its usual pads")
    _check_name(what)
    scenario = load_scenario(what, overrides)
    by_field = getattr(getattr(scenario, "muscle", None), "recruitment", None) == "field"
    if getattr(scenario, "pads", None) is None or (getattr(scenario, "anatomy", None) is None and not by_field):
        raise ScenarioError(
            f"The scenario '{scenario.name}' ({scenario.modality}) has no pads on a body part, so there is nothing to"
            " cut open. Scenarios with [anatomy] and [pads] can be viewed, and so can the body parts:"
            f" {', '.join(view_names())}."
        )
    with named_place(scenario):
        if by_field:
            muscle = muscle_chain(scenario)
            field = cached_field(muscle.limb, muscle.montage, "grid", use=use_cache)
            return scene_of(
                field, pulse_of(scenario), title=scenario.summary or scenario.name, over=MUSCLE_NERVE,
                amplitude_mA=scenario.output.amplitude_mA,
            )  # fmt: skip
        chain = build_chain(scenario)
        field = cached_field(chain.limb, chain.montage, "grid", use=use_cache)
        say("the scene", 0.5)
        amplitude_mA = chain.programme.amplitude_mA
        return scene_of(
            field, chain.pulse, title=scenario.summary or scenario.name, over=scenario.pads.over,
            amplitude_mA=amplitude_mA,
        )  # fmt: skip


def view_names() -> tuple[str, ...]:
    """Everything that can be drawn without a scenario: body parts with their usual pads, and implants.

    Examples
    --------
    >>> {"thigh", "spine", "nerve_in_cuff"} <= set(view_names())
    True
    """
    return tuple(sorted({*members("anatomies"), *IMPLANTS}))


def _implant(name: str, overrides: Mapping[str, Any], say: Progress, *, use_cache: bool) -> Scene:
    if overrides:
        raise ParameterError(f"'{name}' is drawn as it is; nothing can be set. Build a scene in Python to change it.")
    made = IMPLANTS[name]()
    field = cached_field(made.volume, made.montage, "finite_elements", use=use_cache)
    say("the scene", 0.5)
    return build_scene(field, title=made.title, over=made.over)


def scene_of(field: Field, pulse: Pulse, *, title: str, over: str | None, amplitude_mA: float | None = None) -> Scene:
    """The scene of a field in the leading phase of a pulse.

    Parameters
    ----------
    field : Field
        The field.
    pulse : Pulse
        Its leading phase gives the sign of the potential.
    title : str
        What is shown.
    over : str or None
        The nerve in question.
    amplitude_mA : float, optional
        Amplitude, at which potentials are also told in mV.
    """
    sign = int(np.sign(pulse.phases[0].charge_uC_per_mA))
    return build_scene(field, title=title, over=over, leading_sign=sign, amplitude_mA=amplitude_mA)


def picture_part(
    part: BodyPart, montage: Montage, pulse: Pulse, *, title: str, over: str | None, field: Field | None = None
) -> dict[str, Any]:
    """The picture of a result document: the same pads solved on the grid, which can be asked anywhere.

    Parameters
    ----------
    part : BodyPart
        The body part.
    montage : Montage
        Its pads.
    pulse : Pulse
        Its leading phase gives the sign of the potential.
    title : str
        What is shown.
    over : str or None
        The nerve in question.
    field : Field, optional
        The field of the part, if it was solved on a grid already.
    """
    if field is None or isinstance(part, LayeredLimb):
        field = cached_field(part, montage, "grid")

    def drawn() -> dict[str, np.ndarray]:
        text = json.dumps(view_part(scene_of(field, pulse, title=title, over=over)))
        return {"utf8": np.frombuffer(text.encode(), dtype=np.uint8)}

    about = (part, montage, pulse, title, over, field.cells)
    return json.loads(cached_arrays(about, "picture", drawn)["utf8"].tobytes().decode())


def _check_name(what: str | Path) -> None:
    known = (*scenario_names(), *view_names())
    named = isinstance(what, str) and not what.endswith(".toml") and "/" not in what and "\\" not in what
    if named and what not in known:
        raise ScenarioError(f"There is no scenario or body part '{what}'.{near_name(str(what), known)}")


def _anatomy(name: str, given: Mapping[str, Any]) -> BodyPart:
    kind = get("anatomies", name)
    known = [f.name for f in fields(kind)]
    for key in given:
        if key not in known:
            raise ParameterError(f"A {name.replace('_', ' ')} has no parameter '{key}'.{near_name(key, known)}")
    return kind(**given)
