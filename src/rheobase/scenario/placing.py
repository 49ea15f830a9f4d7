"""From the words of a scenario to the part of the body and the pads on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rheobase.anatomy import BodyPart, MappedPart, Person
from rheobase.electrode import Interface, Output, Pad, default_interface
from rheobase.errors import ScenarioError, near_name
from rheobase.io.scenario import AnatomyInput, PadsInput, Scenario
from rheobase.montage import Montage, check_fit, pad_pair, pads_at, usual_montage
from rheobase.registry import get

_PERSON = {"sex": "sex", "bmi_kg_per_m2": "bmi_kg_per_m2", "stature_cm": "stature_cm", "age_years": "age"}
_SIZES = ("radius_mm", "main_girth_mm", "fat_mm", "skin_mm")


def part_of(anatomy: AnatomyInput) -> BodyPart:
    """The part of the body of a scenario, sized for its person.

    Parameters
    ----------
    anatomy : AnatomyInput
        The table of the scenario.

    Raises
    ------
    ParameterError
        If a size or the person is out of range.

    Examples
    --------
    >>> part_of(AnatomyInput(site="knee", skin_model="resolved", fat_mm=7.0, sex="female")).person.sex
    'female'
    """
    kind = get("anatomies", anatomy.site)
    given: dict[str, Any] = {name: value for name in _SIZES if (value := getattr(anatomy, name)) is not None}
    if issubclass(kind, MappedPart):
        person = {to: value for name, to in _PERSON.items() if (value := getattr(anatomy, name)) is not None}
        given["person"] = Person(**person)
    return kind(skin_model=anatomy.skin_model, **given)


def montage_of(scenario: Scenario, part: BodyPart) -> Montage:
    """The pads of a scenario: over a nerve, at named sites, or the usual ones.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    part : BodyPart
        Its part of the body.

    Raises
    ------
    ScenarioError
        If the part has no such nerve, site or pad; with the place in the file and a near name.
    ParameterError
        If the pads do not fit.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> knee = load_scenario("tens-knee")
    >>> montage_of(knee, part_of(knee.anatomy)).names
    ('medial', 'lateral')
    """
    p, o = scenario.pads, scenario.output
    output = Output(control=o.control, compliance_V=o.compliance_V)
    interface = interface_of(p.contact_impedance_ohm_m2)
    if p.over is not None:
        _known(scenario, "over", p.over, part.nerves, part)
        return pad_pair(
            part,
            p.over,
            spacing_mm=p.spacing_mm or 0.0,
            size_mm=(p.width_mm or 0.0, p.length_mm or 0.0),
            cathode=p.cathode or "proximal",
            round_mm=p.width_mm if p.shape == "round" else None,
            interface=interface,
            output=output,
        )
    if p.sites is not None:
        for name in p.sites:
            _known(scenario, "sites", name, part.sites, part)
        made = pads_at(part, p.sites, size_mm=(p.width_mm or 0.0, p.length_mm or 0.0), interface=interface)
    else:
        made = usual_montage(part, interface=interface)
    pads = tuple(_sized(pad, p) for pad in made.pads)
    if p.cathode is not None:
        _known(scenario, "cathode", p.cathode, made.names, part)
        if made.pad(p.cathode).share < 0:
            pads = tuple(replace(pad, share=-pad.share) for pad in pads)
    out = Montage(pads=pads, output=output)
    check_fit(part, out)
    return out


def place_words(part: BodyPart) -> str:
    """A part of the body in words, as in "the low back".

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, LowBack
    >>> place_words(Forearm()), place_words(LowBack())
    ('forearm', 'low back')
    """
    return part.data["frame"]["title"] if isinstance(part, MappedPart) else type(part).__name__.lower()


def interface_of(contact_ohm_m2: float) -> Interface:
    """The usual gel and horny layer, or the same gel with another layer; below the gel's share, gel alone.

    Parameters
    ----------
    contact_ohm_m2 : float
        Contact impedance, ohm m2, above 0.

    Examples
    --------
    >>> interface_of(1.35) == default_interface()
    True
    """
    usual = default_interface()
    if abs(usual.contact_impedance_ohm_m2 - contact_ohm_m2) < 1e-9:
        return usual
    layer = max(0.0, contact_ohm_m2 - usual.series_ohm_m2)
    return Interface(
        series_ohm_m2=contact_ohm_m2 - layer,
        parallel_ohm_m2=layer,
        capacitance_F_per_m2=usual.capacitance_F_per_m2 if layer else 0.0,
        rows=usual.rows,
    )


def _sized(pad: Pad, p: PadsInput) -> Pad:
    if p.shape == "round":
        return replace(pad, shape="round", width_mm=None, length_mm=None, diameter_mm=p.width_mm)
    return replace(pad, width_mm=p.width_mm or pad.width_mm, length_mm=p.length_mm or pad.length_mm)


def _known(scenario: Scenario, key: str, name: str, known: Iterable[str], part: BodyPart) -> None:
    """Refuse a name that the part of the body does not have, with the place in the file."""
    known = list(known)
    if name in known:
        return
    what = {"over": "nerve", "sites": "site", "cathode": "pad"}[key]
    place = scenario.places.get(f"pads.{key}", scenario.name)
    raise ScenarioError(f"{place}: pads.{key}: the {place_words(part)} has no {what} '{name}'.{near_name(name, known)}")
