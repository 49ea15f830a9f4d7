"""From the words of a scenario to the nouns of the chain."""

from __future__ import annotations

from dataclasses import dataclass

from rheobase.anatomy import BodyPart
from rheobase.errors import ScenarioError
from rheobase.io.scenario import Scenario
from rheobase.montage import Montage
from rheobase.pulse import Programme, Pulse, biphasic, exponential, from_csv, monophasic, tone_burst, train, twin_peak
from rheobase.scenario.placing import montage_of, part_of


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
