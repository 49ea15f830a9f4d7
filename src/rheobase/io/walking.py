"""Scenario files of walking with a foot that drops: their tables, and the frozen values made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from rheobase.io._kinds import Complaint, FileKind
from rheobase.io._models import NotNegative, Positive, _Part


class AboutWalking(_Part):
    """What the scenario is."""

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80, description="Short name, used as folder name"),
    ]
    modality: Annotated[Literal["fes"], Field(description="Kind of stimulation")]
    summary: Annotated[str, Field(max_length=300, description="One line in plain words")] = ""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1, description="Seed of everything random")] = 1


class Gait(_Part):
    """How the person walks."""

    stride_s: Annotated[float, Field(ge=0.6, le=4, description="Time of one stride")]
    strides: Annotated[int, Field(ge=2, le=1000, description="How many strides")] = 20


class Leg(_Part):
    """The leg at the neck of the fibula."""

    model: Annotated[
        Literal["round", "anatomical"],
        Field(description="round: straight nerve; anatomical: slower, fat_mm and nerve_depth_mm unused"),
    ] = "round"
    fat_mm: Annotated[float, Field(ge=0.5, description="Fat over the nerve")] = 4.0
    nerve_depth_mm: Annotated[Positive, Field(description="Depth of the nerve below the skin")] = 8.5
    evertor_share: Annotated[
        float, Field(gt=0, le=1, description="Share of the evertors that answers beside the dorsiflexors")
    ] = 0.2


class WalkingPulse(_Part):
    """One pulse."""

    width_us: Annotated[float, Field(ge=20, le=1000, description="One phase of a biphasic pulse")]


class WalkingTrain(_Part):
    """How pulses follow one another."""

    rate_hz: Annotated[float, Field(ge=10, le=100, description="Pulses per second while the trigger is on")]


class TriggerTable(_Part):
    """When to stimulate."""

    signal: Annotated[Literal["tilt", "heel"], Field(description="tilt of the shank, or a switch under the heel")] = (
        "tilt"
    )
    rise_s: Annotated[NotNegative, Field(description="Rise of the level")] = 0.2
    fall_s: Annotated[NotNegative, Field(description="Fall of the level")] = 0.1


class Control(_Part):
    """How the level is found."""

    start_level: Annotated[float, Field(gt=0, le=1, description="Level of the open loop, 0 to 1")] = 0.3
    pre_swing_level: Annotated[
        float, Field(ge=0, le=1, description="Level before the foot leaves the ground, where the aim is held after")
    ] = 0.05
    proportional_per_deg: Annotated[float, Field(ge=0, le=1, description="Feedback in swing; all gains 0: none")] = (
        0.005
    )
    integral_per_deg_s: Annotated[float, Field(ge=0, le=10, description="Feedback on the error that lasts")] = 0.05
    derivative_s_per_deg: Annotated[float, Field(ge=0, le=0.1, description="Feedback on the velocity")] = 0.0005
    learning_per_deg: Annotated[
        float, Field(ge=0, le=0.05, description="Level for each degree of error, from stride to stride; 0: none")
    ] = 0.01
    aim_above_normal_deg: Annotated[float, Field(ge=-10, le=15, description="Dorsiflexion beyond the normal")] = 2.0
    pads_need_percent: Annotated[
        float, Field(ge=-30, le=50, description="Current needed through the pads today beyond what is known")
    ] = 15.0


class WalkingOutput(_Part):
    """What the stimulators can put out."""

    most_mA: Annotated[Positive, Field(description="Largest amplitude through the skin")] = 60.0
    cuff_most_mA: Annotated[Positive, Field(description="Largest amplitude of the cuff")] = 4.0
    cuff_contact_mm2: Annotated[Positive, Field(description="Area of one contact of the cuff")] = 2.0
    cuff_compliance_V: Annotated[Positive, Field(description="Largest voltage of the implant")] = 10.0
    compliance_V: Annotated[Positive, Field(description="Largest voltage of the surface stimulator")] = 150.0
    session_min: Annotated[Positive, Field(description="Length of the walk that the output limits are checked for")] = (
        30.0
    )


class WalkingFile(_Part):
    """A Rheobase scenario of walking: a drop foot lifted by stimulation of the peroneal nerve."""

    scenario: AboutWalking
    gait: Gait
    pulse: WalkingPulse
    train: WalkingTrain
    leg: Leg = Field(default_factory=Leg)
    trigger: TriggerTable = Field(default_factory=TriggerTable)
    control: Control = Field(default_factory=Control)
    output: WalkingOutput = Field(default_factory=WalkingOutput)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkingScenario:
    """One walk; made and checked by `load_scenario`.

    Parameters
    ----------
    name, modality, summary : str
        Short name, kind of stimulation (``"fes"``) and one line in plain words.
    seed : int
        Seed of everything random.
    gait, leg, pulse, train, trigger, control, output
        The checked tables of the file.
    places : mapping
        Where each key was given, for messages; no part of the identity.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> load_scenario("fes-dropfoot").gait.strides
    20
    """

    name: str
    modality: str
    summary: str
    seed: int
    gait: Gait
    leg: Leg
    pulse: WalkingPulse
    train: WalkingTrain
    trigger: TriggerTable
    control: Control
    output: WalkingOutput
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def inputs(self) -> dict[str, Any]:
        """All inputs as nested plain values."""
        flat = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "places"}
        return {name: v.model_dump() if isinstance(v, _Part) else v for name, v in flat.items()}


def _across(m: WalkingFile) -> Iterator[Complaint]:
    if 1e6 / m.train.rate_hz < 2 * m.pulse.width_us:
        yield (
            ("pulse", "width_us"),
            f"pulse.width_us is {m.pulse.width_us:g} us twice, more than the {1e6 / m.train.rate_hz:g} us between"
            " two pulses.",
        )
    if m.trigger.rise_s + m.trigger.fall_s > 0.5 * m.gait.stride_s:
        yield (
            ("trigger", "rise_s"),
            f"trigger.rise_s and fall_s take {m.trigger.rise_s + m.trigger.fall_s:g} s of a stride of"
            f" {m.gait.stride_s:g} s. Together they must stay within half of it.",
        )


def _plain(m: WalkingFile, folder: Path, places: dict[str, str]) -> WalkingScenario:
    about = m.scenario.model_dump()
    tables = {name: getattr(m, name) for name in type(m).model_fields if name != "scenario"}
    return WalkingScenario(**about, **tables, places=places)


WALKING = FileKind(model=WalkingFile, across=_across, plain=_plain)
