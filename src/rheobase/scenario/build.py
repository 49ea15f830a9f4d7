"""From the words of a scenario to the nouns of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rheobase.anatomy import BodyPart, Person, Thigh
from rheobase.electrode import Output, Pad
from rheobase.errors import ScenarioError
from rheobase.io.scenario import LimbInput, Scenario
from rheobase.montage import Montage, check_fit
from rheobase.pulse import Programme, Pulse, biphasic, exponential, from_csv, monophasic, tone_burst, train, twin_peak
from rheobase.scenario.placing import interface_of, montage_of, part_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a scenario is about: limb, pads, pulse and programme.

    Parameters
    ----------
    limb : BodyPart
        The part of the body.
    montage : Montage
        Pads and output on it.
    pulse : Pulse
        One pulse.
    programme : Programme
        Train, amplitude, ramps and duration.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> build_chain(load_scenario("tens-forearm")).programme.amplitude_mA
    10.0
    """

    limb: BodyPart
    montage: Montage
    pulse: Pulse
    programme: Programme


def build_chain(scenario: Scenario) -> Chain:
    """Make limb, pads, pulse and programme of a scenario.

    Raises
    ------
    RheobaseError
        Whatever is impossible, in the words of the part that refuses it.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> build_chain(load_scenario("tens-forearm")).montage.names
    ('proximal', 'distal')
    """
    o = scenario.output
    if scenario.anatomy is None:
        raise ScenarioError(f"Scenario '{scenario.name}' has no table [anatomy]; there is no limb to put pads on.")
    limb = part_of(scenario.anatomy)
    montage = montage_of(scenario, limb)
    pulse = pulse_of(scenario)
    duration_s = scenario.train.duration_s or 60.0 * o.session_min
    programme = Programme(
        train=train(pulse, rate_hz=scenario.train.rate_hz),
        amplitude_mA=o.amplitude_mA,
        duration_s=duration_s,
        ramp_up_s=o.ramp_up_s,
        ramp_down_s=o.ramp_up_s,
    )
    return Chain(limb=limb, montage=montage, pulse=pulse, programme=programme)


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleChain:
    """A limb with its pads, for a scenario about a muscle.

    Parameters
    ----------
    limb : Thigh
        The limb of the middle person.
    montage : Montage
        Pads over the muscle.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> muscle_chain(load_scenario("ems-quadriceps")).montage.names
    ('proximal', 'distal')
    """

    limb: Thigh
    montage: Montage


def muscle_chain(scenario: Scenario) -> MuscleChain:
    """Thigh and pads: the distal pad over the motor point of vastus medialis, the other above, in front of the thigh.

    Raises
    ------
    ParameterError
        If there is no such person, or the pads do not fit.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> wide = muscle_chain(load_scenario("nmes-knee", {"limb.fat_mm": 12, "pads.spacing_mm": 180}))
    >>> round(wide.montage.pads[0].along_mm - wide.montage.pads[1].along_mm), wide.limb.fat_mm
    (180, 12.0)
    """
    given, spacing_mm = scenario.limb or LimbInput(), scenario.pads.spacing_mm or 0.0
    limb = Thigh(
        person=Person(sex=given.sex, bmi_kg_per_m2=given.bmi_kg_per_m2),
        fat_mm=given.fat_mm,
        main_girth_mm=given.girth_mm,
    )
    low, high = limb.site("vastus_medialis"), limb.site("quadriceps_proximal")
    places = {"proximal": (low.along_mm + spacing_mm, high.around_deg), "distal": (low.along_mm, low.around_deg)}
    montage = muscle_montage(scenario, places)
    check_fit(limb, montage)
    return MuscleChain(limb=limb, montage=montage)


def muscle_montage(scenario: Scenario, places: Mapping[str, tuple[float, float]]) -> Montage:
    """The pads of a scenario about a muscle.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    places : mapping
        Place along the limb (mm) and around it (degrees) of every pad, by name.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> places = {"proximal": (60.0, 0.0), "distal": (-60.0, 0.0)}
    >>> muscle_montage(load_scenario("ems-quadriceps", {"pads.cathode": "distal"}), places).shares
    (-1.0, 1.0)
    """
    p, o = scenario.pads, scenario.output
    shape: dict[str, Any] = {"shape": "round", "diameter_mm": p.width_mm} if p.shape == "round" else {
        "width_mm": p.width_mm, "length_mm": p.length_mm,
    }  # fmt: skip
    pads = tuple(
        Pad(
            name=n, share=1.0 if n == p.cathode else -1.0, along_mm=z, around_deg=a,
            interface=interface_of(p.contact_impedance_ohm_m2), **shape,
        )
        for n, (z, a) in places.items()
    )  # fmt: skip
    return Montage(pads=pads, output=Output(control=o.control, compliance_V=o.compliance_V))


def pulse_of(scenario: Scenario) -> Pulse:
    """The pulse of a scenario.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> pulse_of(load_scenario("tens-forearm")).phase_width_us
    200.0
    """
    makers = {
        "monophasic": monophasic,
        "biphasic": biphasic,
        "exponential": exponential,
        "twin_peak": twin_peak,
        "tone_burst": tone_burst,
        "csv": from_csv,
    }
    return makers[scenario.pulse.shape](**scenario.pulse.arguments())
